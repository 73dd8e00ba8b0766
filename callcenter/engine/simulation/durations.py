"""Durations as the event loop draws them: a shape, a mean per interval, a table."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.model import Duration, Shape
from callcenter.engine.simulation.tables import Table
from callcenter.engine.staffing.measures import checked

Floats = NDArray[np.float64]

_CODES = {
    Shape.FIXED: c.FIXED,
    Shape.EXPONENTIAL: c.EXPONENTIAL,
    Shape.LOGNORMAL: c.LOGNORMAL,
    Shape.EMPIRICAL: c.EMPIRICAL,
}


@dataclass
class Durations:
    """Collects the durations of a center; each gets a number."""

    n_intervals: int
    rows: list[tuple[float, int, int, int]] = field(default_factory=list)
    means: list[Floats] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)

    def add(self, where: str, given: Duration | None) -> int:
        """The number of a duration, -1 for none; `where` names it in complaints."""
        if given is None:
            return -1
        shape = _shape(where, given)
        sigma, first, count = 0.0, sum(v.size for v in self.values), 0
        mean_s = given.mean_s
        if shape is Shape.EMPIRICAL:
            unit, own_mean = _unit_values(where, given)
            self.values.append(unit)
            count = unit.size
            mean_s = own_mean if mean_s is None else mean_s
        elif shape is Shape.LOGNORMAL:
            cv = float(checked(f"{where}.cv", given.cv))
            sigma = math.sqrt(math.log1p(cv * cv))
        if mean_s is None:
            raise EngineInputError(f"{where}.mean_s is missing")
        self.means.append(per_interval(f"{where}.mean_s", mean_s, self.n_intervals))
        self.rows.append((sigma, _CODES[shape], first, count))
        return len(self.rows) - 1

    def arrays(self) -> tuple[Table, Floats, Floats]:
        """Records, means of shape (n, n_intervals), and the tables end to end."""
        table = Table(len(self.rows), c.DURATION_SIZE)
        for i, (sigma, shape, first, count) in enumerate(self.rows):
            table.m[i, c.DURATION_SHAPE] = shape
            table.f[i, c.DURATION_SIGMA] = sigma
            table.m[i, c.DURATION_VALUES] = first
            table.m[i, c.DURATION_COUNT] = count
            table.m[i, c.DURATION_MEANS] = i * self.n_intervals
        means = np.array(self.means).reshape(len(self.rows), self.n_intervals)
        return table, means, np.concatenate([np.empty(0), *self.values])


def _shape(where: str, given: Duration) -> Shape:
    if given.shape is None:
        return Shape.EXPONENTIAL if given.values_s is None else Shape.EMPIRICAL
    try:
        return Shape(given.shape)
    except ValueError as error:
        raise EngineInputError(f"{where}.shape: {error}") from error


def per_interval(where: str, value: object, n_intervals: int) -> Floats:
    """One number for all intervals, or one for each.

    Raises `EngineInputError` when there is neither.
    """
    _check_each(where, value)
    array = checked(where, value)  # type: ignore[arg-type]
    if array.ndim > 1 or array.shape not in {(), (1,), (n_intervals,)}:
        raise EngineInputError(
            f"{where} must be one number or {n_intervals}, one an interval"
        )
    return np.ascontiguousarray(np.broadcast_to(array, (n_intervals,)))


def _check_each(where: str, value: object) -> None:
    """Name the place of the first mistake in a list of numbers."""
    if not isinstance(value, list | tuple | np.ndarray):
        return
    array = np.asarray(value, dtype=np.float64)
    wrong = np.flatnonzero(~(np.isfinite(array) & (array >= 0.0)))
    if array.ndim == 1 and wrong.size:
        place = wrong[0]
        raise EngineInputError(
            f"{where}[{place}] must be finite and not negative, not {array[place]:g}"
        )


def _unit_values(where: str, given: Duration) -> tuple[Floats, float]:
    if given.values_s is None:
        raise EngineInputError(f"{where}.values_s is missing")
    values = np.sort(checked(f"{where}.values_s", given.values_s).reshape(-1))
    mean = float(values.mean()) if values.size else 0.0
    if mean <= 0.0:
        raise EngineInputError(f"{where}.values_s must hold a positive value")
    return values / mean, mean
