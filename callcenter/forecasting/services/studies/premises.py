"""What a result rests on, as a digest: when it changes the result is out of date."""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import inspect

from callcenter.forecasting.services.requirements.loads import Question
from callcenter.kernel.db import Model

_NOT_PREMISES = frozenset({"id", "version"})


def premises_of(
    questions: Iterable[Question], *more: object, without: frozenset[str] = frozenset()
) -> str:
    """A digest of loads, targets and assumptions, and of whatever else counts.

    ``without`` names columns of assumptions that make no difference to the result.
    """
    digest = blake2b(digest_size=16)
    for question in questions:
        load = question.load
        for values in (load.offered, load.aht_s, load.is_open):
            digest.update(values.tobytes())
        if question.outbound_erlangs is not None:
            digest.update(question.outbound_erlangs.tobytes())
        queue = question.queue
        facts: list[object] = [queue.id, queue.channel, queue.direction]
        facts += [load.first_day, load.interval_s, load.concurrency]
        rows = [*question.targets, question.assumption, *question.assumption.spans]
        facts += [row_premises(row, without) for row in rows]
        digest.update(repr(facts).encode())
    digest.update(repr(more).encode())
    return digest.hexdigest()


def row_premises(
    row: Model, without: frozenset[str] = frozenset()
) -> list[tuple[str, str]]:
    """The values of a row that count, whichever row it is that holds them."""
    return [
        (column.key, str(getattr(row, column.key)))
        for column in inspect(type(row)).columns
        if column.key not in _NOT_PREMISES | without
        and not (column.key or "").endswith("_id")
    ]
