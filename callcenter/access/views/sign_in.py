"""Signing in and out."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from callcenter.access import queries, services
from callcenter.access.errors import (
    InvitationSpent,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
)
from callcenter.access.forms import NewPasswordForm, SignInForm
from callcenter.access.guards import (
    forget_browser,
    permission_required,
    public,
    remember,
)
from callcenter.access.permissions import Permission
from callcenter.access.views.blueprint import bp
from callcenter.kernel import clock
from callcenter.kernel.db import transaction
from callcenter.kernel.text import _
from callcenter.web.extensions import limiter
from callcenter.web.pages import back_to, render, see_other, toast


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password, and let in who knows both."""
    if current_user.is_authenticated:
        return back_to("home.index")
    form = SignInForm(email=request.args.get("email", ""))
    if form.validate_on_submit():
        refusal = _try_to_sign_in(form.email.data, form.password.data)
        if refusal is None:
            return back_to("home.index")
        form.refuse(None, refusal.message)
    status = 422 if form.errors else 200
    return render("access/sign_in.html", status, form=form)


def _try_to_sign_in(
    email: str, password: str
) -> WrongCredentials | TooManyAttempts | None:
    user = queries.find_user_by_email(email)
    is_right = services.is_password(user, password)
    try:
        with transaction():
            _session, token = services.sign_in(
                email,
                is_right=is_right,
                address=request.remote_addr or "",
                device=request.user_agent.string,
            )
    except WrongCredentials as refusal:
        with transaction():
            services.note_failure(email)
        return refusal
    except TooManyAttempts as refusal:
        return refusal
    remember(token)
    return None


@bp.post("/sign-out")
@permission_required(Permission.USE_OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    forget_browser()
    return see_other("access.sign_in")


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
@public
def accept_invitation(token: str) -> ResponseReturnValue:
    """Let an invited user set a password; the link works once."""
    invitation = queries.find_invitation(token)
    if invitation is None or invitation.expires_at < clock.now():
        raise InvitationSpent
    form = NewPasswordForm()
    email, name = invitation.user.email, invitation.user.name
    if form.validate_on_submit():
        try:
            with transaction():
                services.accept_invitation(token, form.password.data)
        except WeakPassword as refusal:
            form.refuse("password", refusal.message)
        else:
            toast(_("Your password is set. Sign in with it now."))
            return see_other("access.sign_in", email=email)
    status = 422 if form.errors else 200
    return render("access/invitation.html", status, form=form, email=email, name=name)
