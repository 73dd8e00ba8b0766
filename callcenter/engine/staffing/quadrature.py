"""Incomplete gamma functions and their slopes by one short quadrature, for the search.

`gamma` sums and integrates for any argument; here the arguments are those of a search,
and one pass over the nodes gives the value and, for the price of a product, its
derivative in the number of agents. With ``T(c, x) = Gamma(c) e^x x^-c`` its parts are

    lower(c, x) = integral of exp(-c v + x (1 - e^-v)) dv       over v >= 0
    upper(c, x) = integral of exp(-x t + (c - 1) log(1 + t)) dt  over t >= 0

Both integrands are log-concave, so Newton's method finds the range in which they
matter from outside, and Gauss and Legendre's rule on that range is exact to rounding
with 24 points (38 where both sides of the peak matter) and to a millionth with 10.

Source: Jagerman (1974), BSTJ 53(3), for the loss formula's integral; Mandelbaum and
Zeltyn (2005) for that of Erlang A.
"""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.staffing.measures import Floats

_LEAST_SHAPE = 10.0  # below it the integrand's end is too sharp for the rule
_RECURSION_BELOW = 24.0  # erlangs; up to there the loss recursion is shorter
_MOST = 1e290
_WIDE_FROM = 2.0
_PLAIN_BELOW = 300.0  # the values are less than e^x


@dataclass(frozen=True)
class Rule:
    """Points on [0, 1] with weights, and how far the integrand is followed down.

    Where both sides of the peak matter the range is twice as wide: `wide` is for that.
    """

    narrow: tuple[tuple[float, float], ...]
    wide: tuple[tuple[float, float], ...]
    drop: float

    def points(self, peak: Floats) -> tuple[tuple[float, float], ...]:
        """Nodes and weights for integrands that rise by `peak` (a logarithm) first."""
        return self.wide if peak.size and peak.max() > _WIDE_FROM else self.narrow


def _legendre(n: int) -> tuple[tuple[float, float], ...]:
    nodes, weights = np.polynomial.legendre.leggauss(n)
    points = zip(nodes.tolist(), weights.tolist(), strict=True)
    return tuple((0.5 * (node + 1.0), 0.5 * weight) for node, weight in points)


EXACT = Rule(narrow=_legendre(24), wide=_legendre(38), drop=30.0)
ROUGH = Rule(narrow=_legendre(10), wide=_legendre(14), drop=12.0)


def log_lower_and_slope(c: Floats, x: Floats, rule: Rule) -> tuple[Floats, Floats]:
    """Logarithm of ``lower(c, x)`` and its derivative in ``c``.

    Parameters
    ----------
    c : ndarray of float, shape (n_cells,), >= 1
    x : ndarray of float, shape (n_cells,), > 0
    rule : Rule, `EXACT` to rounding or `ROUGH` to a millionth

    Returns
    -------
    tuple of ndarray of float, shape (n_cells,)
    """
    steps = max(0, int(np.ceil(_LEAST_SHAPE - c.min()))) if c.size else 0
    shape = c + steps
    peak_at = np.log(np.maximum(x / shape, 1.0))
    peak = -shape * peak_at - x * np.expm1(-peak_at)
    start, width = _lower_range(shape, x, peak_at, peak, rule.drop)
    total, moment = np.zeros_like(x), np.zeros_like(x)
    v, f = np.empty_like(x), np.empty_like(x)
    for node, weight in rule.points(peak):
        np.multiply(width, -node, out=v)
        v -= start
        np.expm1(v, out=f)
        f *= x
        np.subtract(shape * v, f, out=f)
        f -= peak
        np.exp(f, out=f)
        f *= weight
        total += f
        f *= v
        moment += f
    value = np.log(total * width) + peak
    slope = moment / total
    if not steps:
        return value, slope
    lowered = _lowered_far if x.max() > _PLAIN_BELOW else _lowered
    return lowered(c, x, value, slope, steps)


def _lowered(
    c: Floats, x: Floats, value: Floats, slope: Floats, steps: int
) -> tuple[Floats, Floats]:
    """From ``lower(c + steps, x)`` down to ``lower(c, x)``: all terms are positive."""
    plain = np.exp(value)
    derived = slope * plain
    for k in range(steps - 1, -1, -1):
        each = 1.0 / (c + k)
        plain *= x
        plain += 1.0
        plain *= each
        derived *= x
        derived -= plain
        derived *= each
    return np.log(plain), derived / plain


