"""Day totals: a robust exponential level times robust day-type effects.

All origins of a back-test are fitted at once: each is one row, blind to later days.
"""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Bools, Floats, Ints

_CLIP = 2.0  # a day moves the level by at most so many sigmas of surprise
_HALF_LIFE_WEEKS = 10.0
_ROUNDS = 4
_WILD_SIGMAS = 4.5
_WILD_LEAST = 0.25  # logarithm: a fifth less or a quarter more
_SMALL_TOTAL = 20.0  # contacts a day
_LEAST = 0.5  # contacts, so that an empty day has a logarithm


@dataclass(frozen=True)
class Levels:
    """Fitted day totals in logarithms.

    Attributes
    ----------
    level : ndarray of float, shape (n_origins,), at the last day known
    effect : ndarray of float, shape (n_origins, n_types)
    sigma : ndarray of float, shape (n_origins,), robust noise of a day
    surplus : ndarray of float, shape (n_origins,), the last normal day above the level
    memory : ndarray of float, shape (n_origins,), how much of it the next day keeps
    smooth : ndarray of float, shape (n_origins, n_days), two-sided level
    is_wild : ndarray of bool, shape (n_origins, n_days), single days far off the level
    smearing : ndarray of float, shape (n_origins,), part of `level`: to the mean
    """

    level: Floats
    effect: Floats
    sigma: Floats
    surplus: Floats
    memory: Floats
    smooth: Floats
    is_wild: Bools
    smearing: Floats

    def totals(self, rows: Ints, types: Ints) -> Floats:
        """Day totals after some origins, shape of `types` (n_rows, n_ahead)."""
        ahead = np.arange(1, types.shape[1] + 1)
        kept = self.surplus[rows, None] * self.memory[rows, None] ** ahead
        effect = np.take_along_axis(self.effect[rows], types, axis=1)
        result: Floats = np.exp(self.level[rows, None] + effect + kept)
        return result


def fit_levels(days: Days, origins: Ints, *, alpha: float) -> Levels:
    """Fit level and day-type effects at each origin, knowing only the days before it.

    Parameters
    ----------
    days : Days
    origins : ndarray of int, shape (n_origins,), the number of days known
    alpha : float, share of a surprise that the level takes in

    Returns
    -------
    Levels

    Source: robust exponential smoothing, Gelper, Fried and Croux (2010), Journal of
    Forecasting 29; Huber (1964) for the effects.
    """
    seen = np.arange(days.n_days) < origins[:, None]
    logs = np.log(np.maximum(np.nan_to_num(days.total), _LEAST))
    usable = seen & (days.is_usable & days.is_normal)
    effect = _first_effects(logs, usable, days)
    for _ in range(_ROUNDS):
        plain = logs - effect[:, days.types]
        sigma = _noise(plain, usable)
        forward = _smooth(plain, usable, sigma, alpha, _start(plain, usable, days.week))
        back = _smooth(plain[:, ::-1], usable[:, ::-1], sigma, alpha, forward[:, -1])[
            :, ::-1
        ]
        middle = 0.5 * (forward + back)
        effect = _effects(logs - middle, usable, days, origins, effect)
    effect = _special_effects(logs - middle, seen, days, effect)
    plain = logs - effect[:, days.types]
    surplus, memory = _memory(plain - forward, usable)
    smearing = _smearing(days, usable, origins, middle + effect[:, days.types])
    last = forward[:, -1] + smearing
    is_wild = _single(usable & _far(plain - middle, sigma))
    return Levels(last, effect, sigma, surplus, memory, middle, is_wild, smearing)


def _first_effects(logs: Floats, usable: Bools, days: Days) -> Floats:
    effect = np.zeros((usable.shape[0], days.n_types))
    for row, known in enumerate(usable):
        if not known.any():
            continue
        middle = np.median(logs[known])
        for kind in days.normal_types:
            chosen = known & (days.types == kind)
            if chosen.any():
                effect[row, kind] = np.median(logs[chosen]) - middle
    return effect


def _start(plain: Floats, usable: Bools, week: int) -> Floats:
    return np.array(
        [
            np.median(row[known][: 2 * week]) if known.any() else np.log(_LEAST)
            for row, known in zip(plain, usable, strict=True)
        ]
    )


def _noise(plain: Floats, usable: Bools) -> Floats:
    def of(values: Floats) -> float:
        if values.size < 3:
            return 0.1
        return float(1.4826 * np.median(np.abs(np.diff(values))) / np.sqrt(2.0))

    return np.array([of(r[k]) for r, k in zip(plain, usable, strict=True)]) + 1e-6


