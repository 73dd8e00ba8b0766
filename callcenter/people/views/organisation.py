"""Sites with their floors, and teams."""

from typing import Any
from zoneinfo import available_timezones

from flask import url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError, Forbidden, NotFound
from callcenter.kernel.text import _, _l
from callcenter.people import queries, services
from callcenter.people.forms import FloorForm, SiteForm, TeamForm
from callcenter.people.models import Employee, Site, Team
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.people.views.blueprint import bp
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import BooleanFilter, ChoiceFilter, Column, Empty, Table
from callcenter.web.tables.filters import TextFilter

BOTH = ["GET", "POST"]


@bp.get("/sites")
@permission_required(Permission.VIEW_ORGANISATION)
def sites() -> ResponseReturnValue:
    """List the sites with how many people work there."""
    heads = queries.headcount_by_site(words.today())
    table = Table(
        "sites",
        queries.sites(),
        caption=_("Sites"),
        columns=[
            Column("name", _l("Name"), sort=Site.name),
            Column("code", _l("Code"), sort=Site.code),
            Column("zone", _l("Time zone"), sort=Site.zone),
            Column("country", _l("Country"), sort=Site.country),
            Column("currency", _l("Currency")),
            Column(
                "people",
                _l("People"),
                value=lambda site: heads.get(site.id, 0),
                align="end",
            ),
        ],
        default_sort="name",
        row_url=lambda site: url_for("people.site", site_id=site.id),
        empty=Empty(
            _l("No site yet"),
            _l("A site is a building with its own time zone and holidays."),
            _l("New site"),
            url_for("people.new_site"),
            "building",
        ),
    )
    return table.respond("people/sites.html")


@bp.get("/sites/<int:site_id>")
@permission_required(Permission.VIEW_ORGANISATION)
def site(site_id: int) -> ResponseReturnValue:
    """Show a site with its floors and teams."""
    found = queries.get_site(site_id)
    scope = current_actor().scope(Permission.VIEW_ORGANISATION)
    teams = queries.visible_teams(scope).where(Team.site_id == site_id)
    return render(
        "people/site.html",
        site=found,
        floors=db.session.scalars(queries.floors_of(site_id)).all(),
        teams=db.session.scalars(teams).all(),
        heads=queries.headcount_by_team(words.today()),
        n_people=queries.headcount_by_site(words.today()).get(site_id, 0),
        form=FloorForm(formdata=None),
        may_edit=_may_edit(site_id),
    )


@bp.route("/sites/new", methods=BOTH)
@permission_required(Permission.EDIT_ORGANISATION)
def new_site() -> ResponseReturnValue:
    """Open a site."""
    require_everything()
    return _edit_site(None)


@bp.route("/sites/<int:site_id>/edit", methods=BOTH)
@permission_required(Permission.EDIT_ORGANISATION)
def edit_site(site_id: int) -> ResponseReturnValue:
    """Change a site."""
    _require_site(site_id)
    return _edit_site(site_id)


@bp.post("/sites/<int:site_id>/delete")
@permission_required(Permission.EDIT_ORGANISATION)
def delete_site(site_id: int) -> ResponseReturnValue:
    """Remove a site that nothing stands on."""
    require_everything()
    with transaction():
        services.delete_site(queries.get_site(site_id))
    toast(_("The site is removed."))
    return see_other("people.sites")


@bp.post("/sites/<int:site_id>/floors")
@permission_required(Permission.EDIT_ORGANISATION)
def add_floor(site_id: int) -> ResponseReturnValue:
    """Add a floor to a site."""
    _require_site(site_id)
    form = FloorForm()
    if form.validate_on_submit():
        with transaction():
            queries.get_site(site_id)
            services.save_floor(None, site_id=site_id, name=form.name.data)
        toast(_("The floor is added."))
    return see_other("people.site", site_id=site_id)


@bp.post("/floors/<int:floor_id>/delete")
@permission_required(Permission.EDIT_ORGANISATION)
def delete_floor(floor_id: int) -> ResponseReturnValue:
    """Remove a floor that nothing stands on."""
    with transaction():
        floor = queries.get_floor(floor_id)
        site_id = floor.site_id
        _require_site(site_id)
        services.delete_floor(floor)
    toast(_("The floor is removed."))
    return see_other("people.site", site_id=site_id)


@bp.get("/teams")
@permission_required(Permission.VIEW_ORGANISATION)
def teams() -> ResponseReturnValue:
    """List the teams within reach with their supervisors and headcount."""
    scope = current_actor().scope(Permission.VIEW_ORGANISATION)
    heads = queries.headcount_by_team(words.today())
    table = Table(
        "teams",
        queries.visible_teams(scope),
        caption=_("Teams"),
        columns=[
            Column("name", _l("Name"), sort=Team.name),
            Column("code", _l("Code"), sort=Team.code),
            Column("site", _l("Site"), value=lambda t: t.site.name),
            Column(
                "supervisor",
                _l("Supervisor"),
                value=lambda t: t.supervisor.name if t.supervisor else None,
            ),
            Column(
                "people",
                _l("People"),
                value=lambda t: heads.get(t.id, 0),
                align="end",
            ),
            Column("is_active", _l("In use"), sort=Team.is_active, is_hidden=True),
        ],
        filters=[
            TextFilter("q", _l("Name or code"), Team.name, Team.code),
            ChoiceFilter(
                "site", _l("Site"), Team.site_id, [*queries.site_names().items()]
            ),
            BooleanFilter("closed", _l("No longer in use"), Team.is_active.is_(False)),
        ],
        default_sort="name",
        row_url=lambda t: url_for("people.team", team_id=t.id),
        empty=Empty(
            _l("No team yet"),
            _l("A team is people under one supervisor at one site."),
            _l("New team"),
            url_for("people.new_team"),
            "people",
        ),
    )
    return table.respond("people/teams.html")


