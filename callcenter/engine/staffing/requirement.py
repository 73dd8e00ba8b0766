"""The least number of agents that meets every target, for all cells at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.staffing.asking import Wanted, chosen_heads, wanted
from callcenter.engine.staffing.cells import Asked, Cells
from callcenter.engine.staffing.evaluate import Question
from callcenter.engine.staffing.losing import Losing
from callcenter.engine.staffing.measures import (
    Floats,
    Heads,
    Model,
    ServiceLevelDefinition,
    broadcast,
    checked,
)
from callcenter.engine.staffing.search import least_agents
from callcenter.engine.staffing.solving import solve_losing, with_fractions


@dataclass(frozen=True)
class Requirement:
    """What each cell needs and what it then gets; every array has the same shape.

    Attributes
    ----------
    required_agents : ndarray of float, whole numbers, on contacts, before shrinkage;
        NaN where no number of agents meets the targets, with the measures of the most
        that were tried
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

    @property
    def is_reachable(self) -> NDArray[np.bool_]:
        """Where some number of agents meets every target; shape of the arrays."""
        return np.isfinite(self.required_agents)


_GROUP = 131_072  # cells of about one load, whose answers guess each other


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
    redial: ArrayLike | None = None,
    waiting_room: ArrayLike | None = None,
    heads: Heads | str = Heads.WHOLE,
) -> Requirement:
    """Find the least number of agents that meets every target given.

    All arguments broadcast against each other, so targets may differ per queue and
    period. A cell without load needs nobody and has perfect service.

    Parameters
    ----------
    offered : array_like of float, shape (n_cells,), contacts per interval, >= 0
    aht_s : array_like of float, shape (n_cells,), seconds, >= 0
    interval_s : array_like of float, shape (n_cells,), seconds, > 0
    model : Model, `erlang-c` (nobody abandons), `erlang-a` (patience_s is needed) or
        `erlang-b` (nobody waits)
    sl_target : array_like of float, fraction, 0 <= sl_target < 1
    sl_threshold_s : array_like of float, seconds, >= 0
    sl_definition : ServiceLevelDefinition
    patience_s : array_like of float, seconds, mean patience, > 0
    max_occupancy : array_like of float, fraction, 0 < max_occupancy <= 1
    max_asa_s : array_like of float, seconds, > 0
    max_abandon : array_like of float, fraction, 0 < max_abandon <= 1, of all the lost;
        not in erlang-c unless the waiting room is finite
    redial : array_like of float, fraction, 0 <= redial < 1, share of the lost that call
        again; `offered` are first attempts then, and the measures those of all attempts
    waiting_room : array_like of float, whole number of places to wait, >= 0; a contact
        that finds them taken is lost
    heads : Heads, whole agents, the nearest whole or the least fraction

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
    asked = wanted(
        model,
        sl_definition,
        patience_s,
        {
            "sl_target": sl_target,
            "sl_threshold_s": sl_threshold_s,
            "max_occupancy": max_occupancy,
            "max_asa_s": max_asa_s,
            "max_abandon": max_abandon,
        },
        redial=redial,
        waiting_room=waiting_room,
    )
    kind = chosen_heads(heads)
    shape, given = broadcast(
        offered=checked("offered", offered),
        aht_s=checked("aht_s", aht_s),
        interval_s=checked("interval_s", interval_s, above=0.0),
        **asked.values,
        **(asked.losses or {}),
    )
    found = _least(asked, kind, given)
    return Requirement(**{name: v.reshape(shape) for name, v in found.items()})


def _least(asked: Wanted, kind: Heads, given: Sequence[Floats]) -> dict[str, Floats]:
    """The least numbers and their measures, for arguments of one shape."""
    calls, aht, interval, *rest = given
    losses = asked.losses or {}
    named = dict(zip([*asked.values, *losses], rest, strict=True))
    losing = Losing(named.pop("room"), named.pop("redial")) if losses else None
    cells = Cells(calls * aht / interval, aht, **named)
    if losing is None:
        found = solve_cells(cells, asked.model, asked.definition)
    else:
        found = solve_losing(cells, losing, asked.model, asked.definition)
    if kind is Heads.WHOLE:
        return found
    return with_fractions(found, cells, losing, asked.model, asked.definition, kind)


def solve_cells(
    cells: Cells, model: Model, definition: ServiceLevelDefinition
) -> dict[str, Floats]:
    """The fields of a `Requirement` for checked cells; equal ones are solved once."""
    question = Question(model, definition, Asked.of(cells))
    which, first = _distinct(cells)
    if first.size > 0.7 * cells.load.size:
        return _solve(cells, question)
    found = _solve(cells.take(first), question)
    return {name: values[which] for name, values in found.items()}


def _distinct(cells: Cells) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each cell the place of its kind, and for each kind its first cell."""
    columns = [v for v in vars(cells).values() if (v != v[:1]).any()]
    if not columns:
        n = cells.load.size
        return np.zeros(n, dtype=np.intp), np.arange(min(n, 1))
    if np.unique(cells.load[:: max(1, cells.load.size // 4096)]).size > 4000:
        return np.arange(cells.load.size), np.arange(cells.load.size)
    order = np.lexsort([*columns[1:], *columns[:1]])
    is_new = np.zeros(order.size, dtype=bool)
    is_new[:1] = True
    for column in columns:
        in_order = column[order]
        is_new[1:] |= in_order[1:] != in_order[:-1]
    which = np.empty(order.size, dtype=np.intp)
    which[order] = np.cumsum(is_new) - 1
    return which, order[is_new]


def _solve(cells: Cells, question: Question) -> dict[str, Floats]:
    """Solve busy cells by rising load, group by group; the idle ones need nobody."""
    found = {
        "required_agents": np.zeros_like(cells.load),
        "sl": np.ones_like(cells.load),
        "asa_s": np.zeros_like(cells.load),
        "occupancy": np.zeros_like(cells.load),
        "abandon_rate": np.zeros_like(cells.load),
        "load_erlangs": cells.load,
    }
    order = np.argsort(cells.load)
    order = order[np.searchsorted(cells.load[order], 0.0, side="right") :]
    for start in range(0, order.size, _GROUP):
        group = order[start : start + _GROUP]
        agents, answer = least_agents(cells.take(group), question)
        found["required_agents"][group] = agents
        for name in ("sl", "asa_s", "occupancy", "abandon_rate"):
            found[name][group] = getattr(answer.measures, name)
    return found
