"""Contacts and agents meet: who takes whom."""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel import luck as of_luck
from callcenter.engine.simulation.kernel.cells import NEVER
from callcenter.engine.simulation.kernel.counting import (
    add_span,
    count_answer,
    log_contact,
    tally_row,
)
from callcenter.engine.simulation.kernel.heap import schedule
from callcenter.engine.simulation.kernel.inner import inner, tight
from callcenter.engine.simulation.kernel.lists import (
    forget_contact,
    list_agent,
    new_contact,
    unlist_agent,
)
from callcenter.engine.simulation.kernel.luck import duration_s, mixed, uniform
from callcenter.engine.simulation.kernel.together import join
from callcenter.engine.simulation.kernel.typing import Cells, Floats


@tight
def find_agent(m: Cells, f: Floats, kind: int, waited: float) -> int:
    """The agent who is to take a contact that has waited so long, or -1.

    Agents with fewer contacts in hand come first, then groups by rank; within a rank
    the agent free the longest, or one of the group with most free agents.
    """
    for level in range(m[kind + c.KIND_TOGETHER]):
        best = -1
        best_rank = 0
        least = NEVER
        route = m[kind + c.KIND_ROUTES]
        while route < m[kind + c.KIND_ROUTES_END]:
            rank = m[route + c.ROUTE_RANK]
            if best >= 0 and rank > best_rank:
                break
            line = m[route + c.ROUTE_LINES] + level * c.LINE_SIZE
            free = m[line + c.LINE_COUNT]
            if free > 0 and _is_open(m, f, route, level, free, waited):
                head = m[line + c.LINE_HEAD]
                measure = f[head + c.AGENT_SINCE]
                if m[c.PREFERS_MANY_FREE]:
                    measure = -float(free)
                if measure < least:
                    best = head
                    best_rank = rank
                    least = measure
            route += c.ROUTE_SIZE
        if best >= 0:
            return best
    return -1


@tight
def _is_open(
    m: Cells, f: Floats, route: int, level: int, free: int, waited: float
) -> bool:
    """Whether a group takes a contact that has waited so long."""
    if level == 0 and free <= m[route + c.ROUTE_RESERVE]:
        return False
    return waited >= f[route + c.ROUTE_DELAY]


@tight
def find_contact(m: Cells, f: Floats, agent: int, t: float) -> int:
    """The waiting contact that an agent with free hands takes next, or -1."""
    group = m[agent + c.AGENT_GROUP]
    n = m[agent + c.AGENT_N]
    free = m[m[group + c.GROUP_LINES] + c.LINE_COUNT] + 1 if n == 0 else 1 << 60
    best = -1
    best_rank = 0
    most = -1.0
    offer = m[group + c.GROUP_OFFERS]
    while offer < m[group + c.GROUP_DIALS]:
        rank = m[offer + c.OFFER_RANK]
        if best >= 0 and rank > best_rank:
            break
        kind = m[offer + c.OFFER_KIND]
        first = m[kind + c.KIND_HEAD]
        if (
            first >= 0
            and n < m[kind + c.KIND_TOGETHER]
            and free > m[offer + c.OFFER_RESERVE]
        ):
            waited = t - f[first + c.CONTACT_ARRIVED]
            urgency = waited * f[kind + c.KIND_WEIGHT]
            if waited >= f[offer + c.OFFER_DELAY] and urgency > most:
                best = first
                best_rank = rank
                most = urgency
        offer += c.OFFER_SIZE
    return best


@inner
def start(m: Cells, f: Floats, agent: int, contact: int, t: float) -> None:
    """An agent, in no list, answers a contact, in no queue."""
    kind = m[contact + c.CONTACT_KIND]
    interval = m[contact + c.CONTACT_INTERVAL]
    luck = m[contact + c.CONTACT_LUCK]
    wait = t - f[contact + c.CONTACT_ARRIVED]
    count_answer(m, f, kind, interval, wait)
    talk = f[contact + c.CONTACT_SERVICE]
    if talk < 0.0:
        service = m[kind + c.KIND_SERVICE]
        talk = duration_s(m, f, service, interval, luck, of_luck.SERVICE)
    after = m[kind + c.KIND_AFTER_WORK]
    wrap = duration_s(m, f, after, interval, luck, of_luck.AFTER_WORK)
    speed = f[m[agent + c.AGENT_SPEED] + m[kind + c.KIND_INDEX]]
    talk /= speed
    work = talk + wrap / speed
    m[agent + c.AGENT_CONTACTS] += 1
    if m[agent + c.AGENT_N] == 0:
        f[agent + c.AGENT_BUSY_SINCE] = t
    log_contact(m, f, contact, c.IS_ANSWERED, wait, work, agent)
    forget_contact(m, contact)
    if m[kind + c.KIND_TOGETHER] > 1:
        join(m, f, agent, kind, interval, luck, t, work)
        return
    m[agent + c.AGENT_N] = 1
    m[agent + c.AGENT_LIMIT] = 1
    f[tally_row(m, kind, interval) + c.HANDLING] += work
    schedule(m, f, t + work, c.FINISH, agent, 0)
    pass_on(m, f, kind, luck, t + talk)


@tight
def pass_on(m: Cells, f: Floats, kind: int, luck: int, at: float) -> None:
    """Transfer a contact to another type when its talk ends, if it is to be."""
    transfer = m[kind + c.KIND_TRANSFERS]
    last = m[kind + c.KIND_TRANSFERS_END]
    if transfer == last:
        return
    u = uniform(m, luck, of_luck.TRANSFER)
    while transfer < last:
        if u < f[transfer + c.TRANSFER_UPTO]:
            to = m[transfer + c.TRANSFER_KIND]
            contact = new_contact(m, f, to, mixed(luck, of_luck.PASSED_ON))
            if contact >= 0:
                m[contact + c.CONTACT_IS_TRANSFER] = 1
                version = m[contact + c.CONTACT_VERSION]
                schedule(m, f, at, c.ARRIVE, contact, version)
            return
        transfer += c.TRANSFER_SIZE


@tight
def end_busy(m: Cells, f: Floats, agent: int, t: float) -> None:
    """An agent's hands are empty again."""
    m[agent + c.AGENT_N] = 0
    since = f[agent + c.AGENT_BUSY_SINCE]
    add_span(m, f, m[m[agent + c.AGENT_GROUP] + c.GROUP_BUSY], since, t)
    f[agent + c.AGENT_BUSY_S] += t - since


@tight
def relist(m: Cells, f: Floats, agent: int, t: float) -> None:
    """Let an agent who can take more be found; one with all hands full cannot."""
    n = m[agent + c.AGENT_N]
    if n == 0 or n < m[agent + c.AGENT_LIMIT]:
        list_agent(m, f, agent, t)


@tight
def assign(m: Cells, f: Floats, agent: int, contact: int, t: float) -> None:
    """Give an agent found in a list a contact."""
    unlist_agent(m, agent)
    start(m, f, agent, contact, t)
    relist(m, f, agent, t)
