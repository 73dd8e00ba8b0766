"""What tomorrow may depend on in a rotation, as a graph of states."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from callcenter.engine.rostering.rotation.model import OFF, RotationRules

NOBODY_ASKS = -1


class State(NamedTuple):
    """Two days' values, days of today's value in a row, days of work in a row.

    The day before is left out where no forbidden run of three begins like that.
    """

    before: int
    today: int
    run: int
    work: int


@dataclass(frozen=True, eq=False)
class StateGraph:
    """States, and moves from a day to the next as pairs of their places."""

    states: list[State]
    moves: list[tuple[int, int]]


def state_graph(rules: RotationRules) -> StateGraph:
    """All states that a block's first day can lead to."""
    steps = _Steps(rules)
    todo = list(steps.first_days())
    place = {state: number for number, state in enumerate(todo)}
    moves = []
    for state in todo:
        for after in steps.after(state):
            if after not in place:
                place[after] = len(todo)
                todo.append(after)
            moves.append((place[state], place[after]))
    return StateGraph(todo, moves)


@dataclass(frozen=True)
class _Steps:
    rules: RotationRules

    def first_days(self) -> Iterator[State]:
        """The first day of work after days off, and of days off after work."""
        values = range(1, len(self.rules.shift_blocks) + 1)
        for shift in values:
            if (OFF, shift) not in self.rules.forbidden:
                yield self._state(OFF, shift, 1, 1)
            if (shift, OFF) not in self.rules.forbidden:
                yield self._state(shift, OFF, 1, 0)

    def after(self, state: State) -> Iterator[State]:
        """Where a state can go to the next day."""
        most_work = self.rules.work_block[1]
        for value in range(len(self.rules.shift_blocks) + 1):
            work = 0 if value == OFF else state.work + 1
            if work > most_work or not self._may_follow(state, value):
                continue
            run = state.run + 1 if value == state.today else 1
            yield self._state(state.today, value, run, work)

    def _may_follow(self, state: State, value: int) -> bool:
        least, most = self._block(state.today)
        if value == state.today:
            if state.run >= most:
                return False
        elif state.run < least or (
            value == OFF and state.work < self.rules.work_block[0]
        ):
            return False
        forbidden = self.rules.forbidden
        pair, run = (state.today, value), (state.before, state.today, value)
        return pair not in forbidden and run not in forbidden

    def _state(self, before: int, today: int, run: int, work: int) -> State:
        asked = any(r[:2] == (before, today) for r in self.rules.forbidden if r[2:])
        return State(before if asked else NOBODY_ASKS, today, run, work)

    def _block(self, value: int) -> tuple[int, int]:
        if value == OFF:
            return self.rules.off_block
        return self.rules.shift_blocks[value - 1]
