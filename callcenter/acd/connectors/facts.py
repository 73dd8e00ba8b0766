"""Contacts and counted intervals rolled into interval facts.

A contact counts, with everything that happened to it, in the interval in which it was
*offered* to its queue, so that the facts of one interval describe the same contacts.
Intervals are half-open, in UTC and aligned to midnight UTC. Outbound contacts are not
offered and do not count. The sums are additive: nothing here is an average.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors.records import (
    ContactBatch,
    Direction,
    FloatColumn,
    IntColumn,
    IntervalBatch,
    Outcome,
    RowError,
)

DAY_S = 86_400
FACT_COLUMNS = (
    "offered",
    "answered",
    "abandoned",
    "answered_in_threshold",
    "talk_s",
    "hold_s",
    "wrap_s",
    "wait_answered_s",
)
_N_SUMS = len(FACT_COLUMNS)


class IntervalFact(NamedTuple):
    """The sums of one queue (or agent) over one interval."""

    name: str
    interval_start: datetime
    offered: int
    answered: int
    abandoned: int
    answered_in_threshold: int
    talk_s: float
    hold_s: float
    wrap_s: float
    wait_answered_s: float


@dataclass(frozen=True, slots=True)
class _Held:
    version: int
    name: str
    interval: int
    sums: FloatColumn


class _Numbering(dict[str, int]):
    """Names numbered in order of their first appearance."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


def contact_sums(batch: ContactBatch, threshold_s: float) -> FloatColumn:
    """What each contact adds to its interval, shape (n_contacts, 8).

    The columns are `FACT_COLUMNS`. A wait of exactly the threshold is within it.
    """
    answered = batch.outcome == Outcome.ANSWERED
    sums = np.empty((len(batch), _N_SUMS))
    sums[:, 0] = batch.direction == Direction.INBOUND
    sums[:, 1] = answered
    sums[:, 2] = batch.outcome == Outcome.ABANDONED
    sums[:, 3] = answered & (batch.wait_s <= threshold_s)
    sums[:, 4] = batch.talk_s
    sums[:, 5] = batch.hold_s
    sums[:, 6] = batch.wrap_s
    sums[:, 7] = np.where(answered, batch.wait_s, 0.0)
    sums[batch.direction != Direction.INBOUND] = 0.0
    return sums


