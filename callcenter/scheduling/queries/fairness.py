"""Reading wishes, and the ledger of who worked what nobody likes to work."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Subquery, func, or_, select

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.people import queries as people
from callcenter.people.models import Employee, Team
from callcenter.scheduling.models import Schedule, Shift
from callcenter.scheduling.models.fairness import FairnessWeek, ShiftWish, WeekdayWish

WEEKS = 12


class Tally(NamedTuple):
    """What a person's shifts were like over some weeks."""

    n_shifts: int = 0
    n_nights: int = 0
    n_weekend_days: int = 0
    n_unpopular: int = 0
    n_wished: int = 0
    n_granted: int = 0

    @property
    def granted(self) -> float | None:
        """The share of wished days that were as wished; None without a wish."""
        return self.n_granted / self.n_wished if self.n_wished else None


COUNTS = Tally._fields


def wishes_of(employee_ids: Collection[int]) -> dict[int, dict[int, WeekdayWish]]:
    """What each person wishes for each day of the week."""
    found: dict[int, dict[int, WeekdayWish]] = {}
    rows = db.session.scalars(
        select(WeekdayWish).where(WeekdayWish.employee_id.in_(employee_ids))
    )
    for row in rows:
        found.setdefault(row.employee_id, {})[row.weekday] = row
    return found


def live_spans(
    employee_ids: Collection[int], first: date, last: date
) -> Sequence[Row[int, date, datetime, datetime, str]]:
    """Published shifts by their day: person, day, start, end, zone."""
    return db.session.execute(
        select(
            Shift.employee_id, Shift.day, Shift.starts_at, Shift.ends_at, Schedule.zone
        )
        .join(Schedule, Schedule.id == Shift.schedule_id)
        .where(
            Shift.employee_id.in_(employee_ids),
            Shift.is_live,
            Shift.day.between(first, last),
            Shift.starts_at > _instant(first) - timedelta(days=2),
            Shift.starts_at < _instant(last) + timedelta(days=3),
        )
    ).all()


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def lock_people(employee_ids: Collection[int]) -> None:
    """Let nobody else count these people until the transaction ends."""
    db.session.execute(
        select(Employee.id)
        .where(Employee.id.in_(employee_ids))
        .order_by(Employee.id)
        .with_for_update(key_share=True)
    )


def people_in(schedule: Schedule) -> list[int]:
    """Who has, or had, a shift in a schedule, or one that it replaced."""
    return list(
        db.session.scalars(
            select(Shift.employee_id)
            .join(Schedule, Schedule.id == Shift.schedule_id)
            .where(
                Schedule.site_id == schedule.site_id,
                Shift.day.between(schedule.first_day, schedule.last_day),
            )
            .distinct()
        )
    )


def ledger(employee_ids: Collection[int], first: date, last: date) -> dict[int, Tally]:
    """What each person's shifts were like, from the first to the last week's Monday.

    This is what the next search for a schedule starts from.
    """
    rows = db.session.execute(
        select(FairnessWeek.employee_id, *_sums())
        .where(
            FairnessWeek.employee_id.in_(employee_ids),
            FairnessWeek.week.between(first, last),
        )
        .group_by(FairnessWeek.employee_id)
    )
    return {row[0]: Tally(*(int(each) for each in row[1:])) for row in rows}


def _sums() -> list[ColumnElement[int]]:
    return [
        func.coalesce(func.sum(getattr(FairnessWeek, name)), 0).label(name)
        for name in COUNTS
    ]


def ledger_rows(scope: Scope, first: date, last: date) -> Subquery:
    """The ledger by person within a scope: ids, names, team, and the counts."""
    return (
        select(
            Employee.id.label("employee_id"),
            Employee.name.label("name"),
            Employee.name_sort.label("name_sort"),
            Team.name.label("team"),
            *_sums(),
        )
        .join(FairnessWeek, FairnessWeek.employee_id == Employee.id)
        .outerjoin(Team, Team.id == Employee.team_id)
        .where(people.in_scope(scope), FairnessWeek.week.between(first, last))
        .group_by(Employee.id, Employee.name, Employee.name_sort, Team.name)
        .subquery()
    )


def team_tallies(employee_id: int, first: date, last: date) -> list[Tally]:
    """The ledger of everybody in the person's team, without names."""
    team = select(Employee.team_id).where(Employee.id == employee_id).scalar_subquery()
    rows = db.session.execute(
        select(FairnessWeek.employee_id, *_sums())
        .join(Employee, Employee.id == FairnessWeek.employee_id)
        .where(Employee.team_id == team, FairnessWeek.week.between(first, last))
        .group_by(FairnessWeek.employee_id)
    )
    return [Tally(*(int(each) for each in row[1:])) for row in rows]


def wished_rows(scope: Scope) -> Subquery:
    """All wishes within a scope: person, team, day of the week, wish, times."""
    return (
        select(
            Employee.id.label("employee_id"),
            Employee.name.label("name"),
            Employee.name_sort.label("name_sort"),
            Team.name.label("team"),
            WeekdayWish.weekday,
            WeekdayWish.wish,
            WeekdayWish.from_min,
            WeekdayWish.until_min,
        )
        .join(WeekdayWish, WeekdayWish.employee_id == Employee.id)
        .outerjoin(Team, Team.id == Employee.team_id)
        .where(
            people.in_scope(scope),
            or_(
                WeekdayWish.wish != ShiftWish.ANYTHING,
                WeekdayWish.from_min.is_not(None),
                WeekdayWish.until_min.is_not(None),
            ),
        )
        .subquery()
    )
