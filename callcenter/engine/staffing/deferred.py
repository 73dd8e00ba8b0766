"""Work that may wait: letters, e-mail, cases, call-backs, each with a deadline.

What has arrived is a rising curve of work over open time, what is due the same curve
later. Work done must run between the two. Of all ways through, the shortest path (the
taut string) has at once the least peak, the least spread and the fewest changes of
staff, whatever convex price is put on the number of agents.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.days import as_rows
from callcenter.engine.staffing.measures import Floats, checked

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Deferred:
    """Work done in time; arrays of shape (n_rows, n_intervals).

    Attributes
    ----------
    required_agents : ndarray of float, agents, fractions kept
    backlog : ndarray of float, contacts that wait at the end of the interval
    on_time : ndarray of float, fraction of the interval's arrivals done by their
        deadline; 1 where nothing arrives
    mean_delay_s : ndarray of float, seconds from arrival to completion, waits over
        closed hours included; inf for what is not done within the horizon
    """

    required_agents: Floats
    backlog: Floats
    on_time: Floats
    mean_delay_s: Floats


def spread_work(
    offered: ArrayLike,
    aht_s: ArrayLike,
    interval_s: float,
    *,
    deadline_s: ArrayLike,
    is_open: ArrayLike | None = None,
    backlog: ArrayLike = 0.0,
    max_occupancy: float = 1.0,
    is_finished: bool = False,
) -> Deferred:
    """Find the evenest staffing that does all work by its deadline.

    Parameters
    ----------
    offered : array_like of float, shape (n_rows, n_intervals), contacts, >= 0
    aht_s : array_like of float, shape (n_rows, n_intervals), seconds of work each
    interval_s : float, seconds, > 0
    deadline_s : array_like of float, shape (n_rows,), seconds from arrival, with
        closed hours; less than an interval means the same interval
    is_open : array_like of bool, shape (n_rows, n_intervals), when work can be done
    backlog : array_like of float, shape (n_rows,), contacts that wait at the start and
        are due one deadline later, with the first interval's handling time
    max_occupancy : float, fraction, 0 < max_occupancy <= 1, share of time at work
    is_finished : bool, whether nothing may be left at the end; else only what is due

    Returns
    -------
    Deferred; work due before anybody can do it is done as soon as possible, late

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: Davies and Kovac (2001), Local extremes, runs, strings and multiresolution,
    Annals of Statistics 29(1), for the taut string.
    """
    work = _Work.of(
        offered, aht_s, interval_s, deadline_s, is_open, backlog, max_occupancy
    )
    agents = np.zeros_like(work.hours)
    for row in range(work.hours.shape[0]):
        where = np.flatnonzero(work.is_open[row])
        if where.size:
            lower, upper = work.bounds(row, where)
            end = upper[-1] if is_finished else lower[-1]
            string = _taut_string(lower, upper, end)
            # What was rounded may go back by a hair; nobody works less than nothing.
            agents[row, where] = np.maximum(np.diff(string, prepend=0.0), 0.0)
    return work.outcome(agents)


def work_off(
    offered: ArrayLike,
    agents: ArrayLike,
    aht_s: ArrayLike,
    interval_s: float,
    *,
    deadline_s: ArrayLike,
    backlog: ArrayLike = 0.0,
    max_occupancy: float = 1.0,
) -> Deferred:
    """Work out what given agents get done, the oldest work first.

    Parameters
    ----------
    offered : array_like of float, shape (n_rows, n_intervals), contacts, >= 0
    agents : array_like of float, shape (n_rows, n_intervals), >= 0
    aht_s : array_like of float, shape (n_rows, n_intervals), seconds of work each
    interval_s : float, seconds, > 0
    deadline_s, backlog, max_occupancy : as `spread_work`

    Returns
    -------
    Deferred, with the agents given

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: the fluid queue; Newell (1982), Applications of Queueing Theory, chapter 2.
    """
    staffed = checked("agents", agents)
    work = _Work.of(
        offered, aht_s, interval_s, deadline_s, staffed > 0.0, backlog, max_occupancy
    )
    _, (given,) = as_rows(agents=np.broadcast_to(staffed, work.shape))
    return work.outcome(given)


@dataclass(frozen=True)
class _Work:
    """Checked rows; `hours` is the work that arrives, in agents over an interval."""

    shape: tuple[int, ...]
    offered: Floats
    hours: Floats
    backlog: Floats
    first_each: Floats
    is_open: NDArray[np.bool_]
    late_by: NDArray[np.int64]
    interval_s: float

    @classmethod
    def of(
        cls,
        offered: ArrayLike,
        aht_s: ArrayLike,
        interval_s: float,
        deadline_s: ArrayLike,
        is_open: ArrayLike | None,
        backlog: ArrayLike,
        max_occupancy: float,
    ) -> "_Work":
        if not 0.0 < max_occupancy <= 1.0:
            raise EngineInputError("max_occupancy must be greater than 0, at most 1")
        length = float(checked("interval_s", interval_s, above=0.0))
        opened = np.asarray(True if is_open is None else is_open, dtype=np.float64)
        shape, (calls, aht, free) = as_rows(
            offered=checked("offered", offered),
            aht_s=checked("aht_s", aht_s),
            is_open=opened,
        )
        each = aht / length / max_occupancy
        n_rows = calls.shape[0]
        try:
            left = np.broadcast_to(checked("backlog", backlog), (n_rows,))
            wait = np.broadcast_to(checked("deadline_s", deadline_s), (n_rows,))
        except ValueError as error:
            raise EngineInputError("backlog and deadline_s go by row") from error
        late_by = np.floor(wait / length + _ROUNDING).astype(np.int64)
        return cls(
            shape,
            calls,
            calls * each,
            left,
            each[:, 0],
            free > 0.0,
            late_by,
            length,
        )

    def arrived(self, row: int) -> Floats:
        """Work arrived by the start of the horizon and by the end of each interval."""
        start = self.backlog[row] * self.first_each[row]
        return start + np.concatenate([[0.0], np.cumsum(self.hours[row])])

    def bounds(self, row: int, where: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """What must and what can be done by the end of each open interval."""
        arrived = self.arrived(row)
        upper = arrived[where + 1]
        before_next = np.append(where[1:], self.hours.shape[1])
        due = before_next - self.late_by[row]
        lower = np.where(due >= 0, arrived[np.maximum(due, 0)], 0.0)
        return np.minimum(lower, upper), upper

    def outcome(self, agents: Floats) -> Deferred:
        """Do the oldest work first with these agents."""
        backlog = np.zeros_like(self.hours)
        on_time, delay = np.ones_like(self.hours), np.zeros_like(self.hours)
        for row in range(self.hours.shape[0]):
            arrived = self.arrived(row)
            done = _done(arrived, agents[row])
            each = np.divide(
                self.hours[row],
                self.offered[row],
                out=np.full_like(self.hours[row], max(self.first_each[row], 1e-300)),
                where=self.hours[row] > 0.0,
            )
            backlog[row] = np.maximum(arrived[1:] - done[1:], 0.0) / each
            on_time[row], delay[row] = self._lateness(row, arrived, done)
        backlog[backlog < _ROUNDING] = 0.0
        return Deferred(
            required_agents=agents.reshape(self.shape),
            backlog=backlog.reshape(self.shape),
            on_time=on_time.reshape(self.shape),
            mean_delay_s=delay.reshape(self.shape),
        )

    def _lateness(
        self, row: int, arrived: Floats, done: Floats
    ) -> tuple[Floats, Floats]:
        """Of each interval's arrivals, how much is done in time, and how late."""
        n = self.hours.shape[1]
        due = np.minimum(np.arange(n) + 1 + self.late_by[row], n)
        hours = self.hours[row]
        busy = hours > _ROUNDING * arrived[-1]
        in_time = np.clip(done[due] - arrived[:-1], 0.0, hours)
        is_unknown = np.arange(n) + 1 + self.late_by[row] > n
        on_time = np.ones(n)
        on_time[busy] = in_time[busy] / hours[busy]
        on_time[is_unknown & (on_time < 1.0)] = 1.0
        middle = arrived[:-1] + 0.5 * hours
        rising = np.flatnonzero(np.diff(done, append=np.inf) > 0.0)
        ended = np.interp(middle, done[rising], rising.astype(np.float64), right=np.inf)
        delay = (ended - (np.arange(n) + 0.5)) * self.interval_s
        return on_time, np.where(busy, np.maximum(delay, 0.0), 0.0)


