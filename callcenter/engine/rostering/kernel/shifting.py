"""Shifts with their breaks where they cost least."""

import numpy as np

from callcenter.engine.rostering.kernel.parts import (
    Floats,
    Ints,
    Library,
    Marks,
    inner,
)


@inner
def cost_of_shifts(
    library: Library,
    is_legal: Marks,
    running: Floats,
    bars: Ints,
    room: Floats,
    out: Floats,
) -> None:
    """Points of each legal shift with its best breaks; inf where there are none.

    Parameters
    ----------
    running, bars : shape (t + 1,), sums of the price and of the barred intervals before
    room : shape (b, offsets), written over
    """
    for o in range(len(out)):
        if not is_legal[o]:
            out[o] = np.inf
            continue
        begin, family = library.start[o], library.family[o]
        whole = running[library.end[o]] - running[begin]
        out[o] = whole + best_breaks(library, family, begin, running, bars, room)


@inner
def best_breaks(
    library: Library, family: int, begin: int, running: Floats, bars: Ints, room: Floats
) -> float:
    """Points that the best breaks of one shift add, inf when none are legal.

    ``room[b, offset]`` becomes the least of break ``b`` and all before it when it
    starts at that offset or earlier.
    """
    least = 0.0
    for b in range(library.n_breaks[family]):
        size = library.size[family, b]
        first = library.earliest[family, b]
        last = library.latest[family, b]
        least = np.inf
        for offset in range(first, last + 1):
            at = begin + offset
            points = running[at] - running[at + size]
            if bars[at + size] > bars[at]:
                points = np.inf
            if b > 0:
                before = offset - library.size[family, b - 1] - library.work[family]
                points += _by_then(library, family, b - 1, before, room)
            least = min(least, points)
            room[b, offset] = least
        if least == np.inf:
            return np.inf
    return least


@inner
def _by_then(library: Library, family: int, b: int, offset: int, room: Floats) -> float:
    if offset < library.earliest[family, b]:
        return np.inf
    return room[b, min(offset, library.latest[family, b])]


@inner
def place_breaks(
    library: Library,
    option: int,
    running: Floats,
    bars: Ints,
    room: Floats,
    out: Ints,
) -> None:
    """Write the starts of a shift's best breaks."""
    family, begin = library.family[option], library.start[option]
    best_breaks(library, family, begin, running, bars, room)
    limit = library.length[family]
    for b in range(library.n_breaks[family] - 1, -1, -1):
        offset = min(limit - library.size[family, b], library.latest[family, b])
        # The earliest offset that is as good: sums before it are higher.
        while (
            offset > library.earliest[family, b]
            and room[b, offset - 1] <= room[b, offset]
        ):
            offset -= 1
        out[b] = begin + offset
        limit = offset - library.work[family]


@inner
def mark_presence(
    library: Library,
    chosen: Ints,
    pauses: Ints,
    fixed: Marks,
    barred: Marks,
    out: Marks,
) -> None:
    """1 where an agent is on contacts: shifts without breaks and meetings, and pins."""
    out[:] = fixed
    for d in range(len(chosen)):
        option = chosen[d]
        if option < 0:
            continue
        out[library.start[option] : library.end[option]] = 1
        family = library.family[option]
        for b in range(library.n_breaks[family]):
            out[pauses[d, b] : pauses[d, b] + library.size[family, b]] = 0
    for t in range(len(out)):
        if barred[t]:
            out[t] = 0
