"""Keeping wishes, and the ledger of nights, weekends, unpopular shifts and wishes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert

from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.scheduling.models import Schedule, Shift
from callcenter.scheduling.models.fairness import FairnessWeek, ShiftWish, WeekdayWish
from callcenter.scheduling.queries import fairness as reading

BATCH = 400
NIGHT_ENDS_MIN = 5 * 60
EARLY_BEFORE_MIN, LATE_AFTER_MIN = 7 * 60, 22 * 60
# When a shift of each kind begins, in minutes of the local day, half-open.
STARTS: Mapping[ShiftWish, tuple[int, int]] = {
    ShiftWish.EARLY: (4 * 60, 9 * 60),
    ShiftWish.DAY: (8 * 60, 11 * 60),
    ShiftWish.LATE: (11 * 60, 18 * 60),
    ShiftWish.NIGHT: (18 * 60, 24 * 60),
}


@dataclass(frozen=True, slots=True)
class DayWish:
    """A wish as it was typed."""

    weekday: int
    wish: ShiftWish
    from_min: int | None = None
    until_min: int | None = None


def save_wishes(employee_id: int, wishes: Sequence[DayWish]) -> None:
    """Keep what a person wishes for each day of the week; it counts from now on."""
    known = reading.wishes_of([employee_id]).get(employee_id, {})
    for each in wishes:
        row = known.get(each.weekday)
        if row is None:
            row = WeekdayWish(employee_id=employee_id, weekday=each.weekday)
            db.session.add(row)
        now = (each.wish, each.from_min, each.until_min)
        if (row.wish, row.from_min, row.until_min) != now:
            row.wish, row.from_min, row.until_min = now
            row.changed_at = clock.now()
    db.session.flush()


def is_granted(
    wish: DayWish | WeekdayWish, starts: Sequence[tuple[datetime, datetime]]
) -> bool:
    """Whether the shifts of a day, in local time, are as wished."""
    if wish.wish is ShiftWish.ANYTHING:
        return True
    if wish.wish is ShiftWish.OFF:
        return not starts
    low, high = STARTS[wish.wish]
    return all(low <= _minute(first) < high for first, _last in starts)


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def count_fairness(employee_ids: Collection[int], first: date, last: date) -> None:
    """Enter the weeks around some days into the ledger again.

    A wish counts for days on which the person works, and for days off that were
    wished; what is published counts, whether or not it has been worked yet.
    """
    monday = first - timedelta(days=first.weekday())
    sunday = last + timedelta(days=6 - last.weekday())
    ids = sorted(set(employee_ids))
    reading.lock_people(ids)
    for start in range(0, len(ids), BATCH):
        _count(ids[start : start + BATCH], monday, sunday)


def _count(ids: Sequence[int], monday: date, sunday: date) -> None:
    worked: dict[tuple[int, date], list[tuple[datetime, datetime]]] = {}
    for employee_id, day, starts_at, ends_at, zone in reading.live_spans(
        ids, monday, sunday
    ):
        local = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
        worked.setdefault((employee_id, day), []).append(local)
    wishes = reading.wishes_of(ids)
    rows = []
    for employee_id in ids:
        week = monday
        while week <= sunday:
            days = [week + timedelta(days=each) for each in range(7)]
            shifts = [worked.get((employee_id, day), []) for day in days]
            if any(shifts):
                counts = _counts(shifts, wishes.get(employee_id, {}))
                rows.append({"employee_id": employee_id, "week": week, **counts})
            week += timedelta(days=7)
    db.session.execute(
        delete(FairnessWeek).where(
            FairnessWeek.employee_id.in_(ids),
            FairnessWeek.week.between(monday, sunday),
        )
    )
    if rows:
        db.session.execute(insert(FairnessWeek), rows)


def _counts(
    days: Sequence[Sequence[tuple[datetime, datetime]]],
    wishes: Mapping[int, WeekdayWish],
) -> dict[str, Any]:
    shifts = [each for day in days for each in day]
    asked = [
        is_granted(wishes[weekday], day)
        for weekday, day in enumerate(days)
        if weekday in wishes
        and wishes[weekday].wish is not ShiftWish.ANYTHING
        and (day or wishes[weekday].wish is ShiftWish.OFF)
    ]
    return {
        "n_shifts": len(shifts),
        "n_nights": sum(map(_is_night, shifts)),
        "n_weekend_days": sum(bool(day) for day in days[5:]),
        "n_unpopular": sum(map(_is_unpopular, shifts)),
        "n_wished": len(asked),
        "n_granted": sum(asked),
    }


def _is_night(shift: tuple[datetime, datetime]) -> bool:
    """Whether it reaches into the hours from midnight to five."""
    first, last = shift
    return _minute(first) < NIGHT_ENDS_MIN or (
        last.date() > first.date() and _minute(last) > 0
    )


def _is_unpopular(shift: tuple[datetime, datetime]) -> bool:
    """Whether it begins before seven or ends after ten in the evening."""
    first, last = shift
    is_late = last.date() > first.date() or _minute(last) > LATE_AFTER_MIN
    return _minute(first) < EARLY_BEFORE_MIN or is_late


def count_changed_shift(shift: Shift, *, was: Mapping[str, Any]) -> None:
    """Keep the ledger right when a published shift is changed by hand."""
    days = [shift.day]
    if "starts_at" in was:
        # By the local day it may have been the day before or after.
        before = datetime.fromisoformat(was["starts_at"]).date()
        days += [before - timedelta(days=1), before + timedelta(days=1)]
    people = {shift.employee_id, int(was.get("employee_id", shift.employee_id))}
    if shift.is_live or was.get("is_live"):
        count_fairness(people, min(days), max(days))


def count_published(schedule: Schedule) -> None:
    """Enter what was published, and what it replaced."""
    people = reading.people_in(schedule)
    count_fairness(people, schedule.first_day, schedule.last_day)
