"""Capacity plans: the list, one project's weeks, scenarios side by side, exports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.capacity import queries, services
from callcenter.capacity.models import (
    CapacityPlan,
    Scenario,
    ScenarioStatus,
    WeekBasis,
)
from callcenter.capacity.permissions import Permission
from callcenter.capacity.queries import HiresNeeded
from callcenter.capacity.views import leaving, steps, words
from callcenter.capacity.views.blueprint import bp
from callcenter.capacity.views.choosing import chosen_scenario, plan_scope
from callcenter.forecasting.permissions import Permission as Costs
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _, _l
from callcenter.projects.models import Project
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.pages import render
from callcenter.web.tables import Column
from callcenter.web.tables.exports import csv_response, xlsx_response

if TYPE_CHECKING:
    from callcenter.capacity.services import ScenarioResult

MOST_COMPARED = 4


@bp.get("/capacity-plans")
@permission_required(Permission.VIEW_CAPACITY)
def capacity_plans() -> ResponseReturnValue:
    """List the projects with a plan, what rules there, and whom it wants next."""
    plans = db.session.scalars(queries.visible_plans(plan_scope())).all()
    ids = [plan.project_id for plan in plans]
    ruling = queries.approved_scenario_names([plan.id for plan in plans])
    wanted: dict[int, list[HiresNeeded]] = {}
    for each in queries.hires_needed(project_ids=ids, since=clock.now().date()):
        wanted.setdefault(each.project_id, []).append(each)
    rows = [
        (plan, ruling.get(plan.id), wanted.get(plan.project_id, [])) for plan in plans
    ]
    return render("capacity/capacity_plans.html", rows=rows, unplanned=_unplanned())


def _unplanned() -> Sequence[Project]:
    """The projects that the reader may make a plan of."""
    if not current_actor().may(Permission.EDIT_CAPACITY):
        return []
    return queries.projects_to_plan(current_actor().scope(Permission.EDIT_CAPACITY))


@bp.get("/projects/<int:project_id>/capacity-plan")
@permission_required(Permission.VIEW_CAPACITY)
def capacity_plan(project_id: int) -> ResponseReturnValue:
    """Show a project's weeks under one scenario, or export them."""
    plan = queries.get_plan(project_id, plan_scope())
    return show_plan(plan, chosen_scenario(plan))


def show_plan(
    plan: CapacityPlan,
    scenario: Scenario,
    *,
    refused: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """The page of a scenario; ``refused`` says by cell why nothing was saved."""
    needs = queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)
    found = services.work_out_scenario(plan, scenario, needs)
    export = request.args.get("export", "")
    if export in {"csv", "xlsx"}:
        return _export(plan, scenario, found, export)
    may = current_actor().may
    may_edit = scenario.is_open and may(Permission.EDIT_CAPACITY)
    job = find_live_job(f"forecasting_scenario:{scenario.id}") or find_live_job(
        f"forecasting_required_week:{plan.project_id}"
    )
    curve = services.attrition_curve(plan)
    chosen = steps.chosen_week(services.week_steps(scenario, found), found.worst)
    return render(
        "capacity/capacity_plan.html",
        422 if refused else 200,
        plan=plan,
        scenario=scenario,
        words=words,
        tabs=_tabs(plan, scenario),
        status=words.STATUS_NAMES[scenario.status],
        rows=list(_grid(scenario, found)),
        columns=words.cell_names(),
        chosen=chosen,
        steps=list(steps.in_words(chosen)),
        chart=_chart(found),
        figures=_figures(scenario, found),
        classes=list(_classes(plan, scenario, found)),
        tenure=leaving.tenure(curve),
        staying=leaving.staying(curve),
        n_carried=found.basis.count(WeekBasis.CARRIED),
        is_unknown=not needs,
        has_no_prices=scenario.hourly_cost == 1,
        job=job,
        may_edit=may_edit,
        may_plan=may(Permission.EDIT_CAPACITY),
        may_approve=may(Permission.APPROVE_CAPACITY)
        and scenario.status is not ScenarioStatus.APPROVED,
        may_see_costs=may(Costs.VIEW_CAPACITY_COSTS),
        refused=refused or {},
        typed=typed or {},
    )


