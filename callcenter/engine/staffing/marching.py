"""The inner loop of `lattice`, compiled: many short steps of small states."""

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.compiled import njit

Floats = NDArray[np.float64]


@njit(cache=True)
def march(
    state: Floats, total: Floats, rise: Floats, fall: Floats, n_steps: int
) -> None:
    """Take steps in place, and add the states before each of them to `total`.

    Parameters
    ----------
    state, total : ndarray of float, shape (n_rows, n_states)
    rise, fall : ndarray of float, shape (n_rows, n_states - 1), probabilities of a step
        from a state to the next, and from the next one back
    n_steps : int
    """
    n_rows, n_states = state.shape
    for row in range(n_rows):
        here, added = state[row], total[row]
        up, down = rise[row], fall[row]
        for _ in range(n_steps):
            before = 0.0
            for k in range(n_states - 1):
                flow = here[k] * up[k] - here[k + 1] * down[k]
                added[k] += here[k]
                here[k] += before - flow
                before = flow
            added[n_states - 1] += here[n_states - 1]
            here[n_states - 1] += before
