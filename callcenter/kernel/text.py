"""The three ways to say a translated text, under the names the extractor knows."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def _(string: str, **variables: object) -> str: ...
    def _l(string: str, **variables: object) -> str: ...
    def _n(singular: str, plural: str, num: int, **variables: object) -> str: ...

else:
    from flask_babel import gettext as _
    from flask_babel import lazy_gettext as _l
    from flask_babel import ngettext as _n

__all__ = ["_", "_l", "_n"]
