"""The search for classes: prices of the weeks, then a beam of plans through them.

Missing FTE is bought out at a price a week and trainers at another (a Lagrangian),
which leaves every week's class to itself. What a plan costs beyond that bound is known,
week by week, as soon as all who can work then are chosen; by it beginnings are ordered.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.capacity.classes import ClassRules, Weeks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOST_TRIED = 60_000
_NARROWEST = 30


@dataclass(frozen=True)
class WeekPrices:
    """A Lagrangian of the choice of classes.

    Attributes
    ----------
    fte : ndarray of float, shape (n_weeks,), >= 0, what one FTE more saves in the week
    least : ndarray of float, shape (n_weeks,), the least of a week's cover and of its
        FTE at their price
    reduced : ndarray of float, shape (n_weeks, n_sizes), what people who begin in a
        week cost beyond what they save, trainers at their price
    bound : float, no plan costs less
    """

    fte: Floats
    least: Floats
    reduced: Floats
    bound: float


def price_weeks(weeks: Weeks, rules: ClassRules) -> WeekPrices:
    """Price weeks by the relaxation in which people and classes may be split.

    Parameters
    ----------
    weeks : Weeks
    rules : ClassRules

    Returns
    -------
    WeekPrices; the bound holds whatever the prices are, and is the relaxation's own
        where they are its best
    """
    fte, trainers = _best_prices(weeks, rules)
    sizes, n_classes = rules.sizes(), rules.n_classes(rules.sizes())
    person = weeks.person - fte @ weeks.gain
    a_class = weeks.joiner_class + trainers @ weeks.running
    reduced = person[:, None] * sizes + a_class[:, None] * n_classes
    # Cover falls in two straight pieces, so that its least is at one of their ends.
    ends = (
        np.zeros(weeks.n),
        np.maximum(0.0, weeks.missing),
        np.maximum(0.0, (weeks.missing - weeks.spare) / (1.0 + weeks.limit)),
    )
    least = np.minimum.reduce([weeks.cover(end) + fte * end for end in ends])
    free = reduced[rules.first_week :].min(axis=1).sum()
    bound = float(least.sum() + free - rules.at_once * trainers.sum())
    return WeekPrices(fte, least, reduced, bound)


def _best_prices(weeks: Weeks, rules: ClassRules) -> tuple[Floats, Floats]:
    """What an FTE and a running class are worth by week, by linear programming."""
    import highspy

    n, model = weeks.n, highspy.HighsLp()
    can_begin = np.arange(n) >= rules.first_week
    model.num_col_, model.num_row_ = 4 * n, 5 * n
    model.col_cost_ = np.concatenate(
        [
            weeks.person,
            np.full(n, weeks.joiner_class),
            np.full(n, weeks.overtime_fte),
            np.full(n, weeks.short_fte),
        ]
    )
    most = np.where(can_begin, float(rules.at_once), 0.0)
    free = np.full(n, np.inf)
    model.col_lower_ = np.zeros(4 * n)
    model.col_upper_ = np.concatenate([most * rules.largest, most, free, free])
    rows = _rows(weeks, rules)
    at_once = np.full(n, float(rules.at_once))
    model.row_lower_ = np.concatenate([np.full(3 * n, -np.inf), weeks.missing, -free])
    model.row_upper_ = np.concatenate([np.zeros(2 * n), at_once, free, weeks.spare])
    at, of = np.nonzero(rows)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts = np.searchsorted(at, np.arange(rows.shape[0] + 1))
    model.a_matrix_.start_ = starts.astype(np.int32)
    model.a_matrix_.index_ = of.astype(np.int32)
    model.a_matrix_.value_ = rows[at, of]
    solver = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    dual = np.asarray(solver.getSolution().row_dual, np.float64)
    if dual.size != 5 * n:
        return np.zeros(n), np.zeros(n)
    _over, _under, running, cover, overtime = dual.reshape(5, n)
    return np.maximum(0.0, cover - weeks.limit * overtime), np.maximum(0.0, -running)


def _rows(weeks: Weeks, rules: ClassRules) -> Floats:
    """Five blocks of rows over people, classes, overtime and missing FTE."""
    each, nothing = np.eye(weeks.n), np.zeros((weeks.n, weeks.n))
    return np.vstack(
        [
            np.hstack([each, -rules.largest * each, nothing, nothing]),
            np.hstack([-each, rules.smallest * each, nothing, nothing]),
            np.hstack([nothing, weeks.running, nothing, nothing]),
            np.hstack([weeks.gain, nothing, each, each]),
            # The new may do overtime as well.
            np.hstack([-weeks.gain * weeks.limit[:, None], nothing, each, nothing]),
        ]
    )


def search_classes(
    weeks: Weeks, rules: ClassRules, prices: WeekPrices, breadth: int
) -> Ints:
    """Choose who begins in which week.

    Parameters
    ----------
    weeks : Weeks
    rules : ClassRules
    prices : WeekPrices
    breadth : int, >= 1, beginnings that are carried on; fewer where classes may have
        very many sizes

    Returns
    -------
    ndarray of int, shape (n_weeks,), people
    """
    beam = _Beam(weeks, rules, prices, breadth)
    for week in range(weeks.n):
        beam.step(week)
    plans = np.vstack([beam.plans(), np.zeros((1, weeks.n), np.int64)])
    best = int(weeks.cost(plans, rules).argmin())
    return np.asarray(plans[best], np.int64)


class _Beam:
    """The best beginnings of plans, a row each, until a week."""

    def __init__(
        self, weeks: Weeks, rules: ClassRules, prices: WeekPrices, breadth: int
    ) -> None:
        self.weeks, self.rules, self.prices = weeks, rules, prices
        self.sizes = rules.sizes()
        self.n_classes = rules.n_classes(self.sizes)
        room = max(_NARROWEST, _MOST_TRIED // self.sizes.size)
        self.breadth = min(breadth, room)
        self.gain = weeks.gain
        # Nobody works before this many weeks.
        self.lag = int((weeks.worth > 0.0).argmax())
        self.beyond = np.zeros(1)
        self.gained = np.zeros((1, weeks.n))
        self.recent = np.zeros((1, weeks.training_weeks), np.int64)
        self.chosen: list[tuple[Ints, Ints]] = []

    def step(self, week: int) -> None:
        """Carry every beginning on by every class that may begin, and keep the best."""
        n_sizes = self.sizes.size if week >= self.rules.first_week else 1
        sizes, n_classes = self.sizes[:n_sizes], self.n_classes[:n_sizes]
        beyond = self.beyond[:, None] + self.prices.reduced[week, :n_sizes]
        first = week + self.lag if week else 0
        for known in range(first, min(week + self.lag + 1, self.weeks.n)):
            beyond = beyond + self._beyond(known, week, sizes)
        running = self.recent[:, 1:].sum(axis=1)[:, None] + n_classes
        beyond = np.where(running <= self.rules.at_once, beyond, np.inf).ravel()
        best = np.argsort(beyond, kind="stable")[: self.breadth]
        best = best[np.isfinite(beyond[best])]
        parent, size = np.divmod(best, n_sizes)
        self.beyond = beyond[best]
        self.gained = self.gained[parent] + sizes[size][:, None] * self.gain[:, week]
        self.recent = np.column_stack([self.recent[parent, 1:], n_classes[size]])
        self.chosen.append((parent, sizes[size]))

    def _beyond(self, known: int, week: int, sizes: Ints) -> Floats:
        """What a week costs beyond its least; all who can work in it are chosen."""
        gained = self.gained[:, known, None] + sizes * self.gain[known, week]
        cover = self.weeks.cover(gained, known)
        beyond = cover + self.prices.fte[known] * gained - self.prices.least[known]
        return np.asarray(beyond, np.float64)

    def plans(self) -> Ints:
        """All that are left, shape (n, n_weeks), traced back week by week."""
        at = np.arange(self.beyond.size)
        found = np.zeros((at.size, self.weeks.n), np.int64)
        for week in range(self.weeks.n - 1, -1, -1):
            parent, people = self.chosen[week]
            found[:, week] = people[at]
            at = parent[at]
        return found
