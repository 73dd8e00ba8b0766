"""Texts in templates: said in the reader's language, ready to stand in HTML."""

from functools import lru_cache
from gettext import NullTranslations
from typing import Any

from flask import Flask
from markupsafe import Markup

from callcenter.kernel.text import voice


def init_app(app: Flask) -> None:
    """Give templates the functions behind ``_``, ``ngettext`` and ``{% trans %}``."""
    app.jinja_env.globals.update(_=say, gettext=say, ngettext=say_many)


def say(string: str, /, **variables: Any) -> Markup:
    """The text; what is put into it is escaped, as Jinja's own does it."""
    said = _said(voice().catalog, str(string))
    return said % variables if variables else said


@lru_cache(maxsize=8192)
def _said(catalog: NullTranslations, string: str) -> Markup:
    text = Markup(catalog.gettext(string))  # noqa: S704 - our own texts, no input
    return text.replace("%%", "%") if "%(" not in text else text


def say_many(singular: str, plural: str, num: int, /, **variables: Any) -> Markup:
    """The text in the form that goes with the number."""
    variables.setdefault("num", num)
    text = voice().catalog.ngettext(singular, plural, num)
    return Markup(text) % variables  # noqa: S704 - our own texts, no input
