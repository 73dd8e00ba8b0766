"""A first roster for a long horizon: window after window, everybody together.

Each window sees the days before it as they are and the limits of the horizon in
proportion to the open days so far. It looks further ahead than it decides.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from callcenter.engine.rostering.duties.dive import dive
from callcenter.engine.rostering.duties.first import share_of
from callcenter.engine.rostering.duties.generate import (
    Generator,
    StopCheck,
    keep_outside,
)
from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyProblem,
    Ints,
    cover_of,
)
from callcenter.engine.rostering.duties.restricted import Part, Restricted
from callcenter.engine.rostering.duties.sweeps import longest_window
from callcenter.engine.rostering.duties.window import WEEK, left_of, run_before

LOOK_DAYS = 35
KEEP_SHARE = 0.8
DAYS_AGAIN = (42, 63, 84, 112, 140)
ROUNDS = 80
UNEASED = 10**9


@dataclass(eq=False)
class Rolling:
    """Plans windows one after another; ``base`` holds lines to fall back on."""

    problem: DutyProblem
    base: Ints
    stop: StopCheck
    assigned: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.assigned = np.full_like(self.base, OFF)
        self._people = np.arange(self.problem.n_employees)
        self._eased: dict[int, int] = {}

    def roll(self) -> Ints | None:
        """The roster; None when time was over before the end."""
        n_days = self.problem.n_days
        look = min(LOOK_DAYS, longest_window(self.problem))
        keep = max(WEEK, int(KEEP_SHARE * look))
        begun = 0
        while begun < n_days:
            until = min(begun + look, n_days)
            if n_days - until < look // 2:
                until = n_days
            done = n_days if until == n_days else begun + keep
            if not self._plan(begun, until, done):
                return None
            begun = done
        return self.assigned

    def _plan(self, begun: int, until: int, done: int) -> bool:
        """Plan the days up to ``until`` and keep those up to ``done``."""
        while not self.stop():
            first = min(
                (run_before(self.assigned[e], begun) for e in self._people),
                default=begun,
            )
            first = first // WEEK * WEEK
            part = self._part(first, begun, until)
            finders = [LineFinder(part.problem, person) for person in part.people]
            stuck = [finder.number for finder in finders if _has_no_end(part, finder)]
            if stuck:
                self._help(part, stuck, is_last=until == self.problem.n_days)
                continue
            self._eased.clear()
            found = self._planned(part, finders)
            if found is None:
                return False
            self.assigned[self._people, begun:done] = found[
                :, begun - first : done - first
            ]
            return True
        return False

    def _planned(self, part: Part, finders: list[LineFinder]) -> Ints | None:
        generator, master = Generator(finders), Restricted(part)
        relaxed = generator.generate(master, self.stop, max_rounds=ROUNDS).relaxed
        if self.stop():
            return None
        return dive(generator, master, relaxed, self.stop)

    def _help(self, part: Part, stuck: list[int], *, is_last: bool) -> None:
        """Ask those who are behind for less, or plan their whole end apart."""
        behind = (
            [] if is_last else [place for place in stuck if self._ease(part, place)]
        )
        rest = [place for place in stuck if place not in behind]
        for person in self._people[rest]:
            self._finish_alone(int(person))
        self._people = np.delete(self._people, rest)

    def _finish_alone(self, person: int) -> None:
        """Plan an employee's whole end anew, from as late a day on as there is one."""
        problem, line = self.problem, self.assigned[person].copy()
        self.assigned[person] = OFF
        missing = cover_of(problem, self.assigned) < problem.wanted
        cost = problem.wish_points[person] + np.where(
            missing, -problem.short_points, problem.over_points
        )
        finder = LineFinder(problem, person)
        for days_again in DAYS_AGAIN:
            is_open = np.arange(problem.n_days) >= problem.n_days - days_again
            held, off_cost = keep_outside(line, is_open, cost)
            found = finder.find(held, off_cost=off_cost)[2]
            if len(found):
                self.assigned[person] = found[0]
                return
        self.assigned[person] = self.base[person]

    def _ease(self, part: Part, place: int) -> bool:
        """Ask an employee for no more minutes than can still be worked."""
        person = int(self._people[place])
        if person in self._eased:
            return False
        contract = replace(part.problem.contracts[place], min_minutes=0)
        contracts = list(part.problem.contracts)
        contracts[place] = contract
        finder = LineFinder(replace(part.problem, contracts=tuple(contracts)), place)
        longest = np.tile(-part.problem.minutes.astype(float), (len(part.days), 1))
        cost, off_cost = keep_outside(part.assigned[place], part.days, longest)
        values = finder.find(cost, off_cost=off_cost)[1]
        if len(values) == 0:
            return False
        self._eased[person] = int(-values[0])
        return True

    def _part(self, first: int, begun: int, until: int) -> Part:
        problem, people = self.problem, self._people
        open_days = ~problem.is_free
        share = open_days[:, :until].sum(axis=1) / np.maximum(1, open_days.sum(axis=1))
        contracts = []
        for person in people:
            contract = problem.contracts[person]
            if until < problem.n_days:
                weekends = int(contract.max_weekends * share[person] + 0.5)
                least = int(contract.min_minutes * share[person])
                contract = share_of(problem, contract, float(share[person]))
                contract = replace(contract, max_weekends=weekends, min_minutes=least)
            line = self.assigned[person, :begun]
            contract = left_of(problem, contract, line, first, begun)
            least = min(contract.min_minutes, self._eased.get(int(person), UNEASED))
            contracts.append(replace(contract, min_minutes=least))
        others = self.assigned.copy()
        others[people] = OFF
        wanted = problem.wanted - cover_of(problem, others)
        piece = DutyProblem(
            employees=tuple(problem.employees[person] for person in people),
            types=problem.types,
            minutes=problem.minutes,
            may_follow=problem.may_follow,
            contracts=tuple(contracts),
            is_free=problem.is_free[people, first:until],
            wish_points=problem.wish_points[people, first:until],
            wish_constant=0.0,
            wanted=wanted[first:until],
            short_points=problem.short_points[first:until],
            over_points=problem.over_points[first:until],
        )
        days = np.arange(first, until) >= begun
        assigned = self.assigned[people, first:until].copy()
        return Part(piece, assigned, np.arange(len(people)), days)


def _has_no_end(part: Part, finder: LineFinder) -> bool:
    """Whether nothing legal follows what an employee has worked so far."""
    none = np.zeros((part.problem.n_days, part.problem.n_types))
    cost, off_cost = keep_outside(part.assigned[finder.number], part.days, none)
    return len(finder.find(cost, limit=1.0, off_cost=off_cost)[1]) == 0
