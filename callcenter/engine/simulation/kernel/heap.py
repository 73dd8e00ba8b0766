"""A binary heap of events by time, from an address on."""

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.kernel.inner import tight
from callcenter.engine.simulation.kernel.typing import Cells, Floats

_SIZE = c.EVENT_SIZE


@tight
def _copy(m: Cells, to: int, of: int) -> None:
    m[to] = m[of]
    m[to + 1] = m[of + 1]
    m[to + 2] = m[of + 2]
    m[to + 3] = m[of + 3]


@tight
def _write(
    m: Cells, f: Floats, event: int, at: float, kind: int, of: int, version: int
) -> None:
    f[event + c.EVENT_AT] = at
    m[event + c.EVENT_KIND] = kind
    m[event + c.EVENT_OF] = of
    m[event + c.EVENT_VERSION] = version


@tight
def push(
    m: Cells,
    f: Floats,
    heap: int,
    n: int,
    at: float,
    kind: int,
    of: int,
    version: int,
) -> None:
    """Add an event to the first `n`."""
    i = n
    while i > 0:
        parent = (i - 1) >> 1
        if f[heap + _SIZE * parent] <= at:
            break
        _copy(m, heap + _SIZE * i, heap + _SIZE * parent)
        i = parent
    _write(m, f, heap + _SIZE * i, at, kind, of, version)


@tight
def replace_first(
    m: Cells,
    f: Floats,
    heap: int,
    n: int,
    at: float,
    kind: int,
    of: int,
    version: int,
) -> None:
    """Put an event in the place of the earliest of `n`."""
    i = 0
    child = 1
    while child < n:
        earliest = f[heap + _SIZE * child]
        if child + 1 < n and f[heap + _SIZE * (child + 1)] < earliest:
            child += 1
            earliest = f[heap + _SIZE * child]
        if earliest >= at:
            break
        _copy(m, heap + _SIZE * i, heap + _SIZE * child)
        i = child
        child = 2 * i + 1
    _write(m, f, heap + _SIZE * i, at, kind, of, version)


@tight
def drop_first(m: Cells, f: Floats, heap: int, n: int) -> None:
    """Take the earliest of `n` events away."""
    if n > 1:
        last = heap + _SIZE * (n - 1)
        replace_first(
            m,
            f,
            heap,
            n - 1,
            f[last + c.EVENT_AT],
            m[last + c.EVENT_KIND],
            m[last + c.EVENT_OF],
            m[last + c.EVENT_VERSION],
        )


@tight
def schedule(m: Cells, f: Floats, at: float, kind: int, of: int, version: int) -> None:
    """Let something happen at a time to come; stale when its version has moved on."""
    n = m[c.EVENTS]
    if n >= m[c.EVENTS_MOST]:
        m[c.IS_FULL] = 1
        return
    push(m, f, m[c.HEAP], n, at, kind, of, version)
    m[c.EVENTS] = n + 1
