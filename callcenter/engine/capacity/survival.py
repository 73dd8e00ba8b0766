"""How long people stay, from those who left and those who are still here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Z95 = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True)
class SurvivalCurve:
    """The share of people who stay longer than a time.

    Attributes
    ----------
    times : ndarray of float, shape (n_times,), times at which somebody left
    survival : ndarray of float, shape (n_times,), fraction that stays longer
    lower, upper : ndarray of float, shape (n_times,), fraction, 95 % band
    n_at_risk, n_left : ndarray of float, shape (n_times,), people
    """

    times: Floats
    survival: Floats
    lower: Floats
    upper: Floats
    n_at_risk: Floats
    n_left: Floats


def survival_curve(
    left_at: ArrayLike, is_leaver: ArrayLike, *, seen_from: ArrayLike = 0.0
) -> SurvivalCurve:
    """Estimate how long people stay.

    Parameters
    ----------
    left_at : array_like of float, shape (n_people,), tenure at leaving or today, in any
        unit, >= 0
    is_leaver : array_like of bool, shape (n_people,), whether the person left then; who
        is still here is censored
    seen_from : array_like of float, shape (n_people,) or one, tenure from which the
        person was observed; those who left before the records begin are not in them, so
        nobody may count as at risk before

    Returns
    -------
    SurvivalCurve

    Raises
    ------
    EngineInputError : the shapes differ, a time is negative or missing

    Source: Kaplan and Meier (1958), JASA 53, with late entry as in Klein and
    Moeschberger (2003), section 4.6; Greenwood's variance on the log-log scale
    (Kalbfleisch and Prentice 2002, section 1.4).
    """
    until, left, since = checked_people(left_at, is_leaver, seen_from)
    times, counts = np.unique(until[left], return_counts=True)
    if not times.size:
        nobody = np.zeros(0)
        return SurvivalCurve(times, nobody, nobody, nobody, nobody, nobody)
    n_left = counts.astype(np.float64)
    by_end, by_start = np.sort(until), np.sort(since)
    n_at_risk = (
        until.size
        - np.searchsorted(by_end, times, side="left")
        - (since.size - np.searchsorted(by_start, times, side="left"))
    ).astype(np.float64)
    survival: Floats = np.cumprod(1.0 - n_left / n_at_risk).astype(np.float64)
    lower, upper = _band(survival, n_left, n_at_risk)
    return SurvivalCurve(times, survival, lower, upper, n_at_risk, n_left)


def checked_people(
    left_at: ArrayLike, is_leaver: ArrayLike, seen_from: ArrayLike
) -> tuple[Floats, Bools, Floats]:
    """The three columns as arrays; people who were never observed are left out."""
    until = np.asarray(left_at, np.float64).reshape(-1)
    left = np.asarray(is_leaver, dtype=bool).reshape(-1)
    if until.shape != left.shape:
        raise EngineInputError("left_at and is_leaver must be of one length")
    try:
        since = np.broadcast_to(np.asarray(seen_from, np.float64), until.shape)
    except ValueError:
        raise EngineInputError("seen_from must be one number or one each") from None
    if not (np.isfinite(until).all() and np.isfinite(since).all()):
        raise EngineInputError("times must be finite numbers")
    if (until < 0.0).any() or (since < 0.0).any():
        raise EngineInputError("times must not be negative")
    seen = until > since
    return until[seen], left[seen], since[seen].copy()


def _band(survival: Floats, n_left: Floats, n_at_risk: Floats) -> tuple[Floats, Floats]:
    stayed = n_at_risk - n_left
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(n_left / (n_at_risk * stayed))
        spread = Z95 * np.sqrt(variance) / np.abs(np.log(survival))
        lower = survival ** np.exp(spread)
        upper = survival ** np.exp(-spread)
    is_known = (survival > 0.0) & (survival < 1.0)
    return np.where(is_known, lower, 0.0), np.where(is_known, upper, survival)
