"""What makes one day differ from another: its key and how busy it is."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.simulation.floor import stem
from callcenter.engine.simulation.model import Center
from callcenter.engine.staffing.gamma import log_lower

Floats = NDArray[np.float64]
_STEP = 2.0**-52
_FACTOR = 20
_NEWTON_STEPS = 12


@dataclass(frozen=True)
class Days:
    """The days of a simulation; one seed gives the same days to every scenario.

    Attributes
    ----------
    keys : ndarray of int, shape (n_days,); an antithetic day has its twin's key
    flips : ndarray of int, shape (n_days,), 1 on an antithetic day
    factors : ndarray of float, shape (n_days, n_kinds), mean 1, times the rates
    """

    keys: NDArray[np.int64]
    flips: NDArray[np.int64]
    factors: Floats


def draw_days(
    center: Center, n_days: int, rng: np.random.Generator, *, antithetic: bool
) -> Days:
    """Keys and random factors of so many days."""
    twins = 2 if antithetic else 1
    keys = rng.integers(0, 2**63, -(-n_days // twins), dtype=np.int64)
    keys = np.repeat(keys, twins)[:n_days]
    flips = np.arange(n_days, dtype=np.int64) % twins
    shared = _factors("", center.day_cv, keys, flips)
    factors = np.ones((n_days, len(center.types) + len(center.campaigns)))
    for k, contact_type in enumerate(center.types):
        own = _factors(contact_type.name, contact_type.day_cv, keys, flips)
        factors[:, k] = shared * own
    return Days(keys=keys, flips=flips, factors=factors)


def _factors(
    name: str, cv: float, keys: NDArray[np.int64], flips: NDArray[np.int64]
) -> Floats:
    """Gamma factors with mean 1; a name has its own on each day, twins mirror them."""
    if cv == 0.0:
        return np.ones(keys.size)
    from callcenter.engine.simulation.kernel.luck import mixed

    own = stem(name)
    with np.errstate(over="ignore"):
        bits = np.array([mixed(int(key) ^ own, _FACTOR) for key in keys])
    u = ((bits >> 11) + 0.5) * _STEP
    shape = 1.0 / (cv * cv)
    return gamma_quantile(np.where(flips == 1, 1.0 - u, u), shape) / shape


def gamma_quantile(u: Floats, shape: float) -> Floats:
    """The value that a gamma variable of scale 1 stays below with probability `u`.

    Parameters
    ----------
    u : ndarray of float, shape (n,), probability in (0, 1)
    shape : float, >= 1

    Returns
    -------
    ndarray of float, shape (n,)

    Source: Wilson and Hilferty (1931), PNAS 17(12), for the first guess; Newton's
    method on the logarithm of the distribution function from there.
    """
    z = np.array([NormalDist().inv_cdf(p) for p in u])
    x = shape * (1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))) ** 3
    x = np.maximum(x, 1e-3 * u)
    log_u = np.log(u)
    for _ in range(_NEWTON_STEPS):
        log_ratio = log_lower(np.full_like(x, shape), x)
        log_density = (shape - 1.0) * np.log(x) - x - math.lgamma(shape)
        log_p = log_ratio + np.log(x) + log_density
        step = (log_p - log_u) * np.exp(log_p - log_density)
        x = np.maximum(x - step, 0.25 * x)
    return x
