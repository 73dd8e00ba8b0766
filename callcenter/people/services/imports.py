"""Taking in a spreadsheet of employees: upload, columns, check, store."""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from callcenter.access import audit
from callcenter.kernel import clock, crypto
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _l
from callcenter.people import events, queries
from callcenter.people.models import (
    Employee,
    EmployeeImport,
    EmployeeSkill,
    Employment,
    ImportState,
    LeavingReason,
    Move,
)
from callcenter.people.permissions import Permission
from callcenter.people.services.employees import let_go
from callcenter.people.services.import_checks import (
    BATCH,
    DIGESTS,
    Findings,
    Plan,
    Progress,
    Reference,
    contract_to_change,
    judge,
)
from callcenter.people.services.import_fields import BY_KEY, REQUIRED, guess_mapping
from callcenter.people.services.spreadsheets import Sheet, read_sheet

PREVIEW = 20
MOST_PROBLEMS = 20_000
KEPT = timedelta(days=7)


def receive_file(file_name: str, content: bytes) -> EmployeeImport:
    """Keep an uploaded spreadsheet, encrypted, with its columns guessed.

    Raises `FileRefused` when it cannot be read at all.
    """
    sheet = read_sheet(content)
    row = EmployeeImport(
        file_name=file_name[-200:],
        content=base64.b64encode(content).decode(),
        headers=sheet.headers,
        mapping=guess_mapping(sheet.headers),
        n_rows=len(sheet.rows),
        problems=[],
        preview=[],
        made_by_id=current_actor().user_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def choose_columns(row: EmployeeImport, mapping: Mapping[str, int]) -> None:
    """Say which column holds which field.

    Raises `Invalid` when a needed field has none, or one column serves two fields.
    """
    _require_open(row)
    missing = [BY_KEY[key] for key in REQUIRED if key not in mapping]
    if missing:
        fields = ", ".join(str(field.label) for field in missing)
        raise Invalid(_l("No column was chosen for: %(fields)s.", fields=fields))
    if len(set(mapping.values())) < len(mapping):
        raise Invalid(_l("One column cannot hold two things."))
    if not set(mapping) <= set(BY_KEY) or not all(
        0 <= place < len(row.headers) for place in mapping.values()
    ):
        raise Invalid(_l("There is no such column."))
    row.mapping = dict(mapping)
    row.state = ImportState.CHECKING


def judge_file(
    row: EmployeeImport, on_progress: Progress = lambda _done, _total: None
) -> Findings:
    """What storing the file would do, row by row; nothing is touched."""
    return judge(sheet_of(row).rows, row.mapping, _reference(), on_progress)


def note_findings(row: EmployeeImport, findings: Findings) -> None:
    """Keep what a check found, for the page that shows it."""
    row.n_rows = findings.n_rows
    row.n_new, row.n_changed = findings.count("new"), findings.count("changed")
    row.n_same, row.n_bad = findings.count("same"), len(findings.bad_lines)
    row.problems = [list(problem) for problem in findings.problems[:MOST_PROBLEMS]]
    row.preview = [
        [
            plan.line,
            plan.state,
            plan.columns["number"],
            plan.columns["name"],
            plan.site_name,
        ]
        for plan in findings.plans[:PREVIEW]
    ]
    row.state = ImportState.CHECKED


def store_findings(
    row: EmployeeImport,
    findings: Findings,
    *,
    good_rows_only: bool,
    on_progress: Progress = lambda _done, _total: None,
) -> bool:
    """Store the rows that were just judged: all, or only those without a fault.

    Returns False, with nothing stored, when rows break a rule and all were asked for.
    Storing the same file again changes nothing.
    """
    if row.state is ImportState.DONE:
        return True
    note_findings(row, findings)
    row.good_rows_only = good_rows_only
    if findings.problems and not good_rows_only:
        return False
    _store(findings.plans, on_progress)
    row.state, row.finished_at = ImportState.DONE, clock.now()
    if not findings.problems:
        row.content = None
    audit.record(
        "imported",
        "people_import",
        row.id,
        file=row.file_name,
        new=row.n_new,
        changed=row.n_changed,
        refused=row.n_bad,
    )
    return True


def discard_import(row: EmployeeImport) -> None:
    """Throw an upload away with its file; what was stored stays."""
    db.session.delete(row)
    db.session.flush()


def forget_files() -> int:
    """Throw away files that were uploaded more than a week ago; how many."""
    old = db.session.scalars(queries.imports_with_content(clock.now() - KEPT)).all()
    for row in old:
        row.content, row.preview = None, []
    return len(old)


def sheet_of(row: EmployeeImport) -> Sheet:
    """The rows of an import's file; raises `Conflict` once it was thrown away."""
    if not row.content:
        raise Conflict(_l("The file was thrown away; upload it again."))
    return read_sheet(base64.b64decode(row.content))


def _reference() -> Reference:
    actor = current_actor()
    return Reference(
        actor.scope(Permission.IMPORT_EMPLOYEES),
        may_see_pay=actor.may(Permission.VIEW_PAY),
    )


def _require_open(row: EmployeeImport) -> None:
    if row.state is ImportState.DONE:
        raise Conflict(_l("This file was stored already."))


def _store(plans: Sequence[Plan], on_progress: Progress) -> None:
    wanted = [plan for plan in plans if plan.state != "same"]
    for start in range(0, len(wanted), BATCH):
        on_progress(start, len(wanted))
        batch = wanted[start : start + BATCH]
        known = queries.employees_by_number([p.columns["number"] for p in batch])
        new = []
        for plan in batch:
            employee = known.get(plan.columns["number"])
            if employee is None:
                new.append(plan)
            else:
                _change(employee, plan)
        db.session.flush()
        for employee in known.values():
            db.session.expunge(employee)
        if new:
            _create_all(new)


def _create_all(plans: Sequence[Plan]) -> None:
    """Take many people on at once: a few statements, one audit entry a person."""
    rows = [_row_of(plan) for plan in plans]
    statement = insert(Employee).returning(Employee.id, sort_by_parameter_order=True)
    ids = db.session.scalars(statement, rows).all()
    contracts = [
        {"contract_number": "", "employee_id": employee_id, **plan.contract}
        for employee_id, plan in zip(ids, plans, strict=True)
        if plan.contract
    ]
    skills = [
        {
            "employee_id": employee_id,
            "skill_id": skill_id,
            "level": level,
            "valid_from": plan.columns["hired_on"],
        }
        for employee_id, plan in zip(ids, plans, strict=True)
        for skill_id, level in plan.skills.items()
    ]
    if contracts:
        db.session.execute(insert(Employment), contracts)
    if skills:
        db.session.execute(insert(EmployeeSkill), skills)
    for employee_id, plan in zip(ids, plans, strict=True):
        _note_creation(employee_id, plan)
    if events.joined.receivers:
        numbers = [plan.columns["number"] for plan in plans]
        for employee in queries.employees_by_number(numbers).values():
            events.joined.send(employee)


def _row_of(plan: Plan) -> dict[str, Any]:
    row = {**dict.fromkeys(_OPTIONAL), **plan.columns, "left_on": plan.left_on}
    if plan.left_on is not None:
        row["leaving_reason"] = (plan.leaving_reason or LeavingReason.OTHER).value
    for key, value in plan.secrets.items():
        row[key], row[DIGESTS[key]] = value, crypto.digest(value)
    return row


_OPTIONAL = (
    "email",
    "acd_login",
    "team_id",
    "post_id",
    "leaving_reason",
    "phone",
    "phone_digest",
    "identity_number",
    "identity_digest",
)


def _note_creation(employee_id: int, plan: Plan) -> None:
    known = {key: value for key, value in plan.columns.items() if key != "name_sort"}
    fields = {key: [None, value] for key, value in known.items()}
    fields.update({key: [None, audit.HIDDEN] for key in plan.secrets})
    if plan.left_on is not None:
        fields["left_on"] = [None, plan.left_on]
    if plan.contract:
        fields["contract"] = [None, plan.contract]
    if plan.skills:
        fields["skills"] = [None, plan.skills]
    audit.record("created", "people_employee", employee_id, **fields)


def _change(employee: Employee, plan: Plan) -> None:
    place = employee.team_id, employee.post_id, employee.site_id
    for key, value in plan.columns.items():
        if getattr(employee, key) != value:
            setattr(employee, key, value)
    today = clock.today(_zone(employee))
    if place != (employee.team_id, employee.post_id, employee.site_id):
        _note_move(employee, place, today)
    _set_secrets(employee, plan)
    if plan.contract:
        present = contract_to_change(employee, plan.contract.get("starts_on"))
        if present is None:
            employee.employments.append(Employment(**plan.contract))
        else:
            for key, value in plan.contract.items():
                setattr(present, key, value)
    _set_skills(employee, plan.skills, today)
    if plan.left_on is not None and employee.left_on is None:
        reason = plan.leaving_reason or LeavingReason.OTHER
        let_go(employee, left_on=plan.left_on, reason=reason)


def _note_move(employee: Employee, was: tuple[Any, Any, Any], day: date) -> None:
    move = Move(
        employee_id=employee.id,
        moved_on=day,
        from_team_id=was[0],
        to_team_id=employee.team_id,
        from_post_id=was[1],
        to_post_id=employee.post_id,
    )
    db.session.add(move)
    db.session.flush()
    events.transferred.send(employee, move=move)


def _zone(employee: Employee) -> Any:
    return queries.get_site(employee.site_id).tz


def _set_secrets(employee: Employee, plan: Plan) -> None:
    for key, value in plan.secrets.items():
        digest = crypto.digest(value)
        if getattr(employee, DIGESTS[key]) != digest:
            setattr(employee, key, value)
            setattr(employee, DIGESTS[key], digest)


def _set_skills(employee: Employee, skills: Mapping[int, int], day: date) -> None:
    held = {each.skill_id: each for each in employee.skills}
    for skill_id, level in skills.items():
        if skill_id in held:
            held[skill_id].level = level
        else:
            employee.skills.append(
                EmployeeSkill(skill_id=skill_id, level=level, valid_from=day)
            )
