"""The guards at the doors: who is it, and may they.

Flask-Login keeps who is signed in. What it stores in the cookie is the opaque token of
a session that is a row of ours; that row alone says whether the token still counts.

Deny by default: a route that names neither a permission nor `public` is refused
at start-up by the architecture tests and at run time by `_require_guard`.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from callcenter.access import permissions, queries, services
from callcenter.access.models import User, UserSession
from callcenter.kernel import clock, text
from callcenter.kernel.actor import (
    ANONYMOUS,
    Actor,
    current_actor,
    set_actor,
    set_request_id,
)
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Forbidden
from callcenter.kernel.text import _
from callcenter.web.errors import problem, wants_json

P = ParamSpec("P")
R = TypeVar("R")

TOKEN_SEEN_EVERY = timedelta(minutes=1)
TOKEN_KEY = "_user_id"  # noqa: S105 - where Flask-Login keeps what get_id() gives


class Nobody(AnonymousUserMixin):
    """Whoever is not signed in."""

    actor = ANONYMOUS
    session_id: int | None = None


class Asker(UserMixin):
    """Who asks: a browser in which somebody is signed in, or a program with a token.

    A light object made of the rows that a request begins with, not a row itself.
    """

    def __init__(self, token: str, actor: Actor, session_id: int | None = None) -> None:
        self.token, self.actor, self.session_id = token, actor, session_id

    def get_id(self) -> str:
        """The opaque token: the cookie is worth nothing once its session ended."""
        return self.token


login_manager = LoginManager()
login_manager.anonymous_user = Nobody
# A cookie that comes from another browser or network is no longer fresh. It is not
# worthless: phones change networks all day.
login_manager.session_protection = "basic"


def init_app(app: Flask) -> None:
    """Find out who asks before every request, and forget it afterwards."""
    # Pages say that the database is gone, so drawing one must not look anybody up.
    login_manager.init_app(app, add_context_processor=False)
    app.before_request(_identify)
    app.before_request(_require_guard)
    app.teardown_request(_forget)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let anybody in; such routes are listed in the architecture tests."""
    view.__permission__ = None  # type: ignore[attr-defined]
    return view


def permission_required(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in who holds the permission, whatever its scope; queries do the rest."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if current_actor().is_anonymous:
                return login_manager.unauthorized()
            if not current_actor().may(permission):
                raise Forbidden(permission=str(permission))
            return view(*args, **kwargs)

        guarded.__permission__ = str(permission)  # type: ignore[attr-defined]
        return guarded

    return guard


def token_required(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in a program whose bearer token holds the permission; cookies count nothing.

    Such routes live in blueprints that are exempt from CSRF protection, which they
    can be because a browser never sends the token by itself.
    """

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            set_actor(current_user.actor)
            if not current_actor().may(permission):
                raise Forbidden(permission=str(permission))
            return view(*args, **kwargs)

        guarded.__permission__ = str(permission)  # type: ignore[attr-defined]
        guarded.__takes_token__ = True  # type: ignore[attr-defined]
        return guarded

    return guard


def token_key() -> str:
    """What rates are limited by: the token where there is one, else the address."""
    token = _bearer_token()
    return queries.token_digest(token) if token else str(request.remote_addr)


def _bearer_token() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def _takes_token() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "__takes_token__", False)


@login_manager.request_loader
def _program(_request: Request) -> Asker | None:
    """Who acts through a token; None when it is unknown, expired or revoked."""
    secret, now = _bearer_token() if _takes_token() else "", clock.now()
    token = queries.find_api_token(secret) if secret else None
    if token is None or not token.user.is_enabled:
        return None
    if token.expires_at is not None and token.expires_at <= now:
        return None
    actor = services.build_actor(token.user, only=token.permissions)
    if token.used_at is None or token.used_at + TOKEN_SEEN_EVERY < now:
        with transaction():
            token.used_at = now
    return Asker(secret, actor)


@login_manager.user_loader
def _browser(token: str) -> Asker | None:
    """Who is signed in under that token; None when its session has ended."""
    browser = None if _takes_token() else queries.find_browser(token)
    if browser is None:
        return None
    now, actor = clock.now(), services.actor_behind(browser)
    is_sensitive = permissions.is_sensitive(actor.permissions)
    if not services.is_alive(browser, now, is_sensitive=is_sensitive):
        return None
    if services.is_due_to_be_seen(browser, now):
        with transaction():
            services.note_seen(browser.session_id, now)
    return Asker(token, actor, browser.session_id)


def current_session() -> UserSession | None:
    """The signed-in browser behind this request, or None."""
    session_id = current_user.session_id
    return db.session.get(UserSession, session_id) if session_id else None


def acting_user() -> User:
    """The user who acts in this request.

    Raises `Forbidden` when nobody is signed in.
    """
    user_id = current_actor().user_id
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None:
        raise Forbidden
    return user


def remember(token: str) -> None:
    """Sign this browser in under a new session's token; keep nothing of the old."""
    chosen = session.get("locale")
    session.clear()
    login_user(_browser(token))
    session.permanent = True
    if chosen:
        session["locale"] = chosen


def forget_browser() -> None:
    """Sign this browser out, and close its session if it has one."""
    with transaction():
        user_session = current_session()
        if user_session is not None:
            services.close_session(user_session)
    logout_user()
    session.clear()


def _identify() -> None:
    set_request_id(request.headers.get("X-Request-ID", "")[:64] or secrets.token_hex(8))
    set_actor(ANONYMOUS)
    # Several requests may share one application context, as in tests and consoles.
    g.pop("_login_user", None)
    text.forget()
    if request.endpoint == "static":
        return
    if TOKEN_KEY in session and not _takes_token():
        set_actor(current_user.actor)
        if current_user.is_anonymous:
            logout_user()
    text.settle()


def _require_guard() -> Response | None:
    if request.endpoint in {None, "static"}:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if not hasattr(view, "__permission__"):
        raise Forbidden(endpoint=request.endpoint)
    return None


@login_manager.unauthorized_handler
def _ask_to_sign_in() -> Response:
    if _takes_token():
        answer = problem(
            401, "access.token_needed", _("Send a valid token of this site.")
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if wants_json():
        return problem(401, "access.sign_in_needed", "Sign in, or send a token.")
    target = url_for("access.sign_in", next=request.full_path.rstrip("?"))
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, code=303)  # type: ignore[return-value]


def _forget(_error: BaseException | None) -> None:
    set_actor(ANONYMOUS)
    set_request_id("")
    text.forget()
