"""Requirements that the quick search does not know: losses, redials, part heads."""

import numpy as np

from callcenter.engine.staffing.cells import Asked, Cells, margins, most_agents, worst
from callcenter.engine.staffing.erlang import measures_a, measures_c
from callcenter.engine.staffing.losing import Losing, measures_losing
from callcenter.engine.staffing.measures import (
    Floats,
    Heads,
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
)
from callcenter.engine.staffing.roots import rising_root
from callcenter.engine.staffing.search import Indices, least_integer

FIGURES = ("sl", "asa_s", "occupancy", "abandon_rate")
_FINE = 1e-6  # of an agent


def measures_at(
    cells: Cells,
    agents: Floats,
    losing: Losing | None,
    model: Model,
    definition: ServiceLevelDefinition,
) -> QueueMeasures:
    """The steady state of each cell at any number of agents, whole or not."""
    if losing is not None:
        return measures_losing(cells, agents, losing, model, definition)
    if model is Model.ERLANG_C:
        return measures_c(cells.load, agents, cells.aht, cells.threshold)
    return measures_a(
        cells.load, agents, cells.aht, cells.patience, cells.threshold, definition
    )


def solve_losing(
    cells: Cells, losing: Losing, model: Model, definition: ServiceLevelDefinition
) -> dict[str, Floats]:
    """The fields of a `Requirement` where contacts are lost or come again.

    Parameters
    ----------
    cells : Cells
    losing : Losing
    model : Model
    definition : ServiceLevelDefinition

    Returns
    -------
    dict of ndarray of float, shape (n_cells,)

    Source: as `measures_losing`; every measure improves with each agent.
    """
    asked = Asked.of(cells)
    busy = np.flatnonzero(cells.load > 0.0)

    def margin(agents: Floats, index: Indices) -> Floats:
        part, lost = cells.take(busy[index]), _take(losing, busy[index])
        at = measures_losing(part, agents, lost, model, definition)
        return worst(margins(at, part, asked), part)

    agents = np.zeros_like(cells.load)
    if busy.size:
        load = cells.load[busy]
        attempts = load / (1.0 - losing.redial[busy])
        agents[busy] = least_integer(
            margin,
            never=np.zeros_like(load),
            guess=np.ceil(load + 0.5 * np.sqrt(load)),
            step=0.25 * np.sqrt(load),
            most=most_agents(cells.take(busy), attempts),
        )
    return _found(cells, agents, losing, model, definition)


def with_fractions(
    found: dict[str, Floats],
    cells: Cells,
    losing: Losing | None,
    model: Model,
    definition: ServiceLevelDefinition,
    heads: Heads,
) -> dict[str, Floats]:
    """Lower whole requirements to the least fraction, or to the nearest whole number.

    The formulas hold for fractions too, through the gamma function. Nobody is asked to
    be less than one agent where there are contacts.
    """
    asked = Asked.of(cells)
    required = found["required_agents"]
    whole = np.where(np.isnan(required), 1.0, required)
    low = np.where(whole > 1.0, whole - 1.0, whole)

    def margin(agents: Floats) -> Floats:
        at = measures_at(cells, agents, losing, model, definition)
        return worst(margins(at, cells, asked), cells)

    agents = rising_root(margin, low, whole, tolerance=_FINE)
    if heads is Heads.NEAREST:
        agents = np.where(whole > 0.0, np.maximum(np.round(agents), 1.0), 0.0)
    agents = np.where(np.isnan(required), np.nan, agents)
    return _found(cells, agents, losing, model, definition)


def _found(
    cells: Cells,
    agents: Floats,
    losing: Losing | None,
    model: Model,
    definition: ServiceLevelDefinition,
) -> dict[str, Floats]:
    load = cells.load if losing is None else cells.load / (1.0 - losing.redial)
    tried = np.where(np.isnan(agents), most_agents(cells, load), agents)
    at = measures_at(cells, tried, losing, model, definition)
    figures = {name: getattr(at, name) for name in FIGURES}
    return {"required_agents": agents, **figures, "load_erlangs": cells.load}


def _take(losing: Losing, index: Indices) -> Losing:
    return Losing(losing.room[index], losing.redial[index])
