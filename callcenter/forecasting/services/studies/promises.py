"""Which promises of a contract simulated days keep, and how surely."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from callcenter.engine.simulation import Simulation
from callcenter.engine.simulation.results import wilson
from callcenter.engine.staffing import ServiceLevelDefinition
from callcenter.forecasting.services.requirements.loads import Bools, Floats
from callcenter.forecasting.services.requirements.wanting import ALMOST_ALL
from callcenter.projects.models import ServiceTarget


@dataclass(frozen=True, slots=True)
class Promises:
    """What is promised of a whole day or week; None is not promised."""

    sl: float | None
    asa_s: float | None
    abandon: float | None
    occupancy: float | None
    definition: ServiceLevelDefinition

    @classmethod
    def on(cls, day: date, targets: Sequence[ServiceTarget]) -> "Promises":
        """Those of the target that holds on a day; without one nothing is promised."""
        held = [
            each
            for each in targets
            if each.starts_on <= day and (each.ends_on is None or each.ends_on > day)
        ]
        if not held:
            return cls(None, None, None, None, ServiceLevelDefinition.OFFERED)
        target = held[-1]
        return cls(
            sl=min(target.sl_target, ALMOST_ALL),
            asa_s=float(target.max_asa_s) if target.max_asa_s else None,
            abandon=target.max_abandon_rate or None,
            occupancy=target.max_occupancy or None,
            definition=ServiceLevelDefinition(target.sl_definition.value),
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one queue on each simulated day; arrays of shape (n_days,).

    ``busy_s`` and ``staffed_s`` are of all agents who take its contacts.
    """

    offered: Floats
    answered: Floats
    lost: Floats
    in_threshold: Floats
    lost_in_threshold: Floats
    wait_answered_s: Floats
    busy_s: Floats
    staffed_s: Floats

    @classmethod
    def of(cls, found: Simulation, row: int) -> "Counted":
        """The counts of one type of contacts."""
        at = found.samples
        return cls(
            offered=at.offered[:, row],
            answered=at.answered[:, row],
            lost=(at.abandoned + at.blocked + at.disconnected)[:, row],
            in_threshold=at.in_threshold[:, row],
            lost_in_threshold=at.abandoned_in_threshold[:, row],
            wait_answered_s=at.wait_answered_s[:, row],
            busy_s=at.busy_s[:, 0],
            staffed_s=at.staffed_s[:, 0],
        )

    def plus(self, other: "Counted") -> "Counted":
        """Two days of each sample together."""
        return Counted(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        )

    def by_volume(self) -> "Counted":
        """The same days, the quietest first."""
        order = np.argsort(self.offered, kind="stable")
        return Counted(*(getattr(self, f.name)[order] for f in fields(self)))

    def sl(self, definition: ServiceLevelDefinition) -> Floats:
        """The service level of each day; perfect without contacts."""
        counted = self.offered
        if definition is ServiceLevelDefinition.ANSWERED:
            counted = self.answered
        elif definition is ServiceLevelDefinition.EXCLUDING_SHORT_ABANDONS:
            counted = self.offered - self.lost_in_threshold
        return _share(self.in_threshold, counted, 1.0)

    def kept(self, promises: Promises) -> dict[str, Bools]:
        """Whether each day keeps each promise."""
        found: dict[str, Bools] = {}
        if promises.sl is not None:
            found["sl"] = self.sl(promises.definition) >= promises.sl
        if promises.asa_s is not None:
            asa_s = _share(self.wait_answered_s, self.answered, 0.0)
            found["asa"] = asa_s <= promises.asa_s
        if promises.abandon is not None:
            found["abandon"] = _share(self.lost, self.offered, 0.0) <= promises.abandon
        if promises.occupancy is not None:
            busy = _share(self.busy_s, self.staffed_s, 0.0)
            found["occupancy"] = busy <= promises.occupancy
        return found


def chances_of(kept: dict[str, Bools], n_days: int) -> dict[str, object]:
    """The chance that all promises are kept, its interval, and that of each promise."""
    every = np.ones(n_days, dtype=bool)
    for each in kept.values():
        every = every & each
    lower, upper = wilson(np.array(every.sum()), n_days)
    return {
        "chance": float(every.mean()),
        "lower": float(lower),
        "upper": float(upper),
        "chances": {name: float(each.mean()) for name, each in kept.items()},
    }


def _share(top: Floats, bottom: Floats, without: float) -> Floats:
    found: Floats = np.divide(
        top, bottom, out=np.full_like(top, without), where=bottom > 0.0
    )
    return found
