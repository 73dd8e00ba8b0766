"""The chance that a schedule meets its service, by queue and interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation.durations import per_interval
from callcenter.engine.simulation.model import (
    Agent,
    Center,
    ContactType,
    Duration,
    Rules,
    Shape,
    Shift,
    Skill,
)
from callcenter.engine.simulation.results import Simulation
from callcenter.engine.simulation.run import simulate
from callcenter.engine.staffing.measures import ServiceLevelDefinition, checked

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ServiceChances:
    """What a schedule promises; every array has shape (n_queues, n_intervals).

    Attributes
    ----------
    chance, chance_lower, chance_upper : fraction of days on which the service level
        reaches its target, with a 95 % confidence interval
    sl, sl_lower, sl_upper : fraction, service level with its 95 % confidence interval
    sl_low, sl_middle, sl_high : fraction, the service level that 10, 50, 90 % of days
        stay below: what a single day may bring
    asa_s : seconds, mean wait of answered contacts
    abandon_rate : fraction of offered contacts
    offered : contacts, mean
    occupancy : ndarray of float, shape (n_intervals,), fraction, of all agents on duty
    day_chance : ndarray of float, shape (n_queues,), the chance for the whole day
    simulation : Simulation, everything else
    """

    chance: Floats
    chance_lower: Floats
    chance_upper: Floats
    sl: Floats
    sl_lower: Floats
    sl_upper: Floats
    sl_low: Floats
    sl_middle: Floats
    sl_high: Floats
    asa_s: Floats
    abandon_rate: Floats
    offered: Floats
    occupancy: Floats
    day_chance: Floats
    simulation: Simulation


def validate_schedule(
    offered: ArrayLike,
    aht_s: ArrayLike,
    on_duty: ArrayLike,
    skills: ArrayLike,
    *,
    interval_s: float,
    rng: np.random.Generator,
    patience_s: ArrayLike | None = None,
    aht_cv: ArrayLike = 1.0,
    day_cv: ArrayLike = 0.0,
    speed: ArrayLike = 1.0,
    absence: ArrayLike = 0.0,
    sl_target: ArrayLike = 0.8,
    sl_threshold_s: ArrayLike = 20.0,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
    rules: Rules | None = None,
    n_days: int = 100,
    progress: Callable[[int, int], None] | None = None,
) -> ServiceChances:
    """Simulate scheduled agents against a forecast and tell the chance of service.

    Parameters
    ----------
    offered : array_like of float, shape (n_queues, n_intervals), contacts, >= 0
    aht_s : array_like of float, (n_queues, n_intervals) or (n_queues, 1), seconds, >= 0
    on_duty : array_like of bool, shape (n_agents, n_intervals), on contacts: breaks and
        everything else that is no work on contacts is False
    skills : array_like of int, shape (n_agents, n_queues), priority, 1 first; 0 is none
    interval_s : float, seconds, > 0
    rng : numpy Generator
    patience_s : array_like of float, as aht_s, seconds, mean of exponential patience;
        None, inf and NaN wait for ever
    aht_cv : array_like of float, shape (n_queues,), standard deviation / mean; the
        lognormal law, the exponential where it is 1
    day_cv : array_like of float, shape (n_queues,), of the random factor of the day's
        volume, in [0, 1]: the forecast's own uncertainty
    speed : array_like of float, shape (n_agents, n_queues), proficiency, > 0
    absence : array_like of float, shape (n_agents,), chance to be missing for the day
    sl_target, sl_threshold_s : array_like of float, shape (n_queues,)
    sl_definition : ServiceLevelDefinition
    rules : Rules or None, routing
    n_days : int, > 0
    progress : callable or None, as of `simulate`

    Returns
    -------
    ServiceChances

    Raises
    ------
    EngineInputError : a shape does not fit or a value is out of its range
    """
    calls, duty, wanted = _shapes_fit(offered, on_duty, skills)
    own = _each("absence", absence, (len(duty),))
    proficiency = _each("speed", speed, wanted.shape)
    types = _types(
        calls,
        aht_s=_each("aht_s", aht_s, calls.shape),
        patience=_patience(patience_s, calls.shape),
        aht_cv=_each("aht_cv", aht_cv, calls.shape[:1]),
        day_cv=_each("day_cv", day_cv, calls.shape[:1]),
        sl_target=_each("sl_target", sl_target, calls.shape[:1]),
        sl_threshold_s=_each("sl_threshold_s", sl_threshold_s, calls.shape[:1]),
        sl_definition=sl_definition,
    )
    center = Center(
        n_intervals=calls.shape[1],
        interval_s=interval_s,
        types=types,
        agents=_agents(duty, wanted, proficiency, own, interval_s),
        rules=rules or Rules(),
    )
    return chances(simulate(center, n_days=n_days, rng=rng, progress=progress))


def chances(found: Simulation) -> ServiceChances:
    """The chances in a simulation's results."""
    at, staffed = found.intervals, found.staffed_agents
    total = staffed.sum(axis=0)
    busy = (found.occupancy * staffed).sum(axis=0)
    return ServiceChances(
        chance=at.chance,
        chance_lower=at.chance_lower,
        chance_upper=at.chance_upper,
        sl=at.sl,
        sl_lower=at.sl_lower,
        sl_upper=at.sl_upper,
        sl_low=found.sl_quantile(0.1),
        sl_middle=found.sl_quantile(0.5),
        sl_high=found.sl_quantile(0.9),
        asa_s=at.asa_s,
        abandon_rate=at.abandon_rate,
        offered=at.offered,
        occupancy=np.divide(busy, total, out=np.zeros_like(busy), where=total > 0.0),
        day_chance=found.day.chance,
        simulation=found,
    )


