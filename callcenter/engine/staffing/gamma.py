"""Incomplete gamma functions in logarithms, the one core of Erlang B, C and A.

With ``T(c, x) = Gamma(c) e^x x^-c`` the two parts of it,

    lower(c, x) = gamma(c, x) e^x x^-c = integral of exp(-c v + x (1 - e^-v)) dv
    upper(c, x) = Gamma(c, x) e^x x^-c = integral of exp(-x t + (c - 1) log(1 + t)) dt

give ``1/B(n, A) = A upper(n + 1, A)`` (Jagerman 1974) and the waiting integrals of
Erlang A (Mandelbaum and Zeltyn 2007). Kept as logarithms, neither overflows at any
load. Below `_QUADRATURE_FROM` the series and the continued fraction of Abramowitz and
Stegun 6.5.29 and 6.5.31 are summed; above, where they would need many terms, the
log-concave integrand is integrated by Gauss and Legendre's rule over the range in which
it matters.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_Method = Callable[[Floats, Floats], Floats]

_CHUNK = 8192  # cells worked on at once, so that they stay in the cache
_QUADRATURE_FROM = 400.0
_DROP = 37.0  # exp(-37) is below the rounding of a float
_NODES, _WEIGHTS = (
    values.astype(np.float64) for values in np.polynomial.legendre.leggauss(30)
)
_MOMENT_NODES, _MOMENT_WEIGHTS = (
    values.astype(np.float64) for values in np.polynomial.legendre.leggauss(56)
)
_HALF_LOG_2PI = 0.5 * np.log(2.0 * np.pi)
_STIRLING = (691 / 360360, 1 / 1188, 1 / 1680, 1 / 1260, 1 / 360, 1 / 12)
_EPS = 1e-16


def log_lower(c: Floats, x: Floats) -> Floats:
    """Logarithm of the lower part of ``Gamma(c) e^x x^-c``.

    Parameters
    ----------
    c : ndarray of float, shape (n_cells,), > 0
    x : ndarray of float, shape (n_cells,), > 0

    Returns
    -------
    ndarray of float, shape (n_cells,)

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.5.29.
    """
    return _by_chunk(_lower_of_chunk, c, x)


def log_upper(c: Floats, x: Floats) -> Floats:
    """Logarithm of the upper part of ``Gamma(c) e^x x^-c``.

    Parameters
    ----------
    c : ndarray of float, shape (n_cells,), >= 1
    x : ndarray of float, shape (n_cells,), > 0

    Returns
    -------
    ndarray of float, shape (n_cells,)

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.5.31.
    """
    return _by_chunk(_upper_of_chunk, c, x)


def _by_chunk(method: _Method, c: Floats, x: Floats) -> Floats:
    result = np.empty_like(x)
    for start in range(0, x.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        result[part] = method(c[part], x[part])
    return result


def _lower_of_chunk(c: Floats, x: Floats) -> Floats:
    return _where(x < c + 1.0, _small_lower, _lower_as_rest, c, x)


def _upper_of_chunk(c: Floats, x: Floats) -> Floats:
    return _where(x < c + 1.0, _upper_as_rest, _small_upper, c, x)


def _small_lower(c: Floats, x: Floats) -> Floats:
    is_large = c >= _QUADRATURE_FROM
    return _where(is_large, _lower_by_quadrature, _lower_by_series, c, x)


def _small_upper(c: Floats, x: Floats) -> Floats:
    is_large = c >= _QUADRATURE_FROM
    return _where(is_large, _upper_by_quadrature, _upper_by_fraction, c, x)


def _lower_as_rest(c: Floats, x: Floats) -> Floats:
    return _rest(_small_upper(c, x), c, x)


def _upper_as_rest(c: Floats, x: Floats) -> Floats:
    return _rest(_small_lower(c, x), c, x)


def _rest(part: Floats, c: Floats, x: Floats) -> Floats:
    whole = log_whole(c, x)
    rest: Floats = whole + np.log1p(-np.exp(np.minimum(part - whole, -_EPS)))
    return rest


def _where(
    mask: NDArray[np.bool_], yes: _Method, no: _Method, c: Floats, x: Floats
) -> Floats:
    """Each method on the cells it is meant for, without copies when one has all."""
    if mask.all():
        return yes(c, x)
    if not mask.any():
        return no(c, x)
    result = np.empty_like(x)
    result[mask] = yes(c[mask], x[mask])
    result[~mask] = no(c[~mask], x[~mask])
    return result


def log_whole(c: Floats, x: Floats) -> Floats:
    """Logarithm of ``Gamma(c) e^x x^-c``, by Stirling's series with Loader's split."""
    small = c < 10.0
    at = np.where(small, c + 10.0, c)
    ratio = np.maximum((x - at) / at, -1.0 + 1e-16)
    square = 1.0 / (at * at)
    series = np.zeros_like(at)
    for coefficient in _STIRLING:
        series = coefficient - square * series
    stirling = series / at
    log_ratio = np.where(np.abs(ratio) < 0.5, np.log1p(ratio), np.log(x / at))
    deviance = at * (ratio - log_ratio)
    result: Floats = _HALF_LOG_2PI - 0.5 * np.log(at) + stirling + deviance
    if small.any():
        result[small] += _log_step_down(c[small], x[small])
    return result


def _log_step_down(c: Floats, x: Floats) -> Floats:
    product = np.ones_like(c)
    for step in range(10):
        product *= c + step
    stepped: Floats = 10.0 * np.log(x) - np.log(product)
    return stepped


def _lower_by_series(c: Floats, x: Floats) -> Floats:
    term, total, at = np.ones_like(x), np.ones_like(x), c.copy()
    step = np.empty_like(x)
    while True:
        for _ in range(8):
            at += 1.0
            np.divide(x, at, out=step)
            term *= step
            total += term
        if (term * (at + 1.0) <= _EPS * total * np.maximum(at + 1.0 - x, 1.0)).all():
            return np.log(total / c)


def _upper_by_fraction(c: Floats, x: Floats) -> Floats:
    b = x + 1.0 - c
    tiny = 1e-300
    ratio_c = np.full_like(x, 1.0 / tiny)
    ratio_d = 1.0 / b
    total = ratio_d.copy()
    i = 0
    while True:
        i += 1
        a = -i * (i - c)
        b += 2.0
        ratio_d = a * ratio_d + b
        ratio_d[np.abs(ratio_d) < tiny] = tiny
        ratio_c = b + a / ratio_c
        ratio_c[np.abs(ratio_c) < tiny] = tiny
        ratio_d = 1.0 / ratio_d
        delta = ratio_c * ratio_d
        total *= delta
        if i % 4 == 0 and (np.abs(delta - 1.0) < 4e-16).all():
            return np.log(total)
        if i > 5000:  # only rounding keeps the last digit moving
            return np.log(total)


def _lower_by_quadrature(c: Floats, x: Floats) -> Floats:
    """Integrate ``exp(-c v + x (1 - e^-v))``; decreasing because x <= c + 1."""
    end = (_DROP + np.minimum(x, _DROP * 2 + 12.0 * np.sqrt(c))) / c
    for _ in range(8):
        decay = np.exp(-end)
        value = _DROP - c * end - x * np.expm1(-end)
        end -= value / (x * decay - c)
    total = np.zeros_like(x)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        v = end * (0.5 * (node + 1.0))
        total += weight * np.exp(-c * v - x * np.expm1(-v))
    return np.log(0.5 * end * total)


def _upper_by_quadrature(c: Floats, x: Floats) -> Floats:
    """Integrate ``exp(-x t + (c - 1) log(1 + t))``; decreasing because x >= c."""
    power = c - 1.0
    end = np.minimum(_DROP * 2.0 / (x - power), 13.0 / np.sqrt(power))
    for _ in range(8):
        value = _DROP - x * end + power * np.log1p(end)
        end -= value / (power / (1.0 + end) - x)
    total = np.zeros_like(x)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        t = end * (0.5 * (node + 1.0))
        total += weight * np.exp(power * np.log1p(t) - x * t)
    return np.log(0.5 * end * total)


def log_lower_moment(c: Floats, x: Floats) -> Floats:
    """Logarithm of the integral of ``v exp(-c v + x (1 - e^-v))``, minus d lower / dc.

    Parameters
    ----------
    c : ndarray of float, shape (n_cells,), >= 1
    x : ndarray of float, shape (n_cells,), > 0

    Returns
    -------
    ndarray of float, shape (n_cells,)

    The integrand without ``v`` is log-concave, so Newton's method finds the range where
    it matters from outside without ever stepping inside it.
    """
    return _by_chunk(_moment_of_chunk, c, x)


def _moment_of_chunk(c: Floats, x: Floats) -> Floats:
    peak_at = np.log(np.maximum(x / c, 1.0))
    peak = -c * peak_at - x * np.expm1(-peak_at)
    start, end = _range_that_matters(c, x, peak)
    total = np.zeros_like(x)
    for node, weight in zip(_MOMENT_NODES, _MOMENT_WEIGHTS, strict=True):
        v = start + (end - start) * (0.5 * (node + 1.0))
        total += weight * v * np.exp(-c * v - x * np.expm1(-v) - peak)
    moment: Floats = np.log(0.5 * (end - start) * total) + peak
    return moment


def _range_that_matters(c: Floats, x: Floats, peak: Floats) -> tuple[Floats, Floats]:
    def newton(v: Floats) -> Floats:
        value = -c * v - x * np.expm1(-v) - peak + _DROP
        return value / (x * np.exp(-v) - c)

    end = (np.maximum(x - peak, 0.0) + _DROP) / c
    for _ in range(12):
        end = end - newton(end)
    start = np.zeros_like(x)
    rising = peak > _DROP
    for _ in range(12 if rising.any() else 0):
        with np.errstate(divide="ignore", invalid="ignore"):
            start = np.where(rising, start - newton(start), 0.0)
    return start, end