def _tabs(plan: CapacityPlan, chosen: Scenario) -> list[tuple[str, str, bool]]:
    return [
        (
            each.name + (" ✓" if each.status is ScenarioStatus.APPROVED else ""),
            url_for(
                "capacity.capacity_plan",
                project_id=plan.project_id,
                scenario=each.id,
            ),
            each.id == chosen.id,
        )
        for each in plan.scenarios
    ]


@dataclass(frozen=True, slots=True)
class GridRow:
    """One week as the grid and the exports show it."""

    week: date
    place: int
    basis: WeekBasis
    cells: list[words.Cell]
    contacts: float
    required: float
    available: float
    gap: float
    overtime: float
    short: float
    chance: float
    opening: float
    hires: float
    transfers: float
    leavers: float
    closing: float
    in_training: float
    cost: float

    @property
    def tone(self) -> str:
        """Whether the week is short, tight, or far over."""
        if self.short > 0.5:
            return "under"
        return "over" if self.gap > 0.1 * self.required else ""


def _grid(scenario: Scenario, found: "ScenarioResult") -> Iterator[GridRow]:
    rows, names = {row.week: row for row in scenario.weeks}, words.cell_names()
    flow, balance, total = found.flow, found.balance, found.costs.total
    for place, week in enumerate(found.weeks):
        row = rows.get(week)
        filled = {name: getattr(row, name) if row else None for name in names}
        usual = {
            "leavers": filters.number(float(flow.leavers[place]), 1),
            "overtime_share": words.cell_text(
                "overtime_share", scenario.overtime_share
            ),
        }
        yield GridRow(
            week=week,
            place=place,
            basis=found.basis[place],
            cells=words.cells_of(week, names, filled, usual),
            contacts=float(found.contacts[place]),
            required=float(balance.required[place]),
            available=float(balance.available[place]),
            gap=float(balance.gap[place]),
            overtime=float(balance.overtime[place]),
            short=float(balance.short[place]),
            chance=float(balance.chance_short[place]),
            opening=float(flow.opening[place]),
            hires=float(flow.hires[place]),
            transfers=float(flow.transfers[place]),
            leavers=float(flow.leavers[place]),
            closing=float(flow.closing[place]),
            in_training=float(flow.in_training[place]),
            cost=float(total[place]),
        )


def _chart(found: "ScenarioResult") -> Chart:
    balance = found.balance
    labels = [filters.day(week, "day_month") for week in found.weeks]

    def rounded(values: Any) -> list[float]:
        return [round(each, 1) for each in values.tolist()]

    return line_chart(
        _("Required and available, FTE"),
        labels,
        [
            Series(
                _("Required"),
                rounded(balance.required),
                rounded(balance.required_lower),
                rounded(balance.required_upper),
            ),
            Series(
                _("Available"),
                rounded(balance.available),
                rounded(balance.available_lower),
                rounded(balance.available_upper),
            ),
        ],
        first_column=_("Week"),
        summary=_short_words(found),
    )


def _short_words(found: "ScenarioResult") -> str:
    place = found.first_short
    if place is None:
        return _("No week is short.")
    n_short = int((found.balance.short > 0.5).sum())
    return _(
        "%(n)s weeks are short, the first from %(day)s.",
        n=n_short,
        day=filters.day(found.weeks[place], "medium"),
    )


def _figures(scenario: Scenario, found: "ScenarioResult") -> dict[str, Any]:
    worst, first = found.worst, found.first_short
    costs = found.costs
    return {
        "gap": float(found.balance.gap[worst]),
        "gap_week": found.weeks[worst],
        "first_short": None if first is None else found.weeks[first],
        "n_short": int((found.balance.short > 0.5).sum()),
        "likely": float(found.balance.chance_short.mean()),
        "hires": float(found.flow.hires.sum()),
        "leavers": float(found.flow.leavers.sum()),
        "heads": float(found.flow.opening[0]),
        "heads_last": float(found.flow.closing[-1]),
        "total": found.total_cost,
        "thousands": found.total_cost / 1000,
        "parts": [
            (name, services.money(float(values.sum())))
            for name, values in (
                (_("Wages"), costs.wages),
                (_("Overtime"), costs.overtime),
                (_("Hiring"), costs.hiring),
                (_("Training"), costs.training),
                (_("Missing hours"), costs.short),
            )
        ],
        "proposal": scenario.proposal,
    }


