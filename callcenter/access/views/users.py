"""User administration: who can sign in, and with which roles."""

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from callcenter.access import queries, services
from callcenter.access.errors import EmailTaken
from callcenter.access.events import ScopeChoices, scope_choices_wanted
from callcenter.access.forms import GrantForm, InviteForm, role_choices, scope_options
from callcenter.access.guards import permission_required
from callcenter.access.models import Grant, ScopeKind, User
from callcenter.access.permissions import ROLE_NAMES, Permission, RoleCode
from callcenter.access.services import GrantWish
from callcenter.access.views.blueprint import bp
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _, _l
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import BooleanFilter, Column, Empty, Table, TextFilter


@bp.get("/users")
@permission_required(Permission.VIEW_USERS)
def users() -> ResponseReturnValue:
    """List everybody who can sign in."""
    table = Table(
        "users",
        queries.users(),
        caption=_("Users"),
        columns=[
            Column("name", _l("Full name"), sort=User.name),
            Column("email", _l("E-mail"), sort=User.email),
            Column("roles", _l("Roles"), value=_roles_text),
            Column("is_enabled", _l("State"), sort=User.is_enabled, value=_state_text),
            Column("created_at", _l("Since"), sort=User.created_at, style="date"),
        ],
        filters=[
            TextFilter("q", _l("Name or e-mail"), User.name, User.email),
            BooleanFilter("off", _l("Shut out"), User.is_enabled.is_(False)),
        ],
        default_sort="name",
        row_url=lambda user: url_for("access.user", user_id=user.id),
        empty=Empty(
            _l("Nobody can sign in yet"),
            _l("Invite the first user; they set their own password through a link."),
            _l("Invite a user"),
            url_for("access.invite"),
        ),
    )
    return table.respond("access/users.html")


@bp.route("/users/invite", methods=["GET", "POST"])
@permission_required(Permission.MANAGE_USERS)
def invite() -> ResponseReturnValue:
    """Create a user and show the link that lets them in."""
    form = InviteForm()
    _offer_choices(form)
    if form.validate_on_submit():
        try:
            with transaction():
                user, token = services.invite_user(
                    email=form.email.data, name=form.name.data, grants=[_wish(form)]
                )
        except EmailTaken as refusal:
            form.refuse("email", refusal.message)
        else:
            return _link_page(user, token)
    return render("access/invite.html", 422 if form.errors else 200, form=form)


@bp.get("/users/<int:user_id>")
@permission_required(Permission.VIEW_USERS)
def user(user_id: int) -> ResponseReturnValue:
    """Show one user with roles and signed-in browsers."""
    form = GrantForm()
    offered = _offer_choices(form)
    found = queries.get_user(user_id)
    return render(
        "access/user.html",
        user=found,
        form=form,
        grants=[
            (grant, role_name(grant), scope_name(grant, offered))
            for grant in found.grants
        ],
        sessions=db.session.scalars(queries.sessions_of(user_id)).all(),
    )


@bp.post("/users/<int:user_id>/grants")
@permission_required(Permission.MANAGE_USERS)
def add_grant(user_id: int) -> ResponseReturnValue:
    """Give a user another role."""
    form = GrantForm()
    _offer_choices(form)
    if form.validate_on_submit():
        with transaction():
            services.add_grant(queries.get_user(user_id), _wish(form))
        toast(_("Role given."))
    return see_other("access.user", user_id=user_id)


@bp.post("/users/<int:user_id>/grants/<int:grant_id>/remove")
@permission_required(Permission.MANAGE_USERS)
def remove_grant(user_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role away."""
    with transaction():
        services.remove_grant(queries.get_user(user_id), grant_id)
    toast(_("Role taken away."))
    return see_other("access.user", user_id=user_id)


@bp.post("/users/<int:user_id>/link")
@permission_required(Permission.MANAGE_USERS)
def new_link(user_id: int) -> ResponseReturnValue:
    """Make a fresh link with which the user sets a password."""
    with transaction():
        found = queries.get_user(user_id)
        token = services.renew_link(found)
    return _link_page(found, token)


@bp.post("/users/<int:user_id>/shut-out")
@permission_required(Permission.MANAGE_USERS)
def shut_out(user_id: int) -> ResponseReturnValue:
    """Stop a user from signing in and end every session."""
    with transaction():
        services.set_enabled(queries.get_user(user_id), is_enabled=False)
    toast(
        _("The user is shut out and signed out everywhere."),
        undo_url=url_for("access.let_in", user_id=user_id),
    )
    return see_other("access.user", user_id=user_id)


@bp.post("/users/<int:user_id>/let-in")
@permission_required(Permission.MANAGE_USERS)
def let_in(user_id: int) -> ResponseReturnValue:
    """Let a user sign in again."""
    with transaction():
        services.set_enabled(queries.get_user(user_id), is_enabled=True)
    toast(_("The user can sign in again."))
    return see_other("access.user", user_id=user_id)


def _link_page(user: User, token: str) -> ResponseReturnValue:
    base = current_app.extensions["config"].public_url
    path = url_for("access.accept_invitation", token=token, _external=not base)
    return render("access/link.html", user=user, link=f"{base}{path}")


def scope_choices() -> ScopeChoices:
    """The sites, projects and teams that a grant can be limited to."""
    offered = ScopeChoices({}, {}, {})
    scope_choices_wanted.send(offered)
    return offered


def _offer_choices(form: GrantForm) -> ScopeChoices:
    offered = scope_choices()
    own_roles = list(db.session.scalars(queries.roles()))
    form.role.choices = choices(role_choices(own_roles))
    form.scope.choices = choices(scope_options(offered))
    return offered


def _wish(form: GrantForm) -> GrantWish:
    kind, _colon, key = form.scope.data.partition(":")
    role = form.role.data
    return GrantWish(
        role_code=None if role.startswith("#") else role,
        role_id=int(role[1:]) if role.startswith("#") else None,
        scope_kind=ScopeKind(kind),
        scope_id=int(key) if key else None,
    )


def role_name(grant: Grant) -> str:
    """The name of the role that a grant gives."""
    if grant.role is not None:
        return grant.role.name
    return str(ROLE_NAMES[RoleCode(grant.role_code or "")])


def scope_name(grant: Grant, offered: ScopeChoices) -> str:
    """How far a grant reaches, in words."""
    if grant.scope_id:
        return offered.of(grant.scope_kind).get(grant.scope_id, "–")
    return str(dict(scope_options(ScopeChoices({}, {}, {})))[grant.scope_kind.value])


def _roles_text(user: User) -> str:
    return ", ".join(sorted({role_name(grant) for grant in user.grants}))


def _state_text(user: User) -> str:
    return _("Can sign in") if user.is_enabled else _("Shut out")
