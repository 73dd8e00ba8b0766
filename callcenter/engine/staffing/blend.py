"""Agents who take calls and make calls: outbound work fills the time between contacts.

Outbound calls begin whenever more than `reserve` agents are free, so that many always
stay free for the next contact unless contacts themselves take them. The number of busy
agents then never falls below ``n - reserve`` and is a birth-and-death chain cut off
there. A greater reserve serves contacts better and gets less outbound work done; the
requirement is the least number of agents with which some reserve does both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

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
from callcenter.engine.staffing.requirement import solve_cells
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
class Blend:
    """Agents for contacts and outbound work together; arrays of one shape.

    Attributes
    ----------
    required_agents : ndarray of float, whole numbers, on contacts, before shrinkage;
        NaN where no number does both, with the measures of the most that were tried
    reserve : ndarray of float, whole numbers, agents kept free for contacts
    outbound_erlangs : ndarray of float, erlangs of outbound work that can get done
    sl, asa_s, abandon_rate : ndarray of float, of the contacts
    occupancy : ndarray of float, fraction, contacts and the outbound work to be done
    """

    required_agents: Floats
    reserve: Floats
    outbound_erlangs: Floats
    sl: Floats
    asa_s: Floats
    abandon_rate: Floats
    occupancy: Floats


def required_blend_agents(
    offered: ArrayLike,
    aht_s: ArrayLike,
    interval_s: ArrayLike,
    *,
    outbound_erlangs: ArrayLike,
    patience_s: ArrayLike | None = None,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
    **targets: ArrayLike | None,
) -> Blend:
    """Find the least number of agents for contacts and outbound work together.

    Parameters
    ----------
    offered : array_like of float, shape (n_cells,), contacts per interval, >= 0
    aht_s : array_like of float, shape (n_cells,), seconds, > 0, of contacts; outbound
        calls are taken to last about as long
    interval_s : array_like of float, shape (n_cells,), seconds, > 0
    outbound_erlangs : array_like of float, shape (n_cells,), work to be done, >= 0
    patience_s : array_like of float, seconds, mean patience, > 0; nobody leaves without
    sl_definition : ServiceLevelDefinition
    targets : sl_target, sl_threshold_s, max_asa_s, max_abandon as `required_agents`, of
        the contacts; max_occupancy limits contacts and the outbound work to be done:
        agents who dialled on whenever they could would never be idle

    Returns
    -------
    Blend, each array of the common shape of the arguments

    Raises
    ------
    EngineInputError : as `required_agents`

    Source: Bhulai and Koole (2003), A queueing model for call blending in call centers,
    IEEE Transactions on Automatic Control 48(8).
    """
    model = Model.ERLANG_C if patience_s is None else Model.ERLANG_A
    asked = wanted(model, sl_definition, patience_s, targets)
    shape, (calls, aht, interval, outbound, *rest) = broadcast(
        offered=checked("offered", offered),
        aht_s=checked("aht_s", aht_s, above=0.0),
        interval_s=checked("interval_s", interval_s, above=0.0),
        outbound_erlangs=checked("outbound_erlangs", outbound_erlangs),
        **asked.values,
    )
    cells = Cells(
        calls * aht / interval, aht, **dict(zip(asked.values, rest, strict=True))
    )
    found = _solve(_Blends(cells, outbound, asked.definition), asked.model)
    return Blend(**{name: each.reshape(shape) for name, each in found.items()})


def _solve(blends: "_Blends", model: Model) -> dict[str, Floats]:
    """The fields of a `Blend`; measured with the most where none are enough."""
    cells = blends.cells
    required = blends.least(solve_cells(cells, model, blends.definition))
    agents = np.where(np.isnan(required), blends.most, required)
    everywhere = np.arange(agents.size)
    reserve = blends.least_reserve(agents, everywhere)
    at, done = blends.measures(agents, reserve, everywhere)
    return {
        "required_agents": required,
        "reserve": np.where(cells.load > 0.0, np.minimum(reserve, agents), 0.0),
        "outbound_erlangs": done,
        "sl": at.sl,
        "asa_s": at.asa_s,
        "abandon_rate": at.abandon_rate,
        "occupancy": blends.occupancy(at, done, agents, everywhere),
    }


class _Blends:
    """Cells with outbound work, tried at numbers of agents and reserves."""

    def __init__(
        self, cells: Cells, outbound: Floats, definition: ServiceLevelDefinition
    ) -> None:
        self.cells = cells
        self.outbound = outbound
        self.definition = definition
        self.asked = Asked.of(cells)
        self.most = most_agents(cells, cells.load + outbound)

    def least(self, alone: dict[str, Floats]) -> Floats:
        """The least agents with whom some reserve does both; NaN where none do."""
        inbound = alone["required_agents"]
        is_busy = (self.cells.load > 0.0) | (self.outbound > 0.0)
        busy = np.flatnonzero(is_busy & np.isfinite(inbound))
        work = self.cells.load * (1.0 - alone["abandon_rate"]) + self.outbound
        work = np.ceil(work / self.cells.max_occupancy - 1e-9)
        agents = np.where(np.isnan(inbound), np.nan, 0.0)
        if busy.size:
            never = np.maximum(inbound, np.ceil(self.outbound))[busy] - 1.0
            agents[busy] = least_integer(
                lambda n, index: self._margin(n, busy[index]),
                never=np.clip(never, 0.0, self.most[busy] - 1.0),
                guess=np.maximum(inbound, work)[busy],
                step=np.ones(busy.size),
                most=self.most[busy],
            )
        return agents

    def _margin(self, agents: Floats, index: Indices) -> Floats:
        """Whether the outbound work gets done with the least reserve that serves."""
        reserve = self.least_reserve(agents, index)
        at, done = self.measures(agents, reserve, index)
        wanted_work = self.outbound[index]
        margin = np.log(np.maximum(done, 1e-12) / np.maximum(wanted_work, 1e-12))
        margin = np.where(wanted_work > 0.0, margin + 1e-12, 1e3)
        limit = self.cells.max_occupancy[index]
        busy = self.occupancy(at, done, agents, index)
        margin = np.where(busy > limit + 1e-12, -1.0, margin)
        return np.where(reserve > agents, -1.0, margin)

    def occupancy(
        self, at: QueueMeasures, done: Floats, agents: Floats, index: Indices
    ) -> Floats:
        """The share of time that contacts and the outbound work to be done take."""
        served = self.cells.load[index] * (1.0 - at.abandon_rate)
        work = served + np.minimum(done, self.outbound[index])
        share = np.divide(work, agents, out=np.zeros_like(work), where=agents > 0.0)
        return np.minimum(share, 1.0)

    def least_reserve(self, agents: Floats, index: Indices) -> Floats:
        """The least reserve that serves the contacts; more than agents when none."""
        if not index.size:
            return np.zeros(0)

        def margin(reserve: Floats, some: Indices) -> Floats:
            which = index[some]
            at, _ = self.measures(
                agents[some], np.minimum(reserve, agents[some]), which
            )
            part = self.cells.take(which)
            found = worst(margins(at, part, self._of_contacts()), part)
            return np.where(reserve > agents[some], 1e3, found)

        return least_integer(
            margin,
            never=np.full(index.size, -1.0),
            guess=np.zeros(index.size),
            step=np.ones(index.size),
            most=agents + 1.0,
        )

    def _of_contacts(self) -> Asked:
        return Asked(
            sl=self.asked.sl,
            asa=self.asked.asa,
            abandon=self.asked.abandon,
            occupancy=False,
        )

    def measures(
        self, agents: Floats, reserve: Floats, index: Indices
    ) -> tuple[QueueMeasures, Floats]:
        """The contacts' measures and the outbound erlangs done, part by part."""
        n_rows = max(1, _AT_ONCE // int(max(512.0, reserve.max(initial=0.0))))
        parts, work = [], []
        for start in range(0, index.size, n_rows):
            rows = slice(start, start + n_rows)
            at, done = _of_part(
                self.cells.take(index[rows]),
                agents[rows],
                np.minimum(reserve, agents)[rows],
                self.definition,
            )
            parts.append(at)
            work.append(done)
        names = QueueMeasures.__dataclass_fields__
        joined = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in names
        }
        return QueueMeasures(**joined), np.concatenate(work)


