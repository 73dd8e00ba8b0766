"""What a simulation found, with the confidence that so many days give."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Service:
    """Contact types in intervals, or over the whole day; means of a day.

    Arrays have shape (n_types, n_intervals), or (n_types,) for the day. A band ending
    in `_lower`, `_upper` is a 95 % confidence interval of the value before it.

    Attributes
    ----------
    offered : ndarray of float, contacts, redials and transfers included
    answered, abandoned, blocked, disconnected, left : ndarray of float, contacts; they
        add up to `offered`; `left` were still waiting when nobody was there any more
    balked : ndarray of float, contacts, of the abandoned those who left at once
    redials, transfers : ndarray of float, contacts, of the offered
    in_threshold : ndarray of float, contacts answered within the threshold
    sl, sl_lower, sl_upper : ndarray of float, fraction, by the type's definition;
        1 where there was nothing to serve
    asa_s, asa_lower_s, asa_upper_s : ndarray of float, seconds, mean wait of answered
    abandon_rate, abandon_lower, abandon_upper : ndarray of float, fraction of offered
    handling_s : ndarray of float, seconds, mean of answered
    chance, chance_lower, chance_upper : ndarray of float, fraction of days on which the
        service level reached its target
    """

    offered: Floats
    answered: Floats
    abandoned: Floats
    blocked: Floats
    disconnected: Floats
    left: Floats
    balked: Floats
    redials: Floats
    transfers: Floats
    in_threshold: Floats
    sl: Floats
    sl_lower: Floats
    sl_upper: Floats
    asa_s: Floats
    asa_lower_s: Floats
    asa_upper_s: Floats
    abandon_rate: Floats
    abandon_lower: Floats
    abandon_upper: Floats
    handling_s: Floats
    chance: Floats
    chance_lower: Floats
    chance_upper: Floats


@dataclass(frozen=True)
class Dialling:
    """Campaigns in intervals: means of a day, shape (n_campaigns, n_intervals)."""

    dialled: Floats
    reached: Floats
    handling_s: Floats


@dataclass(frozen=True)
class Simulation:
    """All that was found.

    Attributes
    ----------
    n_days : int
    n_units : int, independent ones: pairs of days when they are antithetic
    type_names, campaign_names, group_names, agent_names : tuples of str; groups of
        named agents are called by their skills; agents without names are left out
    intervals, day : Service
    dialling : Dialling
    occupancy : ndarray of float, shape (n_groups, n_intervals), fraction
    day_occupancy, day_occupancy_lower, day_occupancy_upper : shape (n_groups,), in
        opening hours
    staffed_agents : ndarray of float, shape (n_groups, n_intervals), mean
    agent_occupied_h, agent_contacts : ndarray of float, shape (n_agents,), a day
    sl_days : ndarray of int, shape (n_types, n_intervals, n_levels), days by service
        level in equal steps from 0 to 1
    wait_counts : ndarray of int, shape (n_types, n_intervals, n_bins), answered
        contacts of all days by wait
    wait_edges_s : ndarray of float, shape (n_bins + 1,), seconds
    samples : Samples, values of each day
    """

    n_days: int
    n_units: int
    type_names: tuple[str, ...]
    campaign_names: tuple[str, ...]
    group_names: tuple[str, ...]
    agent_names: tuple[str, ...]
    intervals: Service
    day: Service
    dialling: Dialling
    occupancy: Floats
    day_occupancy: Floats
    day_occupancy_lower: Floats
    day_occupancy_upper: Floats
    staffed_agents: Floats
    agent_occupied_h: Floats
    agent_contacts: Floats
    sl_days: NDArray[np.int32]
    wait_counts: Counts
    wait_edges_s: Floats
    samples: "Samples"

    def wait_quantile_s(self, share: float) -> Floats:
        """The wait that a share of answered contacts stay below, by interval.

        Parameters
        ----------
        share : float, 0 < share < 1

        Returns
        -------
        ndarray of float, shape (n_types, n_intervals), seconds, within 10 %; NaN where
        nobody was answered

        Raises
        ------
        EngineInputError : the share is out of its range
        """
        return _quantile(self.wait_counts, self.wait_edges_s, share)

    def day_wait_quantile_s(self, share: float) -> Floats:
        """The same over the whole day, shape (n_types,)."""
        return _quantile(self.wait_counts.sum(axis=1), self.wait_edges_s, share)

    def sl_quantile(self, share: float) -> Floats:
        """The service level that a share of days stay below, by interval.

        Returns
        -------
        ndarray of float, shape (n_types, n_intervals), fraction, to a point

        Raises
        ------
        EngineInputError : the share is out of its range
        """
        edges = np.linspace(0.0, 1.0, self.sl_days.shape[-1])
        _check_share(share)
        total = self.sl_days.cumsum(axis=-1)
        place = (total < share * total[..., -1:]).sum(axis=-1)
        return np.asarray(edges[np.minimum(place, edges.size - 1)])


@dataclass(frozen=True)
class Samples:
    """Values of single days, for tests and comparisons of scenarios.

    Attributes
    ----------
    offered, answered, abandoned, blocked, disconnected, left, in_threshold,
    abandoned_in_threshold : ndarray of float, shape (n_days, n_types), contacts
    wait_answered_s, wait_abandoned_s, handling_s : shape (n_days, n_types), sums
    busy_s, staffed_s : ndarray of float, shape (n_days, n_groups), seconds, after hours
        included
    """

    offered: Floats
    answered: Floats
    abandoned: Floats
    blocked: Floats
    disconnected: Floats
    left: Floats
    in_threshold: Floats
    abandoned_in_threshold: Floats
    wait_answered_s: Floats
    wait_abandoned_s: Floats
    handling_s: Floats
    busy_s: Floats
    staffed_s: Floats


def wilson(n_met: Counts, n: int) -> tuple[Floats, Floats]:
    """A 95 % confidence interval of a share.

    Parameters
    ----------
    n_met : ndarray of int, any shape, of `n`
    n : int, > 0

    Returns
    -------
    two ndarrays of float, of the shape of `n_met`

    Source: Wilson (1927), JASA 22(158).
    """
    z = NormalDist().inv_cdf(0.975)
    share = n_met / n
    middle = share + z * z / (2 * n)
    spread = z * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    scale = 1.0 + z * z / n
    # At the ends both parts are equal; what rounding leaves of them is no chance.
    lower = np.where(np.asarray(n_met) == 0, 0.0, (middle - spread) / scale)
    upper = np.where(np.asarray(n_met) == n, 1.0, (middle + spread) / scale)
    return np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0)


def student(n_units: int) -> float:
    """The 97.5 % quantile of Student's t with n_units - 1 degrees of freedom.

    Source: Abramowitz and Stegun 26.7.5; within 1 % from 4 degrees on.
    """
    if n_units < 2:
        return np.inf
    z, v = NormalDist().inv_cdf(0.975), n_units - 1
    if v < 4:
        return (12.706, 4.303, 3.182)[v - 1]
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return float(z + g1 / v + g2 / v**2 + g3 / v**3)


def ratio(
    top: Floats, bottom: Floats, moments: Floats, n_units: int
) -> tuple[Floats, Floats, Floats]:
    """A ratio of means with its 95 % confidence interval, by the delta method.

    Parameters
    ----------
    top, bottom : ndarray of float, any one shape, sums over units
    moments : ndarray of float, shape (3, ...), sums of top², bottom² and top · bottom
    n_units : int

    Returns
    -------
    three ndarrays of float; NaN where `bottom` is 0

    Source: Cochran (1977), Sampling Techniques, chapter 6.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = top / bottom
        squares = moments[0] - 2.0 * value * moments[2] + value * value * moments[1]
        if n_units < 2:
            spread = np.full_like(value, np.inf)
        else:
            variance = np.maximum(squares, 0.0) / (n_units - 1)
            spread = student(n_units) * np.sqrt(variance * n_units) / bottom
    return value, value - spread, value + spread


def _check_share(share: float) -> None:
    if not 0.0 < share < 1.0:
        raise EngineInputError("share must be between 0 and 1")


def _quantile(counts: Counts, edges: Floats, share: float) -> Floats:
    """By linear interpolation inside the bin that the share falls into."""
    _check_share(share)
    total = counts.cumsum(axis=-1)
    wanted = share * total[..., -1:]
    place = np.minimum((total < wanted).sum(axis=-1), counts.shape[-1] - 1)
    inside = np.take_along_axis(counts, place[..., None], axis=-1)[..., 0]
    above = np.take_along_axis(total, place[..., None], axis=-1)[..., 0]
    part = np.ones(place.shape)
    np.divide(wanted[..., 0] - (above - inside), inside, out=part, where=inside > 0)
    low, high = edges[place], edges[place + 1]
    found: Floats = np.where(total[..., -1] > 0, low + part * (high - low), np.nan)
    return found
