"""The cheapest legal line of one agent, given what each shift costs.

A dynamic program over days. What the rules look at is a *state* (days in a row, days
and paid minutes of the week, and what the horizon limits); where the agent comes from
is a *column*: the shift of the day before, with the rest and the habit that follow from
it, or nothing that still matters. ``desk.value[d, state, column]`` is the least cost of
the days before ``d``. Nights and weekends count at the price of the first one, so that
the least cost is a lower bound of the line's true points, and mostly the points.

The inner functions take arrays and not the tuples that hold them: with each access to a
tuple, all its arrays are counted as used and released again.
"""

import numpy as np

from callcenter.engine.rostering.kernel.parts import (
    NEVER,
    NONE,
    UNLIMITED,
    Desk,
    Floats,
    Ints,
    Task,
    fast,
    inner,
    spliced,
)
from callcenter.engine.rostering.kernel.states import (
    DAYS,
    END,
    ENDS_WEEK,
    ENDS_WEEKEND,
    IN_ROW,
    IS_COUNTED,
    IS_FULL,
    IS_PINNED,
    IS_WEEKEND,
    LOCAL,
    MINUTES,
    NEXT_MINUTES,
    NIGHT,
    OPENS_NEXT,
    PAID,
    PAST_DAYS,
    PAST_END,
    PAST_MINUTES,
    PAST_NIGHTS,
    PAST_ROW,
    PAST_WEEKENDS,
    PERIOD,
    REST,
    enter,
    lacking,
    may_work,
)
from callcenter.engine.rostering.kernel.tracing import trace_line

FREE = 0
"""The column of those who come from a day off, whose rest no longer matters."""


@inner
def cheapest_line(task: Task, desk: Desk, agent: int, chosen: Ints) -> float:
    """Write the shift of each day; returns the least cost, inf when nothing is legal.

    ``desk.cost`` holds what each shift costs, inf for those that are not legal.
    """
    n_days = len(chosen)
    people, weights = task.people, task.weights
    limits, past = task.limits[people.contract[agent]], people.past[agent]
    credited, pinned = people.credited[agent], people.pinned[agent]
    _open(desk.state[0, 0], desk.value[0], past, credited)
    desk.n_states[0] = desk.n_columns[0] = 1
    desk.ready[0, 0] = past[PAST_END] + limits[REST]
    desk.last_start[0, 0] = desk.came_from[0, 0] = NONE
    for d in range(n_days):
        _describe(task, desk.day[d], d, credited)
        desk.n_columns[d + 1] = _link(task, desk, d, pinned[d], limits[REST])
        if pinned[d, IS_PINNED] == 1:
            wish = people.pinned_wish[agent, d]
            _stand(task, desk, d, limits, past, pinned[d], wish)
        else:
            _step(task, desk, d, limits, past, people.off[agent, d])
    return trace_line(task, desk, limits, pinned, weights.short_h, chosen)


@inner
def _open(first: Ints, value: Floats, past: Ints, credited: Ints) -> None:
    first[:] = 0
    first[IN_ROW] = past[PAST_ROW]
    first[DAYS] = past[PAST_DAYS]
    first[MINUTES] = past[PAST_MINUTES] + credited[0]
    first[PERIOD] = credited.sum()
    value[0, 0] = 0.0


@inner
def _describe(task: Task, day: Ints, d: int, credited: Ints) -> None:
    calendar = task.calendar
    week, weekend, opens = calendar.week, calendar.weekend, calendar.opens
    is_last = d + 1 == len(week)
    ends_week = is_last or week[d + 1] != week[d]
    day[ENDS_WEEK] = ends_week
    day[IS_FULL] = calendar.is_full[week[d]]
    day[NEXT_MINUTES] = 0 if is_last or not ends_week else credited[week[d + 1]]
    day[IS_WEEKEND] = weekend[d] >= 0
    day[ENDS_WEEKEND] = is_last or weekend[d + 1] != weekend[d]
    day[OPENS_NEXT] = UNLIMITED if is_last else opens[d + 1]


