"""Forecasts of parts and of wholes that add up."""

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting.history import Floats


def reconcile(
    base: ArrayLike,
    summing: ArrayLike,
    *,
    errors: ArrayLike | None = None,
    spread: ArrayLike | None = None,
) -> Floats:
    """Change forecasts of parts and sums as little as their errors allow to add up.

    Parameters
    ----------
    base : array_like of float, shape (n_all, ...), contacts, parts and sums in the
        order of the rows of `summing`
    summing : array_like of 0 and 1, shape (n_all, n_parts), which parts a row adds up
    errors : array_like of float, shape (n_all, n_tests), misses of past forecasts
    spread : array_like of float, shape (n_all,), > 0, how wide the bands of the rows
        are, when errors are not at hand; with neither, rows weigh by their parts

    Returns
    -------
    ndarray of float, shape of `base`, never negative, sums that add up

    Raises
    ------
    EngineInputError : the shapes do not fit, or a part occurs in no row of its own

    Source: Wickramasuriya, Athanasopoulos and Hyndman (2019), JASA 114 (minimum
    trace), with the shrunk covariance of Schäfer and Strimmer (2005), Statistical
    Applications in Genetics and Molecular Biology 4.
    """
    values, sums = np.asarray(base, np.float64), np.asarray(summing, np.float64)
    if sums.ndim != 2 or len(values) != len(sums):
        raise EngineInputError("base and summing differ in rows")
    if not np.isin(sums, (0.0, 1.0)).all() or not np.isfinite(values).all():
        raise EngineInputError("summing holds 0 and 1 only, and base must be known")
    if np.linalg.matrix_rank(sums) < sums.shape[1]:
        raise EngineInputError("a part cannot be told from the others")
    covariance = _covariance(sums, errors, spread)
    weighted = np.linalg.solve(covariance, sums)
    to_parts = np.linalg.solve(sums.T @ weighted, weighted.T)
    flat = values.reshape(len(values), -1)
    parts = np.maximum(to_parts @ flat, 0.0)
    return (sums @ parts).reshape(values.shape)


def _covariance(
    sums: Floats, errors: ArrayLike | None, spread: ArrayLike | None
) -> Floats:
    if errors is not None:
        covariance = shrunk_covariance(errors)
    elif spread is not None:
        width = np.asarray(spread, np.float64)
        if width.ndim != 1 or not np.isfinite(width).all() or (width <= 0.0).any():
            raise EngineInputError("spread must be greater than 0, one a row")
        covariance = np.diag(width**2)
    else:
        covariance = np.diag(sums.sum(axis=1))
    if len(covariance) != len(sums):
        raise EngineInputError("errors or spread differ from summing in rows")
    return covariance


def shrunk_covariance(errors: ArrayLike) -> Floats:
    """Covariance of errors, drawn to none between series as far as chance explains it.

    Parameters
    ----------
    errors : array_like of float, shape (n_series, n_tests)

    Returns
    -------
    ndarray of float, shape (n_series, n_series), positive definite

    Raises
    ------
    EngineInputError : fewer than three tests, or an unknown value
    """
    misses = np.asarray(errors, np.float64)
    if misses.ndim != 2 or misses.shape[1] < 3 or not np.isfinite(misses).all():
        raise EngineInputError("errors must be known, of three tests or more")
    n = misses.shape[1]
    size = np.sqrt((misses**2).mean(axis=1))
    floor = 1e-3 * max(float(size.max()), 1e-9)
    size = np.maximum(size, floor)
    scaled = misses / size[:, None]
    correlation = scaled @ scaled.T / n
    scatter = (scaled**2) @ (scaled**2).T / n - correlation**2
    off = ~np.eye(len(size), dtype=bool)
    total = float((correlation[off] ** 2).sum())
    noise = float(scatter[off].sum()) / n
    shrink = min(max(noise / total, 0.02), 1.0) if total > 0.0 else 1.0
    correlation = (1.0 - shrink) * correlation
    np.fill_diagonal(correlation, 1.0)
    return correlation * np.outer(size, size)


def split_by_parts(total: ArrayLike, parts: ArrayLike) -> Floats:
    """Spread a whole over its parts by what each was forecast: top down.

    Parameters
    ----------
    total : array_like of float, shape (...), contacts
    parts : array_like of float, shape (n_parts, ...)

    Returns
    -------
    ndarray of float, shape of `parts`, adding up to `total`; evenly where all parts
    are 0

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is negative
    """
    whole, each = np.asarray(total, np.float64), np.asarray(parts, np.float64)
    if each.shape[1:] != whole.shape or not len(each):
        raise EngineInputError("total and parts differ in shape")
    if (whole < 0.0).any() or (each < 0.0).any():
        raise EngineInputError("total and parts must not be negative")
    sums = each.sum(axis=0)
    share = np.where(sums > 0.0, each / np.maximum(sums, 1e-300), 1.0 / len(each))
    result: Floats = share * whole
    return result
