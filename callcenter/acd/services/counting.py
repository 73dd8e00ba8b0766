"""Contacts counted into cells: arrays in, sums per queue or agent and interval out.

Everything is additive, so a corrected contact is counted once more with its old
values and the sign turned round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors.records import Direction, Outcome
from callcenter.acd.models import INTERVAL_S
from callcenter.acd.services.groups import distinct, firsts
from callcenter.acd.services.rows import Rows

Ints = NDArray[np.int64]
DEFAULT_THRESHOLD_S = 20
DEFAULT_SHORT_S = 5
_FAR_FUTURE = np.iinfo(np.int64).max

QUEUE_SUMS = (
    "offered",
    "answered",
    "abandoned",
    "answered_in_threshold",
    "abandoned_in_threshold",
    "short_abandoned",
    "talk_s",
    "hold_s",
    "wrap_s",
    "wait_answered_s",
    "wait_abandoned_s",
    "transfers",
    "held",
    "dialled",
    "connected",
    "outbound_s",
)
AGENT_SUMS = (
    "answered",
    "answered_in_threshold",
    "talk_s",
    "hold_s",
    "wrap_s",
    "wait_answered_s",
    "transfers",
    "held",
    "dialled",
    "connected",
    "outbound_s",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """With which thresholds a queue is counted from an instant (epoch s) on."""

    starts_at: int
    threshold_s: int = DEFAULT_THRESHOLD_S
    short_s: int = DEFAULT_SHORT_S


QueueTerms = Mapping[int, Sequence[Terms]]
Weights = Mapping[str, Ints]


@dataclass(slots=True)
class Counted:
    """Rows that are to be counted, with their ids and a sign each."""

    rows: Rows
    queue_id: Ints
    agent_id: Ints
    sign: Ints


@dataclass(slots=True)
class Cells:
    """Sums per cell; keys and sums are columns of equal length."""

    keys: dict[str, Ints]
    sums: dict[str, Ints]

    def __len__(self) -> int:
        return len(next(iter(self.keys.values())))

    def take(self, chosen: NDArray[np.bool_]) -> "Cells":
        """The chosen cells."""
        return Cells(
            {name: values[chosen] for name, values in self.keys.items()},
            {name: values[chosen] for name, values in self.sums.items()},
        )


def day_numbers(seconds: Ints, zone: ZoneInfo) -> Ints:
    """The local day of each instant, in days since 1970.

    Offsets are looked up once per quarter-hour, which every zone's offset respects.
    """
    quarters, inverse = distinct(seconds // INTERVAL_S)
    offsets = np.array(
        [_offset_s(int(quarter) * INTERVAL_S, zone) for quarter in quarters], np.int64
    )
    return (seconds + offsets[inverse]) // 86_400


def _offset_s(instant: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def thresholds(
    queue_id: Ints, offered_at: Ints, terms: QueueTerms
) -> tuple[Ints, Ints]:
    """The answer threshold and the short-abandon limit of each contact, in seconds."""
    threshold = np.full(len(queue_id), DEFAULT_THRESHOLD_S, np.int64)
    short = np.full(len(queue_id), DEFAULT_SHORT_S, np.int64)
    for queue in np.unique(queue_id).tolist():
        chosen = queue_id == queue
        for each in terms.get(queue, ()):
            holds = chosen & (offered_at >= each.starts_at)
            threshold[holds], short[holds] = each.threshold_s, each.short_s
    return threshold, short


def weights(counted: Counted, terms: QueueTerms) -> Weights:
    """What each contact adds to each sum, or takes from it where its sign is -1."""
    rows = counted.rows
    inbound = (rows["direction"] == Direction.INBOUND).astype(np.int64)
    is_answered = (rows["outcome"] == Outcome.ANSWERED).astype(np.int64)
    answered = inbound * is_answered
    abandoned = inbound * (rows["outcome"] == Outcome.ABANDONED)
    threshold, short = thresholds(counted.queue_id, rows["offered_at"], terms)
    wait, in_time = rows["wait_s"], rows["wait_s"] <= threshold
    handled_s = rows["talk_s"] + rows["hold_s"] + rows["wrap_s"]
    outbound = 1 - inbound
    weight = {
        "offered": inbound,
        "answered": answered,
        "abandoned": abandoned,
        "answered_in_threshold": answered * in_time,
        "abandoned_in_threshold": abandoned * in_time,
        "short_abandoned": abandoned * (wait <= short),
        "talk_s": inbound * rows["talk_s"],
        "hold_s": inbound * rows["hold_s"],
        "wrap_s": inbound * rows["wrap_s"],
        "wait_answered_s": answered * wait,
        "wait_abandoned_s": abandoned * wait,
        "transfers": rows["transfers"] * is_answered,
        "held": is_answered * (rows["hold_s"] > 0),
        "dialled": outbound,
        "connected": outbound * is_answered,
        "outbound_s": outbound * handled_s,
    }
    if (counted.sign == 1).all():
        return weight
    return {name: values * counted.sign for name, values in weight.items()}


@dataclass(frozen=True, slots=True)
class _Cells:
    """Quarter-hours in which something has contacts: the start and what it is."""

    start: Ints
    place: Ints
    inverse: Ints


def _cells(offered_at: Ints, place: Ints, n_places: int) -> _Cells:
    """The cells of each contact's quarter-hour and place, in the order of time."""
    codes, inverse = distinct(offered_at // INTERVAL_S * n_places + place)
    return _Cells(codes // n_places * INTERVAL_S, codes % n_places, inverse)


def queue_cells(
    counted: Counted, weight: Weights, terms: QueueTerms, zone: ZoneInfo
) -> Cells:
    """Sums by queue and quarter-hour, with the local day and the threshold."""
    if not len(counted.rows):
        return Cells({"queue_id": np.zeros(0, np.int64)}, {})
    queues, place = distinct(counted.queue_id)
    cells = _cells(counted.rows["offered_at"], place, len(queues))
    sums = _added(weight, QUEUE_SUMS, cells.inverse, len(cells.start))
    queue, start = queues[cells.place], cells.start
    keys = {
        "queue_id": queue,
        "interval_start": start,
        "day": day_numbers(start, zone),
        "threshold_s": thresholds(queue, start, terms)[0],
    }
    return Cells(keys, sums)


def agent_cells(counted: Counted, weight: Weights, zone: ZoneInfo) -> Cells:
    """Sums by agent, queue and quarter-hour, of the contacts that an agent had.

    In the order of the quarters, which is that of the table they are meant for.
    """
    has_agent = np.flatnonzero(counted.agent_id > 0)
    if not len(has_agent):
        return Cells({"agent_id": np.zeros(0, np.int64)}, {})
    mine = {name: weight[name][has_agent] for name in AGENT_SUMS}
    agents, agent = distinct(counted.agent_id[has_agent])
    queues, queue = distinct(counted.queue_id[has_agent])
    pairs, pair = distinct(agent * len(queues) + queue)
    cells = _cells(counted.rows["offered_at"][has_agent], pair, len(pairs))
    sums = _added(mine, AGENT_SUMS, cells.inverse, len(cells.start))
    chosen, start = pairs[cells.place], cells.start
    keys = {
        "interval_start": start,
        "agent_id": agents[chosen // len(queues)],
        "queue_id": queues[chosen % len(queues)],
        "day": day_numbers(start, zone),
    }
    return Cells(keys, sums)


def per_day(cells: Cells, *names: str) -> Cells:
    """The same sums by the named keys and the day."""
    if not len(cells):
        return cells
    codes = cells.keys["day"].copy()
    for name in names:
        values, places = distinct(cells.keys[name])
        codes = codes * len(values) + places
    found, inverse = distinct(codes)
    n = len(found)
    first = firsts(inverse, n)
    keys = {name: cells.keys[name][first] for name in (*names, "day")}
    sums = {
        name: np.bincount(inverse, values, n).astype(np.int64)
        for name, values in cells.sums.items()
    }
    return Cells(keys, sums)


def _added(
    weight: Weights, names: Sequence[str], inverse: NDArray[np.intp], n: int
) -> dict[str, Ints]:
    return {
        name: np.bincount(inverse, weight[name], n).astype(np.int64) for name in names
    }
