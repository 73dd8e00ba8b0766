"""Rows of consecutive intervals with their loads, rates and targets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.asking import Wanted
from callcenter.engine.staffing.cells import Cells
from callcenter.engine.staffing.measures import (
    Floats,
    Model,
    ServiceLevelDefinition,
    checked,
)


@dataclass(frozen=True)
class Days:
    """Rows of consecutive intervals; arrays of shape (n_rows, n_intervals)."""

    offered: Floats
    aht: Floats
    interval: Floats
    targets: dict[str, Floats]
    model: Model
    definition: ServiceLevelDefinition

    @property
    def load(self) -> Floats:
        """Erlangs."""
        return self.offered * self.aht / self.interval

    def all_cells(self, load: Floats) -> Cells:
        """All cells, row by row, with that load."""
        targets = {name: each.reshape(-1) for name, each in self.targets.items()}
        return Cells(load=load.reshape(-1), aht=self.aht.reshape(-1), **targets)


def read_days(
    offered: ArrayLike, aht_s: ArrayLike, interval_s: ArrayLike, asked: Wanted
) -> tuple[Days, tuple[int, ...]]:
    """Check the loads and lay them and the targets out as rows, with their shape.

    Raises `EngineInputError` when a value is out of its range or shapes do not fit.
    """
    shape, (calls, aht, interval, *rest) = as_rows(
        offered=checked("offered", offered),
        aht_s=checked("aht_s", aht_s),
        interval_s=checked("interval_s", interval_s, above=0.0),
        **asked.values,
    )
    targets = dict(zip(asked.values, rest, strict=True))
    return Days(calls, aht, interval, targets, asked.model, asked.definition), shape


def as_rows(**arguments: Floats) -> tuple[tuple[int, ...], list[Floats]]:
    """The common shape of the arguments, and each as a matrix of rows by intervals.

    Raises `EngineInputError` when the shapes do not fit or there is no interval.
    """
    try:
        shape = np.broadcast_shapes(*(value.shape for value in arguments.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in arguments.items())
        raise EngineInputError(f"the shapes do not fit: {shapes}") from error
    if not shape or not shape[-1]:
        raise EngineInputError("offered must hold at least one interval")
    return shape, [
        np.broadcast_to(value, shape).reshape(-1, shape[-1])
        for value in arguments.values()
    ]


def modified_offered_load(
    offered: ArrayLike, aht_s: ArrayLike, interval_s: ArrayLike
) -> Floats:
    """The mean load that contacts in progress put on an interval, in erlangs.

    Parameters
    ----------
    offered : array_like of float, shape (n_rows, n_intervals), contacts, >= 0
    aht_s : array_like of float, shape (n_rows, n_intervals), seconds, >= 0
    interval_s : array_like of float, shape (n_rows, n_intervals), seconds, > 0

    Returns
    -------
    ndarray of float, shape (n_rows, n_intervals), erlangs: the number in progress if
    nobody ever waited, on average over the interval; the first interval counts as if
    its load had always been

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: Jennings, Mandelbaum, Massey and Whitt (1996), Server staffing to meet
    time-varying demand, Management Science 42(10).
    """
    shape, (calls, aht, interval) = as_rows(
        offered=checked("offered", offered),
        aht_s=checked("aht_s", aht_s),
        interval_s=checked("interval_s", interval_s, above=0.0),
    )
    load = calls * aht / interval
    found, left = load.copy(), load[:, 0].copy()
    for k in range(1, load.shape[1]):
        lengths = interval[:, k] / np.maximum(aht[:, k], 1e-9)
        above = left - load[:, k]
        found[:, k] += above * -np.expm1(-lengths) / lengths
        left = load[:, k] + above * np.exp(-lengths)
    return found.reshape(shape)
