"""Leave that agents ask for: some waits for a decision, some has been decided."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callcenter.access.services import find_actor
from callcenter.demo.loading.rows import Story
from callcenter.kernel import clock
from callcenter.kernel.actor import Actor, acting
from callcenter.kernel.db import db
from callcenter.people.models import AbsenceKind, Employee, Team
from callcenter.scheduling.services import ask_for_leave
from callcenter.workflow import services as workflow
from callcenter.workflow.models import Verdict
from callcenter.workflow.queries import get_request


@dataclass(frozen=True, slots=True)
class Wish:
    """Leave of the ``place``-th agent of a team, ``ahead`` days from today."""

    team: str
    place: int
    kind: AbsenceKind
    ahead: int
    n_days: int
    note: str
    verdict: Verdict | None = None
    answer: str = ""


WISHES = (
    Wish("TEL-4", 0, AbsenceKind.ANNUAL_LEAVE, 16, 3, "Visiting my parents."),
    Wish("TEL-4", 2, AbsenceKind.ANNUAL_LEAVE, 9, 2, ""),
    Wish("TEL-4", 3, AbsenceKind.PERSONAL_LEAVE, 4, 1, "Moving house."),
    Wish(
        "TEL-4",
        4,
        AbsenceKind.ANNUAL_LEAVE,
        3,
        2,
        "My sister's wedding.",
        Verdict.APPROVE,
        "Enjoy it!",
    ),
    Wish(
        "TEL-4",
        5,
        AbsenceKind.ANNUAL_LEAVE,
        8,
        4,
        "",
        Verdict.REJECT,
        "Three of the team are away already. Please take the week after.",
    ),
    Wish("AIR-1", 0, AbsenceKind.ANNUAL_LEAVE, 12, 5, "Christmas market in Porto."),
    Wish("AIR-1", 2, AbsenceKind.COMPENSATORY, 6, 1, "For the storm."),
    Wish("AIR-1", 3, AbsenceKind.ANNUAL_LEAVE, 5, 3, "", Verdict.APPROVE, "Approved."),
    Wish("AIR-1", 4, AbsenceKind.PERSONAL_LEAVE, 2, 1, "An exam."),
)


def load_leave(story: Story) -> int:
    """Let agents ask, and their supervisors decide; how many requests there are."""
    for hours_ago, wish in enumerate(reversed(WISHES), start=2):
        with clock.frozen(story.moment - timedelta(hours=5 * hours_ago)):
            _ask(story, wish)
    return len(WISHES)


def _ask(story: Story, wish: Wish) -> None:
    employee = _agent(story, wish)
    user_id = employee.user_id or 0
    first_day = story.today + timedelta(days=wish.ahead)
    with acting(_actor(user_id)):
        leave = ask_for_leave(
            employee,
            kind=wish.kind,
            first_day=first_day,
            last_day=first_day + timedelta(days=wish.n_days - 1),
            by=user_id,
            note=wish.note,
        )
        if wish.verdict is not None and leave.request_id is not None:
            with clock.frozen(story.moment):
                _decide(employee, wish, wish.verdict, request_id=leave.request_id)


def _agent(story: Story, wish: Wish) -> Employee:
    """The agent of a wish; the first of each team has a sign-in that is shown."""
    numbers = [
        person.number
        for person in story.company.employees
        if person.team == wish.team
        and person.post == "AGT"
        and person.left_on is None
        and person.weekly_hours == 40
    ]
    found = select(Employee).options(
        joinedload(Employee.site),
        joinedload(Employee.team).joinedload(Team.supervisor),
    )
    return db.session.scalars(found.where(Employee.number == numbers[wish.place])).one()


def _decide(
    employee: Employee, wish: Wish, verdict: Verdict, *, request_id: int
) -> None:
    """Let the team's supervisor decide, as on the page of approvals."""
    supervisor = employee.team.supervisor if employee.team else None
    actor = _actor((supervisor and supervisor.user_id) or 0)
    with acting(actor):
        request = get_request(request_id, actor)
        workflow.decide(request, verdict=verdict, actor=actor, note=wish.answer)


def _actor(user_id: int) -> Actor:
    """The actor that a user is; everybody here has a sign-in.

    Raises `LookupError` for somebody who has none.
    """
    actor = find_actor(user_id)
    if actor is None:
        raise LookupError(f"nobody signs in as user {user_id}")
    return actor
