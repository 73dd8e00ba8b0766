"""Facts of the time before the contacts, and how agents spent their time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from callcenter.acd.models import (
    AgentDay,
    AgentTimeDay,
    AgentTimeInterval,
    QueueDay,
    QueueInterval,
)
from callcenter.acd.services.agent_time import TIME_SUMS
from callcenter.acd.services.counting import (
    AGENT_SUMS,
    DEFAULT_THRESHOLD_S,
    QUEUE_SUMS,
    Cells,
    day_numbers,
    per_day,
)
from callcenter.demo.calendar import QUARTER_S, Bools, Ints, as_epoch_day, local_epoch
from callcenter.demo.facts import AgentQueueFacts, AgentStateFacts, QueueFacts
from callcenter.demo.loading.rows import Story, insert_columns

PAUSES = ("break_s", "lunch_s", "meeting_s", "coaching_s", "training_s")
# The acd room's sums of inbound contacts, by our names where they differ.
INBOUND = {
    "answered": "handled",
    "held": "holds",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many facts there are now, by what they are about."""

    queue_quarters: int
    agent_days: int
    agent_quarters: int


def load_facts(story: Story, *, since: date) -> Loaded:
    """Store what is known of the time before the contacts, from a day on.

    These facts have no contacts behind them; of agents only whole days are known.
    Time on the switch is known by the quarter-hour as far as there are contacts.
    """
    return Loaded(
        queue_quarters=_load_queues(story, since),
        agent_days=_load_agents(story, since),
        agent_quarters=_load_time(story, since),
    )


def _load_queues(story: Story, since: date) -> int:
    facts = story.history.queue_facts
    zones = [queue.zone for queue in story.company.queues]
    starts = _starts(zones, since)[facts.queue]
    ends = _starts(zones, story.history.contacts_from)[facts.queue]
    inside = (facts.starts_at >= starts) & (facts.starts_at < ends)
    facts = facts.pick(np.flatnonzero(inside & (facts.offered > 0)))
    keys = {
        "queue_id": story.queue_ids[facts.queue],
        "interval_start": facts.starts_at,
        "day": _days(zones, facts.queue, facts.starts_at),
        "threshold_s": _thresholds(story)[facts.queue],
    }
    cells = Cells(keys, _queue_sums(facts, _is_outbound(story)[facts.queue]))
    insert_columns(QueueInterval, cells.keys | cells.sums)
    days = per_day(cells, "queue_id")
    insert_columns(QueueDay, days.keys | days.sums | _no_repeats(len(days)))
    return len(cells)


def _starts(zones: list[str], day: date) -> Ints:
    """The instant at which a local day begins, by position of the zone."""
    return np.array([local_epoch(zone, day, 0) for zone in zones], np.int64)


def _days(zones: list[str], position: Ints, instants: Ints) -> Ints:
    """The local day of each instant, by the zone at each position."""
    days = np.zeros(len(instants), np.int64)
    of_zone = np.array(zones)[position]
    for zone in set(zones):
        chosen = of_zone == zone
        days[chosen] = day_numbers(instants[chosen], ZoneInfo(zone))
    return days


def _thresholds(story: Story) -> Ints:
    return np.array(
        [
            DEFAULT_THRESHOLD_S if queue.is_outbound else queue.target.threshold_s
            for queue in story.company.queues
        ],
        np.int64,
    )


def _is_outbound(story: Story) -> Bools:
    return np.array([queue.is_outbound for queue in story.company.queues])


def _queue_sums(facts: QueueFacts, outbound: Bools) -> dict[str, Ints]:
    inbound = (~outbound).astype(np.int64)
    sums = {
        name: inbound * getattr(facts, name)
        for name in QUEUE_SUMS
        if hasattr(facts, name) and name != "transfers"
    }
    return sums | {
        "transfers": facts.transfers.astype(np.int64),
        "held": facts.holds.astype(np.int64),
        **_dialled(facts, facts.offered, outbound),
    }


