"""From sums over days to means, ratios and their confidence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.simulation.gathering import (
    Gatherer,
    Sums,
    service_base,
)
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.layout import Layout
from callcenter.engine.simulation.memory import Memory
from callcenter.engine.simulation.results import (
    Dialling,
    Samples,
    Service,
    Simulation,
    ratio,
    wilson,
)

Floats = NDArray[np.float64]
Triple = tuple[Floats, Floats, Floats]

_COUNTS = {
    "offered": c.OFFERED,
    "answered": c.ANSWERED,
    "abandoned": c.ABANDONED,
    "blocked": c.BLOCKED,
    "disconnected": c.DISCONNECTED,
    "left": c.LEFT,
    "in_threshold": c.IN_THRESHOLD,
}


def summed_up(
    layout: Layout, memories: Sequence[Memory], gatherer: Gatherer
) -> Simulation:
    """Everything that the gathered days say."""
    center, sums = layout.center, gatherer.sums
    n_types, n_days = len(center.types), len(sums.days)
    first, floor = gatherer.first, layout.floor
    occupancy, low, high = _day_occupancy(gatherer)
    names = {
        a: agent.name for agent, a in zip(center.agents, floor.place_of, strict=True)
    }
    named = sorted(names)
    return Simulation(
        n_days=n_days,
        n_units=sums.n_units,
        type_names=tuple(t.name for t in center.types),
        campaign_names=tuple(k.name for k in center.campaigns),
        group_names=floor.group_names,
        agent_names=tuple(names[a] for a in named),
        intervals=_by_interval(gatherer),
        day=_by_day(gatherer),
        dialling=Dialling(
            dialled=sums.columns[n_types:, :, c.DIALLED] / sums.n_units,
            reached=sums.columns[n_types:, :, c.REACHED] / sums.n_units,
            handling_s=sums.columns[n_types:, :, c.HANDLING] / sums.n_units,
        ),
        occupancy=_share(sums.busy[:, :-1], sums.staffed[:, :-1]),
        day_occupancy=occupancy,
        day_occupancy_lower=low,
        day_occupancy_upper=high,
        staffed_agents=sums.staffed[:, :-1] / (n_days * center.interval_s),
        agent_occupied_h=sums.agent_busy[named] / (3600.0 * n_days),
        agent_contacts=sums.agent_contacts[named] / n_days,
        sl_days=sums.levels,
        wait_counts=_waits(memories, n_types, first),
        wait_edges_s=wait_edges_s(),
        samples=_samples(sums, n_types),
    )


def wait_edges_s() -> Floats:
    """The bounds of the bins in which waits are counted, in seconds."""
    grown = c.FIRST_EDGE_S * c.BIN_GROWTH ** np.arange(c.N_BINS - 1)
    return np.concatenate([[0.0, 0.0], grown])


def _waits(memories: Sequence[Memory], n_types: int, first: int) -> NDArray[np.int64]:
    waits = memories[0].waits[:n_types, :-1].copy()
    for memory in memories[1:]:
        waits += memory.waits[:n_types, :-1]
    waits[:, :first] = 0
    return waits


def _share(top: Floats, bottom: Floats) -> Floats:
    share: Floats = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0.0)
    return share


def _by_interval(gatherer: Gatherer) -> Service:
    sums = gatherer.sums
    n_types = len(gatherer.definitions)
    sl, asa, abandon = (
        ratio(top, bottom, np.moveaxis(sums.moments[:, :, i], -1, 0), sums.n_units)
        for i, (top, bottom) in enumerate(gatherer.ratios(sums.columns))
    )
    columns, met = sums.columns[:n_types] / sums.n_units, sums.met
    return _service(columns, sl, asa, abandon, met / len(sums.days), met, sums)


def _by_day(gatherer: Gatherer) -> Service:
    sums = gatherer.sums
    n_types = len(gatherer.definitions)
    days = sums.days[:, :n_types]
    units = _units(days, gatherer.twins)
    by_kind = np.moveaxis(units, 0, 1)
    base = service_base(gatherer.definitions, by_kind).T
    sl = _ratio_of(units[..., c.IN_THRESHOLD], base)
    asa = _ratio_of(units[..., c.WAIT_ANSWERED], units[..., c.ANSWERED])
    abandon = _ratio_of(units[..., c.ABANDONED], units[..., c.OFFERED])
    day_base = service_base(gatherer.definitions, np.moveaxis(days, 0, 1)).T
    good = days[..., c.IN_THRESHOLD]
    level = np.divide(good, day_base, out=np.ones_like(good), where=day_base > 0.0)
    met = (level >= gatherer.target - 1e-12).sum(axis=0)
    columns = units.mean(axis=0)
    return _service(columns, sl, asa, abandon, met / len(days), met, sums)


def _service(
    columns: Floats,
    sl: Triple,
    asa: Triple,
    abandon: Triple,
    chance: Floats,
    met: NDArray[np.int64],
    sums: Sums,
) -> Service:
    lower, upper = wilson(met, len(sums.days))
    nobody = np.isnan(sl[0])
    return Service(
        **{name: columns[..., column] for name, column in _COUNTS.items()},
        balked=columns[..., c.BALKED],
        redials=columns[..., c.REDIALS],
        transfers=columns[..., c.TRANSFERS],
        sl=np.where(nobody, 1.0, sl[0]),
        sl_lower=np.where(nobody, 1.0, np.clip(sl[1], 0.0, 1.0)),
        sl_upper=np.where(nobody, 1.0, np.clip(sl[2], 0.0, 1.0)),
        asa_s=np.nan_to_num(asa[0]),
        asa_lower_s=np.maximum(np.nan_to_num(asa[1]), 0.0),
        asa_upper_s=np.nan_to_num(asa[2], posinf=np.inf),
        abandon_rate=np.nan_to_num(abandon[0]),
        abandon_lower=np.clip(np.nan_to_num(abandon[1]), 0.0, 1.0),
        abandon_upper=np.clip(np.nan_to_num(abandon[2]), 0.0, 1.0),
        handling_s=_share(columns[..., c.HANDLING], columns[..., c.ANSWERED]),
        chance=chance,
        chance_lower=lower,
        chance_upper=upper,
    )


def _units(days: Floats, twins: int) -> Floats:
    """Days, or the means of twins; an odd last day stands alone."""
    n_pairs = len(days) // twins
    paired = days[: n_pairs * twins].reshape(n_pairs, twins, *days.shape[1:])
    return np.concatenate([paired.mean(axis=1), days[n_pairs * twins :]])


def _ratio_of(top: Floats, bottom: Floats) -> Triple:
    """The ratio of sums over the first axis, which are independent units."""
    moments = np.array([top * top, bottom * bottom, top * bottom]).sum(axis=1)
    return ratio(top.sum(axis=0), bottom.sum(axis=0), moments, len(top))


def _day_occupancy(gatherer: Gatherer) -> Triple:
    busy = _units(gatherer.sums.day_busy[..., 0], gatherer.twins)
    staffed = _units(gatherer.sums.day_staffed[..., 0], gatherer.twins)
    value, lower, upper = _ratio_of(busy, staffed)
    return np.nan_to_num(value), np.nan_to_num(lower), np.nan_to_num(upper)


def _samples(sums: Sums, n_types: int) -> Samples:
    days = sums.days[:, :n_types]
    return Samples(
        **{name: days[..., column] for name, column in _COUNTS.items()},
        abandoned_in_threshold=days[..., c.ABANDONED_IN_THRESHOLD],
        wait_answered_s=days[..., c.WAIT_ANSWERED],
        wait_abandoned_s=days[..., c.WAIT_ABANDONED],
        handling_s=days[..., c.HANDLING],
        busy_s=sums.day_busy[..., 1],
        staffed_s=sums.day_staffed[..., 1],
    )
