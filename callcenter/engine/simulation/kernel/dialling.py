"""Outbound work: free agents dial the next number of a list."""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel import luck as of_luck
from callcenter.engine.simulation.kernel.counting import interval_at, tally_row
from callcenter.engine.simulation.kernel.heap import schedule
from callcenter.engine.simulation.kernel.inner import inner
from callcenter.engine.simulation.kernel.lists import unlist_agent
from callcenter.engine.simulation.kernel.luck import duration_s, mixed, uniform
from callcenter.engine.simulation.kernel.typing import Cells, Floats


@inner
def _is_open(m: Cells, f: Floats, kind: int, t: float) -> bool:
    """Whether a list may be dialled now and has a number left."""
    p = interval_at(m, f, t)
    if p >= m[c.N_INTERVALS] or m[kind + c.KIND_LEFT] <= 0:
        return False
    return f[m[kind + c.KIND_REACH] + p] > 0.0


@inner
def find_list(m: Cells, f: Floats, agent: int, t: float) -> int:
    """The list that a free agent dials instead of waiting for contacts, or -1."""
    group = m[agent + c.AGENT_GROUP]
    free = m[m[group + c.GROUP_LINES] + c.LINE_COUNT] + 1
    offer = m[group + c.GROUP_DIALS]
    while offer < m[group + c.GROUP_DIALS_END]:
        kind = m[offer + c.OFFER_KIND]
        if free > m[offer + c.OFFER_RESERVE] and _is_open(m, f, kind, t):
            return kind
        offer += c.OFFER_SIZE
    return -1


@inner
def dial(m: Cells, f: Floats, agent: int, kind: int, t: float) -> None:
    """An agent, in no list, dials; who is reached is spoken to at once."""
    p = interval_at(m, f, t)
    luck = mixed(m[kind + c.KIND_KEY], m[kind + c.KIND_DRAWN])
    m[kind + c.KIND_DRAWN] += 1
    m[kind + c.KIND_LEFT] -= 1
    row = tally_row(m, kind, p)
    f[row + c.DIALLED] += 1.0
    work = duration_s(m, f, m[kind + c.KIND_DIAL], p, luck, of_luck.DIAL)
    if uniform(m, luck, of_luck.REACH) < f[m[kind + c.KIND_REACH] + p]:
        f[row + c.REACHED] += 1.0
        spoken = duration_s(m, f, m[kind + c.KIND_SERVICE], p, luck, of_luck.SERVICE)
        after = m[kind + c.KIND_AFTER_WORK]
        spoken += duration_s(m, f, after, p, luck, of_luck.AFTER_WORK)
        work += spoken / f[m[agent + c.AGENT_SPEED] + m[kind + c.KIND_INDEX]]
    else:
        missed = m[kind + c.KIND_MISSED]
        work += duration_s(m, f, missed, p, luck, of_luck.AFTER_WORK)
        if uniform(m, luck, of_luck.AGAIN) < f[kind + c.KIND_RETRY]:
            delay = duration_s(m, f, m[kind + c.KIND_DELAY], p, luck, of_luck.DELAY)
            schedule(m, f, t + delay, c.DIAL, kind, 1)
    f[row + c.HANDLING] += work
    f[agent + c.AGENT_BUSY_SINCE] = t
    m[agent + c.AGENT_N] = 1
    m[agent + c.AGENT_LIMIT] = 1
    m[agent + c.AGENT_CONTACTS] += 1
    schedule(m, f, t + work, c.FINISH, agent, 0)


@inner
def set_dialling(m: Cells, f: Floats, kind: int, t: float) -> None:
    """Let free agents dial a list that has opened, but those kept for contacts."""
    route = m[kind + c.KIND_ROUTES]
    while route < m[kind + c.KIND_ROUTES_END]:
        line = m[route + c.ROUTE_LINES]
        while m[line + c.LINE_COUNT] > m[route + c.ROUTE_RESERVE]:
            if not _is_open(m, f, kind, t):
                return
            agent = m[line + c.LINE_HEAD]
            unlist_agent(m, agent)
            dial(m, f, agent, kind, t)
        route += c.ROUTE_SIZE
