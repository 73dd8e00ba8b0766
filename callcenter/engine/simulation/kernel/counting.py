"""Counting: what became of contacts, and how agents' time was spent."""

import math

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel.inner import inner, tight
from callcenter.engine.simulation.kernel.typing import Cells, Floats

_PER_LOG = 1.0 / math.log(c.BIN_GROWTH)


@tight
def interval_at(m: Cells, f: Floats, t: float) -> int:
    """The interval of a time; the last one stands for all after the horizon."""
    return min(int(t / f[c.INTERVAL_S]), m[c.N_INTERVALS])


@tight
def add_span(m: Cells, f: Floats, row: int, start: float, end: float) -> None:
    """Add a stretch of time to the intervals it touches."""
    p = interval_at(m, f, start)
    last = interval_at(m, f, end)
    while p < last:
        edge = (p + 1) * f[c.INTERVAL_S]
        f[row + p] += edge - start
        start = edge
        p += 1
    f[row + p] += end - start


@tight
def wait_bin(wait: float) -> int:
    """The bin in which a wait is counted."""
    if wait <= 0.0:
        return 0
    if wait < c.FIRST_EDGE_S:
        return 1
    return min(2 + int(math.log(wait / c.FIRST_EDGE_S) * _PER_LOG), c.N_BINS - 1)


@tight
def tally_row(m: Cells, kind: int, interval: int) -> int:
    """The address of a type's tally in an interval."""
    return m[kind + c.KIND_TALLY] + interval * c.N_COLUMNS


@tight
def count_answer(m: Cells, f: Floats, kind: int, interval: int, wait: float) -> None:
    """Somebody was answered after a wait."""
    row = tally_row(m, kind, interval)
    f[row + c.ANSWERED] += 1.0
    f[row + c.WAIT_ANSWERED] += wait
    if wait <= f[kind + c.KIND_THRESHOLD_S]:
        f[row + c.IN_THRESHOLD] += 1.0
    m[m[kind + c.KIND_WAITS] + interval * c.N_BINS + wait_bin(wait)] += 1


@inner
def count_abandon(m: Cells, f: Floats, kind: int, interval: int, wait: float) -> None:
    """Somebody gave up after a wait."""
    row = tally_row(m, kind, interval)
    f[row + c.ABANDONED] += 1.0
    f[row + c.WAIT_ABANDONED] += wait
    if wait <= f[kind + c.KIND_THRESHOLD_S]:
        f[row + c.ABANDONED_IN_THRESHOLD] += 1.0


@inner
def log_contact(
    m: Cells,
    f: Floats,
    contact: int,
    outcome: int,
    wait: float,
    work: float,
    agent: int,
) -> None:
    """Write down one contact's story, where stories are wanted."""
    if m[c.LOG] == m[c.LOG_END]:
        return
    line = m[c.LOG_NEXT]
    if line >= m[c.LOG_END]:
        m[c.IS_FULL] = 1
        return
    m[c.LOG_NEXT] = line + c.LOG_SIZE
    f[line + c.LOG_ARRIVED] = f[contact + c.CONTACT_ARRIVED]
    f[line + c.LOG_WAIT] = wait
    f[line + c.LOG_WORK] = work
    m[line + c.LOG_KIND] = m[m[contact + c.CONTACT_KIND] + c.KIND_INDEX]
    m[line + c.LOG_OUTCOME] = outcome
    m[line + c.LOG_AGENT] = m[agent + c.AGENT_INDEX] if agent >= 0 else -1
    m[line + c.LOG_ATTEMPT] = m[contact + c.CONTACT_ATTEMPT]
    m[line + c.LOG_IS_TRANSFER] = m[contact + c.CONTACT_IS_TRANSFER]
