"""Addresses of static files that change with their content, for browsers to keep."""

import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, current_app, request, url_for
from markupsafe import Markup

YEAR_S = 31_536_000


def init_app(app: Flask) -> None:
    """Offer ``asset_url`` to templates and let browsers keep what carries a hash."""
    app.extensions["asset_urls"] = {}
    app.jinja_env.globals.update(asset_url=asset_url, asset_inline=asset_inline)
    app.after_request(_keep_versioned)


def asset_url(name: str) -> str:
    """The address of a file below ``static``, with a hash of its content.

    It is worked out once; while files are being written, each time.
    """
    known: dict[tuple[str, str], str] = current_app.extensions["asset_urls"]
    key = (request.script_root, name)
    if key not in known or current_app.jinja_env.auto_reload:
        path = Path(current_app.static_folder or "") / name
        version = _content_hash(path, path.stat().st_mtime_ns)
        known[key] = url_for("static", filename=name, v=version)
    return known[key]


def asset_inline(name: str) -> Markup:
    """A small SVG below ``static`` as an address that holds it: one request less."""
    return _inlined(Path(current_app.static_folder or "") / name)


@lru_cache(maxsize=16)
def _inlined(path: Path) -> Markup:
    text = " ".join(path.read_text("utf-8").split())
    address = f"data:image/svg+xml,{quote(text, safe=' /:=')}"
    return Markup(address)  # noqa: S704 - quoted above, and a file of ours


@lru_cache(maxsize=256)
def _content_hash(path: Path, _changed_at_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _keep_versioned(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        if "v" in request.args:
            response.cache_control.public = True
            response.cache_control.max_age = YEAR_S
            response.cache_control.immutable = True
            response.cache_control.no_cache = None
        else:
            response.cache_control.no_cache = True
        if request.path.endswith("/sw.js"):
            response.headers["Service-Worker-Allowed"] = "/"
    return response
