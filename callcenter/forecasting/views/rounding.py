"""How contacts are shown and taken: whole, the half upwards, as scripts round."""

from math import floor


def whole(contacts: float) -> int:
    """Contacts as a whole number; `round` would make 2 of 2.5 and 4 of 3.5."""
    return floor(contacts + 0.5)
