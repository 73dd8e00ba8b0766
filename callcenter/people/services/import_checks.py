"""Judging the rows of a spreadsheet: what each would do, and which rules it breaks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from callcenter.kernel import crypto
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.people import queries
from callcenter.people.models import (
    Employee,
    Employment,
    EmploymentKind,
    LeavingReason,
    PayBasis,
    Site,
)
from callcenter.people.services import names
from callcenter.people.services.import_cells import BadCell, folded, text_of
from callcenter.people.services.import_fields import BY_KEY, REQUIRED

Progress = Callable[[int, int], None]
BATCH = 500
FULL_TIME_H = 40.0
_CONTRACT_FIELDS = {
    "employment_kind",
    "contract_number",
    "starts_on",
    "ends_on",
    "weekly_h",
    "pay_basis",
    "pay_rate",
    "currency",
}
_PLAIN_COLUMNS = ("number", "name", "email", "acd_login", "hired_on")


class Problem(NamedTuple):
    """A rule that a row breaks: where, which, and what was found there."""

    line: int
    field: str
    rule: str
    detail: str = ""


class RowRefused(Exception):
    """A row breaks a rule that needs more than one cell, or the database."""

    def __init__(self, field_key: str, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.field_key, self.rule, self.detail = field_key, rule, detail


@dataclass(slots=True)
class Plan:
    """What one good row asks for: columns, contract and skills, ready to store."""

    line: int
    columns: dict[str, Any]
    contract: dict[str, Any]
    skills: dict[int, int]
    left_on: date | None
    leaving_reason: LeavingReason | None
    secrets: dict[str, str]
    site_name: str
    state: str = "new"


@dataclass(slots=True)
class Findings:
    """What a whole spreadsheet would do."""

    n_rows: int = 0
    plans: list[Plan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def bad_lines(self) -> set[int]:
        """The lines that break a rule."""
        return {problem.line for problem in self.problems}

    def count(self, state: str) -> int:
        """How many good rows are ``new``, ``changed`` or ``same``."""
        return sum(plan.state == state for plan in self.plans)


class Reference:
    """What rows refer to, read once: places, posts, skills, sign-ins."""

    def __init__(self, scope: Scope, *, may_see_pay: bool) -> None:
        self.scope, self.may_see_pay = scope, may_see_pay
        sites = list(db.session.scalars(queries.sites()))
        self.sites = {folded(s.name): s for s in sites}
        self.sites.update({folded(s.code): s for s in sites})
        teams = list(db.session.scalars(queries.every_team()))
        self.teams = {folded(t.name): t for t in teams}
        self.teams.update({folded(t.code): t for t in teams})
        posts = list(db.session.scalars(queries.posts()))
        self.posts = {folded(p.title_zh): p for p in posts if p.title_zh}
        self.posts.update({folded(p.title): p for p in posts})
        skills = list(db.session.scalars(queries.skills()))
        self.skills = {folded(s.name_zh): s.id for s in skills if s.name_zh}
        self.skills.update({folded(s.name): s.id for s in skills})
        self.skills.update({folded(s.code): s.id for s in skills})
        self.logins = queries.owners_of_logins()
        self.numbers: dict[str, int] = {}

    def reaches(self, site_id: int, team_id: int | None) -> bool:
        """Whether the importer's scope holds that place."""
        scope = self.scope
        if scope.is_everything or site_id in scope.site_ids:
            return True
        return team_id is not None and team_id in scope.team_ids


def judge(
    rows: Sequence[tuple[int, Sequence[Any]]],
    mapping: Mapping[str, int],
    reference: Reference,
    on_progress: Progress = lambda _done, _total: None,
) -> Findings:
    """What the rows would do, and every rule that they break; nothing is stored."""
    findings = Findings(n_rows=len(rows))
    for done, batch in _batches(rows):
        on_progress(done, len(rows))
        read = [(line, *_read_cells(line, row, mapping)) for line, row in batch]
        numbers = {
            values["number"] for _line, values, _bad in read if "number" in values
        }
        known = queries.employees_by_number(numbers)
        for line, values, bad in read:
            if bad:
                findings.problems += bad
                continue
            try:
                plan = _plan(line, values, known.get(values["number"]), reference)
            except RowRefused as refusal:
                problem = Problem(line, refusal.field_key, refusal.rule, refusal.detail)
                findings.problems.append(problem)
            else:
                findings.plans.append(plan)
        for employee in known.values():
            db.session.expunge(employee)
    return findings