def _shapes_fit(
    offered: ArrayLike, on_duty: ArrayLike, skills: ArrayLike
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]:
    calls = checked("offered", offered)
    duty = np.asarray(on_duty, dtype=bool)
    wanted = np.asarray(skills, dtype=np.int64)
    if calls.ndim != 2 or calls.size == 0:
        raise EngineInputError("offered must have shape (n_queues, n_intervals)")
    n_queues, n_intervals = calls.shape
    if duty.ndim != 2 or duty.shape[1] != n_intervals:
        raise EngineInputError(f"on_duty must have {n_intervals} intervals")
    if wanted.shape != (len(duty), n_queues):
        raise EngineInputError(f"skills must have shape {(len(duty), n_queues)}")
    if (wanted < 0).any():
        raise EngineInputError("skills must not be negative")
    return calls, duty, wanted


def _types(
    calls: Floats,
    *,
    aht_s: Floats,
    patience: list[Duration | None],
    aht_cv: Floats,
    day_cv: Floats,
    sl_target: Floats,
    sl_threshold_s: Floats,
    sl_definition: ServiceLevelDefinition | str,
) -> list[ContactType]:
    return [
        ContactType(
            name=f"queue {q}",
            offered=calls[q],
            service=_service(aht_s[q], float(aht_cv[q])),
            patience=patience[q],
            day_cv=float(day_cv[q]),
            sl_target=float(sl_target[q]),
            sl_threshold_s=float(sl_threshold_s[q]),
            sl_definition=sl_definition,
        )
        for q in range(len(calls))
    ]


def _each(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    array = checked(name, value)
    try:
        return np.broadcast_to(array, shape)
    except ValueError as error:
        raise EngineInputError(f"{name} must have shape {shape}") from error


def _patience(value: ArrayLike | None, shape: tuple[int, ...]) -> list[Duration | None]:
    """A queue of which any interval is endless has endless patience altogether."""
    if value is None:
        return [None] * shape[0]
    array = np.asarray(value, dtype=np.float64)
    array = np.where(np.isnan(array), np.inf, array)
    try:
        rows = np.broadcast_to(array, shape)
    except ValueError as error:
        raise EngineInputError(f"patience_s must have shape {shape}") from error
    return [
        Duration(mean_s=per_interval("patience_s", row, shape[1]))
        if np.isfinite(row).all()
        else None
        for row in rows
    ]


def _service(aht_s: Floats, cv: float) -> Duration:
    if cv == 1.0:
        return Duration(mean_s=aht_s)
    if cv == 0.0:
        return Duration(mean_s=aht_s, shape=Shape.FIXED)
    return Duration(mean_s=aht_s, shape=Shape.LOGNORMAL, cv=cv)


def _agents(
    duty: NDArray[np.bool_],
    skills: NDArray[np.int64],
    speed: Floats,
    absence: Floats,
    interval_s: float,
) -> list[Agent]:
    """Agents with their unbroken stretches; one without a skill or a shift is left."""
    agents = []
    for a in np.flatnonzero(skills.any(axis=1) & duty.any(axis=1)):
        edges = np.diff(np.concatenate([[0], duty[a].astype(np.int8), [0]]))
        shifts = [
            Shift(start_s=float(start * interval_s), end_s=float(end * interval_s))
            for start, end in zip(
                np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True
            )
        ]
        taken = [
            Skill(of=f"queue {q}", priority=int(skills[a, q]), speed=float(speed[a, q]))
            for q in np.flatnonzero(skills[a])
        ]
        agents.append(
            Agent(
                name=f"agent {a}",
                skills=taken,
                shifts=shifts,
                absence=float(absence[a]),
            )
        )
    return agents
