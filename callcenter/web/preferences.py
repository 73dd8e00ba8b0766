"""Language and colours, chosen from the top of any page, signed in or not.

The choice is kept in this browser; `preferences_chosen` lets the room that knows
the user keep it with the account as well.
"""

from blinker import Signal
from flask import Blueprint, Flask, Response, current_app, request, session

from callcenter.config import LANGUAGES
from callcenter.web.assets import YEAR_S
from callcenter.web.components import THEMES
from callcenter.web.pages import back_to

preferences_chosen = Signal()
"""``locale`` and ``theme`` are the new choice, or None where nothing was chosen."""

bp = Blueprint("preferences", __name__)


def init_app(app: Flask) -> None:
    """Register the one address that takes a choice."""
    app.register_blueprint(bp)


@bp.post("/preferences")
def choose() -> Response:
    """Keep the chosen language or colours, and go back to the page at hand."""
    locale, theme = request.form.get("locale"), request.form.get("theme")
    locale = locale if locale in LANGUAGES else None
    theme = theme if theme in THEMES else None
    response = back_to("home.index") if not _is_silent() else Response(status=204)
    if locale is not None:
        session["locale"] = locale
    if theme is not None:
        response.set_cookie(
            "theme",
            theme,
            max_age=YEAR_S,
            samesite="Lax",
            httponly=True,
            secure=bool(current_app.config.get("SESSION_COOKIE_SECURE")),
        )
    preferences_chosen.send(current_app.name, locale=locale, theme=theme)
    return response


def _is_silent() -> bool:
    """Whether the page's script asked, having changed the colours already."""
    return request.headers.get("X-Requested-With") == "fetch"


choose.__permission__ = None  # type: ignore[attr-defined]
