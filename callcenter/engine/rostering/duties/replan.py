"""Large neighbourhoods: parts of the best roster planned anew, exactly where small."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from callcenter.engine.rostering.duties.branching import Node
from callcenter.engine.rostering.duties.dive import dive
from callcenter.engine.rostering.duties.generate import Generation, Generator
from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import Ints
from callcenter.engine.rostering.duties.part import Part, Relaxation
from callcenter.engine.rostering.duties.parts import Chooser, part_points
from callcenter.engine.rostering.duties.restricted import (
    Restricted,
)
from callcenter.engine.rostering.duties.sweeps import LONG_DAYS, Sweeper
from callcenter.engine.rostering.duties.tree import Explored, Explorer, Tree
from callcenter.engine.rostering.duties.watch import BETTER, Watch
from callcenter.engine.rostering.duties.window import cut_window

PART_LINES = 4000
"""Lines above which a part is searched by diving only."""

PART_ROUNDS = 60
PART_NODES = 400
"""Steps of branch and bound for the choice among a part's lines."""

WHOLE_LINES = (4_000,)
"""Lines of the whole that are chosen from at once."""

WHOLE_NODES = 100_000

PATIENCE = (0,)
"""Replans without gain before the whole is tried with so many lines."""

TREE_EVERY = 5
"""While replanning helps, every so manieth piece of work is on the tree."""

TREE_AFTER = 40
"""Replans without gain after which half of the work is on the tree."""

KNOWN_LINES = 25
"""Lines of the whole problem that a part starts with, for each employee."""

WHOLE_KINDS = frozenset({"dive", "tree"})
"""Kinds of work that are not on a part."""

DIVE_EVERY = 4
DISCREPANCIES = 6
ROOT_GAP = 0.02
"""A dive starts from lines whose reduced cost is within this share of the objective."""


@dataclass(eq=False)
class Root:
    """The relaxation of the whole and its lines."""

    master: Restricted
    done: Generation
    n_ranked: int = -1
    ranked: dict[int, Ints] = field(default_factory=dict)

    def copied(self, room: float = np.inf) -> tuple[Restricted, Relaxation]:
        """A master of its own with the lines whose reduced cost is within ``room``."""
        reduced = self.master.reduced_costs(self.done.relaxed)
        copy = self.master.of(np.flatnonzero(reduced <= room + BETTER))
        return copy, copy.relax()

    def remember(self, assigned: Ints) -> None:
        """Know a roster's lines."""
        for person in self.master.part.people:
            self.master.add_lines(int(person), assigned[person][None, :])

    def best_lines(self, person: int) -> Ints:
        """The employee's most promising lines at the prices of the relaxation."""
        if len(self.master.points) > 1.1 * self.n_ranked:
            self.n_ranked = len(self.master.points)
            reduced = self.master.reduced_costs(self.done.relaxed)
            owner = np.array(self.master.owners)
            for each in self.master.part.people:
                mine = np.flatnonzero(owner == each)
                best = mine[np.argsort(reduced[mine], kind="stable")[:KNOWN_LINES]]
                self.ranked[int(each)] = best
        return np.array([self.master.lines[column] for column in self.ranked[person]])


@dataclass(frozen=True, eq=False)
class Outcome:
    """A better roster or None; whether the part was settled."""

    assigned: Ints | None
    is_settled: bool
    explored: Explored | None = None


Task = Callable[[], Outcome]


