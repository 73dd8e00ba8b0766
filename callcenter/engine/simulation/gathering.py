"""Days gathered into sums, so that memory does not grow with their number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.memory import Memory
from callcenter.engine.simulation.model import Center
from callcenter.engine.staffing.measures import ServiceLevelDefinition

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

N_LEVELS = 101


@dataclass
class Sums:
    """Sums over units, which are days, or twins of days when they are antithetic.

    Shapes end in n_intervals, after hours left out of intervals but not of days.
    """

    n_units: int
    columns: Floats  # (n_kinds, n_intervals, N_COLUMNS)
    moments: Floats  # (n_types, n_intervals, 3 ratios, 3): top², bottom², top·bottom
    met: Counts  # (n_types, n_intervals), days
    levels: NDArray[np.int32]  # (n_types, n_intervals, N_LEVELS), days by level
    busy: Floats  # (n_groups, n_intervals + 1)
    staffed: Floats
    agent_busy: Floats  # (n_agents,)
    agent_contacts: Floats
    days: Floats  # (n_days, n_kinds, N_COLUMNS)
    day_busy: Floats  # (n_days, n_groups, 2): opening hours; all
    day_staffed: Floats


class Gatherer:
    """Takes one day after another."""

    def __init__(self, center: Center, memory: Memory, n_days: int, twins: int) -> None:
        n_kinds, n_columns, _width = memory.tally.shape
        n_groups, n_agents = len(memory.busy), len(memory.agents)
        shape = (n_kinds, n_columns - 1)
        self.twins = twins
        self.first = round(center.warm_up_s / center.interval_s)
        self.definitions = [
            ServiceLevelDefinition(t.sl_definition) for t in center.types
        ]
        self.target = np.array([t.sl_target for t in center.types])
        self.sums = Sums(
            n_units=0,
            columns=np.zeros((*shape, c.N_COLUMNS)),
            moments=np.zeros((len(center.types), n_columns - 1, 3, 3)),
            met=np.zeros((len(center.types), n_columns - 1), dtype=np.int64),
            levels=np.zeros(
                (len(center.types), n_columns - 1, N_LEVELS), dtype=np.int32
            ),
            busy=np.zeros((n_groups, n_columns)),
            staffed=np.zeros((n_groups, n_columns)),
            agent_busy=np.zeros(n_agents),
            agent_contacts=np.zeros(n_agents),
            days=np.zeros((n_days, n_kinds, c.N_COLUMNS)),
            day_busy=np.zeros((n_days, n_groups, 2)),
            day_staffed=np.zeros((n_days, n_groups, 2)),
        )
        self._unit: Floats = np.zeros((*shape, c.N_COLUMNS))
        self._n_in_unit = 0

    def add(self, day: int, memory: Memory) -> None:
        """Add the day that the memory holds."""
        sums, tally = self.sums, memory.tally
        sums.days[day] = tally[:, self.first :].sum(axis=1)
        for i, last in enumerate((-1, None)):
            counted = slice(self.first, last)
            sums.day_busy[day, :, i] = memory.busy[:, counted].sum(axis=1)
            sums.day_staffed[day, :, i] = memory.staffed[:, counted].sum(axis=1)
        sums.busy += memory.busy
        sums.staffed += memory.staffed
        sums.agent_busy += memory.agents.view(np.float64)[:, c.AGENT_BUSY_S]
        sums.agent_contacts += memory.agents[:, c.AGENT_CONTACTS]
        self._add_service(tally[:, :-1])
        self._unit += tally[:, :-1]
        self._n_in_unit += 1
        if self._n_in_unit == self.twins:
            self.close_unit()

    def _add_service(self, tally: Floats) -> None:
        n_types = len(self.definitions)
        base = self.base(tally[:n_types])
        good = tally[:n_types, :, c.IN_THRESHOLD]
        level = np.divide(good, base, out=np.ones_like(good), where=base > 0.0)
        self.sums.met += level >= self.target[:, None] - 1e-12
        place = (level * (N_LEVELS - 1)).astype(np.int64)
        each = np.arange(place.size) * N_LEVELS + place.reshape(-1)
        self.sums.levels.reshape(-1)[each] += 1

    def close_unit(self) -> None:
        """One more unit is complete; its mean is what varies between units."""
        if self._n_in_unit == 0:
            return
        unit, sums = self._unit / self._n_in_unit, self.sums
        sums.columns += unit
        for i, (top, bottom) in enumerate(self.ratios(unit)):
            sums.moments[:, :, i, 0] += top * top
            sums.moments[:, :, i, 1] += bottom * bottom
            sums.moments[:, :, i, 2] += top * bottom
        sums.n_units += 1
        self._unit[:] = 0.0
        self._n_in_unit = 0

    def ratios(self, columns: Floats) -> list[tuple[Floats, Floats]]:
        """Top and bottom of service level, ASA and abandon rate, by type."""
        of_types = columns[: len(self.definitions)]
        return [
            (of_types[..., c.IN_THRESHOLD], self.base(of_types)),
            (of_types[..., c.WAIT_ANSWERED], of_types[..., c.ANSWERED]),
            (of_types[..., c.ABANDONED], of_types[..., c.OFFERED]),
        ]

    def base(self, tally: Floats) -> Floats:
        """The denominator of the service level, by each type's definition."""
        return service_base(self.definitions, tally)


def service_base(definitions: list[ServiceLevelDefinition], tally: Floats) -> Floats:
    """The contacts that a service level counts; shape of the tally without columns."""
    base: Floats = tally[..., c.OFFERED].copy()
    for k, definition in enumerate(definitions):
        if definition is ServiceLevelDefinition.ANSWERED:
            base[k] = tally[k, ..., c.ANSWERED]
        elif definition is ServiceLevelDefinition.EXCLUDING_SHORT_ABANDONS:
            base[k] -= tally[k, ..., c.ABANDONED_IN_THRESHOLD]
    return base
