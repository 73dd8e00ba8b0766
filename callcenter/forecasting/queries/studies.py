"""What was studied, what was approved for a day, and what an hour of work costs."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from callcenter.acd.models import AgentInterval, AgentTimeInterval, Contact
from callcenter.forecasting.models import ForecastDay, Study, StudyKind
from callcenter.kernel.db import db
from callcenter.people.models import Employee, EmployeeSkill, Employment, PayBasis
from callcenter.projects.models import TeamAssignment
from callcenter.projects.queries import assignment_holds

_FEWEST_PAID = 5
"""An average over fewer people would tell what each of them earns."""
_WEEKS_A_MONTH = Decimal(52) / 12
_HOURS_A_DAY = Decimal(8)


def studies_of_day(
    forecast_id: int, queue_id: int | None, day: date
) -> dict[StudyKind, Study]:
    """The latest study of each kind for a queue on a day of a forecast."""
    rows = db.session.scalars(
        select(Study)
        .where(
            Study.forecast_id == forecast_id,
            Study.queue_id.is_(None)
            if queue_id is None
            else Study.queue_id == queue_id,
            Study.day == day,
        )
        .order_by(Study.id)
    )
    return {row.kind: row for row in rows}


def simulations_of(forecast_id: int, queue_id: int) -> dict[date, Study]:
    """The latest simulation of each day of a queue's forecast."""
    rows = db.session.scalars(
        select(Study)
        .where(
            Study.forecast_id == forecast_id,
            Study.queue_id == queue_id,
            Study.kind == StudyKind.SIMULATION,
        )
        .order_by(Study.id)
    )
    return {row.day: row for row in rows if row.day is not None}


def workload_by_day(forecast_id: int) -> dict[date, float]:
    """The seconds of handling that each day of a forecast brings."""
    rows = db.session.execute(
        select(ForecastDay.day, func.sum(ForecastDay.workload_s))
        .where(ForecastDay.forecast_id == forecast_id)
        .group_by(ForecastDay.day)
        .order_by(ForecastDay.day)
    )
    return {day: float(seconds or 0.0) for day, seconds in rows}


def find_study(
    project_id: int, kind: StudyKind, queue_id: int | None = None
) -> Study | None:
    """The latest study of a kind of a project, or of one of its queues."""
    statement = select(Study).where(Study.project_id == project_id, Study.kind == kind)
    if queue_id is not None:
        statement = statement.where(Study.queue_id == queue_id)
    return db.session.scalars(statement.order_by(Study.id.desc()).limit(1)).first()


def studied_queue_ids(project_ids: Collection[int], kind: StudyKind) -> set[int]:
    """The queues of projects that a study of a kind looked at."""
    found = db.session.scalars(
        select(Study.queue_id)
        .where(Study.project_id.in_(project_ids), Study.kind == kind)
        .distinct()
    )
    return {each for each in found if each is not None}


def agents_on(
    queue_id: int, starts_at: datetime, ends_at: datetime
) -> dict[datetime, float]:
    """Agents at work for a queue by quarter-hour, of those who took its contacts.

    An agent who was available or busy for half the quarter counts as a half. Who takes
    contacts of several queues counts in each by its share of the handling time that
    day, so that the queues of a pool add up to the people who were there.
    """
    at, of = AgentTimeInterval, AgentInterval
    handling = of.talk_s + of.hold_s + of.wrap_s + of.outbound_s
    here = func.sum(case((of.queue_id == queue_id, handling), else_=0))
    theirs = (
        select(of.agent_id, (here * 1.0 / func.sum(handling)).label("share"))
        .where(of.interval_start >= starts_at, of.interval_start < ends_at)
        .group_by(of.agent_id)
        .having(here > 0)
        .subquery()
    )
    rows = db.session.execute(
        select(
            at.interval_start,
            func.sum((at.available_s + at.busy_s) * theirs.c.share),
        )
        .join(theirs, theirs.c.agent_id == at.agent_id)
        .where(
            at.interval_start >= starts_at,
            at.interval_start < ends_at,
        )
        .group_by(at.interval_start)
    )
    return {start: float(seconds) / 900.0 for start, seconds in rows}


def average_hour_cost(project_id: int, currency: str, day: date) -> Decimal | None:
    """The mean pay for an hour of the people of a project's teams, in that currency.

    Unknown for fewer than five people, and without what an employer pays on top.
    """
    works: ColumnElement[bool] = or_(
        Employment.ends_on.is_(None), Employment.ends_on > day
    )
    rows: Sequence[Any] = db.session.execute(
        select(Employment.pay_basis, Employment.pay_rate, Employment.weekly_h)
        .join(Employee, Employee.id == Employment.employee_id)
        .join(TeamAssignment, TeamAssignment.team_id == Employee.team_id)
        .where(
            TeamAssignment.project_id == project_id,
            assignment_holds(day),
            Employment.currency == currency,
            Employment.starts_on <= day,
            works,
            Employment.weekly_h > 0,
        )
    ).all()
    if len(rows) < _FEWEST_PAID:
        return None
    hours = sum(Decimal(str(weekly)) for _basis, _rate, weekly in rows)
    paid = sum(
        _hourly(basis, rate, Decimal(str(weekly))) * Decimal(str(weekly))
        for basis, rate, weekly in rows
    )
    return (paid / hours).quantize(Decimal("0.01")) if hours else None


def _hourly(basis: PayBasis, rate: Decimal, weekly_h: Decimal) -> Decimal:
    if basis is PayBasis.HOUR:
        return rate
    if basis is PayBasis.DAY:
        return rate / _HOURS_A_DAY
    return rate / (weekly_h * _WEEKS_A_MONTH)


def waits_of(
    queue_id: int, starts_at: datetime, ends_at: datetime
) -> Sequence[tuple[int, int, int | None, datetime]]:
    """Wait, outcome, customer and time of the inbound contacts of a queue, in order."""
    rows = db.session.execute(
        select(Contact.wait_s, Contact.outcome, Contact.customer, Contact.offered_at)
        .where(
            Contact.queue_id == queue_id,
            Contact.offered_at >= starts_at,
            Contact.offered_at < ends_at,
            Contact.direction == 0,
        )
        .order_by(Contact.offered_at)
    ).all()
    return [(wait, outcome, who, at) for wait, outcome, who, at in rows]


def skilled_people(project_id: int, day: date) -> dict[int, set[int]]:
    """The skills that people of a project's teams hold on a day, by employee."""
    rows = db.session.execute(
        select(Employee.id, EmployeeSkill.skill_id)
        .join(TeamAssignment, TeamAssignment.team_id == Employee.team_id)
        .outerjoin(
            EmployeeSkill,
            and_(
                EmployeeSkill.employee_id == Employee.id,
                EmployeeSkill.valid_from <= day,
                or_(
                    EmployeeSkill.valid_until.is_(None),
                    EmployeeSkill.valid_until > day,
                ),
            ),
        )
        .where(
            TeamAssignment.project_id == project_id,
            assignment_holds(day),
            Employee.hired_on <= day,
            or_(Employee.left_on.is_(None), Employee.left_on > day),
        )
        .order_by(Employee.id)
    )
    found: dict[int, set[int]] = {}
    for employee_id, skill_id in rows:
        held = found.setdefault(employee_id, set())
        if skill_id is not None:
            held.add(skill_id)
    return found
