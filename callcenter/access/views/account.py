"""One's own account: name, language, password, signed-in browsers."""

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access import queries, services
from callcenter.access.errors import WeakPassword
from callcenter.access.forms import ChangePasswordForm, ProfileForm
from callcenter.access.guards import (
    acting_user,
    current_session,
    permission_required,
)
from callcenter.access.permissions import Permission
from callcenter.access.views.blueprint import bp
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _
from callcenter.web.pages import render, see_other, toast


@bp.route("/account", methods=["GET", "POST"])
@permission_required(Permission.USE_OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """Show and change one's own account."""
    user = acting_user()
    form = ProfileForm(name=user.name, locale=user.locale or "")
    if form.validate_on_submit():
        with transaction():
            user = acting_user()
            user.name = form.name.data.strip()
            user.locale = form.locale.data or None
        toast(_("Saved."))
        return see_other("access.account")
    return _account_page(form, ChangePasswordForm())


@bp.post("/account/password")
@permission_required(Permission.USE_OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Change one's own password and sign the other browsers out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        if not services.is_password(acting_user(), form.present.data):
            form.refuse("present", _("That is not your present password."))
        else:
            try:
                with transaction():
                    user = acting_user()
                    services.set_password(user, form.password.data)
                    services.close_other_sessions(user.id, keep=current_session())
            except WeakPassword as refusal:
                form.refuse("password", refusal.message)
            else:
                toast(_("Password changed. Other browsers were signed out."))
                return see_other("access.account")
    user = acting_user()
    profile = ProfileForm(formdata=None, name=user.name, locale=user.locale or "")
    return _account_page(profile, form)


@bp.post("/account/sessions/<int:session_id>/sign-out")
@permission_required(Permission.USE_OWN_ACCOUNT)
def sign_out_elsewhere(session_id: int) -> ResponseReturnValue:
    """Sign another browser of one's own out."""
    with transaction():
        services.close_session(queries.get_session_of(acting_user().id, session_id))
    toast(_("That browser was signed out."))
    return see_other("access.account")


def _account_page(
    form: ProfileForm, password: ChangePasswordForm
) -> ResponseReturnValue:
    user = acting_user()
    sessions = db.session.scalars(queries.sessions_of(user.id)).all()
    current = current_session()
    has_errors = bool(form.errors or password.errors)
    return render(
        "access/account.html",
        422 if has_errors and request.method == "POST" else 200,
        user=user,
        form=form,
        password_form=password,
        sessions=sessions,
        current_id=current.id if current else None,
    )


def keep_preferences(_sender: object, *, locale: str | None, theme: str | None) -> None:
    """Keep the language and colours that were just chosen with the account."""
    if current_session() is None:
        return
    with transaction():
        user = acting_user()
        user.locale = locale or user.locale
        user.theme = theme or user.theme
