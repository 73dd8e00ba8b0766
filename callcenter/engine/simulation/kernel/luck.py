"""Random numbers by counting: the same contact has the same luck in every scenario.

A contact's luck is a 63-bit number made of the day's key, its type's key and its rank
among the type's arrivals; what befalls it (service, patience, …) is a further mix of
it. So nothing has to be stored or drawn in order, and an antithetic day just takes
1 - u for every u.

Source: the mixing function is SplitMix64's, Steele, Lea and Flood (2014), Fast
splittable pseudorandom number generators, OOPSLA.
"""

import math
from typing import Any

import numpy as np

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel.cells import NEVER
from callcenter.engine.simulation.kernel.inner import inner, outer, tight
from callcenter.engine.simulation.kernel.typing import Cells, Floats

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S1, _S2, _S3, _HALF = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(1)
_STEP = 2.0**-52

# What a contact's luck decides, and the luck of those that come of it.
GAP, SERVICE, AFTER_WORK, PATIENCE, REDIAL, DELAY, TRANSFER = range(7)
AGAIN, REACH, DIAL, ABSENCE, PASSED_ON, NEXT_ATTEMPT = range(7, 13)


@outer
def mixed(key: int, step: int) -> int:
    """A number from 0 to 2^63 that looks independent of other keys and steps."""
    z = np.uint64(key) + np.uint64(step + 1) * _GOLDEN
    z = (z ^ (z >> _S1)) * _M1
    z = (z ^ (z >> _S2)) * _M2
    luck: Any = np.int64((z ^ (z >> _S3)) >> _HALF)
    return luck


@inner
def uniform(m: Cells, luck: int, what: int) -> float:
    """Evenly in the open interval (0, 1); its mirror image on an antithetic day."""
    u = ((mixed(luck, what) >> 11) + 0.5) * _STEP
    return 1.0 - u if m[c.FLIP] else u


@inner
def normal(u: float) -> float:
    """The standard normal quantile, to 1.2e-9.

    Source: P. J. Acklam (2003), An algorithm for computing the inverse normal
    cumulative distribution function.
    """
    if u < 0.02425:
        return _tail(math.sqrt(-2.0 * math.log(u)))
    if u > 1.0 - 0.02425:
        return -_tail(math.sqrt(-2.0 * math.log(1.0 - u)))
    q = u - 0.5
    r = q * q
    a = -3.969683028665376e01 * r + 2.209460984245205e02
    a = (a * r - 2.759285104469687e02) * r + 1.383577518672690e02
    a = (a * r - 3.066479806614716e01) * r + 2.506628277459239e00
    b = -5.447609879822406e01 * r + 1.615858368580409e02
    b = (b * r - 1.556989798598866e02) * r + 6.680131188771972e01
    b = (b * r - 1.328068155288572e01) * r + 1.0
    return a * q / b


@inner
def _tail(q: float) -> float:
    a = -7.784894002430293e-03 * q - 3.223964580411365e-01
    a = (a * q - 2.400758277161838e00) * q - 2.549732539343734e00
    a = (a * q + 4.374664141464968e00) * q + 2.938163982698783e00
    b = 7.784695709041462e-03 * q + 3.224671290700398e-01
    b = (b * q + 2.445134137142996e00) * q + 3.754408661907416e00
    return a / (b * q + 1.0)


@tight
def duration_s(
    m: Cells, f: Floats, duration: int, interval: int, luck: int, what: int
) -> float:
    """A duration for this luck; 0 when there is none."""
    if duration < 0:
        return 0.0
    return quantile_s(m, f, duration, interval, uniform(m, luck, what))


@inner
def quantile_s(m: Cells, f: Floats, duration: int, interval: int, u: float) -> float:
    """The duration that a share `u` stays below."""
    last = m[c.N_INTERVALS] - 1
    mean = f[m[duration + c.DURATION_MEANS] + min(interval, last)]
    shape = m[duration + c.DURATION_SHAPE]
    if shape == c.EXPONENTIAL:
        return -mean * math.log(1.0 - u)
    if shape == c.LOGNORMAL:
        sigma = f[duration + c.DURATION_SIGMA]
        return mean * math.exp(sigma * normal(u) - 0.5 * sigma * sigma)
    if shape == c.EMPIRICAL:
        i = int(u * m[duration + c.DURATION_COUNT])
        return mean * f[m[duration + c.DURATION_VALUES] + i]
    return mean


@inner
def next_arrival_s(m: Cells, f: Floats, kind: int) -> float:
    """When a type's next contact comes: unit-rate gaps, stretched by the rates."""
    factor = f[kind + c.KIND_FACTOR]
    if factor <= 0.0:
        return NEVER
    luck = mixed(m[kind + c.KIND_KEY], m[kind + c.KIND_DRAWN])
    f[kind + c.KIND_TAU] -= math.log(uniform(m, luck, GAP))
    level = f[kind + c.KIND_TAU] / factor
    upto = m[kind + c.KIND_EXPECTED] + 1
    p = m[kind + c.KIND_NEXT]
    last = m[c.N_INTERVALS]
    while p < last and level >= f[upto + p]:
        p += 1
    m[kind + c.KIND_NEXT] = p
    if p >= last:
        return NEVER
    low = f[upto + p - 1]
    part = (level - low) / (f[upto + p] - low)
    return (p + part) * f[c.INTERVAL_S]
