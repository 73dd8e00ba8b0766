"""The three ways to say a translated text, under the names the extractor knows.

Flask-Babel finds out which language the reader speaks; to ask it for every word costs
more than the words. So `settle` asks once when a request begins, `forget` ends it, and
whoever speaks outside of a request asks each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any

from babel import Locale
from flask_babel import force_locale, get_locale, get_translations, refresh
from flask_babel.speaklater import LazyString

__all__ = [
    "Voice",
    "_",
    "_l",
    "_n",
    "forget",
    "language",
    "settle",
    "speaking",
    "voice",
]


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One language with its messages, as its reader is spoken to."""

    locale: Locale
    name: str
    catalog: NullTranslations


_ENGLISH = Locale("en")
_voice: ContextVar[Voice | None] = ContextVar("voice", default=None)


def voice() -> Voice:
    """How the reader at hand is spoken to."""
    return _voice.get() or _ask()


def _ask() -> Voice:
    locale = get_locale() or _ENGLISH
    return Voice(locale, str(locale), get_translations())


def settle() -> None:
    """Speak to whoever is known by now, until `forget`."""
    refresh()
    _voice.set(_ask())


def forget() -> None:
    """Ask anew who is spoken to."""
    _voice.set(None)


def _(string: str, /, **variables: Any) -> str:
    """The text in the language of the reader."""
    said = voice().catalog.gettext(string)
    return said % variables if variables else said


def _n(singular: str, plural: str, num: int, **variables: Any) -> str:
    """The text in the form that goes with the number."""
    variables.setdefault("num", num)
    return voice().catalog.ngettext(singular, plural, num) % variables


if TYPE_CHECKING:

    def _l(string: str, **variables: Any) -> str: ...

else:

    def _l(string: str, **variables: Any) -> LazyString:
        """The text, said in the reader's language once somebody reads it."""
        return LazyString(_, string, **variables)


def language() -> str:
    """The language in which texts come out here, ``en`` or ``zh_CN``."""
    return "zh_CN" if voice().locale.language == "zh" else "en"


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Say texts in that language for a while, as jobs and mails do."""
    with force_locale(chosen):
        token = _voice.set(_ask())
        try:
            yield
        finally:
            _voice.reset(token)
