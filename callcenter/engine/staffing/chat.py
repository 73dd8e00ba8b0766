"""Agents who hold several chats at once, each of which then takes longer.

A chat among `c` of one agent takes ``aht_s (1 + slowdown (c - 1))``: with a slowdown of
0 chats do not disturb each other, with 1 two at once take twice as long and nothing is
won. Chats go to the agent who holds fewest, so the rate at which `n` agents end `k`
chats is known and the number of chats is a birth-and-death chain. A chat waits when
every agent holds as many as allowed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.asking import wanted
from callcenter.engine.staffing.cells import Asked, Cells, margins, most_agents, worst
from callcenter.engine.staffing.measures import (
    Floats,
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
    broadcast,
    checked,
)
from callcenter.engine.staffing.requirement import Requirement
from callcenter.engine.staffing.search import Indices, least_integer
from callcenter.engine.staffing.waiting import (
    Clock,
    Found,
    Rates,
    log_queue_weights,
    outcome,
)

_AT_ONCE = 1 << 21  # numbers of one array


@dataclass(frozen=True)
class _Chats:
    """Most chats of an agent, and how each more slows the others; (n_cells,)."""

    concurrency: Floats
    slowdown: Floats

    def take(self, index: Indices | slice) -> "_Chats":
        return _Chats(self.concurrency[index], self.slowdown[index])


def required_chat_agents(
    offered: ArrayLike,
    aht_s: ArrayLike,
    interval_s: ArrayLike,
    *,
    concurrency: ArrayLike,
    slowdown: ArrayLike = 0.0,
    patience_s: ArrayLike | None = None,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
    **targets: ArrayLike | None,
) -> Requirement:
    """Find the least number of agents for chats held several at once.

    Parameters
    ----------
    offered : array_like of float, shape (n_cells,), chats per interval, >= 0
    aht_s : array_like of float, shape (n_cells,), seconds a chat takes by itself, >= 0
    interval_s : array_like of float, shape (n_cells,), seconds, > 0
    concurrency : array_like of float, shape (n_cells,), whole number >= 1, chats that
        an agent holds at most
    slowdown : array_like of float, shape (n_cells,), fraction, 0 <= slowdown <= 1, by
        which each chat more lengthens all of the agent
    patience_s : array_like of float, seconds, mean patience, > 0; nobody leaves without
    sl_definition : ServiceLevelDefinition
    targets : sl_target, sl_threshold_s, max_occupancy, max_asa_s, max_abandon as in
        `required_agents`; occupancy is the share of the places for chats that is taken

    Returns
    -------
    Requirement, each array of the common shape; `load_erlangs` is that of chats taken
    one at a time

    Raises
    ------
    EngineInputError : as `required_agents`

    Source: Tezcan and Zhang (2014), Routing and staffing in customer service chat
    systems with impatient customers, Operations Research 62(4).
    """
    model = Model.ERLANG_C if patience_s is None else Model.ERLANG_A
    asked = wanted(model, sl_definition, patience_s, targets)
    shape, (calls, aht, interval, most, slow, *rest) = broadcast(
        offered=checked("offered", offered),
        aht_s=checked("aht_s", aht_s),
        interval_s=checked("interval_s", interval_s, above=0.0),
        concurrency=_concurrency(concurrency),
        slowdown=_slowdown(slowdown),
        **asked.values,
    )
    named = dict(zip(asked.values, rest, strict=True))
    cells = Cells(load=calls * aht / interval, aht=aht, **named)
    found = _solve(cells, _Chats(most, slow), asked.definition)
    return Requirement(**{name: each.reshape(shape) for name, each in found.items()})


def _solve(
    cells: Cells, chats: _Chats, definition: ServiceLevelDefinition
) -> dict[str, Floats]:
    """The fields of a `Requirement`; measured with the most where none are enough."""
    agents = _least(cells, chats, definition)
    tried = np.where(np.isnan(agents), most_agents(cells, cells.load), agents)
    at = _measures(cells, chats, tried, definition)
    return {
        "required_agents": agents,
        "sl": at.sl,
        "asa_s": at.asa_s,
        "occupancy": at.occupancy,
        "abandon_rate": at.abandon_rate,
        "load_erlangs": cells.load,
    }


def chat_measures(
    load: ArrayLike,
    agents: ArrayLike,
    *,
    aht_s: ArrayLike,
    concurrency: ArrayLike,
    slowdown: ArrayLike = 0.0,
    patience_s: ArrayLike | None = None,
    sl_threshold_s: ArrayLike = 20.0,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
) -> QueueMeasures:
    """Work out the service that a number of chat agents give.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs of chats one at a time, >= 0
    agents : array_like of float, shape (n_cells,), whole numbers, >= 0
    aht_s, concurrency, slowdown, patience_s : as `required_chat_agents`
    sl_threshold_s : array_like of float, seconds, >= 0
    sl_definition : ServiceLevelDefinition

    Returns
    -------
    QueueMeasures, each array of shape (n_cells,)

    Raises
    ------
    EngineInputError : as `required_agents`

    Source: as `required_chat_agents`.
    """
    model = Model.ERLANG_C if patience_s is None else Model.ERLANG_A
    asked = wanted(
        model,
        sl_definition,
        patience_s,
        {"sl_target": 0.5, "sl_threshold_s": sl_threshold_s},
    )
    shape, (erlangs, staffed, aht, most, slow, *rest) = broadcast(
        load=checked("load", load),
        agents=np.floor(checked("agents", agents)),
        aht_s=checked("aht_s", aht_s),
        concurrency=_concurrency(concurrency),
        slowdown=_slowdown(slowdown),
        **asked.values,
    )
    cells = Cells(load=erlangs, aht=aht, **dict(zip(asked.values, rest, strict=True)))
    at = _measures(cells, _Chats(most, slow), staffed, asked.definition)
    return QueueMeasures(**{k: v.reshape(shape) for k, v in vars(at).items()})


def _concurrency(value: ArrayLike) -> Floats:
    most = checked("concurrency", value)
    if (most < 1.0).any() or (most != np.floor(most)).any():
        raise EngineInputError("concurrency must be whole numbers of at least 1")
    return most


def _slowdown(value: ArrayLike) -> Floats:
    slow = checked("slowdown", value)
    if (slow > 1.0).any():
        raise EngineInputError("slowdown must be at most 1: more means a loss")
    return slow


def _least(cells: Cells, chats: _Chats, definition: ServiceLevelDefinition) -> Floats:
    asked = Asked.of(cells)
    busy = np.flatnonzero(cells.load > 0.0)
    gain = _rate(chats.concurrency, chats.slowdown)
    needed = cells.load / gain
    never = np.where(np.isinf(cells.patience), np.floor(needed), 0.0)

    def margin(agents: Floats, index: Indices) -> Floats:
        part, held = cells.take(busy[index]), chats.take(busy[index])
        at = _measures(part, held, agents, definition)
        return worst(margins(at, part, asked), part)

    agents = np.zeros_like(cells.load)
    if busy.size:
        agents[busy] = least_integer(
            margin,
            never=never[busy],
            guess=np.ceil(needed + 0.5 * np.sqrt(needed / gain))[busy],
            step=0.25 * np.sqrt(needed)[busy],
            most=np.maximum(most_agents(cells, cells.load), never + 1.0)[busy],
        )
    return agents


def _rate(held: Floats, slowdown: Floats) -> Floats:
    """Chats that an agent ends in the time of one, while holding that many."""
    found: Floats = held / (1.0 + slowdown * np.maximum(held - 1.0, 0.0))
    return found


def _measures(
    cells: Cells, chats: _Chats, agents: Floats, definition: ServiceLevelDefinition
) -> QueueMeasures:
    places = agents * chats.concurrency
    order = np.argsort(places)
    names = tuple(QueueMeasures.__dataclass_fields__)
    found = {name: np.zeros_like(cells.load) for name in names}
    start = 0
    while start < order.size:
        width = max(64.0, float(places[order[start]]) * 2.0)
        n_rows = max(1, int(_AT_ONCE / width))
        rows = order[start : start + n_rows]
        rows = rows[places[rows] <= width]
        part = _of_part(cells.take(rows), chats.take(rows), agents[rows], definition)
        for name in names:
            found[name][rows] = getattr(part, name)
        start += rows.size
    return QueueMeasures(**found)


def _of_part(
    cells: Cells, chats: _Chats, agents: Floats, definition: ServiceLevelDefinition
) -> QueueMeasures:
    """Sum over all states: chats in hand first, then those that wait."""
    a, n = np.maximum(cells.load, 1e-300)[:, None], agents[:, None]
    most, slow = chats.concurrency[:, None], chats.slowdown[:, None]
    places, capacity = (n * most)[:, 0], n * _rate(most, slow)
    k = np.arange(1.0, float(places.max()) + 1.0)[None, :]
    held = np.floor(k / np.maximum(n, 1.0))
    busier = k - held * n
    ending = (n - busier) * _rate(held, slow) + busier * _rate(held + 1.0, slow)
    is_place = k <= places[:, None]
    steps = np.where(is_place, np.log(a / np.maximum(ending, 1e-300)), 0.0)
    in_hand = np.concatenate(
        [np.zeros((a.shape[0], 1)), np.cumsum(steps, axis=1)], axis=1
    )
    full = np.take_along_axis(in_hand, places[:, None].astype(np.intp), axis=1)
    waits = log_queue_weights(a, capacity, (cells.aht / cells.patience)[:, None])
    waiting = full + waits
    k0 = np.arange(0.0, float(places.max()) + 1.0)[None, :]
    in_hand = np.where(k0 < places[:, None], in_hand, -np.inf)
    top = np.maximum(in_hand.max(axis=1), waiting.max(axis=1))[:, None]
    free, queued = np.exp(in_hand - top), np.exp(waiting - top)
    whole = free.sum(axis=1) + queued.sum(axis=1)
    free, queued = free / whole[:, None], queued / whole[:, None]
    aht = np.maximum(cells.aht, 1e-9)[:, None]
    rates = Rates(
        arrival=a / aht, service=1.0 / aht, leaving=1.0 / cells.patience[:, None]
    )
    ahead = np.broadcast_to(np.arange(float(queued.shape[1])), queued.shape)
    found = Found(free.sum(axis=1), queued, ahead, np.zeros(a.shape[0]))
    at = outcome(found, rates, capacity, Clock(cells.threshold[:, None], definition))
    taken = (free * k0).sum(axis=1) + queued.sum(axis=1) * places
    return _with_limits(cells, at, taken / np.maximum(places, 1.0), capacity[:, 0])


def _with_limits(
    cells: Cells, at: QueueMeasures, occupancy: Floats, capacity: Floats
) -> QueueMeasures:
    """No chats, and more chats than can ever be ended."""
    idle = cells.load == 0.0
    endless = ~idle & np.isinf(cells.patience) & (cells.load >= capacity)
    values = {**vars(at), "occupancy": np.minimum(occupancy, 1.0)}
    for name, (when_idle, when_endless) in {
        "wait_probability": (0.0, 1.0),
        "sl": (1.0, 0.0),
        "asa_s": (0.0, np.inf),
        "mean_wait_s": (0.0, np.inf),
        "occupancy": (0.0, 1.0),
        "abandon_rate": (0.0, 0.0),
    }.items():
        values[name] = np.where(
            idle, when_idle, np.where(endless, when_endless, values[name])
        )
    return QueueMeasures(**values)
