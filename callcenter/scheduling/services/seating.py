"""A named seat for every shift of a roster."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from callcenter.engine.rostering import PlannedShift
from callcenter.engine.seating import Seat as EngineSeat
from callcenter.engine.seating import SeatPlan, SeatRequest, assign_seats
from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.projects.models import TeamAssignment
from callcenter.projects.queries import assignment_holds
from callcenter.scheduling import queries
from callcenter.scheduling.models import (
    Schedule,
    ScheduleTeam,
    Seat,
    Shift,
    ShiftStatus,
)
from callcenter.scheduling.services.grid import INTERVAL
from callcenter.scheduling.services.ground import Ground

FLOOR_APART = 100.0


def seat_shifts(
    schedule: Schedule, ground: Ground, shifts: Sequence[PlannedShift]
) -> tuple[list[int | None], dict[str, Any]]:
    """Find a seat for every shift; returns the seats' ids and what is known of them.

    Seats that published shifts of other people hold are left to them.
    """
    seats = queries.seats_of_site(schedule.site_id)
    if not seats:
        return [None] * len(shifts), {"n_seats": 0, "n_unseated": len(shifts)}
    plan = _plan(schedule, ground, shifts, seats)
    seating = assign_seats(plan)
    chosen = [seats[int(each)].id if each >= 0 else None for each in seating.seat_of]
    return chosen, {
        "n_seats": seating.n_seats,
        "least_seats": seating.least_seats,
        "is_proved": seating.is_proved,
        "n_unseated": len(seating.reasons),
        "reasons": sorted({reason.value for reason in seating.reasons.values()}),
        "peak": seating.peak_seated,
        "n_available": len(seats),
    }


def _plan(
    schedule: Schedule,
    ground: Ground,
    shifts: Sequence[PlannedShift],
    seats: Sequence[Seat],
) -> SeatPlan:
    zones, projects = _zones(seats)
    busy = _busy(schedule, ground, seats)
    rows = db.session.execute(
        select(Employee.id, Employee.team_id).where(
            Employee.id.in_(ground.employee_ids)
        )
    )
    teams = {employee_id: team_id for employee_id, team_id in rows}  # noqa: C416
    allowed = _allowed_zones(schedule, projects)
    team_of = [teams.get(key) for key in ground.employee_ids]
    floors = sorted({seat.floor_id for seat in seats})
    return SeatPlan(
        seats=tuple(
            EngineSeat(
                key=seat.code,
                zone=zones[_zone_key(seat)],
                x=float(seat.x),
                y=seat.y + floors.index(seat.floor_id) * FLOOR_APART,
                out_of_order=tuple(busy.get(seat.id, ())),
            )
            for seat in seats
        ),
        requests=tuple(
            SeatRequest(
                agent=shift.agent,
                start=shift.start,
                end=shift.end,
                zones=allowed.get(team_of[shift.agent] or 0, allowed[0]),
                team=team_of[shift.agent],
            )
            for shift in shifts
        ),
        home_seats=_home_seats(ground, seats),
    )


def _zone_key(seat: Seat) -> tuple[int, str, int | None]:
    return seat.floor_id, seat.zone, seat.project_id


def _zones(
    seats: Sequence[Seat],
) -> tuple[dict[tuple[int, str, int | None], int], list[int | None]]:
    """Numbers of the zones, and the project that each is kept for."""
    keys = sorted({_zone_key(seat) for seat in seats}, key=str)
    return {key: number for number, key in enumerate(keys)}, [key[2] for key in keys]


def _allowed_zones(
    schedule: Schedule, projects: Sequence[int | None]
) -> dict[int, tuple[int, ...] | None]:
    """Where each team may sit, by team; 0 stands for people without a team."""
    if not any(projects):
        return {0: None}
    of_team: dict[int, set[int]] = {0: set()}
    rows = db.session.execute(
        select(TeamAssignment.team_id, TeamAssignment.project_id)
        .join(ScheduleTeam, ScheduleTeam.team_id == TeamAssignment.team_id)
        .where(
            ScheduleTeam.schedule_id == schedule.id,
            assignment_holds(schedule.first_day),
        )
    )
    for team_id, project_id in rows:
        of_team.setdefault(team_id, set()).add(project_id)
    return {
        team_id: tuple(
            number
            for number, project_id in enumerate(projects)
            if project_id is None or project_id in mine
        )
        for team_id, mine in of_team.items()
    }


def _busy(
    schedule: Schedule, ground: Ground, seats: Sequence[Seat]
) -> dict[int, list[tuple[int, int]]]:
    """When other people's published shifts hold the seats, as intervals."""
    end = ground.instant(ground.problem.grid.n_intervals)
    rows = db.session.execute(
        select(Shift.seat_id, Shift.starts_at, Shift.ends_at)
        .where(
            Shift.seat_id.in_([seat.id for seat in seats]),
            Shift.is_live,
            Shift.starts_at < end,
            Shift.ends_at > ground.starts_at,
            Shift.employee_id.not_in(ground.employee_ids)
            | ~Shift.day.between(schedule.first_day, schedule.last_day),
        )
        .order_by(Shift.starts_at)
    )
    busy: dict[int, list[tuple[int, int]]] = {}
    for seat_id, starts_at, ends_at in rows:
        last = -((ground.starts_at - ends_at) // INTERVAL)
        span = (max(0, ground.index(starts_at)), last)
        busy.setdefault(seat_id or 0, []).append(span)
    return busy


def _home_seats(ground: Ground, seats: Sequence[Seat]) -> dict[int, int]:
    """Where people sat in their latest published shift before the schedule."""
    latest = (
        select(Shift.employee_id, func.max(Shift.starts_at).label("at"))
        .where(
            Shift.employee_id.in_(ground.employee_ids),
            Shift.is_live,
            Shift.seat_id.is_not(None),
            Shift.starts_at < ground.starts_at,
        )
        .group_by(Shift.employee_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Shift.employee_id, Shift.seat_id).join(
            latest,
            (Shift.employee_id == latest.c.employee_id)
            & (Shift.starts_at == latest.c.at)
            & Shift.is_live,
        )
    )
    seat_number = {seat.id: number for number, seat in enumerate(seats)}
    agent_number = {key: number for number, key in enumerate(ground.employee_ids)}
    return {
        agent_number[employee_id]: seat_number[seat_id]
        for employee_id, seat_id in rows
        if seat_id in seat_number
    }


def find_free_seat(
    site_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    schedule_id: int,
    prefer: Seat | None = None,
    project_ids: Collection[int] = (),
    except_shift_ids: Collection[int] = (),
) -> Seat | None:
    """The free seat nearest to the preferred one, or None when all are taken.

    Taken are seats held by published shifts, and by planned ones of the same schedule.
    """
    taken = select(Shift.seat_id).where(
        Shift.seat_id.is_not(None),
        Shift.is_live
        | ((Shift.schedule_id == schedule_id) & (Shift.status == ShiftStatus.PLANNED)),
        Shift.starts_at < ends_at,
        Shift.ends_at > starts_at,
        Shift.id.not_in(except_shift_ids),
    )
    busy = set(db.session.scalars(taken))
    free = [
        seat
        for seat in queries.seats_of_site(site_id)
        if seat.id not in busy
        and (seat.project_id is None or seat.project_id in project_ids)
    ]
    if prefer is None:
        return free[0] if free else None
    return min(free, key=lambda seat: _distance(seat, prefer), default=None)


def _distance(seat: Seat, other: Seat) -> float:
    floors = 0.0 if seat.floor_id == other.floor_id else FLOOR_APART
    return floors + abs(seat.x - other.x) + abs(seat.y - other.y)
