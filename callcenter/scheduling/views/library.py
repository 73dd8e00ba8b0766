"""The shift library and the work rules."""

import re
from datetime import time
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Forbidden, Invalid
from callcenter.kernel.text import _, _l
from callcenter.people import queries as people
from callcenter.people.models import EmploymentKind
from callcenter.scheduling import queries, services
from callcenter.scheduling.forms import AssignRulesForm, RuleSetForm, TemplateForm
from callcenter.scheduling.models import ShiftTemplate, WorkRules
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.views import words
from callcenter.scheduling.views.blueprint import bp
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, Empty, Table

_BREAK = re.compile(r"(\d+)(u?)@(\d+)[-–](\d+)$")


@bp.get("/shift-library")
@permission_required(Permission.VIEW_LIBRARY)
def shift_library() -> ResponseReturnValue:
    """List the shifts that may be planned."""
    may_edit = _may_edit()
    table = Table(
        "templates",
        queries.shift_templates(),
        caption=_("Shift library"),
        columns=[
            Column("code", _l("Code"), sort=ShiftTemplate.code),
            Column(
                "name",
                _l("Name"),
                sort=ShiftTemplate.name,
                value=words.template_name,
            ),
            Column(
                "starts",
                _l("Starts"),
                sort=ShiftTemplate.earliest_start_min,
                value=_start_window,
            ),
            Column("lengths", _l("Length"), value=words.lengths),
            Column("breaks", _l("Breaks"), value=words.breaks),
            Column("is_active", _l("May be planned"), sort=ShiftTemplate.is_active),
        ],
        default_sort="starts",
        row_url=_template_url if may_edit else None,
        empty=Empty(
            _l("No shifts yet"),
            _l("Install the shipped library, or describe the first shift yourself."),
            icon="clock",
        ),
    )
    return table.respond("scheduling/shift_library.html", may_edit=may_edit)


def _may_edit() -> bool:
    """Whether the reader may change what holds for the whole company."""
    actor = current_actor()
    is_permitted = actor.may(Permission.EDIT_LIBRARY)
    return is_permitted and actor.scope(Permission.EDIT_LIBRARY).is_everything


def _require_company() -> None:
    """Refuse who plans for a part of the company only; raises `Forbidden`."""
    if not _may_edit():
        raise Forbidden


def _template_url(row: ShiftTemplate) -> str:
    return url_for("scheduling.edit_template", template_id=row.id)


def _start_window(row: ShiftTemplate) -> str:
    first, last = map(
        words.minute_of_day, (row.earliest_start_min, row.latest_start_min)
    )
    return first if first == last else f"{first}–{last}"


@bp.post("/shift-library/install")
@permission_required(Permission.EDIT_LIBRARY)
def install_library() -> ResponseReturnValue:
    """Put the shipped shifts and work rules in place."""
    _require_company()
    with transaction():
        n_shifts, n_rules = services.install_library()
    toast(
        _(
            "%(shifts)s shifts and %(rules)s sets of rules added.",
            shifts=n_shifts,
            rules=n_rules,
        )
    )
    return see_other("scheduling.shift_library")


@bp.route("/shift-library/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_LIBRARY)
def new_template() -> ResponseReturnValue:
    """Describe a shift of the library."""
    _require_company()
    return _edit_template(None)


@bp.route("/shift-library/<int:template_id>", methods=["GET", "POST"])
@permission_required(Permission.EDIT_LIBRARY)
def edit_template(template_id: int) -> ResponseReturnValue:
    """Change a shift of the library; shifts that were planned stay as they are."""
    _require_company()
    return _edit_template(template_id)


def _edit_template(template_id: int | None) -> ResponseReturnValue:
    known = queries.get_template(template_id) if template_id else None
    form = TemplateForm(data=_template_values(known) if known else None)
    if form.validate_on_submit():
        try:
            values = _values_of(form)
            with transaction():
                row = queries.get_template(template_id) if template_id else None
                services.save_template(row or ShiftTemplate(), **values)
            return see_other("scheduling.shift_library")
        except Invalid as refusal:
            form.refuse(str(refusal.context.get("field")), refusal.message)
    shift = queries.get_template(template_id) if template_id else None
    return render(
        "scheduling/template.html",
        422 if form.errors else 200,
        form=form,
        shift=shift,
        shift_name=words.template_name(shift),
    )


def _template_values(row: ShiftTemplate) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "name_zh": row.name_zh,
        "earliest": _as_time(row.earliest_start_min),
        "latest": _as_time(row.latest_start_min),
        "step_min": row.step_min,
        "lengths": ", ".join(f"{each / 60:g}" for each in row.lengths_min),
        "breaks": ", ".join(
            f"{b.length_min}{'' if b.is_paid else 'u'}@{b.earliest_min}-{b.latest_min}"
            for b in row.break_patterns
        ),
        "colour": row.colour,
        "is_night": row.is_night,
        "is_active": row.is_active,
    }


