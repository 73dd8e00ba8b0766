"""A short history lengthened by what similar series did before it began."""

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.forecasting.history import Bools, Floats, History, Ints

_SHORT_DAYS = 28  # known days; with fewer a series borrows
_LENDER_DAYS = 40  # known days from which a series lends
_OVERLAP_DAYS = 2  # that both must know to be compared
_SHARPNESS = 2.0


@dataclass(frozen=True)
class Borrowed:
    """A history in which short series are longer.

    Attributes
    ----------
    history : History
    lenders : ndarray of float, shape (n_series, n_series), what share of its early
        days each series (first axis) has of each other; 0 where nothing was borrowed
    n_days : ndarray of int, shape (n_series,), days that were borrowed
    """

    history: History
    lenders: Floats
    n_days: Ints


def borrow_early_days(history: History) -> Borrowed:
    """Give series that began lately the days that similar series had before.

    A borrowed day is the mean of the lenders' days, each as a multiple of the lender's
    usual volume where both are known, times the borrower's; its shape over the day,
    its weekday and what its place in the month did come along. The likest lend most.

    Parameters
    ----------
    history : History of several series on one calendar, NaN before a series began

    Returns
    -------
    Borrowed
    """
    offered = history.offered
    known = np.asarray(np.isfinite(offered).any(axis=2))
    n_known = known.sum(axis=1)
    is_short = (n_known > 0) & (n_known < _SHORT_DAYS)
    is_lender = n_known >= _LENDER_DAYS
    lenders = np.zeros((len(offered), len(offered)))
    n_days = np.zeros(len(offered), dtype=np.int64)
    longer = offered.copy()
    for series in np.flatnonzero(is_short):
        share = _likeness(offered, known, int(series), np.flatnonzero(is_lender))
        if not share.any():
            continue
        begin = int(known[series].argmax())
        early = _early_days(offered, known, int(series), share, begin)
        longer[series, :begin] = early
        lenders[series] = share
        n_days[series] = int(np.isfinite(early).any(axis=1).sum())
    return Borrowed(replace(history, offered=longer), lenders, n_days)


def _likeness(offered: Floats, known: Bools, series: int, others: Ints) -> Floats:
    """Shares of the lenders, by how like their days are where both are known."""
    share = np.zeros(len(offered))
    mine = offered[series]
    for other in others:
        both = known[series] & known[other]
        if both.sum() < _OVERLAP_DAYS:
            continue
        left, right = _relative(mine[both]), _relative(offered[other][both])
        cells = np.isfinite(left) & np.isfinite(right)
        apart = float(np.abs(left - right)[cells].sum())
        size = float(left[cells].sum())
        if size > 0.0 and np.nansum(offered[other][both]) > 0.0:
            share[other] = (size / (apart + 0.02 * size)) ** _SHARPNESS
    total = share.sum()
    return share / total if total > 0.0 else share


def _relative(volume: Floats) -> Floats:
    total = float(np.nansum(volume))
    result: Floats = volume / total if total > 0.0 else np.full(volume.shape, np.nan)
    return result


def _early_days(
    offered: Floats, known: Bools, series: int, share: Floats, begin: int
) -> Floats:
    total = np.zeros((begin, offered.shape[2]))
    weight = np.zeros_like(total)
    for other in np.flatnonzero(share):
        both = known[series] & known[other]
        mine, theirs = np.nansum(offered[series][both]), np.nansum(offered[other][both])
        days = offered[other, :begin] * (mine / theirs)
        there = np.isfinite(days)
        total += share[other] * np.where(there, days, 0.0)
        weight += share[other] * there
    return np.where(weight > 0.0, total / np.maximum(weight, 1e-12), np.nan)
