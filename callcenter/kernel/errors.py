"""The ways in which the application says no.

Each leaf carries a stable ``code`` for machines, a translated ``message`` for
people, and ``context`` as data. Only `callcenter.web.errors` knows which HTTP
status a refusal becomes.
"""

from typing import Any, ClassVar


class AppError(Exception):
    """A refusal that a person or a program can act on."""

    code: ClassVar[str] = "app.error"

    def __init__(self, message: object = "", **context: Any) -> None:
        self._message = message
        self.context = context
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The refusal in the reader's language."""
        return str(self._message or self.default_message())

    def default_message(self) -> object:
        """The text used when the raiser gave none; leaves override it."""
        return self.code

    def __str__(self) -> str:
        return f"{self.code} {self.context}" if self.context else self.code


class NotFound(AppError):
    """No such thing, or none within the asker's scope."""

    code = "app.not_found"

    def default_message(self) -> object:
        """One sentence that does not tell whether the thing exists elsewhere."""
        from callcenter.kernel.text import _l

        return _l("There is nothing here, or it is outside what you may see.")


class Conflict(AppError):
    """The state of things forbids the change."""

    code = "app.conflict"


class Stale(Conflict):
    """Somebody else changed the row since it was read."""

    code = "app.stale"

    def default_message(self) -> object:
        """What happened and the way out."""
        from callcenter.kernel.text import _l

        return _l(
            "Somebody else changed this in the meantime. "
            "Look at the present state and try again."
        )


class Invalid(AppError):
    """The input breaks a rule; ``context['fields']`` may name where."""

    code = "app.invalid"


class Forbidden(AppError):
    """The actor lacks the permission, or a separation of duties stands against it."""

    code = "app.forbidden"

    def default_message(self) -> object:
        """One sentence that says whom to ask."""
        from callcenter.kernel.text import _l

        return _l("Your role does not permit this. An administrator can change that.")


class Unavailable(AppError):
    """Something the application needs does not answer at present."""

    code = "app.unavailable"
