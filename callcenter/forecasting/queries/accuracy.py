"""Reading how forecasts came true: sums by whatever one likes to look at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, case, cast, func, select

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
from callcenter.projects.models import Project, Queue


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


KEYS: Mapping[str, tuple[Any, ...]] = {
    "all": (),
    "queue": (Accuracy.queue_id, Accuracy.horizon),
    "lead": (Accuracy.horizon,),
    "day": (Accuracy.day,),
    "week": (Accuracy.week_on,),
}
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


def accuracy_sums(question: Question, scope: Scope, by: str) -> Select[Any]:
    """Shares missed and in the band, one row for each key of ``by``; see `KEYS`.

    Columns: the keys, ``n_days``, ``actual``, ``planned``, ``lead_days`` (the mean),
    ``bias``, ``wape``, ``naive_wape``, ``median_wape``, ``in_band``. All are quotients
    of sums; what was not known is left out of numerator and denominator.
    """
    cells = _cells(question, scope, KEYS[by])
    at = cells.c
    keys = [at[key.key] for key in KEYS[by]]
    return select(
        *keys,
        func.sum(at.n_days).label("n_days"),
        func.sum(at.truth).label("actual"),
        func.sum(at.said).label("planned"),
        (cast(func.sum(at.lead_days), Float) / func.sum(at.n_days)).label("lead_days"),
        (func.sum(at.said) / _some(func.sum(at.truth)) - 1.0).label("bias"),
        (func.sum(at.miss) / _some(func.sum(at.truth))).label("wape"),
        _share(at.naive_miss, at.truth).label("naive_wape"),
        _share(at.median_miss, at.truth).label("median_wape"),
        (cast(func.sum(at.n_in_band), Float) / _some(func.sum(at.n_intervals))).label(
            "in_band"
        ),
    ).group_by(*keys)


def _share(miss: ColumnElement[Any], truth: ColumnElement[Any]) -> ColumnElement[Any]:
    known = func.sum(case((miss.is_not(None), truth)))
    share: ColumnElement[Any] = func.sum(miss) / _some(known)
    return share


def _some(value: Any) -> Any:
    return func.nullif(value, 0)


def _cells(question: Question, scope: Scope, keys: Sequence[Any]) -> Any:
    """What is added up: a row for each cell in which errors may cancel out."""
    at = Accuracy
    truth, said, naive, median = _TOTALS[question.measure]
    found = (
        select()
        .join(Queue, Queue.id == at.queue_id)
        .join(Project, Project.id == Queue.project_id)
        .where(*_criteria(question, scope))
    )
    if question.grain is Grain.WEEK:
        cell = dict.fromkeys(
            [*keys, at.forecast_id, at.queue_id, at.horizon, at.week_on]
        )
        whole = [func.sum(each) for each in (truth, said, naive, median)]
        truth, said, naive, median = whole
        found = found.group_by(*cell)
        plain: Any = func.sum
        n_days: Any = func.count()
    else:
        plain, n_days = (lambda column: column), 1
    miss, naive_miss, median_miss = (
        func.abs(truth - each) for each in (said, naive, median)
    )
    if question.grain is Grain.INTERVAL:
        miss, naive_miss, median_miss = _MISSES[question.measure]
    columns = {
        "n_days": n_days if question.grain is Grain.WEEK else _ONE,
        "truth": truth,
        "said": said,
        "miss": miss,
        "naive_miss": naive_miss,
        "median_miss": median_miss,
        "lead_days": plain(at.lead_days),
        "n_in_band": plain(at.n_in_band),
        "n_intervals": plain(at.n_intervals),
    }
    labelled = [column.label(name) for name, column in columns.items()]
    return found.add_columns(*keys, *labelled).subquery()


_ONE = cast(1, Float)


def _criteria(question: Question, scope: Scope) -> list[Any]:
    at = Accuracy
    counts = (
        at.counts_as_plan if question.source is Source.PLAN else at.counts_as_snapshot
    )
    found: list[Any] = [
        counts,
        at.day.between(question.first, question.last),
        at.actual > 0.0,
        project_queries.in_scope(scope),
    ]
    if question.project_id is not None:
        found.append(Queue.project_id == question.project_id)
    if question.queue_id is not None:
        found.append(at.queue_id == question.queue_id)
    if question.lead is not None:
        found.append(at.horizon == question.lead)
    return found


def slot_figures(question: Question, scope: Scope) -> Floats:
    """The figures of all slots, shape (n_days of queues, N_FIGURES, n_slots).

    Forecasts of half-hours are left out where there are forecasts of quarters.
    """
    import numpy as np

    at = Accuracy
    rows = db.session.scalars(
        select(SlotAccuracy.figures)
        .join(
            at,
            (at.forecast_id == SlotAccuracy.forecast_id)
            & (at.queue_id == SlotAccuracy.queue_id)
            & (at.day == SlotAccuracy.day),
        )
        .join(Queue, Queue.id == at.queue_id)
        .join(Project, Project.id == Queue.project_id)
        .where(*_criteria(question, scope))
    ).all()
    longest = max((row.size for row in rows), default=N_FIGURES * 96)
    kept = [row for row in rows if row.size == longest]
    n_slots = longest // N_FIGURES
    if not kept:
        return np.zeros((0, N_FIGURES, n_slots))
    return np.stack(kept).reshape(-1, N_FIGURES, n_slots)


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
