"""From hours of work to FTE, one step after the other."""

from dataclasses import dataclass
from datetime import date

from callcenter.capacity.models import Scenario, WeekBasis
from callcenter.capacity.services.results import ScenarioResult


@dataclass(frozen=True, slots=True)
class WeekSteps:
    """How a week's contacts become FTE; hours, shares as fractions.

    ``occupancy`` is work over the hours of agents on contacts or waiting for one,
    ``shrinkage`` the part of scheduled time that is neither; None where they are
    unknown or there is nothing to do. ``more_shrinkage`` was filled in for the week.
    """

    week: date
    basis: WeekBasis
    contacts: float
    aht_s: float | None
    work_h: float
    occupancy: float | None
    agent_h: float | None
    shrinkage: float | None
    scheduled_h: float
    leave_share: float
    break_share: float
    more_shrinkage: float
    fit: float
    paid_h: float
    full_time_h: float
    fte: float


def week_steps(scenario: Scenario, found: ScenarioResult) -> list[WeekSteps]:
    """The steps of every week of a scenario that was worked out."""
    filled = {row.week: row.shrinkage or 0.0 for row in scenario.weeks}
    return [
        _steps(scenario, found, place, filled.get(week, 0.0))
        for place, week in enumerate(found.weeks)
    ]


def _steps(
    scenario: Scenario, found: ScenarioResult, place: int, more: float
) -> WeekSteps:
    contacts, work_h = float(found.contacts[place]), float(found.work_h[place])
    agent_h = float(found.agent_h[place])
    scheduled_h = float(found.scheduled_h[place])
    is_known = agent_h > 0.0 and scheduled_h > 0.0
    return WeekSteps(
        week=found.weeks[place],
        basis=found.basis[place],
        contacts=contacts,
        aht_s=work_h * 3600.0 / contacts if contacts > 0.0 else None,
        work_h=work_h,
        occupancy=work_h / agent_h if is_known else None,
        agent_h=agent_h if is_known else None,
        shrinkage=1.0 - agent_h / scheduled_h if is_known else None,
        scheduled_h=scheduled_h,
        leave_share=scenario.leave_share,
        break_share=scenario.break_share,
        more_shrinkage=more,
        fit=scenario.fit,
        paid_h=float(found.required_h[place]),
        full_time_h=scenario.full_time_h,
        fte=float(found.balance.required[place]),
    )
