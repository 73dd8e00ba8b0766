"""One day, contact by contact."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation.days import draw_days
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.layout import lay_out
from callcenter.engine.simulation.memory import FIRST_ROOM, make_memory
from callcenter.engine.simulation.model import Center
from callcenter.engine.simulation.run import MOST_ROOM
from callcenter.engine.simulation.sharing import run_day

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Outcome(StrEnum):
    """What became of a contact."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    BLOCKED = "blocked"
    DISCONNECTED = "disconnected"
    LEFT = "left"


@dataclass(frozen=True)
class Trace:
    """The contacts of one day, in order of their ends or answers; shape (n,) each.

    Attributes
    ----------
    of : ndarray of int, index of the contact type
    arrived_s : ndarray of float, seconds since the first interval began
    wait_s : ndarray of float, seconds, until answered or gone
    work_s : ndarray of float, seconds, talk and after-work; 0 when never answered
    outcome : ndarray of Outcome
    agent : ndarray of int, position in `agent_names`; -1 is nobody
    attempt : ndarray of int, 0 for the first
    is_transfer : ndarray of bool
    agent_names : tuple of str, "group 3" for the fourth without a name
    """

    of: Ints
    arrived_s: Floats
    wait_s: Floats
    work_s: Floats
    outcome: NDArray[np.str_]
    agent: Ints
    attempt: Ints
    is_transfer: NDArray[np.bool_]
    agent_names: tuple[str, ...]


def trace_day(center: Center, *, rng: np.random.Generator) -> Trace:
    """The contacts of the day that `simulate` would begin with.

    Parameters
    ----------
    center : Center
    rng : numpy Generator

    Returns
    -------
    Trace

    Raises
    ------
    EngineInputError : as `simulate`
    """
    layout = lay_out(center)
    days = draw_days(center, 1, rng, antithetic=False)
    n_room = FIRST_ROOM
    while n_room <= MOST_ROOM:
        memory = make_memory(layout, n_room=n_room, n_log=8 * n_room)
        if run_day(memory, days, 0):
            n_logged = (int(memory.m[c.LOG_NEXT]) - int(memory.m[c.LOG])) // c.LOG_SIZE
            return _trace(memory.log[:n_logged], _names(center, layout.floor.place_of))
        n_room *= 4
    raise EngineInputError("more contacts come than memory can hold")


def _trace(log: Ints, names: tuple[str, ...]) -> Trace:
    times = log.view(np.float64)
    words = np.array([outcome.value for outcome in Outcome])
    return Trace(
        of=log[:, c.LOG_KIND].copy(),
        arrived_s=times[:, c.LOG_ARRIVED].copy(),
        wait_s=times[:, c.LOG_WAIT].copy(),
        work_s=times[:, c.LOG_WORK].copy(),
        outcome=words[log[:, c.LOG_OUTCOME]],
        agent=log[:, c.LOG_AGENT].copy(),
        attempt=log[:, c.LOG_ATTEMPT].copy(),
        is_transfer=log[:, c.LOG_IS_TRANSFER] == 1,
        agent_names=names,
    )


def _names(center: Center, place_of: tuple[int, ...]) -> tuple[str, ...]:
    names = [
        f"{group.name} {i}"
        for group in center.groups
        for i in range(int(np.max(group.staff)))
    ]
    by_place = sorted(zip(place_of, center.agents, strict=True), key=lambda p: p[0])
    return (*names, *(agent.name for _place, agent in by_place))
