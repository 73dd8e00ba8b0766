"""Setting what requirements rest on; what is approved already stays as it is."""

from datetime import time
from typing import Any

from callcenter.forecasting import queries
from callcenter.forecasting.errors import TooMuchShrinkage
from callcenter.forecasting.models import Assumption, ShrinkageKind, ShrinkageSpan
from callcenter.forecasting.services.requirements.shrinking import (
    MOST_SHRINKAGE,
    most_shrinkage,
)
from callcenter.kernel.db import db, table_of
from callcenter.projects.models import Queue

_OWN = frozenset({"id", "version", "queue_id", "project_id"})
_SPAN = ("kind", "weekdays", "starts_at", "ends_at", "share")


def set_assumption(
    assumption: Assumption | None,
    *,
    project_id: int,
    queue_id: int | None,
    **values: Any,
) -> Assumption:
    """Set what the requirements of a project or a queue rest on from now on.

    A queue's first own row takes over what held for it before, with the hours of
    shrinkage. Raises `TooMuchShrinkage`.
    """
    if assumption is None:
        usual = None if queue_id is None else queries.find_assumption(project_id, None)
        assumption = _copy(usual or Assumption.standard(project_id), queue_id)
        db.session.add(assumption)
    for name, value in values.items():
        setattr(assumption, name, value)
    _require_time_on_contacts(assumption)
    db.session.flush()
    return assumption


def own_assumption(queue: Queue) -> Assumption:
    """The queue's own row, made from what holds for it where it has none."""
    own = queries.find_assumption(queue.project_id, queue.id)
    return own or set_assumption(None, project_id=queue.project_id, queue_id=queue.id)


def project_assumption(project_id: int) -> Assumption:
    """The project's row, with the usual values where it has none."""
    own = queries.find_assumption(project_id, None)
    return own or set_assumption(None, project_id=project_id, queue_id=None)


def add_span(
    assumption: Assumption,
    *,
    kind: ShrinkageKind,
    weekdays: int,
    starts_at: time,
    ends_at: time,
    share: float,
) -> ShrinkageSpan:
    """Give one kind of shrinkage another share at some hours of some weekdays.

    Raises `TooMuchShrinkage` where nobody would be left on contacts.
    """
    span = ShrinkageSpan(
        kind=kind,
        weekdays=weekdays,
        starts_at=starts_at,
        ends_at=ends_at,
        share=share,
    )
    assumption.spans.append(span)
    _require_time_on_contacts(assumption)
    db.session.flush()
    return span


def _copy(usual: Assumption, queue_id: int | None) -> Assumption:
    """A new row with the same values and hours."""
    columns = [each.key for each in table_of(Assumption).columns]
    values = {name: getattr(usual, name) for name in columns if name not in _OWN}
    spans = [{name: getattr(span, name) for name in _SPAN} for span in usual.spans]
    return Assumption(
        project_id=usual.project_id,
        queue_id=queue_id,
        **values,
        spans=[ShrinkageSpan(**span) for span in spans],
    )


def _require_time_on_contacts(assumption: Assumption) -> None:
    if most_shrinkage(assumption) >= MOST_SHRINKAGE:
        raise TooMuchShrinkage(assumption_id=assumption.id)
