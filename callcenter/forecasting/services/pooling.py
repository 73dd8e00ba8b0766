"""Queues that share their agents are staffed together: what one gains by pooling.

Staffed one by one, small queues each need spare agents of their own. Agents who take
the contacts of all of them need far fewer: the pool is staffed as one queue that keeps
every promise of its members, and each member is asked for its load and its part of
the pool's spare agents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine import staffing as engine
from callcenter.forecasting.models import Assumption, StaffingModel
from callcenter.forecasting.services.staffing import (
    Floats,
    Load,
    Staffing,
    model_for,
    staff_queue,
)
from callcenter.projects.models import Channel, Queue, ServiceTarget

_USUAL_THRESHOLD_S = 20.0
_REQUIRED = ("required_c", "required_a", "required_agents")


@dataclass(frozen=True, slots=True)
class Member:
    """A queue with its load and all that its requirement rests on."""

    queue: Queue
    load: Load
    targets: Sequence[ServiceTarget]
    assumption: Assumption

    def alone(self) -> Staffing:
        """What the queue needs if nobody helps out."""
        return staff_queue(self.queue, self.load, self.targets, self.assumption)

    def with_load(self, load: Load) -> "Member":
        """The same promises for another load."""
        return replace(self, load=load)


def groups_of(
    queues: Sequence[Queue], assumptions: Mapping[int, Assumption]
) -> list[list[Queue]]:
    """The queues parted into those that are staffed together, in their order.

    Together are queues of one project and channel that are marked so and where
    somebody waits.
    """
    groups: dict[tuple[int, Channel | int], list[Queue]] = {}
    for queue in queues:
        assumption = assumptions[queue.id]
        is_alone = (
            not assumption.is_pooled
            or model_for(queue, assumption) is StaffingModel.WORKLOAD
        )
        key = (queue.project_id, queue.id if is_alone else queue.channel)
        groups.setdefault(key, []).append(queue)
    return list(groups.values())


def staff_together(members: Sequence[Member]) -> list[Staffing]:
    """What each member of a pool needs, in their order.

    The pool keeps each promise that holds while its queue has contacts. Members never
    need more than alone.
    """
    own = [member.alone() for member in members]
    if len(members) == 1:
        return own
    load = _joined([member.load for member in members])
    loads = np.stack([each.load_erlangs for each in own])
    whole = [member.with_load(load).alone() for member in members]
    required = {
        name: _shared(
            np.stack([getattr(each, name) for each in own]),
            np.stack([getattr(each, name) for each in whole]),
            loads,
        )
        for name in _REQUIRED
    }
    agents = required["required_agents"].sum(axis=0).round(6)
    return [
        Staffing(
            model=alone.model,
            load_erlangs=alone.load_erlangs,
            **{name: values[place] for name, values in required.items()},
            scheduled_agents=engine.scheduled_agents(
                required["required_agents"][place], member.assumption.shrinkage
            ),
            **_expected(member.with_load(load), alone, agents),
        )
        for place, (member, alone) in enumerate(zip(members, own, strict=True))
    ]


def _joined(loads: Sequence[Load]) -> Load:
    """All contacts as those of one queue, with the handling time of their mixture."""
    offered = np.stack([load.offered for load in loads])
    seconds = offered * np.stack([load.aht_s for load in loads])
    total = offered.sum(axis=0)
    aht_s = np.divide(
        seconds.sum(axis=0), total, out=np.zeros_like(total), where=total > 0.0
    )
    return replace(loads[0], offered=total, aht_s=aht_s)


def _shared(own: Floats, whole: Floats, loads: Floats) -> Floats:
    """The pool's agents parted by load and by the spare agents each needs alone.

    All have the shape (n_members, n_intervals). ``whole`` is what the pool needs to
    keep each member's promise.
    """
    load = loads.sum(axis=0)
    needed = np.where(loads > 0.0, whole, 0.0).max(axis=0)
    needed = np.minimum(needed, own.sum(axis=0))
    spare = np.maximum(own - loads, 0.0)
    all_spare = spare.sum(axis=0)
    by_spare = np.divide(
        spare, all_spare, out=np.zeros_like(spare), where=all_spare > 0.0
    )
    by_load = np.divide(loads, load, out=np.zeros_like(loads), where=load > 0.0)
    extra = needed - load
    return np.where(
        (extra >= 0.0) & (all_spare > 0.0),
        loads + extra * by_spare,
        needed * by_load,
    )


def _expected(pool: Member, alone: Staffing, agents: Floats) -> dict[str, Floats]:
    """What the pool's agents are expected to give to the contacts of one member."""
    busy = (alone.load_erlangs > 0.0) & (agents >= 1.0)
    load = pool.load.offered * pool.load.aht_s / pool.load.interval_s
    cells = {"load": load[busy], "agents": agents[busy]}
    waits = {
        "aht_s": pool.load.aht_s[busy],
        "sl_threshold_s": _thresholds(pool.load, pool.targets)[busy],
    }
    if alone.model is StaffingModel.ERLANG_C:
        found = engine.erlang_c_measures(**cells, **waits)
    else:
        found = engine.erlang_a_measures(
            **cells,
            **waits,
            patience_s=pool.assumption.patience_s,
            sl_definition=_definition(pool.targets),
        )
    figures = {}
    for name in ("sl", "asa_s", "occupancy", "abandon_rate"):
        values = getattr(alone, name).copy()
        values[busy] = getattr(found, name)
        figures[name] = np.where(np.isinf(values), np.nan, values)
    return figures


def _thresholds(load: Load, targets: Sequence[ServiceTarget]) -> Floats:
    """The wait that each interval's target allows, in seconds."""
    found = np.full(load.offered.size, _USUAL_THRESHOLD_S)
    for target in targets:
        first = (target.starts_on - load.first_day).days
        is_on = load.day >= first
        if target.ends_on is not None:
            is_on &= load.day < (target.ends_on - load.first_day).days
        found[is_on] = target.sl_threshold_s
    return found


def _definition(targets: Sequence[ServiceTarget]) -> engine.ServiceLevelDefinition:
    if not targets:
        return engine.ServiceLevelDefinition.OFFERED
    return engine.ServiceLevelDefinition(targets[-1].sl_definition.value)
