"""What contracts and assumptions ask of each interval."""

from dataclasses import dataclass, fields

import numpy as np

from callcenter.engine.staffing import ServiceLevelDefinition
from callcenter.forecasting.services.requirements.loads import (
    Bools,
    Floats,
    Ints,
    Question,
)
from callcenter.projects.models import ServiceTarget

ALMOST_ALL = 0.9999
USUAL_THRESHOLD_S = 20.0
FOR_EVER_S = 1e9
DEFINITIONS = tuple(ServiceLevelDefinition)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Targets by interval, shape (n_intervals,); without one a limit that never binds.

    ``definition`` is a place in `DEFINITIONS`.
    """

    sl_target: Floats
    sl_threshold_s: Floats
    max_asa_s: Floats
    max_abandon: Floats
    max_occupancy: Floats
    definition: Ints

    @classmethod
    def of(cls, question: Question) -> "Wanted":
        """What holds on each day of a question's load."""
        n = question.load.offered.size
        limit = question.assumption.max_occupancy
        found = cls(
            sl_target=np.zeros(n),
            sl_threshold_s=np.full(n, USUAL_THRESHOLD_S),
            max_asa_s=np.full(n, FOR_EVER_S),
            max_abandon=np.ones(n),
            max_occupancy=np.full(n, limit),
            definition=np.zeros(n, dtype=np.int64),
        )
        for target in question.targets:
            found._set(target, _holds(question, target), limit)
        return found

    def _set(self, target: ServiceTarget, holds: Bools, limit: float) -> None:
        self.sl_target[holds] = min(target.sl_target, ALMOST_ALL)
        self.sl_threshold_s[holds] = target.sl_threshold_s
        if target.max_asa_s:
            self.max_asa_s[holds] = target.max_asa_s
        if target.max_abandon_rate:
            self.max_abandon[holds] = target.max_abandon_rate
        self.max_occupancy[holds] = target.max_occupancy or limit
        definition = ServiceLevelDefinition(target.sl_definition.value)
        self.definition[holds] = DEFINITIONS.index(definition)

    def take(self, cells: Ints | Bools) -> "Wanted":
        """The same for some intervals."""
        return Wanted(*(getattr(self, each.name)[cells] for each in fields(self)))

    @property
    def has_abandon_limit(self) -> bool:
        """Whether any interval limits the abandoned."""
        return bool((self.max_abandon < 1.0).any())


def _holds(question: Question, target: ServiceTarget) -> Bools:
    """The intervals of the days on which a target holds."""
    load = question.load
    is_on: Bools = load.day >= (target.starts_on - load.first_day).days
    if target.ends_on is not None:
        is_on = is_on & (load.day < (target.ends_on - load.first_day).days)
    return is_on


def deadline_s(question: Question) -> float:
    """When work that may wait is due: the contract's threshold, else the assumption."""
    for target in question.targets:
        if target.sl_threshold_s > 0:
            return float(target.sl_threshold_s)
    return float(question.assumption.deadline_s)
