"""The cheapest legal lines of one employee, and all lines below a limit, compiled.

A label is a way to have spent the days so far. Labels alike in all that later days can
depend on keep only the cheapest; those that the relaxed tails prove to end above the
limit are dropped, so few remain although the search is exact.
"""

from typing import Any

import numpy as np

from callcenter.engine.compiled import njit
from callcenter.engine.rostering.duties.kernel.frame import (
    HUGE,
    NOWHERE,
    Frame,
    day_cost,
    first_place,
    step,
)
from callcenter.engine.rostering.duties.kernel.tails import (
    fill_tails,
    price_limits,
    reach_of,
)

TOO_MANY = -2


@njit(cache=True, nogil=True)
def _paid_limits(frame: Any, table: Any) -> tuple[Any, Any]:
    """Least and most paid units after each day that can still end within the limits."""
    n_days, n_classes = frame.cost.shape
    gain = np.full((n_days, n_classes), HUGE)
    longest = np.zeros(n_days, np.int64)
    for day in range(n_days):
        for k in range(n_classes):
            if frame.cost[day, k] < HUGE:
                gain[day, k] = -frame.units[k]
                longest[day] = max(longest[day], frame.units[k])
    fill_tails(table, frame, gain, 0.0, 0.0)
    low = np.zeros(n_days + 1, np.int64)
    high = np.zeros(n_days + 1, np.int64)
    reach = 0
    for day in range(n_days + 1):
        still = int(min(-table[day].min(), 1e9))
        low[day] = max(0, frame.rules[3] - still)
        high[day] = max(low[day], min(frame.rules[4], reach))
        if day < n_days:
            reach += longest[day]
    return low, high


@njit(cache=True, nogil=True)
def _grown(array: Any, size: int) -> Any:
    wider = np.empty((array.shape[0], size), array.dtype)
    for row in range(array.shape[0]):
        for column in range(array.shape[1]):
            wider[row, column] = array[row, column]
    return wider


@njit(cache=True, nogil=True)
def _is_beaten(where: Any, values: Any, at: int, weekends: int, value: float) -> bool:
    """Whether a label with as few weekends or fewer is no dearer."""
    for fewer in range(weekends + 1):
        other = where[at + fewer]
        if other >= 0 and values[other] <= value:
            return True
    return False


@njit(cache=True, nogil=True)
def _extend(
    frame: Any,
    table: Any,
    prices: Any,
    low: Any,
    high: Any,
    limit: float,
    day: int,
    first: int,
    last: int,
    labels: Any,
    cost_of: Any,
    where: Any,
) -> int:
    """Labels of one day more from those in ``first:last``; returns where they end."""
    n_weekends, end = frame.rules[5] + 1, last
    width, n_counts = _sizes(frame, low, high)
    for i in range(first, last):
        for choice in range(-1, frame.cost.shape[1]):
            added = day_cost(frame, day, choice)
            if added >= HUGE:
                continue
            to, paid, weekends, count = step(
                frame, day, labels[0, i], choice, labels[1, i], labels[2, i],
                labels[3, i],
            )  # fmt: skip
            if to == NOWHERE or paid < low[day + 1] or paid > high[day + 1]:
                continue
            value = cost_of[i] + added
            reach = reach_of(table, frame, prices, day + 1, to, value, paid, weekends)
            if reach > limit:
                continue
            at = ((to * width + paid - low[day + 1]) * n_counts + count) * n_weekends
            if _is_beaten(where, cost_of, at, weekends, value):
                continue
            j = where[at + weekends]
            if j < 0:
                j = end
                end += 1
                where[at + weekends] = j
                labels[0, j], labels[1, j] = to, paid
                labels[2, j], labels[3, j] = weekends, count
            cost_of[j] = value
            labels[4, j] = i
    for i in range(last, end):
        at = (labels[0, i] * width + labels[1, i] - low[day + 1]) * n_counts
        where[(at + labels[3, i]) * n_weekends + labels[2, i]] = -1
    return end


@njit(cache=True, nogil=True)
def _sizes(frame: Any, low: Any, high: Any) -> tuple[int, int]:
    """The widest range of paid units on a day, and how many counts there are."""
    n_counts, width = 1, 1
    for cap in frame.caps:
        n_counts *= cap + 1
    for day in range(len(low)):
        width = max(width, high[day] - low[day] + 1)
    return width, n_counts


@njit(cache=True, nogil=True)
def _cheapest(
    frame: Any, table: Any, prices: Any, low: Any, high: Any, limit: float
) -> tuple[Any, Any, int, int]:
    """Labels, values, and the range of those of the last day.

    A label is a column of place, paid units, weekends, count and parent.
    """
    n_days, n_classes = frame.cost.shape
    width, n_counts = _sizes(frame, low, high)
    n_places = n_classes * frame.rules[0] + frame.rules[2]
    size = n_places * width * n_counts * (frame.rules[5] + 1)
    where = np.full(size, -1, np.int32)
    labels, values = np.zeros((5, 4096), np.int32), np.zeros((1, 4096))
    labels[0, 0], labels[4, 0] = first_place(frame), -1
    first, last = 0, 1
    for day in range(n_days):
        need = (last - first) * (n_classes + 1) + last
        if need > labels.shape[1]:
            labels, values = _grown(labels, 2 * need), _grown(values, 2 * need)
        end = _extend(
            frame, table, prices, low, high, limit, day, first, last, labels,
            values[0], where,
        )  # fmt: skip
        first, last = last, end
    return labels, values[0], first, last


