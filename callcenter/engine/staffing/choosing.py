"""The agents of one interval, found by trying numbers on the state carried into it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.staffing.carrying import Interval
from callcenter.engine.staffing.days import Rows
from callcenter.engine.staffing.measures import Floats

FIGURES = ("sl", "asa_s", "occupancy", "abandon_rate")
_MOST_TRIALS = 14
_CLOSE = 0.003  # log-odds: a twentieth of a point at 80 %
_NARROW = 1e-3  # of an agent
_BISECT_AFTER = 6


@dataclass
class _Bracket:
    """The greatest number too few and the least enough so far, with their margins."""

    low: Floats
    low_margin: Floats
    high: Floats
    high_margin: Floats
    slope: Floats
    last: Floats
    last_margin: Floats

    @classmethod
    def around(cls, load: Floats) -> "_Bracket":
        """Nothing known, but about how much an agent adds to the log-odds."""
        unknown = np.full_like(load, np.nan)
        slope = 1.4 / np.sqrt(load + 1.0)
        return cls(
            np.zeros_like(load),
            unknown,
            np.full_like(load, np.inf),
            unknown.copy(),
            slope,
            unknown.copy(),
            unknown.copy(),
        )

    def learn(self, rows: Rows, at: Floats, margin: Floats) -> None:
        """Narrow the bracket by a trial, and see what an agent adds."""
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = (margin - self.last_margin[rows]) / (at - self.last[rows])
        usual = self.slope[rows]
        seen = np.clip(seen, 0.4 * usual, 2.5 * usual)
        self.slope[rows] = np.where(np.isnan(seen), usual, seen)
        self.last[rows], self.last_margin[rows] = at, margin
        enough = margin >= 0.0
        for picked, ends, values in (
            (enough, self.high, self.high_margin),
            (~enough, self.low, self.low_margin),
        ):
            ends[rows[picked]] = at[picked]
            values[rows[picked]] = margin[picked]

    def root(self, rows: Rows, *, halve: bool) -> Floats:
        """Where the margin should be zero."""
        low, high = self.low[rows], self.high[rows]
        under, over = self.low_margin[rows], self.high_margin[rows]
        slope = self.slope[rows]
        with np.errstate(invalid="ignore"):
            share = 0.5 if halve else under / (under - over)
            inside = low + share * (high - low)
        up = low + np.clip(-under / slope, 0.02, 0.5 * low + 2.0)
        down = high - np.clip(over / slope, 0.02, 0.5 * high)
        one_sided = np.where(np.isnan(over), up, down)
        return np.where(np.isnan(under) | np.isnan(over), one_sided, inside)


@dataclass(frozen=True)
class Choice:
    """The agents of each row, the states they leave, and the figures they give."""

    agents: Floats
    state: Floats
    figures: dict[str, Floats]

    @classmethod
    def empty(cls, interval: Interval, agents: Floats) -> "Choice":
        """Nothing tried yet."""
        figures = {name: np.empty(agents.size) for name in FIGURES}
        return cls(agents.copy(), np.empty_like(interval.state), figures)

    def try_out(self, interval: Interval, at: Floats, rows: Rows) -> Floats:
        """Run some rows with these agents and tell how far their targets are met."""
        state, measures = interval.run(at[rows], rows)
        self.agents[rows] = at[rows]
        self.state[rows] = state
        for name in FIGURES:
            self.figures[name][rows] = getattr(measures, name)
        return interval.margin(measures, rows)


def choose(interval: Interval, guess: Floats, *, is_fixed: NDArray[np.bool_]) -> Choice:
    """Find the fraction of agents that just meets the targets of each row.

    Parameters
    ----------
    interval : Interval
    guess : ndarray of float, shape (n_rows,), agents, > 0
    is_fixed : ndarray of bool, shape (n_rows,), rows that get what is guessed

    Returns
    -------
    Choice, with at least one agent in each row
    """
    at, open_rows = np.maximum(guess, 1.0), np.arange(guess.size)
    choice = Choice.empty(interval, at)
    bracket = _Bracket.around(interval.cells.load)
    for n_trials in range(1, _MOST_TRIALS + 1):
        margin = choice.try_out(interval, at, open_rows)
        bracket.learn(open_rows, at[open_rows], margin)
        is_done = (np.abs(margin) < _CLOSE) | ((margin >= 0.0) & (at[open_rows] <= 1.0))
        is_done |= bracket.high[open_rows] - bracket.low[open_rows] < _NARROW
        open_rows = open_rows[~(is_done | is_fixed[open_rows])]
        if not open_rows.size:
            break
        halve = n_trials > _BISECT_AFTER and n_trials % 2 == 0
        at[open_rows] = np.maximum(bracket.root(open_rows, halve=halve), 1.0)
    return choice


def settle(interval: Interval, agents: Floats, *, is_enough: bool) -> Choice:
    """Work out an interval with whole agents, and add some where they are too few.

    Parameters
    ----------
    interval : Interval
    agents : ndarray of float, shape (n_rows,), whole numbers
    is_enough : bool, whether the targets may be missed

    Returns
    -------
    Choice
    """
    at, rows = agents.copy(), np.arange(agents.size)
    choice = Choice.empty(interval, at)
    for _ in range(_MOST_TRIALS):
        margin = choice.try_out(interval, at, rows)
        rows = rows[margin < 0.0]
        if is_enough or not rows.size:
            break
        at[rows] += 1.0
    return choice
