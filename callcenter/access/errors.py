"""Refusals of this room."""

from callcenter.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from callcenter.kernel.text import _l

# The same sentence for every cause, so that nobody learns which addresses are known.
NOT_LET_IN = _l(
    "E-mail and password do not match, or the account is not in use. "
    "After several attempts, wait a little before the next one."
)


class WrongCredentials(Invalid):
    """E-mail and password do not belong together; which one is not said."""

    code = "access.wrong_credentials"

    def default_message(self) -> object:
        """What may be wrong."""
        return NOT_LET_IN


class TooManyAttempts(Forbidden):
    """Sign-in waits a while after repeated failures."""

    code = "access.too_many_attempts"

    def default_message(self) -> object:
        """What may be wrong, an unknown address included."""
        return NOT_LET_IN


class WeakPassword(Invalid):
    """The password is too short, too common or too close to the person's name."""

    code = "access.weak_password"


class EmailTaken(Conflict):
    """Another user signs in with that address."""

    code = "access.email_taken"

    def default_message(self) -> object:
        """What is wrong."""
        return _l("Another user already signs in with this address.")


class InvitationSpent(NotFound):
    """The link was used, has expired, or never existed."""

    code = "access.invitation_spent"

    def default_message(self) -> object:
        """What to do."""
        return _l("This link was used or has expired. Ask for a new one.")
