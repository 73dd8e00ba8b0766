"""From a roster problem to plain arrays."""

from collections.abc import Sequence

import numpy as np

from callcenter.engine.rostering.cover import Cover
from callcenter.engine.rostering.frame import (
    Frame,
    night_minutes,
    presence,
    wish_points,
)
from callcenter.engine.rostering.kernel.parts import (
    NEVER,
    NONE,
    UNLIMITED,
    Calendar,
    Desk,
    Ints,
    Library,
    People,
    Plan,
    Task,
    Wanted,
    Weights,
)
from callcenter.engine.rostering.kernel.states import (
    END,
    IS_PINNED,
    LIMITS,
    LOCAL,
    MIN_PERIOD,
    NIGHT,
    PAID,
    REST,
    START,
)
from callcenter.engine.rostering.model import RosterProblem
from callcenter.engine.rostering.variants import Family

STATES = 768
"""Ways to stand with the rules that are told apart on one day."""
_SLOTS = 4096


def lay_out(
    problem: RosterProblem,
    families: Sequence[Family],
    frames: Sequence[Frame],
    cover: Cover,
) -> Task:
    """The problem as the compiled functions take it."""
    library, place = _library(problem, families)
    grid, weights = problem.grid, problem.weights
    return Task(
        library=library,
        calendar=Calendar(
            week=grid.week_of_day.astype(np.int64),
            weekend=grid.weekend_of_day.astype(np.int64),
            opens=grid.day_starts.astype(np.int64),
            is_full=grid.full_weeks.astype(np.int8),
        ),
        limits=_limits(problem),
        people=_people(problem, frames, cover, library, place),
        wanted=_wanted(problem, cover),
        weights=Weights(
            float(weights.contract_short_h),
            float(weights.start_change_h),
            float(weights.night),
            float(weights.weekend),
        ),
    )


