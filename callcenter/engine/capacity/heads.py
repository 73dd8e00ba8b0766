"""People through the weeks: who is here, who learns, who leaves, what they are worth.

Everybody ages a week at a time. Numbers are expectations; beside them goes the variance
that comes from each person's own luck (independent leaving, a binomial thinning).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.capacity.attrition import N_AGES
from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
SETTLED_AGE = 52
"""The tenure, in weeks, that people who are moved in are taken to have."""


@dataclass(frozen=True)
class Schooling:
    """How new people become productive.

    Attributes
    ----------
    training_weeks : int, >= 0, in class before the first contact
    pass_rate : float, fraction of those still there who pass at its end
    ramp_weeks : float, >= 0, weeks on contacts until the full speed
    new_aht : float, >= 1, the AHT of the first week as a multiple of the settled one;
        it falls in a straight line
    """

    training_weeks: int
    pass_rate: float = 1.0
    ramp_weeks: float = 0.0
    new_aht: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not 0 <= self.training_weeks < SETTLED_AGE:
            raise EngineInputError("training_weeks must be from 0 to 51")
        if not 0.0 < self.pass_rate <= 1.0:
            raise EngineInputError("pass_rate must be above 0 and at most 1")
        if not (self.ramp_weeks >= 0.0 and self.new_aht >= 1.0):
            raise EngineInputError("ramp_weeks must be from 0, new_aht from 1")

    def speed(self) -> Floats:
        """What a person is worth by tenure in weeks, 0 in class; shape (N_AGES,)."""
        ages = np.arange(N_AGES, dtype=np.float64)
        on_contacts = ages + 0.5 - self.training_weeks
        left = np.zeros(N_AGES)
        if self.ramp_weeks > 0.0:
            left = np.clip(1.0 - on_contacts / self.ramp_weeks, 0.0, 1.0)
        aht = 1.0 + (self.new_aht - 1.0) * left
        return np.where(ages >= self.training_weeks, 1.0 / aht, 0.0)


@dataclass(frozen=True)
class HeadFlow:
    """Heads week by week; every array has shape (n_weeks,).

    Attributes
    ----------
    opening, hires, transfers, leavers, closing : ndarray of float, people; opening +
        hires + transfers - leavers = closing
    failed : ndarray of float, people, those of the leavers who did not pass
    in_training : ndarray of float, people in class on average over the week
    present : ndarray of float, people paid on average over the week
    paid_fte : ndarray of float, FTE, all who are paid
    productive_fte : ndarray of float, FTE, settled people's worth on contacts
    variance : ndarray of float, FTE squared, of the productive FTE
    """

    opening: Floats
    hires: Floats
    transfers: Floats
    leavers: Floats
    closing: Floats
    failed: Floats
    in_training: Floats
    present: Floats
    paid_fte: Floats
    productive_fte: Floats
    variance: Floats


def project_heads(
    opening: ArrayLike,
    leaving: ArrayLike,
    schooling: Schooling,
    *,
    hires: ArrayLike,
    transfers: ArrayLike | None = None,
    leavers: ArrayLike | None = None,
    fte: float = 1.0,
    hire_fte: float = 1.0,
) -> HeadFlow:
    """Carry people through the weeks.

    Parameters
    ----------
    opening : array_like of float, shape (N_AGES,), people by weeks of tenure
    leaving : array_like of float, shape (N_AGES,), chance to leave within a week
    schooling : Schooling
    hires : array_like of float, shape (n_weeks,), people whose class begins in the week
    transfers : array_like of float, shape (n_weeks,), settled people moved in (or out,
        below 0) at the start of the week; out goes at most who is there
    leavers : array_like of float, shape (n_weeks,), how many leave in all, where it is
        known better than by the curve; NaN elsewhere
    fte : float, > 0, FTE of one person of the opening, and of those moved in
    hire_fte : float, > 0, FTE of one new person

    Returns
    -------
    HeadFlow

    Raises
    ------
    EngineInputError : a shape does not fit, or a number is out of its range
    """
    old, chance = _by_age("opening", opening), _by_age("leaving", leaving)
    if (chance > 1.0).any():
        raise EngineInputError("leaving must be chances from 0 to 1")
    joined = np.asarray(hires, np.float64).reshape(-1)
    n_weeks = joined.size
    moved = _by_week("transfers", transfers, n_weeks, 0.0)
    known = _by_week("leavers", leavers, n_weeks, np.nan)
    if not np.isfinite(joined).all() or (joined < 0.0).any():
        raise EngineInputError("hires must be numbers from 0")
    if not np.isfinite(moved).all() or (known < 0.0).any():
        raise EngineInputError("transfers must be numbers, leavers from 0")
    state = _State(old, chance, schooling, fte, hire_fte)
    weeks = [
        state.step(joined[week], moved[week], known[week]) for week in range(n_weeks)
    ]
    columns = np.array(weeks, np.float64).reshape(n_weeks, 11).T
    return HeadFlow(*columns)


class _State:
    """The people of one moment, those of the opening apart from the new."""

    def __init__(
        self,
        old: Floats,
        chance: Floats,
        schooling: Schooling,
        fte: float,
        hire_fte: float,
    ) -> None:
        self.groups = np.stack([old, np.zeros(N_AGES)])
        self.variance = np.zeros((2, N_AGES))
        self.fte = np.array([fte, hire_fte])
        self.chance = chance
        self.speed = schooling.speed()
        self.in_class = np.arange(N_AGES) < schooling.training_weeks
        self.failing = np.zeros(N_AGES)
        if schooling.training_weeks:
            last = schooling.training_weeks - 1
            self.failing[last] = 1.0 - schooling.pass_rate

    def step(self, hires: float, moved: float, known: float) -> tuple[float, ...]:
        """A week: who joins and is moved first, then people leave, and all age."""
        opening = self.groups.sum()
        self.groups[1, 0] += hires
        moved = self._move(moved)
        before = self.groups
        gone = before * self.chance
        failed = (before - gone) * self.failing
        gone += failed
        if np.isfinite(known):
            gone = self._rescaled(gone, known)
        after = before - gone
        share = np.divide(gone, before, out=np.zeros_like(gone), where=before > 0.0)
        self.variance *= (1.0 - share) ** 2
        self.variance += before * share * (1.0 - share)
        present = (before + after) / 2.0
        worth = self.fte[:, None] * self.speed
        found = (
            opening,
            hires,
            moved,
            gone.sum(),
            after.sum(),
            min(failed.sum(), gone.sum()),
            present[:, self.in_class].sum(),
            present.sum(),
            (self.fte * present.sum(axis=1)).sum(),
            (worth * present).sum(),
            (worth**2 * self.variance).sum(),
        )
        self.groups, self.variance = _older(after), _older(self.variance)
        return tuple(float(each) for each in found)

    def _move(self, moved: float) -> float:
        """People in, settled; people out, from all who are on contacts alike."""
        if moved >= 0.0:
            self.groups[0, SETTLED_AGE] += moved
            return moved
        able = self.groups[:, ~self.in_class].sum()
        share = min(1.0, -moved / able) if able > 0.0 else 0.0
        self.groups[:, ~self.in_class] *= 1.0 - share
        return -share * float(able)

    def _rescaled(self, gone: Floats, known: float) -> Floats:
        """As many leavers as are known, spread as the curve spreads them."""
        before, total = self.groups, gone.sum()
        known = min(known, before.sum())
        if known <= total:
            return gone * (known / total if total > 0.0 else 0.0)
        rest = before - gone
        return gone + rest * ((known - total) / rest.sum())


def _older(values: Floats) -> Floats:
    aged = np.zeros_like(values)
    aged[:, 1:] = values[:, :-1]
    aged[:, -1] += values[:, -1]
    return aged


def _by_age(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, np.float64)
    if array.shape != (N_AGES,):
        raise EngineInputError(f"{name} must have one value for each of {N_AGES} weeks")
    if not np.isfinite(array).all() or (array < 0.0).any():
        raise EngineInputError(f"{name} must be numbers from 0")
    return array


def _by_week(
    name: str, values: ArrayLike | None, n_weeks: int, default: float
) -> Floats:
    if values is None:
        return np.full(n_weeks, default)
    array = np.asarray(values, np.float64).reshape(-1)
    if array.shape != (n_weeks,):
        raise EngineInputError(f"{name} must have one value for each week")
    return array
