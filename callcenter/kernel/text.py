"""The three ways to say a translated text, under the names the extractor knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def _(string: str, **variables: object) -> str: ...
    def _l(string: str, **variables: object) -> str: ...
    def _n(singular: str, plural: str, num: int, **variables: object) -> str: ...

else:
    from flask_babel import gettext as _
    from flask_babel import lazy_gettext as _l
    from flask_babel import ngettext as _n

__all__ = ["_", "_l", "_n", "language", "speaking"]


def language() -> str:
    """The language in which texts come out here, ``en`` or ``zh_CN``."""
    from flask_babel import get_locale

    locale = get_locale()
    return "zh_CN" if locale is not None and locale.language == "zh" else "en"


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Say texts in that language for a while, as jobs and mails do."""
    from flask_babel import force_locale

    with force_locale(chosen):
        yield
