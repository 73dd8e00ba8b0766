"""Projects: the list, the page of one, its stage, its teams."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound, Stale
from callcenter.kernel.text import _, _l
from callcenter.people import queries as people
from callcenter.projects import queries, services
from callcenter.projects.errors import (
    AssignmentOverlap,
    CodeTaken,
    StageNotAllowed,
    StillUsed,
)
from callcenter.projects.forms import AssignmentForm, ProjectForm
from callcenter.projects.models import BillingBasis, Client, Project, Stage
from callcenter.projects.permissions import Permission
from callcenter.projects.views import words
from callcenter.projects.views.blueprint import bp
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import (
    ChoiceFilter,
    Column,
    Empty,
    StatusFilter,
    Table,
    TextFilter,
    status_column,
)

_FIELDS = ("client_id", "code", "name", "zone", "starts_on", "ends_on")
_BILLING = ("rate", "currency")
COMING_DAYS = 60


@bp.get("/projects")
@permission_required(Permission.VIEW_PROJECTS)
def projects() -> ResponseReturnValue:
    """List the projects."""
    actor = current_actor()
    scope = actor.scope(Permission.VIEW_PROJECTS)
    may_edit = actor.may(Permission.EDIT_PROJECTS)
    names = db.session.scalars(queries.visible_clients(scope)).all()
    table = Table(
        "projects",
        queries.visible_projects(scope).join(Project.client),
        caption=_("Projects"),
        columns=[
            Column("name", _l("Name"), sort=Project.name),
            Column("code", _l("Code"), sort=Project.code),
            Column(
                "client",
                _l("Client"),
                sort=Client.name,
                value=lambda row: row.client.name,
            ),
            status_column(Project.stage, _l("Stage"), words.STAGE_NAMES),
            Column("starts_on", _l("Starts on"), sort=Project.starts_on, style="date"),
            Column("ends_on", _l("Ends on"), sort=Project.ends_on, style="date"),
            Column("zone", _l("Time zone"), sort=Project.zone),
        ],
        filters=[
            TextFilter("q", _l("Name or code"), Project.name, Project.code),
            StatusFilter(Project.stage, _l("Stage"), words.STAGE_NAMES),
            ChoiceFilter(
                "client",
                _l("Client"),
                Project.client_id,
                [(client.id, client.name) for client in names],
            ),
        ],
        default_sort="name",
        row_url=lambda row: url_for("projects.project", project_id=row.id),
        empty=Empty(
            _l("No projects yet"),
            _l("A project is work for one client under one contract."),
            _l("New project") if may_edit else None,
            url_for("projects.new_project") if may_edit else None,
            "briefcase",
        ),
    )
    return table.respond("projects/projects.html", may_edit=may_edit)


@bp.get("/projects/<int:project_id>")
@permission_required(Permission.VIEW_PROJECTS)
def project(project_id: int) -> ResponseReturnValue:
    """Show one project: queues, promises, teams, coming special days."""
    return _page(project_id)


def _page(
    project_id: int, status: int = 200, form: AssignmentForm | None = None
) -> ResponseReturnValue:
    actor = current_actor()
    found = queries.get_project(project_id, actor.scope(Permission.VIEW_PROJECTS))
    today = clock.today(found.tz)
    may_edit = _may_edit(found)
    teams = queries.assignments(found.id)
    if may_edit and form is None:
        form = _assignment_form()
    return render(
        "projects/project.html",
        status,
        project=found,
        words=words,
        today=today,
        targets=queries.targets_on([queue.id for queue in found.queues], today),
        teams=teams,
        coming=queries.days_of_project(
            found, today, today + timedelta(days=COMING_DAYS)
        ),
        next_stages=services.NEXT_STAGES[found.stage] if may_edit else (),
        may_edit=may_edit,
        shows_billing=_shows_billing(found),
        form=form,
    )


def _may_edit(found: Project) -> bool:
    actor = current_actor()
    if not actor.may(Permission.EDIT_PROJECTS):
        return False
    return queries.has_project(found.id, actor.scope(Permission.EDIT_PROJECTS))


def _shows_billing(found: Project | None) -> bool:
    """Whether the actor may see what the client pays for this project."""
    actor = current_actor()
    if not actor.may(Permission.VIEW_BILLING):
        return False
    if found is None:
        return True
    return queries.has_project(found.id, actor.scope(Permission.VIEW_BILLING))


def _assignment_form() -> AssignmentForm:
    form = AssignmentForm()
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    teams = db.session.scalars(people.visible_teams(_as_people(scope)))
    form.team_id.choices = choices((team.id, team.name) for team in teams)
    if request.method != "POST":
        form.starts_on.data = clock.now().date()
    return form


def _as_people(scope: Scope) -> Scope:
    return Scope(scope.is_everything, scope.site_ids, frozenset(), scope.team_ids)


@bp.route("/projects/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def new_project() -> ResponseReturnValue:
    """Add a project; who does not see everything starts it with a team in reach."""
    form = _project_form(None)
    if form.validate_on_submit():
        try:
            with transaction():
                made = services.save_project(Project(), **_values(form, None))
                if form.team_id.data:
                    services.assign_team(
                        made.id,
                        form.team_id.data,
                        starts_on=made.starts_on,
                        ends_on=None,
                    )
        except CodeTaken as error:
            form.refuse("code", error.message)
        else:
            toast(_("The project was added. Its queues come next."))
            return see_other("projects.project", project_id=made.id)
    status = 422 if form.errors else 200
    return render("projects/edit_project.html", status, form=form, project=None)


@bp.route("/projects/<int:project_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def edit_project(project_id: int) -> ResponseReturnValue:
    """Change a project."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    found = queries.get_project(project_id, scope)
    form = _project_form(found)
    if form.validate_on_submit():
        try:
            with transaction():
                found = queries.get_project(project_id, scope)
                form.require_latest(found)
                services.save_project(found, **_values(form, found))
        except (CodeTaken, Stale) as error:
            found = queries.get_project(project_id, scope)
            form.refuse("code" if isinstance(error, CodeTaken) else None, error.message)
        else:
            toast(_("Saved."))
            return see_other("projects.project", project_id=project_id)
    status = 422 if form.errors else 200
    return render("projects/edit_project.html", status, form=form, project=found)


