"""Days simulated by several threads at once, and handed over in their order.

The compiled loop lets other threads run beside it, each in a memory of its own. What a
day brings depends on its key alone, and days are added up one after the other as they
are numbered: so the result is the same to the last bit whatever the number of threads.
"""

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

import numpy as np

from callcenter.engine.simulation.days import Days
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.memory import Memory

_AHEAD = 4  # days that each thread may be ahead of the one that adds them up


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


def days_in_order(
    memories: Sequence[Memory], days: Days
) -> Generator[Memory | None, None, None]:
    """Each day as it was left in a memory, in order; None for one that was too small.

    A thread for each memory; with one memory there is none. What is handed over holds
    until the next day is asked for.
    """
    if len(memories) > 1:
        yield from _by_threads(memories, days)
        return
    for day in range(days.keys.size):
        yield memories[0] if run_day(memories[0], days, day) else None


def _by_threads(
    memories: Sequence[Memory], days: Days
) -> Generator[Memory | None, None, None]:
    free: SimpleQueue[Memory] = SimpleQueue()
    for memory in memories:
        free.put(memory)

    def simulated(day: int) -> Memory | None:
        memory = free.get()
        try:
            return memory.taken() if run_day(memory, days, day) else None
        finally:
            free.put(memory)

    ahead: deque[Future[Memory | None]] = deque()
    with ThreadPoolExecutor(len(memories)) as pool:
        try:
            for day in range(days.keys.size):
                ahead.append(pool.submit(simulated, day))
                if len(ahead) > _AHEAD * len(memories):
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()
