"""Doubly linked lists inside the records: free agents by group, waiting contacts."""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel.inner import tight
from callcenter.engine.simulation.kernel.typing import Cells, Floats


@tight
def list_agent(m: Cells, f: Floats, agent: int, t: float) -> None:
    """Put an agent last among those of the group with as many contacts in hand."""
    line = m[m[agent + c.AGENT_GROUP] + c.GROUP_LINES]
    line += m[agent + c.AGENT_N] * c.LINE_SIZE
    last = m[line + c.LINE_TAIL]
    m[agent + c.AGENT_LINE] = line
    f[agent + c.AGENT_SINCE] = t
    m[agent + c.AGENT_BEFORE] = last
    m[agent + c.AGENT_AFTER] = -1
    if last >= 0:
        m[last + c.AGENT_AFTER] = agent
    else:
        m[line + c.LINE_HEAD] = agent
    m[line + c.LINE_TAIL] = agent
    m[line + c.LINE_COUNT] += 1


@tight
def unlist_agent(m: Cells, agent: int) -> None:
    """Take an agent out of the list it stands in, if any."""
    line = m[agent + c.AGENT_LINE]
    if line < 0:
        return
    before = m[agent + c.AGENT_BEFORE]
    after = m[agent + c.AGENT_AFTER]
    if before >= 0:
        m[before + c.AGENT_AFTER] = after
    else:
        m[line + c.LINE_HEAD] = after
    if after >= 0:
        m[after + c.AGENT_BEFORE] = before
    else:
        m[line + c.LINE_TAIL] = before
    m[line + c.LINE_COUNT] -= 1
    m[agent + c.AGENT_LINE] = -1


@tight
def new_contact(m: Cells, f: Floats, kind: int, luck: int) -> int:
    """A record for a contact; -1 when there is no room left."""
    contact = m[c.NEXT_FREE]
    if contact < 0:
        m[c.IS_FULL] = 1
        return -1
    m[c.NEXT_FREE] = m[contact + c.CONTACT_AFTER]
    m[contact + c.CONTACT_KIND] = kind
    m[contact + c.CONTACT_LUCK] = luck
    f[contact + c.CONTACT_SERVICE] = -1.0
    f[contact + c.CONTACT_PATIENCE] = -1.0
    m[contact + c.CONTACT_ATTEMPT] = 0
    m[contact + c.CONTACT_IS_TRANSFER] = 0
    return contact


@tight
def forget_contact(m: Cells, contact: int) -> None:
    """Give a record back; events that still name it become stale."""
    m[contact + c.CONTACT_VERSION] += 1
    m[contact + c.CONTACT_AFTER] = m[c.NEXT_FREE]
    m[c.NEXT_FREE] = contact


@tight
def enqueue(m: Cells, contact: int) -> None:
    """Let a contact wait, last of its type."""
    kind = m[contact + c.CONTACT_KIND]
    last = m[kind + c.KIND_TAIL]
    m[contact + c.CONTACT_BEFORE] = last
    m[contact + c.CONTACT_AFTER] = -1
    if last >= 0:
        m[last + c.CONTACT_AFTER] = contact
    else:
        m[kind + c.KIND_HEAD] = contact
    m[kind + c.KIND_TAIL] = contact
    m[kind + c.KIND_WAITING] += 1
    m[c.WAITING] += 1


@tight
def dequeue(m: Cells, contact: int) -> None:
    """Take a contact out of the queue, wherever it stands."""
    kind = m[contact + c.CONTACT_KIND]
    before = m[contact + c.CONTACT_BEFORE]
    after = m[contact + c.CONTACT_AFTER]
    if before >= 0:
        m[before + c.CONTACT_AFTER] = after
    else:
        m[kind + c.KIND_HEAD] = after
    if after >= 0:
        m[after + c.CONTACT_BEFORE] = before
    else:
        m[kind + c.KIND_TAIL] = before
    m[kind + c.KIND_WAITING] -= 1
    m[c.WAITING] -= 1
