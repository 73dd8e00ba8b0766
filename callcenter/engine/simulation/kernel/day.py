"""One day of a center, event by event."""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel.cells import NEVER
from callcenter.engine.simulation.kernel.counting import (
    add_span,
    log_contact,
    tally_row,
)
from callcenter.engine.simulation.kernel.dialling import set_dialling
from callcenter.engine.simulation.kernel.duty import (
    come,
    end_shift,
    set_head_count,
    start_break,
    start_shift,
    take_next,
)
from callcenter.engine.simulation.kernel.heap import drop_first, replace_first, schedule
from callcenter.engine.simulation.kernel.inner import borrowed, inner, outer, tight
from callcenter.engine.simulation.kernel.lists import new_contact
from callcenter.engine.simulation.kernel.luck import mixed, next_arrival_s
from callcenter.engine.simulation.kernel.morning import begin
from callcenter.engine.simulation.kernel.serving import end_busy, pass_on
from callcenter.engine.simulation.kernel.together import leave_first
from callcenter.engine.simulation.kernel.typing import Cells, Floats
from callcenter.engine.simulation.kernel.waiting import (
    abandon,
    disconnect_all,
    seek,
)


@outer
def simulate_day(m: Cells, f: Floats, key: int, flip: int) -> bool:
    """Let one day happen and count it; False when the memory was too small."""
    cells, floats = borrowed(m, f)
    begin(cells, floats, key, flip)
    _live(cells, floats)
    return cells[c.IS_FULL] == 0


@tight
def _live(m: Cells, f: Floats) -> None:
    heap = m[c.HEAP]
    arrivals = m[c.ARRIVALS]
    while m[c.IS_FULL] == 0:
        at_plan = _next_planned(m, f)
        at_event = f[heap] if m[c.EVENTS] > 0 else NEVER
        at_come = f[arrivals] if m[c.COMING] > 0 else NEVER
        if at_plan <= at_event and at_plan <= at_come:
            if at_plan == NEVER:
                break
            _carry_out_plan(m, f)
            continue
        agent, contact, is_new = -1, -1, 1
        t = at_come
        if at_come <= at_event:
            f[c.NOW] = t
            contact = _admit(m, f)
        else:
            t = at_event
            agent, contact, is_new = _happen(m, f, t)
        if agent >= 0:
            take_next(m, f, agent, t)
        elif contact >= 0:
            seek(m, f, contact, t, is_new)
    _end(m, f, max(f[c.NOW], f[c.HORIZON_S]))


@tight
def _next_planned(m: Cells, f: Floats) -> float:
    """The next known event; after the horizon only while somebody is there."""
    planned = m[c.PLAN_NEXT]
    if planned >= m[c.PLAN_END]:
        return NEVER
    at = f[planned + c.PLANNED_AT]
    if at > f[c.HORIZON_S] and m[c.EVENTS] == 0 and m[c.WAITING] == 0:
        return NEVER
    return at


@inner
def _carry_out_plan(m: Cells, f: Floats) -> None:
    planned = m[c.PLAN_NEXT]
    m[c.PLAN_NEXT] = planned + c.PLANNED_SIZE
    t = f[planned + c.PLANNED_AT]
    value = f[planned + c.PLANNED_VALUE]
    what = m[planned + c.PLANNED_WHAT]
    of = m[planned + c.PLANNED_OF]
    if what == c.COUNT:
        set_head_count(m, f, of, int(value), t)
    elif what == c.SHIFT_START:
        start_shift(m, f, of, t)
    elif what == c.SHIFT_END:
        end_shift(m, f, of, t)
    elif what == c.BREAK:
        start_break(m, f, of, t, value)
    elif what == c.CLOSE:
        disconnect_all(m, f, of, t)
    else:
        schedule(m, f, t, c.DIAL, of, 0)


