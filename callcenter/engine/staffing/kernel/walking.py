"""A row of intervals walked through, with what each leaves for the next."""

import numpy as np

from callcenter.engine.staffing.kernel.chain import settle_down
from callcenter.engine.staffing.kernel.choosing import MOST_TRIALS, choose, settle
from callcenter.engine.staffing.kernel.parts import (
    AGENTS,
    EDGE,
    HERE,
    LOAD,
    PADDING,
    SL,
    STATE,
    Floats,
    Interval,
    Memory,
    Task,
    inner,
    outer,
)
from callcenter.engine.staffing.kernel.serving import measure_waits
from callcenter.engine.staffing.kernel.trying import windowed, with_window


@outer
def walk(
    given: Floats, agents: Floats, task: Task, memory: Memory, found: Floats
) -> None:
    """Staff a row, or follow it with given agents, interval by interval.

    A row opens empty, as it does again after an interval without contacts, or runs on
    from before.

    Parameters
    ----------
    given : ndarray of float, shape (n_intervals, n_given), in the order of `GIVEN`
    agents : ndarray of float, shape (n_intervals,), where to look for the agents, and
        who works in the first interval after opening; or those given
    task : Task
    memory : Memory, reaching as far as contacts may add up
    found : ndarray of float, shape (n_intervals, n_figures), is filled in the order
        of `FIGURES`
    """
    before = _begin(given, agents[0], task, memory.rows)
    above, is_going = 0.0, False
    for k in range(agents.size):
        if given[k, LOAD] <= 0.0:
            _empty(memory.rows)
            before, above, is_going = 0.0, 0.0, False
            found[k, SL] = 1.0
            continue
        after = np.nan
        if k + 1 < agents.size and given[k + 1, LOAD] > 0.0:
            # what was found above the guess before will be about so again
            after = (
                max(agents[k + 1] + above, 1.0) if task.is_choosing else agents[k + 1]
            )
        at = _interval(given, k, task.definition, before, after)
        if task.is_choosing:
            guess = max(agents[k], 1.0) if is_going else agents[k]
            at = windowed(at, 0.8 * guess, 1.2 * guess, memory.rows)
            most_trials = MOST_TRIALS if is_going else 1
            before = choose(at, guess, most_trials, memory, found[k])
        else:
            most_trials = 1 if task.is_enough else MOST_TRIALS
            more = 0.0 if task.is_enough else 2.0
            at = windowed(at, agents[k], agents[k] + more, memory.rows)
            before = settle(at, agents[k], most_trials, memory, found[k])
        measure_waits(at, before, memory, found[k])
        found[k, AGENTS] = before
        above, is_going = before - agents[k], True
        _carry(at, memory.rows)


@inner
def _interval(
    given: Floats, k: int, definition: int, before: float, after: float
) -> Interval:
    """Interval k, of which no states are picked yet."""
    return Interval(
        given[k, 0],
        given[k, 1],
        given[k, 2],
        given[k, 3],
        given[k, 4],
        given[k, 5],
        given[k, 6],
        given[k, 7],
        given[k, 8],
        given[k, 9],
        definition,
        0,
        0,
        before,
        after,
    )


@inner
def _empty(room: Floats) -> None:
    """Nobody is in the queue."""
    for k in range(room.shape[1]):
        room[STATE, k] = 0.0
    room[STATE, 0] = 1.0


@inner
def _begin(given: Floats, agents: float, task: Task, room: Floats) -> float:
    """Begin the first interval; the agents who have worked until then.

    A running queue begins as if its load and agents had always been. A row that would
    never settle, and one without contacts, opens empty.
    """
    at = _interval(given, 0, task.definition, agents, agents)
    settles = at.leaving > 0.0 or at.load < agents
    if task.is_running and at.load > 0.0 and settles:
        at = with_window(at, 0, room.shape[1] - PADDING)
        settle_down(at, agents, room)
        return agents
    _empty(room)
    return 0.0


@inner
def _carry(at: Interval, room: Floats) -> None:
    """Take over the states at the end of an interval."""
    whole = 0.0
    for k in range(room.shape[1]):
        room[STATE, k] = 0.0
    for i in range(at.n):
        whole += max(room[HERE, EDGE + i], 0.0)
    for i in range(at.n):
        room[STATE, at.first + i] = max(room[HERE, EDGE + i], 0.0) / whole