def _classes(
    plan: CapacityPlan, scenario: Scenario, found: "ScenarioResult"
) -> Iterator[dict[str, Any]]:
    """The classes planned, with the day by which their people must be ordered."""
    today = clock.today(plan.tz)
    for place, week in enumerate(found.weeks):
        n_hires = int(found.flow.hires[place])
        if n_hires:
            order_by = week - timedelta(weeks=scenario.lead_weeks)
            yield {
                "week": week,
                "hires": n_hires,
                "classes": int(found.n_classes[place]),
                "order_by": order_by,
                "is_late": order_by < today,
                "on_floor": week + timedelta(weeks=scenario.training_weeks),
            }


@bp.get("/projects/<int:project_id>/capacity-plan/compare")
@permission_required(Permission.VIEW_CAPACITY)
def compare_scenarios(project_id: int) -> ResponseReturnValue:
    """Show up to four scenarios of a plan beside each other."""
    plan = queries.get_plan(project_id, plan_scope())
    asked = request.args.getlist("with", type=int)
    chosen = [each for each in plan.scenarios if each.id in asked]
    chosen = (chosen or list(plan.scenarios))[:MOST_COMPARED]
    needs = queries.week_needs(project_id, plan.first_week, plan.n_weeks)
    found = [(each, services.work_out_scenario(plan, each, needs)) for each in chosen]
    return render(
        "capacity/compare_scenarios.html",
        plan=plan,
        chosen=chosen,
        columns=[(each, _figures(each, result)) for each, result in found],
        chart=_gap_chart(found),
        status_names=words.STATUS_NAMES,
        differences=words.differences(chosen),
        may_see_costs=current_actor().may(Costs.VIEW_CAPACITY_COSTS),
        most=MOST_COMPARED,
    )


def _gap_chart(found: Sequence[tuple[Scenario, "ScenarioResult"]]) -> Chart:
    labels = [filters.day(week, "day_month") for week in found[0][1].weeks]
    return line_chart(
        _("Over and under, FTE"),
        labels,
        [
            Series(each.name, [round(v, 1) for v in result.balance.gap.tolist()])
            for each, result in found
        ],
        first_column=_("Week"),
    )


_COLUMNS = (
    Column("week", _l("Week"), style="date"),
    Column("basis", _l("Basis"), value=lambda row: words.BASIS_NAMES[row.basis]),
    Column("contacts", _l("Contacts"), style="number"),
    Column("required", _l("Required FTE"), style="number"),
    Column("available", _l("Available FTE"), style="number"),
    Column("gap", _l("Over or under"), style="number"),
    Column("overtime", _l("Overtime FTE"), style="number"),
    Column("short", _l("Short beyond tolerance"), style="number"),
    Column("chance", _l("Chance of being short"), style="percent"),
    Column("opening", _l("Opening heads"), style="number"),
    Column("hires", _l("Hires"), style="number"),
    Column("transfers", _l("Moved in or out"), style="number"),
    Column("leavers", _l("Leavers"), style="number"),
    Column("closing", _l("Closing heads"), style="number"),
    Column("in_training", _l("In class"), style="number"),
)


def _export(
    plan: CapacityPlan, scenario: Scenario, found: "ScenarioResult", file_format: str
) -> ResponseReturnValue:
    columns: tuple[Column, ...] = _COLUMNS
    if current_actor().may(Costs.VIEW_CAPACITY_COSTS):
        label = _("Cost (%(currency)s)", currency=plan.currency)
        columns = (*columns, Column("cost", label, style="number"))
    respond = csv_response if file_format == "csv" else xlsx_response
    title = f"{plan.project.name} {scenario.name}"
    return respond(title, columns, _grid(scenario, found))
