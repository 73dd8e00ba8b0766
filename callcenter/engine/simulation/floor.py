"""Who stands on the floor: agents by groups of equal skills."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.simulation.durations import per_interval
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.model import Center, Skill
from callcenter.engine.simulation.tables import Table

Key = tuple[tuple[int, int, float, int], ...]


@dataclass(frozen=True)
class Floor:
    """Counted groups first, then named agents beside those of equal skills.

    Attributes
    ----------
    groups, agents : Table
    speed : ndarray of float, shape (n_agents, n_kinds)
    keys : per group, what it takes: kind, priority, delay in seconds, reserve
    group_names : of counted groups their own, of others the skills joined by "+"
    place_of : row of `agents` of each named agent
    """

    groups: Table
    agents: Table
    speed: NDArray[np.float64]
    keys: list[Key]
    group_names: tuple[str, ...]
    place_of: tuple[int, ...]


def stand(center: Center, index: dict[str, int]) -> Floor:
    """Seat everybody; `index` numbers the contact types and campaigns."""
    sizes = [
        int(per_interval(f"{g.name}.staff", g.staff, center.n_intervals).max())
        for g in center.groups
    ]
    named: dict[Key, list[int]] = {}
    for i, agent in enumerate(center.agents):
        named.setdefault(_key(agent.skills, index), []).append(i)
    sizes += [len(members) for members in named.values()]
    order = [i for members in named.values() for i in members]
    first = sum(sizes) - len(order)
    place = {i: a for a, i in enumerate(order, first)}
    groups = _groups(sizes, n_counted=len(center.groups))
    agents = Table(sum(sizes), c.AGENT_SIZE)
    agents.m[:, c.AGENT_GROUP] = np.repeat(np.arange(len(sizes)), sizes)
    agents.m[:, c.AGENT_INDEX] = np.arange(len(agents))
    names = list(index)
    floor = Floor(
        groups=groups,
        agents=agents,
        speed=np.ones((len(agents), len(index))),
        keys=[*(_key(g.skills, index) for g in center.groups), *named],
        group_names=(
            *(g.name for g in center.groups),
            *("+".join(names[k] for k, *_rest in key) for key in named),
        ),
        place_of=tuple(place[i] for i in range(len(order))),
    )
    _seat(center, floor, index)
    return floor


def stem(name: str) -> int:
    """A number for a name, so that luck does not depend on what else there is."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1


def _key(skills: Sequence[Skill], index: dict[str, int]) -> Key:
    return tuple(
        sorted((index[s.of], s.priority, s.after_s, s.reserve) for s in skills)
    )


def _groups(sizes: list[int], *, n_counted: int) -> Table:
    groups = Table(len(sizes), c.GROUP_SIZE)
    groups.m[:, c.GROUP_AGENTS_END] = np.cumsum(sizes)
    groups.m[:, c.GROUP_AGENTS] = groups.m[:, c.GROUP_AGENTS_END] - sizes
    groups.m[:n_counted, c.GROUP_IS_COUNTED] = 1
    return groups


def _seat(center: Center, floor: Floor, index: dict[str, int]) -> None:
    agents = floor.agents
    for g, group in enumerate(center.groups):
        first = int(floor.groups.m[g, c.GROUP_AGENTS])
        last = int(floor.groups.m[g, c.GROUP_AGENTS_END])
        for a in range(first, last):
            agents.m[a, c.AGENT_STEM] = stem(f"{group.name} {a - first}")
        agents.f[first:last, c.AGENT_ABSENCE] = group.absence
        for skill in group.skills:
            floor.speed[first:last, index[skill.of]] = skill.speed
    for agent, a in zip(center.agents, floor.place_of, strict=True):
        agents.m[a, c.AGENT_STEM] = stem(agent.name)
        agents.f[a, c.AGENT_ABSENCE] = agent.absence
        for skill in agent.skills:
            floor.speed[a, index[skill.of]] = skill.speed
