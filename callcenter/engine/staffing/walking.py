"""Rows of days handed to the compiled walk, one by one."""

import numpy as np

from callcenter.engine.staffing.days import Days
from callcenter.engine.staffing.measures import Floats
from callcenter.engine.staffing.waiting import code_of

_LEAST_AHT_S = 1e-3


def walked(
    days: Days, agents: Floats, *, is_running: bool, is_choosing: bool, is_enough: bool
) -> dict[str, Floats]:
    """Walk through all rows, each carrying over what an interval leaves for the next.

    Parameters
    ----------
    days : Days
    agents : ndarray of float, shape (n_rows, n_intervals), where to look, or given ones
    is_running, is_choosing, is_enough : bool, as in `Task`

    Returns
    -------
    dict of ndarray of float, shape (n_rows, n_intervals): `agents` and the measures
    """
    from callcenter.engine.staffing.kernel.parts import FIGURES, Task, memory_reaching
    from callcenter.engine.staffing.kernel.walking import walk

    task = Task(code_of(days.definition), is_running, is_choosing, is_enough)
    memory = memory_reaching(_most(days, agents), _patience(days))
    given, agents = _given(days), np.array(agents, order="C")
    found = np.zeros((*agents.shape, len(FIGURES)))
    for row in range(agents.shape[0]):
        walk(given[row], agents[row], task, memory, found[row])
    return {name: found[:, :, place] for place, name in enumerate(FIGURES)}


def _given(days: Days) -> Floats:
    """What the walk reads, shape (n_rows, n_intervals, n_given)."""
    from callcenter.engine.staffing.kernel.parts import GIVEN

    fields = {
        **days.targets,
        "arrival": days.offered / days.interval,
        "service": 1.0 / np.maximum(days.aht, _LEAST_AHT_S),
        "leaving": 1.0 / days.targets["patience"],
        "length": days.interval,
        "load": days.load,
    }
    return np.stack([fields[name] for name in GIVEN], axis=-1)


def _patience(days: Days) -> float:
    """The shortest patience anywhere, in handling times."""
    aht = np.maximum(days.aht, _LEAST_AHT_S)
    share = np.where(days.load > 0.0, days.targets["patience"] / aht, 1.0)
    return float(share.min(initial=1.0))


def _most(days: Days, agents: Floats) -> float:
    """Contacts that no row of the days will pass."""
    aht = np.maximum(days.aht, _LEAST_AHT_S)
    short = np.maximum(days.load - agents, 0.0) * days.interval / aht
    patience = np.minimum(days.targets["patience"], 1e12)
    short = np.minimum(short.cumsum(axis=1), days.load * patience / aht)
    size = np.maximum(days.load, agents)
    return float((size + short + 60.0 * np.sqrt(size + 1.0)).max()) + 100.0
