"""Making capacity plans and their scenarios, changing, comparing and approving them."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import delete

from callcenter.access import audit
from callcenter.capacity import queries
from callcenter.capacity.errors import (
    PlanExists,
    PlanHasNoPeople,
    ScenarioClosed,
    ScenarioNameTaken,
    WeekNotInPlan,
)
from callcenter.capacity.events import capacity_approved
from callcenter.capacity.models import (
    CELLS,
    PLAN_WEEKS,
    CapacityPlan,
    Scenario,
    ScenarioStatus,
    ScenarioWeek,
)
from callcenter.capacity.services.required_weeks import (
    first_week_of,
    request_required_weeks,
)
from callcenter.capacity.services.staying import (
    Staff,
    attrition_of,
    staff_of,
)
from callcenter.engine.capacity import TENURE_WEEKS, HiringProposal
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue
from callcenter.kernel.text import _
from callcenter.projects.models import Project

_YEAR = timedelta(days=364)
_FEWEST_WEEKS = 4
_NEAR_WEEKS = 2.0
_NO_PAY = Decimal(1)
_UNKEPT = {"id", "plan_id", "name", "status", "version", "proposal"} | {
    f"{what}_{when}" for what in ("made", "approved") for when in ("at", "by_id")
}


def create_plan(project: Project, *, by: int | None = None) -> CapacityPlan:
    """Make the capacity plan of a project, with a first scenario.

    Its assumptions begin with what is known: contracts, leave, errors of forecasts.

    Raises `PlanExists`, or `PlanHasNoPeople` where nobody ever worked.
    """
    if queries.find_plan(project.id, EVERYTHING) is not None:
        raise PlanExists(project_id=project.id)
    plan = CapacityPlan(
        project_id=project.id,
        currency=project.currency,
        n_weeks=PLAN_WEEKS,
        made_by_id=by,
    )
    staff = _take_stock(plan, project)
    db.session.add(plan)
    db.session.flush()
    request_required_weeks(project.id)
    scenario = Scenario(
        plan_id=plan.id,
        name=_("First scenario"),
        made_by_id=by,
        weeks=[],
        **_first_values(project, staff),
    )
    db.session.add(scenario)
    db.session.flush()
    return plan


def refresh_plan(plan: CapacityPlan) -> None:
    """Bring a plan up to date: it begins next Monday, with the people of today."""
    _take_stock(plan, plan.project)
    plan.refreshed_at = clock.now()
    request_required_weeks(plan.project_id)
    db.session.flush()


def _take_stock(plan: CapacityPlan, project: Project) -> Staff:
    today = clock.today(project.tz)
    curve = attrition_of(project.id, today)
    if curve is None:
        raise PlanHasNoPeople(project_id=project.id)
    staff = staff_of(project, today)
    plan.first_week = first_week_of(project)
    plan.opening, plan.opening_fte = staff.opening, staff.fte
    plan.leavers = curve.counts.leavers.tolist()
    plan.exposure_weeks = curve.counts.exposure.tolist()
    plan.hazard = np.stack([curve.hazard, curve.lower, curve.upper]).T.tolist()
    plan.hazard_spread = curve.spread
    return staff


def _first_values(project: Project, staff: Staff) -> dict[str, Any]:
    """Assumptions to begin with; prices that are unknown count an hour as one."""
    pay = staff.hourly_pay or _NO_PAY
    values: dict[str, Any] = {
        "hourly_cost": pay,
        "hire_cost": pay * 40,
        "class_cost": pay * 160,
        "short_cost": pay * 4,
    }
    if staff.leave_share is not None:
        values["leave_share"] = staff.leave_share
    return values | _known_errors(project)


def _known_errors(project: Project) -> dict[str, float]:
    """How far forecasts of whole weeks were off; nothing where too few came true."""
    project = queries.project_with_queues(project.id)
    ids = [queue.id for queue in project.queues]
    since = clock.today(project.tz) - _YEAR
    errors = queries.week_errors(ids, since) if ids else []
    near = [each.error**2 for each in errors if each.lead_weeks <= _NEAR_WEEKS]
    if len(near) < _FEWEST_WEEKS:
        return {}
    at_once = float(np.mean(near))
    found = {"forecast_error": round(at_once**0.5, 4)}
    far = [each for each in errors if each.lead_weeks > _NEAR_WEEKS]
    if len(far) >= _FEWEST_WEEKS:
        more = float(np.mean([each.error**2 for each in far])) - at_once
        lead = float(np.mean([each.lead_weeks for each in far]))
        found["forecast_drift"] = round(max(0.0, more / lead) ** 0.5, 4)
    return found


def copy_scenario(scenario: Scenario, name: str, *, by: int | None = None) -> Scenario:
    """Copy a scenario with its weeks under another name.

    Raises `ScenarioNameTaken`.
    """
    _require_free(scenario.plan_id, name)
    columns = (each.key for each in Scenario.__table__.columns)
    copied = Scenario(
        plan_id=scenario.plan_id,
        name=name,
        made_by_id=by,
        weeks=[_copy_week(row) for row in scenario.weeks],
        **{key: getattr(scenario, key) for key in columns if key not in _UNKEPT},
    )
    db.session.add(copied)
    db.session.flush()
    return copied


def _copy_week(row: ScenarioWeek) -> ScenarioWeek:
    return ScenarioWeek(week=row.week, **{name: getattr(row, name) for name in CELLS})


def _require_free(plan_id: int, name: str, but: int | None = None) -> None:
    taken = queries.scenario_names(plan_id)
    if any(each == name and scenario_id != but for scenario_id, each in taken.items()):
        raise ScenarioNameTaken(name=name)


def set_scenario(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Change a scenario's name and assumptions.

    Raises `ScenarioClosed` or `ScenarioNameTaken`.
    """
    _require_open(scenario)
    if "name" in values:
        _require_free(scenario.plan_id, str(values["name"]), scenario.id)
    for name, value in values.items():
        setattr(scenario, name, value)
    db.session.flush()
    return scenario


