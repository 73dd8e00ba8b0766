"""Day totals as a sum of smooth parts: weekday, level, wave, month, year, closings.

Each part is a covariance of logarithms of day totals, so that all parts together are a
Gaussian process. One Cholesky factor of the covariance of history and horizon gives the
forecasts of every day from every origin before it: with ``K = L L'`` and innovations
``e`` (``L e = y``), the forecast of day ``s`` at an origin that knows ``p`` days is
``L[s, :p] @ e[:p]`` and its variance ``sum(L[s, p:s + 1] ** 2)``.
"""

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Bools, Calendar, Floats, Ints
from callcenter.engine.forecasting.marks import Marks, mark_days
from callcenter.engine.forecasting.parts import Geometry, Parts, covariance, measure

_CLIP = 2.2  # an innovation counts for at most so many of its standard deviations
_WILD = 3.0  # beyond it, influence falls, to nothing at twice as much
_CLIP_MARKED = 5.0
_BELIEVED = 3  # wild days in a row to one side that are still not believed
_FREEDOM = 4.0  # of Student's t, for the fit to what days really do
_LEAST = 0.5  # contacts, so that an empty day has a logarithm
_LONGEST = 400  # days that the choice between sizes of parts looks at
_BLOCK = 28.0  # days that the wandering of a level is measured by
_MOST_DAYS = 1100  # of history: three years
_YEARLY = 395  # days from which a yearly season can be told
_OF_ITS_OWN = 0.25  # logarithm, how special days of a kind differ


_CHOICES = (
    (0.5, Parts()),
    (0.25, Parts(level=0.6)),
    (0.15, Parts(level=3.0, wave=1.5, level_days=60.0)),
    (0.05, Parts(month=0.0)),
    (0.05, Parts(spike=10.0)),
)
_NEGLIGIBLE = 0.02  # weight of a choice that is not worth its factorisation
_TEMPER = 4.0  # days that say as much as one independent day


@dataclass(frozen=True)
class Structure:
    """Forecasts of logarithms of day totals.

    Attributes
    ----------
    mean : ndarray of float, shape (n_origins, n_ahead)
    spread : ndarray of float, the same shape, standard deviation, noise included
    is_marked : ndarray of bool, the same shape, holidays, events, days beside them
    """

    mean: Floats
    spread: Floats
    is_marked: Bools


@dataclass(frozen=True)
class _Fitted:
    """What one choice of parts needs to forecast."""

    parts: Parts
    sigma: float
    relative: Floats  # variance of the noise by weekday, in sigma squared
    centre: float
    misfit: float


def fit_structure(
    days: Days, calendar: Calendar, ahead: Calendar, origins: Ints, *, n_tested: int
) -> Structure:
    """Forecast day totals after every origin.

    Parameters
    ----------
    days : Days
    calendar, ahead : Calendar of the history and of the horizon
    origins : ndarray of int, shape (n_origins,), the number of days known; the last is
        the end of the history
    n_tested : int, days ahead that are forecast at the earlier origins; what lies
        beyond keeps the last of them

    Returns
    -------
    Structure

    Source: Rasmussen and Williams (2006), Gaussian Processes for Machine Learning,
    chapters 2 and 5; bounded innovations as in Masreliez and Martin (1977), IEEE
    Transactions on Automatic Control 22.
    """
    marks = mark_days(days, calendar, ahead)
    used = np.flatnonzero(marks.is_used)[-_MOST_DAYS:]
    n_ahead = ahead.n_days
    if used.size < 2:
        return _unknown(days, (origins.size, n_ahead))
    logs = np.log(np.maximum(days.total[used], _LEAST))
    ghosts = used[marks.surprise[used] >= 0]
    rows = np.concatenate([used, days.n_days + np.arange(n_ahead), ghosts])
    both = _unaware(marks.rows(rows), ghosts.size)
    geometry = measure(both, used.size)
    fitted = _fit_choices(marks.rows(used), geometry, logs, days)
    weights = _weights(fitted, used.size)
    known = np.searchsorted(used, origins)
    targets = _targets(used, origins, days.n_days, n_ahead, n_tested)
    targets = _honest(targets, marks, used, ghosts, origins, n_ahead)
    mean, variance = _average(fitted, weights, (geometry, both, logs, known, targets))
    variance += _wander(marks.rows(used), logs) * _beyond(marks, days.n_days)
    return Structure(mean, np.sqrt(variance), both.is_marked[targets])


def _average(
    fitted: tuple[_Fitted, ...],
    weights: Floats,
    known: tuple[Geometry, Marks, Floats, Ints, Ints],
) -> tuple[Floats, Floats]:
    """Mean and variance over the choices that matter."""
    targets = known[-1]
    mean, square = np.zeros(targets.shape), np.zeros(targets.shape)
    chosen = np.where(weights >= _NEGLIGIBLE, weights, 0.0)
    for weight, one in zip(chosen / chosen.sum(), fitted, strict=True):
        if weight:
            middle, variance = _forecast(one, *known)
            mean += weight * middle
            square += weight * (variance + middle**2)
    return mean, np.maximum(square - mean**2, 1e-6)


