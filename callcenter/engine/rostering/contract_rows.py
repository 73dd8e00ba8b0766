"""What contracts allow a group of alike agents, as rows of a linear program."""

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.frame import Frame
from callcenter.engine.rostering.linear import LinearProgram
from callcenter.engine.rostering.model import RosterProblem
from callcenter.engine.rostering.variants import Family

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class ContractRows:
    """What the contracts of a few alike agents allow them together."""

    def __init__(
        self, problem: RosterProblem, lp: LinearProgram, frames: list[Frame]
    ) -> None:
        self.problem, self.lp, self.frames = problem, lp, frames
        self.contract = frames[0].contract

    def add(self, families: list[Family], columns: list[Ints]) -> None:
        """Rows on days, weeks and the period."""
        days = np.concatenate([np.zeros(0, np.int64), *(f.days for f in families)])
        paid = np.concatenate(
            [np.zeros(0), *(np.full(len(f.days), f.paid_min / 60) for f in families)]
        )
        names = np.concatenate([np.zeros(0, np.int64), *columns])
        if not len(names):
            return
        self._add_days(days, names)
        self._add_weeks(days, paid, names)
        self._add_period(paid, names)

    def _add_days(self, days: Ints, names: Ints) -> None:
        n_days, frames = self.problem.grid.n_days, self.frames
        pinned = np.array(
            [[day in frame.pinned for day in range(n_days)] for frame in frames]
        )
        rows = self.lp.add_rows(n_days, lower=-np.inf, upper=(~pinned).sum(axis=0))
        self.lp.put(rows[days], names, 1.0)
        run = self.contract.max_days_in_row
        for first in range(n_days - run):
            taken = pinned[:, first : first + run + 1].sum(axis=1)
            room = np.maximum(run - taken, 0).sum()
            row = self.lp.add_rows(1, lower=-np.inf, upper=room)
            inside = (days >= first) & (days <= first + run)
            self.lp.put(row, names[inside], 1.0)

    def _add_weeks(self, days: Ints, paid: Floats, names: Ints) -> None:
        grid, contract, lp = self.problem.grid, self.contract, self.lp
        done = np.array([_week_minutes(self.problem, f) for f in self.frames])
        worked = np.array([_week_days(self.problem, f) for f in self.frames])
        most = np.maximum(contract.max_week_min - done, 0).sum(axis=0) / 60
        least = np.maximum(contract.min_week_min - done, 0).sum(axis=0) / 60
        least = np.where(grid.full_weeks, least, 0.0)
        room = np.maximum(contract.max_week_days - worked, 0).sum(axis=0)
        week = grid.week_of_day[days]
        lp.put(lp.add_rows(grid.n_weeks, lower=-np.inf, upper=most)[week], names, paid)
        lp.put(lp.add_rows(grid.n_weeks, lower=-np.inf, upper=room)[week], names, 1.0)
        self._charge(least, week, names, paid)

    def _add_period(self, paid: Floats, names: Ints) -> None:
        contract = self.contract
        done = np.array(
            [
                sum(f.agent.credited_min) + sum(s.paid_min for s in f.pinned_shifts)
                for f in self.frames
            ]
        )
        if contract.max_period_min is not None:
            most = np.maximum(contract.max_period_min - done, 0).sum() / 60
            row = self.lp.add_rows(1, lower=-np.inf, upper=most)
            self.lp.put(row, names, paid)
        if contract.min_period_min is not None:
            least = np.maximum(contract.min_period_min - done, 0).sum() / 60
            self._charge(np.array([least]), np.zeros(len(names), np.int64), names, paid)

    def _charge(self, least: Floats, row_of: Ints, names: Ints, paid: Floats) -> None:
        """Hours that are promised but missing cost points."""
        cost = self.problem.weights.contract_short_h
        rows = self.lp.add_rows(len(least), lower=least, upper=np.inf)
        missing = self.lp.add_columns(len(least), upper=np.inf, cost=cost)
        self.lp.put(rows, missing, 1.0)
        self.lp.put(rows[row_of], names, paid)


def _week_minutes(problem: RosterProblem, frame: Frame) -> Ints:
    """Paid minutes by week before anything is planned."""
    n_weeks = problem.grid.n_weeks
    minutes = np.array(frame.agent.credited_min or (0,) * n_weeks, np.int64)
    minutes[0] += frame.agent.history.week_paid_min
    for shift in frame.pinned_shifts:
        minutes[problem.grid.week_of_day[shift.day]] += shift.paid_min
    return minutes


def _week_days(problem: RosterProblem, frame: Frame) -> Ints:
    days = np.zeros(problem.grid.n_weeks, np.int64)
    days[0] += frame.agent.history.week_days
    for day in frame.pinned:
        days[problem.grid.week_of_day[day]] += 1
    return days
