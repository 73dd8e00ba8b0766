"""What the rules look at from day to day, told apart by number."""

import numpy as np

from callcenter.engine.rostering.kernel.parts import (
    NONE,
    UNLIMITED,
    Floats,
    Ints,
    inner,
    spliced,
)

# Fields of a state.
IN_ROW, DAYS, MINUTES, NIGHTS, WEEKENDS, IS_COUNTED, PERIOD = range(7)
# Fields of a pinned day.
IS_PINNED, START, END, PAID, NIGHT, LOCAL = range(6)
# Fields of the past.
PAST_ROW, PAST_END, PAST_MINUTES, PAST_DAYS, PAST_NIGHTS, PAST_WEEKENDS = range(6)
# Fields of a contract.
LIMITS = (
    "min_week_min",
    "max_week_min",
    "max_week_days",
    "max_days_in_row",
    "min_rest",
    "max_nights",
    "max_weekends",
    "min_period_min",
    "max_period_min",
)
MIN_WEEK, MAX_WEEK, MAX_DAYS, MAX_ROW, REST = range(5)
MAX_NIGHTS, MAX_WEEKENDS, MIN_PERIOD, MAX_PERIOD = range(5, 9)
# Fields of a day.
ENDS_WEEK, IS_FULL, NEXT_MINUTES, IS_WEEKEND, ENDS_WEEKEND, OPENS_NEXT = range(6)


@spliced
def may_work(before: Ints, limits: Ints, day: Ints, paid: int, night: int) -> bool:
    """Whether the rules allow a shift after that state."""
    is_new = day[IS_WEEKEND] and before[IS_COUNTED] == 0
    return (
        before[IN_ROW] < limits[MAX_ROW]
        and before[DAYS] < limits[MAX_DAYS]
        and before[MINUTES] + paid <= limits[MAX_WEEK]
        and before[PERIOD] + paid <= limits[MAX_PERIOD]
        and (night == 0 or before[NIGHTS] < limits[MAX_NIGHTS])
        and (not is_new or before[WEEKENDS] < limits[MAX_WEEKENDS])
    )


@spliced
def lacking(minutes: int, limits: Ints, day: Ints, short_h: float) -> float:
    """Points of the paid hours that a whole week lacks when it ends."""
    if day[ENDS_WEEK] and day[IS_FULL]:
        return max(limits[MIN_WEEK] - minutes, 0) / 60 * short_h
    return 0.0


@inner
def enter(
    states: Ints,
    n: int,
    slots: Ints,
    target: Floats,
    before: Ints,
    limits: Ints,
    day: Ints,
    works: int,
    paid: int,
    night: int,
) -> int:
    """The state after a day, the ``n``-th when it is new; NONE without any room."""
    row = before[IN_ROW] + 1 if works else 0
    days, minutes = before[DAYS] + works, before[MINUTES] + paid
    nights, weekends = before[NIGHTS], before[WEEKENDS]
    counted, period = before[IS_COUNTED], before[PERIOD]
    if limits[MAX_NIGHTS] < UNLIMITED:
        nights += night
    if works and day[IS_WEEKEND] and counted == 0:
        counted = 1
        if limits[MAX_WEEKENDS] < UNLIMITED:
            weekends += 1
    if limits[MAX_PERIOD] < UNLIMITED or limits[MIN_PERIOD] > 0:
        period += paid
    if day[ENDS_WEEK]:
        days, minutes = 0, day[NEXT_MINUTES]
    if day[ENDS_WEEKEND]:
        counted = 0
    key = ((row * 16 + days) * 32768 + minutes) * 64 + nights
    key = ((key * 32 + weekends) * 2 + counted) * 131072 + period
    size = len(slots)
    at = ((key ^ key >> 29) * 0x9E3779B1 & 0x7FFFFFFFFFFF) >> 11
    at %= size
    while slots[at] >= 0:
        known = states[slots[at]]
        if (
            known[IN_ROW] == row
            and known[DAYS] == days
            and known[MINUTES] == minutes
            and known[NIGHTS] == nights
            and known[WEEKENDS] == weekends
            and known[IS_COUNTED] == counted
            and known[PERIOD] == period
        ):
            return slots[at]
        at = (at + 1) % size
    if n == len(states):
        return NONE
    slots[at] = n
    made = states[n]
    made[IN_ROW], made[DAYS], made[MINUTES] = row, days, minutes
    made[NIGHTS], made[WEEKENDS], made[IS_COUNTED] = nights, weekends, counted
    made[PERIOD] = period
    target[n] = np.inf
    return n
