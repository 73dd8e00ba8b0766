"""Agents by skill group, found by simulating the center again and again.

The search begins with what pooling allows at best. While a queue misses its target in
an interval, agents are added there to the group that helps the missing contacts most
for its cost; then one agent less is tried in each group and interval, and taken back
wherever the simulation shows a target missed. Where a group has no more people the
next best one is asked, and what nobody can help stays missed. All intervals move in
each simulation at once, and every simulation meets the same contacts, so differences
are not chance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.measures import Floats, checked
from callcenter.engine.staffing.skills import (
    SkillQueues,
    SkillRequirement,
    pooled_skill_agents,
)

if TYPE_CHECKING:
    from callcenter.engine.simulation import ContactType, Group, Service, Simulation

_UPWARDS = 60  # simulations that may add
_DOWNWARDS = 4  # times every group is tried with fewer
_FEW = 1e-9

Progress = Callable[[int], None]


def search_skill_agents(
    queues: SkillQueues,
    *,
    rng: np.random.Generator,
    n_days: int = 200,
    tolerance: float = 0.0,
    progress: Progress | None = None,
) -> SkillRequirement:
    """Find few agents by skill group that meet every queue's service when simulated.

    Specialists are asked first, a freed agent takes the contact that waits longest.

    Parameters
    ----------
    queues : SkillQueues
    rng : numpy Generator
    n_days : int, > 0, days of each simulation
    tolerance : float, fraction, >= 0, by which an interval may miss its target
    progress : callable or None, told the simulations done; what it raises ends them

    Returns
    -------
    SkillRequirement, with the simulated service of each queue; `is_met` is False where
    the limits of the groups, or sixty simulations, left a target missed

    Raises
    ------
    EngineInputError : n_days or the tolerance is out of its range

    Source: Cezik and L'Ecuyer (2008), Staffing multiskill call centers via linear
    programming and simulation, Management Science 54(2); the start as
    `pooled_skill_agents`.
    """
    if n_days < 1 or tolerance < 0.0:
        raise EngineInputError("n_days must be at least 1, tolerance not negative")
    start = pooled_skill_agents(queues)
    trials = _Trials(queues, int(rng.integers(2**63)), n_days, tolerance, progress)
    some = np.minimum(start.required_agents, queues.most[:, None])
    agents, sl = _add(trials, some)
    agents, sl = _take_away(trials, agents, sl)
    return SkillRequirement(
        required_agents=agents,
        pooled_agents=start.pooled_agents,
        separate_agents=start.separate_agents,
        sl=sl,
        n_simulated=trials.n_done * n_days,
        is_met=trials.missing(sl) <= 0.0,
    )


@dataclass(frozen=True)
class SkillService:
    """What given agents by skill group give, simulated, with 95 % confidence intervals.

    Attributes
    ----------
    sl, sl_lower, sl_upper : ndarray of float, shape (n_queues, n_intervals), fraction
    day_sl, day_sl_lower, day_sl_upper : ndarray of float, shape (n_queues,), fraction
    day_asa_s : ndarray of float, shape (n_queues,), seconds
    day_abandon_rate : ndarray of float, shape (n_queues,), fraction of the offered
    occupancy : ndarray of float, shape (n_groups, n_intervals), fraction
    n_days : int, days simulated
    """

    sl: Floats
    sl_lower: Floats
    sl_upper: Floats
    day_sl: Floats
    day_sl_lower: Floats
    day_sl_upper: Floats
    day_asa_s: Floats
    day_abandon_rate: Floats
    occupancy: Floats
    n_days: int


def skill_service(
    queues: SkillQueues,
    agents: ArrayLike,
    *,
    rng: np.random.Generator,
    n_days: int = 400,
) -> SkillService:
    """Simulate given agents by skill group with contacts of their own.

    A search picks what looked enough with its contacts; others judge it fairly.

    Parameters
    ----------
    queues : SkillQueues
    agents : array_like of float, shape (n_groups, n_intervals), whole numbers, >= 0
    rng : numpy Generator
    n_days : int, > 0

    Returns
    -------
    SkillService

    Raises
    ------
    EngineInputError : n_days is out of its range, or the shapes do not fit
    """
    staffed = checked("agents", agents)
    if n_days < 1:
        raise EngineInputError("n_days must be at least 1")
    if staffed.shape != (queues.skills.shape[0], queues.offered.shape[1]):
        raise EngineInputError("agents go by group, interval")
    trials = _Trials(queues, int(rng.integers(2**63)), n_days, 0.0, None)
    found = trials.simulated(staffed)
    at: Service = found.intervals
    return SkillService(
        sl=at.sl,
        sl_lower=at.sl_lower,
        sl_upper=at.sl_upper,
        day_sl=found.day.sl,
        day_sl_lower=found.day.sl_lower,
        day_sl_upper=found.day.sl_upper,
        day_asa_s=found.day.asa_s,
        day_abandon_rate=found.day.abandon_rate,
        occupancy=found.occupancy,
        n_days=n_days,
    )


class _Trials:
    """Simulations of the same contacts with other agents."""

    def __init__(
        self,
        queues: SkillQueues,
        seed: int,
        n_days: int,
        tolerance: float,
        progress: Progress | None,
    ) -> None:
        self.queues = queues
        self.seed = seed
        self.n_days = n_days
        self.target = queues.sl_target[:, None] - tolerance
        self.progress = progress
        self.n_done = 0

    def service(self, agents: Floats) -> Floats:
        """Simulated service levels, shape (n_queues, n_intervals)."""
        sl: Floats = self.simulated(agents).intervals.sl
        return sl

    def simulated(self, agents: Floats) -> "Simulation":
        """The days with those agents."""
        from callcenter.engine.simulation import Center, simulate

        queues = self.queues
        center = Center(
            n_intervals=queues.offered.shape[1],
            interval_s=queues.interval_s,
            types=[self._type(q) for q in range(queues.offered.shape[0])],
            groups=[self._group(g, agents[g]) for g in range(agents.shape[0])],
        )
        rng = np.random.default_rng(self.seed)
        found = simulate(center, n_days=self.n_days, rng=rng)
        self.n_done += 1
        if self.progress is not None:
            self.progress(self.n_done)
        return found

    def missing(self, sl: Floats) -> Floats:
        """How far each queue misses its target in each interval, 0 where it does not.

        Intervals without contacts miss nothing.
        """
        short = np.maximum(self.target - sl, 0.0)
        return np.where(self.queues.offered > 0.0, short, 0.0)

    def _type(self, q: int) -> "ContactType":
        from callcenter.engine.simulation import ContactType, Duration

        patience = float(self.queues.patience_s[q])
        aht = np.maximum(self.queues.aht_s[q], 1.0)
        return ContactType(
            name=f"queue {q}",
            offered=self.queues.offered[q],
            service=Duration(mean_s=aht),
            patience=Duration(mean_s=patience) if np.isfinite(patience) else None,
            sl_target=float(self.queues.sl_target[q]),
            sl_threshold_s=float(self.queues.sl_threshold_s[q]),
        )

    def _group(self, g: int, staff: Floats) -> "Group":
        from callcenter.engine.simulation import Group, Skill

        able = np.flatnonzero(self.queues.skills[g]).tolist()
        skills = [Skill(of=f"queue {q}", priority=len(able)) for q in able]
        return Group(name=f"group {g}", skills=skills, staff=staff.astype(np.int64))


def _add(trials: _Trials, agents: Floats) -> tuple[Floats, Floats]:
    """Add agents until no queue misses its target, or nobody is left who could help."""
    sl = trials.service(agents)
    for _ in range(_UPWARDS):
        more = _helping(trials.queues, trials.missing(sl), agents)
        if not more.any():
            break
        agents = agents + more
        sl = trials.service(agents)
    return agents, sl


def _helping(queues: SkillQueues, missing: Floats, agents: Floats) -> Floats:
    """Agents to add where targets are missed, of the group that helps most."""
    more = np.zeros_like(agents)
    room = queues.most[:, None] - agents
    lost = queues.skills @ (missing * queues.offered)
    helped = np.where(room >= 1.0, lost / queues.cost[:, None], 0.0)
    poor = np.flatnonzero(helped.max(axis=0) > 0.0)
    group = helped[:, poor].argmax(axis=0)
    load = (queues.offered * queues.aht_s).sum(axis=0)[poor] / queues.interval_s
    step = np.floor(missing[:, poor].max(axis=0) * np.sqrt(load + 1.0))
    more[group, poor] = np.minimum(np.maximum(1.0, step), room[group, poor])
    return more


def _take_away(trials: _Trials, agents: Floats, sl: Floats) -> tuple[Floats, Floats]:
    """Try one agent less, group by group, the dearest first, until nothing goes."""
    order = np.argsort(-trials.queues.cost, kind="stable")
    for _ in range(_DOWNWARDS):
        n_gone = 0.0
        for group in order.tolist():
            fewer, sl, n = _without(trials, agents, sl, group)
            agents, n_gone = fewer, n_gone + n
        if not n_gone:
            break
    return agents, sl


def _without(
    trials: _Trials, agents: Floats, sl: Floats, group: int
) -> tuple[Floats, Floats, float]:
    """Take one agent of the group wherever no target is missed for it."""
    before = trials.missing(sl)
    trial = agents.copy()
    taken = trial[group] > 0.0
    trial[group, taken] -= 1.0
    while taken.any():
        found = trials.service(trial)
        worse = np.any(trials.missing(found) > before + _FEW, axis=0)
        if not worse.any():
            return trial, found, float(taken.sum())
        back = taken & (worse | np.append(worse[1:], np.False_))
        back = back if back.any() else taken
        trial[group, back] += 1.0
        taken &= ~back
    return agents, sl, 0.0
