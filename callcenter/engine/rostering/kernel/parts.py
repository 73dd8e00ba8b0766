"""What the compiled functions read and work on, as plain arrays.

Axes are named by a letter: agents ``a``, days ``d``, weeks ``w``, intervals ``t``,
shifts of the library ``o``, their kinds ``k`` (paid time and whether it is a night),
families of shifts ``f``, breaks of a shift ``b``, contracts ``c``, components of queues
tied together by skills ``p``, sets of queues in one ``s``, levels of what somebody
missing costs ``l``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.compiled import njit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.int8]

inner = njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
# For what is called in loops: a call hands over every array of a tuple.
spliced = njit(
    nogil=True, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
)
# Sums and least values in any order, so that several are taken at once.
fast = njit(
    nogil=True,
    fastmath={"nnan", "nsz", "reassoc", "contract"},
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)
outer = njit(cache=True, nogil=True)

NONE = -1
NEVER = -(10**6)
UNLIMITED = 10**6


class Library(NamedTuple):
    """Every shift that anybody may work, by day.

    Attributes
    ----------
    first : shape (d + 1,), the first shift of each day and the number of all
    family, start, end, local_start, kind : shape (o,), ``end`` excluded
    kind_paid, kind_night : shape (k,), paid minutes; 1 for a night
    length, work, n_breaks, template : shape (f,), intervals but for the last two;
        ``work`` between two breaks at least
    size, earliest, latest : shape (f, b), intervals, offsets from the shift's start
    """

    first: Ints
    family: Ints
    start: Ints
    end: Ints
    local_start: Ints
    kind: Ints
    kind_paid: Ints
    kind_night: Ints
    length: Ints
    work: Ints
    n_breaks: Ints
    template: Ints
    size: Ints
    earliest: Ints
    latest: Ints


class Calendar(NamedTuple):
    """Days: their week, weekend (-1 for none) and start; whole weeks, shape (w,)."""

    week: Ints
    weekend: Ints
    opens: Ints
    is_full: Marks


class People(NamedTuple):
    """What each agent may do, wishes and brings along.

    Attributes
    ----------
    contract, part : shape (a,), the component is -1 for somebody without any skill
    hits : shape (a, s), 1 for the sets of queues that the agent can help
    is_legal : shape (a, o), shifts that break no rule by themselves
    wish : shape (a, d, templates + 1), points of working; ``off`` of a day off, (a, d)
    barred : shape (a, t), 1 in a meeting
    pinned : shape (a, d, 6), whether the day is, start, end, paid minutes, night,
        local start; ``pinned_wish`` points, (a, d)
    fixed : shape (a, t), 1 where the pinned shifts are at work
    past : shape (a, 6), days in a row, end of the last shift, paid minutes and days of
        the first week, nights, weekends
    credited : shape (a, w), paid minutes of leave
    """

    contract: Ints
    part: Ints
    hits: Ints
    is_legal: Marks
    wish: Floats
    off: Floats
    barred: Marks
    pinned: Ints
    pinned_wish: Floats
    fixed: Marks
    past: Ints
    credited: Ints


class Wanted(NamedTuple):
    """Demand by component.

    Attributes
    ----------
    demand : shape (p, l, s, t), agents at or above a level; -inf where there is no set
    n_sets : shape (p,)
    steps : shape (p, l), points per agent-interval missing, drop to the next level
    over : float, points per agent-interval at work
    """

    demand: Floats
    n_sets: Ints
    steps: Floats
    over: float


class Weights(NamedTuple):
    """Points: per paid hour that a contract lacks, per hour of another start, nights,
    weekends.
    """

    short_h: float
    change_h: float
    night: float
    weekend: float


class Plan(NamedTuple):
    """A roster under construction.

    Attributes
    ----------
    chosen : shape (a, d), the shift or NONE
    pauses : shape (a, d, b), starts of its breaks
    presence : shape (a, t), 1 at work
    points : shape (a,), own points of each agent
    counts : shape (p, s, t), agents at work by set; ``staff`` all of them, (p, t)
    """

    chosen: Ints
    pauses: Ints
    presence: Marks
    points: Floats
    counts: Ints
    staff: Ints


class Task(NamedTuple):
    """A problem as the compiled functions take it; ``limits`` is (c, fields)."""

    library: Library
    calendar: Calendar
    limits: Ints
    people: People
    wanted: Wanted
    weights: Weights


class Desk(NamedTuple):
    """Room to work in, made once and written over; see `lining`.

    Attributes
    ----------
    value : shape (d + 1, states, columns)
    state : shape (d + 1, states, 7); ``n_states`` of them, (d + 1,)
    ready, last_start, came_from : shape (d + 1, columns); ``n_columns``, (d + 1,)
    next_off, charge_off : shape (d, states); ``next_on``, ``charge_on`` (d, states, k)
    habit : shape (d, columns, shifts of a day); ``best`` (shifts of a day,)
    slots : states by their hash; ``day`` what is known of each, (d, fields)
    cost : shape (o,); ``price`` (t,); ``short`` (2, t); ``running``, ``bars`` (t + 1,)
    breaks : shape (b, offsets)
    chosen, pauses, presence : a line as in `Plan`, of one agent
    """

    value: Floats
    state: Ints
    n_states: Ints
    ready: Ints
    last_start: Ints
    came_from: Ints
    n_columns: Ints
    next_off: Ints
    next_on: Ints
    charge_off: Floats
    charge_on: Floats
    habit: Floats
    best: Floats
    slots: Ints
    day: Ints
    cost: Floats
    price: Floats
    short: Floats
    running: Floats
    bars: Ints
    breaks: Floats
    chosen: Ints
    pauses: Ints
    presence: Marks
