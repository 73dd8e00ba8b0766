"""Signing in and out."""

from flask import Blueprint, request, session
from flask.typing import ResponseReturnValue

from callcenter.access import queries, services
from callcenter.access.errors import TooManyAttempts, WrongCredentials
from callcenter.access.forms import SignInForm
from callcenter.access.guards import (
    current_session,
    permission_required,
    public,
    remember,
)
from callcenter.access.permissions import Permission
from callcenter.kernel.db import transaction
from callcenter.web.pages import back_to, render, see_other

bp = Blueprint("access", __name__, template_folder="templates")


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password, and let in who knows both."""
    if current_session():
        return back_to("home.index")
    form = SignInForm()
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
    user_session = current_session()
    if user_session is not None:
        with transaction():
            services.close_session(user_session)
    session.clear()
    return see_other("access.sign_in")
