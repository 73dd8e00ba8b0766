"""Queues that lose contacts: full waiting rooms, callers who leave and call again.

The waiting room is the M/M/n/n+m+M queue: a contact that finds `m` others waiting is
lost at once. With a room of 0 it is Erlang's loss system. Those who are lost may call
again; the load is then the fixed point at which first attempts and repeated ones are
what the queue receives.
"""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.staffing.cells import Cells
from callcenter.engine.staffing.erlang import log_inverse_b, measures_a, measures_c
from callcenter.engine.staffing.measures import (
    Floats,
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
)
from callcenter.engine.staffing.roots import rising_root
from callcenter.engine.staffing.waiting import Clock, Found, Rates, outcome

_AT_ONCE = 1 << 21  # numbers of one array


@dataclass(frozen=True)
class Losing:
    """What makes a queue lose contacts; arrays of shape (n_cells,).

    `room` is the number of places to wait, inf without limit; `redial` the share of the
    lost who call again.
    """

    room: Floats
    redial: Floats


def measures_losing(
    cells: Cells,
    agents: Floats,
    losing: Losing,
    model: Model,
    definition: ServiceLevelDefinition,
) -> QueueMeasures:
    """The steady state of cells whose lost contacts may come again.

    Parameters
    ----------
    cells : Cells, of first attempts
    agents : ndarray of float, shape (n_cells,), >= 0
    losing : Losing
    model : Model
    definition : ServiceLevelDefinition

    Returns
    -------
    QueueMeasures, each array of shape (n_cells,), of all attempts; `abandon_rate`
    counts all the lost, those whom the full room refused among them

    Source: Garnett, Mandelbaum and Reiman (2002), Designing a call center with
    impatient customers, MSOM 4(3), with a finite room; the fixed point as Ding,
    Remerova, van der Mei and Zwart (2015), Fluid approximation of a call center model
    with redials and reconnects, Performance Evaluation 92.
    """

    def at(load: Floats) -> QueueMeasures:
        return _first_attempts(cells, load, agents, losing.room, model, definition)

    if not losing.redial.any():
        return at(cells.load)

    def missing(load: Floats) -> Floats:
        return load * (1.0 - losing.redial * at(load).abandon_rate) - cells.load

    return at(rising_root(missing, cells.load, cells.load / (1.0 - losing.redial)))


def _first_attempts(
    cells: Cells,
    load: Floats,
    agents: Floats,
    room: Floats,
    model: Model,
    definition: ServiceLevelDefinition,
) -> QueueMeasures:
    """The steady state without redials; rooms that never fill cost nothing."""
    if np.isinf(room).all():
        if model is Model.ERLANG_C:
            return measures_c(load, agents, cells.aht, cells.threshold)
        return measures_a(
            load, agents, cells.aht, cells.patience, cells.threshold, definition
        )
    most = int(room[np.isfinite(room)].max())
    n_rows = max(1, _AT_ONCE // (most + 2))
    parts = []
    for start in range(0, load.size, n_rows):
        rows = slice(start, start + n_rows)
        parts.append(
            _with_room(
                cells.take(rows), load[rows], agents[rows], room[rows], definition
            )
        )
    return QueueMeasures(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in QueueMeasures.__dataclass_fields__
        }
    )


def _with_room(
    cells: Cells,
    load: Floats,
    agents: Floats,
    room: Floats,
    definition: ServiceLevelDefinition,
) -> QueueMeasures:
    """Sum over the states of the waiting room, relative to the greatest of them."""
    n_states = int(room.max()) + 1
    ahead = np.arange(float(n_states))[None, :]
    a, n = np.maximum(load, 1e-300)[:, None], agents[:, None]
    each = (cells.aht / cells.patience)[:, None]
    inside = ahead <= room[:, None]
    with np.errstate(divide="ignore"):
        steps = np.log(a) - np.log(n + ahead[:, 1:] * each)
    full_at = np.zeros((load.size, n_states))
    full_at[:, 1:] = np.cumsum(np.minimum(steps, 700.0), axis=1)
    full_at = np.where(inside, full_at, -np.inf)
    free = _log_some_free(a[:, 0], agents)
    top = np.maximum(full_at.max(axis=1), free)
    weights = np.exp(full_at - top[:, None])
    at_once = np.exp(free - top)
    whole = at_once + weights.sum(axis=1)
    weights /= whole[:, None]
    blocked = np.take_along_axis(weights, room[:, None].astype(np.intp), axis=1)[:, 0]
    queued = np.where(ahead < room[:, None], weights, 0.0)
    aht = np.maximum(cells.aht, 1e-9)[:, None]
    rates = Rates(
        arrival=a / aht, service=1.0 / aht, leaving=1.0 / cells.patience[:, None]
    )
    found = Found(
        at_once / whole, queued, np.broadcast_to(ahead, queued.shape), blocked
    )
    clock = Clock(cells.threshold[:, None], definition)
    at = outcome(found, rates, agents[:, None], clock)
    served = 1.0 - at.abandon_rate
    busy = np.minimum(load * served / np.maximum(agents, 1e-300), 1.0)
    idle = load == 0.0
    return QueueMeasures(
        wait_probability=np.where(idle, 0.0, at.wait_probability),
        sl=np.where(idle, 1.0, at.sl),
        asa_s=np.where(idle, 0.0, at.asa_s),
        mean_wait_s=np.where(idle, 0.0, at.mean_wait_s),
        occupancy=np.where(idle, 0.0, busy),
        abandon_rate=np.where(idle, 0.0, at.abandon_rate),
    )


def _log_some_free(a: Floats, agents: Floats) -> Floats:
    """Logarithm of the weight of all states below `agents`, relative to that state."""
    inverse = log_inverse_b(a, agents)
    with np.errstate(divide="ignore"):
        free = inverse + np.log(-np.expm1(-np.maximum(inverse, 0.0)))
    return np.where(agents > 0.0, free, -np.inf)
