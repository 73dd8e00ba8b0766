"""The contacts of a queue by interval, and days laid out with what they carry over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import staffing as engine
from callcenter.forecasting.models import Assumption
from callcenter.projects.models import Queue, ServiceTarget

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_LEAD_S = 7200
"""How much of the day before leads into a day: after two hours nothing else counts."""
LEAST_AHT_S = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The contacts of a queue by interval, in order of time; shape (n_intervals,).

    ``day`` counts local days from ``first_day``, ``slot`` the intervals of a local
    day. ``aht_s`` is the time that a contact takes by itself; an agent holds
    ``concurrency`` at once.
    """

    first_day: date
    day: Ints
    slot: Ints
    offered: Floats
    aht_s: Floats
    interval_s: int
    is_open: Bools
    concurrency: int = 1

    @property
    def erlangs(self) -> Floats:
        """Contacts in progress, each by itself."""
        return self.offered * self.aht_s / self.interval_s

    @property
    def agent_erlangs(self) -> Floats:
        """Agents at work if each held as many as allowed."""
        return self.erlangs / self.concurrency


@dataclass(frozen=True, slots=True)
class Question:
    """A queue with its load and all that its requirement rests on.

    ``outbound_erlangs``, shape (n_intervals,), are those that its agents dial between
    contacts; None where they take contacts alone.
    """

    queue: Queue
    load: Load
    targets: Sequence[ServiceTarget]
    assumption: Assumption
    outbound_erlangs: Floats | None = None


@dataclass(frozen=True, slots=True)
class DayRows:
    """Local days as rows, each with the end of the day before leading in.

    ``place`` has the shape (n_days, n_columns) and holds the interval of each cell, -1
    where there is none; the first ``n_lead`` columns lead in.
    """

    place: Ints
    n_lead: int

    @classmethod
    def of(cls, load: Load) -> "DayRows":
        """The days of a load."""
        n_days = int(load.day.max(initial=-1)) + 1
        sizes = np.bincount(load.day, minlength=n_days)
        ends = np.cumsum(sizes)
        n_lead = _LEAD_S // load.interval_s
        column = np.arange(-n_lead, int(sizes.max(initial=0)))
        place = (ends - sizes)[:, None] + column[None, :]
        is_there = (place >= 0) & (column[None, :] < sizes[:, None])
        return cls(np.where(is_there, place, -1), n_lead)

    def laid_out(self, values: Floats) -> Floats:
        """Values as rows; zero where there is no interval."""
        return np.where(self.place >= 0, values[self.place], 0.0)

    def put(self, into: Floats, rows: Floats, chosen: Ints) -> None:
        """Write the days ``chosen`` of rows back, without what leads in."""
        place = self.place[chosen, self.n_lead :]
        kept = place >= 0
        into[place[kept]] = rows[:, self.n_lead :][kept]


def load_in_progress(load: Load) -> Floats:
    """Erlangs in progress with those that earlier intervals left; shape (n_intervals,).

    An interval that opens after one without contacts counts by itself.
    """
    rows = DayRows.of(load)
    offered, aht_s = rows.laid_out(load.offered), rows.laid_out(load.aht_s)
    found = engine.modified_offered_load(
        offered, np.maximum(aht_s, LEAST_AHT_S), load.interval_s
    )
    erlangs = offered * aht_s / load.interval_s
    before = np.pad(erlangs, ((0, 0), (1, 0)))[:, :-1]
    found = np.where((before == 0.0) | (erlangs == 0.0), erlangs, found)
    result = np.zeros_like(load.offered)
    rows.put(result, found, np.arange(rows.place.shape[0]))
    return result
