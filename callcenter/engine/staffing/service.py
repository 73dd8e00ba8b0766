"""The service that given agents give to a load that does not move."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.staffing.asking import wanted
from callcenter.engine.staffing.cells import Cells
from callcenter.engine.staffing.losing import Losing
from callcenter.engine.staffing.measures import (
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
    broadcast,
    checked,
)
from callcenter.engine.staffing.solving import measures_at


def queue_measures(
    load: ArrayLike,
    agents: ArrayLike,
    *,
    aht_s: ArrayLike,
    model: Model | str = Model.ERLANG_C,
    patience_s: ArrayLike | None = None,
    sl_threshold_s: ArrayLike = 20.0,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
    redial: ArrayLike | None = None,
    waiting_room: ArrayLike | None = None,
) -> QueueMeasures:
    """Work out service, waits, losses and occupancy of any of the models.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs, of first attempts, >= 0
    agents : array_like of float, shape (n_cells,), on contacts, before shrinkage; 0 or
        >= 1 in erlang-a
    aht_s : array_like of float, shape (n_cells,), seconds, > 0 where load is
    model : Model
    patience_s : array_like of float, shape (n_cells,), seconds, > 0, for erlang-a
    sl_threshold_s : array_like of float, shape (n_cells,), seconds, >= 0
    sl_definition : ServiceLevelDefinition
    redial, waiting_room : array_like of float, shape (n_cells,), as `required_agents`

    Returns
    -------
    QueueMeasures, each array of shape (n_cells,), of all attempts; `abandon_rate`
    counts all the lost

    Raises
    ------
    EngineInputError : as `required_agents`

    Source: as `erlang_c_measures`, `erlang_a_measures` and `measures_losing`.
    """
    targets = {"sl_target": 0.5, "sl_threshold_s": sl_threshold_s}
    asked = wanted(
        model,
        sl_definition,
        patience_s,
        targets,
        redial=redial,
        waiting_room=waiting_room,
    )
    losses = asked.losses or {}
    shape, (erlangs, staffed, aht, *rest) = broadcast(
        load=checked("load", load),
        agents=checked("agents", agents),
        aht_s=checked("aht_s", aht_s),
        **asked.values,
        **losses,
    )
    named = dict(zip([*asked.values, *losses], rest, strict=True))
    losing = Losing(named.pop("room"), named.pop("redial")) if losses else None
    cells = Cells(load=erlangs, aht=aht, **named)
    at = measures_at(cells, staffed, losing, asked.model, asked.definition)
    return replace(at, **{k: np.reshape(v, shape) for k, v in vars(at).items()})
