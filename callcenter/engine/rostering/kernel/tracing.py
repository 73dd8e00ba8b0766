"""The way back from the least cost to the shifts that led there."""

import numpy as np

from callcenter.engine.rostering.kernel.parts import NONE, Desk, Ints, Task, inner
from callcenter.engine.rostering.kernel.states import (
    IS_PINNED,
    MIN_PERIOD,
    OPENS_NEXT,
    PERIOD,
)


@inner
def trace_line(
    task: Task, desk: Desk, limits: Ints, pinned: Ints, short_h: float, chosen: Ints
) -> float:
    """Write the shift of each day; returns the least cost, inf without any line."""
    n_days = len(chosen)
    least, state, column = _best_end(desk, limits, short_h, n_days)
    chosen[:] = NONE
    if least == np.inf:
        return least
    for d in range(n_days - 1, -1, -1):
        option = desk.came_from[d + 1, column]
        is_pinned = pinned[d, IS_PINNED] == 1
        if option >= 0 and not is_pinned:
            chosen[d] = option
        if option >= 0:
            k = 0 if is_pinned else task.library.kind[option]
            state, column = _before_work(desk, d, state, column - 1, k)
        else:
            state, column = _before_off(desk, d, state, NONE - 1 - option)
    return least


@inner
def _best_end(
    desk: Desk, limits: Ints, short_h: float, n_days: int
) -> tuple[float, int, int]:
    value, states = desk.value[n_days], desk.state[n_days]
    least, state, column = np.inf, 0, 0
    for r in range(desk.n_states[n_days]):
        missing = max(limits[MIN_PERIOD] - states[r, PERIOD], 0)
        charge = missing / 60 * short_h
        for c in range(desk.n_columns[n_days]):
            if value[r, c] + charge < least:
                least, state, column = value[r, c] + charge, r, c
    return least, state, column


@inner
def _before_work(desk: Desk, d: int, after: int, place: int, k: int) -> tuple[int, int]:
    value, habit, charge = desk.value[d], desk.habit[d], desk.charge_on[d]
    next_on, n_columns = desk.next_on[d], desk.n_columns[d]
    least, state, column = np.inf, 0, 0
    for r in range(desk.n_states[d]):
        if next_on[r, k] != after:
            continue
        for c in range(n_columns):
            points = value[r, c] + habit[c, place] + charge[r, k]
            if points < least:
                least, state, column = points, r, c
    return state, column


@inner
def _before_off(desk: Desk, d: int, after: int, source: int) -> tuple[int, int]:
    value, charge, next_off = desk.value[d], desk.charge_off[d], desk.next_off[d]
    ready, opens_next = desk.ready[d], desk.day[d, OPENS_NEXT]
    n_columns = desk.n_columns[d]
    least, state, column = np.inf, 0, 0
    for r in range(desk.n_states[d]):
        if next_off[r] != after:
            continue
        for c in range(n_columns):
            if (source >= 0 and c != source) or (source < 0 and ready[c] > opens_next):
                continue
            if value[r, c] + charge[r] < least:
                least, state, column = value[r, c] + charge[r], r, c
    return state, column
