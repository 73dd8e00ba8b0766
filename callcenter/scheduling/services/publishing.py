"""Publishing a schedule: what it says becomes what holds, all at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from callcenter.access import audit
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.jobs import enqueue
from callcenter.kernel.mail import is_configured
from callcenter.kernel.overlap import is_broken
from callcenter.people.models import Employee
from callcenter.scheduling import queries
from callcenter.scheduling.errors import (
    NothingToPublish,
    ScheduleBusy,
    SeatTaken,
    ShiftOverlap,
)
from callcenter.scheduling.events import schedule_published
from callcenter.scheduling.models import (
    NO_DOUBLE_SEAT,
    NO_DOUBLE_SHIFT,
    Schedule,
    ScheduleStatus,
    Seat,
    Shift,
    ShiftStatus,
)
from callcenter.scheduling.services.coverage import recount_around
from callcenter.scheduling.services.schedules import subject_of
from callcenter.scheduling.services.seating import find_free_seat


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do, said before it is done."""

    n_shifts: int
    n_agents: int
    n_replaced: int
    n_unseated: int
    n_reseated: int
    n_with_email: int
    sends_mail: bool


def preview_publishing(schedule: Schedule) -> Preview:
    """Count what publishing would change."""
    planned = queries.is_planned_in(schedule)
    n_shifts, n_agents, n_seated = db.session.execute(
        select(
            func.count(),
            func.count(Shift.employee_id.distinct()),
            func.count(Shift.seat_id),
        )
        .select_from(Shift)
        .where(planned)
    ).one()
    with_email = (
        select(func.count(Employee.id.distinct()))
        .join(Shift, Shift.employee_id == Employee.id)
        .where(planned, Employee.email.is_not(None))
    )
    return Preview(
        n_shifts=n_shifts,
        n_agents=n_agents,
        n_replaced=db.session.scalar(
            select(func.count())
            .select_from(Shift)
            .where(queries.is_replaced_by(schedule))
        )
        or 0,
        n_unseated=n_shifts - n_seated,
        n_reseated=len(_seat_clashes(schedule)),
        n_with_email=db.session.scalar(with_email) or 0,
        sends_mail=is_configured(),
    )


def publish_schedule(schedule: Schedule) -> Schedule:
    """Make the schedule's shifts the ones that hold, in place of earlier ones.

    Published shifts of the same people on the same days are replaced in the same
    transaction. A shift whose seat somebody else holds by now gets the nearest free
    one. Everybody with an address is told by e-mail when a server is configured.

    Raises `ScheduleBusy` unless it is a draft, `NothingToPublish`, and `ShiftOverlap`
    when somebody works elsewhere at the edge of the period.
    """
    if schedule.status is not ScheduleStatus.DRAFT:
        raise ScheduleBusy(schedule_id=schedule.id)
    preview = preview_publishing(schedule)
    if not preview.n_shifts:
        raise NothingToPublish(schedule_id=schedule.id)
    touched = _replace_live_shifts(schedule)
    _reseat(schedule)
    _go_live(schedule)
    schedule.status = ScheduleStatus.PUBLISHED
    schedule.published_at = clock.now()
    schedule.published_by_id = current_actor().user_id
    db.session.flush()
    for other in touched:
        _archive_if_empty(other)
    db.session.flush()
    recount_around(schedule, touched)
    audit.record(
        "published",
        Schedule.__tablename__,
        schedule.id,
        n_shifts=preview.n_shifts,
        n_replaced=preview.n_replaced,
    )
    if preview.sends_mail:
        enqueue(
            "scheduling.tell_agents",
            {"schedule_id": schedule.id},
            subject=subject_of(schedule.id),
        )
    schedule_published.send(schedule)
    return schedule


def _replace_live_shifts(schedule: Schedule) -> Sequence[Schedule]:
    """Take the replaced shifts off; returns the schedules that they belonged to."""
    rows = db.session.execute(
        select(Shift.id, Shift.schedule_id).where(queries.is_replaced_by(schedule))
    ).all()
    ids = [row[0] for row in rows]
    for start in range(0, len(ids), 500):
        db.session.execute(
            update(Shift)
            .where(Shift.id.in_(ids[start : start + 500]))
            .values(is_live=False, status=ShiftStatus.REPLACED)
            .execution_options(synchronize_session=False)
        )
    return db.session.scalars(
        select(Schedule).where(Schedule.id.in_({row[1] for row in rows}))
    ).all()


def _seat_clashes(schedule: Schedule) -> Sequence[int]:
    """The shifts whose seat a published shift of others holds at the same time."""
    held: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    others = select(Shift.seat_id, Shift.starts_at, Shift.ends_at).where(
        Shift.is_live,
        queries.is_around(schedule),
        Shift.schedule_id != schedule.id,
        Shift.seat_id.is_not(None),
        Shift.id.not_in(select(Shift.id).where(queries.is_replaced_by(schedule))),
    )
    for seat_id, starts_at, ends_at in db.session.execute(others):
        held[seat_id or 0].append((starts_at, ends_at))
    if not held:
        return []
    own = select(Shift.id, Shift.seat_id, Shift.starts_at, Shift.ends_at)
    return [
        shift_id
        for shift_id, seat_id, starts_at, ends_at in db.session.execute(
            own.where(queries.is_planned_in(schedule))
        )
        if any(a < ends_at and b > starts_at for a, b in held.get(seat_id or 0, ()))
    ]


def _reseat(schedule: Schedule) -> None:
    clashing = db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(_seat_clashes(schedule)))
        .options(joinedload(Shift.seat))
        .order_by(Shift.starts_at)
    ).all()
    for shift in clashing:
        seat = _other_seat(schedule, shift, shift.seat)
        shift.seat_id = seat.id if seat else None
        db.session.flush()


def _other_seat(schedule: Schedule, shift: Shift, prefer: Seat | None) -> Seat | None:
    return find_free_seat(
        schedule.site_id,
        shift.starts_at,
        shift.ends_at,
        schedule_id=schedule.id,
        prefer=prefer,
        project_ids=[prefer.project_id] if prefer and prefer.project_id else (),
        except_shift_ids=[shift.id],
    )


def _go_live(schedule: Schedule) -> None:
    """Let the shifts hold.

    Raises `ShiftOverlap` or `SeatTaken` when the database knows better.
    """
    try:
        with db.session.begin_nested():
            db.session.execute(
                update(Shift)
                .where(queries.is_planned_in(schedule))
                .values(is_live=True)
                .execution_options(synchronize_session=False)
            )
    except IntegrityError as error:
        if is_broken(error, NO_DOUBLE_SHIFT):
            raise ShiftOverlap(schedule_id=schedule.id) from error
        if is_broken(error, NO_DOUBLE_SEAT):
            raise SeatTaken(schedule_id=schedule.id) from error
        raise


def _archive_if_empty(other: Schedule) -> None:
    """Archive a schedule of which nothing holds any more."""
    has_live = db.session.scalar(
        select(Shift.id).where(Shift.schedule_id == other.id, Shift.is_live).limit(1)
    )
    if has_live is None:
        other.status = ScheduleStatus.ARCHIVED


def shifts_to_tell(schedule_id: int) -> Sequence[Shift]:
    """The published shifts of a schedule by agent, for telling them."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.schedule_id == schedule_id, Shift.is_live)
        .options(
            joinedload(Shift.employee),
            joinedload(Shift.seat),
            joinedload(Shift.schedule),
            selectinload(Shift.activities),
        )
        .order_by(Shift.employee_id, Shift.starts_at)
    ).all()
