"""What agents said for themselves: wishes, schedules seen, offers, and the ledger."""

from datetime import timedelta

from sqlalchemy import select

from callcenter.demo.loading.rows import Story
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.people.models import Employee, Team
from callcenter.scheduling.errors import OfferInvalid
from callcenter.scheduling.models import Schedule, ScheduleStatus, Shift
from callcenter.scheduling.models.fairness import ShiftWish
from callcenter.scheduling.queries.offers import stretches
from callcenter.scheduling.queries.schedules import get_schedule
from callcenter.scheduling.services.acknowledging import acknowledge
from callcenter.scheduling.services.fairness import (
    DayWish,
    count_fairness,
    save_wishes,
)
from callcenter.scheduling.services.offers import make_offer

TEAMS = ("TEL-4", "AIR-1")
LEDGER = timedelta(weeks=12)
NOTICE = timedelta(hours=3)
# By turns: nights please, Sundays free, only until the school closes, no wish at all.
WISHES: tuple[tuple[DayWish, ...], ...] = (
    (DayWish(4, ShiftWish.LATE), DayWish(5, ShiftWish.LATE)),
    (DayWish(6, ShiftWish.OFF),),
    tuple(DayWish(day, ShiftWish.EARLY, None, 16 * 60) for day in range(5)),
    (),
)


def load_wishes(story: Story) -> int:
    """Enter wishes and the ledger; how many people wish for something."""
    people = _people_of(TEAMS)
    n_wishing = 0
    with clock.frozen(story.moment - timedelta(days=30)):
        for place, employee_id in enumerate(people):
            wishes = WISHES[place % len(WISHES)]
            if wishes:
                save_wishes(employee_id, wishes)
                n_wishing += 1
    rostered = db.session.scalars(
        select(Shift.employee_id).where(Shift.is_live).distinct()
    ).all()
    count_fairness(rostered, story.today - LEDGER, story.today + timedelta(days=21))
    for schedule_id in _coming(story):
        _see(story, schedule_id)
        _offer(story, schedule_id)
    return n_wishing


def _people_of(teams: tuple[str, ...]) -> list[int]:
    return list(
        db.session.scalars(
            select(Employee.id)
            .join(Team, Team.id == Employee.team_id)
            .where(Team.code.in_(teams), Employee.left_on.is_(None))
            .order_by(Employee.number)
        )
    )


def _coming(story: Story) -> list[int]:
    """The published schedules of which days are to come."""
    return list(
        db.session.scalars(
            select(Schedule.id)
            .where(
                Schedule.status == ScheduleStatus.PUBLISHED,
                Schedule.last_day > story.today,
            )
            .order_by(Schedule.first_day, Schedule.id)
        )
    )


def _see(story: Story, schedule_id: int) -> None:
    """Two of three have looked at their shifts by now."""
    readers = db.session.scalars(
        select(Shift.employee_id)
        .where(Shift.schedule_id == schedule_id, Shift.is_live)
        .distinct()
        .order_by(Shift.employee_id)
    ).all()
    with clock.frozen(story.moment - timedelta(hours=5)):
        for employee_id in readers:
            if employee_id % 3:
                acknowledge(schedule_id, employee_id)


def _offer(story: Story, schedule_id: int) -> None:
    """Offer the worst stretch that anybody is eligible for."""
    with clock.frozen(story.moment):
        schedule = get_schedule(schedule_id, EVERYTHING)
        since = max(schedule.starts_at, clock.now() + timedelta(days=1))
        for stretch in stretches(schedule.id, since, schedule.ends_at, most=6):
            try:
                make_offer(
                    schedule,
                    stretch,
                    n_wanted=max(1, round(stretch.agents)),
                    closes_at=stretch.starts_at - NOTICE,
                    scope=EVERYTHING,
                )
            except OfferInvalid:
                continue
            return
