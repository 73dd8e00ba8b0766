"""Rendering: whole pages, and the fragments of them that htmx asks for."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from jinja2 import TemplateNotFound

from callcenter.kernel.errors import Invalid


def is_fragment_request() -> bool:
    """Whether htmx wants only the part of the page that changes."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render(template: str, status: int = 200, /, **context: Any) -> Response:
    """The page, or for htmx the fragment of the same name behind an underscore.

    ``room/shift.html`` includes ``room/_shift.html``, so the two cannot drift.
    """
    name = template
    if is_fragment_request():
        room, _slash, page = template.rpartition("/")
        fragment = f"{room}/_{page}" if room else f"_{page}"
        if _exists(fragment):
            name = fragment
    response = make_response(render_template(name, **context), status)
    response.headers.add("Vary", "HX-Request")
    return response


def _exists(template: str) -> bool:
    try:
        current_app.jinja_env.get_template(template)
    except TemplateNotFound:
        return False
    return True


def see_other(endpoint: str, **values: Any) -> Response:
    """A redirect after a successful POST, so that reloading repeats nothing."""
    return _redirect_303(url_for(endpoint, **values))


def back_to(default_endpoint: str, **values: Any) -> Response:
    """Back to the local page named by ``next``, or to the default."""
    target = request.values.get("next", "")
    if not is_local(target):
        target = url_for(default_endpoint, **values)
    return _redirect_303(target)


def back_to_sender(default_endpoint: str, **values: Any) -> Response:
    """Back to the page of ours that sent the request, or to the default."""
    sender = urlsplit(request.referrer or "")
    target = f"{sender.path}?{sender.query}" if sender.query else sender.path
    if sender.netloc != request.host or not is_local(target):
        target = url_for(default_endpoint, **values)
    return _redirect_303(target)


def is_local(target: str) -> bool:
    """Whether a URL stays on this site: a path, no host, no scheme, no tricks."""
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    parts = urlsplit(target)
    return not parts.netloc and not parts.scheme and "\\" not in target


def _redirect_303(target: str) -> Response:
    return redirect(target, code=303)  # type: ignore[return-value]


def toast(message: object, kind: str = "success", undo_url: str | None = None) -> None:
    """Show a short message on the next page, with an undo button when there is one."""
    if kind not in {"success", "info", "warning", "danger"}:
        raise ValueError(f"no such kind of toast: {kind}")
    flash({"text": str(message), "undo_url": undo_url}, kind)  # type: ignore[arg-type]


def csp_nonce() -> str:
    """The nonce that this response's own inline elements carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def whole_number_arg(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number from the query string, within bounds.

    Raises `Invalid` when it is no number or out of bounds.
    """
    raw = request.args.get(name)
    if raw is None or raw == "":
        return default
    try:
        value = int(raw)
    except ValueError:
        raise Invalid(f"{name}: {raw[:40]}", field=name) from None
    if not low <= value <= high:
        raise Invalid(f"{name}: {low} – {high}", field=name)
    return value