def _smooth(
    plain: Floats, usable: Bools, sigma: Floats, alpha: float, start: Floats
) -> Floats:
    levels = np.empty_like(plain)
    current, bound = start.copy(), _CLIP * sigma
    gain = alpha * usable
    for day in range(plain.shape[1]):
        surprise = plain[:, day] - current
        current = current + gain[:, day] * np.clip(surprise, -bound, bound)
        levels[:, day] = current
    return levels


def _effects(
    above: Floats, usable: Bools, days: Days, origins: Ints, before: Floats
) -> Floats:
    """Huber means of what each normal day type lies above the level."""
    effect = before.copy()
    age = np.maximum(origins[:, None] - 1 - np.arange(days.n_days), 0) / days.week
    weight = np.where(usable, 0.5 ** (age / _HALF_LIFE_WEEKS), 0.0)
    for kind in days.normal_types:
        chosen = days.types == kind
        if not chosen.any():
            continue
        rest, mass = above[:, chosen], weight[:, chosen]
        known = mass.sum(axis=1) > 0.0
        mass = np.where(known[:, None], mass, 1e-300)
        centre = (mass * rest).sum(axis=1) / mass.sum(axis=1)
        for _ in range(3):
            away = np.abs(rest - centre[:, None])
            spread = 1.25 * (mass * away).sum(axis=1) / mass.sum(axis=1) + 1e-6
            huber = mass * np.minimum(1.0, spread[:, None] / np.maximum(away, 1e-9))
            centre = (huber * rest).sum(axis=1) / huber.sum(axis=1)
        effect[known, kind] = centre[known]
    normal = days.normal_types
    effect[:, normal] -= effect[:, normal].mean(axis=1, keepdims=True)
    return effect


def _special_effects(above: Floats, seen: Bools, days: Days, effect: Floats) -> Floats:
    """Effects of special days, shrunk to the ordinary day that each resembles."""
    result = effect.copy()
    for kind, resembles in days.resembles(effect).items():
        chosen = seen & days.is_usable & (days.types == kind)
        prior = result[np.arange(len(effect)), resembles]
        count = chosen.sum(axis=1)
        total = np.where(chosen, above, 0.0).sum(axis=1)
        result[:, kind] = (total + prior) / (count + 1.0)
    return result


def _memory(rest: Floats, usable: Bools) -> tuple[Floats, Floats]:
    """The last surplus over the level, and the correlation of days that follow."""
    surplus, memory = np.zeros(len(rest)), np.zeros(len(rest))
    for row, known in enumerate(usable):
        values = rest[row][known]
        if values.size < 30:
            continue
        bound = 2.0 * np.median(np.abs(values)) + 1e-9
        values = np.clip(values, -bound, bound)[-180:]
        product = float(values[1:] @ values[:-1])
        share = product / float(values @ values + 1e-12)
        memory[row] = min(max(share, 0.0), 0.7)
        surplus[row] = values[-1]
    return surplus, memory


def _far(rest: Floats, sigma: Floats) -> Bools:
    far: Bools = np.abs(rest) > np.maximum(_WILD_SIGMAS * sigma, _WILD_LEAST)[:, None]
    return far


def _single(wild: Bools) -> Bools:
    """Only days without a wild neighbour: a run of them may be a new level."""
    beside = np.zeros_like(wild)
    beside[:, 1:] |= wild[:, :-1]
    beside[:, :-1] |= wild[:, 1:]
    return wild & ~beside


def _smearing(days: Days, usable: Bools, origins: Ints, fitted: Floats) -> Floats:
    """What small day totals need so that the mean is kept and not the median.

    Source: Duan (1983), Smearing estimate, JASA 78.
    """
    age = np.maximum(origins[:, None] - 1 - np.arange(days.n_days), 0) / days.week
    weight = np.where(usable, 0.5 ** (age / _HALF_LIFE_WEEKS), 0.0)
    mass = np.maximum(weight.sum(axis=1), 1e-300)
    real = (weight * days.total).sum(axis=1) / mass
    small = _SMALL_TOTAL / (_SMALL_TOTAL + real**2 / _SMALL_TOTAL)
    fit = (weight * np.exp(fitted)).sum(axis=1) / mass
    ratio = np.maximum(real, 1e-6) / np.maximum(fit, 1e-6)
    return np.where(real > 0.0, small * np.log(ratio), 0.0)
