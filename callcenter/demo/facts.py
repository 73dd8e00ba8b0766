"""Roll contacts and sessions up into facts of a quarter-hour."""

from dataclasses import dataclass

import numpy as np

from callcenter.demo.calendar import QUARTER_S, Bools, Floats, Ints
from callcenter.demo.company import Company
from callcenter.demo.dialling import is_reached
from callcenter.demo.records import Contacts, Disposition, FloorLog
from callcenter.demo.rota import Pause
from callcenter.demo.tables import Table


@dataclass(frozen=True, slots=True)
class QueueFacts(Table):
    """Sums of one queue and quarter-hour, by queue and start.

    A contact counts, with all its seconds, in the quarter in which it arrived, so
    offered = answered + abandoned in every row. `starts_at` is in epoch seconds (UTC),
    times are whole seconds. Outbound: `offered` and `answered` are attempts, `reached`
    those in which a person answered, `sales` those sold.
    """

    queue: Ints
    starts_at: Ints
    offered: Ints
    answered: Ints
    abandoned: Ints
    answered_in_threshold: Ints
    abandoned_in_threshold: Ints
    short_abandoned: Ints
    talk_s: Ints
    hold_s: Ints
    wrap_s: Ints
    wait_answered_s: Ints
    wait_abandoned_s: Ints
    transfers: Ints
    holds: Ints
    resolved: Ints
    reached: Ints
    sales: Ints


@dataclass(frozen=True, slots=True)
class AgentQueueFacts(Table):
    """What one agent handled of one queue in a quarter-hour or a day.

    `starts_at` is the quarter (or the local midnight of the day) in epoch seconds; a
    contact counts in the quarter in which it arrived, as in `QueueFacts`, so that both
    add up to the same.
    """

    employee: Ints
    queue: Ints
    starts_at: Ints
    handled: Ints
    answered_in_threshold: Ints
    wait_answered_s: Ints
    talk_s: Ints
    hold_s: Ints
    wrap_s: Ints
    transfers: Ints
    holds: Ints
    resolved: Ints
    reached: Ints
    sales: Ints


@dataclass(frozen=True, slots=True)
class AgentStateFacts(Table):
    """Seconds of an agent's states in a quarter-hour or a day, cut at its ends.

    login_s = available_s + talk_s + hold_s + wrap_s + the five pauses. `day` is the
    local business day (days since `company.first_day`) on which the shift started.
    """

    employee: Ints
    day: Ints
    starts_at: Ints
    login_s: Ints
    available_s: Ints
    talk_s: Ints
    hold_s: Ints
    wrap_s: Ints
    break_s: Ints
    lunch_s: Ints
    meeting_s: Ints
    coaching_s: Ints
    training_s: Ints


def contact_measures(company: Company, contacts: Contacts) -> dict[str, Ints]:
    """The additive measures of each contact, by the names of `QueueFacts`."""
    threshold = np.asarray([q.target.threshold_s for q in company.queues])
    disposition = contacts.disposition
    lost = disposition == Disposition.ABANDONED
    wait = np.where(lost, contacts.ended_at, contacts.answered_at) - contacts.arrived_at
    early = wait <= threshold[contacts.queue]
    short = np.asarray([q.target.short_abandon_s for q in company.queues])
    outcome: dict[str, Bools | Ints] = {
        "offered": np.ones(len(contacts), dtype=np.int64),
        "answered": ~lost,
        "abandoned": lost,
        "answered_in_threshold": ~lost & early,
        "abandoned_in_threshold": lost & early,
        "short_abandoned": lost & (wait <= short[contacts.queue]),
        "talk_s": contacts.talk_s,
        "hold_s": contacts.hold_s,
        "wrap_s": contacts.wrap_s,
        "wait_answered_s": np.where(lost, 0, wait),
        "wait_abandoned_s": np.where(lost, wait, 0),
        "transfers": disposition == Disposition.TRANSFERRED,
        "holds": contacts.hold_s > 0,
        "resolved": disposition == Disposition.RESOLVED,
        "reached": is_reached(disposition),
        "sales": disposition == Disposition.SALE,
    }
    return {name: values.astype(np.int64) for name, values in outcome.items()}


def sums_by(key: Ints, values: Ints, size: int) -> Ints:
    """Sum of whole numbers by key; exact below 2**53."""
    return np.bincount(key, weights=values, minlength=size).astype(np.int64)


