"""How long callers are willing to wait, estimated from a queue's own contacts."""

from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any

import numpy as np

from callcenter.acd.connectors.kinds import Outcome
from callcenter.engine.staffing import estimate_patience, estimate_redial
from callcenter.forecasting import queries
from callcenter.forecasting.errors import NoContacts
from callcenter.projects.models import Queue

LOOK_BACK_DAYS = 28
_MOST_CONTACTS = 400_000
_POINTS = 60
# Whose wait ended neither by an answer nor by hanging up waited at least that long.
_SEEN = (
    Outcome.ANSWERED,
    Outcome.ABANDONED,
    Outcome.TIMED_OUT,
    Outcome.EXITED,
    Outcome.EMPTIED,
    Outcome.FLOWED_OUT,
)
FEWEST = 30
"""Contacts that gave up, below which an estimate is no more than a hint."""


def patience_of(queue: Queue, today: date) -> dict[str, Any]:
    """Estimate patience and redials from the last four weeks before a day.

    Raises `NoContacts` where the queue has none.
    """
    first = today - timedelta(days=LOOK_BACK_DAYS)
    starts_at, ends_at = _midnight(queue, first), _midnight(queue, today)
    rows = queries.waits_of(queue.id, starts_at, ends_at)[-_MOST_CONTACTS:]
    rows = [row for row in rows if row[1] in _SEEN]
    if not rows:
        raise NoContacts(queue_id=queue.id)
    wait, outcome, customer, at = zip(*rows, strict=True)
    has_left = np.array(outcome) == Outcome.ABANDONED
    found = estimate_patience(np.array(wait, dtype=np.float64), has_left)
    place = np.unique(
        np.linspace(0, max(found.times_s.size - 1, 0), _POINTS).astype(int)
    )[: found.times_s.size]
    return {
        "first_day": first.isoformat(),
        "last_day": (today - timedelta(days=1)).isoformat(),
        "n_contacts": found.n_contacts,
        "n_abandoned": found.n_abandoned,
        "mean_s": _finite(found.mean_s),
        "lower_s": _finite(found.lower_s),
        "upper_s": _finite(found.upper_s),
        "short_share": round(found.short_share, 4),
        "times_s": found.times_s[place].tolist(),
        "survival": _plain(found.survival[place]),
        "survival_lower": _plain(found.survival_lower[place]),
        "survival_upper": _plain(found.survival_upper[place]),
        **_redial(customer, at, has_left),
    }


def _redial(customer: Any, at: Any, has_left: Any) -> dict[str, Any]:
    """The share of those who gave up and are known that call again within an hour."""
    known = np.array([each is not None for each in customer])
    seconds = np.array([each.timestamp() for each in at])
    if not (known & has_left).any():
        return {"redial_share": None}
    who = np.array([each or 0 for each in customer], dtype=np.int64)
    found = estimate_redial(who[known], seconds[known], has_left[known])
    return {
        "redial_share": _finite(found.share),
        "redial_lower": _finite(found.lower),
        "redial_upper": _finite(found.upper),
        "redial_delay_s": _finite(found.mean_delay_s),
        "n_redial": found.n_abandoned,
    }


def _midnight(queue: Queue, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=queue.project.tz).astimezone(UTC)


def _plain(values: Any) -> list[float]:
    return [round(float(each), 5) for each in values]


def _finite(value: float) -> float | None:
    return round(float(value), 4) if isfinite(value) else None
