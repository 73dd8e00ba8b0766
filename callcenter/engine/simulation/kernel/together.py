"""Several contacts in one pair of hands, as in chat: all slow down together.

An agent's clock of work runs slower the more contacts are in hand; a contact is done
when the clock reaches its target.
"""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel.cells import NEVER
from callcenter.engine.simulation.kernel.counting import tally_row
from callcenter.engine.simulation.kernel.heap import schedule
from callcenter.engine.simulation.kernel.inner import inner
from callcenter.engine.simulation.kernel.typing import Cells, Floats


@inner
def join(
    m: Cells,
    f: Floats,
    agent: int,
    kind: int,
    interval: int,
    luck: int,
    t: float,
    work: float,
) -> None:
    """One more contact at once."""
    _advance(m, f, agent, t)
    slot = m[agent + c.AGENT_SLOTS] + m[agent + c.AGENT_N] * c.SLOT_SIZE
    f[slot + c.SLOT_TARGET] = f[agent + c.AGENT_CLOCK] + work
    f[slot + c.SLOT_BEGAN] = t
    f[slot + c.SLOT_SLOW_DOWN] = f[kind + c.KIND_SLOW_DOWN]
    m[slot + c.SLOT_KIND] = kind
    m[slot + c.SLOT_INTERVAL] = interval
    m[slot + c.SLOT_LIMIT] = m[kind + c.KIND_TOGETHER]
    m[slot + c.SLOT_LUCK] = luck
    m[agent + c.AGENT_N] += 1
    _replan(m, f, agent, t)


@inner
def _advance(m: Cells, f: Floats, agent: int, t: float) -> None:
    n = m[agent + c.AGENT_N]
    if n > 0:
        pace = 1.0 + f[agent + c.AGENT_SLOW_DOWN] * (n - 1)
        f[agent + c.AGENT_CLOCK] += (t - f[agent + c.AGENT_CLOCK_AT]) / pace
    f[agent + c.AGENT_CLOCK_AT] = t


@inner
def _replan(m: Cells, f: Floats, agent: int, t: float) -> None:
    """Find out which of the contacts in hand ends first, and when."""
    n = m[agent + c.AGENT_N]
    m[agent + c.AGENT_VERSION] += 1
    if n == 0:
        return
    least = NEVER
    limit = m[c.MOST_TOGETHER]
    slow_down = 0.0
    slot = m[agent + c.AGENT_SLOTS]
    for _ in range(n):
        least = min(least, f[slot + c.SLOT_TARGET])
        limit = min(limit, m[slot + c.SLOT_LIMIT])
        slow_down = max(slow_down, f[slot + c.SLOT_SLOW_DOWN])
        slot += c.SLOT_SIZE
    m[agent + c.AGENT_LIMIT] = limit
    f[agent + c.AGENT_SLOW_DOWN] = slow_down
    work = max(0.0, least - f[agent + c.AGENT_CLOCK])
    at = t + work * (1.0 + slow_down * (n - 1))
    schedule(m, f, at, c.FINISH_ONE, agent, m[agent + c.AGENT_VERSION])


@inner
def leave_first(m: Cells, f: Floats, agent: int, t: float) -> tuple[int, int]:
    """The contact that is done goes; its type and its luck."""
    _advance(m, f, agent, t)
    n = m[agent + c.AGENT_N]
    slots = m[agent + c.AGENT_SLOTS]
    first = slots
    slot = slots
    for _ in range(n):
        if f[slot + c.SLOT_TARGET] < f[first + c.SLOT_TARGET]:
            first = slot
        slot += c.SLOT_SIZE
    kind = m[first + c.SLOT_KIND]
    luck = m[first + c.SLOT_LUCK]
    row = tally_row(m, kind, m[first + c.SLOT_INTERVAL])
    f[row + c.HANDLING] += t - f[first + c.SLOT_BEGAN]
    last = slots + (n - 1) * c.SLOT_SIZE
    for i in range(c.SLOT_SIZE):
        m[first + i] = m[last + i]
    m[agent + c.AGENT_N] = n - 1
    _replan(m, f, agent, t)
    return kind, luck
