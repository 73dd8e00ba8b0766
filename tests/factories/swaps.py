"""A published week in which agents can swap shifts."""

from collections.abc import Sequence
from datetime import date, timedelta

from callcenter.access.models import ScopeKind
from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.scheduling import services
from callcenter.scheduling.models import (
    Schedule,
    ScheduleStatus,
    Shift,
    ShiftActivity,
)
from callcenter.scheduling.services.proposals import parts_of_template
from tests.factories.access import make_user
from tests.factories.scheduling import (
    MONDAY,
    Center,
    at,
    make_schedule,
    make_shift,
    template,
)


def make_week(center: Center) -> Schedule:
    """A published schedule of the center without shifts, by the usual rules."""
    services.install_library()
    db.session.commit()
    return make_schedule(center, status=ScheduleStatus.PUBLISHED)


def give(
    schedule: Schedule,
    center: Center,
    place: int,
    day: int,
    hour: int = 9,
    code: str = "DAY",
) -> Shift:
    """A live shift of the library for the agent at that place of the center."""
    on = MONDAY + timedelta(days=day)
    return place_shift(schedule, center, place, on, hour, code, is_live=True)


def place_shift(
    schedule: Schedule,
    center: Center,
    place: int,
    day: date,
    hour: int,
    code: str,
    **values: object,
) -> Shift:
    """A shift as the library has it, breaks included."""
    form, starts_at = template(code), at(center, day, hour)
    shift = make_shift(
        schedule,
        center.employees[place],
        starts_at,
        hours=form.lengths_min[0] / 60,
        has_breaks=False,
        template_id=form.id,
        **values,
    )
    shift.activities = [
        ShiftActivity(kind=each.kind, starts_at=each.starts_at, ends_at=each.ends_at)
        for each in parts_of_template(form, starts_at)
    ]
    unpaid = sum(each.length_min for each in form.break_patterns if not each.is_paid)
    shift.paid_min = form.lengths_min[0] - unpaid
    db.session.commit()
    return shift


def let_in(employees: Sequence[Employee]) -> None:
    """Give each of them a user of the role agent."""
    for employee in employees:
        employee.user_id = make_user("agent", scope_kind=ScopeKind.SELF).id
    db.session.commit()
