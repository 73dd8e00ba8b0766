"""Who was not helped calls again, some of them days later."""

import numpy as np

from callcenter.demo.calendar import QUARTER_S, Bools, Floats
from callcenter.demo.company import Workload
from callcenter.demo.volumes import (
    REPEAT_AFTER_S,
    REPEAT_SHARE,
    REPEAT_SKEW,
    REPEAT_WITHIN_S,
)

FIRST_QUARTERS = 16


def with_repeats(rate: Floats, contacts_per_matter: float, load: Workload) -> Floats:
    """Contacts by quarter that new matters cause, those that call again when they do.

    Whoever was not helped calls within days: on Friday's matters on Saturday too. So
    weekends and mornings have the same share of the volume as on the simulated floor.
    Transfers and redials come within the quarter or soon after it.
    """
    again = (1 - load.transfer_share) * (1 - load.resolved_share) * REPEAT_SHARE
    again = min(again, 1 - 1 / contacts_per_matter)
    at_once = rate * contacts_per_matter * (1 - again)
    edges = (np.arange(REPEAT_WITHIN_S // QUARTER_S + 5) - 0.5) * QUARTER_S
    within = np.clip((edges - REPEAT_AFTER_S) / REPEAT_WITHIN_S, 0, 1)
    delay = np.diff(within ** (1 / REPEAT_SKEW))
    found = at_once
    for _ in range(3):
        later = np.convolve(found, delay)[: len(rate)]
        found = at_once + again * _when_open(later, rate > 0)
    return np.asarray(found)


def _when_open(calls: Floats, is_open: Bools) -> Floats:
    """What falls into closed quarters comes in the first hours after opening."""
    opens = np.flatnonzero(is_open & ~np.append(False, is_open[:-1]))
    closed = np.flatnonzero(~is_open)
    kept = np.where(is_open, calls, 0.0)
    which = np.searchsorted(opens, closed)
    waits = which < len(opens)
    waiting = np.bincount(
        which[waits], weights=calls[closed[waits]], minlength=len(opens)
    )
    first = np.minimum(opens[:, None] + np.arange(FIRST_QUARTERS), len(calls) - 1)
    np.add.at(kept, first, waiting[:, None] / FIRST_QUARTERS)
    return np.where(is_open, kept, 0.0)
