"""Employees with their contracts, skills, moves between teams, and absences."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import cast, func, literal, select, update
from sqlalchemy.types import String

from callcenter.demo.attendance import AbsenceKind as Simulated
from callcenter.demo.company import Employee as Person
from callcenter.demo.founding import TERM_DAYS
from callcenter.demo.loading.organisation import LANGUAGES
from callcenter.demo.loading.rows import (
    Story,
    insert_for_ids,
    insert_rows,
    midnight,
)
from callcenter.kernel.db import db
from callcenter.people.models import (
    Absence,
    AbsenceKind,
    Commitment,
    CommitmentKind,
    Employee,
    EmployeeSkill,
    Employment,
    EmploymentKind,
    LeavingReason,
    Move,
    PayBasis,
    Team,
)
from callcenter.people.services.names import sort_name

RAISE = Decimal("0.94")
KINDS = {
    Simulated.SICK: AbsenceKind.SICK,
    Simulated.ANNUAL_LEAVE: AbsenceKind.ANNUAL_LEAVE,
    Simulated.PERSONAL_LEAVE: AbsenceKind.PERSONAL_LEAVE,
    Simulated.NO_SHOW: AbsenceKind.UNEXCUSED,
    Simulated.STORM: AbsenceKind.OTHER,
}
NOTES = {Simulated.STORM: "Could not come: Atlantic storm"}
LEAVE = {AbsenceKind.ANNUAL_LEAVE, AbsenceKind.PERSONAL_LEAVE}
DAY = timedelta(days=1)
NOTICE = timedelta(days=35)


def load_staff(story: Story) -> None:
    """Employ everybody who ever worked here, with all that is known of them."""
    _load_employees(story)
    _name_supervisors(story)
    contracts = [row for p in story.company.employees for row in _contracts(story, p)]
    insert_rows(Employment, contracts)
    skills = [row for p in story.company.employees for row in _skills(story, p)]
    insert_rows(EmployeeSkill, skills)
    _load_moves(story)
    _load_absences(story)


def _load_employees(story: Story) -> None:
    ids, people = story.ids, story.company.employees
    rows = [
        {
            "number": person.number,
            "name": person.display_name,
            "name_sort": sort_name(person.display_name),
            "email": person.email,
            "acd_login": person.number,
            "site_id": ids.sites[person.site],
            "team_id": ids.teams[person.team],
            "post_id": ids.posts[person.post, person.site],
            "hired_on": person.joined_on,
            "left_on": _day_after(person.left_on),
            "leaving_reason": _reason(person),
        }
        for person in people
    ]
    numbers = (person.number for person in people)
    ids.numbers.update(zip(numbers, insert_for_ids(Employee, rows), strict=True))


def _day_after(day: date | None) -> date | None:
    """The first day no longer covered, as the tables want it."""
    return None if day is None else day + DAY


def _reason(person: Person) -> str | None:
    return person.left_reason and LeavingReason(person.left_reason.value).value


def _name_supervisors(story: Story) -> None:
    for team in story.company.teams:
        if team.supervisor is not None:
            db.session.execute(
                update(Team)
                .where(Team.id == story.ids.teams[team.code])
                .values(supervisor_id=story.ids.numbers[team.supervisor])
            )


def _contracts(story: Story, person: Person) -> Iterator[dict[str, Any]]:
    """One contract after the other, each a term long, the last one running.

    The pay was less in every contract before. Whose contract ends within weeks has
    signed the next already, on the same terms.
    """
    starts = [person.joined_on]
    term = timedelta(days=TERM_DAYS[person.employment])
    last_day = person.left_on or person.contract_until
    if last_day and last_day - story.today < NOTICE and person.left_on is None:
        last_day += term
    while person.contract_until and starts[-1] + term < person.contract_until:
        starts.append(starts[-1] + term)
    ends = [*starts[1:], _day_after(last_day)]
    for k, (starts_on, ends_on) in enumerate(zip(starts, ends, strict=True)):
        rate = person.pay * RAISE ** (len(starts) - 1 - k)
        yield {
            "employee_id": story.ids.numbers[person.number],
            "kind": EmploymentKind(person.employment.value),
            "contract_number": f"{person.number}-{k + 1}",
            "starts_on": starts_on,
            "ends_on": ends_on,
            "weekly_h": float(person.weekly_hours),
            "pay_basis": PayBasis(person.pay_basis.value),
            "pay_rate": rate.quantize(Decimal("0.01")),
            "currency": person.currency,
        }


def _skills(story: Story, person: Person) -> Iterator[dict[str, Any]]:
    """What somebody can serve, and the languages that it takes."""
    language = {skill.code: skill.language for skill in story.company.skills}
    held = [(grant.skill, grant.level, grant.since) for grant in person.skills]
    spoken = sorted({language[code] for code, _level, _since in held})
    held += [(LANGUAGES[each][0], 5, person.joined_on) for each in spoken]
    for code, level, since in held:
        yield {
            "employee_id": story.ids.numbers[person.number],
            "skill_id": story.ids.skills[code],
            "level": level,
            "valid_from": since,
            "valid_until": None,
        }


def _load_moves(story: Story) -> None:
    ids = story.ids
    insert_rows(
        Move,
        [
            {
                "employee_id": ids.numbers[transfer.employee],
                "moved_on": transfer.on,
                "from_team_id": ids.teams[transfer.from_team],
                "to_team_id": ids.teams[transfer.to_team],
                "reason": transfer.reason.en,
            }
            for transfer in story.company.transfers
        ],
    )


def _load_absences(story: Story) -> None:
    """Absences until today; each takes its time, like one recorded by hand."""
    rows = list(_absences(story))
    insert_rows(Absence, rows)
    own = literal("absence:", String) + cast(Absence.id, String)
    db.session.execute(update(Absence).values(source=own))
    _book_absences()


def _absences(story: Story) -> Iterator[dict[str, Any]]:
    away, people = story.history.absences, story.company.employees
    first = story.company.first_day
    columns = (away.employee, away.first_day, away.last_day, away.kind)
    for employee, first_day, last_day, kind in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        person = people[employee]
        zone = story.zone_of(person.site)
        reason = Simulated(kind)
        yield {
            "employee_id": story.ids.numbers[person.number],
            "kind": KINDS[reason],
            "starts_at": midnight(first + timedelta(days=first_day), zone),
            "ends_at": midnight(first + timedelta(days=last_day + 1), zone),
            "note": NOTES.get(reason, ""),
        }


def _book_absences() -> None:
    columns = (Absence.employee_id, Absence.kind, Absence.starts_at, Absence.ends_at)
    found = db.session.execute(select(*columns, Absence.source)).all()
    insert_rows(
        Commitment,
        [
            {
                "employee_id": employee_id,
                "kind": _taken_by(kind),
                "starts_at": starts_at,
                "ends_at": ends_at,
                "title": kind.value,
                "source": source,
            }
            for employee_id, kind, starts_at, ends_at, source in found
        ],
    )


def _taken_by(kind: AbsenceKind) -> CommitmentKind:
    return CommitmentKind.LEAVE if kind in LEAVE else CommitmentKind.UNAVAILABLE


def count_people(company_day: date) -> int:
    """How many people work here on a day."""
    employed = (Employee.hired_on <= company_day) & (
        Employee.left_on.is_(None) | (Employee.left_on > company_day)
    )
    statement = select(func.count()).select_from(Employee).where(employed)
    return db.session.scalar(statement) or 0
