"""Changing seats: laying out a floor, closing a seat, moving who sat there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.people.models import Floor
from callcenter.scheduling.events import shift_changed
from callcenter.scheduling.models import ChangeKind, Seat, Shift
from callcenter.scheduling.services.changes import note_change, snapshot
from callcenter.scheduling.services.seating import find_free_seat


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of seats: ``n_rows`` rows of ``n_columns`` from ``(x, y)`` on."""

    zone: str
    n_rows: int
    n_columns: int
    x: int = 0
    y: int = 0


def lay_out(floor: Floor, block: Block, *, project_id: int | None = None) -> list[Seat]:
    """Put a block of seats on a floor, named zone, row and number (``A2-05``).

    Places that are taken already, and codes that are used, are left alone.
    """
    rows = db.session.execute(
        select(Seat.x, Seat.y, Seat.code).where(Seat.floor_id == floor.id)
    ).all()
    places = {(x, y) for x, y, _code in rows}
    codes = {code for _x, _y, code in rows}
    made = []
    for row in range(block.n_rows):
        for column in range(block.n_columns):
            code = f"{block.zone}{row + 1}-{column + 1:02d}"
            x, y = block.x + column, block.y + row
            if code in codes or (x, y) in places:
                continue
            made.append(
                Seat(
                    floor_id=floor.id,
                    code=code,
                    zone=block.zone,
                    x=x,
                    y=y,
                    project_id=project_id,
                )
            )
    db.session.add_all(made)
    db.session.flush()
    return made


def close_seat(seat: Seat, reason: str) -> tuple[int, int]:
    """Take a seat out of order and move who would sit there to the nearest free one.

    Returns how many shifts were moved and how many are left without a seat.
    """
    seat.out_of_order_since = clock.now()
    seat.out_of_order_reason = reason
    db.session.flush()
    n_moved = n_left = 0
    for shift in _coming_shifts(seat):
        before = snapshot(shift)
        other = find_free_seat(
            seat.floor.site_id,
            shift.starts_at,
            shift.ends_at,
            schedule_id=shift.schedule_id,
            prefer=seat,
            project_ids=[seat.project_id] if seat.project_id else (),
            except_shift_ids=[shift.id],
        )
        shift.seat_id = other.id if other else None
        note_change(shift, ChangeKind.RESEATED, before)
        shift_changed.send(shift, was=before)
        n_moved, n_left = n_moved + (other is not None), n_left + (other is None)
    return n_moved, n_left


def reopen_seat(seat: Seat) -> None:
    """Let people sit there again."""
    seat.out_of_order_since, seat.out_of_order_reason = None, ""


def _coming_shifts(seat: Seat) -> Sequence[Shift]:
    return db.session.scalars(
        select(Shift)
        .where(Shift.seat_id == seat.id, Shift.is_live, Shift.ends_at > clock.now())
        .options(joinedload(Shift.schedule), selectinload(Shift.activities))
        .order_by(Shift.starts_at)
    ).all()
