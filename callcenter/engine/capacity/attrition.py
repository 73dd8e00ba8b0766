"""Who leaves, by how long they have been here; pooled where few are to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma, log

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.capacity.survival import Z95, Floats, checked_people
from callcenter.engine.errors import EngineInputError

TENURE_WEEKS = (0.0, 4.0, 13.0, 26.0, 52.0, 104.0)
"""Where the classes of tenure begin, in weeks; the last has no end."""
N_AGES = 157
"""Tenures that are told apart: 0 to 155 weeks, and three years and more."""
_STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
_HALF_A_LEAVER = 0.5


@dataclass(frozen=True)
class TenureCounts:
    """What was seen of people in each class of tenure.

    Attributes
    ----------
    leavers : ndarray of float, shape (n_classes,), people
    exposure : ndarray of float, shape (n_classes,), person-weeks
    """

    leavers: Floats
    exposure: Floats


@dataclass(frozen=True)
class AttritionCurve:
    """The rate at which people leave, by class of tenure.

    Attributes
    ----------
    hazard : ndarray of float, shape (n_classes,), leavers per person-week
    lower, upper : ndarray of float, shape (n_classes,), 95 % band
    counts : TenureCounts, what it was estimated from, before pooling
    spread : float, standard deviation of the whole curve as a share of it
    """

    hazard: Floats
    lower: Floats
    upper: Floats
    counts: TenureCounts
    spread: float

    @property
    def yearly(self) -> float:
        """The share of people of a year's tenure and more who leave within a year."""
        settled = float(self.hazard[-2:].mean())
        return float(1.0 - np.exp(-52.0 * settled))

    def leaving(self, factor: float = 1.0) -> Floats:
        """The chance to leave within a week, by tenure in weeks; shape (N_AGES,)."""
        ages = np.arange(N_AGES, dtype=np.float64)
        place = np.searchsorted(np.asarray(TENURE_WEEKS), ages, side="right") - 1
        return 1.0 - np.exp(-self.hazard[place] * factor)

    def staying(self, weeks: Sequence[float]) -> Floats:
        """The share of joiners who are still here after so many weeks."""
        starts = np.asarray(TENURE_WEEKS)
        ends = np.append(starts[1:], np.inf)
        asked = np.asarray(weeks, np.float64)[:, None]
        spent = np.clip(np.minimum(asked, ends) - starts, 0.0, None)
        return np.exp(-(spent * self.hazard).sum(axis=1))


def count_tenure(
    left_at: ArrayLike, is_leaver: ArrayLike, *, seen_from: ArrayLike = 0.0
) -> TenureCounts:
    """Count leavers and person-weeks in each class of tenure.

    Parameters
    ----------
    left_at : array_like of float, shape (n_people,), weeks of tenure when last seen
    is_leaver : array_like of bool, shape (n_people,), whether the person left then
    seen_from : array_like of float, shape (n_people,) or one, weeks of tenure at first

    Returns
    -------
    TenureCounts

    Raises
    ------
    EngineInputError : the shapes differ, a time is negative or missing
    """
    until, left, since = checked_people(left_at, is_leaver, seen_from)
    starts = np.asarray(TENURE_WEEKS)
    ends = np.append(starts[1:], np.inf)
    spent = np.minimum(until[:, None], ends) - np.maximum(since[:, None], starts)
    # Who leaves on the last day of a class left from that class.
    place = np.searchsorted(starts, until[left], side="left") - 1
    return TenureCounts(
        leavers=np.bincount(np.maximum(place, 0), minlength=starts.size).astype(float),
        exposure=np.clip(spent, 0.0, None).sum(axis=0),
    )


def pooling_strength(groups: Sequence[TenureCounts]) -> float:
    """How alike groups are: the leavers that the company's rate counts for in each.

    Parameters
    ----------
    groups : sequence of TenureCounts, one for each project

    Returns
    -------
    float, leavers; the larger, the more alike the groups

    Source: gamma-Poisson empirical Bayes, the marginal likelihood being negative
    binomial (Clayton and Kaldor 1987, Biometrics 43).
    """
    company = add_counts(groups)
    if len(groups) < 2 or not company.leavers.sum():
        return _STRENGTHS[3]
    rates = _company_rates(company)
    expected = [rate for each in groups for rate in (each.exposure * rates).tolist()]
    seen = [count for each in groups for count in each.leavers.tolist()]
    pairs = [(d, m) for d, m in zip(seen, expected, strict=True) if m > 0.0]
    return max(_STRENGTHS, key=lambda k: sum(_likelihood(k, d, m) for d, m in pairs))


def _likelihood(strength: float, seen: float, expected: float) -> float:
    return (
        lgamma(seen + strength)
        - lgamma(strength)
        + strength * log(strength / (strength + expected))
        + seen * log(expected / (strength + expected))
    )


def add_counts(groups: Sequence[TenureCounts]) -> TenureCounts:
    """The counts of all groups together."""
    nothing = np.zeros(len(TENURE_WEEKS))
    return TenureCounts(
        leavers=sum((each.leavers for each in groups), nothing),
        exposure=sum((each.exposure for each in groups), nothing),
    )


def _company_rates(company: TenureCounts) -> Floats:
    """Rates of the whole company; a class that nobody was in takes its neighbour's."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = (company.leavers + _HALF_A_LEAVER) / company.exposure
    is_known = company.exposure > 0.0
    if not is_known.any():
        raise EngineInputError("nobody was observed for any time")
    known = np.flatnonzero(is_known)
    nearest = known[np.abs(known[:, None] - np.arange(rates.size)).argmin(axis=0)]
    return np.asarray(rates[nearest], np.float64)


def estimate_attrition(
    own: TenureCounts, company: TenureCounts, *, strength: float
) -> AttritionCurve:
    """Estimate the rates at which the people of one project leave.

    Parameters
    ----------
    own : TenureCounts, of the project
    company : TenureCounts, of all projects, these people included
    strength : float, leavers, > 0, that the company's rate counts for in each class
        (`pooling_strength`)

    Returns
    -------
    AttritionCurve

    Raises
    ------
    EngineInputError : nobody was observed, or ``strength`` is not positive

    Source: the rate of a gamma-Poisson model, `(d + k) / (E + k / company's rate)`
    (Clayton and Kaldor 1987); quantiles of the gamma law by Wilson and Hilferty (1931).
    """
    if not strength > 0.0:
        raise EngineInputError("strength must be positive")
    rates = _company_rates(company)
    # The company knows no more than its own leavers have taught.
    known = np.minimum(strength, company.leavers + _HALF_A_LEAVER)
    shape = own.leavers + known
    hazard = shape / (own.exposure + known / rates)
    root = Z95 / (3.0 * np.sqrt(shape))
    low = np.clip(1.0 - 1.0 / (9.0 * shape) - root, 0.0, None) ** 3
    high = (1.0 - 1.0 / (9.0 * shape) + root) ** 3
    weight = hazard * np.maximum(own.exposure, 1e-9)
    spread = np.sqrt((weight**2 / shape).sum()) / weight.sum()
    return AttritionCurve(hazard, hazard * low, hazard * high, own, float(spread))
