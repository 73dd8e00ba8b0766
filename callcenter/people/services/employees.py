"""Hiring, changing, transferring people; letting them go and taking them back."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from callcenter.access import queries as access_queries
from callcenter.access import services as access_services
from callcenter.kernel import clock, crypto
from callcenter.kernel.actor import SYSTEM, acting
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _l
from callcenter.people import events, queries
from callcenter.people.errors import NotEmployed, NumberTaken, StillEmployed
from callcenter.people.models import Employee, Employment, LeavingReason, Move, Site
from callcenter.people.services import names
from callcenter.people.services.commitments import release_from

FIRST_TO_SEE_A_DAY = timedelta(hours=14)  # the clocks of Kiribati


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of an employee, as somebody typed it."""

    number: str
    name: str
    site_id: int
    hired_on: date
    email: str | None = None
    acd_login: str | None = None
    team_id: int | None = None
    post_id: int | None = None


def hire_employee(person: Person) -> Employee:
    """Take somebody on.

    Raises `NumberTaken`, and `Invalid` where team and site do not fit.
    """
    employee = Employee(skills=[], employments=[])
    _describe(employee, person)
    employee.site_id, employee.team_id = person.site_id, person.team_id
    employee.post_id, employee.hired_on = person.post_id, person.hired_on
    _require_team_at_site(person.team_id, person.site_id)
    db.session.add(employee)
    db.session.flush()
    events.joined.send(employee)
    return employee


def change_employee(employee: Employee, person: Person) -> Employee:
    """Correct what is known of somebody; team, site and post stay as they are.

    Raises `NumberTaken`, and `Invalid` when the day of joining is past the leaving.
    """
    if employee.left_on is not None and person.hired_on >= employee.left_on:
        raise Invalid(_l("The person left before that day."), field="hired_on")
    _describe(employee, person)
    employee.hired_on = person.hired_on
    return employee


def set_phone(employee: Employee, phone: str | None, country: str) -> None:
    """Keep a phone number, normalised and encrypted; raises `Invalid`."""
    normal = names.normal_phone(phone, country) if phone else None
    if phone and normal is None:
        raise Invalid(_l("This is not a phone number."), field="phone")
    employee.phone = normal
    employee.phone_digest = crypto.digest(normal) if normal else None


def set_identity_number(employee: Employee, number: str | None, country: str) -> None:
    """Keep an identity number, checked and encrypted; raises `Invalid`."""
    normal = names.normal_identity(number) if number else None
    if normal and not names.is_identity_number(normal, country):
        raise Invalid(
            _l("This identity number cannot be right: check its digits."),
            field="identity_number",
        )
    employee.identity_number = normal
    employee.identity_digest = crypto.digest(normal) if normal else None


def transfer_employee(
    employee: Employee,
    *,
    site_id: int,
    team_id: int | None,
    post_id: int | None,
    moved_on: date,
    reason: str = "",
) -> Move:
    """Move somebody to another team, site or post, from that day on.

    Raises `NotEmployed` on a day outside the employment, and `Invalid` on a day to
    come or before the latest transfer, where nothing changes, and where team and site
    do not fit.
    """
    if not employee.is_employed_on(moved_on):
        raise NotEmployed(field="moved_on")
    _require_in_turn(employee, moved_on)
    _require_team_at_site(team_id, site_id)
    before = employee.site_id, employee.team_id, employee.post_id
    if before == (site_id, team_id, post_id):
        raise Invalid(_l("Nothing would change: choose another team, site or post."))
    move = Move(
        employee_id=employee.id,
        moved_on=moved_on,
        from_team_id=employee.team_id,
        to_team_id=team_id,
        from_post_id=employee.post_id,
        to_post_id=post_id,
        reason=reason.strip(),
    )
    employee.site_id, employee.team_id, employee.post_id = site_id, team_id, post_id
    db.session.add(move)
    db.session.flush()
    events.transferred.send(employee, move=move)
    return move


