"""Personal data at rest: encrypted columns and digests that can be searched.

The keys come from the configuration. The first one encrypts; the others still
decrypt, so a key is rotated by putting a new one in front and re-writing rows.
"""

import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from callcenter.kernel.errors import Unavailable


class WrongKey(Unavailable):
    """Stored personal data cannot be read with the configured keys."""

    code = "crypto.wrong_key"


def derive_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, so that no secret serves two."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


def _box() -> MultiFernet:
    import base64

    keys = current_app.config["DATA_KEYS"]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(derive_key(key, "columns"))) for key in keys]
    )


def digest(value: str) -> str:
    """A keyed fingerprint of a normalised value, for equality search only."""
    key = derive_key(current_app.config["DATA_KEYS"][-1], "digest")
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


class EncryptedText(TypeDecorator[str]):
    """Text that the database only ever sees encrypted."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> Any:
        """Encrypt with the newest key."""
        return None if value is None else _box().encrypt(value.encode()).decode()

    def process_result_value(self, value: Any, _dialect: Dialect) -> str | None:
        """Decrypt with whichever key fits.

        Raises `WrongKey` when none does.
        """
        if value is None:
            return None
        try:
            return _box().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise WrongKey from error
