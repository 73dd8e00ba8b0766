"""Let the company live: 14 months of facts, of which two months contact by contact."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from callcenter.demo.attendance import Absences, draw_absences
from callcenter.demo.calendar import (
    QUARTER_S,
    Bools,
    Floats,
    Ints,
    LocalGrid,
    as_epoch_day,
    local_epochs,
)
from callcenter.demo.company import Channel, Company, Queue
from callcenter.demo.dialling import DialPlan, dial
from callcenter.demo.facts import (
    AgentQueueFacts,
    AgentStateFacts,
    QueueFacts,
    agent_queue_facts,
    agent_state_facts,
    queue_facts,
    sums_by,
)
from callcenter.demo.floor import Floor, FloorPlan
from callcenter.demo.pace import Abilities, abilities
from callcenter.demo.past import PoolPast, agent_days, past_facts
from callcenter.demo.queues import POOLS, Pool, pool_queues
from callcenter.demo.records import Contacts, FloorLog, Paused, Sessions
from callcenter.demo.rota import (
    Pause,
    Pauses,
    Shifts,
    agents_ready,
    plan_pauses,
    plan_shifts,
)
from callcenter.demo.tables import Table
from callcenter.demo.volumes import (
    QUARTERS,
    contacts_per_matter,
    expected_arrivals,
    handling_s,
)

CONTACT_DAYS = 61
CUSTOMERS = 400_000
SomeTable = TypeVar("SomeTable", bound=Table)


@dataclass(frozen=True, slots=True)
class History:
    """All that happened, as columns; see each table for fields and units.

    `queue_facts` cover the whole history by quarter. From `contacts_from` on there are
    `contacts` (whose roll-up the facts are), `sessions` and `pauses` as they really
    were, and agent facts by quarter (`agent_queues`, `agent_states`); before it, agent
    facts by day (`agent_queue_days`, `agent_state_days`). `shifts` and
    `planned_pauses` are the plan for the whole history.
    """

    contacts_from: date
    queue_facts: QueueFacts
    contacts: Contacts
    sessions: Sessions
    pauses: Paused
    agent_queues: AgentQueueFacts
    agent_states: AgentStateFacts
    agent_queue_days: AgentQueueFacts
    agent_state_days: AgentStateFacts
    shifts: Shifts
    planned_pauses: Pauses
    absences: Absences


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the pools contribute, one entry a pool (or a queue of it)."""

    facts: list[QueueFacts] = field(default_factory=list)
    contacts: list[Contacts] = field(default_factory=list)
    sessions: list[Sessions] = field(default_factory=list)
    pauses: list[Paused] = field(default_factory=list)
    agent_queues: list[AgentQueueFacts] = field(default_factory=list)
    agent_states: list[AgentStateFacts] = field(default_factory=list)
    agent_queue_days: list[AgentQueueFacts] = field(default_factory=list)
    agent_state_days: list[AgentStateFacts] = field(default_factory=list)
    shifts: list[Shifts] = field(default_factory=list)
    planned: list[Pauses] = field(default_factory=list)


def simulate_history(
    company: Company, rng: np.random.Generator, *, contact_days: int = CONTACT_DAYS
) -> History:
    """Simulate every day from `company.first_day` until the day before `today`.

    Parameters
    ----------
    company : Company
        As built by `founding.build_company`.
    rng : numpy.random.Generator
        The only source of chance; each pool gets a child of its own.
    contact_days : int
        Days at the end that are simulated contact by contact.

    """
    n_days = (company.today - company.first_day).days
    absences, away = draw_absences(company, n_days, rng)
    parts = _Parts()
    for pool, child in zip(POOLS, rng.spawn(len(POOLS)), strict=True):
        _PoolHistory(company, pool, away, contact_days, child).run(parts)
    facts = _merged(parts.facts)
    planned = _merged_pauses(parts)
    return History(
        contacts_from=company.today - timedelta(days=contact_days),
        queue_facts=facts.pick(np.lexsort((facts.starts_at, facts.queue))),
        contacts=_merged_contacts(parts.contacts),
        sessions=_merged(parts.sessions),
        pauses=_merged(parts.pauses),
        agent_queues=_merged(parts.agent_queues),
        agent_states=_merged(parts.agent_states),
        agent_queue_days=_merged(parts.agent_queue_days),
        agent_state_days=_merged(parts.agent_state_days),
        shifts=_merged(parts.shifts),
        planned_pauses=planned,
        absences=absences,
    )


def _merged(parts: list[SomeTable]) -> SomeTable:
    """All parts as one; the list is emptied, so that memory holds them once."""
    together = type(parts[0]).joined(parts)
    parts.clear()
    return together


