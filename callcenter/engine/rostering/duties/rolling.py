"""A first roster for a long horizon: window after window, everybody together.

Each window sees the days before it as they are and the limits of the horizon in
proportion to the open days so far. It looks further ahead than it decides.
"""

from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np

from callcenter.engine.rostering.duties.dive import dive
from callcenter.engine.rostering.duties.first import line_from, quick_line, share_of
from callcenter.engine.rostering.duties.generate import Generator
from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyContract,
    DutyProblem,
    Ints,
    cover_of,
)
from callcenter.engine.rostering.duties.part import Part
from callcenter.engine.rostering.duties.restricted import (
    Restricted,
)
from callcenter.engine.rostering.duties.sweeps import longest_window
from callcenter.engine.rostering.duties.watch import Watch
from callcenter.engine.rostering.duties.window import (
    WEEK,
    left_of,
    run_before,
    weekends_of,
)

LOOK_DAYS = 35
KEEP_SHARE = 0.8
DAYS_AGAIN = (42, 63, 84, 112, 140, 196, 280, 10**6)
ROUNDS = 80
STATES = 2_000_000
"""States of one employee's search in a window, beyond which types are not counted."""

ROLL_SHARE = 0.6
"""The share of the time that all windows together are meant to take."""

GIVE_UP_SHARE = 0.85
"""The share of the time after which a roster by windows is given up."""

UNEASED = 10**9


@dataclass(eq=False)
class Rolling:
    """Plans windows one after another; the best roster has lines to fall back on.

    Every window gets an equal share of the time that is left to all of them.
    """

    watch: Watch
    executor: Executor | None = None
    n_workers: int = 1
    assigned: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.problem, self.base = self.watch.problem, self.watch.assigned
        self.assigned = np.full_like(self.base, OFF)
        self._people = np.arange(self.problem.n_employees)
        self._eased: dict[int, int] = {}

    def roll(self) -> Ints | None:
        """The roster; None when time was over before the end."""
        n_days = self.problem.n_days
        look = min(LOOK_DAYS, longest_window(self.problem))
        keep = max(WEEK, int(KEEP_SHARE * look))
        begun, began = 0, self.watch.seconds
        share = ROLL_SHARE - began / self.watch.limit_s
        while begun < n_days:
            until = min(begun + look, n_days)
            if n_days - until < look // 2:
                until = n_days
            done = n_days if until == n_days else begun + keep
            self._until = began / self.watch.limit_s + share * done / n_days
            if not self._plan(begun, until, done):
                return None
            begun = done
        return self.assigned

    def _plan(self, begun: int, until: int, done: int) -> bool:
        """Plan the days up to ``until`` and keep those up to ``done``."""
        while not self.watch.is_over(GIVE_UP_SHARE):
            first = min(
                (run_before(self.assigned[e], begun) for e in self._people),
                default=begun,
            )
            first = first // WEEK * WEEK
            part = self._part(first, begun, until)
            begin = [_quick_line(part, int(place)) for place in part.people]
            stuck = [place for place, line in enumerate(begin) if line is None]
            if stuck:
                self._help(part, stuck, is_last=until == self.problem.n_days)
                continue
            self._eased.clear()
            found = self._planned(part, [line for line in begin if line is not None])
            if found is None:
                return False
            self.assigned[self._people, begun:done] = found[
                :, begun - first : done - first
            ]
            return True
        return False

    def _planned(self, part: Part, lines: list[Ints]) -> Ints | None:
        """A roster of the window; a plainer one when its share of the time is over."""
        finders = [
            LineFinder(part.problem, int(place), most_states=STATES)
            for place in part.people
        ]
        generator = Generator(finders, self.executor, self.n_workers)
        master = Restricted(part)
        for place, line in enumerate(lines):
            master.add_lines(place, line[None, :])
        relaxed = generator.generate(master, self._is_late, max_rounds=ROUNDS).relaxed
        if self.watch.is_over(GIVE_UP_SHARE):
            return None
        return dive(generator, master, relaxed, self._is_late)

    def _is_late(self) -> bool:
        return self.watch.is_over(self._until)

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
        for days_again in DAYS_AGAIN:
            kept = line[: max(0, problem.n_days - days_again)]
            found = line_from(problem, person, cost, kept)
            if found is not None:
                self.assigned[person] = np.concatenate(
                    (line[: problem.n_days - len(found)], found)
                )
                return
        self.assigned[person] = self.base[person]

    def _ease(self, part: Part, place: int) -> bool:
        """Ask an employee for no more minutes than can still be worked."""
        person = int(self._people[place])
        if person in self._eased:
            return False
        piece, kept = _alone(part, place)
        contract = replace(piece.contracts[0], min_minutes=0)
        piece = replace(piece, contracts=(contract,))
        longest = np.tile(-piece.minutes.astype(float), (piece.n_days, 1))
        line = quick_line(piece, longest, kept)
        if line is None:
            return False
        self._eased[person] = int(piece.minutes[line[line != OFF]].sum())
        return True

    def _paced(self, contract: DutyContract, line: Ints) -> DutyContract:
        """The contract up to a day, at the pace of a line that is known to end well."""
        minutes = self.problem.minutes
        paid = int(minutes[line[line != OFF]].sum())
        return replace(
            contract,
            min_minutes=paid,
            max_minutes=max(contract.max_minutes, paid + 2 * int(minutes.max())),
            max_weekends=weekends_of(line),
        )

    def _part(self, first: int, begun: int, until: int) -> Part:
        problem, people = self.problem, self._people
        open_days = ~problem.is_free
        share = open_days[:, :until].sum(axis=1) / np.maximum(1, open_days.sum(axis=1))
        contracts = []
        for person in people:
            contract = problem.contracts[person]
            if until < problem.n_days:
                contract = share_of(problem, contract, float(share[person]))
                contract = self._paced(contract, self.base[person, :until])
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


def _alone(part: Part, place: int) -> tuple[DutyProblem, Ints]:
    """One employee of the window as a problem, and the days that are decided."""
    problem, one = part.problem, [place]
    piece = replace(
        problem,
        employees=("",),
        contracts=(problem.contracts[place],),
        is_free=problem.is_free[one],
        wish_points=problem.wish_points[one],
    )
    return piece, part.assigned[place, : int(np.argmax(part.days))]


def _quick_line(part: Part, place: int) -> Ints | None:
    """Some legal line after what an employee has worked so far; None without one."""
    piece, kept = _alone(part, place)
    return quick_line(piece, piece.wish_points[0] - piece.short_points, kept)
