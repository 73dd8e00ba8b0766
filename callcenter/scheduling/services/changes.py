"""Changing single shifts by hand, and taking it back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid, Stale
from callcenter.kernel.overlap import is_broken
from callcenter.people.models import Employee
from callcenter.scheduling.errors import (
    CannotUndo,
    RulesBroken,
    ScheduleBusy,
    SeatTaken,
    ShiftOverlap,
)
from callcenter.scheduling.events import shift_changed
from callcenter.scheduling.models import (
    NO_DOUBLE_SEAT,
    NO_DOUBLE_SHIFT,
    ActivityKind,
    ChangeKind,
    Schedule,
    Seat,
    Shift,
    ShiftActivity,
    ShiftChange,
    ShiftStatus,
    ShiftTemplate,
)
from callcenter.scheduling.services.coverage import recount_coverage
from callcenter.scheduling.services.grid import INTERVAL
from callcenter.scheduling.services.proposals import (
    Proposal,
    as_proposal,
    check_change,
    check_changes,
    parts_of_template,
)
from callcenter.scheduling.services.seating import find_free_seat


def change_shift(
    shift: Shift,
    proposal: Proposal,
    *,
    version: int | None = None,
    is_confirmed: bool = False,
    seat: Seat | None = None,
) -> ShiftChange:
    """Make the change that was proposed; the shift keeps its seat if that is free.

    Raises `ScheduleBusy`, `Stale` when the shift is no longer the one that was looked
    at, `RulesBroken` unless breaking them was confirmed, and `ShiftOverlap` or
    `SeatTaken` when the database already holds something else there.
    """
    _require_editable(shift, version)
    answer = check_change(shift, proposal)
    if not answer.is_clean and not is_confirmed:
        raise RulesBroken(findings=answer.findings)
    before = snapshot(shift)
    touched = (
        min(shift.starts_at, proposal.starts_at),
        max(shift.ends_at, proposal.ends_at),
    )
    _apply(shift, proposal, seat=seat or _seat_for(shift, proposal))
    change = note_change(shift, ChangeKind.MOVED, before)
    recount_coverage(shift.schedule, *touched)
    shift_changed.send(shift, was=before)
    return change


def _require_editable(shift: Shift, version: int | None) -> None:
    if not shift.schedule.is_editable or shift.status is not ShiftStatus.PLANNED:
        raise ScheduleBusy(schedule_id=shift.schedule_id)
    if version is not None and shift.version != version:
        raise Stale(shift_id=shift.id)


def _seat_for(shift: Shift, proposal: Proposal) -> Seat | None:
    if shift.seat is None:
        return None
    return find_free_seat(
        shift.schedule.site_id,
        proposal.starts_at,
        proposal.ends_at,
        schedule_id=shift.schedule_id,
        prefer=shift.seat,
        project_ids=[shift.seat.project_id] if shift.seat.project_id else (),
        except_shift_ids=[shift.id],
    )


def _apply(shift: Shift, proposal: Proposal, *, seat: Seat | None) -> None:
    shift.employee_id = proposal.employee_id
    shift.starts_at, shift.ends_at = proposal.starts_at, proposal.ends_at
    shift.day = proposal.starts_at.astimezone(shift.schedule.tz).date()
    shift.template_id = proposal.template.id if proposal.template else None
    shift.paid_min = proposal.paid_min
    shift.seat_id = seat.id if seat else None
    shift.is_pinned = True
    shift.activities = [
        ShiftActivity(kind=p.kind, starts_at=p.starts_at, ends_at=p.ends_at)
        for p in proposal.parts
    ]
    flush_or_refuse(shift)
    db.session.expire(shift, ["employee", "seat", "template"])


def flush_or_refuse(*shifts: Shift) -> None:
    """Write the shifts; a collision that the database sees becomes a refusal.

    Raises `ShiftOverlap` or `SeatTaken`.
    """
    ids = [shift.id for shift in shifts]
    try:
        db.session.flush()
    except IntegrityError as error:
        if is_broken(error, NO_DOUBLE_SHIFT):
            raise ShiftOverlap(shift_ids=ids) from error
        if is_broken(error, NO_DOUBLE_SEAT):
            raise SeatTaken(shift_ids=ids) from error
        raise


def snapshot(shift: Shift) -> dict[str, Any]:
    """A shift as data, enough to put it back."""
    return {
        "employee_id": shift.employee_id,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "template_id": shift.template_id,
        "seat_id": shift.seat_id,
        "paid_min": shift.paid_min,
        "status": shift.status.value,
        "is_live": shift.is_live,
        "is_pinned": shift.is_pinned,
        "parts": [
            [each.kind.value, each.starts_at.isoformat(), each.ends_at.isoformat()]
            for each in shift.activities
        ],
    }


def note_change(
    shift: Shift,
    kind: ChangeKind,
    before: dict[str, Any],
    *,
    made_at: datetime | None = None,
) -> ShiftChange:
    """Remember a change of a shift with what is needed to take it back.

    Changes that were made together carry one instant, and are taken back together.
    """
    change = ShiftChange(
        schedule_id=shift.schedule_id,
        shift_id=shift.id,
        kind=kind,
        before=before,
        after=snapshot(shift),
        made_at=made_at or clock.now(),
        made_by_id=current_actor().user_id,
    )
    db.session.add(change)
    db.session.flush()
    return change


def swap_shifts(
    shift: Shift, other: Shift, *, is_confirmed: bool = False
) -> list[ShiftChange]:
    """Let two agents work each other's shift; the seats stay with the shifts.

    Raises `Invalid` when it is one agent or two schedules, and what `change_shift`
    raises.
    """
    if shift.schedule_id != other.schedule_id or shift.employee_id == other.employee_id:
        raise Invalid(fields=["other_id"])
    _require_editable(shift, None)
    _require_editable(other, None)
    pairs = [
        (shift, replace(as_proposal(shift), employee_id=other.employee_id)),
        (other, replace(as_proposal(other), employee_id=shift.employee_id)),
    ]
    answer = check_changes(shift.schedule, pairs)
    if not answer.is_clean and not is_confirmed:
        raise RulesBroken(findings=answer.findings)
    before = [snapshot(shift), snapshot(other)]
    was_live = shift.is_live, other.is_live
    # While both change hands neither may count, or one agent would hold both.
    shift.is_live = other.is_live = False
    shift.employee_id, other.employee_id = other.employee_id, shift.employee_id
    db.session.flush()
    shift.is_live, other.is_live = was_live
    shift.is_pinned = other.is_pinned = True
    flush_or_refuse(shift, other)
    db.session.expire(shift, ["employee"])
    db.session.expire(other, ["employee"])
    made_at = clock.now()
    changes = [
        note_change(each, ChangeKind.SWAPPED, was, made_at=made_at)
        for each, was in zip((shift, other), before, strict=True)
    ]
    for each, was in zip((shift, other), before, strict=True):
        recount_coverage(each.schedule, each.starts_at, each.ends_at)
        shift_changed.send(each, was=was)
    return changes


def delete_shift(shift: Shift, *, version: int | None = None) -> ShiftChange:
    """Take a shift off the schedule; its agent is free then, and its seat too.

    Raises `ScheduleBusy` or `Stale`.
    """
    _require_editable(shift, version)
    before = snapshot(shift)
    shift.status, shift.is_live, shift.seat_id = ShiftStatus.CANCELLED, False, None
    db.session.flush()
    change = note_change(shift, ChangeKind.DELETED, before)
    recount_coverage(shift.schedule, shift.starts_at, shift.ends_at)
    shift_changed.send(shift, was=before)
    return change


def add_shift(
    schedule: Schedule,
    employee: Employee,
    template: ShiftTemplate,
    starts_at: datetime,
    *,
    is_confirmed: bool = False,
) -> Shift:
    """Give an agent one more shift of the library, with a free seat where there is one.

    Raises `ScheduleBusy`, `RulesBroken` unless confirmed, and `ShiftOverlap`.
    """
    if not schedule.is_editable:
        raise ScheduleBusy(schedule_id=schedule.id)
    ends_at = starts_at + timedelta(minutes=template.lengths_min[0])
    parts = parts_of_template(template, starts_at)
    proposal = Proposal(employee.id, starts_at, ends_at, template, parts)
    shift = Shift(
        schedule=schedule,
        schedule_id=schedule.id,
        employee_id=employee.id,
        day=starts_at.astimezone(schedule.tz).date(),
        starts_at=starts_at,
        ends_at=starts_at + INTERVAL,
        paid_min=0,
        activities=[],
        seat=None,
        template=None,
    )
    db.session.add(shift)
    db.session.flush()
    answer = check_change(shift, proposal)
    if not answer.is_clean and not is_confirmed:
        raise RulesBroken(findings=answer.findings)
    before = snapshot(shift) | {"status": ShiftStatus.CANCELLED.value}
    seat = find_free_seat(schedule.site_id, starts_at, ends_at, schedule_id=schedule.id)
    shift.is_live = schedule.published_at is not None
    _apply(shift, proposal, seat=seat)
    note_change(shift, ChangeKind.ADDED, before | {"is_live": False})
    recount_coverage(schedule, starts_at, ends_at)
    return shift


def undo_change(change: ShiftChange) -> list[Shift]:
    """Put back what a change by hand did, all shifts of a swap together.

    Raises `CannotUndo` when a shift was changed again since, or its place is taken.
    """
    together = [change]
    if change.kind is ChangeKind.SWAPPED:
        together = list(_made_together(change))
    shifts = {each.shift_id: _shift_with_parts(each.shift_id) for each in together}
    for each in together:
        if each.undone_at is not None or not _is_as_left(shifts[each.shift_id], each):
            raise CannotUndo(change_id=each.id)
    for shift in shifts.values():
        shift.is_live = False
    db.session.flush()
    for each in together:
        _put_back(shifts[each.shift_id], each)
    try:
        flush_or_refuse(*shifts.values())
    except (ShiftOverlap, SeatTaken) as error:
        raise CannotUndo(change_id=change.id) from error
    for each in together:
        shift = shifts[each.shift_id]
        _recount_both(shift.schedule, each)
        shift_changed.send(shift, was=each.after)
    return list(shifts.values())


def _made_together(change: ShiftChange) -> Sequence[ShiftChange]:
    kept = select(ShiftChange).where(
        ShiftChange.schedule_id == change.schedule_id,
        ShiftChange.kind == change.kind,
        ShiftChange.undone_at.is_(None),
    )
    found = db.session.scalars(
        kept.where(ShiftChange.made_at == change.made_at).order_by(ShiftChange.id)
    ).all()
    if len(found) > 1:
        return found
    # Swaps were once noted one after the other, each at its own instant.
    beside = ShiftChange.id.between(change.id - 1, change.id + 1)
    return db.session.scalars(kept.where(beside).order_by(ShiftChange.id)).all()


def _shift_with_parts(shift_id: int) -> Shift:
    return db.session.scalars(
        select(Shift)
        .where(Shift.id == shift_id)
        .options(
            joinedload(Shift.schedule),
            joinedload(Shift.seat),
            joinedload(Shift.template),
            selectinload(Shift.activities),
        )
    ).one()


def _is_as_left(shift: Shift, change: ShiftChange) -> bool:
    now = snapshot(shift)
    keys = ("employee_id", "starts_at", "ends_at", "status")
    return all(now[key] == change.after.get(key) for key in keys)


def _put_back(shift: Shift, change: ShiftChange) -> None:
    was = change.before
    shift.employee_id = was["employee_id"]
    shift.starts_at = datetime.fromisoformat(was["starts_at"])
    shift.ends_at = datetime.fromisoformat(was["ends_at"])
    shift.day = shift.starts_at.astimezone(shift.schedule.tz).date()
    shift.template_id, shift.seat_id = was["template_id"], was["seat_id"]
    shift.paid_min, shift.is_pinned = was["paid_min"], was["is_pinned"]
    shift.status, shift.is_live = ShiftStatus(was["status"]), was["is_live"]
    shift.activities = [
        ShiftActivity(
            kind=ActivityKind(kind),
            starts_at=datetime.fromisoformat(starts_at),
            ends_at=datetime.fromisoformat(ends_at),
        )
        for kind, starts_at, ends_at in was["parts"]
    ]
    change.undone_at = clock.now()


def _recount_both(schedule: Schedule, change: ShiftChange) -> None:
    for state in (change.before, change.after):
        recount_coverage(
            schedule,
            datetime.fromisoformat(state["starts_at"]),
            datetime.fromisoformat(state["ends_at"]),
        )
