"""Imports in the browser: upload, look, map the columns, follow, see the result."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from wtforms.fields.choices import SelectChoice

from callcenter.access.guards import permission_required
from callcenter.acd import queries, services
from callcenter.acd.connectors.mapping import (
    CONTACT_FIELDS,
    mapping_from_dict,
)
from callcenter.acd.connectors.sources import SourceRefusedError
from callcenter.acd.errors import FileRefused
from callcenter.acd.forms import (
    FIELD_NAMES,
    FORMAT_NAMES,
    GUESS,
    MappingForm,
    UploadForm,
)
from callcenter.acd.models import Import, ImportProblem, ImportState, SourceName
from callcenter.acd.permissions import Permission
from callcenter.acd.views.blueprint import bp
from callcenter.acd.views.words import (
    OUTCOME_NAMES,
    STATE_LOOKS,
    refusal_text,
    rule_text,
)
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import enqueue, find_live_job
from callcenter.kernel.text import _, _l
from callcenter.projects.models import Project
from callcenter.projects.queries import get_project, visible_projects
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table, exports

if TYPE_CHECKING:
    from callcenter.acd.connectors import ReadOptions

CSV = "contacts-csv"
SHOWN_NAMES = 20
FIRST_NAME = "000"
MEANINGS = {each.name.lower(): name for each, name in OUTCOME_NAMES.items()}


@bp.get("/imports")
@permission_required(Permission.VIEW_IMPORTS)
def imports() -> ResponseReturnValue:
    """List what was imported, newest first."""
    scope = current_actor().scope(Permission.VIEW_IMPORTS)
    table = Table(
        "imports",
        queries.imports(scope),
        caption=_("Imports"),
        columns=[
            Column("created_at", _l("Asked for"), sort=Import.created_at),
            Column("project", _l("Project"), value=lambda row: row.project.name),
            Column("files", _l("Files"), value=lambda row: ", ".join(row.file_names)),
            Column("format", _l("Format"), value=lambda r: FORMAT_NAMES[r.format_name]),
            Column("state", _l("State"), value=lambda row: STATE_LOOKS[row.state][0]),
            _number("n_new", _l("New")),
            _number("n_corrected", _l("Corrected")),
            _number("n_unchanged", _l("Unchanged")),
            _number("n_errors", _l("Errors")),
        ],
        filters=[
            ChoiceFilter(
                "state",
                _l("State"),
                Import.state,
                [(state, look[0]) for state, look in STATE_LOOKS.items()],
            )
        ],
        default_sort="created_at",
        default_dir="desc",
        row_url=lambda row: url_for("acd.import_", import_id=row.id),
        empty=Empty(
            _l("Nothing was imported yet"),
            _l("Bring call records of your switch: queue logs, contact records, CSV."),
            _l("Import files"),
            url_for("acd.new_import"),
            "upload",
        ),
    )
    n_unknown = queries.count_unknown_names(scope)
    return table.respond("acd/imports.html", n_unknown=n_unknown)


def _number(name: str, label: object) -> Column:
    return Column(name, label, sort=getattr(Import, name), align="end")


@bp.route("/imports/new", methods=["GET", "POST"])
@permission_required(Permission.IMPORT_FILES)
def new_import() -> ResponseReturnValue:
    """Take the files, and show what they look like before anything is stored."""
    scope = current_actor().scope(Permission.IMPORT_FILES)
    form = UploadForm()
    projects = db.session.scalars(visible_projects(scope)).all()
    form.project_id.choices = [SelectChoice(each.id, each.name) for each in projects]
    if form.validate_on_submit():
        try:
            planned = _plan(form, request.files.getlist("files"))
        except FileRefused as refusal:
            own = Path(request.files.getlist("files")[0].filename or "?").name
            reason = refusal.message.replace(f"file={FIRST_NAME}", f"file={own}")
            form.refuse("files", refusal_text(reason))
        else:
            return see_other("acd.preview_import", import_id=planned.id)
    status = 422 if form.errors else 200
    return render("acd/new_import.html", status, form=form)


def _plan(form: UploadForm, files: list[FileStorage]) -> Import:
    """Store the files under names of our own, then note the import."""
    scope = current_actor().scope(Permission.IMPORT_FILES)
    folder = services.folder_of_uploads(secrets.token_hex(8))
    stored: list[Path] = []
    for file in files:
        path = folder / f"{len(stored):03}"
        file.save(path)
        stored.append(path)
    names = [Path(file.filename or "?").name[:120] for file in files]
    try:
        format_name = form.format_name.data
        if format_name == GUESS:
            format_name = services.guess_format(stored[0])
    except FileRefused:
        services.discard_uploads(folder)
        raise
    with transaction():
        project = get_project(form.project_id.data, scope)
        planned = services.plan_import(
            project,
            format_name=format_name,
            file_names=names,
            stored_names=[path.name for path in stored],
            timezone=form.timezone.data or project.zone,
            default_queue=form.default_queue.data or "",
            keeps_good_part=form.keeps_good_part.data,
        )
        services.adopt_uploads(planned, folder)
    return planned


@bp.route("/imports/<int:import_id>/preview", methods=["GET", "POST"])
@permission_required(Permission.IMPORT_FILES)
def preview_import(import_id: int) -> ResponseReturnValue:
    """Show the first rows; with CSV, which column is what; then start."""
    scope = current_actor().scope(Permission.IMPORT_FILES)
    row = queries.get_import(import_id, scope)
    if row.state is not ImportState.WAITING or find_live_job(_subject(row)):
        return see_other("acd.import_", import_id=import_id)
    paths = services.paths_of(row)
    hint = services.suggest(paths[0] if row.format_name == CSV else None)
    headers, start = hint.headers, _start_mapping(row, hint)
    form, outcomes = _mapping_form(start, headers), _outcomes(start)
    mapping = _mapping(form, row, hint.delimiter, outcomes) if headers else {}
    found, refusal = services.Preview(), ""
    try:
        found = services.preview(row.format_name, paths, _options(row, mapping))
    except (FileRefused, SourceRefusedError) as error:
        reason = getattr(error, "message", str(error))
        refusal = refusal_text(services.with_own_names(row, reason))
    is_start = request.method == "POST" and request.form.get("do") == "start"
    if is_start and form.validate() and not refusal:
        with transaction():
            row = queries.get_import(import_id, scope)
            _start(row, mapping, form, headers)
        return see_other("acd.import_", import_id=import_id)
    return render(
        "acd/preview_import.html",
        422 if is_start else 200,
        row=row,
        form=form,
        headers=headers,
        preview=found,
        refusal=refusal,
        saved=queries.mappings(row.project_id) if headers else [],
        format_label=FORMAT_NAMES[row.format_name],
        field_names=FIELD_NAMES,
        outcome_names=OUTCOME_NAMES,
        meanings=MEANINGS,
        fields=CONTACT_FIELDS,
        rule_text=rule_text,
        words={**dict.fromkeys(found.unknown_outcomes, ""), **outcomes},
    )


def _start_mapping(row: Import, hint: "services.Suggestion") -> dict[str, Any]:
    """A saved mapping, else the one that suggests itself."""
    start: dict[str, Any] = {
        "columns": hint.columns,
        "outcomes": {},
        "time_format": hint.time_format,
        "duration_unit": "s",
    }
    wanted = request.args.get("saved", type=int)
    for saved in queries.mappings(row.project_id) if hint.headers else ():
        if saved.id == wanted or (wanted is None and saved.headers == hint.headers):
            start |= {k: v for k, v in saved.mapping.items() if k in start}
    return start


def _mapping_form(start: dict[str, Any], headers: list[str]) -> MappingForm:
    columns = {f"column_{name}": header for name, header in start["columns"].items()}
    form = MappingForm(data={**start, **columns})
    form.offer(headers)
    return form


def _outcomes(start: dict[str, Any]) -> dict[str, str]:
    """What the file's own words for an outcome mean, as far as that was said."""
    if request.method != "POST":
        return dict(start["outcomes"])
    said = zip(*map(request.form.getlist, ("word", "meaning")), strict=False)
    return {word: meaning for word, meaning in said if word and meaning in MEANINGS}