def _batches(
    rows: Sequence[tuple[int, Sequence[Any]]],
) -> Iterator[tuple[int, Sequence[tuple[int, Sequence[Any]]]]]:
    for start in range(0, len(rows), BATCH):
        yield start, rows[start : start + BATCH]


def _read_cells(
    line: int, row: Sequence[Any], mapping: Mapping[str, int]
) -> tuple[dict[str, Any], list[Problem]]:
    """The values of the cells that hold something, and the rules that cells break."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, place in mapping.items():
        cell = row[place] if place < len(row) else None
        try:
            if cell is None or not str(cell).strip():
                continue
            values[key] = BY_KEY[key].read(cell)
        except BadCell as bad:
            problems.append(Problem(line, key, bad.rule, bad.detail))
    bad_fields = {problem.field for problem in problems}
    problems += [
        Problem(line, key, "required")
        for key in REQUIRED
        if not values.get(key) and key not in bad_fields
    ]
    return values, problems


def _plan(
    line: int, values: dict[str, Any], known: Employee | None, reference: Reference
) -> Plan:
    number = values["number"]
    if number in reference.numbers:
        raise RowRefused("number", "twice_in_file", str(reference.numbers[number]))
    reference.numbers[number] = line
    site = reference.sites.get(folded(values["site"]))
    if site is None:
        raise RowRefused("site", "unknown_site", values["site"])
    columns = {key: values[key] for key in _PLAIN_COLUMNS if key in values}
    columns["name_sort"] = names.sort_name(values["name"])
    columns["site_id"] = site.id
    columns.update(_place(values, site, known, reference))
    _check_login(columns, reference)
    left_on = _left_on(values, known)
    plan = Plan(
        line=line,
        columns=columns,
        contract=_cut(_contract(values, site, known, reference), left_on),
        skills=_skills(values, reference),
        left_on=left_on,
        leaving_reason=values.get("leaving_reason"),
        secrets=_secrets(values, site),
        site_name=site.name,
    )
    if known is not None:
        plan.state = "changed" if has_differences(known, plan) else "same"
    return plan


def _place(
    values: dict[str, Any], site: Site, known: Employee | None, reference: Reference
) -> dict[str, int]:
    place: dict[str, int] = {}
    team_id = known.team_id if known and known.site_id == site.id else None
    if "team" in values:
        team = reference.teams.get(folded(values["team"]))
        if team is None:
            raise RowRefused("team", "unknown_team", values["team"])
        if team.site_id != site.id:
            raise RowRefused("team", "team_elsewhere", team.name)
        place["team_id"] = team_id = team.id
    elif known is not None and known.site_id != site.id:
        raise RowRefused("team", "team_needed")
    if "post" in values:
        post = reference.posts.get(folded(values["post"]))
        if post is None:
            raise RowRefused("post", "unknown_post", values["post"])
        place["post_id"] = post.id
    if not reference.reaches(site.id, team_id):
        raise RowRefused("site", "out_of_scope", site.name)
    if known is not None and not reference.reaches(known.site_id, known.team_id):
        raise RowRefused("number", "number_taken")
    return place


def _check_login(columns: dict[str, Any], reference: Reference) -> None:
    login = columns.get("acd_login")
    if login is None:
        return
    owner = reference.logins.setdefault(login, columns["number"])
    if owner != columns["number"]:
        raise RowRefused("acd_login", "login_taken", owner)


def _secrets(values: dict[str, Any], site: Site) -> dict[str, str]:
    secrets: dict[str, str] = {}
    if "phone" in values:
        phone = names.normal_phone(values["phone"], site.country)
        if phone is None:
            raise RowRefused("phone", "bad_phone")
        secrets["phone"] = phone
    if "identity_number" in values:
        identity = names.normal_identity(values["identity_number"])
        if not names.is_identity_number(identity, site.country):
            raise RowRefused("identity_number", "bad_identity")
        secrets["identity_number"] = identity
    return secrets


def _skills(values: dict[str, Any], reference: Reference) -> dict[int, int]:
    skills: dict[int, int] = {}
    for name, level in values.get("skills", {}).items():
        skill_id = reference.skills.get(folded(name))
        if skill_id is None:
            raise RowRefused("skills", "unknown_skill", name[:40])
        skills[skill_id] = level
    return skills


def _left_on(values: dict[str, Any], known: Employee | None) -> date | None:
    if "left_on" not in values:
        return None
    left_on: date = values["left_on"] + timedelta(days=1)
    if left_on <= values["hired_on"]:
        raise RowRefused("left_on", "wrong_order")
    if known is not None and known.left_on not in {None, left_on}:
        raise RowRefused("left_on", "left_before")
    return left_on


def _contract(
    values: dict[str, Any], site: Site, known: Employee | None, reference: Reference
) -> dict[str, Any]:
    """The columns of the contract that a row names; empty when it names none."""
    if not _CONTRACT_FIELDS & set(values):
        return {}
    pay = {"pay_basis", "pay_rate", "currency"} & set(values)
    if pay and not reference.may_see_pay:
        raise RowRefused(min(pay), "pay_hidden")
    present = contract_to_change(known, values.get("starts_on"))
    wanted = _given_contract(values)
    if present is None:
        wanted = {**_usual_contract(values, site), **wanted}
        if "kind" not in wanted:
            raise RowRefused("employment_kind", "required")
        if "weekly_h" not in wanted:
            raise RowRefused("weekly_h", "required")
    starts_on = wanted.get("starts_on") or (present and present.starts_on)
    ends_on = wanted.get("ends_on", present and present.ends_on)
    if ends_on is not None and starts_on is not None and ends_on <= starts_on:
        raise RowRefused("ends_on", "wrong_order")
    for other in known.employments if known else ():
        if other is not present and _overlap(other, starts_on, ends_on):
            raise RowRefused("starts_on", "contract_overlap", str(other.starts_on))
    return wanted


def _cut(contract: dict[str, Any], left_on: date | None) -> dict[str, Any]:
    """The contract, ended on the day somebody left at the latest."""
    if left_on is None or "ends_on" not in contract:
        return contract
    ends_on = contract["ends_on"]
    return {**contract, "ends_on": min(ends_on or left_on, left_on)}


def _given_contract(values: dict[str, Any]) -> dict[str, Any]:
    wanted = {
        {"employment_kind": "kind"}.get(key, key): values[key]
        for key in _CONTRACT_FIELDS & set(values)
    }
    if "ends_on" in wanted:
        wanted["ends_on"] += timedelta(days=1)
    return wanted


def _usual_contract(values: dict[str, Any], site: Site) -> dict[str, Any]:
    usual = {
        "starts_on": values["hired_on"],
        "ends_on": None,
        "contract_number": "",
        "pay_basis": PayBasis.MONTH,
        "pay_rate": Decimal(0),
        "currency": site.currency,
    }
    if values.get("employment_kind") is EmploymentKind.FULL_TIME:
        usual["weekly_h"] = FULL_TIME_H
    return usual


def contract_to_change(known: Employee | None, starts_on: date | None) -> Any:
    """The contract that a row speaks of: the one of that start, else the latest."""
    if known is None or not known.employments:
        return None
    contracts = sorted(known.employments, key=lambda each: each.starts_on)
    if starts_on is None:
        return contracts[-1]
    return next((each for each in contracts if each.starts_on == starts_on), None)


def _overlap(other: Employment, starts_on: date | None, ends_on: date | None) -> bool:
    if starts_on is None:
        return False
    begins_before_end = ends_on is None or other.starts_on < ends_on
    return begins_before_end and (other.ends_on is None or other.ends_on > starts_on)


def has_differences(known: Employee, plan: Plan) -> bool:
    """Whether storing the plan would change anything of the employee."""
    if any(getattr(known, key) != value for key, value in plan.columns.items()):
        return True
    if any(
        getattr(known, DIGESTS[key]) != crypto.digest(value)
        for key, value in plan.secrets.items()
    ):
        return True
    held = {each.skill_id: each.level for each in known.skills}
    if any(held.get(skill_id) != level for skill_id, level in plan.skills.items()):
        return True
    if plan.left_on is not None and known.left_on != plan.left_on:
        return True
    if not plan.contract:
        return False
    present = contract_to_change(known, plan.contract.get("starts_on"))
    return present is None or any(
        getattr(present, key) != value for key, value in plan.contract.items()
    )


DIGESTS = {"phone": "phone_digest", "identity_number": "identity_digest"}

__all__ = [
    "DIGESTS",
    "Findings",
    "Plan",
    "Problem",
    "Reference",
    "contract_to_change",
    "has_differences",
    "judge",
    "text_of",
]
