"""Whether a link may be followed by whoever reads the page."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from callcenter.kernel.actor import current_actor


def may_open(url: str) -> bool:
    """Whether the reader holds what the page at an address of ours asks for."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return True
    try:
        endpoint, _arguments = adapter.match(urlsplit(url).path, method="GET")
    except HTTPException:
        return True
    view = current_app.view_functions[endpoint]
    permission: str | None = getattr(view, "__permission__", None)
    return permission is None or current_actor().may(permission)