def set_cells(
    scenario: Scenario, cells: Mapping[tuple[date, str], float | None]
) -> int:
    """Fill cells of a scenario's weeks; None empties one. Returns how many changed.

    Raises `ScenarioClosed` or `WeekNotInPlan`.
    """
    _require_open(scenario)
    plan, by_week = scenario.plan, {row.week: row for row in scenario.weeks}
    last = plan.first_week + timedelta(weeks=plan.n_weeks)
    n_changed = 0
    for (week, name), value in cells.items():
        if name not in CELLS or week.weekday() or not plan.first_week <= week < last:
            raise WeekNotInPlan(week=week, name=name)
        row = by_week.get(week)
        if row is None:
            if value is None:
                continue
            row = by_week[week] = ScenarioWeek(week=week, **dict.fromkeys(CELLS))
            scenario.weeks.append(row)
        if getattr(row, name) != value:
            setattr(row, name, value)
            n_changed += 1
    _drop_empty(scenario)
    db.session.flush()
    return n_changed


def _drop_empty(scenario: Scenario) -> None:
    for row in list(scenario.weeks):
        if all(getattr(row, name) is None for name in CELLS):
            scenario.weeks.remove(row)


def delete_scenario(scenario: Scenario) -> None:
    """Delete a draft; the last scenario takes the plan with it.

    Raises `ScenarioClosed` for one that rules or ruled: others rest on it.
    """
    _require_open(scenario)
    is_last = len(queries.scenario_names(scenario.plan_id)) == 1
    plan_id = scenario.plan_id
    db.session.delete(scenario)
    db.session.flush()
    if is_last:
        db.session.execute(delete(CapacityPlan).where(CapacityPlan.id == plan_id))


def approve_scenario(scenario: Scenario, *, by: int | None = None) -> Scenario:
    """Let a scenario rule: its classes are what recruiting works for.

    Raises `ScenarioClosed` when it is approved already.
    """
    if scenario.status is ScenarioStatus.APPROVED:
        raise ScenarioClosed(scenario_id=scenario.id)
    ruling = queries.find_ruling_scenario(scenario.plan_id)
    if ruling is not None:
        ruling.status = ScenarioStatus.SUPERSEDED
        db.session.flush()
    scenario.status = ScenarioStatus.APPROVED
    scenario.approved_at, scenario.approved_by_id = clock.now(), by
    db.session.flush()
    audit.record(
        "forecasting.approve_capacity",
        "forecasting_scenario",
        scenario.id,
        n_hires=sum(row.hires or 0 for row in scenario.weeks),
    )
    capacity_approved.send(scenario, by=by)
    return scenario


def request_proposal(scenario: Scenario) -> Job:
    """Ask for the classes that a scenario needs; a job finds them.

    Raises `ScenarioClosed`.
    """
    _require_open(scenario)
    return enqueue(
        "capacity.propose_hires",
        {"scenario_id": scenario.id},
        subject=f"forecasting_scenario:{scenario.id}",
        unique=True,
    )


def store_hires(scenario: Scenario, found: HiringProposal) -> int:
    """Fill in the classes of a proposal; returns how many people it hires.

    What was planned before is kept, so that it can be put back.

    Raises `ScenarioClosed` when it was approved meanwhile.
    """
    before = [[str(row.week), row.hires] for row in scenario.weeks if row.hires]
    cells: dict[tuple[date, str], float | None] = {}
    for place in range(scenario.lead_weeks, scenario.plan.n_weeks):
        week = scenario.plan.first_week + timedelta(weeks=place)
        cells[week, "hires"] = int(found.hires[place]) or None
    set_cells(scenario, cells)
    inside = slice(scenario.plan.n_weeks)
    n_hires = int(found.hires[inside].sum())
    scenario.proposal = {
        "before": before,
        "n_hires": n_hires,
        "n_classes": int(found.n_classes[inside].sum()),
        "gap": (found.cost - found.bound) / found.cost if found.cost else 0.0,
        "made_at": clock.now().isoformat(),
    }
    db.session.flush()
    return n_hires


def take_back_proposal(scenario: Scenario) -> None:
    """Put back the hires that were planned before the last proposal.

    Raises `ScenarioClosed`; without a proposal nothing changes.
    """
    _require_open(scenario)
    if scenario.proposal is None:
        return
    cells: dict[tuple[date, str], float | None] = {
        (row.week, "hires"): None for row in scenario.weeks
    }
    for week, hires in scenario.proposal["before"]:
        cells[date.fromisoformat(week), "hires"] = hires
    inside = scenario.plan.first_week
    set_cells(scenario, {key: each for key, each in cells.items() if key[0] >= inside})
    scenario.proposal = None
    db.session.flush()


def _require_open(scenario: Scenario) -> None:
    if not scenario.is_open:
        raise ScenarioClosed(scenario_id=scenario.id)


def tenure_classes() -> list[tuple[float, float | None]]:
    """The classes of tenure in weeks, first and end; the last has none."""
    ends: list[float | None] = [*TENURE_WEEKS[1:], None]
    return list(zip(TENURE_WEEKS, ends, strict=True))
