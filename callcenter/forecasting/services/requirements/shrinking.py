"""Shrinkage by kind, weekday and hour."""

from datetime import date, time

import numpy as np

from callcenter.forecasting.models import Assumption, ShrinkageKind, ShrinkageSpan
from callcenter.forecasting.services.requirements.loads import Bools, Floats, Ints, Load

MOST_SHRINKAGE = 0.9
_DAY_MIN = 1440


def shrinkage_by_interval(assumption: Assumption, load: Load) -> Floats:
    """The share of paid time not on contacts in each interval; (n_intervals,)."""
    minute = load.slot * (load.interval_s // 60)
    weekday = (load.day + load.first_day.weekday()) % 7
    return shrinkage_at(assumption, weekday, minute)


def shrinkage_at(assumption: Assumption, weekday: Ints, minute: Ints) -> Floats:
    """The same for weekdays (0 is Monday) and minutes of the local day."""
    total = np.zeros(minute.shape)
    for kind in ShrinkageKind:
        share = np.full(minute.shape, assumption.share_of(kind))
        for span in _spans(assumption):
            if span.kind is kind:
                share = np.where(is_within(span, weekday, minute), span.share, share)
        total += share
    # The form refuses more, so only a row written by other means is cut here.
    return np.minimum(total, MOST_SHRINKAGE)


def is_within(span: ShrinkageSpan, weekday: Ints, minute: Ints) -> Bools:
    """Whether weekdays and minutes lie in a span; past midnight it is the next day.

    One that ends when it starts is that of whole days.
    """
    days = np.array([bool(span.weekdays >> each & 1) for each in range(7)])
    starts, ends = _minute(span.starts_at), _minute(span.ends_at)
    if starts == ends:
        all_day: Bools = days[weekday]
        return all_day
    if starts < ends:
        inside: Bools = days[weekday] & (minute >= starts) & (minute < ends)
        return inside
    tonight = days[weekday] & (minute >= starts)
    overnight: Bools = tonight | (days[(weekday - 1) % 7] & (minute < ends))
    return overnight


def most_shrinkage(assumption: Assumption) -> float:
    """The greatest share at any quarter-hour of the week."""
    quarter = np.arange(7 * _DAY_MIN // 15)
    per_day = _DAY_MIN // 15
    found = np.zeros(quarter.shape)
    for kind in ShrinkageKind:
        share = np.full(quarter.shape, assumption.share_of(kind))
        for span in _spans(assumption):
            if span.kind is kind:
                inside = is_within(span, quarter // per_day, quarter % per_day * 15)
                share = np.where(inside, span.share, share)
        found += share
    return float(found.max())


def shrinkage_on(assumption: Assumption, day: date) -> tuple[float, float]:
    """The least and the greatest share on a local day."""
    minute = np.arange(0, _DAY_MIN, 15)
    weekday = np.full(minute.shape, day.weekday())
    found = shrinkage_at(assumption, weekday, minute)
    return float(found.min()), float(found.max())


def _spans(assumption: Assumption) -> list[ShrinkageSpan]:
    """The spans, where the row is one that is stored."""
    return list(assumption.spans)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
