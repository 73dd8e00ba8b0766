"""Simulate a center for many days."""

from collections.abc import Callable
from contextlib import closing

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation.days import Days, draw_days
from callcenter.engine.simulation.gathering import Gatherer
from callcenter.engine.simulation.layout import lay_out
from callcenter.engine.simulation.memory import FIRST_ROOM, Memory, make_memory
from callcenter.engine.simulation.model import Center
from callcenter.engine.simulation.results import Simulation
from callcenter.engine.simulation.sharing import days_in_order
from callcenter.engine.simulation.summing import summed_up

MOST_ROOM = 1 << 24
Progress = Callable[[int, int], None]


def simulate(
    center: Center,
    *,
    n_days: int = 100,
    rng: np.random.Generator,
    antithetic: bool = True,
    progress: Progress | None = None,
    workers: int = 1,
) -> Simulation:
    """Simulate a center for many independent days.

    Two centers simulated with generators of the same seed meet the same luck: their
    types of equal name get the same contacts with the same service and patience, so
    that a difference between them is the centers' and not chance.

    Parameters
    ----------
    center : Center
    n_days : int, > 0, replications
    rng : numpy Generator, asked once, for the days' keys
    antithetic : bool, whether every other day mirrors the one before
    progress : callable or None, told the days done and all days after each; what it
        raises ends the simulation
    workers : int, > 0, threads that share the days; the result does not depend on it

    Returns
    -------
    Simulation

    Raises
    ------
    EngineInputError : the center has no meaning, or it grows without bounds
    """
    if n_days < 1:
        raise EngineInputError("n_days must be at least 1")
    if workers < 1:
        raise EngineInputError("workers must be at least 1")
    layout = lay_out(center)
    days = draw_days(center, n_days, rng, antithetic=antithetic)
    n_room = FIRST_ROOM
    while n_room <= MOST_ROOM:
        memories = [
            make_memory(layout, n_room=n_room) for _ in range(min(workers, n_days))
        ]
        gatherer = Gatherer(center, memories[0], n_days, 2 if antithetic else 1)
        if _run(memories, days, gatherer, progress):
            gatherer.close_unit()
            return summed_up(layout, memories, gatherer)
        n_room *= 4
    raise EngineInputError("more contacts are there at once than memory can hold")


def _run(
    memories: list[Memory], days: Days, gatherer: Gatherer, progress: Progress | None
) -> bool:
    """Gather all days; False when a memory was too small for one of them."""
    n_days = days.keys.size
    with closing(days_in_order(memories, days)) as each:
        for day, memory in enumerate(each):
            if memory is None:
                return False
            gatherer.add(day, memory)
            if progress is not None:
                progress(day + 1, n_days)
    return True
