"""The checker's own way to share agents out among queues: augmenting paths."""

from collections import deque
from itertools import pairwise

from callcenter.engine.rostering.model import RosterProblem

Skills = tuple[bool, ...]

EPSILON = 1e-12


def least_shortage(
    problem: RosterProblem, wanted: list[float], heads: dict[Skills, int]
) -> tuple[float, float]:
    """Least points an hour of shortage in one interval, and the agents missing.

    Slices of demand are served dearest first; a slice takes agents from elsewhere as
    long as that queue can be made up for by others (augmenting paths, Ford and
    Fulkerson 1956).

    Parameters
    ----------
    wanted : list of float, agents by queue
    heads : dict, people at work by their skills
    """
    floor = _Floor(heads, len(wanted))
    points, missing = 0.0, 0.0
    for cost, queue, amount in _slices(problem, wanted):
        lacking = amount - floor.serve(queue, amount)
        if lacking > EPSILON:
            points += cost * lacking
            missing += lacking
    return points, missing


def _slices(
    problem: RosterProblem, wanted: list[float]
) -> list[tuple[float, int, float]]:
    weights, slices = problem.weights, []
    for queue, amount in enumerate(wanted):
        before = 0.0
        for share, factor in weights.short_tiers:
            cost = float(problem.demand.weights[queue]) * factor * weights.short_h
            slices.append((cost, queue, (share - before) * amount))
            before = share
    return sorted(slices, key=lambda part: -part[0])


class _Floor:
    """People at work by skill group, and whom they serve."""

    def __init__(self, heads: dict[Skills, int], n_queues: int) -> None:
        self.skills = list(heads)
        self.free = [float(count) for count in heads.values()]
        self.serves = [[0.0] * n_queues for _ in self.skills]

    def serve(self, queue: int, amount: float) -> float:
        """Serve up to ``amount`` more of a queue without serving others less."""
        served = 0.0
        while amount - served > EPSILON:
            path = self._path(queue)
            if path is None:
                break
            served += self._push(path, amount - served)
        return served

    def _path(self, queue: int) -> list[tuple[int, int]] | None:
        """Moves (group, queue) from a group with free people to the queue."""
        came: dict[int, list[tuple[int, int]]] = {queue: []}
        waiting = deque([queue])
        while waiting:
            at = waiting.popleft()
            for group, skills in enumerate(self.skills):
                if not skills[at]:
                    continue
                moves = [(group, at), *came[at]]
                if self.free[group] > EPSILON:
                    return moves
                for other, count in enumerate(self.serves[group]):
                    if count > EPSILON and other not in came:
                        came[other] = moves
                        waiting.append(other)
        return None

    def _push(self, path: list[tuple[int, int]], most: float) -> float:
        """Send as many people along the path as its narrowest part lets through.

        The first move takes free people; each later group gives up the queue that the
        move before it has just taken over.
        """
        amount = min(most, self.free[path[0][0]])
        for (_, freed), (group, _) in pairwise(path):
            amount = min(amount, self.serves[group][freed])
        self.free[path[0][0]] -= amount
        self.serves[path[0][0]][path[0][1]] += amount
        for (_, freed), (group, taken) in pairwise(path):
            self.serves[group][freed] -= amount
            self.serves[group][taken] += amount
        return amount
