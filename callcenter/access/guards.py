"""The guards at the doors: who is it, and may they.

Deny by default: a route that names neither a permission nor `public` is refused
at start-up by the architecture tests and at run time by `_require_guard`.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, session, url_for

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
TOKEN_KEY = "session_token"  # noqa: S105 - the name of the cookie's field


def init_app(app: Flask) -> None:
    """Find out who asks before every request, and forget it afterwards."""
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
                return _ask_to_sign_in()  # type: ignore[return-value]
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
            actor = _actor_of_token()
            if actor is None:
                answer = problem(
                    401, "access.token_needed", _("Send a valid token of this site.")
                )
                answer.headers["WWW-Authenticate"] = "Bearer"
                return answer  # type: ignore[return-value]
            set_actor(actor)
            if not actor.may(permission):
                raise Forbidden(permission=str(permission))
            return view(*args, **kwargs)

        guarded.__permission__ = str(permission)  # type: ignore[attr-defined]
        return guarded

    return guard


def token_key() -> str:
    """What rates are limited by: the token where there is one, else the address."""
    token = _bearer_token()
    return queries.token_digest(token) if token else str(request.remote_addr)


def _bearer_token() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def _actor_of_token() -> Actor | None:
    """Who acts through the token; None when it is unknown, expired or revoked."""
    secret, now = _bearer_token(), clock.now()
    token = queries.find_api_token(secret) if secret else None
    if token is None or not token.user.is_enabled:
        return None
    if token.expires_at is not None and token.expires_at <= now:
        return None
    actor = services.build_actor(token.user, only=token.permissions)
    if token.used_at is None or token.used_at + TOKEN_SEEN_EVERY < now:
        with transaction():
            token.used_at = now
    return actor


def current_session() -> UserSession | None:
    """The signed-in browser behind this request, or None."""
    session_id = g.get("session_id")
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
    """Put a new session's token into the browser's cookie, and nothing else."""
    chosen = session.get("locale")
    session.clear()
    session[TOKEN_KEY] = token
    session.permanent = True
    if chosen:
        session["locale"] = chosen


def _identify() -> None:
    set_request_id(request.headers.get("X-Request-ID", "")[:64] or secrets.token_hex(8))
    set_actor(ANONYMOUS)
    text.forget()
    if request.endpoint == "static":
        return
    token = session.get(TOKEN_KEY)
    if token:
        _identify_browser(token)
    text.settle()


def _identify_browser(token: str) -> None:
    browser = queries.find_browser(token)
    if browser is None:
        session.pop(TOKEN_KEY, None)
        return
    now, actor = clock.now(), services.actor_behind(browser)
    is_sensitive = permissions.is_sensitive(actor.permissions)
    if not services.is_alive(browser, now, is_sensitive=is_sensitive):
        session.pop(TOKEN_KEY, None)
        return
    g.session_id = browser.session_id
    set_actor(actor)
    if services.is_due_to_be_seen(browser, now):
        with transaction():
            services.note_seen(browser.session_id, now)


def _require_guard() -> Response | None:
    if request.endpoint in {None, "static"}:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if not hasattr(view, "__permission__"):
        raise Forbidden(endpoint=request.endpoint)
    return None


def _ask_to_sign_in() -> Response:
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