def queue_facts(
    company: Company, contacts: Contacts, open_rows: tuple[Ints, Ints]
) -> QueueFacts:
    """Facts of the contacts; `open_rows` are the queue and start of every open quarter.

    Open quarters without a contact stay as zeros; a quarter that was closed but has a
    late transfer is added.
    """
    queue, starts = open_rows
    mine = contacts.queue * (1 << 40) + contacts.arrived_at // QUARTER_S
    keys = np.unique(np.concatenate((queue * (1 << 40) + starts // QUARTER_S, mine)))
    row = np.searchsorted(keys, mine)
    measures = contact_measures(company, contacts)
    return QueueFacts(
        queue=keys >> 40,
        starts_at=(keys & ((1 << 40) - 1)) * QUARTER_S,
        **{name: sums_by(row, values, len(keys)) for name, values in measures.items()},
    )


def agent_queue_facts(company: Company, contacts: Contacts) -> AgentQueueFacts:
    """What each agent handled by queue and quarter-hour; only rows with a contact."""
    served = contacts.pick(contacts.employee >= 0)
    key = (
        (served.employee << 48) + (served.queue << 40) + served.arrived_at // QUARTER_S
    )
    keys, row = np.unique(key, return_inverse=True)
    measures = contact_measures(company, served)
    measures["handled"] = measures["answered"]
    names = [
        "handled",
        "answered_in_threshold",
        "wait_answered_s",
        "talk_s",
        "hold_s",
        "wrap_s",
        "transfers",
        "holds",
        "resolved",
        "reached",
        "sales",
    ]
    return AgentQueueFacts(
        employee=keys >> 48,
        queue=(keys >> 40) & 255,
        starts_at=(keys & ((1 << 40) - 1)) * QUARTER_S,
        **{name: sums_by(row, measures[name], len(keys)) for name in names},
    )


def _pieces(who: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Cut spans at quarter-hours: key of agent and quarter, seconds, row of span."""
    rows = np.flatnonzero(end > start)
    who, start, end = who[rows], start[rows], end[rows]
    first = start // QUARTER_S
    count = (end - 1) // QUARTER_S - first + 1
    span = np.repeat(np.arange(len(who)), count)
    step = np.arange(len(span)) - np.repeat(np.cumsum(count) - count, count)
    quarter = first[span] + step
    seconds = np.minimum(end[span], (quarter + 1) * QUARTER_S)
    seconds -= np.maximum(start[span], quarter * QUARTER_S)
    return (who[span] << 40) + quarter, seconds, rows[span]


def agent_state_facts(log: FloorLog, window: tuple[int, int]) -> AgentStateFacts:
    """Seconds of states by agent and quarter-hour inside the window (epoch seconds)."""
    first, last = window

    def cut(instants: Ints) -> Ints:
        return np.clip(instants, first, last)

    sessions, pauses = log.sessions, log.pauses
    key, seconds, span = _pieces(
        sessions.employee, cut(sessions.starts_at), cut(sessions.ends_at)
    )
    keys, index, row = np.unique(key, return_index=True, return_inverse=True)
    login = sums_by(row, seconds, len(keys))

    def within(who: Ints, start: Ints, end: Ints) -> Ints:
        at, length, _ = _pieces(who, cut(start), cut(end))
        return sums_by(np.searchsorted(keys, at), length, len(keys))

    served = log.contacts.pick(log.contacts.employee >= 0)
    talked = served.answered_at + served.talk_s
    who = served.employee
    talk = within(who, served.answered_at, talked)
    hold = within(who, talked, served.ended_at)
    wrap = within(who, served.ended_at, served.ended_at + served.wrap_s)
    paused = []
    for reason in Pause:
        part = pauses.pick(pauses.reason == int(reason))
        paused.append(within(part.employee, part.starts_at, part.ends_at))
    return AgentStateFacts(
        employee=keys >> 40,
        day=sessions.day[span[index]],
        starts_at=(keys & ((1 << 40) - 1)) * QUARTER_S,
        login_s=login,
        available_s=login - talk - hold - wrap - np.sum(paused, axis=0),
        talk_s=talk,
        hold_s=hold,
        wrap_s=wrap,
        break_s=paused[Pause.BREAK],
        lunch_s=paused[Pause.LUNCH],
        meeting_s=paused[Pause.MEETING],
        coaching_s=paused[Pause.COACHING],
        training_s=paused[Pause.TRAINING],
    )


def split_whole(totals: Ints, group: Ints, weights: Floats) -> Ints:
    """Share whole totals of groups among rows by weight; every total is met exactly.

    Parameters
    ----------
    totals : ndarray of int, shape (n_groups,)
        What each group has to share.
    group : ndarray of int, shape (n_rows,), not falling
        Which group a row is in.
    weights : ndarray of float, shape (n_rows,), >= 0
        What a row gets is in proportion to it.

    """
    if len(group) == 0:
        return np.zeros(0, dtype=np.int64)
    first = np.searchsorted(group, np.arange(len(totals)))
    sums = np.bincount(group, weights=weights, minlength=len(totals))
    running = np.cumsum(weights)
    before = np.concatenate(([0.0], running))[first][group]
    share = (running - before) / np.maximum(sums[group], 1e-12)
    is_last = np.append(group[1:] != group[:-1], [True])
    reached = np.where(is_last, totals[group], np.floor(share * totals[group] + 1e-9))
    reached = np.minimum(reached, totals[group]).astype(np.int64)
    is_first = np.append([True], group[1:] != group[:-1])
    previous = np.where(is_first, 0, np.append([0], reached[:-1]))
    return np.asarray(reached - previous)


def split_within(totals: Ints, group: Ints, weights: Floats, room: Ints) -> Ints:
    """Like `split_whole`, but no row gets more than its `room`.

    A group's total must not exceed the room of its rows together.
    """
    wanted = split_whole(totals, group, weights)
    parts = np.minimum(wanted, room)
    left = sums_by(group, wanted - parts, len(totals))
    # Shares in proportion to whole spare places never exceed them when rounded.
    spare = room - parts
    return np.asarray(parts + split_whole(left, group, spare.astype(np.float64)))