def _merged_contacts(parts: list[Contacts]) -> Contacts:
    """All pools' contacts in order of arrival, parents following their rows."""
    before = 0
    for part in parts:
        part.parent[part.parent >= 0] += before
        before += len(part)
    together = _merged(parts)
    order = np.lexsort((together.queue, together.arrived_at))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order))
    in_order = together.pick(order)
    known = in_order.parent >= 0
    in_order.parent[known] = place[in_order.parent[known]]
    return in_order


def _merged_pauses(parts: _Parts) -> Pauses:
    """All planned pauses, pointing at rows of the merged shifts."""
    before = 0
    for shifts, planned in zip(parts.shifts, parts.planned, strict=True):
        planned.shift[:] += before
        before += len(shifts)
    return _merged(parts.planned)


class _PoolHistory:
    """One pool: plan its shifts, size its volume, run its floor, fill in its past."""

    def __init__(
        self,
        company: Company,
        pool: Pool,
        away: Bools,
        contact_days: int,
        rng: np.random.Generator,
    ) -> None:
        self.company, self.pool, self.rng = company, pool, rng
        self.positions = pool_queues(pool.code)
        self.queues = tuple(company.queues[q] for q in self.positions)
        self.n_days = away.shape[1]
        self.first = self.n_days - contact_days
        zone = self.queues[0].zone
        self.grid = LocalGrid(zone, company.first_day, self.n_days)
        rates = [expected_arrivals(company, q, self.grid, rng) for q in self.queues]
        load = self._by_day(rates)
        self.shifts = plan_shifts(company, pool, load, away, rng)
        self.planned = plan_pauses(self.shifts, rng)
        self.ready = agents_ready(self.shifts, self.planned, self.grid)
        self.ability = abilities(company, pool, self.shifts, self.n_days)
        self.rates = [rate * self._size(rates) for rate in rates]

    def _by_day(self, rates: list[Floats]) -> Floats:
        """Work by local day and quarter, to plan shifts on."""
        cell = self.grid.day * QUARTERS + self.grid.quarter
        work = np.zeros(self.n_days * QUARTERS)
        for queue, rate in zip(self.queues, rates, strict=True):
            seconds = rate * handling_s(queue.workload)
            work += np.bincount(cell, weights=seconds, minlength=len(work))
        return work.reshape(self.n_days, QUARTERS)

    def _size(self, rates: list[Floats]) -> float:
        """The factor that makes the volume fill the pool's share of staffed time."""
        seconds = sum(
            float(rate.sum())
            * handling_s(queue.workload)
            * contacts_per_matter(queue.workload)
            for queue, rate in zip(self.queues, rates, strict=True)
        )
        hours = self.shifts.ends_at - self.shifts.starts_at
        slow = float(np.average(self.ability.handling, weights=hours))
        ready = float(self.ready.sum()) * QUARTER_S
        return self.pool.occupancy * ready / (seconds * slow)

    def run(self, parts: _Parts) -> None:
        """Simulate the pool and add what it left."""
        starts = self.grid.starts
        is_past = self.grid.day < self.first
        window = (int(starts[int(is_past.sum())]), int(starts[-1]) + QUARTER_S)
        log = self._floor(window)
        seen = queue_facts(self.company, log.contacts, self._open_rows(~is_past))
        past = PoolPast(
            company=self.company,
            grid=self.grid,
            positions=self.positions,
            rates=tuple(self.rates),
            ready=self.ready,
            slowness=self._slowness(),
            is_past=is_past,
        )
        before = past_facts(past, seen, self.rng)
        queue_days, state_days = self._agent_days(before)
        company = self.company
        parts.facts.extend(part.compact() for part in (*before, seen))
        parts.contacts.append(log.contacts.compact())
        parts.sessions.append(log.sessions.compact())
        parts.pauses.append(log.pauses.compact())
        parts.agent_queues.append(agent_queue_facts(company, log.contacts).compact())
        parts.agent_states.append(agent_state_facts(log, window).compact())
        parts.agent_queue_days.extend(table.compact() for table in queue_days)
        parts.agent_state_days.append(state_days.compact())
        parts.shifts.append(self.shifts.compact())
        parts.planned.append(self.planned.compact())

    def _open_rows(self, wanted: Bools) -> tuple[Ints, Ints]:
        queues, starts = [], []
        for q, rate in zip(self.positions, self.rates, strict=True):
            rows = wanted & (rate > 0)
            queues.append(np.full(int(rows.sum()), q))
            starts.append(self.grid.starts[rows])
        return np.concatenate(queues), np.concatenate(starts)

    def _slowness(self) -> Floats:
        """Mean handling factor of each day's agents against the window's."""
        by_day = np.bincount(
            self.shifts.day, weights=self.ability.handling, minlength=self.n_days
        ) / np.maximum(np.bincount(self.shifts.day, minlength=self.n_days), 1)
        mean = by_day[self.first :].mean()
        return np.asarray(np.where(by_day > 0, by_day / mean, 1.0)[self.grid.day])

    def _floor(self, window: tuple[int, int]) -> FloorLog:
        rows = np.flatnonzero(self.shifts.ends_at > window[0])
        shifts = self.shifts.pick(rows)
        ability = self.ability.pick(rows)
        first = int(rows[0])
        late = self.planned.shift >= first
        row_of = np.full(len(self.shifts), -1)
        row_of[rows] = np.arange(len(rows))
        pauses = self.planned.pick(late & (row_of[self.planned.shift] >= 0))
        pauses.shift[:] = row_of[pauses.shift]
        if self.queues[0].channel is Channel.OUTBOUND:
            plan = DialPlan(
                self.queues,
                self.positions,
                shifts,
                pauses,
                ability,
                CUSTOMERS,
                window[1],
            )
            return dial(self.company, plan, self.rng)
        floor = Floor(self._floor_plan(shifts, pauses, ability, window), self.rng)
        floor.run()
        return floor.log()

    def _floor_plan(
        self,
        shifts: Shifts,
        pauses: Pauses,
        ability: Abilities,
        window: tuple[int, int],
    ) -> FloorPlan:
        at, queue = self._draw_arrivals(window[0])
        hours = [self._opening(q) for q in self.queues]
        return FloorPlan(
            queues=self.queues,
            positions=self.positions,
            opens_at=tuple(opens for opens, _ in hours),
            closes_at=tuple(closes for _, closes in hours),
            shifts=shifts,
            pauses=pauses,
            abilities=ability,
            arrived_at=at,
            arrived_in=queue,
            customer=self.rng.integers(1, CUSTOMERS, len(at)),
            ends_at=window[1],
        )

    def _draw_arrivals(self, start: int) -> tuple[Ints, Ints]:
        instants, queues = [], []
        live = self.grid.starts >= start
        for k, rate in enumerate(self.rates):
            counts = self.rng.poisson(rate[live])
            quarter = np.repeat(self.grid.starts[live], counts)
            instants.append(quarter + self.rng.integers(0, QUARTER_S, len(quarter)))
            queues.append(np.full(len(quarter), k))
        at, queue = np.concatenate(instants), np.concatenate(queues)
        order = np.lexsort((queue, at))
        return at[order], queue[order]

    def _opening(self, queue: Queue) -> tuple[list[int], list[int]]:
        days = np.arange(self.first, self.n_days, dtype=np.int64)
        days += as_epoch_day(self.company.first_day)

        def at(hour: int) -> list[int]:
            seconds = np.full(len(days), hour * 3600, dtype=np.int64)
            return [int(t) for t in local_epochs(queue.zone, days, seconds)]

        return at(queue.opens_h), at(queue.closes_h)

    def _agent_days(
        self, before: list[QueueFacts]
    ) -> tuple[list[AgentQueueFacts], AgentStateFacts]:
        """What agents did on each day before the window, by queue and by state."""
        candidates = np.flatnonzero(self.shifts.day < self.first)
        who = (self.shifts, self.ability, candidates)
        n = len(self.shifts)
        seconds: dict[str, Ints] = {
            name: np.zeros(n, np.int64) for name in ("talk_s", "hold_s", "wrap_s")
        }
        tables = []
        for bit, facts in enumerate(before):
            table, rows = agent_days(facts, self.grid, who, bit, self.rng)
            tables.append(table)
            for name, total in seconds.items():
                np.add(total, sums_by(rows, getattr(table, name), n), out=total)
        return tables, self._state_days(candidates, seconds)

    def _state_days(self, rows: Ints, seconds: dict[str, Ints]) -> AgentStateFacts:
        n = len(self.shifts)
        paused = {
            f"{reason.name.lower()}_s": sums_by(
                self.planned.shift,
                self.planned.length_s * (self.planned.reason == int(reason)),
                n,
            )
            for reason in Pause
        }
        taken = np.sum([*seconds.values(), *paused.values()], axis=0)
        planned = self.shifts.ends_at - self.shifts.starts_at
        # Whoever had more work than the shift holds stayed longer.
        login = np.maximum(planned, taken)
        table = AgentStateFacts(
            employee=self.shifts.employee,
            day=self.shifts.day,
            starts_at=self.grid.starts[np.searchsorted(self.grid.day, self.shifts.day)],
            login_s=login,
            available_s=login - taken,
            **seconds,
            **paused,
        )
        return table.pick(rows)
