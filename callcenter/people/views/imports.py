"""Spreadsheets of employees, in and out."""

import csv
import io
from collections import Counter, defaultdict
from datetime import date
from typing import Any

from flask import Response, request, send_file, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError, Conflict, Invalid
from callcenter.kernel.jobs import enqueue
from callcenter.kernel.text import _, _l
from callcenter.people import queries, services
from callcenter.people.errors import FileRefused
from callcenter.people.forms import UploadForm
from callcenter.people.models import EmployeeImport, ImportState
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.people.views.blueprint import bp
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, Empty, Table
from callcenter.web.tables.exports import XLSX_TYPE, as_download, file_name, neutral

# Files up to this size are checked and stored while the page waits.
AT_ONCE = 300
PROBLEMS_SHOWN = 100


@bp.get("/employees/imports")
@permission_required(Permission.IMPORT_EMPLOYEES)
def imports() -> ResponseReturnValue:
    """List the spreadsheets that were brought in, and take another one."""
    table = Table(
        "imports",
        queries.imports(current_actor().user_id),
        caption=_("Imports"),
        columns=[
            Column("file_name", _l("File")),
            Column(
                "created_at", _l("Uploaded"), sort=EmployeeImport.id, style="datetime"
            ),
            Column("state", _l("State"), value=lambda row: row.state.label),
            Column("n_rows", _l("Rows"), align="end"),
            Column("n_new", _l("New"), align="end"),
            Column("n_changed", _l("Changed"), align="end"),
            Column("n_bad", _l("With faults"), align="end"),
        ],
        default_sort="created_at",
        default_dir="desc",
        row_url=lambda row: url_for("people.import_file", import_id=row.id),
        empty=Empty(
            _l("Nothing was brought in yet"),
            _l("Upload a spreadsheet with one heading row and one row a person."),
            icon="cloud-upload",
        ),
    )
    return table.respond("people/imports.html", form=UploadForm(formdata=None))


@bp.post("/employees/imports")
@permission_required(Permission.IMPORT_EMPLOYEES)
def upload() -> ResponseReturnValue:
    """Take a spreadsheet and guess what its columns hold."""
    form = UploadForm()
    if form.validate_on_submit():
        content = form.file.data.read()
        try:
            with transaction():
                row = services.receive_file(form.file.data.filename or "", content)
        except FileRefused as refusal:
            form.refuse("file", refusal.message)
        else:
            return see_other("people.import_columns", import_id=row.id)
    return render("people/upload.html", 422, form=form)


@bp.get("/employees/imports/template.xlsx")
@permission_required(Permission.IMPORT_EMPLOYEES)
def import_template() -> ResponseReturnValue:
    """A workbook with the headings that are understood, and one row as example."""
    file = io.BytesIO()
    _write_template(file)
    file.seek(0)
    name = file_name(_("Employees"), "xlsx")
    return send_file(file, mimetype=XLSX_TYPE, as_attachment=True, download_name=name)


@bp.route("/employees/imports/<int:import_id>/columns", methods=["GET", "POST"])
@permission_required(Permission.IMPORT_EMPLOYEES)
def import_columns(import_id: int) -> ResponseReturnValue:
    """Show what each column was taken for, and let that be corrected."""
    row = _own(import_id, with_details=True)
    chosen: dict[str, int] = dict(row.mapping)
    error = ""
    if request.method == "POST":
        chosen = _chosen_columns(len(row.headers))
        try:
            return _check(import_id, chosen)
        except AppError as refusal:
            error = refusal.message
    sheet = services.sheet_of(row)
    samples = [
        [
            _sample(cells[place]) if place < len(cells) else ""
            for _line, cells in sheet.rows[:3]
        ]
        for place in range(len(row.headers))
    ]
    return render(
        "people/import_columns.html",
        422 if error else 200,
        row=row,
        fields=services.FIELDS,
        by_place={place: key for key, place in chosen.items()},
        samples=samples,
        error=error,
    )


@bp.get("/employees/imports/<int:import_id>")
@permission_required(Permission.IMPORT_EMPLOYEES)
def import_file(import_id: int) -> ResponseReturnValue:
    """Show what a spreadsheet would do, or did, and which rows have faults."""
    row = _own(import_id, with_details=True)
    if row.state is ImportState.UPLOADED:
        return see_other("people.import_columns", import_id=import_id)
    problems = row.problems
    by_rule = Counter((field, rule) for _line, field, rule, _detail in problems)
    return render(
        "people/import_file.html",
        row=row,
        job=queries.latest_job(import_id),
        problems=[
            (line, words.field_label(field), words.rule_words(rule, detail))
            for line, field, rule, detail in problems[:PROBLEMS_SHOWN]
        ],
        n_problems=len(problems),
        by_rule=[
            (words.field_label(field), words.rule_words(rule, "…"), n)
            for (field, rule), n in by_rule.most_common(8)
        ],
        preview=row.preview,
        states={
            "new": (_("New"), "success"),
            "changed": (_("Changed"), "info"),
            "same": (_("No change"), "neutral"),
        },
        has_file=row.content is not None,
    )


