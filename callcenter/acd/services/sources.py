"""One kind of source for a queue at a time: contacts, or intervals counted already."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from callcenter.acd.models import Contact, CountedInterval
from callcenter.acd.services.naming import queues_meant
from callcenter.acd.services.tally import Span
from callcenter.kernel.db import db

_OTHER = {
    "contacts": (CountedInterval.queue_id, CountedInterval.interval_start),
    "intervals": (Contact.queue_id, Contact.offered_at),
}


def is_counted_otherwise(
    project_id: int, names: Sequence[str], spans: Mapping[str, Span]
) -> bool:
    """Whether one of these queues has the other kind of figures in the same time.

    Both would be added together. ``spans`` holds first and last instant of each kind.
    """
    queue_ids = queues_meant(project_id, names)
    return bool(queue_ids) and any(
        _has_any(kind, queue_ids, span) for kind, span in spans.items()
    )


def _has_any(kind: str, queue_ids: set[int], span: Span) -> bool:
    queue_id, at = _OTHER[kind]
    first, last = (datetime.fromtimestamp(second, UTC) for second in span)
    found = select(queue_id).where(queue_id.in_(queue_ids), at.between(first, last))
    return db.session.scalar(found.limit(1)) is not None
