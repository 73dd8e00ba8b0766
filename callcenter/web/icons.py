"""Icons: drawn in Python, because a page has dozens and they are the same ones."""

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from callcenter.web.assets import asset_url


def init_app(app: Flask) -> None:
    """Let templates draw icons; components.html hands it on as ``ui.icon``."""
    app.jinja_env.globals["icon"] = icon


def icon(name: str, label: object = None) -> Markup:
    """An icon of the set; with a label it says something, else it only shows."""
    return _drawn(asset_url("icons.svg"), name, None if label is None else str(label))


@lru_cache(maxsize=4096)
def _drawn(address: str, name: str, label: str | None) -> Markup:
    sign = Markup('<use href="{}#{}"></use></svg>').format(address, name)
    if not label:
        return Markup('<svg class="icon" aria-hidden="true">') + sign
    said = Markup('<svg class="icon" role="img" aria-label="{}">').format(label)
    return said + sign
