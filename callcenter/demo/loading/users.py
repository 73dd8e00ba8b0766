"""Who can sign in: everybody who works here, all with the same password."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, bindparam, update

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
OUTSIDERS = {
    RoleCode.ADMINISTRATOR: "Administrator",
    RoleCode.CLIENT: "Wen Haoran (Blue Heron Telecom)",
}


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


# What the rest of the staff signs in as, by their post.
ROLE_OF_POST = {
    "GM": (RoleCode.OPERATIONS_MANAGER, ScopeKind.EVERYTHING),
    "OM": (RoleCode.OPERATIONS_MANAGER, ScopeKind.SITE),
    "SUP": (RoleCode.SUPERVISOR, ScopeKind.OWN_TEAMS),
    "WFM": (RoleCode.PLANNER, ScopeKind.SITE),
    "HR": (RoleCode.RECRUITER, ScopeKind.SITE),
    "TRN": (RoleCode.TRAINER, ScopeKind.SITE),
    "QA": (RoleCode.INSPECTOR, ScopeKind.SITE),
    "FIN": (RoleCode.FINANCE, ScopeKind.EVERYTHING),
    "AGT": (RoleCode.AGENT, ScopeKind.SELF),
    "TSR": (RoleCode.AGENT, ScopeKind.SELF),
    "CSE": (RoleCode.AGENT, ScopeKind.SELF),
}


@dataclass(frozen=True, slots=True)
class _Account:
    """One user in the making."""

    email: str
    name: str
    role: RoleCode
    scope: ScopeKind
    owner: Person | None


def load_users(story: Story) -> int:
    """Let everybody who works here sign in, and the client; how many.

    They share one password and its hash: an honest one takes long to make.
    """
    accounts = [*_shown(story), *_others(story)]
    password_hash = hash_password(PASSWORD)
    ids = insert_for_ids(
        User,
        [
            {
                "email": each.email,
                "name": each.name,
                "password_hash": password_hash,
                "password_changed_at": story.moment,
            }
            for each in accounts
        ],
    )
    story.ids.users.update(zip((each.email for each in accounts), ids, strict=True))
    insert_rows(Grant, [_grant(story, each) for each in accounts])
    _link(story, accounts)
    _give_phones(story)
    return len(ids)


def _shown(story: Story) -> Iterator[_Account]:
    for each in SIGN_INS:
        owner = find_owner(story, each)
        name = owner.display_name if owner else OUTSIDERS[each.role]
        yield _Account(each.email, name, each.role, each.scope, owner)


def _others(story: Story) -> Iterator[_Account]:
    """The rest of those who work here, under the addresses that they work with."""
    owners = {find_owner(story, each) for each in SIGN_INS}
    for person in story.company.employees:
        if person.left_on is None and person.post in ROLE_OF_POST:
            role, scope = ROLE_OF_POST[person.post]
            if person not in owners:
                yield _Account(person.email, person.display_name, role, scope, person)


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


def _grant(story: Story, account: _Account) -> dict[str, object]:
    scope_id = None
    if account.scope is ScopeKind.PROJECT:
        scope_id = story.ids.projects[CLIENT_PROJECT]
    elif account.scope is ScopeKind.SITE and account.owner is not None:
        scope_id = story.ids.sites[account.owner.site]
    return {
        "user_id": story.ids.users[account.email],
        "role_code": account.role.value,
        "scope_kind": account.scope,
        "scope_id": scope_id,
    }


def _link(story: Story, accounts: Sequence[_Account]) -> None:
    """Tie each sign-in to its person."""
    table: Table = Employee.__table__  # type: ignore[assignment]
    statement = (
        table.update()
        .where(table.c.id == bindparam("employee"))
        .values(user_id=bindparam("user"))
    )
    pairs = [
        {
            "employee": story.ids.numbers[each.owner.number],
            "user": story.ids.users[each.email],
        }
        for each in accounts
        if each.owner is not None
    ]
    db.session.connection().execute(statement, pairs)


def _give_phones(story: Story) -> None:
    """Give a handful a telephone number, of the range that Ofcom keeps for drama."""
    for number, each in enumerate(SIGN_INS):
        owner = find_owner(story, each)
        if owner is not None:
            phone = f"+4477009001{number:02d}"
            db.session.execute(
                update(Employee)
                .where(Employee.id == story.ids.numbers[owner.number])
                .values(phone=phone, phone_digest=digest(phone))
            )
