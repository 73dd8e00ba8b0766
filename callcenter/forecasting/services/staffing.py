"""From a forecast to agents: targets, assumptions and the engine's formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import staffing as engine
from callcenter.forecasting.models import Assumption, StaffingModel
from callcenter.projects.models import Channel, Direction, Queue, ServiceTarget

Floats = NDArray[np.float64]
_ALMOST_ALL = 0.9999
_REMEMBERED = 1000  # intervals: a week of quarters, which is what a page shows
_WAITING = (Channel.EMAIL, Channel.BACK_OFFICE)


@dataclass(frozen=True, slots=True)
class Load:
    """The contacts of a queue by interval; arrays of shape (n_intervals,).

    ``day`` counts local days from ``first_day``; ``aht_s`` is of one agent's time, so
    that of a chat is divided by how many one agent holds at once.
    """

    first_day: date
    day: NDArray[np.int64]
    offered: Floats
    aht_s: Floats
    interval_s: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """What a queue needs and then gives; arrays of shape (n_intervals,), NaN unknown.

    ``required_c`` and ``required_a`` are by both formulas, ``required_agents`` by the
    chosen one; the figures beside are what that number is expected to give.
    """

    model: StaffingModel
    load_erlangs: Floats
    required_c: Floats
    required_a: Floats
    required_agents: Floats
    scheduled_agents: Floats
    sl: Floats
    asa_s: Floats
    occupancy: Floats
    abandon_rate: Floats


def model_for(queue: Queue, assumption: Assumption) -> StaffingModel:
    """The model that fits the queue: nobody waits in outbound or written work."""
    if queue.direction is Direction.OUTBOUND or queue.channel in _WAITING:
        return StaffingModel.WORKLOAD
    return assumption.model


def staff_queue(
    queue: Queue,
    load: Load,
    targets: Sequence[ServiceTarget],
    assumption: Assumption,
) -> Staffing:
    """The agents that a queue needs in each interval, by the targets of each day.

    On days without a target only the occupancy limit asks for agents.
    """
    n = load.offered.size
    model = model_for(queue, assumption)
    found = {name: np.full(n, np.nan) for name in _FIGURES}
    which = _target_by_day(load, targets)
    for place in np.unique(which):
        cells = np.flatnonzero(which == place)
        target = targets[place] if place >= 0 else None
        part = _staff_cells(model, load, cells, target, assumption)
        for name, values in part.items():
            found[name][cells] = values
    return Staffing(
        model=model,
        load_erlangs=load.offered * load.aht_s / load.interval_s,
        scheduled_agents=engine.scheduled_agents(
            found["required_agents"], assumption.shrinkage
        ),
        **found,
    )


_FIGURES = (
    "required_c",
    "required_a",
    "required_agents",
    "sl",
    "asa_s",
    "occupancy",
    "abandon_rate",
)


def _target_by_day(load: Load, targets: Sequence[ServiceTarget]) -> NDArray[np.int64]:
    """The place of the target that holds in each interval; -1 for none."""
    n_days = int(load.day.max()) + 1 if load.day.size else 0
    by_day = np.full(n_days, -1, dtype=np.int64)
    for place, target in enumerate(targets):
        first = (target.starts_on - load.first_day).days
        last = (
            n_days if target.ends_on is None else (target.ends_on - load.first_day).days
        )
        by_day[max(0, first) : max(0, last)] = place
    return by_day[load.day]


def _staff_cells(
    model: StaffingModel,
    load: Load,
    cells: NDArray[np.int64],
    target: ServiceTarget | None,
    assumption: Assumption,
) -> dict[str, Floats]:
    offered, aht_s = load.offered[cells], load.aht_s[cells]
    limit = assumption.max_occupancy
    if target is not None and target.max_occupancy:
        limit = target.max_occupancy
    if model is StaffingModel.WORKLOAD:
        return _workload(offered * aht_s / load.interval_s, limit)
    work_out = _by_formulas if cells.size <= _REMEMBERED else _by_formulas.__wrapped__
    by_c, by_a = work_out(
        offered.tobytes(),
        aht_s.tobytes(),
        load.interval_s,
        patience_s=assumption.patience_s,
        max_abandon=target.max_abandon_rate if target else None,
        wanted=tuple(_wanted(target, limit).items()),
    )
    chosen = by_c if model is StaffingModel.ERLANG_C else by_a
    return {
        "required_c": by_c.required_agents,
        "required_a": by_a.required_agents,
        "required_agents": chosen.required_agents,
        "sl": chosen.sl,
        "asa_s": np.where(np.isfinite(chosen.asa_s), chosen.asa_s, np.nan),
        "occupancy": chosen.occupancy,
        "abandon_rate": chosen.abandon_rate,
    }


@lru_cache(maxsize=64)
def _by_formulas(
    offered: bytes,
    aht_s: bytes,
    interval_s: int,
    *,
    patience_s: float,
    max_abandon: float | None,
    wanted: tuple[tuple[str, Any], ...],
) -> tuple[engine.Requirement, engine.Requirement]:
    """The requirement by Erlang C and by Erlang A.

    All that it rests on is given, so what is remembered cannot be out of date: who
    looks at one day of a week after the other has it worked out once.
    """
    volume, handling = np.frombuffer(offered), np.frombuffer(aht_s)
    by_c = engine.required_agents(
        volume, handling, interval_s, model=engine.Model.ERLANG_C, **dict(wanted)
    )
    by_a = engine.required_agents(
        volume,
        handling,
        interval_s,
        model=engine.Model.ERLANG_A,
        patience_s=patience_s,
        max_abandon=max_abandon,
        **dict(wanted),
    )
    return by_c, by_a


def _wanted(target: ServiceTarget | None, limit: float) -> dict[str, Any]:
    """The targets as the engine takes them."""
    if target is None:
        return {"max_occupancy": limit}
    return {
        "sl_target": min(target.sl_target, _ALMOST_ALL),
        "sl_threshold_s": float(target.sl_threshold_s),
        "sl_definition": target.sl_definition.value,
        "max_asa_s": float(target.max_asa_s) if target.max_asa_s else None,
        "max_occupancy": limit,
    }


def _workload(load: Floats, limit: float) -> dict[str, Floats]:
    """Agents for work that may wait: as many as are busy at the limit."""
    nobody = np.full_like(load, np.nan)
    agents = load / limit
    return {
        "required_c": nobody,
        "required_a": nobody,
        "required_agents": agents,
        "sl": nobody,
        "asa_s": nobody,
        "occupancy": np.where(agents > 0.0, limit, 0.0),
        "abandon_rate": nobody,
    }
