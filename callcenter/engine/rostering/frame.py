"""What stays while one agent is re-rostered: their legal shifts, pins and wishes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.model import (
    FREE_FORM,
    Agent,
    Contract,
    PinnedShift,
    PlannedShift,
    Preference,
    RosterProblem,
)
from callcenter.engine.rostering.variants import Family, place_breaks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Options:
    """Shifts an agent may work, or pinned days, as parallel arrays of shape (n,)."""

    day: Ints
    start: Ints
    end: Ints
    paid_min: Ints
    is_night: Ints
    weekend: Ints
    local_start: Ints
    wish_points: Floats
    row: Ints

    def take(self, which: Ints) -> "Options":
        """The chosen options."""
        names = self.__dataclass_fields__
        return Options(**{name: getattr(self, name)[which] for name in names})


@dataclass(frozen=True, eq=False)
class Frame:
    """One agent's fixed surroundings.

    Attributes
    ----------
    families : list of Family, those of the contract; ``options.row`` indexes their
        starts laid end to end
    family_numbers : tuple of int, their places among all families
    options : Options, legal by themselves
    pinned : dict of day to Options of length 1, all pins of the day as one
    pinned_shifts : tuple of PlannedShift
    off_points : ndarray, shape (n_days,), wishes missed by a day off
    barred : ndarray of int, shape (n_intervals,), 1 during the agent's meetings
    """

    number: int
    agent: Agent
    contract: Contract
    families: list[Family]
    family_numbers: tuple[int, ...]
    options: Options
    pinned: dict[int, Options]
    pinned_shifts: tuple[PlannedShift, ...]
    off_points: Floats
    barred: Ints


def build_frames(problem: RosterProblem, families: list[Family]) -> list[Frame]:
    """A frame for each agent."""
    return [_frame(problem, families, number) for number in range(len(problem.agents))]


def night_minutes(problem: RosterProblem) -> Bools:
    """Intervals that make a shift a night shift, shape (n_intervals,)."""
    local = problem.grid.local_min
    inside = (local >= problem.night_from_min) & (local < problem.night_to_min)
    if problem.night_from_min > problem.night_to_min:
        late, early = local >= problem.night_from_min, local < problem.night_to_min
        inside = late | early
    return np.asarray(inside, np.bool_)


def presence(problem: RosterProblem, agent: Agent, shifts: list[PlannedShift]) -> Ints:
    """1 where an agent is available for contacts, shape (n_intervals,)."""
    there = np.zeros(problem.grid.n_intervals, np.int64)
    for shift in shifts:
        there[shift.start : shift.end] = 1
        for pause in shift.breaks:
            there[pause.start : pause.end] = 0
    for start, end in agent.meetings:
        there[max(start, 0) : end] = 0
    return there


def wish_points(
    problem: RosterProblem, wishes: tuple[Preference, ...]
) -> tuple[Floats, Floats]:
    """Points of going against an agent's wishes.

    Returns
    -------
    work : ndarray, shape (n_days, n_templates + 1), the last column for free-form
        shifts
    off : ndarray, shape (n_days,)
    """
    n_templates = len(problem.templates)
    work = np.zeros((problem.grid.n_days, n_templates + 1))
    off = np.zeros(problem.grid.n_days)
    for wish in wishes:
        points = wish.points * problem.weights.preference
        named = np.zeros(n_templates + 1, np.bool_)
        named[slice(None) if wish.templates is None else list(wish.templates)] = True
        work[wish.day, named != wish.is_wanted] += points
        off[wish.day] += points if wish.is_wanted else 0.0
    return work, off


def _frame(problem: RosterProblem, families: list[Family], number: int) -> Frame:
    agent = problem.agents[number]
    contract = problem.contracts[agent.contract]
    numbers = [n for n, f in enumerate(families) if f.template in contract.templates]
    mine = [families[number] for number in numbers]
    work, off = wish_points(problem, agent.preferences)
    options = _library_options(problem, mine, work)
    barred = presence(problem, replace(agent, meetings=()), _as_shifts(agent.meetings))
    legal = _is_legal(agent, contract, options)
    if not agent.skills.any():
        legal[:] = False
    pins = tuple(_resolve_pin(problem, families, number, pin) for pin in agent.pinned)
    return Frame(
        number=number,
        agent=agent,
        contract=contract,
        families=mine,
        family_numbers=tuple(numbers),
        options=options.take(np.flatnonzero(legal)),
        pinned=_pinned_days(problem, pins, work),
        pinned_shifts=pins,
        off_points=off,
        barred=barred,
    )


def _as_shifts(ranges: tuple[tuple[int, int], ...]) -> list[PlannedShift]:
    return [
        PlannedShift(0, 0, FREE_FORM, max(start, 0), end, (), 0)
        for start, end in ranges
    ]


def _library_options(
    problem: RosterProblem, families: list[Family], work: Floats
) -> Options:
    def joined(parts: list[Ints]) -> Ints:
        return np.concatenate([np.zeros(0, np.int64), *parts])

    start = joined([family.starts for family in families])
    end = joined([family.starts + family.length for family in families])
    day = joined([family.days for family in families])
    paid = joined([np.full(len(f.starts), f.paid_min) for f in families])
    template = joined([np.full(len(f.starts), f.template) for f in families])
    return _options(problem, day, start, end, paid, work[day, template])


def _options(
    problem: RosterProblem, day: Ints, start: Ints, end: Ints, paid: Ints, wish: Floats
) -> Options:
    nights = np.concatenate(([0], np.cumsum(night_minutes(problem))))
    return Options(
        day=day,
        start=start,
        end=end,
        paid_min=paid,
        is_night=(nights[end] > nights[start]).astype(np.int64),
        weekend=problem.grid.weekend_of_day[day],
        local_start=problem.grid.local_min[start],
        wish_points=wish,
        row=np.arange(len(day)),
    )


def _is_legal(agent: Agent, contract: Contract, options: Options) -> Bools:
    """Options that break no rule by themselves."""
    paid = options.paid_min
    legal = (paid >= contract.min_day_min) & (paid <= contract.max_day_min)
    for start, end in agent.blocked:
        legal &= (options.end <= start) | (options.start >= end)
    for start, end in agent.meetings:
        apart = (options.end <= start) | (options.start >= end)
        legal &= apart | ((options.start <= start) & (options.end >= end))
    for pin in agent.pinned:
        legal &= (options.end <= pin.start) | (options.start >= pin.end)
    return np.asarray(legal, np.bool_)


def _resolve_pin(
    problem: RosterProblem, families: list[Family], number: int, pin: PinnedShift
) -> PlannedShift:
    """A pin as a planned shift; missing breaks go where little is wanted."""
    breaks = pin.breaks
    family = _family_of(families, pin)
    if breaks is None and family is not None:
        quiet = -problem.demand.wanted.sum(axis=0)
        free = np.zeros(problem.grid.n_intervals, np.int64)
        step_min = problem.grid.interval_min
        breaks = place_breaks(family, pin.start, quiet, free, step_min)
    breaks = breaks or ()
    unpaid = sum(pause.end - pause.start for pause in breaks if not pause.is_paid)
    paid_min = (pin.end - pin.start - unpaid) * problem.grid.interval_min
    return PlannedShift(
        agent=number,
        day=pin.day,
        template=pin.template,
        start=pin.start,
        end=pin.end,
        breaks=breaks,
        paid_min=paid_min,
        is_pinned=True,
    )


def _family_of(families: list[Family], pin: PinnedShift) -> Family | None:
    length = pin.end - pin.start
    found = [f for f in families if (f.template, f.length) == (pin.template, length)]
    return found[0] if found else None


def _pinned_days(
    problem: RosterProblem, pins: tuple[PlannedShift, ...], work: Floats
) -> dict[int, Options]:
    days: dict[int, Options] = {}
    for day in {pin.day for pin in pins}:
        mine = [pin for pin in pins if pin.day == day]
        points = max(float(work[day, pin.template]) for pin in mine)
        days[day] = _options(
            problem,
            np.array([day]),
            np.array([min(pin.start for pin in mine)]),
            np.array([max(pin.end for pin in mine)]),
            np.array([sum(pin.paid_min for pin in mine)]),
            np.array([points]),
        )
    return days
