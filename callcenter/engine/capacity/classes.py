"""What classes can be held, and what the weeks of a plan cost with them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ClassRules:
    """What classes can be held.

    Attributes
    ----------
    smallest, largest : int, people in a class, 1 <= smallest <= largest
    at_once : int, >= 1, classes that run at the same time (trainers, rooms)
    first_week : int, >= 0, the first week in which a class may begin (time to recruit)
    """

    smallest: int
    largest: int
    at_once: int
    first_week: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not 1 <= self.smallest <= self.largest:
            raise EngineInputError("classes must hold from 1 to the largest size")
        if self.at_once < 1 or self.first_week < 0:
            raise EngineInputError("at_once must be from 1, first_week from 0")

    def sizes(self) -> Ints:
        """How many people may begin in one week, nobody first; shape (n_sizes,)."""
        people = np.arange(self.at_once * self.largest + 1)
        return people[people >= self.smallest * self.n_classes(people)]

    def n_classes(self, people: Ints) -> Ints:
        """The fewest classes that hold so many who begin together."""
        return np.asarray(-(-people // self.largest), np.int64)


@dataclass(frozen=True)
class Weeks:
    """What is missing and what things cost; every array has shape (n_weeks,).

    Attributes
    ----------
    missing : ndarray of float, FTE, before overtime and new people; below 0 is spare
    spare : ndarray of float, FTE of overtime that those here can do
    limit : ndarray of float, >= 0, the most overtime of new people, a share of theirs
    worth : ndarray of float, FTE of one new person in the weeks since the class began
    person : ndarray of float, cost of one who begins in the week, to the last week
    joiner_class, overtime_fte, short_fte : float, cost of a class, of a week's FTE of
        overtime, of one that is missing
    training_weeks : int, >= 1, weeks that a class takes its trainer and room
    """

    missing: Floats
    spare: Floats
    limit: Floats
    worth: Floats
    person: Floats
    joiner_class: float
    overtime_fte: float
    short_fte: float
    training_weeks: int

    @property
    def n(self) -> int:
        """How many weeks there are."""
        return self.missing.size

    @property
    def gain(self) -> Floats:
        """FTE in a week (row) of one who begins in another (column)."""
        lag = np.arange(self.n)[:, None] - np.arange(self.n)
        return np.where(lag >= 0, self.worth[np.maximum(lag, 0)], 0.0)

    @property
    def running(self) -> Floats:
        """1 where a class that begins in a week (column) still runs (row)."""
        lag = np.arange(self.n)[:, None] - np.arange(self.n)
        return ((lag >= 0) & (lag < self.training_weeks)).astype(np.float64)

    def gained(self, hires: Ints) -> Floats:
        """FTE of new people in each week; hires of shape (..., n_weeks)."""
        return np.asarray(hires @ self.gain.T, np.float64)

    def short(self, gained: Floats, week: Any = slice(None)) -> Floats:
        """FTE missing when new people bring so much and overtime does what it may."""
        left = np.maximum(0.0, self.missing[week] - gained)
        return np.asarray(left - self._overtime(left, gained, week), np.float64)

    def cover(self, gained: Floats, week: Any = slice(None)) -> Floats:
        """Cost of overtime and of what is missing; it falls, convex, in ``gained``."""
        left = np.maximum(0.0, self.missing[week] - gained)
        extra = self._overtime(left, gained, week)
        cost = self.overtime_fte * extra + self.short_fte * (left - extra)
        return np.asarray(cost, np.float64)

    def _overtime(self, left: Floats, gained: Floats, week: Any) -> Floats:
        if self.overtime_fte > self.short_fte:
            return np.zeros_like(left)
        most = self.spare[week] + self.limit[week] * gained
        return np.minimum(left, most)

    def cost(self, hires: Ints, rules: ClassRules) -> Floats:
        """Cost of plans, one a row, with as few classes as hold the people."""
        people = hires @ self.person
        classes = rules.n_classes(hires).sum(axis=1) * self.joiner_class
        cover = self.cover(self.gained(hires)).sum(axis=1)
        return np.asarray(people + classes + cover, np.float64)