class FactTable:
    """Sums per name and interval, filled batch by batch.

    Parameters
    ----------
    interval_s : int, seconds, > 0, divides a day
    threshold_s : float, seconds, >= 0, a wait up to and including it is in time
    by : "queue" or "agent"; by agent, contacts that no agent had are left out
    latest_only : keep one row per source key, the one with the highest version;
        costs memory per contact, for sources that deliver a record more than once

    Without ``latest_only`` a source key that comes again is not counted again.

    """

    def __init__(
        self,
        *,
        interval_s: int,
        threshold_s: float,
        by: str = "queue",
        latest_only: bool = False,
    ) -> None:
        if interval_s <= 0 or DAY_S % interval_s:
            raise ValueError("interval_s must divide a day")
        self.interval_s = interval_s
        self.threshold_s = threshold_s
        self.by = by
        self.latest_only = latest_only
        self.n_repeated = 0
        self._numbers = _Numbering()
        self._sums: defaultdict[tuple[int, int], FloatColumn] = defaultdict(
            lambda: np.zeros(_N_SUMS)
        )
        self._seen: set[int] = set()
        self._held: dict[str, _Held] = {}
        self._counted: set[tuple[str, int]] = set()

    def add_contacts(self, batch: ContactBatch) -> None:
        """Count a batch of contacts."""
        sums = contact_sums(batch, self.threshold_s)
        intervals = batch.offered_at // self.interval_s
        names = batch.queue if self.by == "queue" else batch.agent
        if self.latest_only:
            self._replace_rows(batch, names, intervals, sums)
            return
        numbers = np.fromiter(
            map(self._numbers.__getitem__, names), np.int64, len(names)
        )
        keep = sums[:, 0] > 0
        keep &= self._unseen(batch.source_key)
        if self.by == "agent" and "" in self._numbers:
            keep &= numbers != self._numbers[""]
        self._add(numbers[keep], intervals[keep], sums[keep])

    def add_intervals(self, batch: IntervalBatch) -> list[RowError]:
        """Count a batch of intervals that the switch had summed up already.

        Returns an error for each interval longer than ours, or not inside one of ours.
        The first sums of a queue and instant count; a repetition is left out.
        """
        sums = np.stack(
            [getattr(batch, column).astype(np.float64) for column in FACT_COLUMNS],
            axis=1,
        )
        intervals = batch.interval_start // self.interval_s
        last = (batch.interval_start + batch.interval_s - 1) // self.interval_s
        fits = intervals == last
        numbers = np.fromiter(
            map(self._numbers.__getitem__, batch.queue), np.int64, len(batch)
        )
        cells = list(zip(batch.queue, batch.interval_start.tolist(), strict=True))
        fresh = np.array([self._is_fresh(cell) for cell in cells], np.bool_)
        keep = fits & fresh
        self._add(numbers[keep], intervals[keep], sums[keep])
        return [
            RowError(
                int(batch.line[i]),
                "interval_s",
                "interval-too-coarse",
                str(batch.interval_s[i]),
                batch.source,
            )
            for i in np.flatnonzero(~fits)
        ]

    def facts(self) -> Iterator[IntervalFact]:
        """All sums that are not empty, by name and then by time."""
        cells = self._final()
        names = list(self._numbers)
        named = {(names[number], at): sums for (number, at), sums in cells.items()}
        for (name, interval), sums in sorted(named.items(), key=lambda cell: cell[0]):
            if not sums.any():
                continue
            start = datetime.fromtimestamp(interval * self.interval_s, UTC)
            counts = [round(v) for v in sums[:4]]
            yield IntervalFact(name, start, *counts, *(float(v) for v in sums[4:]))

    def totals(self) -> dict[str, float]:
        """The sum of each column over all names and intervals."""
        rows = list(self._final().values())
        total = np.sum(rows, axis=0) if rows else np.zeros(_N_SUMS)
        return dict(zip(FACT_COLUMNS, total.tolist(), strict=True))

    def _final(self) -> dict[tuple[int, int], FloatColumn]:
        cells = {cell: sums.copy() for cell, sums in self._sums.items()}
        for row in self._held.values():
            if self.by == "agent" and not row.name:
                continue
            cell = (self._numbers[row.name], row.interval)
            cells[cell] = cells.get(cell, 0.0) + row.sums
        return cells

    def _is_fresh(self, cell: tuple[str, int]) -> bool:
        if cell in self._counted:
            self.n_repeated += 1
            return False
        self._counted.add(cell)
        return True

    def _unseen(self, keys: Sequence[str]) -> NDArray[np.bool_]:
        """Which keys come for the first time, remembered by 64-bit hash."""
        hashes = list(map(hash, keys))
        fresh = set(hashes)
        before = len(self._seen)
        if len(fresh) == len(hashes) and self._seen.isdisjoint(fresh):
            self._seen |= fresh
            return np.ones(len(keys), np.bool_)
        unseen = np.zeros(len(keys), np.bool_)
        for index, value in enumerate(hashes):
            if value not in self._seen:
                self._seen.add(value)
                unseen[index] = True
        self.n_repeated += len(keys) - (len(self._seen) - before)
        return unseen

    def _replace_rows(
        self,
        batch: ContactBatch,
        names: Sequence[str],
        intervals: IntColumn,
        sums: FloatColumn,
    ) -> None:
        versions = batch.version.tolist()
        for index, key in enumerate(batch.source_key):
            held = self._held.get(key)
            if held is not None:
                self.n_repeated += 1
                if held.version >= versions[index]:
                    continue
            self._held[key] = _Held(
                versions[index], names[index], int(intervals[index]), sums[index].copy()
            )

    def _add(self, numbers: IntColumn, intervals: IntColumn, sums: FloatColumn) -> None:
        if not len(numbers):
            return
        width = len(self._numbers)
        cells, inverse = np.unique(intervals * width + numbers, return_inverse=True)
        added = np.stack(
            [np.bincount(inverse, sums[:, i], len(cells)) for i in range(_N_SUMS)],
            axis=1,
        )
        for cell, row in zip(cells.tolist(), added, strict=True):
            interval, number = divmod(cell, width)
            self._sums[number, interval] += row
