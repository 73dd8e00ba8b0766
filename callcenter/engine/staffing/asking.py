"""What is asked of a requirement: model, targets and definitions, checked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.measures import (
    Floats,
    Heads,
    Model,
    ServiceLevelDefinition,
    Start,
    checked,
)


@dataclass(frozen=True)
class Wanted:
    """Checked targets; `values` has the names of the fields of `Cells`.

    `losses` holds the places to wait (`room`) and the share that calls again
    (`redial`) where contacts are lost in another way than by the model itself.
    """

    model: Model
    definition: ServiceLevelDefinition
    values: dict[str, Floats]
    losses: dict[str, Floats] | None


def wanted(
    model: Model | str,
    definition: ServiceLevelDefinition | str,
    patience_s: ArrayLike | None,
    targets: Mapping[str, ArrayLike | None],
    *,
    redial: ArrayLike | None = None,
    waiting_room: ArrayLike | None = None,
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
    is_losing = kind is not Model.ERLANG_C or waiting_room is not None
    _check_together(kind, patience_s, given["max_abandon"], redial, is_losing=is_losing)
    threshold = given["sl_threshold_s"]
    values = {
        "patience": _target(
            "patience_s", patience_s if kind is Model.ERLANG_A else None, np.inf
        ),
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
    return Wanted(kind, counted, values, _losses(kind, redial, waiting_room))


def _losses(
    kind: Model, redial: ArrayLike | None, waiting_room: ArrayLike | None
) -> dict[str, Floats] | None:
    """Room and redials; None where the plain formulas of the model hold."""
    if kind is Model.ERLANG_B:
        if waiting_room is not None:
            raise EngineInputError("erlang-b has no waiting room")
        waiting_room = 0.0
    if redial is None and waiting_room is None:
        return None
    again = checked("redial", 0.0 if redial is None else redial)
    if (again >= 1.0).any():
        raise EngineInputError("redial must be less than 1")
    room = np.full((), np.inf)
    if waiting_room is not None:
        room = checked("waiting_room", waiting_room)
        if (room != np.floor(room)).any():
            raise EngineInputError("waiting_room must be whole numbers")
    return {"room": room, "redial": again}


def chosen_heads(heads: Heads | str) -> Heads:
    """The kind of heads by its name; raises `EngineInputError` for another."""
    try:
        return Heads(heads)
    except ValueError as error:
        raise EngineInputError(str(error)) from error


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
    kind: Model,
    patience_s: ArrayLike | None,
    max_abandon: ArrayLike | None,
    redial: ArrayLike | None,
    *,
    is_losing: bool,
) -> None:
    if kind is Model.ERLANG_A and patience_s is None:
        raise EngineInputError("erlang-a needs patience_s")
    if max_abandon is not None and not is_losing:
        raise EngineInputError(
            "max_abandon needs erlang-a: in erlang-c nobody abandons"
        )
    if redial is not None and not is_losing:
        raise EngineInputError("redial needs erlang-a: in erlang-c nobody is lost")


def chosen_start(start: Start | str) -> Start:
    """The kind of start by its name; raises `EngineInputError` for another."""
    try:
        return Start(start)
    except ValueError as error:
        raise EngineInputError(str(error)) from error
