"""An outbound pool's floor: agents work a campaign's list one number after another.

Every attempt is a contact without waiting. The time of ringing counts as talk, the
study of the customer's record and the note afterwards as after-contact work.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from callcenter.demo.attendance import day_index
from callcenter.demo.calendar import QUARTER_S, Bools, Floats, Ints
from callcenter.demo.company import Campaign, Company, Queue
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

GAP_S = 24.0
RING_S = 26.0
UNREACHED_WRAP = 0.2
TALK_BY_OUTCOME = {
    Disposition.REFUSED: 0.62,
    Disposition.CALL_BACK: 0.85,
    Disposition.SALE: 1.9,
}
UNREACHED = (Disposition.NO_ANSWER, Disposition.BUSY, Disposition.WRONG_NUMBER)
UNREACHED_SHARES = (0.68, 0.22, 0.1)
CALL_BACK_SHARE = 0.22


@dataclass(frozen=True, slots=True)
class DialPlan:
    """What one outbound pool is given; see `floor.FloorPlan`."""

    queues: tuple[Queue, ...]
    positions: tuple[int, ...]
    shifts: Shifts
    pauses: Pauses
    abilities: Abilities
    n_customers: int
    ends_at: int


def running_campaign(company: Company, queue: Queue, day: int) -> int:
    """Position of the queue's campaign on a day of the history, or -1."""
    for k, campaign in enumerate(company.campaigns):
        first = day_index(company, campaign.starts_on)
        last = day_index(company, campaign.ends_on)
        if campaign.queue == queue.code and first <= day <= last:
            return k
    return -1


def dial(company: Company, plan: DialPlan, rng: np.random.Generator) -> FloorLog:
    """Let every agent of the pool dial through the shifts."""
    sessions, pauses = _attendance(plan, rng)
    parts = [
        part
        for segment in _segments(plan, sessions)
        if (part := _work(company, plan, segment, rng)) is not None
    ]
    contacts = Contacts.joined(parts)
    contacts = contacts.pick(np.argsort(contacts.arrived_at, kind="stable"))
    over = contacts.ended_at + contacts.wrap_s <= plan.ends_at
    return FloorLog(contacts.pick(over), sessions, pauses)


def _attendance(plan: DialPlan, rng: np.random.Generator) -> tuple[Sessions, Paused]:
    shifts, pauses = plan.shifts, plan.pauses
    late = np.minimum(rng.exponential(35, len(shifts.employee)), 800).astype(np.int64)
    sessions = Sessions(
        employee=shifts.employee,
        day=shifts.day,
        starts_at=shifts.starts_at + late,
        ends_at=shifts.ends_at.copy(),
    )
    starts = np.maximum(pauses.starts_at, sessions.starts_at[pauses.shift])
    taken = Paused(
        employee=shifts.employee[pauses.shift],
        starts_at=starts,
        ends_at=pauses.starts_at + pauses.length_s,
        reason=pauses.reason,
    )
    return sessions, taken.pick(taken.ends_at > taken.starts_at)


def _segments(plan: DialPlan, sessions: Sessions) -> Iterator[tuple[int, int, int]]:
    """Stretches of work between pauses: shift, start and end."""
    by_shift: list[list[tuple[int, int]]] = [[] for _ in range(len(sessions))]
    pauses = plan.pauses
    for s, start, length in zip(
        pauses.shift.tolist(),
        pauses.starts_at.tolist(),
        pauses.length_s.tolist(),
        strict=True,
    ):
        by_shift[s].append((start, start + length))
    for s, held in enumerate(by_shift):
        at = int(sessions.starts_at[s])
        for start, end in [*held, (int(sessions.ends_at[s]), 0)]:
            if start - at > QUARTER_S // 3:
                yield s, at, start
            at = max(at, end)


def _work(
    company: Company,
    plan: DialPlan,
    segment: tuple[int, int, int],
    rng: np.random.Generator,
) -> Contacts | None:
    """The attempts of one stretch that end before it does."""
    s, start, end = segment
    day = int(plan.shifts.day[s])
    running = [running_campaign(company, queue, day) for queue in plan.queues]
    weights = np.asarray(
        [
            q.workload.per_day * (c >= 0)
            for q, c in zip(plan.queues, running, strict=True)
        ]
    )
    q = int(rng.choice(len(weights), p=weights / weights.sum()))
    queue, campaign = plan.queues[q], company.campaigns[running[q]]
    room = (end - start) // 90 + 4
    outcome = _outcomes(campaign, room, rng)
    pace = float(plan.abilities.handling[s])
    talk, hold, wrap = _durations(queue, outcome, pace, rng)
    gap = rng.exponential(GAP_S, room).astype(np.int64) + 2
    finish = start + np.cumsum(gap + talk + hold + wrap)
    n = int(np.searchsorted(finish, end, side="right"))
    if n == 0:
        return None
    dialled = (finish - talk - hold - wrap)[:n]
    none = np.full(n, -1)
    return Contacts(
        queue=np.full(n, plan.positions[q]),
        employee=np.full(n, plan.shifts.employee[s]),
        arrived_at=dialled,
        answered_at=dialled,
        ended_at=dialled + talk[:n] + hold[:n],
        talk_s=talk[:n],
        hold_s=hold[:n],
        wrap_s=wrap[:n],
        customer=rng.integers(1, plan.n_customers, n),
        parent=none,
        origin=np.full(n, int(Origin.DIALLED)),
        disposition=outcome[:n],
        campaign=np.full(n, running[q]),
    )


def _outcomes(campaign: Campaign, n: int, rng: np.random.Generator) -> Ints:
    reached = rng.random(n) < campaign.true_reach
    sold = rng.random(n) < campaign.true_conversion
    later = rng.random(n) < CALL_BACK_SHARE
    missed = rng.choice(np.asarray(UNREACHED), n, p=UNREACHED_SHARES)
    spoken = np.where(
        sold,
        int(Disposition.SALE),
        np.where(later, int(Disposition.CALL_BACK), int(Disposition.REFUSED)),
    )
    return np.where(reached, spoken, missed).astype(np.int64)


def is_reached(outcome: Ints) -> Bools:
    """Whether a person answered."""
    return np.isin(outcome, list(TALK_BY_OUTCOME))


def _durations(
    queue: Queue, outcome: Ints, pace: float, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    n, load = len(outcome), queue.workload
    reached = is_reached(outcome)
    factor: Floats = np.zeros(n)
    for disposition, share in TALK_BY_OUTCOME.items():
        factor[outcome == disposition] = share
    talk = load.talk_s * factor * pace * rng.lognormal(-0.125, 0.5, n)
    ring = 6 + rng.exponential(RING_S - 6, n)
    held = reached & (rng.random(n) < load.hold_share)
    hold = np.where(held, 5 + load.hold_s * rng.lognormal(-0.125, 0.5, n), 0)
    wrap = load.wrap_s * pace * rng.lognormal(-0.08, 0.4, n)
    wrap *= np.where(reached, 1.0, UNREACHED_WRAP)
    return (
        (talk + ring).astype(np.int64),
        hold.astype(np.int64),
        wrap.astype(np.int64),
    )
