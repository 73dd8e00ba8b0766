"""Agents by skill group for queues that share them: what pooling allows at best.

Any set of queues needs at least as many agents who can take one of them as one pooled
queue of all their contacts would: nobody routes better than a pool. The least cost of
head counts that keep this promise for every set of queues is a bound from below, and
with a few agents of several skills routing comes close to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.days import modified_offered_load
from callcenter.engine.staffing.measures import Floats, Model, checked
from callcenter.engine.staffing.requirement import required_agents

_MOST_QUEUES = 10
_ALMOST_ALL = 0.9999


@dataclass(frozen=True)
class SkillQueues:
    """Queues that share agents, checked.

    Attributes
    ----------
    offered, aht_s : ndarray of float, shape (n_queues, n_intervals)
    interval_s : float, seconds
    skills : ndarray of bool, shape (n_groups, n_queues), who can take what
    cost : ndarray of float, shape (n_groups,), of an agent for an interval
    patience_s : ndarray of float, shape (n_queues,), seconds; inf when nobody leaves
    sl_target : ndarray of float, shape (n_queues,), fraction
    sl_threshold_s : ndarray of float, shape (n_queues,), seconds
    most : ndarray of float, shape (n_groups,), agents of a group at once; inf without
        a limit
    names : tuple of str, of the queues
    """

    offered: Floats
    aht_s: Floats
    interval_s: float
    skills: NDArray[np.bool_]
    cost: Floats
    patience_s: Floats
    sl_target: Floats
    sl_threshold_s: Floats
    most: Floats
    names: tuple[str, ...]


@dataclass(frozen=True)
class SkillRequirement:
    """Agents by skill group.

    Attributes
    ----------
    required_agents : ndarray of float, shape (n_groups, n_intervals), whole numbers
    pooled_agents : ndarray of float, shape (n_intervals,), as if all could take all
    separate_agents : ndarray of float, shape (n_intervals,), as if nobody shared
    sl : ndarray of float, shape (n_queues, n_intervals), simulated; NaN when it was not
    n_simulated : int, days simulated in the search
    is_met : ndarray of bool, shape (n_queues, n_intervals), whether the simulations of
        the search met the target; False where nothing was simulated
    """

    required_agents: Floats
    pooled_agents: Floats
    separate_agents: Floats
    sl: Floats
    n_simulated: int
    is_met: NDArray[np.bool_]


def skill_queues(
    offered: ArrayLike,
    aht_s: ArrayLike,
    interval_s: float,
    skills: ArrayLike,
    *,
    sl_target: ArrayLike,
    sl_threshold_s: ArrayLike = 20.0,
    patience_s: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    most: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> SkillQueues:
    """Check queues, groups and targets.

    Parameters
    ----------
    offered : array_like of float, shape (n_queues, n_intervals), contacts, >= 0
    aht_s : array_like of float, shape (n_queues, n_intervals) or (n_queues, 1),
        seconds, > 0 where contacts are offered
    interval_s : float, seconds, > 0
    skills : array_like of bool, shape (n_groups, n_queues)
    sl_target, sl_threshold_s : array_like of float, shape (n_queues,)
    patience_s : array_like of float, shape (n_queues,), seconds; nobody leaves without
    cost : array_like of float, shape (n_groups,), > 0; else each skill more costs 5 %
    most : array_like of float, shape (n_groups,), >= 0, agents of a group that there
        are; inf and None set no limit
    names : sequence of str, shape (n_queues,), how refusals call the queues

    Returns
    -------
    SkillQueues

    Raises
    ------
    EngineInputError : shapes do not fit, a value is out of its range, a queue has no
        group, or there are more than 10 queues
    """
    calls = checked("offered", offered)
    able = np.asarray(skills, dtype=bool)
    called = _names(names, calls.shape[0] if calls.ndim else 0)
    _check_skills(calls, able, called)
    n_queues, spread = calls.shape[0], able.sum(axis=1)
    target = _of_queues("sl_target", sl_target, n_queues)
    if (target > _ALMOST_ALL).any():
        raise EngineInputError(f"sl_target must be at most {_ALMOST_ALL}")
    patience = np.full(n_queues, np.inf)
    if patience_s is not None:
        patience = _of_queues("patience_s", patience_s, n_queues)
    aht = np.broadcast_to(checked("aht_s", aht_s), calls.shape)
    if (aht[calls > 0.0] <= 0.0).any() or (patience <= 0.0).any():
        raise EngineInputError("aht_s and patience_s must be greater than 0")
    prices = 1.0 + 0.05 * (spread - 1.0) if cost is None else cost
    return SkillQueues(
        offered=calls,
        aht_s=aht,
        interval_s=float(checked("interval_s", interval_s, above=0.0)),
        skills=able,
        cost=np.broadcast_to(checked("cost", prices, above=0.0), spread.shape),
        patience_s=patience,
        sl_target=target,
        sl_threshold_s=_of_queues("sl_threshold_s", sl_threshold_s, n_queues),
        most=_limits(most, spread.size),
        names=called,
    )


def _names(names: Sequence[str] | None, n_queues: int) -> tuple[str, ...]:
    """The names given, or numbers from 1."""
    if names is None:
        return tuple(f"number {place + 1}" for place in range(n_queues))
    if len(names) != n_queues:
        raise EngineInputError("names goes by queue")
    return tuple(names)


def _check_skills(calls: Floats, able: NDArray[np.bool_], names: Sequence[str]) -> None:
    if calls.ndim != 2 or able.ndim != 2 or able.shape[1] != calls.shape[0]:
        raise EngineInputError(
            "offered goes by queue, interval; skills by group, queue"
        )
    if calls.shape[0] > _MOST_QUEUES:
        raise EngineInputError(f"more than {_MOST_QUEUES} queues share agents")
    alone = np.flatnonzero(~able.any(axis=0))
    if alone.size:
        called = ", ".join(names[place] for place in alone.tolist())
        raise EngineInputError(f"no group takes the contacts of queue {called}")
    idle = np.flatnonzero(~able.any(axis=1))
    if idle.size:
        raise EngineInputError(f"group number {idle[0] + 1} takes no queue")


def _limits(most: ArrayLike | None, n_groups: int) -> Floats:
    """Agents of each group at most, whole numbers; inf is no limit."""
    given = np.full(n_groups, np.inf) if most is None else most
    limits = np.asarray(given, dtype=np.float64)
    checked("most", np.where(np.isposinf(limits), 0.0, limits))
    try:
        return np.floor(np.broadcast_to(limits, (n_groups,)))
    except ValueError as error:
        raise EngineInputError("most goes by group") from error


def pooled_skill_agents(queues: SkillQueues) -> SkillRequirement:
    """Find the cheapest groups that no set of queues finds too small.

    Limits of groups do not count here: what is short of people shows by them.

    Parameters
    ----------
    queues : SkillQueues

    Returns
    -------
    SkillRequirement, a bound from below that routing does not quite reach

    Raises
    ------
    EngineInputError : the integer program was not solved

    Source: Wallace and Whitt (2005), A staffing algorithm for call centers with
    skill-based routing, MSOM 7(4), for how little flexibility is needed; the covering
    rows are the cuts of Hall's theorem.
    """
    sets = _sets_that_differ(queues.skills)
    needed = np.stack([_pool(queues, each) for each in sets])
    agents = _cheapest(queues, sets, needed)
    alone = [_pool(queues, [q]) for q in range(queues.offered.shape[0])]
    return SkillRequirement(
        required_agents=agents,
        pooled_agents=_pool(queues, range(queues.offered.shape[0])),
        separate_agents=np.sum(alone, axis=0),
        sl=np.full(queues.offered.shape, np.nan),
        n_simulated=0,
        is_met=np.zeros(queues.offered.shape, dtype=bool),
    )


def _of_queues(name: str, value: ArrayLike, n_queues: int) -> Floats:
    array = checked(name, value)
    try:
        return np.broadcast_to(array, (n_queues,))
    except ValueError as error:
        raise EngineInputError(f"{name} goes by queue") from error


def _sets_that_differ(skills: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Sets of queues; of those that the same groups can take only the greatest."""
    n_queues = skills.shape[1]
    greatest: dict[bytes, tuple[int, ...]] = {}
    for size in range(1, n_queues + 1):
        for each in combinations(range(n_queues), size):
            greatest[skills[:, each].any(axis=1).tobytes()] = each
    return list(greatest.values())


