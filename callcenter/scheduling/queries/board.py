"""Reading the roster board: agents, their shifts, and the parts of one shift."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people import queries as people
from callcenter.people.models import Employee, EmployeeSkill, Team
from callcenter.scheduling.models import (
    ActivityKind,
    Schedule,
    ScheduleQueue,
    ScheduleTeam,
    Seat,
    Shift,
    ShiftActivity,
    ShiftStatus,
    ShiftTemplate,
)
from callcenter.scheduling.queries.schedules import in_scope

Columns = TypeVarTuple("Columns")


class BoardShift(NamedTuple):
    """One shift as the board draws it."""

    id: int
    employee_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    paid_min: int
    is_pinned: bool
    template_code: str | None
    colour: str | None
    seat_code: str | None


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What narrows the agents of a board."""

    text: str = ""
    team_id: int | None = None
    skill_id: int | None = None


class BoardAgent(NamedTuple):
    """One line of the board, and of how many."""

    id: int
    name: str
    team_name: str | None
    n_agents: int


def board_agents(
    schedule: Schedule, scope: Scope, chosen: BoardFilter, *, first: int, n: int
) -> list[BoardAgent]:
    """The agents of a schedule within a scope, by team and name, ``n`` of them.

    Those of its teams who work there in its period, and those who have a shift in it.
    """
    team_ids = [each.team_id for each in schedule.teams]
    rostered = select(Shift.employee_id).where(
        Shift.schedule_id == schedule.id, Shift.status == ShiftStatus.PLANNED
    )
    works_there = and_(
        Employee.hired_on <= schedule.last_day,
        or_(Employee.left_on.is_(None), Employee.left_on > schedule.first_day),
        Employee.team_id.in_(team_ids),
        _is_agent(schedule),
    )
    statement = (
        select(Employee.id, Employee.name, Team.name, func.count().over())
        .outerjoin(Team, Team.id == Employee.team_id)
        .where(people.in_scope(scope), or_(works_there, Employee.id.in_(rostered)))
        .order_by(Employee.team_id, Employee.name_sort, Employee.id)
        .limit(n)
        .offset(first)
    )
    rows = db.session.execute(_narrowed(statement, chosen))
    return [BoardAgent._make(row) for row in rows]


def _is_agent(schedule: Schedule):  # type: ignore[no-untyped-def]
    skill_ids = {each.queue.skill_id for each in schedule.queues}
    holders = select(EmployeeSkill.employee_id).where(
        EmployeeSkill.skill_id.in_([each for each in skill_ids if each is not None])
    )
    return Employee.id.in_(holders)


def _narrowed(statement: Select[*Columns], chosen: BoardFilter) -> Select[*Columns]:
    if chosen.team_id is not None:
        statement = statement.where(Employee.team_id == chosen.team_id)
    if chosen.skill_id is not None:
        holders = select(EmployeeSkill.employee_id).where(
            EmployeeSkill.skill_id == chosen.skill_id
        )
        statement = statement.where(Employee.id.in_(holders))
    if chosen.text:
        like = f"%{chosen.text.lower()}%"
        statement = statement.where(
            or_(
                func.lower(Employee.name).like(like),
                func.lower(Employee.name_sort).like(like),
                func.lower(Employee.number).like(like),
            )
        )
    return statement


def shifts_of(
    schedule: Schedule,
    employee_ids: Collection[int],
    first: date,
    last: date,
) -> list[BoardShift]:
    """The planned shifts of those agents from the first to the last day, in order."""
    statement = (
        select(
            Shift.id,
            Shift.employee_id,
            Shift.day,
            Shift.starts_at,
            Shift.ends_at,
            Shift.paid_min,
            Shift.is_pinned,
            ShiftTemplate.code,
            ShiftTemplate.colour,
            Seat.code,
        )
        .outerjoin(ShiftTemplate, ShiftTemplate.id == Shift.template_id)
        .outerjoin(Seat, Seat.id == Shift.seat_id)
        .where(
            Shift.schedule_id == schedule.id,
            Shift.day.between(first, last),
            Shift.employee_id.in_(employee_ids),
            Shift.status == ShiftStatus.PLANNED,
        )
        .order_by(Shift.starts_at)
    )
    return [BoardShift._make(row) for row in db.session.execute(statement)]


def activities_of(
    shift_ids: Collection[int],
) -> dict[int, list[tuple[ActivityKind, datetime, datetime]]]:
    """The breaks and other activities of those shifts, by shift, in order."""
    found: dict[int, list[tuple[ActivityKind, datetime, datetime]]] = {}
    statement = (
        select(
            ShiftActivity.shift_id,
            ShiftActivity.kind,
            ShiftActivity.starts_at,
            ShiftActivity.ends_at,
        )
        .where(ShiftActivity.shift_id.in_(shift_ids))
        .order_by(ShiftActivity.starts_at)
    )
    for shift_id, kind, starts_at, ends_at in db.session.execute(statement):
        found.setdefault(shift_id, []).append((kind, starts_at, ends_at))
    return found


def get_shift(shift_id: int, scope: Scope) -> Shift:
    """The shift with agent, schedule, its queues, template, seat and activities.

    Raises `NotFound` unless both the schedule and the agent lie within the scope.
    """
    statement = (
        select(Shift)
        .join(Shift.schedule)
        .join(Shift.employee)
        .where(Shift.id == shift_id, in_scope(scope), people.in_scope(scope))
        .options(
            joinedload(Shift.schedule)
            .selectinload(Schedule.queues)
            .joinedload(ScheduleQueue.queue),
            joinedload(Shift.employee).joinedload(Employee.team),
            joinedload(Shift.template),
            joinedload(Shift.seat),
            joinedload(Shift.activities),
        )
    )
    shift = db.session.scalars(statement).unique().one_or_none()
    if shift is None:
        raise NotFound(shift_id=shift_id)
    return shift


class Candidate(NamedTuple):
    """An agent who could take a shift, with the own shift of that day, if any."""

    employee_id: int
    name: str
    shift_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None


def candidates_for(
    shift: Shift, scope: Scope, words: str, *, most: int = 30
) -> list[Candidate]:
    """Agents who could take a shift or swap it, by name.

    Those of the same team; with words, whoever of the schedule's teams they name.
    """
    own = aliased(Shift)
    if words:
        teams = select(ScheduleTeam.team_id).where(
            ScheduleTeam.schedule_id == shift.schedule_id
        )
        meant = and_(Employee.team_id.in_(teams), people.matching(words))
    else:
        meant = Employee.team_id == shift.employee.team_id
    statement = (
        select(Employee.id, Employee.name, own.id, own.starts_at, own.ends_at)
        .outerjoin(
            own,
            and_(
                own.employee_id == Employee.id,
                own.schedule_id == shift.schedule_id,
                own.day == shift.day,
                own.status == ShiftStatus.PLANNED,
            ),
        )
        .where(
            people.in_scope(scope),
            people.employed_on(shift.day),
            Employee.id != shift.employee_id,
            meant,
        )
        .order_by(Employee.name_sort, Employee.id)
        .limit(most)
    )
    return [Candidate._make(row) for row in db.session.execute(statement)]
