"""The months before the simulated contacts: facts from queueing theory.

The simulated window tells how many contacts a new matter causes, how long they take
and how much of the pool's staff reaches a queue; with that, each earlier interval is
the steady state of its own load and staff, plus the chance of small numbers.
"""

from dataclasses import dataclass

import numpy as np

from callcenter.demo.calendar import QUARTER_S, Bools, Floats, Ints, LocalGrid
from callcenter.demo.company import Campaign, Channel, Company, Queue
from callcenter.demo.dialling import GAP_S, RING_S, UNREACHED_WRAP, running_campaign
from callcenter.demo.facts import AgentQueueFacts, QueueFacts, split_whole, split_within
from callcenter.demo.pace import Abilities
from callcenter.demo.repeats import with_repeats
from callcenter.demo.rota import Shifts
from callcenter.demo.waiting import Outcome, erlang_a, fluid_waits

TALK_SPREAD = 0.65
OWN_SHARE = 0.6
REACHES = np.linspace(0.74, 1.06, 17)


@dataclass(frozen=True, slots=True)
class Habits:
    """What the window showed of one queue; means per contact, shares of answered.

    `short` is the share of those who gave up at once among those within the threshold.
    """

    contacts_per_matter: float
    talk_s: float
    holds: float
    hold_s: float
    wrap_s: float
    transfers: float
    unresolved: float
    reached: float
    sales: float
    short: float

    @property
    def handling_s(self) -> float:
        """Mean seconds an agent spends on a contact."""
        return self.talk_s + self.holds * self.hold_s + self.wrap_s


@dataclass(frozen=True, slots=True)
class PoolPast:
    """What the past of one pool is made from; all by the quarters of `grid`.

    `ready` are the agents at work, `slowness` the handling time of the day's agents
    against the window's, `is_past` the quarters before the window.
    """

    company: Company
    grid: LocalGrid
    positions: tuple[int, ...]
    rates: tuple[Floats, ...]
    ready: Ints
    slowness: Floats
    is_past: Bools

    @property
    def queues(self) -> list[Queue]:
        """The queues of the pool."""
        return [self.company.queues[q] for q in self.positions]


def habits_of(seen: QueueFacts, matters: float) -> Habits:
    """Means of one queue over the window; `matters` new ones were expected."""
    answered, holds = max(float(seen.answered.sum()), 1.0), float(seen.holds.sum())
    done = seen.transfers.sum() + seen.resolved.sum()
    return Habits(
        contacts_per_matter=float(seen.offered.sum()) / max(matters, 1.0),
        talk_s=float(seen.talk_s.sum()) / answered,
        holds=holds / answered,
        hold_s=float(seen.hold_s.sum()) / max(holds, 1.0),
        wrap_s=float(seen.wrap_s.sum()) / answered,
        transfers=float(seen.transfers.sum()) / answered,
        unresolved=1 - float(done) / answered,
        reached=float(seen.reached.sum()) / answered,
        sales=float(seen.sales.sum()) / answered,
        short=float(
            seen.short_abandoned.sum() / max(seen.abandoned_in_threshold.sum(), 1)
        ),
    )


def past_facts(
    past: PoolPast, seen: QueueFacts, rng: np.random.Generator
) -> list[QueueFacts]:
    """Facts of each queue of a pool for every open quarter before the window."""
    habits = [
        habits_of(seen.pick(seen.queue == q), float(rate[~past.is_past].sum()))
        for q, rate in zip(past.positions, past.rates, strict=True)
    ]
    if past.queues[0].channel is Channel.OUTBOUND:
        return _dialled(past, habits, rng)
    expected = [
        with_repeats(rate, h.contacts_per_matter, queue.workload)
        for rate, h, queue in zip(past.rates, habits, past.queues, strict=True)
    ]
    offered = [rng.poisson(mean).astype(np.int64) for mean in expected]
    found = []
    for k in range(len(habits)):
        outcome = _outcome(past, habits, expected, offered, k, seen)
        rows = past.is_past & (past.rates[k] > 0)
        found.append(_sample(past, k, habits[k], (offered[k], outcome, rows), rng))
    return found


