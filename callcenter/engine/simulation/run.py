"""Simulate a center for many days."""

from collections.abc import Callable

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation.days import Days, draw_days
from callcenter.engine.simulation.gathering import Gatherer
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.layout import lay_out
from callcenter.engine.simulation.memory import FIRST_ROOM, Memory, make_memory
from callcenter.engine.simulation.model import Center
from callcenter.engine.simulation.results import Simulation
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

    Returns
    -------
    Simulation

    Raises
    ------
    EngineInputError : the center has no meaning, or it grows without bounds
    """
    if n_days < 1:
        raise EngineInputError("n_days must be at least 1")
    layout = lay_out(center)
    days = draw_days(center, n_days, rng, antithetic=antithetic)
    n_room = FIRST_ROOM
    while n_room <= MOST_ROOM:
        memory = make_memory(layout, n_room=n_room)
        gatherer = Gatherer(center, memory, n_days, 2 if antithetic else 1)
        if _run(memory, days, gatherer, progress):
            gatherer.close_unit()
            return summed_up(layout, memory, gatherer)
        n_room *= 4
    raise EngineInputError("more contacts are there at once than memory can hold")


def run_day(memory: Memory, days: Days, day: int) -> bool:
    """Let one day happen in the memory; False when it was too small."""
    from callcenter.engine.simulation.kernel.day import simulate_day

    memory.kinds.view(np.float64)[:, c.KIND_FACTOR] = days.factors[day]
    # Uncompiled, the mixing of random numbers is meant to overflow.
    with np.errstate(over="ignore"):
        done = simulate_day(
            memory.m, memory.f, int(days.keys[day]), int(days.flips[day])
        )
    return bool(done)


def _run(
    memory: Memory, days: Days, gatherer: Gatherer, progress: Progress | None
) -> bool:
    n_days = days.keys.size
    for day in range(n_days):
        if not run_day(memory, days, day):
            return False
        gatherer.add(day, memory)
        if progress is not None:
            progress(day + 1, n_days)
    return True