def _unknown(days: Days, shape: tuple[int, int]) -> Structure:
    """What little one or no day says."""
    total = float(days.total[days.is_usable].mean()) if days.is_usable.any() else 0.0
    level = float(np.log(max(total, _LEAST)))
    marked = np.zeros(shape, dtype=bool)
    return Structure(np.full(shape, level), np.full(shape, 0.3), marked)


def _targets(
    used: Ints, origins: Ints, n_days: int, n_ahead: int, n_tested: int
) -> Ints:
    """Rows of the joint matrix to forecast, the nearest used one where none is."""
    where = origins[:, None] + np.minimum(np.arange(n_ahead), n_tested - 1)
    inside = np.minimum(np.searchsorted(used, where), max(used.size - 1, 0))
    beyond = used.size + np.minimum(where - n_days, n_ahead - 1)
    rows = np.where(where < n_days, inside, beyond)
    rows[-1] = used.size + np.arange(n_ahead)
    return rows


def _beyond(marks: Marks, n_days: int) -> Floats:
    """Months ahead after the first, where a level that wanders is not yet at home."""
    ahead = marks.at[n_days:] - marks.at[n_days] + 1.0
    months: Floats = np.maximum(ahead / _BLOCK - 1.0, 0.0)
    return months


def _wander(marks: Marks, logs: Floats) -> float:
    """Variance of what the level moves in four weeks, read off means of four weeks."""
    middle = np.zeros(7)
    for kind in np.unique(marks.like):
        middle[kind] = np.median(logs[marks.like == kind])
    block = ((marks.at[-1] - marks.at) // _BLOCK).astype(np.int64)
    rest = np.clip(logs - middle[marks.like], -1.0, 1.0)
    count = np.bincount(block)
    mean = np.bincount(block, rest)[count > 5] / count[count > 5]
    moved = np.diff(mean)
    usual, known = 0.04**2, 4.0
    return float((known * usual + (moved**2).sum()) / (known + moved.size))


def _unaware(marks: Marks, n_ghosts: int) -> Marks:
    """The last rows as if no closing had come before them."""
    after = marks.after.copy()
    after[after.shape[0] - n_ghosts :] = 0.0
    return replace(marks, after=after)


def _honest(
    targets: Ints, marks: Marks, used: Ints, ghosts: Ints, origins: Ints, n_ahead: int
) -> Ints:
    """Let an origin not know of a closing after it that nobody announced."""
    result = targets.copy()
    for i, day in enumerate(ghosts):
        row = int(np.searchsorted(used, day))
        since = marks.at[np.minimum(origins, marks.at.size - 1)]
        unknown = marks.surprise[day] >= since
        chosen = (targets == row) & unknown[:, None]
        result[chosen] = used.size + n_ahead + i
    return result


def _fit_choices(
    marks: Marks, geometry: Geometry, logs: Floats, days: Days
) -> tuple[_Fitted, ...]:
    sigma = _first_sigma(marks, logs)
    span = marks.at[-1] - marks.at[0]
    recent = np.arange(max(0, logs.size - _LONGEST), logs.size)
    near = geometry.block(int(recent[0]), logs.size)
    begin = min(3 * days.week, recent.size // 2)
    fitted, relative = [], np.ones(7)
    for i, (_, parts) in enumerate(_CHOICES):
        chosen = replace(parts, year=0.12) if span >= _YEARLY else parts
        one = _Fitted(chosen, sigma, relative, float(np.median(logs)), 0.0)
        n_rounds = 3 if i == 0 else 1
        one = _fit(one, near, marks.rows(recent), logs[recent], begin, n_rounds)
        sigma, relative = one.sigma, one.relative
        fitted.append(one)
    return tuple(fitted)


def _first_sigma(marks: Marks, logs: Floats) -> float:
    if logs.size < 4:
        return 0.1
    middle = np.zeros(7)
    for kind in np.unique(marks.like):
        middle[kind] = np.median(logs[marks.like == kind])
    rest = np.diff(logs - middle[marks.like])
    return max(0.8 * float(1.4826 * np.median(np.abs(rest))) / np.sqrt(2.0), 0.01)


def _fit(
    one: _Fitted,
    geometry: Geometry,
    marks: Marks,
    logs: Floats,
    begin: int,
    n_rounds: int,
) -> _Fitted:
    """Let the noise of each weekday be as large as the innovations say."""
    scale = 1.0
    for _ in range(n_rounds):
        factor = _factor(one, geometry, marks, logs)
        wonder = _innovations(
            factor, (logs - one.centre) / one.sigma, marks.is_marked, scale
        )[1]
        later = slice(begin, None)
        if wonder[later].size < 4:
            return one
        scale = _student_scale(wonder[later])
        diagonal = np.diagonal(factor)[later]
        misfit = float(_misfit(wonder[later] / scale, diagonal * scale * one.sigma))
        relative = _by_weekday(
            one.relative, marks.rows(np.arange(begin, logs.size)), wonder[later] / scale
        )
        sigma = one.sigma * min(max(scale, 0.3), 3.0)
        one = replace(one, sigma=sigma, relative=relative, misfit=misfit)
        scale = 1.0
    return one


def _misfit(wonder: Floats, spread: Floats) -> np.floating:
    tails = 0.5 * (_FREEDOM + 1.0) * np.log1p(wonder**2 / _FREEDOM)
    result: np.floating = (tails + np.log(spread)).mean()
    return result


def _student_scale(values: Floats) -> float:
    scale = float(1.4826 * np.median(np.abs(values))) + 1e-9
    for _ in range(6):
        weight = (_FREEDOM + 1.0) / (_FREEDOM + (values / scale) ** 2)
        scale = float(np.sqrt((weight * values**2).mean())) + 1e-9
    return scale


def _by_weekday(before: Floats, marks: Marks, wonder: Floats) -> Floats:
    normal = marks.special == 0
    count, size = np.zeros(7), np.zeros(7)
    for kind in range(7):
        chosen = normal & (marks.like == kind)
        count[kind] = chosen.sum()
        if count[kind]:
            size[kind] = (1.4826 * np.median(np.abs(wonder[chosen]))) ** 2
    usual = (count @ size) / max(count.sum(), 1.0)
    if usual <= 0.0:
        return before
    factor = (count * size + 8.0 * usual) / (count + 8.0) / usual
    return np.clip(np.sqrt(before * factor), 0.4, 8.0)


def _weights(fitted: tuple[_Fitted, ...], n: int) -> Floats:
    prior = np.array([share for share, _ in _CHOICES])
    misfit = np.array([one.misfit for one in fitted])
    weight = prior * np.exp(-(misfit - misfit.min()) * min(n, _LONGEST) / _TEMPER)
    result: Floats = weight / weight.sum()
    return result


def _forecast(
    one: _Fitted,
    geometry: Geometry,
    both: Marks,
    logs: Floats,
    known: Ints,
    targets: Ints,
) -> tuple[Floats, Floats]:
    n = logs.size
    level = np.concatenate([logs, np.full(both.at.size - n, logs[-28:].mean())])
    factor = _factor(one, geometry, both, level)
    e, _ = _innovations(
        factor[:n, :n], (logs - one.centre) / one.sigma, both.is_marked[:n], 1.0
    )
    mean, variance = np.empty(targets.shape), np.empty(targets.shape)
    for row, (p, days) in enumerate(zip(known, targets, strict=True)):
        part = factor[days]
        mean[row] = part[:, :p] @ e[:p]
        variance[row] = (part[:, p:] ** 2).sum(axis=1)
    return one.centre + one.sigma * mean, one.sigma**2 * variance


def _innovations(
    factor: Floats, values: Floats, is_marked: Bools, scale: float
) -> tuple[Floats, Floats]:
    """Innovations, bounded and as they are.

    Bounding stops a wild day's influence, and the wilder the less of it is left; but
    from the fourth in a row to one side on they count: the level has changed. Days
    that something marks may well be wild the first time: they are to be learnt from.
    """
    bounded, free = np.zeros(values.size), np.zeros(values.size)
    diagonal = np.diagonal(factor)
    run, before = 0, 0.0
    for i, value in enumerate(values):
        wonder = float(value - factor[i, :i] @ bounded[:i]) / float(diagonal[i])
        free[i] = wonder
        size, side = abs(wonder) / scale, 1.0 if wonder > 0.0 else -1.0
        if is_marked[i]:
            bounded[i] = side * scale * min(size, _CLIP_MARKED)
            continue
        run = (run + 1 if side == before else 1) if size > _WILD else 0
        before = side if run else 0.0
        if size > _WILD and run <= _BELIEVED:
            size = _CLIP * max(0.0, 1.0 - (size - _WILD) / _WILD)
        bounded[i] = side * scale * min(size, _CLIP)
    return bounded, free


def _factor(one: _Fitted, geometry: Geometry, marks: Marks, logs: Floats) -> Floats:
    total = covariance(one.parts, one.sigma, geometry)
    noise = one.relative[marks.like] + np.exp(-logs) / one.sigma**2
    noise = noise + (marks.special > 0) * (_OF_ITS_OWN / one.sigma) ** 2
    total[np.diag_indices(logs.size)] += noise
    try:
        return np.asarray(np.linalg.cholesky(total))
    except np.linalg.LinAlgError:
        # A bell on a circle may, by rounding, be a little short of a covariance.
        total[np.diag_indices(logs.size)] += 0.1 * noise + 1e-3 * total[0, 0]
        return np.asarray(np.linalg.cholesky(total))
