"""How agents spent their time on the switch, from their changes of state."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, delete, select

from callcenter.acd.models import (
    INTERVAL_S,
    AgentState,
    AgentTimeDay,
    AgentTimeInterval,
)
from callcenter.acd.services import bulk
from callcenter.acd.services.bulk import Column
from callcenter.acd.services.counting import Cells, day_numbers, per_day
from callcenter.acd.services.storing import epoch_s
from callcenter.kernel.db import db
from callcenter.people.models import Employee, Site

Ints = NDArray[np.int64]
TIME_SUMS = ("login_s", "available_s", "pause_s", "busy_s")
LONGEST_STATE_S = 16 * 3600
"""A state that no later event ends is taken to end after this; shifts are shorter."""

_LOGGED_OUT, _AVAILABLE, _PAUSED, _BUSY = 0, 1, 2, 3
_MEANING = {
    "logged_out": _LOGGED_OUT,
    "logged_in": _AVAILABLE,
    "available": _AVAILABLE,
    "paused": _PAUSED,
    "on_contact": _BUSY,
    "on_hold": _BUSY,
    "after_contact": _BUSY,
    "ringing": _AVAILABLE,
}


def recount(spans: Mapping[int, tuple[int, int]]) -> set[int]:
    """Count the agents' time again around the given first and last instants.

    Whole local days are counted, from the day of the first instant to the day after
    the last. Returns the days, in days since 1970.
    """
    zones = _zones(list(spans))
    days: set[int] = set()
    for agent_id, (first, last) in spans.items():
        zone = zones.get(agent_id, ZoneInfo("UTC"))
        low, high = day_numbers(np.array([first, last], np.int64), zone).tolist()
        _recount_agent(agent_id, zone, low, high + 1)
        days.update(range(low, high + 2))
    return days


def _zones(agent_ids: list[int]) -> dict[int, ZoneInfo]:
    rows = db.session.execute(
        select(Employee.id, Site.zone)
        .join(Site, Site.id == Employee.site_id)
        .where(Employee.id.in_(agent_ids))
    )
    return {employee_id: ZoneInfo(zone) for employee_id, zone in rows}


def _recount_agent(agent_id: int, zone: ZoneInfo, low: int, high: int) -> None:
    starts_at, ends_at = _instant(low, zone), _instant(high + 1, zone)
    at, meaning = _states(agent_id, starts_at, ends_at)
    cells = _cells(agent_id, zone, _stretches(at, meaning, starts_at, ends_at))
    days = [bulk.day_of(day) for day in range(low, high + 1)]
    for model in (AgentTimeInterval, AgentTimeDay):
        old = delete(model).where(model.agent_id == agent_id, model.day.in_(days))
        db.session.execute(old)
    _insert(AgentTimeInterval.__table__, cells)  # type: ignore[arg-type]
    _insert(AgentTimeDay.__table__, per_day(cells, "agent_id"))  # type: ignore[arg-type]


def _instant(day: int, zone: ZoneInfo) -> int:
    local = datetime.combine(bulk.day_of(day), datetime.min.time(), zone)
    return int(local.timestamp())


def _states(agent_id: int, starts_at: int, ends_at: int) -> tuple[Ints, Ints]:
    """Instants and meanings, from one state before the window on."""
    window = datetime.fromtimestamp(starts_at - LONGEST_STATE_S, UTC)
    until = datetime.fromtimestamp(ends_at, UTC)
    rows = db.session.execute(
        select(epoch_s(AgentState.at), AgentState.state)
        .where(
            AgentState.agent_id == agent_id,
            AgentState.at >= window,
            AgentState.at < until,
        )
        .order_by(AgentState.at, AgentState.id)
    ).all()
    known = [(at, _MEANING[state]) for at, state in rows if state in _MEANING]
    both = np.array(known, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _stretches(at: Ints, meaning: Ints, low: int, high: int) -> tuple[Ints, Ints, Ints]:
    """Start, end and meaning of each state, cut to the window and to quarters."""
    ends = np.append(at[1:], high) if len(at) else at
    ends = np.minimum(ends, at + LONGEST_STATE_S)
    starts, ends = np.clip(at, low, high), np.clip(ends, low, high)
    chosen = (ends > starts) & (meaning != _LOGGED_OUT)
    starts, ends, meaning = starts[chosen], ends[chosen], meaning[chosen]
    n_parts = (ends - 1) // INTERVAL_S - starts // INTERVAL_S + 1
    place = np.repeat(np.arange(len(starts)), n_parts)
    within = np.arange(len(place)) - np.repeat(np.cumsum(n_parts) - n_parts, n_parts)
    quarter = (starts[place] // INTERVAL_S + within) * INTERVAL_S
    part_start = np.maximum(starts[place], quarter)
    part_end = np.minimum(ends[place], quarter + INTERVAL_S)
    return part_start, part_end, meaning[place]


def _cells(agent_id: int, zone: ZoneInfo, stretches: tuple[Ints, Ints, Ints]) -> Cells:
    starts, ends, meaning = stretches
    quarters, inverse = np.unique(starts // INTERVAL_S, return_inverse=True)
    at = quarters * INTERVAL_S
    length = ends - starts
    sums = {
        name: np.bincount(inverse, length * chosen, len(at)).astype(np.int64)
        for name, chosen in (
            ("login_s", meaning != _LOGGED_OUT),
            ("available_s", meaning == _AVAILABLE),
            ("pause_s", meaning == _PAUSED),
            ("busy_s", meaning == _BUSY),
        )
    }
    keys = {
        "agent_id": np.full(len(at), agent_id, np.int64),
        "interval_start": at,
        "day": day_numbers(at, zone),
    }
    return Cells(keys, sums)


def _insert(table: Table, cells: Cells) -> None:
    if len(cells):
        columns = {name: Column(v) for name, v in (cells.keys | cells.sums).items()}
        bulk.insert(table, columns)
