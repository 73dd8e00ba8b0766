"""What a queue promises and when it is open: service targets and opening hours."""

from collections.abc import Collection
from datetime import date, time
from typing import Any

from sqlalchemy import delete, select

from callcenter.access import audit
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _
from callcenter.projects import events
from callcenter.projects.errors import HoursOverlap, TargetOverlap
from callcenter.projects.models import OpeningHours, Queue, ServiceTarget
from callcenter.projects.services.catalogue import first_overlapping

Span = tuple[int, time, time]
_DAY_MIN = 1440


def save_target(
    queue: Queue,
    target: ServiceTarget | None,
    *,
    starts_on: date,
    ends_on: date | None,
    **values: Any,
) -> ServiceTarget:
    """Set what a queue promises in ``[starts_on, ends_on)``.

    An older target without an end stops where a later one begins. Raises
    `TargetOverlap` when another one holds on some of these days, and `Invalid` for a
    period that ends before it begins.
    """
    if ends_on is not None and ends_on <= starts_on:
        raise Invalid(_("The end lies before the start."), fields=("ends_on",))
    lock = select(Queue.id).where(Queue.id == queue.id).with_for_update()
    db.session.execute(lock)
    others = [
        each
        for each in db.session.scalars(
            select(ServiceTarget).where(ServiceTarget.queue_id == queue.id)
        )
        if target is None or each.id != target.id
    ]
    for each in others:
        if each.ends_on is None and each.starts_on < starts_on:
            each.ends_on = starts_on
    clash = first_overlapping(others, starts_on, ends_on)
    if clash is not None:
        raise TargetOverlap(target_id=clash.id)
    if target is None:
        target = ServiceTarget(queue_id=queue.id)
        db.session.add(target)
    was = _thresholds(target)
    for name, value in {"starts_on": starts_on, "ends_on": ends_on, **values}.items():
        setattr(target, name, value)
    db.session.flush()
    now = _thresholds(target)
    if was != now:
        _announce(queue.id, min(starts_on, was[0] or starts_on))
    return target


def delete_target(target: ServiceTarget) -> None:
    """Take a promise back as if it had never been made."""
    db.session.delete(target)
    db.session.flush()
    _announce(target.queue_id, target.starts_on)


def _thresholds(target: ServiceTarget) -> tuple[date | None, int | None, int | None]:
    """What of a target decides how contacts are counted."""
    return target.starts_on, target.sl_threshold_s, target.short_abandon_s


def _announce(queue_id: int, from_day: date) -> None:
    """Tell others; the first target of a queue also holds for the time before it."""
    earlier = select(ServiceTarget.id).where(
        ServiceTarget.queue_id == queue_id, ServiceTarget.starts_on < from_day
    )
    is_first = db.session.scalar(earlier.limit(1)) is None
    events.target_changed.send(queue_id, from_day=None if is_first else from_day)


def hold_hours(queue: Queue) -> None:
    """Let nobody else change the week of a queue until this transaction ends."""
    held = select(Queue.id).where(Queue.id == queue.id).with_for_update()
    db.session.execute(held)


def replace_hours(queue: Queue, spans: Collection[Span]) -> None:
    """Set the whole week of a queue, holidays included.

    A span is a weekday (7 for holidays), an opening and a closing time; one whose end
    is not after its start runs past midnight. Raises `HoursOverlap`.
    """
    ordered = sorted(set(spans))
    _check_overlaps(ordered)
    db.session.execute(delete(OpeningHours).where(OpeningHours.queue_id == queue.id))
    db.session.add_all(
        OpeningHours(queue_id=queue.id, weekday=day, opens_at=opens, closes_at=closes)
        for day, opens, closes in ordered
    )
    db.session.flush()
    audit.record(
        "projects.replace_hours",
        "projects_queue",
        queue.id,
        spans=[f"{day} {opens:%H:%M}-{closes:%H:%M}" for day, opens, closes in ordered],
    )


def _check_overlaps(spans: Collection[Span]) -> None:
    """Refuse spans that meet, also where one of the evening before runs over."""
    taken: set[tuple[int, int]] = set()
    for day, opens, closes in spans:
        start = opens.hour * 60 + opens.minute
        end = closes.hour * 60 + closes.minute
        if end <= start:
            end += _DAY_MIN
        minutes = {_minute(day, minute) for minute in range(start, end)}
        if taken & minutes:
            raise HoursOverlap(weekday=day)
        taken |= minutes


def _minute(day: int, minute: int) -> tuple[int, int]:
    """The minute with its day; a holiday's night stays with the holiday."""
    if minute < _DAY_MIN or day > 6:
        return day, minute
    return (day + 1) % 7, minute - _DAY_MIN
