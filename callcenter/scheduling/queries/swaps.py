"""Reading swaps: what may change hands, what was asked, and what a site allows."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Employee
from callcenter.projects.models import TeamAssignment
from callcenter.scheduling.models import (
    CoverageInterval,
    Schedule,
    ScheduleQueue,
    ScheduleStatus,
    Seat,
    Shift,
    ShiftStatus,
)
from callcenter.scheduling.models.swaps import (
    OPEN_STATES,
    AgentRules,
    Swap,
    SwapAnswer,
    SwapPart,
    SwapWish,
)
from callcenter.scheduling.queries.schedules import in_scope

MOST_PEOPLE = 150


def agent_rules(site_id: int) -> AgentRules:
    """What agents of the site may do themselves; the usual rules where none are set."""
    found = db.session.scalar(select(AgentRules).where(AgentRules.site_id == site_id))
    return found or AgentRules(
        site_id=site_id,
        swap_notice_h=24,
        swap_longest=4,
        is_swap_made_by_rule=True,
        swap_max_short_h=0.0,
        overtime_day_h=3.0,
        overtime_month_h=36.0,
    )


def find_agent_rules(site_id: int) -> AgentRules | None:
    """What was set for the site, or None."""
    return db.session.scalar(select(AgentRules).where(AgentRules.site_id == site_id))


def own_swappable_shifts(employee_id: int, earliest: datetime) -> Select[Shift]:
    """The person's published shifts that begin after an instant, earliest first."""
    return (
        select(Shift)
        .join(Shift.schedule)
        .where(
            Shift.employee_id == employee_id,
            Shift.is_live,
            Shift.starts_at > earliest,
            Schedule.status == ScheduleStatus.PUBLISHED,
        )
        .options(joinedload(Shift.schedule), joinedload(Shift.template))
        .order_by(Shift.starts_at)
    )


def get_own_shift(shift_id: int, employee_id: int | None) -> Shift:
    """The person's own published shift with all that a swap needs of it.

    Raises `NotFound` for shifts of others and those that hold no more.
    """
    shift = db.session.scalars(
        _whole().where(
            Shift.id == shift_id, Shift.employee_id == employee_id, Shift.is_live
        )
    ).one_or_none()
    if shift is None:
        raise NotFound(shift_id=shift_id)
    return shift


def whole_shifts(shift_ids: Collection[int]) -> Sequence[Shift]:
    """Those shifts, read anew, with agent, schedule, queues, seat and activities."""
    return db.session.scalars(
        _whole().where(Shift.id.in_(shift_ids)).order_by(Shift.id)
    ).all()


def _whole() -> Select[Shift]:
    return select(Shift).options(
        joinedload(Shift.schedule)
        .selectinload(Schedule.queues)
        .joinedload(ScheduleQueue.queue),
        joinedload(Shift.employee).joinedload(Employee.site),
        joinedload(Shift.template),
        joinedload(Shift.seat),
        selectinload(Shift.activities),
    )


def lock_schedules_around(schedule_id: int) -> None:
    """Let nobody else change the schedule until the transaction ends.

    Nor those that serve the same queues, because their coverage is counted with it.
    SQLite has one writer at a time anyway.
    """
    mine = select(ScheduleQueue.queue_id).where(
        ScheduleQueue.schedule_id == schedule_id
    )
    sharing = select(ScheduleQueue.schedule_id).where(ScheduleQueue.queue_id.in_(mine))
    db.session.execute(
        select(Schedule.id)
        .where(
            or_(Schedule.id == schedule_id, Schedule.id.in_(sharing)),
            Schedule.status == ScheduleStatus.PUBLISHED,
        )
        .order_by(Schedule.id)
        .with_for_update()
    )


def lock_shifts(shift_ids: Collection[int]) -> None:
    """Let nobody else change those shifts until the transaction ends."""
    db.session.execute(
        select(Shift.id)
        .where(Shift.id.in_(shift_ids))
        .order_by(Shift.id)
        .with_for_update()
    )


def open_wishes(schedule_id: int, earliest: datetime) -> Sequence[SwapWish]:
    """The shifts of a schedule that are to be given away, oldest wish first."""
    return db.session.scalars(
        select(SwapWish)
        .join(SwapWish.shift)
        .where(
            SwapWish.closed_at.is_(None),
            Shift.schedule_id == schedule_id,
            Shift.is_live,
            Shift.employee_id == SwapWish.employee_id,
            Shift.starts_at > earliest,
        )
        .order_by(SwapWish.id)
        .limit(MOST_PEOPLE)
    ).all()


def open_wishes_of(employee_id: int) -> dict[int, SwapWish]:
    """What the person would give away, by shift."""
    found = db.session.scalars(
        select(SwapWish).where(
            SwapWish.employee_id == employee_id, SwapWish.closed_at.is_(None)
        )
    )
    return {each.shift_id: each for each in found}


def partners_of(shift: Shift, willing: Collection[int]) -> list[int]:
    """Who could be asked: the own team, and whoever wants to swap in the schedule."""
    team = select(Employee.id).where(Employee.team_id == shift.employee.team_id)
    rows = db.session.scalars(
        select(Shift.employee_id)
        .where(
            Shift.schedule_id == shift.schedule_id,
            Shift.is_live,
            or_(Shift.employee_id.in_(team), Shift.employee_id.in_(willing)),
        )
        .distinct()
        .order_by(Shift.employee_id)
        .limit(MOST_PEOPLE)
    ).all()
    return sorted({*rows, shift.employee_id})