def _project_form(found: Project | None) -> ProjectForm:
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    form = ProjectForm(obj=None if request.method == "POST" else found)
    clients = db.session.scalars(queries.visible_clients(scope))
    form.client_id.choices = choices((client.id, client.name) for client in clients)
    own = [found.country] if found is not None and found.country else []
    countries = sorted({*queries.countries_in(scope), *own})
    form.country.choices = choices(
        [("", _("as its teams' site")), *((code, code) for code in countries)]
    )
    if found is None and request.method != "POST":
        form.country.data = ""
    if found is not None:
        del form.team_id
    else:
        _offer_teams(form, scope)
    if not _shows_billing(found):
        del form.billing_basis, form.rate, form.currency
    else:
        form.billing_basis.choices = choices(words.BILLING_NAMES.items())
    return form


def _offer_teams(form: ProjectForm, scope: Scope) -> None:
    teams = db.session.scalars(people.visible_teams(_as_people(scope)))
    offered: list[tuple[object, object]] = [(team.id, team.name) for team in teams]
    if scope.is_everything:
        offered.insert(0, (0, _("none yet")))
    form.team_id.choices = choices(offered)


def _values(form: ProjectForm, found: Project | None) -> dict[str, Any]:
    values = form.values(*_FIELDS)
    values["country"] = form.country.data or None
    if "rate" in form:
        values |= form.values(*_BILLING)
        values["billing_basis"] = BillingBasis(form.billing_basis.data)
    elif found is None:
        values |= {
            "rate": Decimal(0),
            "currency": "CNY",
            "billing_basis": BillingBasis.PER_CONTACT,
        }
    return values


@bp.post("/projects/<int:project_id>/stage")
@permission_required(Permission.EDIT_PROJECTS)
def change_stage(project_id: int) -> ResponseReturnValue:
    """Let a project pass to its next stage."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    try:
        stage = Stage(request.form.get("stage", ""))
    except ValueError:
        raise NotFound(stage=request.form.get("stage")) from None
    try:
        with transaction():
            found = queries.get_project(project_id, scope)
            services.change_stage(found, stage, by=current_actor().user_id)
    except StageNotAllowed as error:
        toast(error.message, "warning")
    else:
        toast(_("The stage is now “%(stage)s”.", stage=words.STAGE_NAMES[stage][0]))
    return see_other("projects.project", project_id=project_id)


@bp.post("/projects/<int:project_id>/delete")
@permission_required(Permission.EDIT_PROJECTS)
def delete_project(project_id: int) -> ResponseReturnValue:
    """Delete a project in preparation that nothing refers to."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    try:
        with transaction():
            services.delete_project(queries.get_project(project_id, scope))
    except StillUsed as error:
        toast(error.message, "warning")
        return see_other("projects.project", project_id=project_id)
    toast(_("The project was deleted."))
    return see_other("projects.projects")


@bp.post("/projects/<int:project_id>/teams")
@permission_required(Permission.EDIT_PROJECTS)
def assign_team(project_id: int) -> ResponseReturnValue:
    """Let a team work on a project."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    queries.get_project(project_id, scope)
    form = _assignment_form()
    if form.validate_on_submit():
        try:
            with transaction():
                services.assign_team(
                    queries.get_project(project_id, scope).id,
                    form.team_id.data,
                    starts_on=form.starts_on.data,
                    ends_on=form.ends_on.data,
                )
        except AssignmentOverlap as error:
            form.refuse("team_id", error.message)
        else:
            toast(_("The team works on this project now."))
            return see_other("projects.project", project_id=project_id)
    return _page(project_id, 422, form)


@bp.post("/projects/<int:project_id>/teams/<int:assignment_id>/end")
@permission_required(Permission.EDIT_PROJECTS)
def end_assignment(project_id: int, assignment_id: int) -> ResponseReturnValue:
    """End a team's work on a project with today."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    with transaction():
        found = queries.get_project(project_id, scope)
        row = queries.get_assignment(found.id, assignment_id)
        services.end_assignment(row, clock.today(found.tz) + timedelta(days=1))
    toast(_("The team leaves the project with the end of today."))
    return see_other("projects.project", project_id=project_id)
