"""The agents of one interval, found by trying numbers on the state carried into it."""

import math

import numpy as np

from callcenter.engine.staffing.kernel.parts import Floats, Interval, Memory, inner
from callcenter.engine.staffing.kernel.trying import try_out

MOST_TRIALS = 14
_CLOSE = 0.003  # log-odds: a twentieth of a point at 80 %
_NARROW = 1e-3  # of an agent
_BISECT_AFTER = 6


@inner
def choose(
    at: Interval, guess: float, most_trials: int, memory: Memory, found: Floats
) -> float:
    """Find the fraction of agents, at least one, that just meets the targets.

    The greatest number too few and the least enough so far are kept with their margins
    (`low`, `high`), and what an agent adds to the margin (`slope`). With one trial the
    guess is taken as it is. Far above guess and load the search ends without an answer.
    """
    hopeless = 4.0 * max(guess, at.load) + 200.0
    agents, last, last_margin = max(guess, 1.0), np.nan, np.nan
    low, low_margin, high, high_margin = 0.0, np.nan, np.inf, np.nan
    slope = 1.4 / math.sqrt(at.load + 1.0)
    for n_trials in range(1, most_trials + 1):
        margin = try_out(at, agents, memory, found)
        slope = _slope(slope, agents - last, margin - last_margin)
        last, last_margin = agents, margin
        if margin >= 0.0:
            high, high_margin = agents, margin
        else:
            low, low_margin = agents, margin
        is_done = abs(margin) < _CLOSE or (margin >= 0.0 and agents <= 1.0)
        if is_done or high - low < _NARROW or n_trials == most_trials:
            break
        if low > hopeless:
            break
        if math.isnan(high_margin):
            agents = low + _clipped(-low_margin / slope, 0.5 * low + 2.0)
        elif math.isnan(low_margin):
            agents = high - _clipped(high_margin / slope, 0.5 * high)
        else:
            halve = n_trials > _BISECT_AFTER and n_trials % 2 == 0
            share = 0.5 if halve else low_margin / (low_margin - high_margin)
            agents = low + share * (high - low)
        agents = max(agents, 1.0)
    return agents


@inner
def _slope(usual: float, agents: float, margin: float) -> float:
    """What an agent adds, from two trials that far apart; near to what is usual."""
    if math.isnan(agents) or agents == 0.0:
        return usual
    return min(max(margin / agents, 0.4 * usual), 2.5 * usual)


@inner
def _clipped(step: float, most: float) -> float:
    return min(max(step, 0.02), most)


@inner
def settle(
    at: Interval, agents: float, most_trials: int, memory: Memory, found: Floats
) -> float:
    """Work out an interval with given agents; add one with each trial but the first.

    Ends with enough of them.
    """
    for n_trials in range(1, most_trials + 1):
        margin = try_out(at, agents, memory, found)
        if margin >= 0.0 or n_trials == most_trials:
            break
        agents += 1.0
    return agents