def _dialled(
    facts: QueueFacts | AgentQueueFacts, attempts: Ints, outbound: Bools
) -> dict[str, Ints]:
    """What is counted of outbound contacts only."""
    seconds = facts.talk_s.astype(np.int64) + facts.hold_s + facts.wrap_s
    return {
        "dialled": outbound * attempts.astype(np.int64),
        "connected": outbound * facts.reached.astype(np.int64),
        "outbound_s": outbound * seconds,
    }


def _no_repeats(n: int) -> dict[str, Ints]:
    """Nobody can tell who came again without contacts."""
    return {"identified": np.zeros(n, np.int64), "repeated": np.zeros(n, np.int64)}


def _load_agents(story: Story, since: date) -> int:
    table = story.history.agent_queue_days
    zones = [queue.zone for queue in story.company.queues]
    starts = _starts(zones, since)[table.queue]
    table = table.pick(
        np.flatnonzero((table.starts_at >= starts) & (table.handled > 0))
    )
    columns = {
        "agent_id": story.employee_ids[table.employee],
        "day": _days(zones, table.queue, table.starts_at),
        "queue_id": story.queue_ids[table.queue],
        **_agent_sums(table, _is_outbound(story)[table.queue]),
        **_no_repeats(len(table)),
    }
    order = np.lexsort((columns["queue_id"], columns["day"], columns["agent_id"]))
    return insert_columns(AgentDay, _ordered(columns, order))


def _agent_sums(table: AgentQueueFacts, outbound: Bools) -> dict[str, Ints]:
    inbound = (~outbound).astype(np.int64)
    dialled = _dialled(table, table.handled, outbound)
    sums = {
        name: inbound * getattr(table, INBOUND.get(name, name))
        for name in AGENT_SUMS
        if name not in dialled
    }
    sums["transfers"] = table.transfers.astype(np.int64)
    sums["held"] = table.holds.astype(np.int64)
    return sums | dialled


def _ordered(columns: Mapping[str, Ints], order: Ints) -> dict[str, Ints]:
    return {name: values[order] for name, values in columns.items()}


def _load_time(story: Story, since: date) -> int:
    """Quarter-hours that are over, their days, and the days before them."""
    table = story.history.agent_states
    table = table.pick(np.flatnonzero(table.starts_at + QUARTER_S <= story.until))
    zones = {site.code: site.zone for site in story.company.sites}
    zone_of = [zones[person.site] for person in story.company.employees]
    keys = {
        "agent_id": story.employee_ids[table.employee],
        "interval_start": table.starts_at,
        "day": _days(zone_of, table.employee, table.starts_at),
    }
    order = np.lexsort((keys["interval_start"], keys["agent_id"]))
    cells = Cells(_ordered(keys, order), _ordered(_time_sums(table), order))
    insert_columns(AgentTimeInterval, cells.keys | cells.sums)
    days = per_day(cells, "agent_id")
    insert_columns(AgentTimeDay, days.keys | days.sums)
    _load_time_before(story, since)
    return len(cells)


def _load_time_before(story: Story, since: date) -> None:
    table = story.history.agent_state_days
    zero = as_epoch_day(story.company.first_day)
    table = table.pick(np.flatnonzero(table.day + zero >= as_epoch_day(since)))
    columns = {
        "agent_id": story.employee_ids[table.employee],
        "day": table.day.astype(np.int64) + zero,
        **_time_sums(table),
    }
    order = np.lexsort((columns["day"], columns["agent_id"]))
    insert_columns(AgentTimeDay, _ordered(columns, order))


def _time_sums(table: AgentStateFacts) -> dict[str, Ints]:
    pauses = np.zeros(len(table), np.int64)
    for name in PAUSES:
        pauses += getattr(table, name)
    busy = table.talk_s.astype(np.int64) + table.hold_s + table.wrap_s
    sums: tuple[Ints, ...] = (table.login_s, table.available_s, pauses, busy)
    return dict(zip(TIME_SUMS, sums, strict=True))
