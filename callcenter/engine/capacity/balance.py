"""Required against available by week: gap, overtime, chance of being short, money."""

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.capacity.heads import HeadFlow
from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Z80 = 1.2815515655446004  # two-sided 80 %


@dataclass(frozen=True)
class Prices:
    """What things cost, in one currency.

    Attributes
    ----------
    fte_week : float, a full-time week's wages with all that comes on top
    overtime_factor : float, >= 1, an hour of overtime as a multiple of an ordinary one
    full_time_h : float, hours of a full-time week
    hire : float, finding and contracting one new person
    joiner_class : float, one class: trainer, room, accounts
    short_hour : float, one hour of agents that is missing
    """

    fte_week: float
    overtime_factor: float
    full_time_h: float
    hire: float
    joiner_class: float
    short_hour: float

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        amounts = (self.fte_week, self.hire, self.joiner_class, self.short_hour)
        if not (np.isfinite(amounts).all() and min(amounts) >= 0.0):
            raise EngineInputError("prices must be numbers from 0")
        if not (self.overtime_factor >= 1.0 and self.full_time_h > 0.0):
            raise EngineInputError(
                "overtime_factor must be from 1, full_time_h above 0"
            )

    @property
    def overtime_hour(self) -> float:
        """An hour of overtime."""
        return self.fte_week / self.full_time_h * self.overtime_factor


@dataclass(frozen=True)
class Balance:
    """How weeks come out; every array has shape (n_weeks,).

    Attributes
    ----------
    required, required_lower, required_upper : ndarray of float, FTE, with 80 % band
    available, available_lower, available_upper : ndarray of float, FTE, with 80 % band,
        without overtime
    gap : ndarray of float, FTE, available - required; below 0 is short
    overtime : ndarray of float, FTE worked beyond the contracts
    short : ndarray of float, FTE still missing after overtime, beyond the tolerance
    chance_short : ndarray of float, probability that any will be missing so
    """

    required: Floats
    required_lower: Floats
    required_upper: Floats
    available: Floats
    available_lower: Floats
    available_upper: Floats
    gap: Floats
    overtime: Floats
    short: Floats
    chance_short: Floats


@dataclass(frozen=True)
class Costs:
    """What the weeks cost; every array has shape (n_weeks,), in one currency."""

    wages: Floats
    overtime: Floats
    hiring: Floats
    training: Floats
    short: Floats

    @property
    def total(self) -> Floats:
        """All of it, by week."""
        return self.wages + self.overtime + self.hiring + self.training + self.short


def forecast_spread(
    n_weeks: int, *, at_once: float, drift: float, first_lead: int = 0
) -> Floats:
    """How uncertain the work of a week is, the further ahead the more.

    Parameters
    ----------
    n_weeks : int
    at_once : float, >= 0, standard deviation of the next week as a share of it
    drift : float, >= 0, what a week more adds, in quadrature (a level that wanders)
    first_lead : int, weeks from today to the first of them

    Returns
    -------
    ndarray of float, shape (n_weeks,), standard deviation as a share of the work
    """
    lead = np.arange(n_weeks) + first_lead
    return np.sqrt(at_once**2 + lead * drift**2)


def balance_weeks(
    required: ArrayLike,
    flow: HeadFlow,
    *,
    required_spread: ArrayLike,
    available_spread: ArrayLike,
    overtime_limit: ArrayLike,
    tolerance: float = 0.0,
) -> Balance:
    """Set what is available against what is required.

    Parameters
    ----------
    required : array_like of float, shape (n_weeks,), paid FTE, >= 0
    flow : HeadFlow
    required_spread : array_like of float, shape (n_weeks,), standard deviation of the
        requirement as a share of it
    available_spread : array_like of float, shape (n_weeks,), FTE, standard deviation of
        what is available because the curve of attrition is itself uncertain
    overtime_limit : array_like of float, shape (n_weeks,), the most overtime as a share
        of contract hours, >= 0
    tolerance : float, fraction of the requirement that may be missing

    Returns
    -------
    Balance

    Raises
    ------
    EngineInputError : a shape does not fit, or a number is out of its range

    Notes
    -----
    Both sides are sums over many people and many contacts, so they are taken as normal
    and independent; the bands are 80 %.
    """
    have = flow.productive_fte
    need, spread, curve, limit = columns = [
        np.asarray(each, np.float64)
        for each in (required, required_spread, available_spread, overtime_limit)
    ]
    if any(each.shape != have.shape for each in columns):
        raise EngineInputError("every column must have one value for each week")
    if not all(np.isfinite(each).all() and (each >= 0.0).all() for each in columns):
        raise EngineInputError("every value must be a number from 0")
    if not 0.0 <= tolerance < 1.0:
        raise EngineInputError("tolerance must be from 0 and below 1")
    least = need * (1.0 - tolerance)
    need_sd, have_sd = least * spread, np.sqrt(flow.variance + curve**2)
    most = have * (1.0 + limit)
    overtime = np.clip(need - have, 0.0, have * limit)
    sd = np.sqrt(need_sd**2 + (have_sd * (1.0 + limit)) ** 2)
    return Balance(
        required=need,
        required_lower=np.maximum(0.0, need * (1.0 - Z80 * spread)),
        required_upper=need * (1.0 + Z80 * spread),
        available=have,
        available_lower=np.maximum(0.0, have - Z80 * have_sd),
        available_upper=have + Z80 * have_sd,
        gap=have - need,
        overtime=overtime,
        short=np.maximum(0.0, least - most),
        chance_short=_chance_above(least - most, sd),
    )


def _chance_above(mean: Floats, sd: Floats) -> Floats:
    """The chance that a normal difference is above 0."""
    sure = (mean > 1e-9).astype(np.float64)
    z = np.divide(mean, sd, out=np.zeros_like(mean), where=sd > 0.0)
    share = np.array([0.5 * (1.0 + erf(each / sqrt(2.0))) for each in z.tolist()])
    return np.where(sd > 0.0, share.reshape(mean.shape), sure)


def work_out_costs(
    balance: Balance, flow: HeadFlow, prices: Prices, *, n_classes: ArrayLike
) -> Costs:
    """What the weeks cost.

    Parameters
    ----------
    balance : Balance
    flow : HeadFlow
    prices : Prices
    n_classes : array_like of float, shape (n_weeks,), classes that begin

    Returns
    -------
    Costs
    """
    classes = np.asarray(n_classes, np.float64)
    if classes.shape != flow.hires.shape:
        raise EngineInputError("n_classes must have one value for each week")
    return Costs(
        wages=flow.paid_fte * prices.fte_week,
        overtime=balance.overtime * prices.full_time_h * prices.overtime_hour,
        hiring=flow.hires * prices.hire,
        training=classes * prices.joiner_class,
        short=balance.short * prices.full_time_h * prices.short_hour,
    )
