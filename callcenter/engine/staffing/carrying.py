"""The state of queues carried from interval to interval, and agents tried on it."""

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.staffing.cells import Asked, Cells, margins, worst
from callcenter.engine.staffing.days import Days, Rows
from callcenter.engine.staffing.lattice import (
    Lattice,
    Rates,
    Window,
    advance,
    steady_state,
    support,
)
from callcenter.engine.staffing.measures import Floats, QueueMeasures
from callcenter.engine.staffing.waiting import Clock, measures_of

_SPREADS = 5.5  # spreads of the number in system that a window covers
_TAIL = 13.0  # how many times its mean the queue grows, at 2e-6


@dataclass
class Carried:
    """What is left at the start of an interval; states on the whole lattice.

    Attributes
    ----------
    lattice : Lattice
    state : ndarray of float, shape (n_rows, n_states), probabilities
    agents : ndarray of float, shape (n_rows,), who worked last
    """

    lattice: Lattice
    state: Floats
    agents: Floats

    @classmethod
    def opening(cls, most: float, n_rows: int) -> "Carried":
        """Empty queues of at most that many contacts."""
        lattice = Lattice.reaching(most)
        state = np.zeros((n_rows, lattice.x.size))
        state[:, 0] = 1.0
        return cls(lattice, state, np.zeros(n_rows))

    def run_on(self, days: Days, agents: Floats) -> None:
        """Begin the first interval as if its load and agents had always been.

        Rows that would never settle, and those without contacts, stay empty.
        """
        load = days.load[:, 0]
        leaves = np.isfinite(days.targets["patience"][:, 0])
        rows = np.flatnonzero((load > 0.0) & (leaves | (load < agents)))
        if rows.size:
            rates = days.rates(0).take(rows)
            self.state[rows] = steady_state(self.lattice, rates, agents[rows, None])
            self.agents[rows] = agents[rows]

    def close(self, rows: Rows) -> None:
        """Empty the queues of some rows."""
        self.state[rows] = 0.0
        self.state[rows, 0] = 1.0
        self.agents[rows] = 0.0

    def put(self, rows: Rows, window: Window, state: Floats, agents: Floats) -> None:
        """Take over the states at the end of an interval."""
        state = np.maximum(state, 0.0)
        state /= state.sum(axis=1, keepdims=True)
        self.state[rows] = 0.0
        self.state[rows[:, None], window.index] = state
        self.agents[rows] = agents


class Interval:
    """One interval of some rows, on which numbers of agents can be tried.

    Parameters
    ----------
    days : Days
    k : int, which interval
    rows : ndarray of int, shape (n_rows,), rows with contacts
    carried : Carried
    least, most : ndarray of float, shape (n_rows,), agents that will be tried
    after : ndarray of float, shape (n_rows,), who will work next; NaN when unknown
    """

    def __init__(
        self,
        days: Days,
        k: int,
        rows: Rows,
        carried: Carried,
        least: Floats,
        most: Floats,
        after: Floats,
    ) -> None:
        self.rows = rows
        self.after = after
        self.days = days.take(rows)
        self.k = k
        self.rates = self.days.rates(k)
        self.cells: Cells = self.days.cells(k, self.days.load[:, k])
        self.asked = Asked.of(self.cells)
        self.length = self.days.interval[:, k : k + 1]
        low, high = support(carried.lattice, carried.state[rows])
        low = np.minimum(low, self.cells.load - _SPREADS * np.sqrt(self.cells.load))
        high = np.maximum(high, self._highest(high, least, most))
        self.window = Window.on(carried.lattice, np.maximum(low - 2.0, 0.0), high)
        self.state = np.take_along_axis(carried.state[rows], self.window.index, axis=1)
        self.agents_before = np.maximum(carried.agents[rows], 0.0)[:, None]

    def _highest(self, start: Floats, least: Floats, most: Floats) -> Floats:
        """Chance above the load, the tail of a queue and a backlog that grows."""
        load, length = self.cells.load, self.length[:, 0]
        agents = np.maximum(least, 0.25)
        spread = np.sqrt(load + 1.0)
        service = self.rates.service[:, 0]
        leaving = np.maximum(self.rates.leaving[:, 0], 1e-12)
        missing = np.maximum(self.rates.arrival[:, 0] - agents * service, 0.0)
        grown = np.minimum(missing * length, missing / leaving)
        patient = _SPREADS * np.sqrt(service * load / leaving)
        tail = _TAIL * load / np.maximum(agents - load, 0.25 * spread)
        begun = np.maximum(np.maximum(load + _SPREADS * spread, most), start)
        return (
            begun + grown + np.minimum(np.minimum(tail, patient), 25.0 * spread) + 4.0
        )

    def run(self, agents: Floats, some: Rows) -> tuple[Floats, QueueMeasures]:
        """The states at the end and the measures with that many agents.

        Parameters
        ----------
        agents : ndarray of float, shape (n_some,)
        some : ndarray of int, shape (n_some,), which of the rows

        Returns
        -------
        tuple of ndarray of float, shape (n_some, n_states), and QueueMeasures
        """
        window, rates = self.window.take(some), self.rates.take(some)
        staffed = agents[:, None]
        state, mean = advance(
            self.state[some],
            window,
            rates,
            staffed,
            self.agents_before[some],
            self.length[some],
        )
        clock = Clock(self.cells.threshold[some, None], self.days.definition)
        at = measures_of(mean, window, rates, staffed, clock)
        if np.isnan(self.after[some]).all():
            return state, at
        sl = self._with_last(at.sl, state, agents, some)
        return state, replace(at, sl=sl)

    def _with_last(
        self, sl: Floats, state: Floats, agents: Floats, some: Rows
    ) -> Floats:
        """The service level with those who arrive within the threshold of the end.

        They may be answered by the agents of the next interval: where more come, all
        that still wait then are; where some leave, about half were answered before.
        """
        window, rates = self.window.take(some), self.rates.take(some)
        clock = Clock(self.cells.threshold[some, None], self.days.definition)
        known = ~np.isnan(self.after[some])
        after = np.where(known, self.after[some], agents)[:, None]
        share = np.minimum(clock.threshold_s / self.length[some], 1.0)[:, 0] * known
        last = self._sl(state, window, rates, after, clock)
        falling = after[:, 0] < agents
        if falling.any():
            before = self._sl(state, window, rates, agents[:, None], clock)
            last = np.where(falling, 0.5 * (last + before), last)
        mixed: Floats = sl * (1.0 - share) + last * share
        return mixed

    @staticmethod
    def _sl(
        state: Floats, window: Window, rates: Rates, agents: Floats, clock: Clock
    ) -> Floats:
        return measures_of(state, window, rates, agents, clock, with_waits=False).sl

    def margin(self, at: QueueMeasures, some: Rows) -> Floats:
        """How far the worst target of some rows is met."""
        cells = self.cells.take(some)
        return worst(margins(at, cells, self.asked), cells)
