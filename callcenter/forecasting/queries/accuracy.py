"""Reading how forecasts came true: sums by whatever one likes to look at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, case, func, literal, select, type_coerce

from callcenter.forecasting.models import (
    N_FIGURES,
    Accuracy,
    Floats,
    Forecast,
    ForecastDay,
    ForecastStatus,
    Lead,
    SlotAccuracy,
)
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue


class Measure(StrEnum):
    """What is compared."""

    VOLUME = "volume"
    AHT = "aht"


class Grain(StrEnum):
    """Over what errors may cancel out: nothing, a day, a week."""

    INTERVAL = "interval"
    DAY = "day"
    WEEK = "week"


class Source(StrEnum):
    """Which forecasts: those that were approved, or the weekly snapshots."""

    PLAN = "plan"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True)
class Question:
    """Which misses are asked for; everything of it narrows or changes the sums."""

    first: date
    last: date
    source: Source = Source.PLAN
    measure: Measure = Measure.VOLUME
    grain: Grain = Grain.INTERVAL
    project_id: int | None = None
    queue_id: int | None = None
    lead: Lead | None = None


class Misses(NamedTuple):
    """What was missed, as sums: every share of them is a quotient of two.

    ``naive_truth`` and ``median_truth`` are what came where those were known.
    """

    n_days: float = 0.0
    lead_days: float = 0.0
    truth: float = 0.0
    said: float = 0.0
    miss: float = 0.0
    naive_truth: float = 0.0
    naive_miss: float = 0.0
    median_truth: float = 0.0
    median_miss: float = 0.0
    n_in_band: float = 0.0
    n_intervals: float = 0.0

    def plus(self, other: "Misses") -> "Misses":
        """Both together."""
        return Misses(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def wape(self) -> float | None:
        """The share that was missed."""
        return _share(self.miss, self.truth)

    @property
    def naive_wape(self) -> float | None:
        """The share that the last like weekday would have missed."""
        return _share(self.naive_miss, self.naive_truth)

    @property
    def median_wape(self) -> float | None:
        """The share that the median of six like weekdays would have missed."""
        return _share(self.median_miss, self.median_truth)

    @property
    def bias(self) -> float | None:
        """How much too much was said; negative for too little."""
        return _share(self.said - self.truth, self.truth)

    @property
    def in_band(self) -> float | None:
        """The share of intervals inside the band."""
        return _share(self.n_in_band, self.n_intervals)

    @property
    def ahead(self) -> float | None:
        """How many days ahead was looked, on average."""
        return _share(self.lead_days, self.n_days)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


KEYS: Mapping[str, tuple[Any, ...]] = {
    "queue": (Accuracy.queue_id, Accuracy.horizon),
    "lead": (Accuracy.horizon,),
    "day": (Accuracy.day,),
    "week": (Accuracy.week_on,),
    "lead and week": (Accuracy.horizon, Accuracy.week_on),
    "day and week": (Accuracy.day, Accuracy.week_on),
}
_ROW = N_FIGURES * 4
_TOTALS: Mapping[Measure, tuple[Any, Any, Any, Any]] = {
    Measure.VOLUME: (
        Accuracy.actual,
        Accuracy.planned,
        Accuracy.naive,
        Accuracy.median,
    ),
    Measure.AHT: (
        Accuracy.handle_s,
        Accuracy.planned_handle_s,
        Accuracy.naive_handle_s,
        Accuracy.median_handle_s,
    ),
}
_MISSES: Mapping[Measure, tuple[Any, Any, Any]] = {
    Measure.VOLUME: (
        Accuracy.abs_error,
        Accuracy.naive_error,
        Accuracy.median_error,
    ),
    Measure.AHT: (
        Accuracy.aht_error_s,
        Accuracy.naive_aht_error_s,
        Accuracy.median_aht_error_s,
    ),
}


def accuracy_sums(
    question: Question, scope: Scope, by: str
) -> dict[tuple[Any, ...], Misses]:
    """What was missed, for each key of ``by`` (see `KEYS`), in the order of the keys.

    What was not known is left out of numerator and denominator.
    """
    cells = _cells(question, scope, KEYS[by])
    at = cells.c
    keys = [at[key.key] for key in KEYS[by]]
    sums = [
        func.sum(each)
        for each in (
            at.n_days,
            at.lead_days,
            at.truth,
            at.said,
            at.miss,
            case((at.naive_miss.is_not(None), at.truth)),
            at.naive_miss,
            case((at.median_miss.is_not(None), at.truth)),
            at.median_miss,
            at.n_in_band,
            at.n_intervals,
        )
    ]
    rows = db.session.execute(select(*keys, *sums).group_by(*keys).order_by(*keys))
    n = len(keys)
    return {
        tuple(row[:n]): Misses(*(float(value or 0.0) for value in row[n:]))
        for row in rows
    }


def _cells(question: Question, scope: Scope, keys: Sequence[Any]) -> Any:
    """What is added up: a row for each cell in which errors may cancel out."""
    at = Accuracy
    truth, said, naive, median = _TOTALS[question.measure]
    numbers: list[Any] = [at.lead_days, at.n_in_band, at.n_intervals]
    n_days: Any = literal(1.0)
    groups: list[Any] = []
    if question.grain is Grain.WEEK:
        groups = list(
            dict.fromkeys([*keys, at.forecast_id, at.queue_id, at.horizon, at.week_on])
        )
        truth, said, naive, median = (
            func.sum(each) for each in (truth, said, naive, median)
        )
        numbers = [func.sum(each) for each in numbers]
        n_days = func.count()
    misses = [func.abs(truth - each) for each in (said, naive, median)]
    if question.grain is Grain.INTERVAL:
        misses = list(_MISSES[question.measure])
    names = ("truth", "said", "miss", "naive_miss", "median_miss")
    columns = dict(zip(names, (truth, said, *misses), strict=True))
    columns |= {"n_days": n_days}
    columns |= dict(
        zip(("lead_days", "n_in_band", "n_intervals"), numbers, strict=True)
    )
    return (
        select(*keys, *(column.label(name) for name, column in columns.items()))
        .select_from(at)
        .where(*_criteria(question, scope))
        .group_by(*groups)
        .subquery()
    )


def _criteria(question: Question, scope: Scope) -> list[Any]:
    at = Accuracy
    counts = (
        at.counts_as_plan if question.source is Source.PLAN else at.counts_as_snapshot
    )
    found: list[Any] = [
        counts,
        at.day.between(question.first, question.last),
        at.actual > 0.0,
    ]
    if question.project_id is not None or not scope.is_everything:
        within = select(Queue.id).join(Queue.project)
        within = within.where(project_queries.in_scope(scope))
        if question.project_id is not None:
            within = within.where(Queue.project_id == question.project_id)
        found.append(at.queue_id.in_(within))
    if question.queue_id is not None:
        found.append(at.queue_id == question.queue_id)
    if question.lead is not None:
        found.append(at.horizon == question.lead)
    return found


def slot_misses(question: Question, scope: Scope) -> list[Misses]:
    """What was missed in each slot of the day, in order; always interval by interval.

    Forecasts of half-hours are left out where there are forecasts of quarters.
    """
    import numpy as np

    at = Accuracy
    rows = db.session.scalars(
        select(type_coerce(SlotAccuracy.figures, LargeBinary))
        .select_from(at)
        .join(
            SlotAccuracy,
            (at.forecast_id == SlotAccuracy.forecast_id)
            & (at.queue_id == SlotAccuracy.queue_id)
            & (at.day == SlotAccuracy.day),
        )
        .where(*_criteria(question, scope))
    ).all()
    longest = max((len(row) for row in rows), default=0)
    if not longest:
        return []
    whole = b"".join(row for row in rows if len(row) == longest)
    figures = np.frombuffer(whole, "<f4").reshape(-1, N_FIGURES, longest // _ROW)
    return misses_by_slot(figures, question.measure)


def misses_by_slot(figures: Floats, measure: Measure) -> list[Misses]:
    """The sums of days' figures, shape (n_days, N_FIGURES, n_slots), by slot."""
    import numpy as np

    counted, inside = figures[:, 4], figures[:, 5]
    if measure is Measure.VOLUME:
        truth, said, naive, median = (figures[:, each] for each in range(4))
    else:
        truth, said, naive, median = (figures[:, each] for each in range(6, 10))

    def missed(guess: Floats) -> tuple[Floats, Floats]:
        known = np.isfinite(guess)
        miss = np.where(known, np.abs(truth - np.nan_to_num(guess)), 0.0)
        total: Floats = np.where(known, truth, 0.0).sum(axis=0, dtype=np.float64)
        return total, miss.sum(axis=0, dtype=np.float64)

    naive_truth, naive_miss = missed(naive)
    median_truth, median_miss = missed(median)
    columns = [
        (counted > 0.0).sum(axis=0, dtype=np.float64),
        np.zeros(figures.shape[2]),
        truth.sum(axis=0, dtype=np.float64),
        said.sum(axis=0, dtype=np.float64),
        np.abs(truth - said).sum(axis=0, dtype=np.float64),
        naive_truth,
        naive_miss,
        median_truth,
        median_miss,
        inside.sum(axis=0, dtype=np.float64),
        counted.sum(axis=0, dtype=np.float64),
    ]
    return [Misses(*row) for row in np.stack(columns, axis=1).tolist()]