def _mapping(
    form: MappingForm, row: Import, delimiter: str, outcomes: dict[str, str]
) -> dict[str, Any]:
    return {
        "columns": form.columns,
        "outcomes": outcomes,
        "delimiter": delimiter,
        "time_format": form.time_format.data,
        "duration_unit": form.duration_unit.data,
        "default_queue": row.default_queue,
    }


def _options(row: Import, mapping: dict[str, Any]) -> "ReadOptions":
    from callcenter.acd.connectors import ReadOptions

    return ReadOptions(
        ZoneInfo(row.timezone) if row.timezone else None,
        mapping_from_dict(mapping) if mapping else None,
        row.default_queue,
    )


def _start(
    row: Import, mapping: dict[str, Any], form: MappingForm, headers: list[str]
) -> None:
    row.mapping = mapping
    if form.saved_name.data and mapping:
        services.save_mapping(row.project_id, form.saved_name.data, mapping, headers)
    enqueue("acd.import_file", {"import_id": row.id}, subject=_subject(row))


def _subject(row: Import) -> str:
    return f"acd_import:{row.id}"


@bp.get("/imports/<int:import_id>")
@permission_required(Permission.VIEW_IMPORTS)
def import_(import_id: int) -> ResponseReturnValue:
    """Show how an import goes or went: counts, unknown names, refused rows."""
    scope = current_actor().scope(Permission.VIEW_IMPORTS)
    row = queries.get_import(import_id, scope)
    names = db.session.scalars(
        queries.unknown_names(scope)
        .where(Project.id == row.project_id)
        .order_by(None)
        .order_by(SourceName.kind.desc(), SourceName.n_waiting.desc(), SourceName.id)
        .limit(SHOWN_NAMES + 1)
    ).all()
    return render(
        "acd/import.html",
        row=row,
        job=find_live_job(_subject(row)),
        problems=db.session.scalars(queries.problems(row.id).limit(20)).all(),
        names=names[:SHOWN_NAMES],
        has_more_names=len(names) > SHOWN_NAMES,
        look=STATE_LOOKS[row.state],
        format_label=FORMAT_NAMES[row.format_name],
        refusal=refusal_text(row.refusal) if row.refusal else "",
        rule_text=rule_text,
        may_map=current_actor().may(Permission.MAP_NAMES),
        field_names=FIELD_NAMES,
    )