@dataclass(eq=False)
class Replanner:
    """Replans parts of the best roster until the watch is over."""

    watch: Watch
    finders: list[LineFinder]
    executor: Executor
    n_workers: int
    rng: np.random.Generator
    root: Root | None
    max_rounds: int | None = None

    def __post_init__(self) -> None:
        problem = self.watch.problem
        self.chooser = (
            Sweeper(problem, self.rng, self.n_workers)
            if problem.n_days >= LONG_DAYS
            else Chooser(problem, self.finders, self.rng)
        )
        self.generator = Generator(self.finders)
        self.tree = self._planted()
        self._n_idle = self._n_rounds = self._n_climbs = 0
        self._level, self._tried_at = 0, np.inf

    def run(self) -> None:
        """Replan until time is over or the roster is proved."""
        while not self.watch.is_over():
            if self._may_close():
                self._close()
                continue
            if self._n_rounds == self.max_rounds:
                return
            self._n_rounds += 1
            finders = [
                [finder.copied() for finder in self.finders]
                for _ in range(self.n_workers)
            ]
            works = [self._work(*numbered) for numbered in enumerate(finders)]
            done = self.executor.map(lambda work: work[1](), works)
            self._take([kind for kind, _ in works], list(done))
            for own in finders:
                for finder, other in zip(self.finders, own, strict=True):
                    finder.learn(other.counted)

    def _work(self, number: int, finders: list[LineFinder]) -> tuple[str, Task]:
        """What one worker does next: dive through the whole, or replan a part.

        Each has finders of its own, so that no other one changes what they find.
        """
        rng = np.random.default_rng(self.rng.integers(2**63))
        generator = Generator(finders)
        turn = self._n_rounds * self.n_workers + number
        if self.tree is not None and self._is_for_tree(self.tree, turn):
            return "tree", self._climb(self.tree, number)
        if self.root is not None and turn % DIVE_EVERY == 0:
            root = self.root
            return "dive", lambda: self._dive(generator, root, rng)
        kind, part = self.chooser.choose(self.watch.assigned, number)
        if isinstance(self.chooser, Sweeper):
            return kind, lambda: self._replan_window(part, rng)
        known = {
            int(person): self.root.best_lines(int(person))
            for person in part.people
            if self.root is not None and part.days.all()
        }
        return kind, lambda: self._replan(generator, part, known, rng)

    def _take(self, kinds: list[str], outcomes: list[Outcome]) -> None:
        """Keep what is better, together where the parts do not disturb one another."""
        base = self.watch.assigned.copy()
        found = [o.assigned for o in outcomes if o.assigned is not None]
        before = self.watch.objective
        if len(found) > 1 and not {"dive", "tree"} & set(kinds):
            self.watch.offer(self._merged(base, found), "replan")
        for kind, outcome in zip(kinds, outcomes, strict=True):
            helped = outcome.assigned is not None
            if outcome.assigned is not None:
                phase = kind if kind in WHOLE_KINDS else "replan"
                self.watch.offer(outcome.assigned, phase)
            if kind not in WHOLE_KINDS:
                self.chooser.learn(kind, helped=helped, was_settled=outcome.is_settled)
        if self.watch.objective < before - BETTER:
            self._n_idle, self._level = 0, 0
            if self.root is not None:
                self.root.remember(self.watch.assigned)
        else:
            self._n_idle += len(outcomes)
        self._prove([one.explored for one in outcomes if one.explored is not None])

    def _planted(self) -> Tree | None:
        """The tree of the whole, where its relaxation was settled."""
        if self.root is None or not self.root.done.is_settled:
            return None
        master, done = self.root.master, self.root.done
        explorers = [
            Explorer(
                master.of(np.arange(len(master.points))),
                [finder.copied() for finder in self.finders],
            )
            for _ in range(self.n_workers)
        ]
        return Tree(explorers, [Node(done.bound, {}, {}, done.prices.cells, {})])

    def _is_for_tree(self, tree: Tree, turn: int) -> bool:
        """Whether the next piece of work is on the tree."""
        if not tree.open:
            return False
        is_idle = self._n_idle >= TREE_AFTER
        return turn // 2 % 2 == 1 if is_idle else turn % TREE_EVERY == 0

    def _climb(self, tree: Tree, number: int) -> Task:
        """Look at some nodes of the tree."""
        watch = self.watch
        constant = watch.problem.wish_constant
        goal = self._goal(watch.objective - constant)
        is_last_step = (
            watch.lifted(tree.bound + constant) > goal + constant - BETTER * 2
        )
        self._n_climbs += 1
        node = tree.take(newest=is_last_step or self._n_climbs % 2 == 0)
        explorer = tree.explorers[number]

        def explore() -> Outcome:
            explored = explorer.explore(node, goal, watch.is_over)
            return Outcome(explored.assigned, is_settled=False, explored=explored)

        return explore

    def _prove(self, explored: list[Explored]) -> None:
        """Take over what the tree came to."""
        if not explored or self.tree is None:
            return
        watch, constant = self.watch, self.watch.problem.wish_constant
        goal = self._goal(watch.objective - constant)
        for one in explored:
            self.tree.give(one, goal)
        if self.tree.is_done and self.tree.closed > goal:
            watch.prove(watch.objective, "proved")
        else:
            watch.prove(self.tree.bound + constant, "tree")

    def _merged(self, base: Ints, found: list[Ints]) -> Ints:
        """Better rosters laid together, row by row where the row stays legal."""
        merged = found[0].copy()
        for assigned in found[1:]:
            for person in np.flatnonzero((assigned != base).any(axis=1)):
                line = np.where(
                    assigned[person] != base[person], assigned[person], merged[person]
                )
                if self.finders[person].is_legal(line):
                    merged[person] = line
        return merged

    def _dive(
        self, generator: Generator, root: Root, rng: np.random.Generator
    ) -> Outcome:
        """Dive through the whole another way."""
        watch = self.watch
        goal = self._goal(watch.objective - watch.problem.wish_constant)
        room = max(goal - root.done.bound, ROOT_GAP * abs(watch.objective))
        master, relaxed = root.copied(room)
        found = dive(
            generator, master, relaxed, watch.is_over,
            goal=goal, rng=rng, discrepancies=DISCREPANCIES,
        )  # fmt: skip
        return Outcome(found, is_settled=False)

    def _goal(self, points: float) -> float:
        return points - self.watch.least_gain + BETTER

    def _replan_window(self, whole: Part, rng: np.random.Generator) -> Outcome:
        """Plan a window of a long horizon anew, as a problem of its own."""
        window = cut_window(whole)
        found = self._replan(Generator(window.finders), window.part, {}, rng)
        if found.assigned is None:
            return found
        return Outcome(window.pasted(found.assigned), found.is_settled)

    def _replan(
        self,
        generator: Generator,
        part: Part,
        known: dict[int, Ints],
        rng: np.random.Generator,
    ) -> Outcome:
        """Plan a part anew: bound it, dive through it, or choose from all its lines."""
        watch, goal = self.watch, self._goal(part_points(part))
        master = Restricted(part)
        for person in part.people:
            master.add_lines(int(person), part.assigned[person][None, :])
            if int(person) in known:
                master.add_lines(int(person), known[int(person)])
        start = np.array([_first(master, int(person)) for person in part.people])
        done = generator.generate(
            master, watch.is_over, max_rounds=PART_ROUNDS, goal=goal
        )
        if done.bound > goal:
            return Outcome(None, is_settled=True)
        if watch.is_over():
            return Outcome(None, is_settled=False)
        found = dive(generator, master, done.relaxed, watch.is_over, goal=goal, rng=rng)
        if found is not None or watch.is_over():
            return Outcome(found, is_settled=True)
        return self._choose(generator, master, done, goal, start)

    def _choose(
        self,
        generator: Generator,
        master: Restricted,
        done: Generation,
        goal: float,
        start: Ints,
    ) -> Outcome:
        """The best choice of a part's lines, all that could matter where few."""
        watch = self.watch
        is_complete = generator.enumerate(master, done, goal, PART_LINES)
        relaxed = master.relax()
        if relaxed.value > goal:
            return Outcome(None, is_settled=is_complete)
        choice = master.choose(
            relaxed, np.sort(start), cutoff=goal, least_gain=watch.least_gain,
            stop=watch.is_over,
            seconds=watch.seconds_left, nodes=PART_NODES,
        )  # fmt: skip
        is_settled = is_complete and choice.is_proved
        if set(choice.columns) == set(start):
            return Outcome(None, is_settled)
        return Outcome(_laid(master, choice.columns), is_settled)

    def _may_close(self) -> bool:
        """Whether to try the whole: not yet at this level and this objective."""
        if self.root is None or not self.root.done.is_settled:
            return False
        return self._level < len(PATIENCE) and self._n_idle >= PATIENCE[self._level]

    def _close(self) -> None:
        """Choose from all lines that a better roster of the whole could hold."""
        watch, root = self.watch, self.root
        most = WHOLE_LINES[self._level]
        self._level += 1
        if root is None:
            return
        goal = self._goal(watch.objective - watch.problem.wish_constant)
        people, days = root.master.part.people, root.master.part.days
        whole = Restricted(Part(watch.problem, watch.assigned, people, days))
        for person in people:
            whole.add_lines(int(person), watch.assigned[person][None, :])
        if not self.generator.enumerate(whole, root.done, goal, most):
            return
        start = np.array([_first(whole, int(person)) for person in people])
        relaxed = whole.relax()
        if relaxed.value > goal:
            watch.prove(watch.objective, "proved")
            return
        choice = whole.choose(
            relaxed, np.sort(start), cutoff=goal, least_gain=watch.least_gain,
            stop=watch.is_over,
            seconds=watch.seconds_left * (0.2 if most < WHOLE_LINES[-1] else 0.5),
            nodes=WHOLE_NODES,
        )  # fmt: skip
        watch.offer(_laid(whole, choice.columns), "close")
        if choice.is_proved:
            watch.prove(watch.objective, "proved")


def _first(master: Restricted, person: int) -> int:
    """The column of the line that the employee has now."""
    line = master.part.assigned[person]
    return next(
        column
        for column, owner in enumerate(master.owners)
        if owner == person and np.array_equal(master.lines[column], line)
    )


def _laid(master: Restricted, columns: Ints) -> Ints:
    """The roster with these lines."""
    assigned = master.part.assigned.copy()
    for column in columns:
        assigned[master.owners[column]] = master.lines[column]
    return assigned
