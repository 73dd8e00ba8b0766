"""A relaxation that bounds from below what the rest of a line can cost.

Limits of paid units and of weekends are priced instead of kept (Lagrange), counted
types are free; what is left is a shortest path over days and places.
"""

from typing import Any

import numpy as np

from callcenter.engine.compiled import njit
from callcenter.engine.rostering.duties.kernel.frame import (
    HUGE,
    NOWHERE,
    day_cost,
    first_place,
    step,
)

N_STEPS = 12


@njit(cache=True, nogil=True)
def fill_tails(
    table: Any, frame: Any, cost: Any, unit_price: float, weekend_price: float
) -> None:
    """Fill ``table[d, place]``: least priced cost of the days from d on from a place.

    ``cost`` stands in for the frame's own, so that other sums can be bounded too.
    """
    n_days, n_classes = cost.shape
    max_run, min_off = frame.rules[0], frame.rules[2]
    off_base = n_classes * max_run
    fresh = np.empty(n_classes)
    going = np.empty(n_classes)
    table[n_days, :] = 0.0
    for day in range(n_days - 1, -1, -1):
        start = HUGE
        for k in range(n_classes):
            value = cost[day, k] + unit_price * frame.units[k]
            going[k] = value + (weekend_price if frame.weekend[day] == 1 else 0.0)
            fresh[k] = value + (weekend_price if frame.weekend[day] > 0 else 0.0)
            start = min(start, fresh[k] + table[day + 1, k * max_run])
        for o in range(1, min_off + 1):
            after = off_base + min(o + 1, min_off) - 1
            best = frame.off_cost[day] + table[day + 1, after]
            table[day, off_base + o - 1] = min(best, start) if o >= min_off else best
        _fill_runs(table, frame, day, going)


@njit(cache=True, nogil=True)
def _fill_runs(table: Any, frame: Any, day: int, going: Any) -> None:
    """The places at work of one day of the table."""
    n_classes = len(going)
    max_run, min_run = frame.rules[0], frame.rules[1]
    rest = frame.off_cost[day] + table[day + 1, n_classes * max_run]
    for k in range(n_classes):
        for run in range(1, max_run + 1):
            best = rest if run >= min_run or run == day else HUGE
            if run < max_run:
                for j in range(n_classes):
                    if frame.follow[k, j]:
                        best = min(best, going[j] + table[day + 1, j * max_run + run])
            table[day, k * max_run + run - 1] = best


@njit(cache=True, nogil=True)
def _relaxed_use(
    table: Any, frame: Any, unit_price: float, weekend_price: float
) -> tuple[int, int]:
    """Paid units and weekends of the relaxed line that the table describes."""
    n_days, n_classes = frame.cost.shape
    place, paid, weekends = first_place(frame), 0, 0
    for day in range(n_days):
        best, chosen = HUGE * 10, -2
        for choice in range(-1, n_classes):
            to, pay, ends, _ = step(frame, day, place, choice, 0, 0, 0)
            if to == NOWHERE:
                continue
            value = day_cost(frame, day, choice) + table[day + 1, to]
            value += unit_price * pay + weekend_price * ends
            if value < best:
                best, chosen = value, choice
        if chosen == -2:
            return paid, weekends
        place, pay, ends, _ = step(frame, day, place, chosen, 0, 0, 0)
        paid, weekends = paid + pay, weekends + ends
    return paid, weekends


@njit(cache=True, nogil=True)
def _slope(used: int, least: int, most: int, price: float) -> float:
    """Which way the price of what is limited has to move."""
    if used > most or (price > 0 and used >= least):
        return float(used - most)
    if used < least or price < 0:
        return float(used - least)
    return 0.0


@njit(cache=True, nogil=True)
def price_limits(table: Any, frame: Any, prices: Any, limit: float) -> float:
    """Choose prices of units and weekends that bound best; returns the bound.

    A projected subgradient with Polyak's step towards ``limit``; ``prices`` holds the
    start and gets the best pair, and ``table`` is left filled for it.
    """
    least, most, most_weekends = frame.rules[3], frame.rules[4], frame.rules[5]
    start = first_place(frame)
    best, best_unit, best_weekend = -HUGE * 10, 0.0, 0.0
    unit, weekend, scale = prices[0], prices[1], 1.0
    for _ in range(N_STEPS):
        fill_tails(table, frame, frame.cost, unit, weekend)
        value = table[0, start] - weekend * most_weekends
        value -= unit * (most if unit > 0 else least)
        if value > best:
            best, best_unit, best_weekend = value, unit, weekend
        else:
            scale *= 0.6
        paid, weekends = _relaxed_use(table, frame, unit, weekend)
        by_unit = _slope(paid, least, most, unit)
        by_weekend = float(weekends - most_weekends)
        if weekend <= 0 and by_weekend < 0:
            by_weekend = 0.0
        norm = by_unit * by_unit + by_weekend * by_weekend
        if norm < 0.5 or value > limit:
            break
        length = scale * max(limit - value, 0.5) / norm
        unit += length * by_unit
        weekend = max(0.0, weekend + length * by_weekend)
    prices[0], prices[1] = best_unit, best_weekend
    fill_tails(table, frame, frame.cost, best_unit, best_weekend)
    return best


@njit(cache=True, nogil=True)
def reach_of(
    table: Any,
    frame: Any,
    prices: Any,
    day: int,
    to: int,
    value: float,
    paid: int,
    weekends: int,
) -> float:
    """The least that a line in this place after ``day`` days can still come to."""
    left = frame.rules[4] if prices[0] > 0 else frame.rules[3]
    reach = value + table[day, to] - prices[0] * (left - paid)
    return float(reach - prices[1] * (frame.rules[5] - weekends))
