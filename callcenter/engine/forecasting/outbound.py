"""Outbound: from a list of people to call to the work it makes, by interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting.history import Floats


@dataclass(frozen=True)
class RetryRule:
    """What becomes of a share of the dials that reach nobody.

    Attributes
    ----------
    share : float, fraction of those dials, such as of busy lines
    wait : int, intervals until the next attempt, at least 1; 0 means never again
    """

    share: float
    wait: int


@dataclass(frozen=True)
class Campaign:
    """A list and how it is called.

    Attributes
    ----------
    contact_rate : ndarray of float, shape (n_intervals,), chance that a first dial in
        that interval reaches the person; it makes the shape of a day and a week
    talk_s, wrap_s : float, seconds of an agent for each person reached
    dial_s : float, seconds of an agent for each dial in vain; 0 with a dialler
    rules : tuple of RetryRule, whose shares add up to 1
    most_attempts : int, dials for one person
    fading : float, the chance of each further attempt, as a share of the one before
    """

    contact_rate: Floats
    talk_s: float
    wrap_s: float
    dial_s: float = 0.0
    rules: tuple[RetryRule, ...] = (RetryRule(1.0, 8),)
    most_attempts: int = 5
    fading: float = 0.85


@dataclass(frozen=True)
class OutboundWork:
    """What is to be expected of a campaign, in each interval.

    Attributes
    ----------
    dials, contacts : ndarray of float, shape (n_intervals,)
    work_s : ndarray of float, the same shape, seconds of agents
    waiting : ndarray of float, the same shape, people left to dial at its end
    given_up : float, people never reached when attempts ran out
    aht_s : float, seconds of agents for each contact, vain dials included
    """

    dials: Floats
    contacts: Floats
    work_s: Floats
    waiting: Floats
    given_up: float
    aht_s: float


def outbound_work(
    released: ArrayLike, most_dials: ArrayLike, campaign: Campaign
) -> OutboundWork:
    """Follow a list through attempts and retries, in expected numbers.

    The people longest due and with the most attempts behind them go first; whoever
    cannot be dialled in an interval waits for the next one with a place.

    Parameters
    ----------
    released : array_like of float, shape (n_intervals,), people added to the list
    most_dials : array_like of float, the same shape, dials that are possible; 0 where
        calling is closed or not allowed
    campaign : Campaign

    Returns
    -------
    OutboundWork

    Raises
    ------
    EngineInputError : a shape does not fit or a value is out of its range

    Source: Samuelson (1999), Interfaces 29(5), for outcomes of dials and retries.
    """
    fresh, room = np.asarray(released, float), np.asarray(most_dials, float)
    _check(fresh, room, campaign)
    n, most = fresh.size, campaign.most_attempts
    longest = max(rule.wait for rule in campaign.rules)
    due = np.zeros((most, n + longest + 1))
    due[0, :n] = fresh
    chance = campaign.contact_rate * campaign.fading ** np.arange(most)[:, None]
    dials, contacts, waiting = np.zeros(n), np.zeros(n), np.zeros(n)
    left, given_up = 0.0, 0.0
    for t in range(n):
        made = _dialled(due[:, t], float(room[t]))
        reached = made * chance[:, t]
        in_vain = made - reached
        due[:, t + 1] += due[:, t] - made
        lost = float(in_vain[-1]) + _retry(due, t, in_vain[:-1], campaign.rules)
        dials[t], contacts[t] = made.sum(), reached.sum()
        left = max(left + fresh[t] - contacts[t] - lost, 0.0)
        waiting[t], given_up = left, given_up + lost
    busy = campaign.talk_s + campaign.wrap_s
    work = contacts * busy + (dials - contacts) * campaign.dial_s
    total = float(contacts.sum())
    aht = float(work.sum()) / total if total > 0.0 else busy
    return OutboundWork(dials, contacts, work, waiting, given_up, aht)


def _retry(
    due: Floats, now: int, in_vain: Floats, rules: tuple[RetryRule, ...]
) -> float:
    """Put off those not reached, by the rules; how many are never tried again."""
    never = 0.0
    for rule in rules:
        if rule.wait:
            due[1:, now + rule.wait] += rule.share * in_vain
        else:
            never += rule.share * float(in_vain.sum())
    return never


def _dialled(due: Floats, room: float) -> Floats:
    """Dials by attempt, later attempts first, as far as there is room."""
    before = np.cumsum(due[::-1])[::-1] - due
    made: Floats = np.minimum(due, np.maximum(room - before, 0.0))
    return made


def _check(fresh: Floats, room: Floats, campaign: Campaign) -> None:
    rate = campaign.contact_rate
    if fresh.ndim != 1 or fresh.shape != room.shape or fresh.shape != rate.shape:
        raise EngineInputError("released, most_dials and contact_rate differ in length")
    if not (np.isfinite(fresh).all() and np.isfinite(rate).all()):
        raise EngineInputError("released and contact_rate must be known")
    if (fresh < 0.0).any() or not (room >= 0.0).all():
        raise EngineInputError("released and most_dials must not be negative")
    if (rate < 0.0).any() or (rate > 1.0).any() or not 0.0 <= campaign.fading <= 1.0:
        raise EngineInputError("contact_rate and fading must lie between 0 and 1")
    if min(campaign.talk_s, campaign.wrap_s, campaign.dial_s) < 0.0:
        raise EngineInputError("talk_s, wrap_s and dial_s must not be negative")
    if campaign.most_attempts < 1 or not campaign.rules:
        raise EngineInputError("at least one attempt and one retry rule are needed")
    shares = [rule.share for rule in campaign.rules]
    if min(shares) < 0.0 or abs(sum(shares) - 1.0) > 1e-6:
        raise EngineInputError("the shares of the retry rules must add up to 1")
    if any(rule.wait < 0 for rule in campaign.rules):
        raise EngineInputError("wait must not be negative")
