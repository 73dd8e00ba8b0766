"""Passwords: argon2id at rest, and no weak ones."""

import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from callcenter.access.errors import WeakPassword
from callcenter.access.models import User
from callcenter.kernel.text import _l

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200
LEAST_SCORE = 3


def hash_password(password: str) -> str:
    """The argon2id hash of a password, RFC 9106's low-memory profile."""
    return _hasher().hash(password)


def is_password(user: User | None, password: str) -> bool:
    """Whether the password is the user's; takes as long when there is no user."""
    from argon2.exceptions import InvalidHashError, VerificationError

    known = user.password_hash if user and user.password_hash else _decoy_hash()
    try:
        _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and user.password_hash is not None


def require_strong(password: str, *, about: Iterable[str]) -> None:
    """Refuse a password that is short, common, or made of what is known of the person.

    Raises `WeakPassword`.
    """
    from zxcvbn import zxcvbn

    if len(password) < SHORTEST:
        raise WeakPassword(
            _l("Use at least %(n)s characters; several words are best.", n=SHORTEST)
        )
    known = [part for text in about for part in (text, *text.split("@"))]
    verdict = zxcvbn(password[:72], user_inputs=[*known, "callcenter"])
    if verdict["score"] < LEAST_SCORE:
        raise WeakPassword(
            _l("That password is easy to guess. Use several words that do not belong.")
        )


def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@lru_cache(maxsize=1)
def _decoy_hash() -> str:
    return hash_password(secrets.token_urlsafe(16))