@njit(cache=True, nogil=True)
def _best_ends(
    frame: Any,
    labels: Any,
    values: Any,
    limit: float,
    first: int,
    last: int,
    n_lines: int,
) -> tuple[Any, int]:
    """The cheapest labels of the last day, ascending, and how many; few are wanted.

    Numba's sort takes seconds to compile; this does not.
    """
    ends, n = np.empty(n_lines + 1, np.int64), 0
    for i in range(first, last):
        if labels[1, i] < frame.rules[3] or values[i] > limit:
            continue
        at = n
        while at > 0 and values[ends[at - 1]] > values[i]:
            ends[at] = ends[at - 1]
            at -= 1
        if at < n_lines:
            ends[at] = i
            n = min(n + 1, n_lines)
    return ends, n


@njit(cache=True, nogil=True)
def _classes(frame: Any, type_cost: Any, class_of: Any) -> Any:
    """Fill the frame's cost with each day's cheapest type; returns those types."""
    pick = np.zeros(frame.cost.shape, np.int64)
    frame.cost[:] = HUGE
    for day in range(type_cost.shape[0]):
        for kind in range(type_cost.shape[1]):
            k = class_of[kind]
            if k >= 0 and type_cost[day, kind] < frame.cost[day, k]:
                frame.cost[day, k] = type_cost[day, kind]
                pick[day, k] = kind
    return pick


@njit(cache=True, nogil=True)
def best_lines(
    frame: Any,
    type_cost: Any,
    class_of: Any,
    prices: Any,
    limit: float,
    n_lines: int,
) -> tuple[float, Any, Any]:
    """A valid bound on any line, and the cheapest lines not above ``limit``.

    ``type_cost`` has shape (n_days, n_types); ``class_of`` gives each type's class or
    -1. ``prices`` is kept from call to call. Lines come as types, -1 for a day off, one
    for each different end, ascending by cost; none means that all cost more.
    """
    pick = _classes(frame, type_cost, class_of)
    n_days, n_classes = frame.cost.shape
    off_base = n_classes * frame.rules[0]
    table = np.empty((n_days + 1, off_base + frame.rules[2]))
    low, high = _paid_limits(frame, table)
    bound = price_limits(table, frame, prices, limit)
    labels, values, first, last = _cheapest(frame, table, prices, low, high, limit)
    ends, n = _best_ends(frame, labels, values, limit, first, last, n_lines)
    lines, costs = np.full((n, n_days), -1, np.int64), np.empty(n)
    for row in range(n):
        i = ends[row]
        costs[row] = values[i]
        for day in range(n_days - 1, -1, -1):
            if labels[0, i] < off_base:
                lines[row, day] = pick[day, labels[0, i] // frame.rules[0]]
            i = labels[4, i]
    return bound, costs, lines


@njit(cache=True, nogil=True)
def _all_labels(
    frame: Any, table: Any, prices: Any, low: Any, high: Any, limit: float, most: int
) -> tuple[Any, Any, int]:
    """Places and parents, shape (n_days, most), and how many lines; -1 if over."""
    n_days, n_classes = frame.cost.shape
    places = np.empty((n_days, most), np.int32)
    parents = np.empty((n_days, most), np.int32)
    now, values = np.zeros((4, most), np.int64), np.zeros(most)
    then, more = np.zeros((4, most), np.int64), np.zeros(most)
    now[0, 0] = first_place(frame)
    size = 1
    for day in range(n_days):
        n = 0
        for i in range(size):
            for choice in range(-1, n_classes):
                added = day_cost(frame, day, choice)
                if added >= HUGE:
                    continue
                to, paid, weekends, count = step(
                    frame, day, now[0, i], choice, now[1, i], now[2, i], now[3, i]
                )
                if to == NOWHERE or paid < low[day + 1] or paid > high[day + 1]:
                    continue
                value = values[i] + added
                if (
                    reach_of(table, frame, prices, day + 1, to, value, paid, weekends)
                    > limit
                ):
                    continue
                if n >= most:
                    return places, parents, -1
                then[0, n], then[1, n], then[2, n] = to, paid, weekends
                then[3, n], more[n] = count, value
                places[day, n], parents[day, n] = to, i
                n += 1
        now, then, values, more, size = then, now, more, values, n
    return places, parents, size


@njit(cache=True, nogil=True)
def all_lines(frame: Any, type_cost: Any, prices: Any, limit: float, most: int) -> Any:
    """Every legal line of types not above ``limit``, or one row of `TOO_MANY`.

    Here each type is a class of its own, in the order of ``type_cost``'s columns.
    """
    _classes(frame, type_cost, np.arange(type_cost.shape[1]))
    n_days, n_classes = frame.cost.shape
    off_base = n_classes * frame.rules[0]
    table = np.empty((n_days + 1, off_base + frame.rules[2]))
    low, high = _paid_limits(frame, table)
    price_limits(table, frame, prices, limit)
    places, parents, size = _all_labels(frame, table, prices, low, high, limit, most)
    if size < 0:
        return np.full((1, n_days), TOO_MANY, np.int64)
    lines = np.full((size, n_days), -1, np.int64)
    for row in range(size):
        at = row
        for day in range(n_days - 1, -1, -1):
            if places[day, at] < off_base:
                lines[row, day] = places[day, at] // frame.rules[0]
            at = parents[day, at]
    return lines


__all__ = ["HUGE", "TOO_MANY", "Frame", "all_lines", "best_lines"]