@bp.post("/imports/<int:import_id>/discard")
@permission_required(Permission.IMPORT_FILES)
def discard_import(import_id: int) -> ResponseReturnValue:
    """Drop an upload that was not started."""
    scope = current_actor().scope(Permission.IMPORT_FILES)
    with transaction():
        row = queries.get_import(import_id, scope)
        if row.state is not ImportState.WAITING or find_live_job(_subject(row)):
            raise NotFound(import_id=import_id)
        services.refuse(row, "", ImportState.CANCELLED)
    toast(_("The upload was dropped; nothing was stored."))
    return see_other("acd.imports")


@bp.get("/imports/<int:import_id>/errors.csv")
@permission_required(Permission.VIEW_IMPORTS)
def import_errors(import_id: int) -> ResponseReturnValue:
    """Send the refused rows as a file: line, field, rule, value."""
    scope = current_actor().scope(Permission.VIEW_IMPORTS)
    row = queries.get_import(import_id, scope)
    columns = [
        Column("source", _l("File")),
        Column("line", _l("Line")),
        Column("field", _l("Field")),
        Column("rule", _l("Rule"), value=lambda problem: problem.rule),
        Column("meaning", _l("Meaning"), value=lambda p: rule_text(p.rule)),
        Column("severity", _l("Severity")),
        Column("value", _l("Value")),
    ]
    title = _("Errors of import %(n)s", n=row.id)
    return exports.csv_response(title, columns, _problems_of(row.id))


def _problems_of(import_id: int) -> Iterator[ImportProblem]:
    """Read while the file is sent, when the session of the request is gone."""
    yield from db.session.scalars(queries.problems(import_id))