def _done(arrived: Floats, agents: Floats) -> Floats:
    """Work done by the start and by the end of each interval, never before it came."""
    reserve = arrived[1:] - np.cumsum(agents)
    spilled = np.minimum(np.minimum.accumulate(reserve), 0.0)
    return np.concatenate([[0.0], np.cumsum(agents) + spilled])


def _taut_string(lower: Floats, upper: Floats, end: float) -> Floats:
    """The shortest path from 0 to `end` between the bounds, at each point."""
    n = upper.size
    low, high = [*lower.tolist()[:-1], end], [*upper.tolist()[:-1], end]
    path = np.zeros(n)
    start, level = -1, 0.0
    while start < n - 1:
        least, most = -np.inf, np.inf
        least_at = most_at = n - 1
        bend_at, bend_to = n - 1, end
        for k in range(start + 1, n):
            to_low = (low[k] - level) / (k - start)
            to_high = (high[k] - level) / (k - start)
            if to_high < least:
                bend_at, bend_to = least_at, low[least_at]
                break
            if to_low > most:
                bend_at, bend_to = most_at, high[most_at]
                break
            if to_low >= least:
                least, least_at = to_low, k
            if to_high <= most:
                most, most_at = to_high, k
        steps = np.arange(1, bend_at - start + 1)
        path[start + 1 : bend_at + 1] = level + (bend_to - level) * steps / steps[-1]
        start, level = bend_at, bend_to
    return path