def let_go(employee: Employee, *, left_on: date, reason: LeavingReason) -> Employee:
    """End somebody's employment; ``left_on`` is the first day no longer employed.

    Contracts end with it and later bookings of their time are given back; skills stay
    as they were, for a return. When the day is there, at once or later, `depart`
    follows. Raises `NotEmployed` when they left before.
    """
    if employee.left_on is not None:
        raise NotEmployed(field="left_on")
    if left_on <= employee.hired_on:
        raise Invalid(_l("That is before the person joined."), field="left_on")
    employee.left_on, employee.leaving_reason = left_on, reason.value
    _end_contracts(employee, left_on)
    site = queries.get_site(employee.site_id)
    release_from(employee, datetime.combine(left_on, time(), site.tz))
    if left_on <= clock.today(site.tz):
        depart(employee)
    db.session.flush()
    events.left.send(employee)
    return employee


def depart(employee: Employee) -> None:
    """Shut the sign-in of somebody who has left; their teams wait for a supervisor."""
    for team in db.session.scalars(queries.teams_led_by(employee.id)):
        team.supervisor_id = None
    if employee.user_id is not None:
        user_id, employee.user_id = employee.user_id, None
        _shut(user_id)


def complete_departures() -> int:
    """Let everybody depart whose first day away has come; how many there were."""
    latest = clock.now().date() + timedelta(days=1)
    n_departed = 0
    for employee in db.session.scalars(queries.departures_due(latest)):
        if employee.left_on and employee.left_on <= clock.today(employee.site.tz):
            depart(employee)
            n_departed += 1
    return n_departed


def take_back(employee: Employee, *, returned_on: date) -> Employee:
    """Employ somebody again who has left; the record goes on.

    The day of the first joining stays; a new contract says when this one starts.
    Raises `StillEmployed`, and `Invalid` when the day is before they left.
    """
    if employee.left_on is None:
        raise StillEmployed
    if returned_on < employee.left_on:
        raise Invalid(_l("That is before the person left."), field="returned_on")
    was_away_since = employee.left_on
    employee.left_on = employee.leaving_reason = None
    db.session.flush()
    events.returned.send(
        employee, returned_on=returned_on, was_away_since=was_away_since
    )
    return employee


def unlink_user(employee: Employee) -> None:
    """Set the person's sign-in free and shut it; raises `Conflict` for one's own."""
    if employee.user_id is None:
        return
    user_id, employee.user_id = employee.user_id, None
    user = access_queries.get_user(user_id)
    access_services.set_enabled(user, is_enabled=False)


def _shut(user_id: int) -> None:
    """Shut a leaver's sign-in, whoever lets them go: leaving outranks roles."""
    user = access_queries.get_user(user_id)
    with acting(SYSTEM):
        access_services.set_enabled(user, is_enabled=False)


def _describe(employee: Employee, person: Person) -> None:
    same_number = queries.find_by_number(person.number)
    if same_number is not None and same_number.id != employee.id:
        raise NumberTaken(name=same_number.name, field="number")
    if person.acd_login:
        same_login = queries.find_by_acd_login(person.acd_login)
        if same_login is not None and same_login.id != employee.id:
            raise Invalid(
                _l(
                    "%(name)s signs in to the telephone system so.",
                    name=same_login.name,
                ),
                field="acd_login",
            )
    employee.number = person.number
    employee.name = person.name
    employee.name_sort = names.sort_name(person.name)
    employee.email = person.email or None
    employee.acd_login = person.acd_login or None


def _require_in_turn(employee: Employee, moved_on: date) -> None:
    """A transfer holds at once: its day is here, and not before earlier ones."""
    if moved_on > (clock.now() + FIRST_TO_SEE_A_DAY).date():
        raise Invalid(
            _l("Enter a transfer on its first day or later; it holds at once."),
            field="moved_on",
        )
    latest = queries.find_latest_move_day(employee.id)
    if latest is not None and moved_on < latest:
        raise Invalid(
            _l(
                "There is a later transfer already, of %(day)s.", day=latest.isoformat()
            ),
            field="moved_on",
        )


def _require_team_at_site(team_id: int | None, site_id: int) -> None:
    if team_id is None:
        return
    site: Site | None = queries.find_site_of_team(team_id)
    if site is None or site.id != site_id:
        raise Invalid(_l("This team works at another site."), field="team_id")


def _end_contracts(employee: Employee, left_on: date) -> None:
    covering: list[Employment] = queries.contracts_from(employee.id, left_on)
    for contract in covering:
        if contract.starts_on >= left_on:
            db.session.delete(contract)
        else:
            contract.ends_on = left_on
