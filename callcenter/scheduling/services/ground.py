"""From rows to the arrays that the engine works on, and back to instants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering import (
    Agent,
    BreakRule,
    Contract,
    Demand,
    Grid,
    PinnedShift,
    Preference,
    RosterProblem,
)
from callcenter.engine.rostering import ShiftTemplate as EngineTemplate
from callcenter.scheduling import queries
from callcenter.scheduling.errors import NoAgents, NoRequirement
from callcenter.scheduling.models import Schedule, ShiftTemplate, WorkRules, WorkRuleSet
from callcenter.scheduling.services.agents import AgentInput, Person, people_of
from callcenter.scheduling.services.grid import INTERVAL, INTERVAL_MIN, grid_of
from callcenter.scheduling.services.pins import pins_of
from callcenter.scheduling.services.presence import count_scheduled, presence_standing
from callcenter.scheduling.services.wishes import preferences_of


@dataclass(frozen=True, eq=False)
class Ground:
    """A schedule as the engine sees it, with the ids behind the positions.

    ``required_agents`` and ``standing_agents``, both of shape (n_queues, n_intervals),
    are what the queues ask for and what other published schedules give them already;
    the problem's demand is what is left of the one after the other.
    """

    starts_at: datetime
    problem: RosterProblem
    employee_ids: tuple[int, ...]
    template_ids: tuple[int, ...]
    queue_ids: tuple[int, ...]
    required_agents: NDArray[np.float64]
    standing_agents: NDArray[np.float64]

    def instant(self, index: int) -> datetime:
        """The instant at which an interval starts."""
        return self.starts_at + index * INTERVAL

    def index(self, at: datetime) -> int:
        """The interval in which an instant lies; negative before the first day."""
        return (at - self.starts_at) // INTERVAL

    def agent_number(self, employee_id: int) -> int | None:
        """The position of a person, or None when they are not among the agents."""
        try:
            return self.employee_ids.index(employee_id)
        except ValueError:
            return None

    def template_number(self, template_id: int | None) -> int | None:
        """The position of a shift of the library, or None."""
        if template_id not in self.template_ids:
            return None
        return self.template_ids.index(template_id)


def build_ground(schedule: Schedule, *, only: Sequence[int] | None = None) -> Ground:
    """Read everything that a schedule depends on.

    ``only`` narrows the agents, for checking rules on a change of few people; the
    demand is left out then.

    Raises `NoRequirement` when nobody is asked for and `NoAgents` when nobody can
    be scheduled.
    """
    grid = grid_of(schedule)
    starts_at = schedule.starts_at.astimezone(UTC)
    queues = tuple(each.queue for each in schedule.queues)
    required = np.zeros((len(queues), grid.n_intervals))
    standing = np.zeros_like(required)
    if only is None:
        _fill_required(required, schedule, grid, starts_at)
        there = presence_standing(schedule, starts_at, grid.n_intervals)
        standing = count_scheduled(schedule, queues, required, there)
    templates = list(queries.active_templates())
    contracts = _Contracts(templates)
    people = people_of(schedule, queues, only=only)
    if not people:
        raise NoAgents(schedule_id=schedule.id)
    source = AgentInput.read(schedule, grid, starts_at, [p.employee for p in people])
    pins = pins_of(schedule, starts_at, templates) if only is None else {}
    wishes: dict[int, tuple[Preference, ...]] = {}
    if only is None:
        # Whether a change breaks a rule does not hang on what anybody wishes.
        ids = [person.employee.id for person in people]
        wishes = preferences_of(schedule, ids, templates)
    agents = tuple(_agent(each, contracts, source, pins, wishes) for each in people)
    problem = RosterProblem(
        grid=grid,
        demand=Demand(
            queues=tuple(each.code for each in queues),
            required_agents=np.maximum(0.0, required - standing),
        ),
        agents=agents,
        contracts=tuple(contracts.made),
        templates=tuple(map(engine_template, templates)),
    )
    return Ground(
        starts_at=starts_at,
        problem=problem,
        employee_ids=tuple(person.employee.id for person in people),
        template_ids=tuple(each.id for each in templates),
        queue_ids=tuple(each.id for each in queues),
        required_agents=required,
        standing_agents=standing,
    )


def require_demand(ground: Ground) -> None:
    """Refuse to solve against nothing.

    Raises `NoRequirement`.
    """
    if not ground.problem.demand.required_agents.any():
        raise NoRequirement


def _fill_required(
    required: NDArray[np.float64], schedule: Schedule, grid: Grid, starts_at: datetime
) -> None:
    """What the queues require on the schedule's days, in quarters of an hour."""
    queue_ids = [each.queue_id for each in schedule.queues]
    rows = queries.required_by_interval(queue_ids, starts_at, schedule.ends_at)
    number = {queue_id: place for place, queue_id in enumerate(queue_ids)}
    last = int(grid.day_starts[-1])
    for row in rows:
        first = (row.interval_start - starts_at) // INTERVAL
        width = max(1, row.interval_s // (INTERVAL_MIN * 60))
        span = slice(first, min(first + width, last))
        required[number[row.queue_id], span] = row.scheduled_agents


def engine_template(template: ShiftTemplate) -> EngineTemplate:
    """A shift of the library as the engine knows it."""
    return EngineTemplate(
        code=template.code,
        earliest_start_min=template.earliest_start_min,
        latest_start_min=template.latest_start_min,
        lengths_min=tuple(template.lengths_min),
        step_min=template.step_min,
        breaks=tuple(
            BreakRule(
                code=each.code,
                length_min=each.length_min,
                earliest_min=each.earliest_min,
                latest_min=each.latest_min,
                is_paid=each.is_paid,
            )
            for each in template.break_patterns
        ),
        min_work_min=template.min_work_min,
    )


class _Contracts:
    """Contracts of the engine, one for each set of rules and weekly hours."""

    def __init__(self, templates: Sequence[ShiftTemplate]) -> None:
        self.made: list[Contract] = []
        self._places = {each.code: place for place, each in enumerate(templates)}
        self._numbers: dict[tuple[str, float], int] = {}
        self._book = queries.rule_book()

    def number_of(self, person: Person) -> int:
        """The contract under which that person works."""
        kind, weekly_h = person.employment.kind, person.employment.weekly_h
        rule_set = self._book.find(kind, person.employee.site)
        key = (rule_set.code if rule_set else "", weekly_h)
        if key not in self._numbers:
            self._numbers[key] = len(self.made)
            self.made.append(self._make(rule_set, weekly_h))
        return self._numbers[key]

    def _make(self, rule_set: WorkRuleSet | None, weekly_h: float) -> Contract:
        rules = rule_set.rules if rule_set else WorkRules()
        chosen = [self._places[c] for c in rules.templates if c in self._places]
        return contract_of(
            rules,
            weekly_h,
            code=f"{rule_set.code if rule_set else 'default'}-{weekly_h:g}",
            templates=tuple(chosen) or tuple(self._places.values()),
        )


def contract_of(
    rules: WorkRules, weekly_h: float, *, code: str, templates: tuple[int, ...]
) -> Contract:
    """The contract that work rules make of somebody's weekly hours."""
    most = min(rules.max_week_h, weekly_h + rules.over_week_h)
    least = min(weekly_h * rules.min_week_share, most)
    return Contract(
        code=code,
        templates=templates,
        min_week_min=round(least * 60),
        max_week_min=round(most * 60),
        max_week_days=rules.max_week_days,
        max_days_in_row=rules.max_days_in_row,
        min_rest_min=round(rules.min_rest_h * 60),
        min_day_min=round(rules.min_day_h * 60),
        max_day_min=round(rules.max_day_h * 60),
        max_nights=rules.max_nights,
        max_weekends=rules.max_weekends,
    )


def _agent(
    person: Person,
    contracts: _Contracts,
    source: AgentInput,
    pins: dict[int, tuple[PinnedShift, ...]],
    wishes: dict[int, tuple[Preference, ...]],
) -> Agent:
    number = contracts.number_of(person)
    contract = contracts.made[number]
    return Agent(
        key=person.employee.number,
        contract=number,
        skills=person.skills,
        blocked=source.blocked(person, contract),
        meetings=source.meetings(person.employee.id),
        preferences=wishes.get(person.employee.id, ()),
        pinned=pins.get(person.employee.id, ()),
        history=source.history(person.employee.id),
        credited_min=source.credited(person),
    )
