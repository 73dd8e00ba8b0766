"""The agents of one interval, found by trying numbers on the state carried into it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.staffing.carrying import Interval
from callcenter.engine.staffing.days import Rows
from callcenter.engine.staffing.measures import Floats, Heads

FIGURES = ("sl", "asa_s", "occupancy", "abandon_rate")
_MOST_TRIALS = 14
_CLOSE = 0.004  # log-odds: less than a tenth of a point at 80 %
_SURE = 0.6  # of what an agent adds, by the rule of thumb: one less is too few
_BISECT_AFTER = 6


@dataclass(frozen=True)
class Choice:
    """The agents of each row, the states they leave, and the figures they give."""

    agents: Floats
    state: Floats
    figures: dict[str, Floats]


@dataclass
class _Bracket:
    """The greatest number too few and the least enough so far, with their margins."""

    low: Floats
    low_margin: Floats
    high: Floats
    high_margin: Floats
    slope: Floats

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
        )

    def learn(self, rows: Rows, at: Floats, margin: Floats) -> None:
        """Narrow the bracket by a trial."""
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
        up = low + np.clip(-under / slope, 0.02 * low + 0.05, 0.5 * low + 2.0)
        down = high - np.clip(over / slope, 0.02 * high + 0.05, 0.5 * high)
        one_sided = np.where(np.isnan(over), up, down)
        return np.where(np.isnan(under) | np.isnan(over), one_sided, inside)


def choose(
    interval: Interval, guess: Floats, heads: Heads, *, is_fixed: NDArray[np.bool_]
) -> Choice:
    """Find the agents of each row that meet its targets, at least one of them.

    Parameters
    ----------
    interval : Interval
    guess : ndarray of float, shape (n_rows,), whole numbers
    heads : Heads
    is_fixed : ndarray of bool, shape (n_rows,), rows that get what is guessed

    Returns
    -------
    Choice
    """
    n_rows = guess.size
    chosen = Choice(
        guess.copy(),
        np.empty_like(interval.state),
        {name: np.empty(n_rows) for name in FIGURES},
    )
    bracket = _Bracket.around(interval.cells.load)
    at, open_rows = np.maximum(guess, 1.0), np.arange(n_rows)
    for n_trials in range(1, _MOST_TRIALS + 1):
        margin = _try(interval, chosen, at, open_rows, heads, bracket)
        bracket.learn(open_rows, at[open_rows], margin)
        is_done = _is_done(bracket, open_rows, at[open_rows], margin, heads)
        open_rows = open_rows[~(is_done | is_fixed[open_rows])]
        if not open_rows.size:
            break
        halve = n_trials > _BISECT_AFTER and n_trials % 2 == 0
        at[open_rows] = _next(bracket, open_rows, heads, halve=halve)
    if heads is Heads.NEAREST:
        rows = np.flatnonzero(~is_fixed)
        at[rows] = np.maximum(np.round(chosen.agents[rows]), 1.0)
        _try(interval, chosen, at, rows, heads, bracket)
    return chosen


def _try(
    interval: Interval,
    chosen: Choice,
    at: Floats,
    rows: Rows,
    heads: Heads,
    bracket: _Bracket,
) -> Floats:
    """Run the rows, keep what may be the answer, and tell how far targets are met."""
    if not rows.size:
        return np.zeros(0)
    state, measures = interval.run(at[rows], rows)
    margin = interval.margin(measures, rows)
    kept = np.ones(rows.size, dtype=bool)
    if heads is Heads.WHOLE:
        kept = (margin >= 0.0) | np.isinf(bracket.high[rows])
    chosen.agents[rows[kept]] = at[rows[kept]]
    chosen.state[rows[kept]] = state[kept]
    for name in FIGURES:
        chosen.figures[name][rows[kept]] = getattr(measures, name)[kept]
    return margin


def _is_done(
    bracket: _Bracket, rows: Rows, at: Floats, margin: Floats, heads: Heads
) -> NDArray[np.bool_]:
    low, high = bracket.low[rows], bracket.high[rows]
    is_least = (margin >= 0.0) & (at <= 1.0)
    if heads is not Heads.WHOLE:
        return is_least | (np.abs(margin) < _CLOSE) | (high - low < 0.01)
    is_sure = bracket.high_margin[rows] < _SURE * bracket.slope[rows]
    return is_least | (high - low <= 1.0) | is_sure


def _next(bracket: _Bracket, rows: Rows, heads: Heads, *, halve: bool) -> Floats:
    root = bracket.root(rows, halve=halve)
    if heads is Heads.WHOLE:
        root = np.ceil(root - 1e-9)
        root = np.clip(root, bracket.low[rows] + 1.0, bracket.high[rows] - 1.0)
    return np.maximum(root, 1.0)