def measured_on(
    queue_id: int, day: date, scope: Scope
) -> list[tuple[Accuracy, Forecast]]:
    """Every forecast that was measured on a queue's day, the nearest first."""
    rows = db.session.execute(
        select(Accuracy, Forecast)
        .join(Forecast, Forecast.id == Accuracy.forecast_id)
        .join(Forecast.project)
        .where(
            Accuracy.queue_id == queue_id,
            Accuracy.day == day,
            project_queries.in_scope(scope),
        )
        .order_by(Accuracy.lead_days, Forecast.id.desc())
    )
    return [(accuracy, forecast) for accuracy, forecast in rows]


def slots_on(queue_id: int, day: date) -> dict[int, Floats]:
    """The figures of a day's slots, shape (N_FIGURES, n_slots), by forecast."""
    rows = db.session.execute(
        select(SlotAccuracy.forecast_id, SlotAccuracy.figures).where(
            SlotAccuracy.queue_id == queue_id, SlotAccuracy.day == day
        )
    )
    return {
        forecast_id: figures.reshape(N_FIGURES, -1) for forecast_id, figures in rows
    }


def has_forecasts(project_id: int, first: date, last: date) -> bool:
    """Whether anything was forecast for any of those days."""
    rows = db.session.execute(
        select(Forecast.first_day, Forecast.n_days).where(
            Forecast.project_id == project_id,
            Forecast.first_day <= last,
            Forecast.status.not_in([ForecastStatus.MAKING, ForecastStatus.FAILED]),
        )
    )
    return any((first - starts).days < n_days for starts, n_days in rows)


def days_to_measure(
    forecast_ids: Collection[int], queue_id: int, first: date, last: date
) -> Sequence[Any]:
    """What forecasts say of a queue's days: plan, band and handling time by slot."""
    at = ForecastDay
    return db.session.execute(
        select(at.forecast_id, at.day, at.planned, at.lower, at.upper, at.aht_s).where(
            at.forecast_id.in_(forecast_ids),
            at.queue_id == queue_id,
            at.day.between(first, last),
        )
    ).all()
