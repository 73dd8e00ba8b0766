"""The engine's formulas for many queues at once, those of a kind together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from callcenter.engine import staffing as engine
from callcenter.forecasting.models import StaffingModel
from callcenter.forecasting.services.requirements.loads import (
    LEAST_AHT_S,
    Bools,
    DayRows,
    Floats,
    Ints,
    Question,
    load_in_progress,
)
from callcenter.forecasting.services.requirements.wanting import (
    DEFINITIONS,
    FOR_EVER_S,
    Wanted,
)

FIGURES = ("required_agents", "sl", "asa_s", "occupancy", "abandon_rate")
Figures = dict[str, Floats]


class Asked:
    """A question with what its answer needs, each worked out once."""

    def __init__(self, question: Question, model: StaffingModel) -> None:
        self.question = question
        self.load = question.load
        self.assumption = question.assumption
        self.model = model

    @cached_property
    def wanted(self) -> Wanted:
        """Targets by interval."""
        return Wanted.of(self.question)

    @cached_property
    def in_progress(self) -> Floats:
        """Erlangs with what earlier intervals left."""
        return load_in_progress(self.load)

    @cached_property
    def days(self) -> DayRows:
        """Its days as rows."""
        return DayRows.of(self.load)

    @property
    def aht_s(self) -> Floats:
        """Handling times that may be divided by."""
        return np.maximum(self.load.aht_s, LEAST_AHT_S)

    @property
    def heads(self) -> engine.Heads:
        """What a fraction of an agent becomes."""
        return engine.Heads(self.assumption.rounding.value)

    @property
    def has_patience(self) -> bool:
        """Whether its contacts may leave."""
        return self.assumption.model is not StaffingModel.ERLANG_C

    @property
    def losses(self) -> dict[str, Any]:
        """The finite waiting room and the redials that it has."""
        own = self.assumption
        room = None if own.waiting_room is None else float(own.waiting_room)
        return {"waiting_room": room, "redial": own.redial_share or None}

    @property
    def is_losing(self) -> bool:
        """Whether the plain formulas do not hold."""
        return any(each is not None for each in self.losses.values())


@dataclass(frozen=True, slots=True)
class Cells:
    """Intervals of several questions beside each other; arrays of shape (n_cells,)."""

    load: Floats
    aht_s: Floats
    patience_s: Floats
    is_nearest: Bools
    wanted: Wanted

    @classmethod
    def of(cls, asked: Sequence[Asked], loads: Sequence[Floats]) -> "Cells":
        """All intervals of the questions, with those loads."""
        sizes = [each.load.offered.size for each in asked]
        patience = [each.assumption.patience_s for each in asked]
        nearest = [each.heads is engine.Heads.NEAREST for each in asked]
        columns = zip(
            *(
                [getattr(each.wanted, name) for name in Wanted.__dataclass_fields__]
                for each in asked
            ),
            strict=True,
        )
        return cls(
            load=np.concatenate(loads),
            aht_s=np.concatenate([each.aht_s for each in asked]),
            patience_s=np.repeat(patience, sizes),
            is_nearest=np.repeat(nearest, sizes),
            wanted=Wanted(*(np.concatenate(each) for each in columns)),
        )

    def take(self, cells: Ints) -> "Cells":
        """Some of them."""
        return Cells(
            self.load[cells],
            self.aht_s[cells],
            self.patience_s[cells],
            self.is_nearest[cells],
            self.wanted.take(cells),
        )

    def parts(self) -> Iterator[tuple[Ints, "Cells"]]:
        """Those of each definition of the service level and each rounding."""
        kinds = 2 * self.wanted.definition + self.is_nearest
        for kind in np.unique(kinds).tolist():
            cells = np.flatnonzero(kinds == kind)
            yield cells, self.take(cells)

    @property
    def heads(self) -> engine.Heads:
        """What a fraction of an agent becomes, the same for all cells of a part."""
        is_nearest = bool(self.is_nearest[:1].any())
        return engine.Heads.NEAREST if is_nearest else engine.Heads.WHOLE


def targets_of(wanted: Wanted, *, may_abandon: bool) -> dict[str, Any]:
    """The targets as the engine takes them; those that bind nowhere are left out."""
    found: dict[str, Any] = {
        "sl_threshold_s": wanted.sl_threshold_s,
        "sl_definition": DEFINITIONS[int(wanted.definition.flat[0])],
        "max_occupancy": wanted.max_occupancy,
    }
    if (wanted.sl_target > 0.0).any():
        found["sl_target"] = wanted.sl_target
    if (wanted.max_asa_s < FOR_EVER_S).any():
        found["max_asa_s"] = wanted.max_asa_s
    if may_abandon and wanted.has_abandon_limit:
        found["max_abandon"] = wanted.max_abandon
    return found


def by_formula(
    asked: Sequence[Asked], loads: Sequence[Floats], *, has_patience: bool
) -> list[Figures]:
    """Each interval by itself with those loads: Erlang A, or C without patience."""
    cells = Cells.of(asked, loads)
    found = {name: np.zeros(cells.load.size) for name in FIGURES}
    for places, part in cells.parts():
        answer = _solve(part, has_patience=has_patience)
        for name, values in found.items():
            values[places] = getattr(answer, name)
    return split(found, asked)


def _solve(cells: Cells, *, has_patience: bool) -> engine.Requirement:
    return engine.required_agents(
        cells.load,
        cells.aht_s,
        cells.aht_s,
        model=engine.Model.ERLANG_A if has_patience else engine.Model.ERLANG_C,
        patience_s=cells.patience_s if has_patience else None,
        heads=cells.heads,
        **targets_of(cells.wanted, may_abandon=has_patience),
    )


def with_losses(asked: Asked, *, has_patience: bool) -> Figures:
    """A queue with a finite waiting room or redials, with the load in progress."""
    losses = dict(asked.losses)
    may_lose = has_patience or losses["waiting_room"] is not None
    if not may_lose:
        losses["redial"] = None
    found = {name: np.zeros(asked.load.offered.size) for name in FIGURES}
    for places, part in Cells.of([asked], [asked.in_progress]).parts():
        answer = engine.required_agents(
            part.load,
            part.aht_s,
            part.aht_s,
            model=engine.Model.ERLANG_A if has_patience else engine.Model.ERLANG_C,
            patience_s=part.patience_s if has_patience else None,
            heads=part.heads,
            **losses,
            **targets_of(part.wanted, may_abandon=may_lose),
        )
        for name, values in found.items():
            values[places] = getattr(answer, name)
    return found


def without_waiting(asked: Asked) -> Figures:
    """A queue in which nobody waits: who finds every agent busy is lost (Erlang B)."""
    found = {name: np.zeros(asked.load.offered.size) for name in FIGURES}
    for places, part in Cells.of([asked], [asked.in_progress]).parts():
        answer = engine.required_agents(
            part.load,
            part.aht_s,
            part.aht_s,
            model=engine.Model.ERLANG_B,
            redial=asked.losses["redial"],
            heads=part.heads,
            **targets_of(part.wanted, may_abandon=True),
        )
        for name, values in found.items():
            values[places] = getattr(answer, name)
    return found


def chats(asked: Asked, *, has_patience: bool) -> Figures:
    """Chats held several at once, with those in progress."""
    found = {name: np.zeros(asked.load.offered.size) for name in FIGURES}
    for places, part in Cells.of([asked], [asked.in_progress]).parts():
        answer = engine.required_chat_agents(
            part.load,
            part.aht_s,
            part.aht_s,
            concurrency=float(asked.load.concurrency),
            slowdown=asked.assumption.chat_slowdown,
            patience_s=part.patience_s if has_patience else None,
            **targets_of(part.wanted, may_abandon=has_patience),
        )
        for name, values in found.items():
            values[places] = getattr(answer, name)
    return found


def blended(asked: Asked, *, has_patience: bool) -> Figures:
    """Contacts of agents who dial between them.

    The occupancy limit is that of contacts and planned calls together: agents who
    dialled on whenever they could would never be idle.
    """
    outbound = asked.question.outbound_erlangs
    assert outbound is not None  # noqa: S101 - tells the type checker
    found = {name: np.zeros(asked.load.offered.size) for name in FIGURES}
    for places, part in Cells.of([asked], [asked.in_progress]).parts():
        answer = _blend(part, outbound[places], has_patience=has_patience)
        for name, values in found.items():
            values[places] = answer[name]
    return found


def _blend(cells: Cells, outbound: Floats, *, has_patience: bool) -> Figures:
    targets = targets_of(cells.wanted, may_abandon=has_patience)
    limit = targets.pop("max_occupancy")
    figures = {name: np.zeros(cells.load.size) for name in FIGURES}
    if {"sl_target", "max_asa_s"} & set(targets):
        blend = engine.required_blend_agents(
            cells.load,
            cells.aht_s,
            cells.aht_s,
            outbound_erlangs=outbound,
            patience_s=cells.patience_s if has_patience else None,
            **targets,
        )
        figures = {name: getattr(blend, name) for name in FIGURES}
    work = cells.load * (1.0 - figures["abandon_rate"]) + outbound
    agents = np.maximum(figures["required_agents"], np.ceil(work / limit - 1e-9))
    figures["required_agents"] = agents
    figures["occupancy"] = np.divide(
        work, agents, out=np.zeros_like(work), where=agents > 0.0
    )
    return figures


def split(found: Figures, asked: Sequence[Asked]) -> list[Figures]:
    """Figures of all cells, by question."""
    edges = np.cumsum([each.load.offered.size for each in asked])[:-1]
    parts = {name: np.split(values, edges) for name, values in found.items()}
    return [
        {name: each[place] for name, each in parts.items()}
        for place in range(len(asked))
    ]