def _pool(queues: SkillQueues, of: Sequence[int] | range) -> Floats:
    """Agents for one queue of all those contacts, by the load in progress."""
    rows = list(of)
    calls, aht = queues.offered[rows], queues.aht_s[rows]
    volume = calls.sum(axis=0)
    some = volume > 0.0
    share = np.divide(calls, volume, out=np.zeros_like(calls), where=some)
    mean_aht = np.where(some, (share * aht).sum(axis=0), 1.0)
    load = np.sum(
        [
            modified_offered_load(c, a, queues.interval_s)
            for c, a in zip(calls, aht, strict=True)
        ],
        axis=0,
    )
    load = np.where(some, load, 0.0)
    leaving = (share.T / queues.patience_s[rows]).sum(axis=1)
    has_patience = np.isfinite(queues.patience_s[rows]).all()
    found = required_agents(
        load,
        mean_aht,
        mean_aht,
        model=Model.ERLANG_A if has_patience else Model.ERLANG_C,
        patience_s=1.0 / np.maximum(leaving, 1e-9) if has_patience else None,
        sl_target=(share.T * queues.sl_target[rows]).sum(axis=1),
        sl_threshold_s=(share.T * queues.sl_threshold_s[rows]).sum(axis=1),
    )
    return found.required_agents


def _cheapest(
    queues: SkillQueues, sets: list[tuple[int, ...]], needed: Floats
) -> Floats:
    """The least cost that covers every set in every interval, as an integer program."""
    from ortools.math_opt.python import mathopt

    n_groups, n_intervals = queues.skills.shape[0], needed.shape[1]
    agents = np.zeros((n_groups, n_intervals))
    known: dict[bytes, Floats] = {}
    for k in range(n_intervals):
        key = needed[:, k].tobytes()
        if key not in known:
            model = mathopt.Model()
            heads = [model.add_integer_variable(lb=0.0) for _ in range(n_groups)]
            for each, least in zip(sets, needed[:, k].tolist(), strict=True):
                able = np.flatnonzero(queues.skills[:, each].any(axis=1))
                model.add_linear_constraint(
                    mathopt.fast_sum(heads[g] for g in able) >= least
                )
            model.minimize(
                mathopt.fast_sum(
                    price * each
                    for price, each in zip(queues.cost.tolist(), heads, strict=True)
                )
            )
            result = mathopt.solve(model, mathopt.SolverType.GSCIP)
            if not result.has_primal_feasible_solution():
                raise EngineInputError("no head counts cover the queues")
            values = result.variable_values()
            known[key] = np.round([values[each] for each in heads])
        agents[:, k] = known[key]
    return agents