def _lowered_far(
    c: Floats, x: Floats, value: Floats, slope: Floats, steps: int
) -> tuple[Floats, Floats]:
    """The same in logarithms, where the values themselves would overflow."""
    log_x = np.log(x)
    for k in range(steps - 1, -1, -1):
        at = c + k
        raised = log_x + value
        small = np.exp(-np.abs(raised))
        share = np.where(raised > 0.0, 1.0, small) / (1.0 + small)
        slope = slope * share - 1.0 / at
        value = np.maximum(raised, 0.0) + np.log1p(small) - np.log(at)
    return value, slope


def _lower_range(
    c: Floats, x: Floats, peak_at: Floats, peak: Floats, drop: float
) -> tuple[Floats, Floats]:
    spread = np.sqrt(2.0 * drop / np.minimum(x, c))
    end = np.minimum((drop + x - peak) / c, peak_at + 1.5 * spread)
    level = drop - peak
    for _ in range(4):
        fall = np.expm1(-end)
        end -= (level - c * end - x * fall) / (x * fall + (x - c))
    start = np.zeros_like(x)
    rising = peak > drop
    if rising.any():
        start = np.maximum(peak_at - spread, 0.0)
        with np.errstate(all="ignore"):
            for _ in range(4):
                fall = np.expm1(-start)
                start -= (level - c * start - x * fall) / (x * fall + (x - c))
        start = np.where(rising, np.maximum(start, 0.0), 0.0)
    return start, end - start


def log_inverse_b(a: Floats, n: Floats, rule: Rule) -> Floats:
    """Logarithm of ``1 / B(n, a)`` for whole numbers of agents.

    Parameters
    ----------
    a : ndarray of float, shape (n_cells,), erlangs, > 0
    n : ndarray of float, shape (n_cells,), whole numbers, >= 0
    rule : Rule, `EXACT` to rounding or `ROUGH` to a millionth

    Returns
    -------
    ndarray of float, shape (n_cells,)
    """
    small = a < _RECURSION_BELOW
    if small.all():
        return _log_by_recursion(a, n)
    if not small.any():
        return _log_by_quadrature(a, n, rule)
    result = np.empty_like(a)
    result[small] = _log_by_recursion(a[small], n[small])
    result[~small] = _log_by_quadrature(a[~small], n[~small], rule)
    return result


def next_log_inverse_b(log_inverse: Floats, a: Floats, n: Floats) -> Floats:
    """``log 1/B(n + 1, a)`` from ``log 1/B(n, a)``: all terms are positive."""
    inverse = np.exp(np.minimum(log_inverse, 660.0))
    step: Floats = np.log1p(inverse * (n + 1.0) / a)
    return np.where(log_inverse < 660.0, step, log_inverse + np.log((n + 1.0) / a))


def _log_by_recursion(a: Floats, n: Floats) -> Floats:
    inverse = np.ones_like(a)
    each = 1.0 / a
    least = int(n.min())
    for k in range(1, int(n.max()) + 1):
        following = np.minimum(inverse * (k * each) + 1.0, _MOST)
        inverse = following if k <= least else np.where(k <= n, following, inverse)
    return np.log(inverse)


def _log_by_quadrature(a: Floats, n: Floats, rule: Rule) -> Floats:
    peak_at = np.maximum(n / a - 1.0, 0.0)
    peak = n * np.log1p(peak_at) - a * peak_at
    start, width = _upper_range(a, n, peak_at, peak, rule.drop)
    total, t, f = np.zeros_like(a), np.empty_like(a), np.empty_like(a)
    for node, weight in rule.points(peak):
        np.multiply(width, node, out=t)
        t += start
        np.log1p(t, out=f)
        f *= n
        t *= a
        f -= t
        f -= peak
        np.exp(f, out=f)
        f *= weight
        total += f
    value: Floats = np.log(a * total * width) + peak
    return value


def _upper_range(
    a: Floats, n: Floats, peak_at: Floats, peak: Floats, drop: float
) -> tuple[Floats, Floats]:
    curved = np.maximum(np.where(n > a, a * a / np.maximum(n, 1.0), n), 1e-300)
    spread = np.sqrt(2.0 * drop / curved)
    steep = np.maximum(a - n, 1e-300)
    end = peak_at + np.minimum(1.5 * spread, 1.1 * drop / steep)
    for _ in range(4):
        value = drop - peak - a * end + n * np.log1p(end)
        end -= value / (n / (1.0 + end) - a)
    start = np.zeros_like(a)
    rising = peak > drop
    if rising.any():
        start = np.maximum(peak_at - spread, 0.0)
        with np.errstate(all="ignore"):
            for _ in range(4):
                value = drop - peak - a * start + n * np.log1p(start)
                start -= value / (n / (1.0 + start) - a)
        start = np.where(rising, np.maximum(start, 0.0), 0.0)
    return start, end - start
