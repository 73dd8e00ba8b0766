"""Contacts come, wait, give up and come again."""

from callcenter.engine.compiled import njit
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel import luck as of_luck
from callcenter.engine.simulation.kernel.cells import NEVER
from callcenter.engine.simulation.kernel.counting import (
    count_abandon,
    interval_at,
    log_contact,
    tally_row,
)
from callcenter.engine.simulation.kernel.heap import schedule
from callcenter.engine.simulation.kernel.lists import (
    dequeue,
    enqueue,
    forget_contact,
    new_contact,
)
from callcenter.engine.simulation.kernel.luck import (
    duration_s,
    mixed,
    quantile_s,
    uniform,
)
from callcenter.engine.simulation.kernel.serving import assign, find_agent
from callcenter.engine.simulation.kernel.typing import Cells, Floats


@njit(cache=True, nogil=True)
def arrive(m: Cells, f: Floats, contact: int, t: float) -> None:
    """A contact is answered at once, waits, or is turned away."""
    kind = m[contact + c.CONTACT_KIND]
    interval = interval_at(m, f, t)
    f[contact + c.CONTACT_ARRIVED] = t
    m[contact + c.CONTACT_INTERVAL] = interval
    row = tally_row(m, kind, interval)
    f[row + c.OFFERED] += 1.0
    f[row + c.REDIALS] += m[contact + c.CONTACT_ATTEMPT] > 0
    f[row + c.TRANSFERS] += m[contact + c.CONTACT_IS_TRANSFER]
    # Where somebody of the type waits, nobody is free for one who comes later.
    waiting = m[kind + c.KIND_WAITING]
    if waiting == 0:
        agent = find_agent(m, f, kind, t, t)
        if agent >= 0:
            assign(m, f, agent, contact, t)
            return
    if waiting >= m[kind + c.KIND_CAPACITY] or m[c.WAITING] >= m[c.CAPACITY]:
        f[row + c.BLOCKED] += 1.0
        _lose(m, f, contact, t, c.IS_BLOCKED, 0.0)
    elif m[kind + c.KIND_DISCONNECTS] and t >= f[kind + c.KIND_CLOSES_AT]:
        f[row + c.DISCONNECTED] += 1.0
        _lose(m, f, contact, t, c.IS_DISCONNECTED, 0.0)
    else:
        _wait(m, f, contact, t)


@njit(cache=True, nogil=True)
def _wait(m: Cells, f: Floats, contact: int, t: float) -> None:
    """Stand in the queue with a patience, unless the sight of it is enough."""
    kind = m[contact + c.CONTACT_KIND]
    interval = m[contact + c.CONTACT_INTERVAL]
    patience = f[contact + c.CONTACT_PATIENCE]
    if patience < 0.0:
        balk = f[kind + c.KIND_BALK]
        u = uniform(m, m[contact + c.CONTACT_LUCK], of_luck.PATIENCE)
        if u < balk:
            f[tally_row(m, kind, interval) + c.BALKED] += 1.0
            count_abandon(m, f, kind, interval, 0.0)
            _lose(m, f, contact, t, c.IS_ABANDONED, 0.0)
            return
        patience = NEVER
        duration = m[kind + c.KIND_PATIENCE]
        if duration >= 0:
            u = (u - balk) / (1.0 - balk)
            patience = quantile_s(m, f, duration, interval, u)
    enqueue(m, contact)
    if patience < NEVER:
        version = m[contact + c.CONTACT_VERSION]
        schedule(m, f, t + patience, c.ABANDON, contact, version)
    if m[kind + c.KIND_HAS_DELAYS]:
        _watch(m, f, contact, t)


@njit(cache=True, nogil=True)
def _watch(m: Cells, f: Floats, contact: int, t: float) -> None:
    """Look again when the next group may take the contact."""
    kind = m[contact + c.CONTACT_KIND]
    waited = t - f[contact + c.CONTACT_ARRIVED]
    next_delay = NEVER
    route = m[kind + c.KIND_ROUTES]
    while route < m[kind + c.KIND_ROUTES_END]:
        delay = f[route + c.ROUTE_DELAY]
        if waited < delay < next_delay:
            next_delay = delay
        route += c.ROUTE_SIZE
    if next_delay < NEVER:
        at = f[contact + c.CONTACT_ARRIVED] + next_delay
        while at - f[contact + c.CONTACT_ARRIVED] < next_delay:
            at += 1e-9
        schedule(m, f, at, c.TIMER, contact, m[contact + c.CONTACT_VERSION])


@njit(cache=True, nogil=True)
def look_again(m: Cells, f: Floats, contact: int, t: float) -> None:
    """More groups may take a waiting contact now."""
    kind = m[contact + c.CONTACT_KIND]
    agent = find_agent(m, f, kind, f[contact + c.CONTACT_ARRIVED], t)
    if agent >= 0:
        dequeue(m, contact)
        assign(m, f, agent, contact, t)
    else:
        _watch(m, f, contact, t)


@njit(cache=True, nogil=True)
def abandon(m: Cells, f: Floats, contact: int, t: float) -> None:
    """A waiting contact's patience has run out."""
    wait = t - f[contact + c.CONTACT_ARRIVED]
    kind = m[contact + c.CONTACT_KIND]
    dequeue(m, contact)
    count_abandon(m, f, kind, m[contact + c.CONTACT_INTERVAL], wait)
    _lose(m, f, contact, t, c.IS_ABANDONED, wait)


@njit(cache=True, nogil=True)
def disconnect_all(m: Cells, f: Floats, kind: int, t: float) -> None:
    """The queue of a type is cleared at its closing time."""
    while m[kind + c.KIND_HEAD] >= 0:
        contact = m[kind + c.KIND_HEAD]
        dequeue(m, contact)
        row = tally_row(m, kind, m[contact + c.CONTACT_INTERVAL])
        f[row + c.DISCONNECTED] += 1.0
        wait = t - f[contact + c.CONTACT_ARRIVED]
        _lose(m, f, contact, t, c.IS_DISCONNECTED, wait)


@njit(cache=True, nogil=True)
def _lose(
    m: Cells, f: Floats, contact: int, t: float, outcome: int, wait: float
) -> None:
    """A contact is gone; maybe it comes again before closing time."""
    log_contact(m, f, contact, outcome, wait, 0.0, -1)
    kind = m[contact + c.CONTACT_KIND]
    luck = m[contact + c.CONTACT_LUCK]
    attempt = m[contact + c.CONTACT_ATTEMPT] + 1
    interval = m[contact + c.CONTACT_INTERVAL]
    forget_contact(m, contact)
    if attempt >= m[kind + c.KIND_MAX_ATTEMPTS]:
        return
    if uniform(m, luck, of_luck.REDIAL) >= f[kind + c.KIND_REDIAL]:
        return
    delay = m[kind + c.KIND_DELAY]
    at = t + duration_s(m, f, delay, interval, luck, of_luck.DELAY)
    if at < f[kind + c.KIND_CLOSES_AT]:
        again = new_contact(m, f, kind, mixed(luck, of_luck.NEXT_ATTEMPT))
        if again >= 0:
            m[again + c.CONTACT_ATTEMPT] = attempt
            schedule(m, f, at, c.ARRIVE, again, m[again + c.CONTACT_VERSION])
