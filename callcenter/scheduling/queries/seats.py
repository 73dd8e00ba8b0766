"""Reading seats, and who sits where at a moment."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Employee, Floor, Site, Team
from callcenter.projects.models import Project
from callcenter.scheduling.models import Seat, Shift


class SeatUse(NamedTuple):
    """Who has a seat at a moment, until when."""

    seat_id: int
    shift_id: int
    employee_id: int
    name: str
    team_name: str | None
    starts_at: datetime
    ends_at: datetime


class SeatRow(NamedTuple):
    """A row of seats: how many, how many of them taken, and its outermost names."""

    y: int
    n_seats: int
    n_taken: int
    first_code: str
    last_code: str


class PlacedSeat(NamedTuple):
    """A seat as the plan draws it."""

    id: int
    code: str
    x: int
    y: int
    is_accessible: bool
    is_usable: bool
    reason: str
    project_name: str | None


def _site_in_scope(scope: Scope) -> ColumnElement[bool]:
    if scope.is_everything:
        return true()
    of_teams = select(Team.site_id).where(Team.id.in_(scope.team_ids))
    return or_(
        Floor.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Floor.site_id.in_(of_teams) if scope.team_ids else false(),
    )


def visible_floors(scope: Scope) -> Select[Floor]:
    """The floors of the sites within a scope, with their sites, by site and name."""
    return (
        select(Floor)
        .join(Floor.site)
        .options(joinedload(Floor.site))
        .where(_site_in_scope(scope))
        .order_by(Site.name, Floor.name)
    )


def get_floor(floor_id: int, scope: Scope) -> Floor:
    """The floor with its site; raises `NotFound`."""
    floor = db.session.scalar(visible_floors(scope).where(Floor.id == floor_id))
    if floor is None:
        raise NotFound(floor_id=floor_id)
    return floor


def seat_rows(floor_id: int, at: datetime) -> list[SeatRow]:
    """The rows of a floor from the front, and how many sit in each at an instant."""
    taken = (
        select(Seat.y, func.count().label("n"))
        .join(Shift, Shift.seat_id == Seat.id)
        .where(Seat.floor_id == floor_id, _worked_at(at))
        .group_by(Seat.y)
        .subquery()
    )
    statement = (
        select(
            Seat.y,
            func.count(),
            func.coalesce(func.max(taken.c.n), 0),
            func.min(Seat.code),
            func.max(Seat.code),
        )
        .outerjoin(taken, taken.c.y == Seat.y)
        .where(Seat.floor_id == floor_id)
        .group_by(Seat.y)
        .order_by(Seat.y)
    )
    return [SeatRow._make(row) for row in db.session.execute(statement)]


def _worked_at(at: datetime) -> ColumnElement[bool]:
    """The condition of being worked at an instant; none began more than a day ago."""
    begins = Shift.starts_at.between(at - timedelta(days=1), at)
    return and_(Shift.is_live, begins, Shift.ends_at > at)


def placed_seats(floor_id: int, first_y: int, last_y: int) -> list[PlacedSeat]:
    """The seats of some rows of a floor, row by row."""
    statement = (
        select(
            Seat.id,
            Seat.code,
            Seat.x,
            Seat.y,
            Seat.is_accessible,
            Seat.out_of_order_since.is_(None),
            Seat.out_of_order_reason,
            Project.name,
        )
        .outerjoin(Project, Project.id == Seat.project_id)
        .where(Seat.floor_id == floor_id, Seat.y.between(first_y, last_y))
        .order_by(Seat.y, Seat.x)
    )
    return [PlacedSeat._make(row) for row in db.session.execute(statement)]


def seats_of_site(site_id: int) -> Sequence[Seat]:
    """The seats of a site that can be used, floor by floor."""
    return db.session.scalars(
        select(Seat)
        .join(Seat.floor)
        .where(Floor.site_id == site_id, Seat.out_of_order_since.is_(None))
        .order_by(Seat.floor_id, Seat.y, Seat.x)
    ).all()


def get_seat(seat_id: int, scope: Scope) -> Seat:
    """The seat with floor and site; raises `NotFound`."""
    seat = db.session.scalar(
        select(Seat)
        .join(Seat.floor)
        .options(joinedload(Seat.floor).joinedload(Floor.site))
        .where(Seat.id == seat_id, _site_in_scope(scope))
    )
    if seat is None:
        raise NotFound(seat_id=seat_id)
    return seat


def seat_use(seat_ids: Collection[int], at: datetime) -> dict[int, SeatUse]:
    """Who has each of those seats at an instant, by published shifts."""
    statement = (
        select(
            Shift.seat_id,
            Shift.id,
            Employee.id,
            Employee.name,
            Team.name,
            Shift.starts_at,
            Shift.ends_at,
        )
        .join(Employee, Employee.id == Shift.employee_id)
        .outerjoin(Team, Team.id == Employee.team_id)
        .where(Shift.seat_id.in_(seat_ids), _worked_at(at))
    )
    rows = db.session.execute(statement).all()
    return {each.seat_id: each for each in (SeatUse._make(row) for row in rows)}


def seat_counts() -> dict[int, tuple[int, int]]:
    """How many seats each floor has, and how many of them can be used, by floor."""
    usable = func.sum(case((Seat.out_of_order_since.is_(None), 1), else_=0))
    statement = select(Seat.floor_id, func.count(), usable).group_by(Seat.floor_id)
    return {floor: (int(n), int(ok)) for floor, n, ok in db.session.execute(statement)}
