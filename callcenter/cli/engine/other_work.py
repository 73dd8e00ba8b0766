"""Work in a file that is not one queue of calls: chats, letters, skill groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from callcenter.cli.engine.forecast_file import ForecastFile, runs_of
from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    Requirement,
    modified_offered_load,
    required_chat_agents,
    search_skill_agents,
    skill_queues,
    spread_work,
)

Floats = NDArray[np.float64]
_SEED = 1


@dataclass(frozen=True)
class Group:
    """Agents of equal skills: a name and the series they take."""

    name: str
    series: tuple[str, ...]


def group_of(text: str) -> Group:
    """A group as it is typed: bilingual=EN,ZH."""
    name, equals, taken = text.partition("=")
    series = tuple(each.strip() for each in taken.split(",") if each.strip())
    if not equals or not name.strip() or not series:
        raise click.BadParameter(f"{text!r} is not a group such as bilingual=EN,ZH")
    return Group(name.strip(), series)


def staff_chats(
    file: ForecastFile,
    concurrency: int,
    slowdown: float,
    targets: dict[str, Any],
    *,
    is_stationary: bool,
) -> Requirement:
    """Agents who hold several chats at once, with the chats in progress."""
    load = file.offered * file.aht_s / file.interval_s
    if not is_stationary:
        for run in runs_of(file):
            moving = modified_offered_load(
                file.offered[run], file.aht_s[run], file.interval_s
            )
            moving[:, 0] = load[run[:, 0]]
            load[run] = moving
    asked = {name: value for name, value in targets.items() if name != "model"}
    length_s = np.maximum(file.aht_s, 1e-3)
    return required_chat_agents(
        load,
        length_s,
        length_s,
        concurrency=float(concurrency),
        slowdown=slowdown,
        **asked,
    )


@dataclass(frozen=True)
class Spread:
    """Work that may wait, staffed: arrays of shape (n_rows,) of the file.

    `left` counts the contacts of each series that its last interval leaves.
    """

    found: Requirement
    backlog: Floats
    left: dict[str, float]


def staff_deferred(
    file: ForecastFile,
    due_s: float,
    backlog: float,
    max_occupancy: float | None,
    *,
    is_finished: bool = False,
) -> Spread:
    """The evenest staffing that does all work when it is due.

    The intervals of the file are open, those that it leaves out are closed; the
    backlog waits when each series begins. What is due after a series ends is left,
    unless all of it shall be finished.
    """
    limit = 1.0 if max_occupancy is None else max_occupancy
    n = file.offered.size
    found = {name: np.zeros(n) for name in Requirement.__annotations__}
    waiting = np.zeros(n)
    left = {}
    for rows, offered, aht_s, is_open, place in _grids(file):
        done = spread_work(
            offered[None, :],
            aht_s[None, :],
            file.interval_s,
            deadline_s=due_s,
            is_open=is_open[None, :],
            backlog=backlog,
            max_occupancy=limit,
            is_finished=is_finished,
        )
        agents = done.required_agents[0][place]
        found["required_agents"][rows] = agents
        found["sl"][rows] = done.on_time[0][place]
        found["asa_s"][rows] = done.mean_delay_s[0][place]
        found["occupancy"][rows] = np.where(agents > 0.0, limit, 0.0)
        waiting[rows] = done.backlog[0][place]
        left[file.series[rows[-1]]] = float(waiting[rows[-1]])
    found["load_erlangs"] = file.offered * file.aht_s / file.interval_s
    return Spread(Requirement(**found), waiting, left)


def _grids(
    file: ForecastFile,
) -> list[tuple[NDArray[np.intp], Floats, Floats, NDArray[np.bool_], NDArray[np.intp]]]:
    """Each series without gaps: rows, contacts, handling, open, place of each row."""
    names = np.asarray(file.series)
    found = []
    for name in dict.fromkeys(file.series):
        rows = np.flatnonzero(names == name)
        rows = rows[np.argsort(file.start_s[rows])]
        place = _places(file, rows, int(file.start_s[rows[0]]))
        n = int(place[-1]) + 1
        offered, aht_s = np.zeros(n), np.zeros(n)
        is_open = np.zeros(n, dtype=bool)
        offered[place], aht_s[place] = file.offered[rows], file.aht_s[rows]
        is_open[place] = True
        if aht_s.any():  # a backlog takes as long as the first contacts that come
            aht_s[0] = aht_s[np.flatnonzero(aht_s)[0]]
        found.append((rows, offered, aht_s, is_open, place))
    return found


def _places(
    file: ForecastFile, rows: NDArray[np.intp], first_s: int
) -> NDArray[np.intp]:
    ahead = file.start_s[rows] - first_s
    if (ahead % file.interval_s != 0.0).any():
        raise EngineInputError("the intervals of a series do not lie on one grid")
    return (ahead // file.interval_s).astype(np.intp)


@dataclass(frozen=True)
class GroupAgents:
    """Agents by group and service by series, shape (n, n_intervals)."""

    start_s: NDArray[np.int64]
    series: list[str]
    agents: Floats
    sl: Floats
    pooled: Floats
    separate: Floats


def staff_groups(
    file: ForecastFile, groups: Sequence[Group], targets: dict[str, Any], n_days: int
) -> GroupAgents:
    """Search agents by skill group that give each series its service."""
    series = list(dict.fromkeys(file.series))
    _check_groups(groups, series, targets)
    first_s = int(file.start_s.min())
    place = _places(file, np.arange(file.offered.size), first_s)
    row = np.array([series.index(each) for each in file.series])
    offered = np.zeros((len(series), int(place.max()) + 1))
    aht_s = np.ones_like(offered)
    offered[row, place] = file.offered
    aht_s[row, place] = np.maximum(file.aht_s, 1e-3)
    queues = skill_queues(
        offered,
        aht_s,
        file.interval_s,
        np.array([[each in group.series for each in series] for group in groups]),
        sl_target=targets["sl_target"],
        sl_threshold_s=targets["sl_threshold_s"],
        patience_s=targets["patience_s"],
        names=series,
    )
    rng = np.random.default_rng(_SEED)
    found = search_skill_agents(queues, rng=rng, n_days=n_days)
    starts = first_s + (np.arange(offered.shape[1]) * file.interval_s).astype(np.int64)
    return GroupAgents(
        starts,
        series,
        found.required_agents,
        np.where(offered > 0.0, found.sl, np.nan),
        found.pooled_agents,
        found.separate_agents,
    )


def _check_groups(
    groups: Sequence[Group], series: Sequence[str], targets: dict[str, Any]
) -> None:
    """Refuse what the search cannot answer, naming the option."""
    names = [group.name for group in groups]
    if len(set(names)) < len(names):
        raise EngineInputError("--group names a group twice")
    unknown = sorted({each for group in groups for each in group.series} - set(series))
    if unknown:
        raise EngineInputError(f"--group: the file has no series {', '.join(unknown)}")
    if targets["sl_target"] is None:
        raise EngineInputError("--group needs --service-level")
    others = [name for name in _NOT_WITH_GROUPS if targets.get(name) is not None]
    if others:
        options = ", ".join(f"--{_NOT_WITH_GROUPS[name]}" for name in others)
        raise EngineInputError(f"--group searches for the service level, not {options}")


_NOT_WITH_GROUPS = {
    "max_asa_s": "max-asa",
    "max_abandon": "max-abandon",
    "max_occupancy": "max-occupancy",
}
