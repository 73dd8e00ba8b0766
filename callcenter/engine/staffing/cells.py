"""Cells of a requirement with their targets, and how far a target is met."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.staffing.measures import Floats, QueueMeasures

_TINY = 1e-300
_ROUNDING = 1e-12  # of an occupancy that is exactly at its limit


@dataclass(frozen=True)
class Cells:
    """Flat, checked cells; a target that was not asked holds what is always met."""

    load: Floats
    aht: Floats
    patience: Floats
    threshold: Floats
    sl_target: Floats
    max_occupancy: Floats
    max_asa: Floats
    max_abandon: Floats

    def take(self, index: NDArray[np.intp] | slice) -> "Cells":
        """Some of the cells, in the order of the index."""
        return Cells(**{name: values[index] for name, values in vars(self).items()})


def most_agents(cells: Cells, load: Floats) -> Floats:
    """The agents beyond which nobody searches: a target missed there has no answer.

    Parameters
    ----------
    cells : Cells
    load : ndarray of float, shape (n_cells,), erlangs, repeated attempts included

    Returns
    -------
    ndarray of float, shape (n_cells,), whole numbers

    Source: none; forty spreads above the load no wait is left that a float can tell,
    and an occupancy limit needs load / limit agents, at most a hundred times the load.
    """
    for_service = 2.0 * load + 40.0 * np.sqrt(load) + 200.0
    for_limit = np.minimum(load / cells.max_occupancy + 2.0, 100.0 * load + 1000.0)
    return np.ceil(np.maximum(for_service, for_limit))


@dataclass(frozen=True)
class Asked:
    """Which kinds of target occur at all, so that the others cost nothing."""

    sl: bool
    asa: bool
    abandon: bool
    occupancy: bool

    @property
    def is_mixed(self) -> bool:
        """Whether more than one kind of target is asked."""
        return self.sl + self.asa + self.abandon + self.occupancy > 1

    @classmethod
    def of(cls, cells: Cells) -> "Asked":
        """The kinds of target that some of the cells have."""
        return cls(
            sl=bool((cells.sl_target > 0.0).any()),
            asa=bool(np.isfinite(cells.max_asa).any()),
            abandon=bool((cells.max_abandon < 1.0).any()),
            occupancy=bool((cells.max_occupancy < 1.0).any()),
        )


def margins(at: QueueMeasures, cells: Cells, asked: Asked) -> list[Floats]:
    """How far each target is met: >= 0 when it is, smooth and rising in agents.

    Service levels are compared as log-odds and the others as logarithms, which makes
    them nearly straight in the number of agents. Source: none; any rising function of
    the measures has the same sign.
    """
    found = []
    if asked.sl:
        found.append(_sl_margin(at.sl, cells.sl_target))
    limits = (
        (asked.asa, cells.max_asa, at.asa_s),
        (asked.abandon, cells.max_abandon, at.abandon_rate),
        (asked.occupancy, cells.max_occupancy * (1.0 + _ROUNDING), at.occupancy),
    )
    found += [_room(bound, value) for is_asked, bound, value in limits if is_asked]
    return [np.clip(np.nan_to_num(each, nan=-1e3), -1e3, 1e3) for each in found]


def worst(found: list[Floats], cells: Cells) -> Floats:
    """The least of the margins of each cell; great where nothing is asked."""
    least = np.full_like(cells.load, 1e3)
    for each in found:
        least = np.minimum(least, each)
    return least


def _sl_margin(sl: Floats, target: Floats) -> Floats:
    odds = np.log(np.maximum(sl, _TINY) / np.maximum(1.0 - sl, _TINY))
    wanted = np.maximum(target, _TINY)
    found: Floats = odds - np.log(wanted / (1.0 - np.maximum(target, 0.0)))
    return np.where(sl >= target, np.maximum(found, 0.0), np.minimum(found, -1e-15))


def _room(bound: Floats, value: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.log(bound) - np.log(np.maximum(value, _TINY))
    return np.where(bound >= value, np.abs(np.nan_to_num(room, nan=0.0)), room)
