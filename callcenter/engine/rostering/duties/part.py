"""What may change of a roster, and what a master problem answers about it."""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.rostering.duties.model import (
    OFF,
    Bools,
    DutyProblem,
    Floats,
    Ints,
    cover_of,
)


@dataclass(frozen=True, eq=False)
class Part:
    """What may change: some employees on some days; the rest stays as assigned."""

    problem: DutyProblem
    assigned: Ints
    people: Ints
    days: Bools

    @property
    def wanted(self) -> Floats:
        """People still wanted beside what stays, shape (n_days, n_types)."""
        kept = self.assigned.copy()
        kept[np.ix_(self.people, np.flatnonzero(self.days))] = OFF
        return np.asarray(self.problem.wanted - cover_of(self.problem, kept))


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A solved linear relaxation.

    ``value`` in points of the free cells and lines only; ``prices`` of shape (n_days,
    n_types), what one more person is worth; ``sum_prices`` the same of limited sums;
    ``shares`` of the known lines; ``short`` and ``over`` of each day and type. Where
    ``n_woken`` is not 0 so many sleeping lines would lower it: they are awake now.
    """

    value: float
    prices: Floats
    line_prices: Floats
    shares: Floats
    sum_prices: Floats
    short: Floats
    over: Floats
    n_woken: int = 0


@dataclass(frozen=True, eq=False)
class Choice:
    """Columns chosen, one for each free employee, and whether none is better."""

    columns: Ints
    is_proved: bool