def planned_shifts(schedule_id: int, employee_ids: Collection[int]) -> Sequence[Shift]:
    """All planned shifts of those people in a schedule, with what checks need."""
    return db.session.scalars(
        select(Shift)
        .where(
            Shift.schedule_id == schedule_id,
            Shift.employee_id.in_(employee_ids),
            Shift.status == ShiftStatus.PLANNED,
        )
        .options(
            joinedload(Shift.employee),
            joinedload(Shift.template),
            joinedload(Shift.seat),
            selectinload(Shift.activities),
        )
        .order_by(Shift.starts_at, Shift.id)
    ).all()


def requirement_of(
    schedule_id: int, starts_at: datetime, ends_at: datetime
) -> Sequence[Row[int, datetime, float]]:
    """Queue, interval and agents required in a stretch of a schedule."""
    return db.session.execute(
        select(
            CoverageInterval.queue_id,
            CoverageInterval.interval_start,
            CoverageInterval.required_agents,
        ).where(
            CoverageInterval.schedule_id == schedule_id,
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        )
    ).all()


def projects_of_teams(team_ids: Collection[int]) -> dict[int, set[int]]:
    """The projects that each team works for or ever did."""
    found: dict[int, set[int]] = {}
    rows = db.session.execute(
        select(TeamAssignment.team_id, TeamAssignment.project_id).where(
            TeamAssignment.team_id.in_(team_ids)
        )
    )
    for team_id, project_id in rows:
        found.setdefault(team_id, set()).add(project_id)
    return found


def may_sit(employee: Employee, seat: Seat | None, ours: dict[int, set[int]]) -> bool:
    """Whether a client's zone does not keep the person away from the seat."""
    if seat is None or seat.project_id is None:
        return seat is None or seat.is_usable
    return seat.is_usable and seat.project_id in ours.get(employee.team_id or 0, ())


def _with_parts() -> Select[Swap]:
    return select(Swap).options(
        joinedload(Swap.schedule),
        joinedload(Swap.opened_by),
        joinedload(Swap.request),
        selectinload(Swap.parts).joinedload(SwapPart.employee),
        selectinload(Swap.parts).joinedload(SwapPart.taker),
    )


def get_swap(swap_id: int) -> Swap:
    """The swap as it is now, with its parts and people; raises `NotFound`."""
    swap = db.session.scalars(
        _with_parts()
        .where(Swap.id == swap_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if swap is None:
        raise NotFound(swap_id=swap_id)
    return swap


def get_swap_of(swap_id: int, employee_id: int | None) -> Swap:
    """The swap if the person takes part in it; raises `NotFound`."""
    swap = get_swap(swap_id)
    if employee_id not in {each.employee_id for each in swap.parts}:
        raise NotFound(swap_id=swap_id)
    return swap


def swaps(swap_ids: Collection[int]) -> dict[int, Swap]:
    """Those swaps by id, with parts and people."""
    found = db.session.scalars(_with_parts().where(Swap.id.in_(swap_ids)))
    return {each.id: each for each in found}


def swaps_of(employee_id: int) -> Select[Swap]:
    """The swaps in which the person takes part, newest first."""
    mine = select(SwapPart.swap_id).where(SwapPart.employee_id == employee_id)
    return (
        _with_parts()
        .where(Swap.id.in_(mine))
        .order_by(Swap.created_at.desc(), Swap.id.desc())
    )


def awaiting(employee_id: int, now: datetime) -> Select[Swap]:
    """The swaps that wait for the person's answer, most pressing first."""
    asked = select(SwapPart.swap_id).where(
        SwapPart.employee_id == employee_id, SwapPart.answer == SwapAnswer.WAITING
    )
    return (
        _with_parts()
        .where(Swap.id.in_(asked), Swap.state.in_(OPEN_STATES), Swap.due_at > now)
        .order_by(Swap.due_at, Swap.id)
    )


def swaps_in(schedule_id: int) -> Select[Swap]:
    """The swaps of a schedule, newest first."""
    return (
        _with_parts()
        .where(Swap.schedule_id == schedule_id)
        .order_by(Swap.created_at.desc(), Swap.id.desc())
    )


def visible_swaps(scope: Scope) -> Select[Swap]:
    """The swaps of schedules within a scope, newest first."""
    return (
        _with_parts()
        .join(Swap.schedule)
        .where(in_scope(scope))
        .order_by(Swap.created_at.desc(), Swap.id.desc())
    )


def open_swaps_with(shift_ids: Collection[int]) -> Sequence[Swap]:
    """The open swaps that any of those shifts is part of."""
    touched = select(SwapPart.swap_id).where(SwapPart.shift_id.in_(shift_ids))
    return _open(Swap.id.in_(touched))


def open_swaps_without_ground(first_day: date, last_day: date) -> Sequence[Swap]:
    """The open swaps in which a shift of those days no longer holds."""
    gone = (
        select(SwapPart.swap_id)
        .join(Shift, Shift.id == SwapPart.shift_id)
        .where(Shift.is_live.is_(False), Shift.day.between(first_day, last_day))
    )
    return _open(Swap.id.in_(gone))


def _open(*conditions: ColumnElement[bool]) -> Sequence[Swap]:
    return db.session.scalars(
        _with_parts().where(Swap.state.in_(OPEN_STATES), *conditions).order_by(Swap.id)
    ).all()
