"""What the compiled search knows of one employee, and one step of a line.

The place of a line says what tomorrow may depend on: the class of the last duty with
the length of the run it ends, or the days off so far. Classes gather types of shift
that no rule can tell apart.
"""

from typing import Any, NamedTuple

from callcenter.engine.compiled import njit

HUGE = 1e17
NOWHERE = -1


class Frame(NamedTuple):
    """Arrays of one employee.

    cost : shape (n_days, n_classes), `HUGE` where a class may not be worked
    off_cost : shape (n_days,)
    units : shape (n_classes,), paid units of a duty
    follow : shape (n_classes, n_classes), whether a class may follow another
    weekend : shape (n_days,), 1 opens a weekend, 2 counts after a day off, else 0
    rules : most and least days in a row, least days off, least and most paid units,
        most weekends
    slot, radix, caps : place of a counted class, its step in the count, its limit
    """

    cost: Any
    off_cost: Any
    units: Any
    follow: Any
    weekend: Any
    rules: Any
    slot: Any
    radix: Any
    caps: Any


@njit(cache=True, nogil=True)
def first_place(frame: Any) -> int:
    """Before the first day: days off enough."""
    return frame.cost.shape[1] * frame.rules[0] + frame.rules[2] - 1


@njit(cache=True, nogil=True)
def _count_one(frame: Any, choice: int, count: int) -> int:
    """The counts after one more duty of a class; -1 when its limit is reached."""
    slot = frame.slot[choice]
    if slot < 0:
        return count
    cap, one = frame.caps[slot], frame.radix[slot]
    if (count // one) % (cap + 1) >= cap:
        return -1
    return int(count + one)


@njit(cache=True, nogil=True)
def step(
    frame: Any,
    day: int,
    place: int,
    choice: int,
    paid: int,
    weekends: int,
    count: int,
) -> tuple[int, int, int, int]:
    """Place, paid units, weekends and count after a day; `NOWHERE` breaks a rule.

    ``choice`` is a class, or -1 for a day off. Limits of paid units are not looked at.
    """
    max_run, min_run, min_off = frame.rules[0], frame.rules[1], frame.rules[2]
    off_base = frame.cost.shape[1] * max_run
    is_off = place >= off_base
    run = place - off_base + 1 if is_off else place % max_run + 1
    if choice < 0:
        if is_off:
            return off_base + min(run + 1, min_off) - 1, paid, weekends, count
        if run >= min_run or run == day:
            return off_base, paid, weekends, count
        return NOWHERE, paid, weekends, count
    if is_off:
        if run < min_off:
            return NOWHERE, paid, weekends, count
        to = choice * max_run
    else:
        if run >= max_run or not frame.follow[place // max_run, choice]:
            return NOWHERE, paid, weekends, count
        to = choice * max_run + run
    if frame.weekend[day] == 1 or (frame.weekend[day] == 2 and is_off):
        weekends += 1
        if weekends > frame.rules[5]:
            return NOWHERE, paid, weekends, count
    count = _count_one(frame, choice, count)
    if count < 0:
        return NOWHERE, paid, weekends, count
    return to, paid + frame.units[choice], weekends, count


@njit(cache=True, nogil=True)
def day_cost(frame: Any, day: int, choice: int) -> float:
    """Points of a class, or of a day off, on a day."""
    if choice < 0:
        return float(frame.off_cost[day])
    return float(frame.cost[day, choice])