@tight
def _happen(m: Cells, f: Floats, t: float) -> tuple[int, int, int]:
    """The earliest event of the heap: who has a free hand now, or who seeks one."""
    event = m[c.HEAP]
    kind = m[event + c.EVENT_KIND]
    of = m[event + c.EVENT_OF]
    version = m[event + c.EVENT_VERSION]
    drop_first(m, f, event, m[c.EVENTS])
    m[c.EVENTS] -= 1
    if kind == c.FINISH:
        f[c.NOW] = t
        end_busy(m, f, of, t)
        return of, -1, 0
    if kind == c.COME:
        return of if come(m, f, of, t) else -1, -1, 0
    if kind == c.FINISH_ONE:
        if version != m[of + c.AGENT_VERSION]:
            return -1, -1, 0
        f[c.NOW] = t
        _finish_one(m, f, of, t)
        return of, -1, 0
    if kind == c.DIAL:
        m[of + c.KIND_LEFT] += version
        set_dialling(m, f, of, t)
        return -1, -1, 0
    if version != m[of + c.CONTACT_VERSION]:
        return -1, -1, 0
    f[c.NOW] = t
    if kind == c.ABANDON:
        abandon(m, f, of, t)
        return -1, -1, 0
    return -1, of, int(kind == c.ARRIVE)


@inner
def _finish_one(m: Cells, f: Floats, agent: int, t: float) -> None:
    """One of several contacts in hand is done."""
    kind, luck = leave_first(m, f, agent, t)
    if m[agent + c.AGENT_N] == 0:
        end_busy(m, f, agent, t)
    pass_on(m, f, kind, luck, t)


@tight
def _admit(m: Cells, f: Floats) -> int:
    """The next contact from outside; and when the one after it comes."""
    given = m[c.GIVEN_NEXT]
    is_given = m[c.GIVEN] < m[c.GIVEN_END]
    arrivals = m[c.ARRIVALS]
    kind = m[given + c.GIVEN_KIND] if is_given else m[arrivals + c.EVENT_OF]
    luck = mixed(m[kind + c.KIND_KEY], m[kind + c.KIND_DRAWN])
    m[kind + c.KIND_DRAWN] += 1
    contact = new_contact(m, f, kind, luck)
    if contact < 0:
        return -1
    if is_given:
        f[contact + c.CONTACT_SERVICE] = f[given + c.GIVEN_SERVICE]
        f[contact + c.CONTACT_PATIENCE] = f[given + c.GIVEN_PATIENCE]
        given += c.GIVEN_SIZE
        m[c.GIVEN_NEXT] = given
        f[arrivals] = f[given + c.GIVEN_AT] if given < m[c.GIVEN_END] else NEVER
    else:
        at = next_arrival_s(m, f, kind)
        replace_first(m, f, arrivals, m[c.COMING], at, 0, kind, 0)
    return contact


@inner
def _end(m: Cells, f: Floats, t: float) -> None:
    """Count who is still waiting, and the time of those still on duty."""
    kind = m[c.KINDS]
    while kind < m[c.KINDS_END]:
        contact = m[kind + c.KIND_HEAD]
        while contact >= 0:
            f[tally_row(m, kind, m[contact + c.CONTACT_INTERVAL]) + c.LEFT] += 1.0
            wait = t - f[contact + c.CONTACT_ARRIVED]
            log_contact(m, f, contact, c.IS_LEFT, wait, 0.0, -1)
            contact = m[contact + c.CONTACT_AFTER]
        kind += c.KIND_SIZE
    agent = m[c.AGENTS]
    while agent < m[c.AGENTS_END]:
        if m[agent + c.AGENT_DUTY] == c.ON and f[agent + c.AGENT_ON_SINCE] < t:
            row = m[m[agent + c.AGENT_GROUP] + c.GROUP_STAFFED]
            add_span(m, f, row, f[agent + c.AGENT_ON_SINCE], t)
        agent += c.AGENT_SIZE