@inner
def _link(task: Task, desk: Desk, d: int, pin: Ints, rest: int) -> int:
    """The columns of the next day, and the habit that leads to each from today's.

    Returns how many there are.
    """
    library, change_h = task.library, task.weights.change_h
    starts, ends, locals_ = library.start, library.end, library.local_start
    n_columns, cost, habit = desk.n_columns[d], desk.cost, desk.habit[d]
    ready, last_start = desk.ready[d, :n_columns], desk.last_start[d, :n_columns]
    to_ready, to_start = desk.ready[d + 1], desk.last_start[d + 1]
    came_from = desk.came_from[d + 1]
    to_ready[FREE], to_start[FREE], came_from[FREE] = NEVER, NONE, NONE
    low, high = library.first[d], library.first[d + 1]
    if pin[IS_PINNED] == 1:
        _habit_of(habit, 0, ready, last_start, UNLIMITED, pin[LOCAL], change_h)
        to_ready[1], to_start[1], came_from[1] = pin[END] + rest, pin[LOCAL], low
        return 2
    n = 1
    for o in range(low, high):
        if cost[o] == np.inf:
            continue
        _habit_of(habit, n - 1, ready, last_start, starts[o], locals_[o], change_h)
        to_ready[n], to_start[n], came_from[n] = ends[o] + rest, locals_[o], o
        n += 1
    opens_next = desk.day[d, OPENS_NEXT]
    for c in range(n_columns):
        if ready[c] > opens_next:
            to_ready[n], to_start[n], came_from[n] = ready[c], NONE, NONE - 1 - c
            n += 1
    return n


@spliced
def _habit_of(
    habit: Floats,
    place: int,
    ready: Ints,
    last_start: Ints,
    start: int,
    local: int,
    change_h: float,
) -> None:
    """Points of each column before one shift; inf without the rest."""
    for c in range(len(ready)):
        if ready[c] > start:
            habit[c, place] = np.inf
        elif last_start[c] < 0:
            habit[c, place] = 0.0
        else:
            apart = abs(local - last_start[c])
            habit[c, place] = min(apart, 1440 - apart) / 60 * change_h


@inner
def _step(task: Task, desk: Desk, d: int, limits: Ints, past: Ints, off: float) -> None:
    """From each state of a day to a day off, and to each shift."""
    n_columns, n_next = desk.n_columns[d], desk.n_columns[d + 1]
    came_from = desk.came_from[d + 1, :n_next]
    shifts = came_from[1 : _n_shifts(came_from) + 1]
    late = came_from[len(shifts) + 1 :]
    value, target = desk.value[d, :, :n_columns], desk.value[d + 1, :, :n_next]
    states, after_states = desk.state[d], desk.state[d + 1]
    slots, day, ready = desk.slots, desk.day[d], desk.ready[d, :n_columns]
    habit, best = desk.habit[d, :, : len(shifts)], desk.best[: len(shifts)]
    next_off, next_on = desk.next_off[d], desk.next_on[d]
    charge_off, charge_on = desk.charge_off[d], desk.charge_on[d]
    kinds, costs = task.library.kind, desk.cost
    paid, night = task.library.kind_paid, task.library.kind_night
    short_h = task.weights.short_h
    first_night = task.weights.night * (past[PAST_NIGHTS] + 1)
    first_weekend = task.weights.weekend * (past[PAST_WEEKENDS] + 1)
    slots[:] = NONE
    n = 0
    for r in range(desk.n_states[d]):
        before = states[r]
        after = enter(after_states, n, slots, target, before, limits, day, 0, 0, 0)
        n = max(n, after + 1)
        next_off[r] = after
        charge_off[r] = off + lacking(before[MINUTES], limits, day, short_h)
        if after >= 0:
            _stay_off(value[r], ready, day, late, charge_off[r], target[after])
        for k in range(len(paid)):
            next_on[r, k] = NONE
            if not may_work(before, limits, day, paid[k], night[k]):
                continue
            after = enter(
                after_states,
                n,
                slots,
                target,
                before,
                limits,
                day,
                1,
                paid[k],
                night[k],
            )
            n = max(n, after + 1)
            next_on[r, k] = after
            charge = lacking(before[MINUTES] + paid[k], limits, day, short_h)
            charge += night[k] * first_night
            if day[IS_WEEKEND] and before[IS_COUNTED] == 0:
                charge += first_weekend
            charge_on[r, k] = charge
        _fill_on(
            value[r],
            habit,
            shifts,
            kinds,
            costs,
            next_on[r],
            charge_on[r],
            best,
            target,
        )
    desk.n_states[d + 1] = n