def _as_time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _values_of(form: TemplateForm) -> dict[str, Any]:
    """What was typed, as columns.

    Raises `Invalid` naming the field.
    """
    earliest, latest = (
        at.hour * 60 + at.minute for at in (form.earliest.data, form.latest.data)
    )
    if latest < earliest:
        raise Invalid(_("The latest start is before the earliest."), field="latest")
    lengths = [round(float(each) * 60) for each in form.lengths.data.split(",")]
    if any(each % 15 or not 60 <= each <= 14 * 60 for each in lengths):
        raise Invalid(
            _("A length is between 1 and 14 hours, in quarters of an hour."),
            field="lengths",
        )
    return {
        **form.values("code", "name", "step_min", "colour", "is_night", "is_active"),
        "name_zh": form.name_zh.data or "",
        "earliest_start_min": earliest,
        "latest_start_min": latest,
        "lengths_min": lengths,
        "breaks": _breaks_of(form.breaks.data or "", min(lengths)),
    }


def _breaks_of(typed: str, shortest_min: int) -> list[dict[str, Any]]:
    """The breaks as typed: ``15@75-150, 60u@210-330``.

    Raises `Invalid` for what cannot be read or does not fit into the shift.
    """
    breaks = []
    for part in filter(None, (each.strip() for each in typed.split(","))):
        match = _BREAK.match(part)
        if match is None:
            raise Invalid(_("“%(part)s” is no break.", part=part), field="breaks")
        length, earliest, latest = int(match[1]), int(match[3]), int(match[4])
        is_right = length % 15 == 0 < length and earliest <= latest
        if not is_right or earliest + length > shortest_min:
            raise Invalid(
                _("“%(part)s” does not fit into the shift.", part=part),
                field="breaks",
            )
        is_unpaid = bool(match[2])
        breaks.append(
            {
                "code": "lunch" if is_unpaid and length >= 45 else "break",
                "length_min": length,
                "earliest_min": earliest,
                "latest_min": latest,
                "is_paid": not is_unpaid,
            }
        )
    return breaks


@bp.get("/work-rules")
@permission_required(Permission.VIEW_LIBRARY)
def work_rules() -> ResponseReturnValue:
    """List the sets of work rules and for whom they hold."""
    return render(
        "scheduling/work_rules.html",
        rule_sets=db.session.scalars(queries.rule_sets()).all(),
        may_edit=_may_edit(),
        words=words,
    )


@bp.route("/work-rules/<int:rule_set_id>", methods=["GET", "POST"])
@permission_required(Permission.EDIT_LIBRARY)
def edit_rule_set(rule_set_id: int) -> ResponseReturnValue:
    """Change the parameters of a set of work rules."""
    _require_company()
    found = queries.get_rule_set(rule_set_id)
    form = RuleSetForm(data=_rule_values(found))
    form.templates.choices = choices(
        (each.code, words.template_name(each)) for each in queries.active_templates()
    )
    for name, (label, help_text) in words.PARAMETER_NAMES.items():
        form[name].label.text, form[name].description = str(label), str(help_text)
    if form.validate_on_submit():
        with transaction():
            services.save_rule_set(
                queries.get_rule_set(rule_set_id),
                name=form.name.data,
                name_zh=form.name_zh.data or "",
                parameters=form.values(*WorkRules.names()),
            )
        toast(_("Saved. The next solve uses these rules."))
        return see_other("scheduling.work_rules")
    return render(
        "scheduling/rule_set.html",
        422 if form.errors else 200,
        rule_set=queries.get_rule_set(rule_set_id),
        form=form,
        assign_form=_assign_form(),
        names=list(words.PARAMETER_NAMES),
        words=words,
    )


def _rule_values(found: Any) -> dict[str, Any]:
    rules = found.rules
    values = {name: getattr(rules, name) for name in WorkRules.names()}
    return {**values, "name": found.name, "name_zh": found.name_zh}


def _assign_form() -> AssignRulesForm:
    form = AssignRulesForm()
    sites = db.session.scalars(people.sites()).all()
    form.site_id.choices = choices(
        [(0, _("Everywhere")), *((site.id, site.name) for site in sites)]
    )
    return form


@bp.post("/work-rules/<int:rule_set_id>/assign")
@permission_required(Permission.EDIT_LIBRARY)
def assign_rules(rule_set_id: int) -> ResponseReturnValue:
    """Let the rules hold for a kind of employment, at a site or everywhere."""
    _require_company()
    form = _assign_form()
    if not form.validate_on_submit():
        raise Invalid(field="employment_kind")
    with transaction():
        services.assign_rules(
            queries.get_rule_set(rule_set_id),
            EmploymentKind(form.employment_kind.data),
            site_id=form.site_id.data or None,
        )
    toast(_("Assigned."))
    return see_other("scheduling.edit_rule_set", rule_set_id=rule_set_id)