@bp.post("/employees/imports/<int:import_id>/store")
@permission_required(Permission.IMPORT_EMPLOYEES)
def store_import(import_id: int) -> ResponseReturnValue:
    """Store the rows: all of them, or those without a fault."""
    good_rows_only = request.form.get("good_rows_only") == "1"
    row = _own(import_id)
    if row.n_rows <= AT_ONCE:
        _store_now(import_id, good_rows_only=good_rows_only)
    else:
        with transaction():
            _own(import_id)
            args = {"import_id": import_id, "good_rows_only": good_rows_only}
            subject = f"people_import:{import_id}"
            enqueue("people.store_import", args, subject=subject, unique=True)
    return see_other("people.import_file", import_id=import_id)


@bp.post("/employees/imports/<int:import_id>/discard")
@permission_required(Permission.IMPORT_EMPLOYEES)
def discard_import(import_id: int) -> ResponseReturnValue:
    """Throw an upload away."""
    with transaction():
        services.discard_import(_own(import_id))
    toast(_("The upload is thrown away."))
    return see_other("people.imports")


@bp.get("/employees/imports/<int:import_id>/faults.csv")
@permission_required(Permission.IMPORT_EMPLOYEES)
def import_faults(import_id: int) -> ResponseReturnValue:
    """The rows with faults as a file: what is wrong, then the row as it was."""
    row = _own(import_id, with_details=True)
    faults: dict[int, list[str]] = defaultdict(list)
    for line, field, rule, detail in row.problems:
        text = f"{words.field_label(field)}: {words.rule_words(rule, detail)}"
        faults[line].append(text)
    sheet = services.sheet_of(row)
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([_("Row"), _("What is wrong"), *map(neutral, sheet.headers)])
    for line, cells in sheet.rows:
        if line in faults:
            writer.writerow([line, " ".join(faults[line]), *map(_safe, cells)])
    response = Response(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    return as_download(response, file_name(_("Rows with faults"), "csv"))


def _own(import_id: int, *, with_details: bool = False) -> EmployeeImport:
    user_id = current_actor().user_id
    return queries.get_import(import_id, user_id, with_details=with_details)


def _chosen_columns(n_columns: int) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for place in range(n_columns):
        key = request.form.get(f"column-{place}", "")
        if key:
            if key in chosen:
                label = words.field_label(key)
                raise Invalid(_("Two columns were chosen for: %(field)s", field=label))
            chosen[key] = place
    return chosen


def _check(import_id: int, mapping: dict[str, int]) -> Response:
    with transaction():
        job = queries.latest_job(import_id)
        if job is not None and job.state.is_live:
            raise Conflict(_("This file is being worked on; wait for the end."))
        row = _own(import_id)
        services.choose_columns(row, mapping)
        if row.n_rows > AT_ONCE:
            args = {"import_id": import_id}
            subject = f"people_import:{import_id}"
            enqueue("people.check_import", args, subject=subject, unique=True)
    if row.n_rows <= AT_ONCE:
        findings = services.judge_file(_own(import_id, with_details=True))
        with transaction():
            services.note_findings(_own(import_id), findings)
    return see_other("people.import_file", import_id=import_id)


def _store_now(import_id: int, *, good_rows_only: bool) -> None:
    row = _own(import_id, with_details=True)
    if row.state is ImportState.DONE:
        return
    findings = services.judge_file(row)
    with transaction():
        row = _own(import_id)
        services.store_findings(row, findings, good_rows_only=good_rows_only)
    if row.state is ImportState.DONE:
        toast(
            _(
                "Stored: %(new)s new, %(changed)s changed.",
                new=row.n_new,
                changed=row.n_changed,
            )
        )
    else:
        toast(_("Nothing was stored: some rows have faults."), kind="warning")


def _sample(cell: Any) -> str:
    text = "" if cell is None else str(cell).strip()
    return text if len(text) <= 30 else f"{text[:30]}…"


def _safe(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return neutral(str(cell))


def _write_template(file: io.BytesIO) -> None:
    from xlsxwriter import Workbook

    with Workbook(file, {"in_memory": True, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        needed = book.add_format({"bold": True, "bg_color": "#fcf0d6"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("Employees"))
        sheet.freeze_panes(1, 0)
        for place, field in enumerate(services.FIELDS):
            label = str(field.label)
            sheet.set_column(place, place, max(14, len(label) * 1.6), text)
            sheet.write_string(0, place, label, needed if field.is_required else bold)
            sheet.write_string(1, place, field.example, text)
        notes = book.add_worksheet(_("How to fill it in"))
        notes.set_column(0, 0, 100)
        for line, note in enumerate(_template_notes()):
            notes.write_string(line, 0, note)


def _template_notes() -> list[str]:
    return [
        _("One row a person; replace the example. Coloured columns are needed."),
        _("A person whose number is known already is changed, not added again."),
        _("What you leave empty stays as it is."),
        _("Dates: 2026-03-31. The last day of a contract is still covered."),
        _("Employment: full_time, part_time or intern. Pay basis: month, hour or day."),
        _("Skills: code and level from 1 to 5, as billing:3; english:4."),
        _("Site and team by code or name, the post by its title."),
        _("Format phone and identity numbers as text, or digits get lost."),
    ]
