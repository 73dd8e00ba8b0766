"""Queues and what is promised for them."""

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, Stale
from callcenter.kernel.text import _
from callcenter.people import queries as people
from callcenter.projects import queries, services
from callcenter.projects.errors import CodeTaken, StillUsed, TargetOverlap
from callcenter.projects.forms import QueueForm, TargetForm
from callcenter.projects.models import (
    HOLIDAYS,
    Channel,
    Direction,
    OpeningHours,
    Queue,
    ServiceTarget,
    SlDefinition,
)
from callcenter.projects.permissions import Permission
from callcenter.projects.views import words
from callcenter.projects.views.blueprint import bp
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast

_FIELDS = ("code", "name", "concurrency", "is_active")
_TARGET = ("starts_on", "ends_on", "sl_threshold_s", "short_abandon_s", "max_asa_s")


@bp.get("/queues/<int:queue_id>")
@permission_required(Permission.VIEW_PROJECTS)
def queue(queue_id: int) -> ResponseReturnValue:
    """Show one queue: promises and opening hours."""
    actor = current_actor()
    found = queries.get_queue(queue_id, actor.scope(Permission.VIEW_PROJECTS))
    today = clock.today(found.project.tz)
    return render(
        "projects/queue.html",
        queue=found,
        words=words,
        targets=[(row, _state(row, today)) for row in queries.targets_of(found.id)],
        week=_week(queries.opening_hours([found.id])),
        may_edit=_may_edit(found),
    )


def _may_edit(found: Queue) -> bool:
    actor = current_actor()
    if not actor.may(Permission.EDIT_PROJECTS):
        return False
    scope = actor.scope(Permission.EDIT_PROJECTS)
    return queries.has_project(found.project_id, scope)


def _state(target: ServiceTarget, today: date) -> tuple[str, str]:
    if target.starts_on > today:
        return _("to come"), "info"
    if target.ends_on is not None and target.ends_on <= today:
        return _("over"), "neutral"
    return _("holds"), "success"


def _week(rows: Any) -> list[tuple[object, str]]:
    """The hours of each weekday as text; holidays only where they have their own."""
    spans: dict[int, list[str]] = {}
    for row in rows:
        spans.setdefault(row.weekday, []).append(_span(row))
    return [
        (name, ", ".join(spans.get(day, ())) or (_("closed") if rows else _("always")))
        for day, name in enumerate(words.WEEKDAYS)
        if day != HOLIDAYS or day in spans
    ]


def _span(row: OpeningHours) -> str:
    if row.opens_at == row.closes_at:
        return _("all day")
    text = f"{row.opens_at:%H:%M}–{row.closes_at:%H:%M}"
    return text if row.closes_at > row.opens_at else f"{text} (+1)"


