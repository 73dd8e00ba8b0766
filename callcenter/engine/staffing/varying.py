"""Agents for load that moves: each interval begins with what the last one left.

The stationary formula takes every interval for itself, as if its load had always been
the same. While load rises it asks for too many agents, since the contacts in progress
are still those of the lighter interval; while load falls for too few. Here the
distribution of the number in system is carried from interval to interval (`lattice`),
and in each interval the least number of agents is found whose contacts, those that
arrive in it, get the service wanted.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.asking import chosen_heads, chosen_start, wanted
from callcenter.engine.staffing.cells import most_agents
from callcenter.engine.staffing.days import Days, modified_offered_load, read_days
from callcenter.engine.staffing.measures import (
    Floats,
    Heads,
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
    Start,
    checked,
)
from callcenter.engine.staffing.requirement import Requirement, solve_cells
from callcenter.engine.staffing.solving import FIGURES, with_fractions
from callcenter.engine.staffing.walking import walked

_ROUNDING = 0.02  # of an agent, which the search for fractions leaves open


def staff_over_time(
    offered: ArrayLike,
    aht_s: ArrayLike,
    interval_s: ArrayLike,
    *,
    model: Model | str = Model.ERLANG_C,
    heads: Heads | str = Heads.WHOLE,
    start: Start | str = Start.EMPTY,
    patience_s: ArrayLike | None = None,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
    **targets: ArrayLike | None,
) -> Requirement:
    """Find the agents that meet the targets in each interval of days that move.

    A row opens empty, as it does again after an interval without contacts, or runs on
    from before. The first interval after opening gets what the stationary formula asks:
    more than enough, and what a single interval needs. The fractions that just keep the
    targets are found first; whole numbers are those rounded, so that a surplus is not
    taken back in the next interval and constant load gets constant staff.

    Parameters
    ----------
    offered : array_like of float, shape (n_rows, n_intervals), contacts per interval of
        one queue in order of time, >= 0
    aht_s : array_like of float, shape (n_rows, n_intervals), seconds, >= 0
    interval_s : array_like of float, shape (n_rows, n_intervals), seconds, > 0
    model : Model, `erlang-c` or `erlang-a`
    heads : Heads
    start : Start, whether the first interval finds an empty queue or a running one
    patience_s : array_like of float, shape (n_rows, n_intervals), seconds, > 0
    sl_definition : ServiceLevelDefinition
    targets : sl_target, sl_threshold_s, max_occupancy, max_asa_s, max_abandon as in
        `required_agents`

    Returns
    -------
    Requirement, each array of shape (n_rows, n_intervals): the measures are those of
    the contacts that arrive in the interval, with the state carried over

    Raises
    ------
    EngineInputError : as `required_agents`

    Source: Ingolfsson, Akhmetshina, Budge, Li and Wu (2007), A survey and experimental
    comparison of service-level-approximation methods for nonstationary M(t)/M/s(t)
    queueing systems, INFORMS JoC 19(2), whose exact method this is; Green, Kolesar and
    Whitt (2007), Coping with time-varying demand when setting staffing requirements for
    a service system, POM 16(1).
    """
    kind, begin = chosen_heads(heads), chosen_start(start)
    asked = wanted(model, sl_definition, patience_s, targets)
    if asked.model not in {Model.ERLANG_C, Model.ERLANG_A}:
        raise EngineInputError(f"{asked.model} does not carry load over; use erlang-a")
    days, shape = read_days(offered, aht_s, interval_s, asked)
    found = _staff(days, kind, is_running=begin is Start.RUNNING)
    return Requirement(
        required_agents=found["agents"].reshape(shape),
        load_erlangs=days.load.reshape(shape),
        **{name: found[name].reshape(shape) for name in FIGURES},
    )


def service_over_time(
    offered: ArrayLike,
    agents: ArrayLike,
    aht_s: ArrayLike,
    interval_s: ArrayLike,
    *,
    start: Start | str = Start.EMPTY,
    patience_s: ArrayLike | None = None,
    sl_threshold_s: ArrayLike = 20.0,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
) -> QueueMeasures:
    """Work out the service that given agents give while load moves, backlog included.

    Parameters
    ----------
    offered : array_like of float, shape (n_rows, n_intervals), contacts, >= 0
    agents : array_like of float, shape (n_rows, n_intervals), on contacts, >= 0
    aht_s : array_like of float, shape (n_rows, n_intervals), seconds, >= 0
    interval_s : array_like of float, shape (n_rows, n_intervals), seconds, > 0
    start : Start, whether the first interval finds an empty queue or a running one
    patience_s : array_like of float, seconds, > 0; nobody abandons without
    sl_threshold_s : array_like of float, seconds, >= 0
    sl_definition : ServiceLevelDefinition

    Returns
    -------
    QueueMeasures, each array of shape (n_rows, n_intervals), by interval of arrival

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: as `staff_over_time`. Where load passes the agents without patience the
    waits grow with the backlog and stay finite, as if the agents of the interval of
    arrival stayed.
    """
    model = Model.ERLANG_C if patience_s is None else Model.ERLANG_A
    targets = {"sl_target": 0.5, "sl_threshold_s": sl_threshold_s}
    asked = wanted(model, sl_definition, patience_s, targets)
    asked.values["staffed"] = checked("agents", agents)
    days, shape = read_days(offered, aht_s, interval_s, asked)
    staffed = days.targets.pop("staffed")
    found = walked(
        days,
        staffed,
        is_running=chosen_start(start) is Start.RUNNING,
        is_choosing=False,
        is_enough=True,
    )
    names = QueueMeasures.__dataclass_fields__
    return QueueMeasures(**{name: found[name].reshape(shape) for name in names})


def _textbook(days: Days) -> Floats:
    """Agents by the stationary formula for the load in progress, fractions of them.

    In the first interval of a row, where nothing is carried over, it is the answer;
    elsewhere it tells where to look.
    """
    load = np.where(
        days.load > 0.0, modified_offered_load(days.offered, days.aht, days.interval), 0
    )
    opens = _opens(days)
    load = np.where(opens, days.load, load)
    cells = days.all_cells(load)
    found = solve_cells(cells, days.model, days.definition)
    agents = found["required_agents"].copy()
    first = np.flatnonzero(opens.reshape(-1) & (agents > 0.0))
    part = with_fractions(
        {name: each[first] for name, each in found.items()},
        cells.take(first),
        None,
        days.model,
        days.definition,
        Heads.FRACTIONAL,
    )
    agents[first] = part["required_agents"]
    return agents.reshape(load.shape)


def _opens(days: Days) -> NDArray[np.bool_]:
    """Intervals in which a row begins, or begins again."""
    first = np.ones_like(days.load[:, :1], dtype=bool)
    return np.concatenate([first, days.load[:, :-1] == 0.0], axis=1)


def _staff(days: Days, heads: Heads, *, is_running: bool) -> dict[str, Floats]:
    """Fractions that keep the targets; then the figures of what was asked.

    Where even `most_agents` are too few, they are followed and then called unknown.
    """
    textbook, most = _textbook(days), _most(days)
    is_endless = np.isnan(textbook)
    guess = np.where(is_endless, most, np.minimum(textbook, most))
    limit = np.where(is_endless, 1.0, days.targets["max_occupancy"])
    sought = replace(days, targets={**days.targets, "max_occupancy": limit})
    found = walked(
        sought, guess, is_running=is_running, is_choosing=True, is_enough=False
    )
    is_endless |= found["agents"] > most
    if heads is not Heads.FRACTIONAL or is_endless.any():
        found["agents"] = np.where(is_endless, most, found["agents"])
        found = _whole(days, found, heads, is_running=is_running)
    found["agents"] = np.where(is_endless, np.nan, found["agents"])
    return found


def _most(days: Days) -> Floats:
    """The agents beyond which nobody searches, for the load and what is in progress."""
    in_progress = modified_offered_load(days.offered, days.aht, days.interval)
    load = np.maximum(days.load, in_progress)
    most = most_agents(days.all_cells(load), load.reshape(-1))
    return most.reshape(load.shape)


def _whole(
    days: Days, found: dict[str, Floats], heads: Heads, *, is_running: bool
) -> dict[str, Floats]:
    """The agents that were found, made whole as asked, with the figures they give."""
    if heads is Heads.FRACTIONAL:
        agents = np.where(days.load > 0.0, np.maximum(found["agents"], 1.0), 0.0)
        return walked(
            days, agents, is_running=is_running, is_choosing=False, is_enough=True
        )
    rounded = np.round(found["agents"])
    if heads is Heads.WHOLE:
        allowed = np.where(_opens(days), 1e-5, _ROUNDING)
        rounded = np.ceil(found["agents"] - allowed)
    return walked(
        days,
        np.where(days.load > 0.0, np.maximum(rounded, 1.0), 0.0),
        is_running=is_running,
        is_choosing=False,
        is_enough=heads is Heads.NEAREST,
    )
