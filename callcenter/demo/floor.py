"""One pool's floor, contact by contact: who calls, waits, gives up, is served by whom.

Time runs in whole seconds. Log-ins, log-outs, planned pauses and new contacts are
known beforehand and sorted; ends of contacts and of pauses, transferred contacts and
people who call again come from a heap. Giving up is found when a contact reaches the
head of its queue, which needs no event.
"""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from callcenter.demo.calendar import Bools, Ints
from callcenter.demo.company import Queue
from callcenter.demo.pace import Abilities
from callcenter.demo.records import (
    Contacts,
    Disposition,
    FloorLog,
    Origin,
    Paused,
    Sessions,
)
from callcenter.demo.rota import Pauses, Shifts
from callcenter.demo.volumes import (
    AFTER_ABANDON_REDIAL,
    REPEAT_AFTER_S,
    REPEAT_SHARE,
    REPEAT_SKEW,
    REPEAT_WITHIN_S,
)

SPARE = 0.4
SHORTEST_TALK_S = 8
_LOG_IN, _PAUSE, _LOG_OUT, _ARRIVE, _FINISH, _RESUME = range(6)
_OFF, _IDLE, _BUSY, _AWAY = range(4)


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """What one pool's floor is given.

    `queues` are the pool's, `positions` where they stand in the company; `opens_at`
    and `closes_at` hold the opening periods of each queue in epoch seconds;
    `arrived_at`, `arrived_in` (position in `queues`), `customer` are the new matters
    by time; `ends_at` is when history stops.
    """

    queues: tuple[Queue, ...]
    positions: tuple[int, ...]
    opens_at: tuple[list[int], ...]
    closes_at: tuple[list[int], ...]
    shifts: Shifts
    pauses: Pauses
    abilities: Abilities
    arrived_at: Ints
    arrived_in: Ints
    customer: Ints
    ends_at: int