def _outcome(
    past: PoolPast,
    habits: list[Habits],
    expected: list[Floats],
    offered: list[Ints],
    k: int,
    seen: QueueFacts,
) -> Outcome:
    """Service of the pool's k-th queue in every quarter of the grid."""
    queue = past.queues[k]
    total = np.sum(expected, axis=0)
    work = np.sum(
        [e * h.handling_s for e, h in zip(expected, habits, strict=True)], axis=0
    )
    service = work / np.maximum(total, 1e-9) * past.slowness + 1e-6
    # A busier quarter than expected is served worse, though not as if it lasted.
    felt = (1 - OWN_SHARE) * total + OWN_SHARE * np.sum(offered, axis=0)
    if queue.channel is Channel.CASE:
        return _patient_outcome(felt, past.ready * QUARTER_S / service, queue)
    live = ~past.is_past
    mine = seen.pick(seen.queue == past.positions[k])
    goal = float(mine.answered_in_threshold.sum() / max(mine.offered.sum(), 1))

    def serve(rows: Bools, reach: float) -> Outcome:
        return erlang_a(
            felt[rows] / QUARTER_S,
            service[rows],
            (past.ready[rows] * reach).astype(np.float64),
            patience_s=queue.workload.patience_s,
            threshold_s=queue.target.threshold_s,
        )

    weight = expected[k][live] / max(expected[k][live].sum(), 1e-9)
    tried = [float(serve(live, r).in_threshold @ weight) for r in REACHES]
    best = float(REACHES[int(np.argmin(np.abs(np.asarray(tried) - goal)))])
    return serve(np.ones_like(live), best)


def _patient_outcome(arrivals: Floats, capacity: Floats, queue: Queue) -> Outcome:
    wait = fluid_waits(arrivals, capacity) + 60.0
    spread = queue.target.threshold_s / 6
    early = 1 / (1 + np.exp((wait - queue.target.threshold_s) / spread))
    nothing = np.zeros_like(wait)
    return Outcome(np.ones_like(wait), early, nothing, wait, nothing)


def _totals(counts: Ints, mean: Floats, rng: np.random.Generator) -> Ints:
    """Whole seconds that so many contacts of a mean length take together."""
    noise = TALK_SPREAD / np.sqrt(np.maximum(counts, 1))
    return (counts * mean * np.exp(rng.normal(-(noise**2) / 2, noise))).astype(np.int64)


def _sample(
    past: PoolPast,
    k: int,
    habits: Habits,
    found: tuple[Ints, Outcome, Bools],
    rng: np.random.Generator,
) -> QueueFacts:
    """Draw a queue's facts around its outcome."""
    all_offered, outcome, rows = found
    offered = all_offered[rows]
    answered = rng.binomial(offered, outcome.answered[rows])
    lost = offered - answered
    shares = outcome.in_threshold[rows] / np.maximum(outcome.answered[rows], 1e-9)
    early = rng.binomial(answered, np.clip(shares, 0, 1))
    lost_share = outcome.lost_in_threshold[rows] / np.maximum(
        1 - outcome.answered[rows], 1e-9
    )
    lost_early = rng.binomial(lost, np.clip(lost_share, 0, 1))
    holds = rng.binomial(answered, min(habits.holds, 1.0))
    moved = rng.binomial(answered, habits.transfers)
    open_end = rng.binomial(
        answered - moved, min(habits.unresolved / (1 - habits.transfers), 1.0)
    )
    slow = past.slowness[rows]
    zero = np.zeros_like(offered)
    return QueueFacts(
        queue=np.full(len(offered), past.positions[k]),
        starts_at=past.grid.starts[rows],
        offered=offered,
        answered=answered,
        abandoned=lost,
        answered_in_threshold=early,
        abandoned_in_threshold=lost_early,
        short_abandoned=rng.binomial(lost_early, habits.short),
        talk_s=_totals(answered, habits.talk_s * slow, rng),
        hold_s=_totals(holds, habits.hold_s * slow, rng),
        wrap_s=_totals(answered, habits.wrap_s * slow, rng),
        wait_answered_s=_totals(answered, outcome.wait_answered_s[rows], rng),
        wait_abandoned_s=_totals(lost, outcome.wait_lost_s[rows], rng),
        transfers=moved,
        holds=holds,
        resolved=answered - moved - open_end,
        reached=zero,
        sales=zero,
    )