def _library(
    problem: RosterProblem, families: Sequence[Family]
) -> tuple[Library, dict[int, Ints]]:
    """The library by day, and by family (its place in memory) where its starts went."""
    grid = problem.grid
    none = [np.zeros(0, np.int64)]
    start = np.concatenate([*none, *(f.starts for f in families)])
    day = np.concatenate([*none, *(f.days for f in families)])
    family = np.concatenate(
        [*none, *(np.full(len(f.starts), n) for n, f in enumerate(families))]
    ).astype(np.int64)
    order = np.argsort(day, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    cuts = np.cumsum([len(f.starts) for f in families])[:-1]
    places = dict(enumerate(np.split(place, cuts)))
    start, day, family = start[order], day[order], family[order]
    length = np.array([f.length for f in families], np.int64)
    paid = np.array([f.paid_min for f in families], np.int64)
    end = start + length[family]
    nights = _nights(problem)
    is_night = (nights[end] > nights[start]).astype(np.int64)
    kinds, kind = np.unique(paid[family] * 2 + is_night, return_inverse=True)
    n_breaks = max((len(f.rules) for f in families), default=0)
    size, earliest, latest = (
        np.zeros((len(families), max(n_breaks, 1)), np.int64) for _ in range(3)
    )
    for n, each in enumerate(families):
        for b, rule in enumerate(each.rules):
            size[n, b] = rule.length_min // grid.interval_min
            earliest[n, b] = -(-rule.earliest_min // grid.interval_min)
            latest[n, b] = min(
                rule.latest_min // grid.interval_min, each.length - size[n, b]
            )
    return (
        Library(
            first=np.searchsorted(day, np.arange(grid.n_days + 1)).astype(np.int64),
            family=family,
            start=start.astype(np.int64),
            end=end.astype(np.int64),
            local_start=grid.local_min[start].astype(np.int64),
            kind=kind.astype(np.int64),
            kind_paid=kinds // 2,
            kind_night=kinds % 2,
            length=length,
            work=np.array([f.work for f in families], np.int64),
            n_breaks=np.array([len(f.rules) for f in families], np.int64),
            template=np.array([f.template for f in families], np.int64),
            size=size,
            earliest=earliest,
            latest=latest,
        ),
        places,
    )


def _nights(problem: RosterProblem) -> Ints:
    return np.concatenate(([0], np.cumsum(night_minutes(problem))))


def _limits(problem: RosterProblem) -> Ints:
    rows = np.zeros((len(problem.contracts), len(LIMITS)), np.int64)
    for row, contract in zip(rows, problem.contracts, strict=True):
        for place, name in enumerate(LIMITS):
            value = UNLIMITED
            if place == REST:
                value = problem.grid.intervals_of(contract.min_rest_min)
            elif getattr(contract, name) is not None:
                value = getattr(contract, name)
            elif place == MIN_PERIOD:
                value = 0
            row[place] = value
    return rows


def _people(
    problem: RosterProblem,
    frames: Sequence[Frame],
    cover: Cover,
    library: Library,
    place: dict[int, Ints],
) -> People:
    n_agents, grid = len(frames), problem.grid
    n_sets = max((len(part.sets) for part in cover.components), default=1)
    hits = np.zeros((n_agents, n_sets), np.int64)
    is_legal = np.zeros((n_agents, len(library.start)), np.int8)
    wish = np.zeros((n_agents, grid.n_days, len(problem.templates) + 1))
    barred = np.zeros((n_agents, grid.n_intervals), np.int8)
    fixed = np.zeros_like(barred)
    pinned = np.zeros((n_agents, grid.n_days, 6), np.int64)
    pinned_wish = np.zeros((n_agents, grid.n_days))
    known: dict[tuple[int, ...], Ints] = {}
    for n, frame in enumerate(frames):
        hits[n, : len(cover.hits_of_agent[n])] = cover.hits_of_agent[n]
        is_legal[n, _places(frame, place, known)[frame.options.row]] = 1
        if frame.agent.preferences:
            wish[n] = wish_points(problem, frame.agent.preferences)[0]
        barred[n] = frame.barred
        if frame.pinned_shifts:
            fixed[n] = presence(problem, frame.agent, list(frame.pinned_shifts))
        for d, pin in frame.pinned.items():
            pinned[n, d, IS_PINNED] = 1
            pinned[n, d, [START, END]] = pin.start[0], pin.end[0]
            pinned[n, d, [PAID, NIGHT]] = pin.paid_min[0], pin.is_night[0]
            pinned[n, d, LOCAL] = pin.local_start[0]
            pinned_wish[n, d] = pin.wish_points[0]
            low, high = library.first[d], library.first[d + 1]
            is_legal[n, low:high] = 0
    return People(
        contract=np.array([f.agent.contract for f in frames], np.int64),
        part=cover.component_of_agent.astype(np.int64),
        hits=hits,
        is_legal=is_legal,
        wish=wish,
        off=np.array([f.off_points for f in frames]).reshape(n_agents, grid.n_days),
        barred=barred,
        pinned=pinned,
        pinned_wish=pinned_wish,
        fixed=fixed,
        past=np.array([_past(f) for f in frames], np.int64).reshape(n_agents, 6),
        credited=np.array(
            [f.agent.credited_min or (0,) * grid.n_weeks for f in frames], np.int64
        ).reshape(n_agents, grid.n_weeks),
    )


def _places(
    frame: Frame, place: dict[int, Ints], known: dict[tuple[int, ...], Ints]
) -> Ints:
    """Where the shifts of a frame's families lie in the library."""
    key = frame.family_numbers
    if key not in known:
        rows = [place[number] for number in key]
        known[key] = np.concatenate([np.zeros(0, np.int64), *rows])
    return known[key]


def _past(frame: Frame) -> tuple[int, ...]:
    past = frame.agent.history
    last_end = NEVER if past.last_end is None else past.last_end
    return (
        past.days_in_row,
        last_end,
        past.week_paid_min,
        past.week_days,
        past.nights,
        past.weekends,
    )


def _wanted(problem: RosterProblem, cover: Cover) -> Wanted:
    parts = cover.components
    n_sets = max((len(part.sets) for part in parts), default=1)
    n_levels = max((len(part.steps) for part in parts), default=1)
    shape = (max(len(parts), 1), n_levels, n_sets, problem.grid.n_intervals)
    demand, steps = np.zeros(shape), np.zeros(shape[:2])
    for n, part in enumerate(parts):
        demand[n, : len(part.steps), : len(part.sets)] = part.demand
        steps[n, : len(part.steps)] = part.steps
    return Wanted(
        demand=demand,
        n_sets=np.array([len(part.sets) for part in parts] or [0], np.int64),
        steps=steps,
        over=problem.weights.over_h * problem.grid.interval_min / 60,
    )


def make_plan(task: Task, n_agents: int | None = None) -> Plan:
    """A plan in which nobody works; with ``n_agents``, room for that many lines."""
    people, library = task.people, task.library
    n = len(people.part) if n_agents is None else n_agents
    n_days, n_intervals = len(library.first) - 1, people.barred.shape[1]
    n_parts, _, n_sets, _ = task.wanted.demand.shape
    size = (n_parts, n_sets, n_intervals) if n_agents is None else (1, 1, 1)
    return Plan(
        chosen=np.full((n, n_days), NONE, np.int64),
        pauses=np.zeros((n, n_days, library.size.shape[1]), np.int64),
        presence=np.zeros((n, n_intervals), np.int8),
        points=np.zeros(n),
        counts=np.zeros(size, np.int64),
        staff=np.zeros((size[0], size[2]), np.int64),
    )


def make_desk(task: Task) -> Desk:
    """Room for one worker at a time."""
    library, n_intervals = task.library, task.people.barred.shape[1]
    n_days = len(library.first) - 1
    a_day = int(np.diff(library.first).max(initial=0))
    columns = 2 * a_day + 3
    n_kinds = max(len(library.kind_paid), 1)
    n_breaks, reach = library.latest.shape[1], int(library.latest.max(initial=0)) + 1
    return Desk(
        value=np.empty((n_days + 1, STATES, columns)),
        state=np.zeros((n_days + 1, STATES, 7), np.int64),
        n_states=np.zeros(n_days + 1, np.int64),
        ready=np.zeros((n_days + 1, columns), np.int64),
        last_start=np.zeros((n_days + 1, columns), np.int64),
        came_from=np.zeros((n_days + 1, columns), np.int64),
        n_columns=np.zeros(n_days + 1, np.int64),
        next_off=np.zeros((n_days, STATES), np.int64),
        next_on=np.zeros((n_days, STATES, n_kinds), np.int64),
        charge_off=np.zeros((n_days, STATES)),
        charge_on=np.zeros((n_days, STATES, n_kinds)),
        habit=np.zeros((n_days, columns, a_day + 1)),
        best=np.zeros(a_day + 1),
        slots=np.full(_SLOTS, NONE, np.int64),
        day=np.zeros((n_days, 6), np.int64),
        cost=np.zeros(len(library.start)),
        price=np.zeros(n_intervals),
        short=np.zeros((2, n_intervals)),
        running=np.zeros(n_intervals + 1),
        bars=np.zeros(n_intervals + 1, np.int64),
        breaks=np.zeros((n_breaks, reach)),
        chosen=np.full(n_days, NONE, np.int64),
        pauses=np.zeros((n_days, n_breaks), np.int64),
        presence=np.zeros(n_intervals, np.int8),
    )
