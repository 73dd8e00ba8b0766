"""The cheapest legal roster of one agent, given what each interval is worth.

A label is a way to have spent the days so far. Day by day every label is extended by a
day off and by each promising shift that its rules allow; labels alike in all that the
rules look at keep only the cheapest, and of the rest the most promising stay (a dynamic
program with a bounded beam). Cost is exact, because an agent's own shifts never share
an interval.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.frame import Frame, Options
from callcenter.engine.rostering.model import RosterProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BEAM = 96
SHIFTS_A_DAY = 28
LONG_AGO = -(10**6)
NO_START = -1


@dataclass(frozen=True, eq=False)
class Labels:
    """Ways to have spent the days so far, arrays of shape (n,)."""

    points: Floats
    in_row: Ints
    week_min: Ints
    week_days: Ints
    period_min: Ints
    nights: Ints
    weekends: Ints
    last_weekend: Ints
    last_end: Ints
    last_start: Ints
    parent: Ints
    option: Ints

    def take(self, which: Ints | Bools) -> "Labels":
        """The chosen labels."""
        return Labels(*(getattr(self, item.name)[which] for item in fields(self)))


RuleMask = Callable[[Labels, Options, Frame, RosterProblem], Bools]


def min_rest_between_shifts(
    labels: Labels, options: Options, frame: Frame, problem: RosterProblem
) -> Bools:
    """The next start lies at least the rest after the last end."""
    rest = problem.grid.intervals_of(frame.contract.min_rest_min)
    return np.asarray(
        options.start[None, :] >= labels.last_end[:, None] + rest, np.bool_
    )


def max_days_in_row(
    labels: Labels, options: Options, frame: Frame, _: RosterProblem
) -> Bools:
    """A day off comes before one more day would be too many."""
    allowed = labels.in_row < frame.contract.max_days_in_row
    return np.repeat(allowed[:, None], len(options.day), axis=1)


def max_days_per_week(
    labels: Labels, options: Options, frame: Frame, _: RosterProblem
) -> Bools:
    """Working days of a contract week stay within the contract."""
    allowed = labels.week_days < frame.contract.max_week_days
    return np.repeat(allowed[:, None], len(options.day), axis=1)


def max_hours_per_week(
    labels: Labels, options: Options, frame: Frame, _: RosterProblem
) -> Bools:
    """Paid hours of a contract week stay within the contract."""
    hours = labels.week_min[:, None] + options.paid_min[None, :]
    return np.asarray(hours <= frame.contract.max_week_min, np.bool_)


def max_hours_per_period(
    labels: Labels, options: Options, frame: Frame, _: RosterProblem
) -> Bools:
    """Paid hours of the horizon stay within the contract."""
    limit = frame.contract.max_period_min
    hours = labels.period_min[:, None] + options.paid_min[None, :]
    return np.asarray(hours <= (np.inf if limit is None else limit), np.bool_)


def max_night_shifts(
    labels: Labels, options: Options, frame: Frame, _: RosterProblem
) -> Bools:
    """Night shifts of the horizon stay within the contract."""
    limit = frame.contract.max_nights
    nights = labels.nights[:, None] + options.is_night[None, :]
    is_day = (options.is_night == 0)[None, :]
    return np.asarray(is_day | (nights <= (np.inf if limit is None else limit)))


def max_weekends_worked(
    labels: Labels, options: Options, frame: Frame, _: RosterProblem
) -> Bools:
    """Weekends with a shift stay within the contract."""
    limit = frame.contract.max_weekends
    is_new = _is_new_weekend(labels, options)
    within = labels.weekends[:, None] + 1 <= (np.inf if limit is None else limit)
    return np.asarray(~is_new | within, np.bool_)


LABEL_RULES: tuple[RuleMask, ...] = (
    min_rest_between_shifts,
    max_days_in_row,
    max_days_per_week,
    max_hours_per_week,
    max_hours_per_period,
    max_night_shifts,
    max_weekends_worked,
)


def best_options(
    problem: RosterProblem, frame: Frame, costs: Floats
) -> list[tuple[int, int]]:
    """The days on which the agent works, as (day, position in ``frame.options``).

    Parameters
    ----------
    costs : ndarray, shape (n_options,), points of covering with each option

    Returns
    -------
    list of tuple, pinned days left out
    """
    points = costs + frame.options.wish_points
    promising = _promising(problem, frame, points)
    future = _week_outlook(problem, points, promising)
    labels, trail = _first_labels(frame), []
    for day in range(problem.grid.n_days):
        labels = _open_week(problem, frame, labels, day)
        labels = _extend(problem, frame, labels, day, promising[day], points)
        labels = _close_week(problem, frame, labels, day)
        labels = _prune(problem, frame, labels, future[day], day)
        trail.append((labels.parent, labels.option))
    total = labels.points + _period_short(frame, labels, problem)
    return _trace(trail, int(np.argmin(total)))


def _promising(problem: RosterProblem, frame: Frame, points: Floats) -> list[Ints]:
    """The options worth trying on each day: the cheapest, in all and by length."""
    found: list[Ints] = []
    bounds = np.searchsorted(
        np.sort(frame.options.day), np.arange(problem.grid.n_days + 1)
    )
    by_day = np.argsort(frame.options.day, kind="stable")
    for day in range(problem.grid.n_days):
        mine = by_day[bounds[day] : bounds[day + 1]]
        mine = mine[np.isfinite(points[mine])]
        if day in frame.pinned:
            mine = mine[:0]
        ranked = mine[np.argsort(points[mine], kind="stable")]
        _, first = np.unique(frame.options.paid_min[ranked], return_index=True)
        found.append(np.union1d(ranked[:SHIFTS_A_DAY], ranked[first]))
    return found


def _week_outlook(
    problem: RosterProblem, points: Floats, promising: list[Ints]
) -> list[Floats]:
    """By day, the least points that 0, 1, 2... more days of its week can add."""
    weeks = problem.grid.week_of_day
    best = np.array([min(points[mine].min(initial=0.0), 0.0) for mine in promising])
    outlook = []
    for day, week in enumerate(weeks):
        rest = np.sort(best[day + 1 :][weeks[day + 1 :] == week])
        outlook.append(np.concatenate(([0.0], np.cumsum(rest))))
    return outlook


def _first_labels(frame: Frame) -> Labels:
    past = frame.agent.history
    last_end = LONG_AGO if past.last_end is None else past.last_end

    def one(value: int) -> Ints:
        return np.array([value], np.int64)

    return Labels(
        points=np.zeros(1),
        in_row=one(past.days_in_row),
        week_min=one(0),
        week_days=one(0),
        period_min=one(sum(frame.agent.credited_min)),
        nights=one(0),
        weekends=one(0),
        last_weekend=one(-1),
        last_end=one(last_end),
        last_start=one(NO_START),
        parent=one(-1),
        option=one(-1),
    )


def _replace(labels: Labels, **changed: NDArray[np.generic]) -> Labels:
    kept = {item.name: getattr(labels, item.name) for item in fields(labels)}
    return Labels(**(kept | changed))


def _open_week(
    problem: RosterProblem, frame: Frame, labels: Labels, day: int
) -> Labels:
    weeks = problem.grid.week_of_day
    if day > 0 and weeks[day] == weeks[day - 1]:
        return labels
    past, credited = frame.agent.history, frame.agent.credited_min
    paid = credited[weeks[day]] if credited else 0
    days = 0
    if day == 0:
        paid, days = paid + past.week_paid_min, past.week_days
    size = len(labels.points)
    return _replace(labels, week_min=np.full(size, paid), week_days=np.full(size, days))


def _extend(
    problem: RosterProblem,
    frame: Frame,
    labels: Labels,
    day: int,
    choice: Ints,
    points: Floats,
) -> Labels:
    """Every label with a day off, and with each shift that the rules allow."""
    if day in frame.pinned:
        options = frame.pinned[day]
        allowed = np.ones((len(labels.points), 1), np.bool_)
        return _worked(problem, labels, options, allowed, np.array([-1]), frame)
    off = _day_off(frame, labels, day)
    if not len(choice):
        return off
    options = frame.options.take(choice)
    allowed = np.ones((len(labels.points), len(choice)), np.bool_)
    for rule in LABEL_RULES:
        allowed &= rule(labels, options, frame, problem)
    on = _worked(problem, labels, options, allowed, choice, frame, points[choice])
    return Labels(
        *(
            np.concatenate((getattr(off, item.name), getattr(on, item.name)))
            for item in fields(off)
        )
    )


def _day_off(frame: Frame, labels: Labels, day: int) -> Labels:
    size = len(labels.points)
    return _replace(
        labels,
        points=labels.points + frame.off_points[day],
        in_row=np.zeros(size, np.int64),
        last_start=np.full(size, NO_START),
        parent=np.arange(size),
        option=np.full(size, -1),
    )


def _worked(
    problem: RosterProblem,
    labels: Labels,
    options: Options,
    allowed: Bools,
    names: Ints,
    frame: Frame,
    points: Floats | None = None,
) -> Labels:
    """Labels after each allowed pair of a label and an option."""
    added = options.wish_points if points is None else points
    cost = labels.points[:, None] + added[None, :]
    cost = cost + _habit_points(problem, labels, options)
    is_new = _is_new_weekend(labels, options)
    past = frame.agent.history
    weights = problem.weights
    cost += is_new * weights.weekend * (past.weekends + labels.weekends + 1)[:, None]
    nights = (past.nights + labels.nights + 1)[:, None] * options.is_night[None, :]
    cost += weights.night * nights
    way, pick = np.nonzero(allowed)
    before = labels.take(way)
    return Labels(
        points=cost[way, pick],
        in_row=before.in_row + 1,
        week_min=before.week_min + options.paid_min[pick],
        week_days=before.week_days + 1,
        period_min=before.period_min + options.paid_min[pick],
        nights=before.nights + options.is_night[pick],
        weekends=before.weekends + is_new[way, pick],
        last_weekend=np.maximum(before.last_weekend, options.weekend[pick]),
        last_end=options.end[pick],
        last_start=options.local_start[pick],
        parent=way,
        option=names[pick],
    )


def _is_new_weekend(labels: Labels, options: Options) -> Bools:
    weekend = options.weekend[None, :]
    return np.asarray((weekend >= 0) & (weekend != labels.last_weekend[:, None]))


def _habit_points(problem: RosterProblem, labels: Labels, options: Options) -> Floats:
    """Points of starting at another time than on the day before."""
    last = labels.last_start[:, None]
    apart = np.abs(options.local_start[None, :] - last)
    hours = np.minimum(apart, 1440 - apart) / 60
    return np.where(last == NO_START, 0.0, hours * problem.weights.start_change_h)


def _is_week_end(problem: RosterProblem, day: int) -> bool:
    weeks = problem.grid.week_of_day
    return day + 1 == len(weeks) or bool(weeks[day + 1] != weeks[day])


def _close_week(
    problem: RosterProblem, frame: Frame, labels: Labels, day: int
) -> Labels:
    """Charge the hours that a whole week lacks."""
    week = problem.grid.week_of_day[day]
    if not _is_week_end(problem, day) or not problem.grid.full_weeks[week]:
        return labels
    missing = np.maximum(frame.contract.min_week_min - labels.week_min, 0)
    charge = missing / 60 * problem.weights.contract_short_h
    return _replace(labels, points=labels.points + charge)


def _period_short(frame: Frame, labels: Labels, problem: RosterProblem) -> Floats:
    least = frame.contract.min_period_min or 0
    missing = np.maximum(least - labels.period_min, 0)
    return np.asarray(missing / 60 * problem.weights.contract_short_h, np.float64)


def _prune(
    problem: RosterProblem, frame: Frame, labels: Labels, outlook: Floats, day: int
) -> Labels:
    """The cheapest of labels that the rules cannot tell apart, the best of them."""
    if len(labels.points) == 1:
        return labels
    promise = labels.points + _promise(problem, frame, labels, outlook, day)
    order = np.argsort(promise, kind="stable")
    order = order[: BEAM * 12]
    _, first = np.unique(_likeness(frame, labels.take(order)), return_index=True)
    return labels.take(order[np.sort(first)[:BEAM]])


def _promise(
    problem: RosterProblem, frame: Frame, labels: Labels, outlook: Floats, day: int
) -> Floats:
    """What the rest of the week can still bring to each label, at best."""
    contract = frame.contract
    paid = frame.options.paid_min
    if _is_week_end(problem, day) or not len(paid):
        return np.zeros(len(labels.points))
    room = np.maximum(contract.max_week_min - labels.week_min, 0) // max(paid.min(), 1)
    days = np.minimum(room, contract.max_week_days - labels.week_days)
    days = np.clip(days, 0, len(outlook) - 1)
    gain = np.asarray(outlook[days], np.float64)
    if problem.grid.full_weeks[problem.grid.week_of_day[day]]:
        reach = labels.week_min + days * paid.max()
        missing = np.maximum(contract.min_week_min - reach, 0)
        gain = gain + missing / 60 * problem.weights.contract_short_h
    return gain


def _likeness(frame: Frame, labels: Labels) -> Ints:
    """A number that is equal for labels that the rules treat alike."""
    key = labels.in_row * 8 + labels.week_days
    key = key * 10_000 + labels.week_min
    key = key * 100_000 + np.maximum(labels.last_end, -1) + 1
    contract = frame.contract
    if contract.max_period_min is not None or contract.min_period_min is not None:
        key = key * 8192 + labels.period_min // 5 % 8192
    if contract.max_nights is not None:
        key = key * 32 + labels.nights
    if contract.max_weekends is not None:
        key = key * 16 + labels.weekends
    return key


def _trace(trail: list[tuple[Ints, Ints]], at: int) -> list[tuple[int, int]]:
    found = []
    for day in range(len(trail) - 1, -1, -1):
        parent, option = trail[day]
        if option[at] >= 0:
            found.append((day, int(option[at])))
        at = int(parent[at])
    return found[::-1]
