"""Who can sign in: one person for every role, all with the same password."""

from dataclasses import dataclass

from sqlalchemy import update

from callcenter.access.models import Grant, ScopeKind, User
from callcenter.access.permissions import RoleCode
from callcenter.access.services import hash_password
from callcenter.demo.company import Employee as Person
from callcenter.demo.loading.rows import Story, insert_for_ids, insert_rows
from callcenter.kernel.crypto import digest
from callcenter.kernel.db import db
from callcenter.people.models import Employee

PASSWORD = "bamboo-harbour-heron-41"  # noqa: S105 - of the demo, and told to everybody
CLIENT_PROJECT = "TEL"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody of the demo company who can sign in, and what there is to see.

    ``post`` names whose sign-in it is: the first with that post at ``site``;
    ``team`` narrows it. Without a post it belongs to nobody who works here.
    """

    email: str
    role: RoleCode
    sees: str
    scope: ScopeKind = ScopeKind.EVERYTHING
    post: str | None = None
    site: str = "HF"
    team: str | None = None


SIGN_INS = (
    SignIn("admin@demo.example", RoleCode.ADMINISTRATOR, "everything"),
    SignIn(
        "manager@demo.example",
        RoleCode.OPERATIONS_MANAGER,
        "all projects, people and schedules",
        post="OM",
    ),
    SignIn(
        "planner@demo.example",
        RoleCode.PLANNER,
        "forecasts, requirements and schedules of all sites",
        post="WFM",
    ),
    SignIn(
        "supervisor@demo.example",
        RoleCode.SUPERVISOR,
        "the own team, TEL-4: the one with the problem",
        ScopeKind.OWN_TEAMS,
        post="SUP",
        team="TEL-4",
    ),
    SignIn(
        "supervisor.lisbon@demo.example",
        RoleCode.SUPERVISOR,
        "the own team, AIR-1, in Lisbon",
        ScopeKind.OWN_TEAMS,
        post="SUP",
        site="LX",
        team="AIR-1",
    ),
    SignIn("recruiter@demo.example", RoleCode.RECRUITER, "people", post="HR"),
    SignIn("trainer@demo.example", RoleCode.TRAINER, "people and skills", post="TRN"),
    SignIn("inspector@demo.example", RoleCode.INSPECTOR, "contacts", post="QA"),
    SignIn("finance@demo.example", RoleCode.FINANCE, "projects", post="FIN"),
    SignIn(
        "agent@demo.example",
        RoleCode.AGENT,
        "the own shifts, seat and figures (try it on a phone)",
        ScopeKind.SELF,
        post="AGT",
        team="TEL-4",
    ),
    SignIn(
        "agent.lisbon@demo.example",
        RoleCode.AGENT,
        "the same in another time zone",
        ScopeKind.SELF,
        post="AGT",
        site="LX",
        team="AIR-1",
    ),
    SignIn(
        "client@demo.example",
        RoleCode.CLIENT,
        "the service of Telecom care, read only",
        ScopeKind.PROJECT,
    ),
)


def load_users(story: Story) -> int:
    """Let one person of every role sign in; how many.

    They share one password and its hash: an honest one takes long to make.
    """
    owners = [find_owner(story, each) for each in SIGN_INS]
    password_hash = hash_password(PASSWORD)
    ids = insert_for_ids(
        User,
        [
            {
                "email": each.email,
                "name": owner.display_name if owner else _outsider(each),
                "password_hash": password_hash,
                "password_changed_at": story.moment,
            }
            for each, owner in zip(SIGN_INS, owners, strict=True)
        ],
    )
    story.ids.users.update(zip((each.email for each in SIGN_INS), ids, strict=True))
    insert_rows(Grant, [_grant(story, each) for each in SIGN_INS])
    for number, (each, owner) in enumerate(zip(SIGN_INS, owners, strict=True)):
        if owner is not None:
            _link(story, owner, story.ids.users[each.email], number)
    return len(ids)


def find_owner(story: Story, sign_in: SignIn) -> Person | None:
    """Whose sign-in it is: the longest serving person it fits, who stays on."""
    if sign_in.post is None:
        return None
    return next(
        person
        for person in story.company.employees
        if person.post == sign_in.post
        and person.site == sign_in.site
        and person.team == (sign_in.team or person.team)
        and person.left_on is None
        and person.weekly_hours == 40
    )


def _outsider(sign_in: SignIn) -> str:
    if sign_in.role is RoleCode.CLIENT:
        return "Wen Haoran (Blue Heron Telecom)"
    return "Administrator"


def _grant(story: Story, sign_in: SignIn) -> dict[str, object]:
    is_project = sign_in.scope is ScopeKind.PROJECT
    return {
        "user_id": story.ids.users[sign_in.email],
        "role_code": sign_in.role.value,
        "scope_kind": sign_in.scope,
        "scope_id": story.ids.projects[CLIENT_PROJECT] if is_project else None,
    }


def _link(story: Story, owner: Person, user_id: int, number: int) -> None:
    """Tie the sign-in to the person, who also gets a telephone number.

    The numbers are of the range that Ofcom keeps free for drama.
    """
    phone = f"+4477009001{number:02d}"
    db.session.execute(
        update(Employee)
        .where(Employee.id == story.ids.numbers[owner.number])
        .values(user_id=user_id, phone=phone, phone_digest=digest(phone))
    )