def _dialled(
    past: PoolPast, habits: list[Habits], rng: np.random.Generator
) -> list[QueueFacts]:
    """Attempts that the staff of each quarter could make, and what came of them."""
    n_days = past.grid.n_days
    company = past.company
    running = np.asarray(
        [[running_campaign(company, q, d) for d in range(n_days)] for q in past.queues]
    )
    weight = np.asarray([q.workload.per_day for q in past.queues])[:, None]
    share = weight * (running >= 0)
    share = share / np.maximum(share.sum(axis=0), 1e-9)
    idle = GAP_S + 2
    found = []
    for k, (queue, h) in enumerate(zip(past.queues, habits, strict=True)):
        campaign = running[k][past.grid.day]
        rows = past.is_past & (past.rates[k] > 0) & (campaign >= 0)
        good = _good_share(company.campaigns, campaign[rows])
        cycle = _attempt_s(h, good[0]) * past.slowness[rows] + idle
        mean = past.ready[rows] * share[k][past.grid.day[rows]] * QUARTER_S / cycle
        attempts = rng.poisson(mean * 0.97).astype(np.int64)
        found.append(_attempts(past, k, h, (attempts, good, rows, queue), rng))
    return found


def _good_share(campaigns: tuple[Campaign, ...], which: Ints) -> Floats:
    """Reach and conversion of the campaign running in each row, shape (2, n)."""
    table = np.asarray([(c.true_reach, c.true_conversion) for c in campaigns])
    return np.asarray(table[which].T)


def _talk_and_wrap(habits: Habits, reach: Floats) -> tuple[Floats, Floats]:
    """Mean seconds of talk and of wrap an attempt, where `reach` are reached.

    The window's campaigns may have reached fewer than those of the past.
    """
    spoken_s = max(habits.talk_s - RING_S, 0.0) / max(habits.reached, 0.05)
    written = habits.reached + UNREACHED_WRAP * (1 - habits.reached)
    wrap_s = habits.wrap_s / written * (reach + UNREACHED_WRAP * (1 - reach))
    return RING_S + spoken_s * reach, wrap_s


def _attempt_s(habits: Habits, reach: Floats) -> Floats:
    """Mean seconds that an attempt takes."""
    talk_s, wrap_s = _talk_and_wrap(habits, reach)
    held = habits.holds / max(habits.reached, 0.05) * reach
    return np.asarray(talk_s + held * habits.hold_s + wrap_s)


def _attempts(
    past: PoolPast,
    k: int,
    habits: Habits,
    found: tuple[Ints, Floats, Bools, Queue],
    rng: np.random.Generator,
) -> QueueFacts:
    attempts, good, rows, _ = found
    reached = rng.binomial(attempts, good[0])
    holds = rng.binomial(reached, min(habits.holds / max(habits.reached, 0.05), 1.0))
    talk_s, wrap_s = _talk_and_wrap(habits, good[0])
    slow = past.slowness[rows]
    zero = np.zeros_like(attempts)
    return QueueFacts(
        queue=np.full(len(attempts), past.positions[k]),
        starts_at=past.grid.starts[rows],
        offered=attempts,
        answered=attempts,
        abandoned=zero,
        answered_in_threshold=attempts,
        abandoned_in_threshold=zero,
        short_abandoned=zero,
        talk_s=_totals(attempts, talk_s * slow, rng),
        hold_s=_totals(holds, habits.hold_s * slow, rng),
        wrap_s=_totals(attempts, wrap_s * slow, rng),
        wait_answered_s=zero,
        wait_abandoned_s=zero,
        transfers=zero,
        holds=holds,
        resolved=zero,
        reached=reached,
        sales=rng.binomial(reached, good[1]),
    )


