"""Before the day begins: the center is empty and everybody is outside."""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel import luck as of_luck
from callcenter.engine.simulation.kernel.heap import push
from callcenter.engine.simulation.kernel.inner import inner
from callcenter.engine.simulation.kernel.luck import mixed, next_arrival_s, uniform
from callcenter.engine.simulation.kernel.typing import Cells, Floats


@inner
def begin(m: Cells, f: Floats, key: int, flip: int) -> None:
    """Forget the day before."""
    f[c.NOW] = 0.0
    m[c.FLIP] = flip
    m[c.EVENTS] = 0
    m[c.COMING] = 0
    m[c.WAITING] = 0
    m[c.IS_FULL] = 0
    m[c.PLAN_NEXT] = m[c.PLAN]
    m[c.GIVEN_NEXT] = m[c.GIVEN]
    m[c.LOG_NEXT] = m[c.LOG]
    f[m[c.TALLY] : m[c.TALLY_END]] = 0.0
    f[m[c.BUSY] : m[c.BUSY_END]] = 0.0
    f[m[c.STAFFED] : m[c.STAFFED_END]] = 0.0
    _free_contacts(m)
    _empty_lines(m)
    _seat_agents(m, f, key)
    _call_kinds(m, f, key)


@inner
def _free_contacts(m: Cells) -> None:
    contact = m[c.CONTACTS]
    m[c.NEXT_FREE] = contact
    while contact < m[c.CONTACTS_END]:
        after = contact + c.CONTACT_SIZE
        m[contact + c.CONTACT_AFTER] = after if after < m[c.CONTACTS_END] else -1
        m[contact + c.CONTACT_VERSION] = 0
        contact = after


@inner
def _empty_lines(m: Cells) -> None:
    line = m[c.LINES]
    while line < m[c.LINES_END]:
        m[line + c.LINE_HEAD] = -1
        m[line + c.LINE_TAIL] = -1
        m[line + c.LINE_COUNT] = 0
        line += c.LINE_SIZE


@inner
def _seat_agents(m: Cells, f: Floats, key: int) -> None:
    """Everybody is off; those of a counted group stand in line, the first in front."""
    group = m[c.GROUPS]
    while group < m[c.GROUPS_END]:
        m[group + c.GROUP_ON_DUTY] = 0
        m[group + c.GROUP_CAP] = 0
        m[group + c.GROUP_FREE] = -1
        present = 0
        agent = m[group + c.GROUP_AGENTS]
        last = m[group + c.GROUP_AGENTS_END]
        if agent < last:
            m[group + c.GROUP_FREE] = agent
        while agent < last:
            _seat(m, f, agent, key)
            present += 1 - m[agent + c.AGENT_IS_ABSENT]
            m[agent + c.AGENT_PRESENT_UPTO] = present
            after = agent + c.AGENT_SIZE
            m[agent + c.AGENT_AFTER] = after if after < last else -1
            agent = after
        group += c.GROUP_SIZE


@inner
def _seat(m: Cells, f: Floats, agent: int, key: int) -> None:
    m[agent + c.AGENT_N] = 0
    m[agent + c.AGENT_LIMIT] = m[c.MOST_TOGETHER]
    m[agent + c.AGENT_LINE] = -1
    m[agent + c.AGENT_DUTY] = c.OFF
    m[agent + c.AGENT_LEAVING] = 0
    m[agent + c.AGENT_VERSION] = 0
    m[agent + c.AGENT_CONTACTS] = 0
    f[agent + c.AGENT_REST_S] = 0.0
    f[agent + c.AGENT_REST_UNTIL] = 0.0
    f[agent + c.AGENT_BUSY_S] = 0.0
    f[agent + c.AGENT_CLOCK] = 0.0
    f[agent + c.AGENT_CLOCK_AT] = 0.0
    f[agent + c.AGENT_SLOW_DOWN] = 0.0
    luck = mixed(key ^ m[agent + c.AGENT_STEM], 0)
    is_absent = uniform(m, luck, of_luck.ABSENCE) < f[agent + c.AGENT_ABSENCE]
    m[agent + c.AGENT_IS_ABSENT] = 1 if is_absent else 0


@inner
def _call_kinds(m: Cells, f: Floats, key: int) -> None:
    """Nobody waits; the first contact of each type is on its way."""
    is_given = m[c.GIVEN] < m[c.GIVEN_END]
    kind = m[c.KINDS]
    while kind < m[c.KINDS_END]:
        m[kind + c.KIND_KEY] = mixed(key ^ m[kind + c.KIND_STEM], 1)
        m[kind + c.KIND_HEAD] = -1
        m[kind + c.KIND_TAIL] = -1
        m[kind + c.KIND_WAITING] = 0
        m[kind + c.KIND_DRAWN] = 0
        m[kind + c.KIND_NEXT] = 0
        f[kind + c.KIND_TAU] = 0.0
        m[kind + c.KIND_LEFT] = m[kind + c.KIND_LIST_SIZE]
        if not is_given and m[kind + c.KIND_IS_OUTBOUND] == 0:
            at = next_arrival_s(m, f, kind)
            push(m, f, m[c.ARRIVALS], m[c.COMING], at, 0, kind, 0)
            m[c.COMING] += 1
        kind += c.KIND_SIZE
    if is_given:
        m[c.COMING] = 1
        f[m[c.ARRIVALS]] = f[m[c.GIVEN] + c.GIVEN_AT]
