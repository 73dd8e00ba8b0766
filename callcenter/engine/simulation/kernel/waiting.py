"""Contacts come, wait, give up and come again."""

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
from callcenter.engine.simulation.kernel.inner import inner, tight
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


@tight
def seek(m: Cells, f: Floats, contact: int, t: float, is_new: int) -> None:
    """A contact that comes, or may now go to more groups, looks for an agent."""
    kind = m[contact + c.CONTACT_KIND]
    if is_new:
        _note(m, f, contact, t)
    # Where somebody of the type waits, nobody is free for one who comes later.
    if is_new == 0 or m[kind + c.KIND_WAITING] == 0:
        agent = find_agent(m, f, kind, t - f[contact + c.CONTACT_ARRIVED])
        if agent >= 0:
            if is_new == 0:
                dequeue(m, contact)
            assign(m, f, agent, contact, t)
            return
    outcome = _turned_away(m, f, contact, t) if is_new else c.IS_ANSWERED
    if outcome == c.IS_ANSWERED:
        if m[kind + c.KIND_HAS_DELAYS]:
            _watch(m, f, contact, t)
    else:
        lose(m, f, contact, t, outcome, 0.0)


@tight
def _note(m: Cells, f: Floats, contact: int, t: float) -> None:
    """Count a contact in the interval in which it comes."""
    interval = interval_at(m, f, t)
    f[contact + c.CONTACT_ARRIVED] = t
    m[contact + c.CONTACT_INTERVAL] = interval
    row = tally_row(m, m[contact + c.CONTACT_KIND], interval)
    f[row + c.OFFERED] += 1.0
    if m[contact + c.CONTACT_ATTEMPT] > 0:
        f[row + c.REDIALS] += 1.0
    if m[contact + c.CONTACT_IS_TRANSFER]:
        f[row + c.TRANSFERS] += 1.0


@inner
def _turned_away(m: Cells, f: Floats, contact: int, t: float) -> int:
    """What becomes of a contact that must wait: lost at once, or in the queue."""
    kind = m[contact + c.CONTACT_KIND]
    interval = m[contact + c.CONTACT_INTERVAL]
    row = tally_row(m, kind, interval)
    is_full = m[kind + c.KIND_WAITING] >= m[kind + c.KIND_CAPACITY]
    if is_full or m[c.WAITING] >= m[c.CAPACITY]:
        f[row + c.BLOCKED] += 1.0
        return c.IS_BLOCKED
    if m[kind + c.KIND_DISCONNECTS] and t >= f[kind + c.KIND_CLOSES_AT]:
        f[row + c.DISCONNECTED] += 1.0
        return c.IS_DISCONNECTED
    patience = _patience_s(m, f, contact)
    if patience < 0.0:
        f[row + c.BALKED] += 1.0
        count_abandon(m, f, kind, interval, 0.0)
        return c.IS_ABANDONED
    enqueue(m, contact)
    if patience < NEVER:
        version = m[contact + c.CONTACT_VERSION]
        schedule(m, f, t + patience, c.ABANDON, contact, version)
    return c.IS_ANSWERED


@inner
def _patience_s(m: Cells, f: Floats, contact: int) -> float:
    """How long a contact will wait; -1 when the sight of the queue is enough."""
    if f[contact + c.CONTACT_PATIENCE] >= 0.0:
        return f[contact + c.CONTACT_PATIENCE]
    kind = m[contact + c.CONTACT_KIND]
    balk = f[kind + c.KIND_BALK]
    u = uniform(m, m[contact + c.CONTACT_LUCK], of_luck.PATIENCE)
    if u < balk:
        return -1.0
    duration = m[kind + c.KIND_PATIENCE]
    if duration < 0:
        return NEVER
    rest = (u - balk) / (1.0 - balk)
    return quantile_s(m, f, duration, m[contact + c.CONTACT_INTERVAL], rest)


@inner
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
        while at - f[contact + c.CONTACT_ARRIVED] < next_delay:  # lost in rounding
            at += 1e-9
        schedule(m, f, at, c.TIMER, contact, m[contact + c.CONTACT_VERSION])


@inner
def abandon(m: Cells, f: Floats, contact: int, t: float) -> None:
    """A waiting contact's patience has run out."""
    wait = t - f[contact + c.CONTACT_ARRIVED]
    kind = m[contact + c.CONTACT_KIND]
    dequeue(m, contact)
    count_abandon(m, f, kind, m[contact + c.CONTACT_INTERVAL], wait)
    lose(m, f, contact, t, c.IS_ABANDONED, wait)


@inner
def disconnect_all(m: Cells, f: Floats, kind: int, t: float) -> None:
    """The queue of a type is cleared at its closing time."""
    while m[kind + c.KIND_HEAD] >= 0:
        contact = m[kind + c.KIND_HEAD]
        dequeue(m, contact)
        row = tally_row(m, kind, m[contact + c.CONTACT_INTERVAL])
        f[row + c.DISCONNECTED] += 1.0
        wait = t - f[contact + c.CONTACT_ARRIVED]
        lose(m, f, contact, t, c.IS_DISCONNECTED, wait)


@inner
def lose(
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