def agent_days(
    facts: QueueFacts,
    grid: LocalGrid,
    who: tuple[Shifts, Abilities, Ints],
    bit: int,
    rng: np.random.Generator,
) -> tuple[AgentQueueFacts, Ints]:
    """Share one queue's days among the agents on shift that know it.

    Faster agents handle more; seconds, holds and transfers follow each agent's own
    factors; every day's sums stay exactly those of the queue. Returns also the
    position of each row's shift.

    Parameters
    ----------
    facts : QueueFacts
        The queue's, before the window.
    grid : LocalGrid
        Of the queue's zone.
    who : Shifts, Abilities and Ints
        All shifts of the pool, and the positions of those to consider.
    bit : int
        The queue's bit in `Abilities.skills`.
    rng : numpy.random.Generator
        Makes agents differ from day to day.

    """
    shifts, ability, candidates = who
    able = candidates[(ability.skills[candidates] >> bit & 1).astype(bool)]
    able = able[np.argsort(shifts.day[able], kind="stable")]
    sharing = _Sharing(
        facts=facts,
        of_day=grid.day[(facts.starts_at - grid.starts[0]) // QUARTER_S],
        day=shifts.day[able],
        n_days=grid.n_days,
    )
    hours = (shifts.ends_at - shifts.starts_at)[able] / 3600
    table = _share_day(sharing, ability.pick(able), hours, rng)
    columns = {name: np.asarray(values) for name, values in table.items()}
    whole = AgentQueueFacts(
        employee=shifts.employee[able],
        queue=np.full(len(able), facts.queue[0] if len(facts) else 0),
        starts_at=grid.starts[np.searchsorted(grid.day, shifts.day[able])],
        **columns,
    )
    kept = whole.handled > 0
    return whole.pick(kept), able[kept]


@dataclass(frozen=True, slots=True)
class _Sharing:
    """A queue's facts with their local days, and the day of every agent's row."""

    facts: QueueFacts
    of_day: Ints
    day: Ints
    n_days: int

    def per_day(self, values: Ints) -> Ints:
        """Sums of facts by day."""
        sums = np.bincount(self.of_day, weights=values, minlength=self.n_days)
        return sums.astype(np.int64)

    def whole(self, values: Ints, weights: Floats) -> Ints:
        """The day's sum of the facts' values, shared by weight."""
        return split_whole(self.per_day(values), self.day, weights.astype(np.float64))

    def within(self, values: Ints, weights: Floats, room: Ints) -> Ints:
        """The same for counts that cannot exceed `room` in a row."""
        return split_within(
            self.per_day(values), self.day, weights.astype(np.float64), room
        )


def _share_day(
    sharing: _Sharing, ability: Abilities, hours: Floats, rng: np.random.Generator
) -> dict[str, Ints]:
    """The measures of `AgentQueueFacts` by row."""
    facts, n = sharing.facts, len(ability)
    slow = ability.handling
    handled = sharing.whole(facts.answered, hours / slow * rng.gamma(60, 1 / 60, n))
    noise = rng.gamma(40, 1 / 40, n)
    lost = facts.answered - facts.resolved - facts.transfers
    moved = sharing.within(facts.transfers, handled * ability.transfer, handled)
    again = sharing.within(lost, handled * (1.6 - ability.resolved), handled - moved)
    holds = sharing.within(facts.holds, handled * ability.hold_chance, handled)
    evenly = handled.astype(np.float64)
    early = sharing.within(facts.answered_in_threshold, evenly, handled)
    reached = sharing.within(facts.reached, evenly, handled)
    late = handled * (handled - early + 0.02)
    return {
        "handled": handled,
        "answered_in_threshold": early,
        "wait_answered_s": sharing.whole(facts.wait_answered_s, late),
        "talk_s": sharing.whole(facts.talk_s, handled * slow * noise),
        "hold_s": sharing.whole(facts.hold_s, (holds + 1e-6) * ability.hold * noise),
        "wrap_s": sharing.whole(facts.wrap_s, handled * slow * noise),
        "transfers": moved,
        "holds": holds,
        "resolved": handled - moved - again,
        "reached": reached,
        "sales": sharing.within(facts.sales, reached / slow, reached),
    }
