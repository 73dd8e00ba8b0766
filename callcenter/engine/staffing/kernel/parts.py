"""What the walk reads and works on; how its functions are compiled.

Only what Python calls is stored on disk; what that calls becomes part of it. A division
by zero gives infinity, as in numpy.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.compiled import njit

Floats = NDArray[np.float64]

inner = njit(
    nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
)
outer = njit(cache=True, nogil=True, error_model="numpy")

OFFERED, ANSWERED, EXCLUDING = 0, 1, 2  # definitions of the service level
FIGURES = (
    "agents",
    "sl",
    "asa_s",
    "occupancy",
    "abandon_rate",
    "wait_probability",
    "mean_wait_s",
)
AGENTS, SL, ASA, OCCUPANCY, ABANDON, WAIT_PROBABILITY, MEAN_WAIT = range(7)


class Task(NamedTuple):
    """How a row is walked through.

    Attributes
    ----------
    definition : int, of the service level
    is_running : bool, whether the row goes on from before instead of opening empty
    is_choosing : bool, whether fractions are sought that just keep the targets; else
        the agents are those given
    is_enough : bool, whether given agents may miss the targets; else some are added
    """

    definition: int
    is_running: bool
    is_choosing: bool
    is_enough: bool


# What is known of each interval, rates per second; the order of the rows of `given`.
# A target that was not asked holds what is always met.
GIVEN = (
    "arrival",
    "service",
    "leaving",
    "length",
    "load",
    "threshold",
    "sl_target",
    "max_asa",
    "max_abandon",
    "max_occupancy",
)
LOAD = GIVEN.index("load")


class Interval(NamedTuple):
    """One interval: what is known of it, and the `n` states from `first` that matter.

    `before` and `after` are the agents of the intervals around; NaN where nobody knows.
    """

    arrival: float
    service: float
    leaving: float
    length: float
    load: float
    threshold: float
    sl_target: float
    max_asa: float
    max_abandon: float
    max_occupancy: float
    definition: int
    first: int
    n: int
    before: float
    after: float


# The rows of the memory to work in, one number for each state.
# The lattice: its states, the distance to the next and from the one before, and
# 1 / (up (up + down)), 1 / (down (up + down)).
X, UP, DOWN, PER_UP, PER_DOWN = range(5)
STATE = 5  # what is carried from interval to interval, on the whole lattice
# Of the window only: rates or probabilities to the next state and the one before,
# the mean state, and the states of the queue.
RISE, FALL, SHARE, MEAN, QUEUED, AHEAD = range(6, 12)
# The same with the window from the place `EDGE` on, and nothing around it. A processor
# reads whole groups of 8 numbers quickest where a group begins.
HERE, THERE, TOTAL, STAY, LOWER, UPPER = range(12, 18)
_N_ROWS = 18
EDGE = 8
PADDING = EDGE + 16
_FINE = 16.0
_POINTS = 4.0


class Memory(NamedTuple):
    """Memory to work in: numbers of each state, and of each contact ahead."""

    rows: Floats
    table: Floats


def memory_reaching(most: float, patience: float = 1.0) -> Memory:
    """Memory for states from nobody to at least `most` contacts.

    Up to `_FINE` contacts every number is a state; above it the states lie a
    ``1 / _POINTS`` part of the square root apart, which is how far chance spreads them.
    Those whose patience is shorter than a contact, `patience` of one, make a queue that
    much shorter, and its states must lie closer.
    """
    points = _POINTS / np.sqrt(min(patience, 1.0))
    states = [float(k) for k in range(int(_FINE) + 1)]
    while states[-1] < most or (len(states) + PADDING) % EDGE:
        states.append(states[-1] + max(1.0, np.sqrt(states[-1]) / points))
    x = np.array(states)
    gap = np.diff(x)
    up, down = np.append(gap, gap[-1]), np.insert(gap, 0, 1.0)
    rows = _aligned(_N_ROWS, x.size + PADDING)
    per_up, per_down = 1.0 / (up * (up + down)), 1.0 / (down * (up + down))
    for place, values in enumerate((x, up, down, per_up, per_down)):
        rows[place, : x.size] = values
    return Memory(rows, np.empty(int(x[-1]) + 3))


def _aligned(n_rows: int, n_columns: int) -> Floats:
    """Zeros of which each row begins at a multiple of `EDGE` numbers in memory."""
    flat = np.zeros(n_rows * n_columns + EDGE)
    begin = -(flat.ctypes.data // flat.itemsize) % EDGE
    return flat[begin : begin + n_rows * n_columns].reshape(n_rows, n_columns)
