"""Refusals of this room."""

from callcenter.kernel.errors import Conflict, Forbidden, Invalid
from callcenter.kernel.text import _l


class AlreadyDecided(Conflict):
    """The request no longer waits for this."""

    code = "workflow.already_decided"

    def default_message(self) -> object:
        """What happened."""
        return _l("This request was decided in the meantime.")


class NotYours(Forbidden):
    """Somebody else decides on this request."""

    code = "workflow.not_yours"

    def default_message(self) -> object:
        """Why."""
        return _l("Somebody else decides on this; nobody decides on an own request.")


class ReasonNeeded(Invalid):
    """A refusal without a reason."""

    code = "workflow.reason_needed"

    def default_message(self) -> object:
        """What is missing."""
        return _l("Say why, so that the person can act on it.")
