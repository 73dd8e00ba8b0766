"""Queues that share their agents are staffed together: what one gains by pooling.

Staffed one by one, small queues each need spare agents of their own. Agents who take
the contacts of all of them need far fewer: the pool is staffed as one queue that keeps
every promise of its members, and each member is asked for its load and its part of
the pool's spare agents. Outbound queues of a pool are dialled between its contacts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine import staffing as engine
from callcenter.forecasting.models import Assumption, StaffingModel
from callcenter.forecasting.services.requirements.loads import Floats, Load, Question
from callcenter.forecasting.services.requirements.shrinking import shrinkage_by_interval
from callcenter.forecasting.services.requirements.solving import Asked
from callcenter.forecasting.services.requirements.staffing import (
    Staffing,
    model_for,
    service_at,
    staff_all,
)
from callcenter.projects.models import Channel, Queue

_REQUIRED = ("required_c", "required_a", "required_agents")


def groups_of(
    queues: Sequence[Queue], assumptions: Mapping[int, Assumption]
) -> list[list[Queue]]:
    """The queues parted into those that are staffed together, in their order.

    Together are queues of one project and channel that are marked so; work that may
    wait is always staffed by itself.
    """
    groups: dict[tuple[int, Channel | int], list[Queue]] = {}
    for queue in queues:
        assumption = assumptions[queue.id]
        is_alone = (
            not assumption.is_pooled
            or model_for(queue, assumption) is StaffingModel.DEFERRED
        )
        key = (queue.project_id, queue.id if is_alone else queue.channel)
        groups.setdefault(key, []).append(queue)
    return list(groups.values())


def staff_groups(
    groups: Sequence[Sequence[Question]], *, carried_days: int = 0
) -> list[list[Staffing]]:
    """What each member of each group needs, in their order.

    A group keeps each promise that holds while its queue has contacts. Members never
    need more than alone. All groups are solved at once.
    """
    pools = [_Pool.of(group) for group in groups]
    # What members of a pool would need alone only says how they share it: the quick
    # way is enough for that.
    careful = [each for pool in pools for each in (pool.whole or pool.members)]
    quick = [each for pool in pools if pool.whole for each in pool.members]
    answers = iter(staff_all(careful, carried_days=carried_days))
    alone = iter(staff_all(quick))
    found = []
    for pool in pools:
        whole = [next(answers) for _each in (pool.whole or pool.members)]
        if not pool.whole:
            found.append(whole)
            continue
        own = [next(alone) for _each in pool.members]
        found.append(_shared_out(pool, own, whole))
    return found


def staff_together(members: Sequence[Question]) -> list[Staffing]:
    """What each member of one pool needs, in their order."""
    return staff_groups([members])[0]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Queues that share agents, and each of their promises for all their contacts."""

    members: Sequence[Question]
    whole: Sequence[Question]

    @classmethod
    def of(cls, members: Sequence[Question]) -> "_Pool":
        if len(members) == 1:
            return cls(members, ())
        dialled = [each for each in members if _is_dialled(each)]
        taken = [each for each in members if not _is_dialled(each)]
        everything = joined([each.load for each in members])
        contacts = joined([each.load for each in taken]) if taken else everything
        outbound = None
        if dialled and taken:
            outbound = np.sum([each.load.erlangs for each in dialled], axis=0)
        whole = [
            replace(
                each,
                load=everything if _is_dialled(each) else contacts,
                outbound_erlangs=None if _is_dialled(each) else outbound,
            )
            for each in members
        ]
        return cls(members, whole)


def _is_dialled(question: Question) -> bool:
    model = model_for(question.queue, question.assumption)
    return model is StaffingModel.WORKLOAD


def joined(loads: Sequence[Load]) -> Load:
    """All contacts as those of one queue, with the handling time of their mixture."""
    offered = np.stack([load.offered for load in loads])
    seconds = offered * np.stack([load.aht_s for load in loads])
    total = offered.sum(axis=0)
    aht_s = np.divide(
        seconds.sum(axis=0), total, out=np.zeros_like(total), where=total > 0.0
    )
    return replace(
        loads[0],
        offered=total,
        aht_s=aht_s,
        is_open=np.any([load.is_open for load in loads], axis=0),
        concurrency=min(load.concurrency for load in loads),
    )


def _shared_out(
    pool: _Pool, own: Sequence[Staffing], whole: Sequence[Staffing]
) -> list[Staffing]:
    """The pool's agents, member by member, with the service that all of them give."""
    loads = np.stack([each.load_erlangs for each in own])
    required = {
        name: _shared(
            np.stack([getattr(each, name) for each in own]),
            np.stack([getattr(each, name) for each in whole]),
            loads,
        )
        for name in _REQUIRED
    }
    agents = required["required_agents"].sum(axis=0).round(6)
    found = []
    for place, (question, alone) in enumerate(zip(pool.members, own, strict=True)):
        part = {name: values[place] for name, values in required.items()}
        share = question.assumption.safety_share
        margin = part["required_agents"] * share / (1.0 + share)
        found.append(
            replace(
                alone,
                **part,
                model=whole[place].model,
                safety_agents=margin,
                scheduled_agents=engine.scheduled_agents(
                    part["required_agents"],
                    shrinkage_by_interval(question.assumption, question.load),
                ),
                **_expected(pool.whole[place], alone, whole[place], agents),
            )
        )
    return found


def _shared(own: Floats, whole: Floats, loads: Floats) -> Floats:
    """The pool's agents parted by load and by the spare agents each needs alone.

    All have the shape (n_members, n_intervals). ``whole`` is what the pool needs to
    keep each member's promise; unknown where a formula does not apply to a member.
    """
    load = loads.sum(axis=0)
    whole = np.nan_to_num(whole)
    own = np.where(np.isnan(own), loads, own)
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


def _expected(
    pool: Question, alone: Staffing, whole: Staffing, agents: Floats
) -> dict[str, Floats]:
    """What the pool's agents are expected to give to the contacts of one member."""
    figures = service_at(Asked(pool, whole.model), agents)
    if not figures:
        names = ("sl", "asa_s", "occupancy", "abandon_rate")
        figures = {name: getattr(whole, name) for name in names}
    busy = (alone.load_erlangs > 0.0) & (agents >= 1.0)
    found = {}
    for name, values in figures.items():
        kept = np.where(busy, values, getattr(alone, name))
        found[name] = np.where(np.isinf(kept), np.nan, kept)
    return found
