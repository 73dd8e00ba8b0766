"""One kind of source for a queue at a time: contacts, or intervals counted already."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from callcenter.acd.errors import CountedOtherwise
from callcenter.acd.models import Contact, CountedInterval, SourceName
from callcenter.acd.services.naming import queues_meant
from callcenter.acd.services.storing import epoch_s
from callcenter.acd.services.tally import Span
from callcenter.kernel.db import db

_LONGEST_INTERVAL = timedelta(days=1)
_MODELS: Mapping[str, Any] = {"contacts": Contact, "intervals": CountedInterval}
_OTHER = {"contacts": "intervals", "intervals": "contacts"}


def is_counted_otherwise(
    project_id: int, names: Sequence[str], spans: Mapping[str, Span]
) -> bool:
    """Whether one of these queues has the other kind of figures in the same time.

    Both would be added together. ``spans`` holds first and last instant of each kind.
    """
    queue_ids = queues_meant(project_id, names)
    return bool(queue_ids) and any(
        _has_any(_OTHER[kind], _MODELS[_OTHER[kind]].queue_id.in_(queue_ids), span)
        for kind, span in spans.items()
    )


def refuse_counting_twice(name: SourceName, queue_id: int | None) -> None:
    """Check that a queue may take what waits under a name; None is a queue to be made.

    Raises `CountedOtherwise` when the queue, or the name itself, has the other kind of
    figures in the same time.
    """
    for kind, other in _OTHER.items():
        span = _span(kind, name.id)
        model = _MODELS[other]
        mine = model.queue_name_id == name.id
        which = mine if queue_id is None else or_(mine, model.queue_id == queue_id)
        if span is not None and _has_any(other, which, span):
            raise CountedOtherwise(name=name.name)


def _span(kind: str, name_id: int) -> Span | None:
    """The first and the last second of what is stored under a name."""
    model = _MODELS[kind]
    if kind == "contacts":
        first = last = epoch_s(Contact.offered_at)
    else:
        first = epoch_s(CountedInterval.interval_start)
        last = first + CountedInterval.interval_s - 1
    ends = select(func.min(first), func.max(last))
    row: Any = db.session.execute(ends.where(model.queue_name_id == name_id)).one()
    return None if row[0] is None else (int(row[0]), int(row[1]))


def _has_any(kind: str, which: ColumnElement[bool], span: Span) -> bool:
    """Whether any figure of the kind shares a second with the span."""
    first, last = (datetime.fromtimestamp(second, UTC) for second in span)
    if kind == "contacts":
        found = select(Contact.id).where(Contact.offered_at.between(first, last))
    else:
        start = CountedInterval.interval_start
        found = select(CountedInterval.id).where(
            start.between(first - _LONGEST_INTERVAL, last),
            epoch_s(start) + CountedInterval.interval_s > span[0],
        )
    return db.session.scalar(found.where(which).limit(1)) is not None