class Floor:
    """The running floor; `run` once, then `log`."""

    def __init__(self, plan: FloorPlan, rng: np.random.Generator) -> None:
        self.plan = plan
        self._prepare_contacts(rng)
        self._prepare_agents(rng)
        self._prepare_queues()
        self.heap: list[tuple[int, int, int]] = []

    def _prepare_contacts(self, rng: np.random.Generator) -> None:
        plan = self.plan
        self.n = len(plan.arrived_at)
        room = int(self.n * (1 + SPARE)) + 100
        self.room = room

        def padded(values: Ints) -> list[int]:
            return np.pad(values, (0, room - self.n)).tolist()

        self.at = padded(plan.arrived_at)
        self.queue = padded(plan.arrived_in)
        self.customer = padded(plan.customer)
        self.parent = [-1] * room
        self.origin = [int(Origin.NEW)] * room
        self.disposition = [-1] * room
        self.shift = [-1] * room
        self.answered = [-1] * room
        self.talk = [0] * room
        self.hold = [0] * room
        self.wrap = [0] * room
        self.talk_unit = rng.lognormal(-0.18, 0.6, room).tolist()
        self.hold_unit = rng.lognormal(-0.125, 0.5, room).tolist()
        self.wrap_unit = rng.lognormal(-0.125, 0.5, room).tolist()
        self.patience_unit = rng.exponential(1.0, room).tolist()
        self.luck = rng.random((room, 4)).tolist()

    def _prepare_agents(self, rng: np.random.Generator) -> None:
        shifts, ability = self.plan.shifts, self.plan.abilities
        n = len(shifts.employee)
        self.status = [_OFF] * n
        self.stamp = [0] * n
        self.leaving = [False] * n
        self.pending: list[list[int]] = [[] for _ in range(n)]
        late = rng.exponential(35, n).astype(np.int64)
        self.logged_in = (shifts.starts_at + np.minimum(late, 800)).tolist()
        self.logged_out = shifts.ends_at.tolist()
        over = rng.normal(1.03, 0.06, len(self.plan.pauses.shift))
        length = (self.plan.pauses.length_s * np.clip(over, 0.85, 1.3)).astype(np.int64)
        self.pause_s = length.tolist()
        self.pause_shift = self.plan.pauses.shift.tolist()
        self.taken: list[tuple[int, int, int, int]] = []
        masks = sorted(set(ability.skills.tolist()))
        self.group = [masks.index(mask) for mask in ability.skills.tolist()]
        self.masks = masks
        self.pace = ability.handling.tolist()
        self.hold_chance = ability.hold_chance.tolist()
        self.hold_pace = ability.hold.tolist()
        self.transfer = ability.transfer.tolist()
        self.resolved = ability.resolved.tolist()

    def _prepare_queues(self) -> None:
        queues = self.plan.queues
        self.load = [queue.workload for queue in queues]
        self.threshold = [max(queue.target.threshold_s, 1) for queue in queues]
        self.waiting: list[deque[int]] = [deque() for _ in queues]
        self.idle: list[deque[tuple[int, int]]] = [deque() for _ in self.masks]
        self.serves = [
            [q for q in range(len(queues)) if mask >> q & 1] for mask in self.masks
        ]
        # Those who can do least come first, so that the versatile stay free.
        self.groups_of = [
            sorted(
                (g for g, mask in enumerate(self.masks) if mask >> q & 1),
                key=lambda g: self.masks[g].bit_count(),
            )
            for q in range(len(queues))
        ]
        self.patient = [load.patience_s <= 0 for load in self.load]

    def run(self) -> None:
        """Let all of it happen."""
        times, kinds, refs = self._known_events()
        act = (
            self._log_in,
            self._ask_pause,
            self._ask_out,
            self._arrive,
            self._finish,
            self._resume,
        )
        heap = self.heap
        for t, kind, ref in zip(times, kinds, refs, strict=True):
            while heap and heap[0][0] <= t:
                at, what, who = heappop(heap)
                act[what](who, at)
            act[kind](ref, t)
        while heap:
            at, what, who = heappop(heap)
            act[what](who, at)

    def _known_events(self) -> tuple[list[int], list[int], list[int]]:
        plan = self.plan
        sizes = (
            len(self.logged_in),
            len(plan.pauses.shift),
            len(self.logged_in),
            len(plan.arrived_at),
        )
        times = np.concatenate(
            (
                np.asarray(self.logged_in, dtype=np.int64),
                np.maximum(
                    plan.pauses.starts_at,
                    np.asarray(self.logged_in, dtype=np.int64)[plan.pauses.shift],
                ),
                plan.shifts.ends_at,
                plan.arrived_at,
            )
        )
        kinds = np.repeat(np.arange(4), sizes)
        refs = np.concatenate([np.arange(size) for size in sizes])
        order = np.lexsort((refs, kinds, times))
        return times[order].tolist(), kinds[order].tolist(), refs[order].tolist()

    # Agents

    def _log_in(self, s: int, t: int) -> None:
        self._free(s, t)

    def _ask_pause(self, p: int, t: int) -> None:
        s = self.pause_shift[p]
        self.pending[s].append(p)
        if self.status[s] == _IDLE:
            self._free(s, t)

    def _ask_out(self, s: int, t: int) -> None:
        self.leaving[s] = True
        if self.status[s] == _IDLE:
            self._free(s, t)

    def _resume(self, p: int, t: int) -> None:
        self._free(self.pause_shift[p], t)

    def _free(self, s: int, t: int) -> None:
        """An agent has nothing to do: leave, pause, take the next contact, or wait."""
        if self.leaving[s]:
            self.status[s] = _OFF
            self.logged_out[s] = t
        elif self.pending[s]:
            p = self.pending[s].pop(0)
            end = t + self.pause_s[p]
            self.status[s] = _AWAY
            self.taken.append((s, t, end, p))
            heappush(self.heap, (end, _RESUME, p))
        else:
            i = self._next_waiting(s, t)
            if i >= 0:
                self._start(i, s, t)
            else:
                self.status[s] = _IDLE
                self.stamp[s] += 1
                self.idle[self.group[s]].append((s, self.stamp[s]))

    def _next_waiting(self, s: int, t: int) -> int:
        """The contact that has waited longest against its threshold, or -1."""
        best, urgency = -1, -1.0
        for q in self.serves[self.group[s]]:
            line = self.waiting[q]
            while line and self._deadline(line[0]) < t:
                self._lose(line.popleft(), t)
            if line:
                wait = (t - self.at[line[0]]) / self.threshold[q]
                if wait > urgency:
                    best, urgency = q, wait
        return self.waiting[best].popleft() if best >= 0 else -1

    # Contacts

    def _deadline(self, i: int) -> int:
        q = self.queue[i]
        if self.patient[q]:
            return 1 << 60
        return self.at[i] + 2 + int(self.load[q].patience_s * self.patience_unit[i])

    def _arrive(self, i: int, t: int) -> None:
        q = self.queue[i]
        status, stamp = self.status, self.stamp
        for g in self.groups_of[q]:
            line = self.idle[g]
            while line:
                s, mark = line.popleft()
                if status[s] == _IDLE and stamp[s] == mark:
                    self._start(i, s, t)
                    return
        self.waiting[q].append(i)

    def _start(self, i: int, s: int, t: int) -> None:
        load = self.load[self.queue[i]]
        luck = self.luck[i]
        pace = self.pace[s]
        talk = SHORTEST_TALK_S + int(load.talk_s * self.talk_unit[i] * pace)
        hold = 0
        if luck[0] < load.hold_share * self.hold_chance[s]:
            hold = 5 + int(load.hold_s * self.hold_unit[i] * self.hold_pace[s])
        wrap = int(load.wrap_s * self.wrap_unit[i] * pace)
        self.answered[i], self.shift[i] = t, s
        self.talk[i], self.hold[i], self.wrap[i] = talk, hold, wrap
        self.status[s] = _BUSY
        gone = t + talk + hold
        heappush(self.heap, (gone + wrap, _FINISH, s))
        self._settle(i, s, gone)

    def _settle(self, i: int, s: int, t: int) -> None:
        """Decide how the contact ends at `t`, and what comes of it."""
        load = self.load[self.queue[i]]
        _, moves, solves, again = self.luck[i]
        if moves < load.transfer_share * self.transfer[s] and len(self.load) > 1:
            self.disposition[i] = Disposition.TRANSFERRED
            self._follow(i, self._other_queue(i, t), t + 3, Origin.TRANSFER)
        elif solves < load.resolved_share * self.resolved[s]:
            self.disposition[i] = Disposition.RESOLVED
        else:
            self.disposition[i] = Disposition.FOLLOW_UP
            if again < REPEAT_SHARE:
                share = again / REPEAT_SHARE
                delay = REPEAT_AFTER_S + int(REPEAT_WITHIN_S * share**REPEAT_SKEW)
                self._follow(i, self.queue[i], t + delay, Origin.REPEAT)

    def _other_queue(self, i: int, t: int) -> int:
        """Another queue of the pool that is open now, else the same one."""
        q = self.queue[i]
        others = [o for o in range(len(self.load)) if o != q and self._is_open(o, t)]
        return others[int(self.luck[i][2] * len(others))] if others else q

    def _lose(self, i: int, now: int) -> None:
        """A contact gave up; some dial again within the hour."""
        self.disposition[i] = Disposition.ABANDONED
        again = self.luck[i][3]
        if again < AFTER_ABANDON_REDIAL:
            delay = 120 + int(5400 * again)
            at = max(now, self._deadline(i) + delay)
            self._follow(i, self.queue[i], at, Origin.REDIAL)

    def _is_open(self, q: int, t: int) -> bool:
        k = bisect_right(self.plan.opens_at[q], t) - 1
        return k >= 0 and t < self.plan.closes_at[q][k]

    def _follow(self, i: int, q: int, t: int, origin: Origin) -> None:
        """The same customer comes (back) to queue `q`, at the earliest at `t`."""
        j = self.n
        if j >= self.room:
            return
        if origin is not Origin.TRANSFER and not self._is_open(q, t):
            opens = self.plan.opens_at[q]
            k = bisect_right(opens, t)
            if k == len(opens):
                return
            t = opens[k] + int(14_400 * self.luck[j][0])
        if t >= self.plan.ends_at:
            return
        self.n += 1
        self.at[j], self.queue[j], self.customer[j] = t, q, self.customer[i]
        self.parent[j], self.origin[j] = i, int(origin)
        heappush(self.heap, (t, _ARRIVE, j))

    def _finish(self, s: int, t: int) -> None:
        self._free(s, t)

    # What remains

    def log(self) -> FloorLog:
        """The floor's records, without contacts that were still open at the end."""
        for line in self.waiting:
            for i in line:
                if self._deadline(i) < self.plan.ends_at:
                    self.disposition[i] = Disposition.ABANDONED
        return FloorLog(self._contacts(), self._sessions(), self._pauses())

    def _contacts(self) -> Contacts:
        n = self.n

        def column(values: list[int]) -> Ints:
            return np.asarray(values[:n], dtype=np.int64)

        shift, answered = column(self.shift), column(self.answered)
        talk, hold, wrap = column(self.talk), column(self.hold), column(self.wrap)
        disposition = column(self.disposition)
        lost = disposition == Disposition.ABANDONED
        deadline = np.asarray([self._deadline(i) for i in range(n)], dtype=np.int64)
        ended = np.where(lost, deadline, answered + talk + hold)
        employee = np.where(shift >= 0, self.plan.shifts.employee[shift], -1)
        everything = Contacts(
            queue=np.asarray(self.plan.positions)[column(self.queue)],
            employee=employee,
            arrived_at=column(self.at),
            answered_at=answered,
            ended_at=ended,
            talk_s=talk,
            hold_s=hold,
            wrap_s=wrap,
            customer=column(self.customer),
            parent=column(self.parent),
            origin=column(self.origin),
            disposition=disposition,
            campaign=np.full(n, -1),
        )
        return _without_open(everything, ended + wrap <= self.plan.ends_at)

    def _sessions(self) -> Sessions:
        shifts = self.plan.shifts
        return Sessions(
            employee=shifts.employee,
            day=shifts.day,
            starts_at=np.asarray(self.logged_in, dtype=np.int64),
            ends_at=np.asarray(self.logged_out, dtype=np.int64),
        )

    def _pauses(self) -> Paused:
        table = np.asarray(self.taken, dtype=np.int64).reshape(-1, 4)
        return Paused(
            employee=self.plan.shifts.employee[table[:, 0]],
            starts_at=table[:, 1],
            ends_at=table[:, 2],
            reason=self.plan.pauses.reason[table[:, 3]],
        )


def _without_open(contacts: Contacts, is_over: Bools) -> Contacts:
    """Keep finished contacts; a parent that is not kept is forgotten."""
    kept = (contacts.disposition >= 0) & is_over
    new_row = np.where(kept, np.cumsum(kept) - 1, -1)
    parent = np.where(contacts.parent >= 0, new_row[contacts.parent], -1)
    rows = np.flatnonzero(kept)
    picked = contacts.pick(rows)
    picked.parent[:] = parent[rows]
    return picked
