"""The sum of all series beside them, and forecasts of both that add up."""

from dataclasses import replace

import numpy as np

from callcenter.cli.engine.history_file import HistoryFile
from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import Forecast, reconcile


def with_total(file: HistoryFile, name: str) -> HistoryFile:
    """The file with one more series, first, that sums the others.

    Raises `EngineInputError` when a series has that name already.
    """
    if name in file.names:
        raise EngineInputError(f"--total: a series is named {name} already")
    weekday = (file.first_day.weekday() + np.arange(file.n_days)) % 7
    is_open = file.is_open[:, weekday] & file.exists
    known = np.isfinite(file.offered)
    began = np.logical_or.accumulate(known.any(axis=2), axis=1)
    is_missing = (is_open & ~known & began[:, :, None]).any(axis=0)
    total = np.where(known, file.offered, 0.0).sum(axis=0)
    total[is_missing | ~known.any(axis=0)] = np.nan
    timed = known & np.isfinite(file.aht_s)
    calls = np.where(timed, file.offered, 0.0)
    seconds = (calls * np.nan_to_num(file.aht_s)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        aht = np.where(calls.sum(axis=0) > 0.0, seconds / calls.sum(axis=0), np.nan)
    return replace(
        file,
        names=(name, *file.names),
        offered=np.concatenate([total[None], file.offered]),
        aht_s=np.concatenate([aht[None], file.aht_s]),
        is_open=np.concatenate([file.is_open.any(axis=0, keepdims=True), file.is_open]),
    )


def adding_up(found: list[Forecast]) -> list[Forecast]:
    """The forecasts of a sum, first, and its parts, changed as their bands allow."""
    mean = np.stack([one.mean[0] for one in found])
    width = [np.mean(one.total_upper - one.total_lower) for one in found]
    summing = np.vstack([np.ones(len(found) - 1), np.eye(len(found) - 1)])
    changed = reconcile(mean, summing, spread=np.maximum(width, 1e-6))
    return [_moved(one, to) for one, to in zip(found, changed, strict=True)]


def _moved(one: Forecast, mean: np.ndarray) -> Forecast:
    """A forecast on its new mean, bands moved along."""
    change = mean - one.mean[0]
    by_day = change.sum(axis=1)
    return replace(
        one,
        mean=mean[None],
        lower=np.maximum(one.lower + change, 0.0),
        upper=np.maximum(one.upper + change, mean),
        total_lower=np.maximum(one.total_lower + by_day, 0.0),
        total_upper=np.maximum(one.total_upper + by_day, 0.0),
    )
