"""Recruiting: what is asked for at each site, and how far its approval has come."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from callcenter.access.models import Grant, Role, ScopeKind
from callcenter.access.services import find_actor
from callcenter.demo.loading.rows import Story
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, Actor, acting
from callcenter.kernel.db import db
from callcenter.people.models import EmploymentKind, PayBasis
from callcenter.recruiting import queries
from callcenter.recruiting import services as recruiting
from callcenter.recruiting.models import Requisition, RequisitionReason
from callcenter.recruiting.permissions import Permission
from callcenter.workflow import services as workflow
from callcenter.workflow.models import Verdict

RECRUITER, MANAGER = "recruiter@demo.example", "manager@demo.example"
PLANNER = "planner@demo.example"
GENERAL_MANAGER = "General manager"
AGENTS = (
    "Standard Mandarin, a pleasant voice\n"
    "Types 50 characters a minute; everyday computing\n"
    "Early and late shifts, two days off a week"
)
CASES = "Reads and writes reports\nFull time, by day"
LISBON = "English and German, spoken and written\nEarly and late shifts"


@dataclass(frozen=True, slots=True)
class Wanted:
    """People wanted ``ahead`` days from today; negative ones were wanted before.

    ``verdict`` is what became of it: approved, refused with ``answer``, or None while
    it waits (``is_sent``) or is a draft.
    """

    post: str
    site: str
    project: str | None
    headcount: int
    ahead: int
    low: int
    high: int
    conditions: str
    asked_days_ago: int
    kind: EmploymentKind = EmploymentKind.FULL_TIME
    budget: int = 0
    verdict: Verdict | None = Verdict.APPROVE
    answer: str = ""
    is_sent: bool = True
    reason: RequisitionReason = RequisitionReason.GROWTH
    note: str = ""
    by: str = RECRUITER


WANTED = (
    Wanted("AGT", "HF", "TEL", 24, 19, 5200, 6400, AGENTS, 30, budget=24_000,
           note="Class of December; the new tariff brings calls in spring."),
    Wanted("AGT", "HF", "TEL", 12, 47, 3000, 3600, AGENTS, 20, budget=8_000,
           kind=EmploymentKind.INTERN, note="Order class with the vocational college."),
    Wanted("TSR", "CD", None, 8, 33, 4800, 6000, AGENTS, 25, budget=6_000,
           reason=RequisitionReason.REPLACEMENT),
    Wanted("CSE", "CD", None, 6, 12, 5600, 7000, CASES, 28, budget=3_000),
    Wanted("AGT", "LX", "AIR", 10, 26, 1150, 1350, LISBON, 22, budget=2_500),
    Wanted("SUP", "HF", None, 1, 40, 8000, 9500, "Led a team before", 6, verdict=None,
           note="For the team of the December class."),
    Wanted("AGT", "HF", "TEL", 6, 61, 2600, 3000, AGENTS, 3, verdict=None,
           kind=EmploymentKind.PART_TIME, by=PLANNER),
    Wanted("AGT", "HF", "TEL", 30, 75, 5200, 6400, AGENTS, 1, verdict=None,
           is_sent=False),
    Wanted("QA", "HF", None, 2, 50, 6000, 7500, "Worked as an agent before", 15,
           verdict=Verdict.REJECT, by=PLANNER,
           answer="One is enough until the second line of Telecom care opens."),
)  # fmt: skip


def load_requisitions(story: Story) -> int:
    """Ask for people, and let those who must decide; how many requisitions."""
    general = _name_general_manager(story)
    for wanted in WANTED:
        with clock.frozen(story.moment - timedelta(days=wanted.asked_days_ago)):
            _ask(story, wanted, general)
    return len(WANTED)


def _name_general_manager(story: Story) -> int:
    """Give the general manager the last word on managers; the user's id."""
    role = Role(
        name=GENERAL_MANAGER, permissions=[Permission.APPROVE_AS_GENERAL_MANAGER.value]
    )
    db.session.add(role)
    db.session.flush()
    head = next(
        person
        for person in story.company.employees
        if person.post == "GM" and person.left_on is None
    )
    user_id = story.ids.users[head.email]
    db.session.add(
        Grant(user_id=user_id, role_id=role.id, scope_kind=ScopeKind.EVERYTHING)
    )
    db.session.flush()
    return user_id


def _ask(story: Story, wanted: Wanted, general: int) -> None:
    asker = actor_of(story, wanted.by)
    row = Requisition(asked_by_id=asker.user_id or 0)
    with acting(asker):
        recruiting.write_requisition(
            row,
            site=queries.get_site(story.ids.sites[wanted.site], EVERYTHING),
            **_values(story, wanted),
        )
        if not wanted.is_sent:
            return
        whole = queries.find_requisition(row.id) or row
        request = recruiting.send_requisition(whole, actor=asker)
    deciders = [actor_of(story, MANAGER), find_actor(general) or asker]
    if wanted.verdict is Verdict.REJECT:
        deciders = [actor_of(story, RECRUITER)]
    for decider in deciders if wanted.verdict else ():
        if workflow.may_decide(request, decider):
            with acting(decider):
                workflow.decide(
                    request,
                    verdict=wanted.verdict or Verdict.APPROVE,
                    actor=decider,
                    note=wanted.answer,
                )


def _values(story: Story, wanted: Wanted) -> dict[str, Any]:
    project = wanted.project and story.ids.projects[wanted.project]
    return {
        "project_id": project,
        "post_id": story.ids.posts[wanted.post, wanted.site],
        "employment_kind": wanted.kind,
        "headcount": wanted.headcount,
        "conditions": wanted.conditions,
        "pay_basis": PayBasis.MONTH,
        "pay_low": Decimal(wanted.low),
        "pay_high": Decimal(wanted.high),
        "channel_budget": Decimal(wanted.budget) if wanted.budget else None,
        "due_on": story.today + timedelta(days=wanted.ahead),
        "reason": wanted.reason,
        "note": wanted.note,
    }


def actor_of(story: Story, email: str) -> Actor:
    """The actor that signs in so.

    Raises `LookupError` for somebody who has no sign-in.
    """
    actor = find_actor(story.ids.users[email])
    if actor is None:
        raise LookupError(f"nobody signs in as {email}")
    return actor
