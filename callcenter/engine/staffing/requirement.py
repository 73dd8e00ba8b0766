"""The least number of agents that meets every target, for all cells at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.erlang import measures_a, measures_c
from callcenter.engine.staffing.measures import (
    Floats,
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
    broadcast,
    checked,
)
from callcenter.engine.staffing.search import least_integer


@dataclass(frozen=True)
class Requirement:
    """What each cell needs and what it then gets; every array has the same shape.

    Attributes
    ----------
    required_agents : ndarray of float, whole numbers, on contacts, before shrinkage
    sl : ndarray of float, fraction in [0, 1], by the definition that was asked
    asa_s : ndarray of float, seconds, mean wait of answered contacts
    occupancy : ndarray of float, fraction in [0, 1]
    abandon_rate : ndarray of float, fraction of offered contacts
    load_erlangs : ndarray of float, erlangs
    """

    required_agents: Floats
    sl: Floats
    asa_s: Floats
    occupancy: Floats
    abandon_rate: Floats
    load_erlangs: Floats


@dataclass(frozen=True)
class _Cells:
    """Flat, checked cells; a target that was not asked holds what is always met."""

    load: Floats
    aht: Floats
    patience: Floats
    threshold: Floats
    sl_target: Floats
    max_occupancy: Floats
    max_asa: Floats
    max_abandon: Floats

    def take(self, index: NDArray[np.intp]) -> "_Cells":
        return _Cells(**{name: values[index] for name, values in vars(self).items()})


def required_agents(
    offered: ArrayLike,
    aht_s: ArrayLike,
    interval_s: ArrayLike,
    *,
    model: Model | str = Model.ERLANG_C,
    sl_target: ArrayLike | None = None,
    sl_threshold_s: ArrayLike = 20.0,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
    patience_s: ArrayLike | None = None,
    max_occupancy: ArrayLike | None = None,
    max_asa_s: ArrayLike | None = None,
    max_abandon: ArrayLike | None = None,
) -> Requirement:
    """Find the least number of agents that meets every target given.

    All arguments broadcast against each other, so targets may differ per queue and
    period. A cell without load needs nobody and has perfect service.

    Parameters
    ----------
    offered : array_like of float, shape (n_cells,), contacts per interval, >= 0
    aht_s : array_like of float, shape (n_cells,), seconds, >= 0
    interval_s : array_like of float, shape (n_cells,), seconds, > 0
    model : Model, `erlang-c` (nobody abandons) or `erlang-a` (patience_s is needed)
    sl_target : array_like of float, fraction, 0 <= sl_target < 1
    sl_threshold_s : array_like of float, seconds, >= 0
    sl_definition : ServiceLevelDefinition
    patience_s : array_like of float, seconds, mean patience, > 0
    max_occupancy : array_like of float, fraction, 0 < max_occupancy <= 1
    max_asa_s : array_like of float, seconds, > 0
    max_abandon : array_like of float, fraction, 0 < max_abandon <= 1, erlang-a only

    Returns
    -------
    Requirement, each array of the common shape of the arguments

    Raises
    ------
    EngineInputError : no target is given, a value is missing or out of its range, the
        shapes do not fit, or the model and the targets contradict each other

    Source: as `erlang_c_measures` and `erlang_a_measures`; every measure improves with
    each agent, so the least number is found by a bracketed search.
    """
    kind, definition = _chosen(model, sl_definition)
    targets = {
        "sl_target": _target("sl_target", sl_target, -1.0, below=1.0),
        "max_occupancy": _target("max_occupancy", max_occupancy, 1.0, most=1.0),
        "max_asa_s": _target("max_asa_s", max_asa_s, np.inf),
        "max_abandon": _target("max_abandon", max_abandon, 1.0, most=1.0),
    }
    given = (sl_target, max_occupancy, max_asa_s, max_abandon)
    _check_together(kind, patience_s, max_abandon, n_targets=_count(given))
    shape, (calls, aht, interval, *rest) = broadcast(
        offered=checked("offered", offered),
        aht_s=checked("aht_s", aht_s),
        interval_s=checked("interval_s", interval_s, above=0.0),
        patience_s=_target("patience_s", patience_s, np.inf),
        sl_threshold_s=checked("sl_threshold_s", sl_threshold_s),
        **targets,
    )
    cells = _Cells(calls * aht / interval, aht, *rest)
    found = _solve_distinct(cells, kind, definition)
    return Requirement(**{name: v.reshape(shape) for name, v in found.items()})


def _chosen(
    model: Model | str, definition: ServiceLevelDefinition | str
) -> tuple[Model, ServiceLevelDefinition]:
    try:
        return Model(model), ServiceLevelDefinition(definition)
    except ValueError as error:
        raise EngineInputError(str(error)) from error


def _target(
    name: str,
    value: ArrayLike | None,
    unasked: float,
    *,
    below: float = np.inf,
    most: float = np.inf,
) -> Floats:
    if value is None:
        return np.float64(unasked) * np.ones(())
    array = checked(name, value, above=0.0 if below == np.inf else -np.inf)
    if (array >= below).any() or (array > most).any():
        bound = f"less than {below:g}" if below < np.inf else f"at most {most:g}"
        raise EngineInputError(f"{name} must be {bound}")
    return array


def _count(given: tuple[ArrayLike | None, ...]) -> int:
    return sum(value is not None for value in given)


def _check_together(
    kind: Model,
    patience_s: ArrayLike | None,
    max_abandon: ArrayLike | None,
    *,
    n_targets: int,
) -> None:
    if n_targets == 0:
        raise EngineInputError("at least one target is needed")
    if kind is Model.ERLANG_A and patience_s is None:
        raise EngineInputError("erlang-a needs patience_s")
    if kind is Model.ERLANG_C and max_abandon is not None:
        raise EngineInputError(
            "max_abandon needs erlang-a: in erlang-c nobody abandons"
        )


def _solve_distinct(
    cells: _Cells, kind: Model, definition: ServiceLevelDefinition
) -> dict[str, Floats]:
    """Solve each distinct cell once, in order of load so that neighbours cost alike."""
    columns = [v for v in vars(cells).values() if v.size and (v != v[0]).any()]
    order = np.lexsort([*columns[1:], *columns[:1]]) if columns else np.arange(1)
    is_new = np.zeros(order.size, dtype=bool)
    is_new[:1] = True
    for column in columns:
        in_order = column[order]
        is_new[1:] |= in_order[1:] != in_order[:-1]
    which = np.empty(cells.load.size, dtype=np.intp)
    which[order if columns else slice(None)] = np.cumsum(is_new) - 1 if columns else 0
    distinct = cells.take(order[is_new][: cells.load.size])
    found = _solve(distinct, kind, definition)
    return {name: values[which] for name, values in found.items()}


def _solve(
    cells: _Cells, kind: Model, definition: ServiceLevelDefinition
) -> dict[str, Floats]:
    def margin(agents: Floats, index: NDArray[np.intp]) -> Floats:
        part = cells.take(index)
        needs_asa = bool(np.isfinite(part.max_asa).any())
        at = _measures(part, agents, kind, definition, with_asa=needs_asa)
        return _margin(at, part)

    agents = np.zeros_like(cells.load)
    busy = np.flatnonzero(cells.load > 0.0)
    if busy.size:
        part = cells.take(busy)
        agents[busy] = least_integer(
            lambda n, index: margin(n, busy[index]),
            never=_never_enough(part, kind),
            guess=_guess(part, kind),
            step=(0.02 if kind is Model.ERLANG_C else 0.25) * np.sqrt(part.load),
        )
    at = _measures(cells, agents, kind, definition, with_asa=True)
    return {
        "required_agents": agents,
        "sl": at.sl,
        "asa_s": at.asa_s,
        "occupancy": at.occupancy,
        "abandon_rate": at.abandon_rate,
        "load_erlangs": cells.load,
    }


def _guess(cells: _Cells, kind: Model) -> Floats:
    """Where to look first: the square-root rule, in heavy-traffic form for Erlang C.

    Source: Halfin and Whitt (1981), Operations Research 29(3).
    """
    root = np.sqrt(cells.load)
    if kind is Model.ERLANG_A or not (cells.sl_target > 0.0).all():
        return np.ceil(cells.load + root)
    low, high = np.zeros_like(root), np.full_like(root, 4.0)
    late = 1.0 - cells.sl_target
    decay = root * cells.threshold / cells.aht
    for _ in range(8):
        spare = 0.5 * (low + high)
        tail = 2.0 / (spare + np.sqrt(spare * spare + 8.0 / np.pi))
        mills = np.sqrt(2.0 * np.pi) * np.exp(0.5 * spare * spare) - tail
        misses = np.exp(-decay * spare) > late * (1.0 + spare * mills)
        low, high = np.where(misses, spare, low), np.where(misses, high, spare)
    return np.ceil(cells.load + 0.5 * (low + high) * root)


def _never_enough(cells: _Cells, kind: Model) -> Floats:
    """The greatest number that certainly is too few: the search starts above it."""
    if kind is Model.ERLANG_A:
        return np.zeros_like(cells.load)
    for_occupancy = np.ceil(cells.load / cells.max_occupancy * (1.0 - 1e-12)) - 1.0
    return np.maximum(np.floor(cells.load), for_occupancy)


def _measures(
    cells: _Cells,
    agents: Floats,
    kind: Model,
    definition: ServiceLevelDefinition,
    *,
    with_asa: bool,
) -> QueueMeasures:
    if kind is Model.ERLANG_C:
        return measures_c(cells.load, agents, cells.aht, cells.threshold)
    return measures_a(
        cells.load,
        agents,
        cells.aht,
        cells.patience,
        cells.threshold,
        definition,
        with_asa=with_asa,
    )


def _margin(at: QueueMeasures, cells: _Cells) -> Floats:
    """How far the worst target is met: >= 0 when all are, smooth and rising in agents.

    Service levels are compared as log-odds and the others as logarithms, which makes
    them nearly straight in the number of agents.
    """
    tiny = 1e-300
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(np.maximum(at.sl, tiny)) - np.log(np.maximum(1.0 - at.sl, tiny))
        target = np.maximum(cells.sl_target, 0.0)
        margin = odds - (np.log(np.maximum(target, tiny)) - np.log1p(-target))
        margin = np.where(cells.sl_target > 0.0, margin, np.inf)
        for bound, value in (
            (cells.max_asa, at.asa_s),
            (cells.max_abandon, at.abandon_rate),
            (cells.max_occupancy * (1.0 + 1e-12), at.occupancy),
        ):
            room = np.log(bound) - np.log(np.maximum(value, tiny))
            room = np.where(bound >= value, np.abs(np.nan_to_num(room)), room)
            margin = np.minimum(margin, room)
    return np.nan_to_num(margin, nan=-1e3, posinf=1e3, neginf=-1e3)
