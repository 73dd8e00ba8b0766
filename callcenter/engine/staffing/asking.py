"""What is asked of a requirement: model, targets and definitions, checked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.measures import (
    Floats,
    Model,
    ServiceLevelDefinition,
    checked,
)

_LEAVING = frozenset({Model.ERLANG_A})


@dataclass(frozen=True)
class Wanted:
    """Checked targets; `values` has the names of the fields of `Cells`."""

    model: Model
    definition: ServiceLevelDefinition
    values: dict[str, Floats]


def wanted(
    model: Model | str,
    definition: ServiceLevelDefinition | str,
    patience_s: ArrayLike | None,
    targets: Mapping[str, ArrayLike | None],
) -> Wanted:
    """Check the targets by themselves and against the model.

    Targets are those of `required_agents`. Raises `EngineInputError` as it does.
    """
    kind, counted = _chosen(model, definition)
    unknown = set(targets) - _KNOWN
    if unknown:
        raise EngineInputError(f"there is no target {', '.join(sorted(unknown))}")
    given = {name: targets.get(name) for name in _KNOWN}
    if all(given[name] is None for name in _KNOWN - {"sl_threshold_s"}):
        raise EngineInputError("at least one target is needed")
    _check_together(kind, patience_s, given["max_abandon"])
    threshold = given["sl_threshold_s"]
    values = {
        "patience": _target("patience_s", patience_s, np.inf),
        "threshold": checked(
            "sl_threshold_s", 20.0 if threshold is None else threshold
        ),
        "sl_target": _target("sl_target", given["sl_target"], -1.0, below=1.0),
        "max_occupancy": _target(
            "max_occupancy", given["max_occupancy"], 1.0, most=1.0
        ),
        "max_asa": _target("max_asa_s", given["max_asa_s"], np.inf),
        "max_abandon": _target("max_abandon", given["max_abandon"], 1.0, most=1.0),
    }
    return Wanted(kind, counted, values)


_KNOWN = frozenset(
    {"sl_target", "sl_threshold_s", "max_occupancy", "max_asa_s", "max_abandon"}
)


def _chosen(
    model: Model | str, definition: ServiceLevelDefinition | str
) -> tuple[Model, ServiceLevelDefinition]:
    try:
        return Model(model), ServiceLevelDefinition(definition)
    except ValueError as error:
        raise EngineInputError(str(error)) from error


def _target(
    name: str,
    value: ArrayLike | None,
    unasked: float,
    *,
    below: float = np.inf,
    most: float = np.inf,
) -> Floats:
    if value is None:
        return np.float64(unasked) * np.ones(())
    array = checked(name, value, above=0.0 if below == np.inf else -np.inf)
    if (array >= below).any() or (array > most).any():
        bound = f"less than {below:g}" if below < np.inf else f"at most {most:g}"
        raise EngineInputError(f"{name} must be {bound}")
    return array


def _check_together(
    kind: Model, patience_s: ArrayLike | None, max_abandon: ArrayLike | None
) -> None:
    if kind in _LEAVING and patience_s is None:
        raise EngineInputError(f"{kind} needs patience_s")
    if kind not in _LEAVING and max_abandon is not None:
        raise EngineInputError(f"max_abandon needs erlang-a: in {kind} nobody abandons")