@bp.get("/teams/<int:team_id>")
@permission_required(Permission.VIEW_ORGANISATION)
def team(team_id: int) -> ResponseReturnValue:
    """Show a team with its supervisor and the people who are in it."""
    scope = current_actor().scope(Permission.VIEW_ORGANISATION)
    found = queries.get_team(team_id, scope)
    day = words.today()
    members = queries.visible_employees(scope).where(
        Employee.team_id == team_id, queries.employed_on(day)
    )
    return render(
        "people/team.html",
        team=found,
        members=db.session.scalars(members).all(),
        words=words,
        day=day,
        may_edit=_may_edit(found.site_id),
    )


@bp.route("/teams/new", methods=BOTH)
@permission_required(Permission.EDIT_ORGANISATION)
def new_team() -> ResponseReturnValue:
    """Form a team."""
    return _edit_team(None)


@bp.route("/teams/<int:team_id>/edit", methods=BOTH)
@permission_required(Permission.EDIT_ORGANISATION)
def edit_team(team_id: int) -> ResponseReturnValue:
    """Change a team."""
    return _edit_team(queries.get_team(team_id, _edit_scope()))


@bp.post("/teams/<int:team_id>/delete")
@permission_required(Permission.EDIT_ORGANISATION)
def delete_team(team_id: int) -> ResponseReturnValue:
    """Remove a team that nobody is or was in."""
    with transaction():
        services.delete_team(queries.get_team(team_id, _edit_scope()))
    toast(_("The team is removed."))
    return see_other("people.teams")


def _edit_site(site_id: int | None) -> ResponseReturnValue:
    found = queries.get_site(site_id) if site_id else None
    form = SiteForm(obj=found)
    form.look_at(found)
    form.zone.choices = choices((zone, zone) for zone in _zones())
    if form.validate_on_submit():
        try:
            with transaction():
                present = queries.get_site(site_id) if site_id else None
                saved = services.save_site(
                    form.require_unchanged(present),
                    **form.values(
                        "code", "name", "zone", "country", "currency", "address"
                    ),
                )
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("people.site", site_id=saved.id)
    title = _("Edit %(name)s", name=found.name) if found else _("New site")
    return form_page(form, title, _("Sites"), url_for("people.sites"))


def _edit_team(found: Team | None) -> ResponseReturnValue:
    scope, team_id = _edit_scope(), found.id if found else None
    form = TeamForm(obj=found)
    form.look_at(found)
    if found is not None and not form.is_submitted():
        form.supervisor.data = found.supervisor.number if found.supervisor else ""
    form.site_id.choices = choices(
        (key, name)
        for key, name in queries.site_names().items()
        if scope.is_everything
        or key in scope.site_ids
        or (found is not None and key == found.site_id)
    )
    if form.validate_on_submit():
        try:
            with transaction():
                present = queries.get_team(team_id, scope) if team_id else None
                saved = services.save_team(
                    form.require_unchanged(present),
                    supervisor_id=_supervisor_id(form),
                    **form.values("code", "name", "site_id", "is_active"),
                )
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("people.team", team_id=saved.id)
    title = _("Edit %(name)s", name=found.name) if found else _("New team")
    return form_page(form, title, _("Teams"), url_for("people.teams"))


def _supervisor_id(form: TeamForm) -> int | None:
    if not form.supervisor.data:
        return None
    leader = queries.find_by_number(form.supervisor.data)
    if leader is None or leader.left_on is not None:
        raise NotFound(_("Nobody here has this number."), field="supervisor")
    return leader.id


def form_page(
    form: Any, title: str, up_label: str, up_url: str, **more: Any
) -> ResponseReturnValue:
    """A page with one form of the organisation, and the way up."""
    return render(
        "people/form.html",
        422 if form.errors or form.form_errors else 200,
        form=form,
        title=title,
        up_label=up_label,
        up_url=up_url,
        **more,
    )


def _zones() -> list[str]:
    areas = ("Asia/", "Europe/", "America/", "Africa/", "Australia/", "Pacific/")
    return sorted(zone for zone in available_timezones() if zone.startswith(areas))


def _edit_scope() -> Scope:
    return current_actor().scope(Permission.EDIT_ORGANISATION)


def _may_edit(site_id: int | None) -> bool:
    if not current_actor().may(Permission.EDIT_ORGANISATION):
        return False
    scope = _edit_scope()
    return scope.is_everything or site_id in scope.site_ids


def _require_site(site_id: int) -> None:
    if not _may_edit(site_id):
        raise NotFound(site_id=site_id)


def require_everything() -> None:
    """Refuse who may edit only a part; raises `Forbidden`."""
    if not _edit_scope().is_everything:
        raise Forbidden
