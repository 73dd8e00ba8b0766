"""Agents on and off duty: shifts, breaks, head counts, and what comes next."""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel.counting import add_span
from callcenter.engine.simulation.kernel.dialling import dial, find_list
from callcenter.engine.simulation.kernel.heap import schedule
from callcenter.engine.simulation.kernel.inner import inner, tight
from callcenter.engine.simulation.kernel.lists import dequeue, unlist_agent
from callcenter.engine.simulation.kernel.serving import find_contact, relist, start
from callcenter.engine.simulation.kernel.typing import Cells, Floats


@tight
def take_next(m: Cells, f: Floats, agent: int, t: float) -> None:
    """An agent with a free hand goes off, rests, takes contacts, dials or waits."""
    unlist_agent(m, agent)
    if _is_going(m, f, agent, t):
        if m[agent + c.AGENT_N] == 0:
            _go(m, f, agent, t)
        return
    while m[agent + c.AGENT_N] == 0 or m[agent + c.AGENT_N] < m[agent + c.AGENT_LIMIT]:
        contact = find_contact(m, f, agent, t)
        if contact < 0:
            break
        dequeue(m, contact)
        start(m, f, agent, contact, t)
    if m[agent + c.AGENT_N] == 0:
        kind = find_list(m, f, agent, t)
        if kind >= 0:
            dial(m, f, agent, kind, t)
    relist(m, f, agent, t)


@tight
def _is_going(m: Cells, f: Floats, agent: int, t: float) -> bool:
    """Whether the agent takes nothing more before leaving or resting."""
    if m[agent + c.AGENT_LEAVING] or f[agent + c.AGENT_REST_S] > 0.0:
        return True
    if f[agent + c.AGENT_REST_UNTIL] > t:
        return True
    group = m[agent + c.AGENT_GROUP]
    if m[group + c.GROUP_IS_COUNTED] == 0:
        return False
    return m[group + c.GROUP_ON_DUTY] > m[group + c.GROUP_CAP]


@inner
def _go(m: Cells, f: Floats, agent: int, t: float) -> None:
    group = m[agent + c.AGENT_GROUP]
    add_span(m, f, m[group + c.GROUP_STAFFED], f[agent + c.AGENT_ON_SINCE], t)
    if m[group + c.GROUP_IS_COUNTED]:
        m[agent + c.AGENT_DUTY] = c.OFF
        m[agent + c.AGENT_AFTER] = m[group + c.GROUP_FREE]
        m[group + c.GROUP_FREE] = agent
        m[group + c.GROUP_ON_DUTY] -= 1
    elif m[agent + c.AGENT_LEAVING]:
        m[agent + c.AGENT_DUTY] = c.OFF
    else:
        m[agent + c.AGENT_DUTY] = c.RESTING
        end = max(t + f[agent + c.AGENT_REST_S], f[agent + c.AGENT_REST_UNTIL])
        f[agent + c.AGENT_REST_S] = 0.0
        f[agent + c.AGENT_REST_UNTIL] = 0.0
        schedule(m, f, end, c.COME, agent, 0)


@inner
def come(m: Cells, f: Floats, agent: int, t: float) -> bool:
    """An agent begins or comes back; False when the shift has ended meanwhile."""
    if m[agent + c.AGENT_LEAVING]:
        m[agent + c.AGENT_DUTY] = c.OFF
        m[agent + c.AGENT_LEAVING] = 0
        return False
    m[agent + c.AGENT_DUTY] = c.ON
    f[agent + c.AGENT_ON_SINCE] = t
    return True


@inner
def start_shift(m: Cells, f: Floats, agent: int, t: float) -> None:
    """An agent's shift begins; one still busy or resting from the last just stays."""
    if m[agent + c.AGENT_IS_ABSENT]:
        return
    m[agent + c.AGENT_LEAVING] = 0
    if m[agent + c.AGENT_DUTY] == c.OFF:
        m[agent + c.AGENT_DUTY] = c.RESTING
        schedule(m, f, t, c.COME, agent, 0)


@inner
def end_shift(m: Cells, f: Floats, agent: int, t: float) -> None:
    """An agent's shift ends; contacts in hand are finished first."""
    if m[agent + c.AGENT_DUTY] == c.OFF:
        return
    m[agent + c.AGENT_LEAVING] = 1
    f[agent + c.AGENT_REST_S] = 0.0
    f[agent + c.AGENT_REST_UNTIL] = 0.0
    if m[agent + c.AGENT_DUTY] == c.ON:
        _stop(m, f, agent, t)


@inner
def start_break(m: Cells, f: Floats, agent: int, t: float, length: float) -> None:
    """A break is due; contacts in hand are finished first."""
    if m[agent + c.AGENT_DUTY] == c.OFF or m[agent + c.AGENT_LEAVING]:
        return
    if m[c.KEEPS_BREAKS_WHOLE]:
        f[agent + c.AGENT_REST_S] += length
    else:
        until = f[agent + c.AGENT_REST_UNTIL]
        f[agent + c.AGENT_REST_UNTIL] = max(until, t + length)
    if m[agent + c.AGENT_DUTY] == c.ON:
        _stop(m, f, agent, t)


@inner
def _stop(m: Cells, f: Floats, agent: int, t: float) -> None:
    """Take nothing more; go at once with empty hands."""
    unlist_agent(m, agent)
    if m[agent + c.AGENT_N] == 0:
        _go(m, f, agent, t)


@inner
def set_head_count(m: Cells, f: Floats, group: int, n: int, t: float) -> None:
    """A group shall be `n` from now on: idle agents leave first, busy ones finish."""
    present = 0
    if n > 0:
        last = m[group + c.GROUP_AGENTS] + (n - 1) * c.AGENT_SIZE
        present = m[last + c.AGENT_PRESENT_UPTO]
    m[group + c.GROUP_CAP] = present
    line = m[group + c.GROUP_LINES]
    while m[group + c.GROUP_ON_DUTY] > present and m[line + c.LINE_COUNT] > 0:
        _stop(m, f, m[line + c.LINE_TAIL], t)
    while m[group + c.GROUP_ON_DUTY] < present:
        agent = m[group + c.GROUP_FREE]
        m[group + c.GROUP_FREE] = m[agent + c.AGENT_AFTER]
        m[group + c.GROUP_ON_DUTY] += 1
        schedule(m, f, t, c.COME, agent, 0)