@bp.route("/projects/<int:project_id>/queues/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def new_queue(project_id: int) -> ResponseReturnValue:
    """Add a queue to a project."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    project = queries.get_project(project_id, scope)
    form = _form(None)
    if form.validate_on_submit():
        try:
            with transaction():
                owner = queries.get_project(project_id, scope)
                made = services.save_queue(Queue(project_id=owner.id), **_values(form))
        except CodeTaken as error:
            project = queries.get_project(project_id, scope)
            form.refuse("code", error.message)
        else:
            toast(_("The queue was added. Say what is promised, and when it is open."))
            return see_other("projects.queue", queue_id=made.id)
    status = 422 if form.errors else 200
    return render(
        "projects/edit_queue.html", status, form=form, project=project, queue=None
    )


@bp.route("/queues/<int:queue_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def edit_queue(queue_id: int) -> ResponseReturnValue:
    """Change a queue."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    found = queries.get_queue(queue_id, scope)
    form = _form(found)
    if form.validate_on_submit():
        try:
            with transaction():
                found = queries.get_queue(queue_id, scope)
                form.require_latest(found)
                services.save_queue(found, **_values(form))
        except (CodeTaken, Stale) as error:
            found = queries.get_queue(queue_id, scope)
            form.refuse("code" if isinstance(error, CodeTaken) else None, error.message)
        else:
            toast(_("Saved."))
            return see_other("projects.queue", queue_id=queue_id)
    status = 422 if form.errors else 200
    return render(
        "projects/edit_queue.html",
        status,
        form=form,
        project=found.project,
        queue=found,
    )


def _form(found: Queue | None) -> QueueForm:
    form = QueueForm(obj=None if request.method == "POST" else found)
    form.channel.choices = choices(words.CHANNEL_NAMES.items())
    form.direction.choices = choices(words.DIRECTION_NAMES.items())
    skills = db.session.scalars(people.skills())
    form.skill_id.choices = choices(
        [(0, _("none")), *((skill.id, skill.name) for skill in skills)]
    )
    if request.method != "POST":
        if found is None:
            form.concurrency.data, form.is_active.data = 1, True
        else:
            form.channel.data = found.channel.value
            form.direction.data = found.direction.value
            form.skill_id.data = found.skill_id or 0
    return form


def _values(form: QueueForm) -> dict[str, Any]:
    return form.values(*_FIELDS) | {
        "channel": Channel(form.channel.data),
        "direction": Direction(form.direction.data),
        "skill_id": form.skill_id.data or None,
    }


@bp.post("/queues/<int:queue_id>/delete")
@permission_required(Permission.EDIT_PROJECTS)
def delete_queue(queue_id: int) -> ResponseReturnValue:
    """Delete a queue of a project that is still in preparation."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    try:
        with transaction():
            found = queries.get_queue(queue_id, scope)
            project_id = found.project_id
            services.delete_queue(found, found.project)
    except StillUsed as error:
        toast(error.message, "warning")
        return see_other("projects.queue", queue_id=queue_id)
    toast(_("The queue was deleted."))
    return see_other("projects.project", project_id=project_id)


@bp.route("/queues/<int:queue_id>/targets/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def new_target(queue_id: int) -> ResponseReturnValue:
    """Promise something for a queue from a day on."""
    return _edit_target(queue_id, None)


@bp.route("/queues/<int:queue_id>/targets/<int:target_id>", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def edit_target(queue_id: int, target_id: int) -> ResponseReturnValue:
    """Change what is promised for a queue."""
    return _edit_target(queue_id, target_id)


def _edit_target(queue_id: int, target_id: int | None) -> ResponseReturnValue:
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    found = queries.get_queue(queue_id, scope)
    target = queries.get_target(queue_id, target_id) if target_id else None
    form = _target_form(found, target)
    if form.validate_on_submit():
        try:
            _save_target(queue_id, target_id, form)
        except TargetOverlap as error:
            form.refuse("starts_on", error.message)
        except Invalid as error:
            form.refuse("ends_on", error.message)
        else:
            toast(_("Saved."))
            return see_other("projects.queue", queue_id=queue_id)
        found = queries.get_queue(queue_id, scope)
    status = 422 if form.errors else 200
    return render(
        "projects/edit_target.html", status, form=form, queue=found, target=target
    )


def _save_target(queue_id: int, target_id: int | None, form: TargetForm) -> None:
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    shares: dict[str, Any] = {
        name: form[name].data / 100 if form[name].data is not None else None
        for name in TargetForm.PERCENT
    }
    with transaction():
        queue = queries.get_queue(queue_id, scope)
        target = queries.get_target(queue_id, target_id) if target_id else None
        services.save_target(
            queue,
            target,
            sl_definition=SlDefinition(form.sl_definition.data),
            **form.values(*_TARGET),
            **shares,
        )


def _target_form(queue: Queue, target: ServiceTarget | None) -> TargetForm:
    given: dict[str, Any] = {}
    if target is not None:
        given = {name: getattr(target, name) for name in _TARGET}
        given["sl_definition"] = target.sl_definition.value
        for name in TargetForm.PERCENT:
            share = getattr(target, name)
            given[name] = None if share is None else round(share * 100, 2)
    else:
        given = {
            "starts_on": clock.today(queue.project.tz),
            "sl_target": 80,
            "sl_threshold_s": 20,
            "short_abandon_s": 5,
        }
    form = TargetForm(data=None if request.method == "POST" else given)
    form.sl_definition.choices = choices(words.DEFINITION_NAMES.items())
    return form


@bp.post("/queues/<int:queue_id>/targets/<int:target_id>/delete")
@permission_required(Permission.EDIT_PROJECTS)
def delete_target(queue_id: int, target_id: int) -> ResponseReturnValue:
    """Take a promise back."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    with transaction():
        queries.get_queue(queue_id, scope)
        services.delete_target(queries.get_target(queue_id, target_id))
    toast(_("The target was deleted."))
    return see_other("projects.queue", queue_id=queue_id)