def _of_part(
    cells: Cells, agents: Floats, reserve: Floats, definition: ServiceLevelDefinition
) -> tuple[QueueMeasures, Floats]:
    """Sum over the states from where outbound work stops to where nobody waits on."""
    a, n = np.maximum(cells.load, 1e-300)[:, None], np.maximum(agents, 1e-9)[:, None]
    each = (cells.aht / cells.patience)[:, None]
    step = np.arange(1.0, float(reserve.max()) + 1.0)[None, :]
    first = n - reserve[:, None]
    ups = np.where(
        step <= reserve[:, None], np.log(a / np.maximum(first + step, 1e-9)), 0.0
    )
    below = np.concatenate([np.zeros_like(a), np.cumsum(ups, axis=1)], axis=1)
    full = below[:, -1:]
    waiting = full + log_queue_weights(a, n, each)
    place = np.arange(float(below.shape[1]))[None, :]
    below = np.where(place < reserve[:, None], below, -np.inf)
    top = np.maximum(below.max(axis=1), waiting.max(axis=1))[:, None]
    free, queued = np.exp(below - top), np.exp(waiting - top)
    whole = (free.sum(axis=1) + queued.sum(axis=1))[:, None]
    free, queued = free / whole, queued / whole
    aht = cells.aht[:, None]
    rates = Rates(
        arrival=a / aht, service=1.0 / aht, leaving=1.0 / cells.patience[:, None]
    )
    ahead = np.broadcast_to(np.arange(float(queued.shape[1])), queued.shape)
    found = Found(free.sum(axis=1), queued, ahead, np.zeros(a.shape[0]))
    at = outcome(found, rates, n, Clock(cells.threshold[:, None], definition))
    busy = (free * (first + place)).sum(axis=1) + queued.sum(axis=1) * n[:, 0]
    idle, unmanned = cells.load == 0.0, agents == 0.0
    endless = ~idle & np.isinf(cells.patience) & (cells.load >= agents)
    served = np.where(idle, 0.0, cells.load * (1.0 - at.abandon_rate))
    done = np.maximum(busy - served, 0.0)
    values = {
        "wait_probability": np.where(idle, 0.0, at.wait_probability),
        "sl": np.where(idle, 1.0, np.where(endless, 0.0, at.sl)),
        "asa_s": np.where(idle, 0.0, np.where(endless, np.inf, at.asa_s)),
        "mean_wait_s": np.where(idle, 0.0, np.where(endless, np.inf, at.mean_wait_s)),
        "occupancy": np.where(unmanned, 0.0, np.minimum(busy / n[:, 0], 1.0)),
        "abandon_rate": np.where(idle, 0.0, at.abandon_rate),
    }
    return QueueMeasures(**values), np.where(endless | unmanned, 0.0, done)