@inner
def _stand(
    task: Task,
    desk: Desk,
    d: int,
    limits: Ints,
    past: Ints,
    pin: Ints,
    wish: float,
) -> None:
    """From each state of a pinned day to what the pin leaves."""
    n_columns = desk.n_columns[d]
    value, target = desk.value[d, :, :n_columns], desk.value[d + 1, :, :2]
    habit, day, weights = desk.habit[d, :n_columns, 0], desk.day[d], task.weights
    desk.slots[:] = NONE
    n = 0
    for r in range(desk.n_states[d]):
        before = desk.state[d, r]
        after = enter(
            desk.state[d + 1],
            n,
            desk.slots,
            target,
            before,
            limits,
            day,
            1,
            pin[PAID],
            pin[NIGHT],
        )
        n = max(n, after + 1)
        desk.next_off[d, r] = NONE
        desk.next_on[d, r, 0] = after
        charge = wish + lacking(
            before[MINUTES] + pin[PAID], limits, day, weights.short_h
        )
        charge += pin[NIGHT] * weights.night * (past[PAST_NIGHTS] + 1)
        if day[IS_WEEKEND] and before[IS_COUNTED] == 0:
            charge += weights.weekend * (past[PAST_WEEKENDS] + 1)
        desk.charge_on[d, r, 0] = charge
        if after >= 0:
            points = _least(value[r], habit) + charge
            target[after, 1] = min(target[after, 1], points)
    desk.n_states[d + 1] = n


@spliced
def _n_shifts(came_from: Ints) -> int:
    """Columns that a shift leads to; they come first, after FREE."""
    n = len(came_from) - 1
    while n > 0 and came_from[n] < 0:
        n -= 1
    return n


@spliced
def _stay_off(
    value: Floats, ready: Ints, day: Ints, late: Ints, charge: float, target: Floats
) -> None:
    least = target[FREE]
    for c in range(len(value)):
        if ready[c] <= day[OPENS_NEXT]:
            least = min(least, value[c] + charge)
    target[FREE] = least
    low = len(target) - len(late)
    for place in range(len(late)):
        points = value[NONE - 1 - late[place]] + charge
        target[low + place] = min(target[low + place], points)


@fast
def _fill_on(
    value: Floats,
    habit: Floats,
    shifts: Ints,
    kinds: Ints,
    costs: Floats,
    after: Ints,
    charges: Floats,
    best: Floats,
    target: Floats,
) -> None:
    """Go from one state to every shift of a day.

    Parameters
    ----------
    value : shape (columns,), of the state; ``habit`` (columns, shifts)
    shifts : the day's shifts that are tried; ``kinds``, ``costs`` of all
    after, charges : shape (k,), the state after, and points of entering it
    best : room; ``target`` the values of the next day, (states, columns)
    """
    best[:] = np.inf
    for c in range(len(value)):
        if value[c] < np.inf:
            _lower(best, habit[c], value[c])
    for place in range(len(shifts)):
        option = shifts[place]
        state = after[kinds[option]]
        if state < 0:
            continue
        points = best[place] + costs[option] + charges[kinds[option]]
        target[state, place + 1] = min(target[state, place + 1], points)


@fast
def _lower(best: Floats, habit: Floats, value: float) -> None:
    for place in range(len(best)):
        points = value + habit[place]
        best[place] = points if points < best[place] else best[place]


@fast
def _least(value: Floats, habit: Floats) -> float:
    least = np.inf
    for c in range(len(value)):
        points = value[c] + habit[c]
        if points < least:  # noqa: PLR1730
            least = points
    return least
