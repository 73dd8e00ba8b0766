"""The room's commands: booking time, absences, people and their organisation."""

from callcenter.people.services.actors import describe_actor, offer_scopes
from callcenter.people.services.commitments import (
    book_time,
    record_absence,
    release_from,
    release_time,
    withdraw_absence,
)

__all__ = [
    "book_time",
    "describe_actor",
    "offer_scopes",
    "record_absence",
    "release_from",
    "release_time",
    "withdraw_absence",
]
