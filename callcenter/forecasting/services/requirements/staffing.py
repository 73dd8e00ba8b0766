"""From a forecast to agents: targets, assumptions and the engine's models.

Two ways. The quick one, for pages, gives each interval the load that earlier intervals
left in progress and then asks a formula. The careful one, for what is approved, carries
the whole state of the queue over; it is asked for the first ``carried_days``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from callcenter.engine import staffing as engine
from callcenter.forecasting.models import Assumption, StaffingModel
from callcenter.forecasting.services.requirements.carrying import (
    carried_over,
    service_carried_over,
)
from callcenter.forecasting.services.requirements.loads import (
    Floats,
    Ints,
    Load,
    Question,
)
from callcenter.forecasting.services.requirements.shrinking import shrinkage_by_interval
from callcenter.forecasting.services.requirements.solving import (
    FIGURES,
    Asked,
    Figures,
    blended,
    by_formula,
    chats,
    with_losses,
    without_waiting,
)
from callcenter.forecasting.services.requirements.wanting import DEFINITIONS, deadline_s
from callcenter.projects.models import Channel, Direction, Queue, ServiceTarget

_DEFERRED = (Channel.EMAIL, Channel.BACK_OFFICE)
_SERVICE = FIGURES[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """What a queue needs and then gives; arrays of shape (n_intervals,), NaN unknown.

    ``required_c`` is by Erlang C, each interval by itself; ``required_a`` by Erlang A,
    with what earlier intervals left. ``required_agents`` is by the chosen model, with
    ``safety_agents`` in it; the figures beside are what that number is expected to
    give. ``backlog`` is what waits at the end of an interval where work may wait.
    """

    model: StaffingModel
    load_erlangs: Floats
    required_c: Floats
    required_a: Floats
    required_agents: Floats
    safety_agents: Floats
    scheduled_agents: Floats
    sl: Floats
    asa_s: Floats
    occupancy: Floats
    abandon_rate: Floats
    backlog: Floats


def model_for(queue: Queue, assumption: Assumption) -> StaffingModel:
    """The model that fits the queue: written work may wait, in outbound nobody does."""
    if queue.direction is Direction.OUTBOUND:
        return StaffingModel.WORKLOAD
    if queue.channel in _DEFERRED:
        return StaffingModel.DEFERRED
    if queue.concurrency > 1:
        return StaffingModel.CHAT
    return assumption.model


def staff_queue(
    queue: Queue,
    load: Load,
    targets: Sequence[ServiceTarget],
    assumption: Assumption,
    *,
    carried_days: int = 0,
) -> Staffing:
    """The agents that a queue needs in each interval, by the targets of each day.

    On days without a target only the occupancy limit asks for agents.
    """
    question = Question(queue, load, targets, assumption)
    return staff_all([question], carried_days=carried_days)[0]


def staff_all(
    questions: Sequence[Question], *, carried_days: int = 0
) -> list[Staffing]:
    """The same for many queues, those of a kind solved together; in their order."""
    asked = [_ask(each) for each in questions]
    found: dict[int, Figures] = {}
    waiting = [each for each in asked if _is_plain(each)]
    for each, figures in zip(waiting, _queues(waiting, carried_days), strict=True):
        found[id(each)] = figures
    for each in asked:
        if id(each) not in found:
            found[id(each)] = _ALONE[each.model](each)
    _add_safety(asked, found, carried_days)
    return [_staffing(each, found[id(each)]) for each in asked]


def _ask(question: Question) -> Asked:
    model = model_for(question.queue, question.assumption)
    may_dial = _is_queue(model) or model is StaffingModel.ERLANG_B
    if question.outbound_erlangs is not None and may_dial:
        model = StaffingModel.BLEND
    return Asked(question, model)


def _is_queue(model: StaffingModel) -> bool:
    return model in {StaffingModel.ERLANG_C, StaffingModel.ERLANG_A}


def _is_plain(asked: Asked) -> bool:
    """Whether it is a queue whose state can be carried over."""
    return _is_queue(asked.model) and not asked.is_losing


def _queues(asked: Sequence[Asked], carried_days: int) -> list[Figures]:
    """Both formulas for queues that wait, and the figures of the chosen one."""
    if not asked:
        return []
    alone = [each.load.erlangs for each in asked]
    moving = [each.in_progress for each in asked]
    by_c = by_formula(asked, alone, has_patience=False)
    by_a = by_formula(asked, moving, has_patience=True)
    _carry(asked, by_a, carried_days, has_patience=True)
    patient = [n for n, each in enumerate(asked) if not each.has_patience]
    chosen = list(by_a)
    if patient:
        some = [asked[n] for n in patient]
        moved = by_formula(some, [moving[n] for n in patient], has_patience=False)
        _carry(some, moved, carried_days, has_patience=False)
        for n, figures in zip(patient, moved, strict=True):
            chosen[n] = figures
    return [
        {
            **figures,
            "required_c": by_c[n]["required_agents"],
            "required_a": by_a[n]["required_agents"],
        }
        for n, figures in enumerate(chosen)
    ]


def _carry(
    asked: Sequence[Asked], into: list[Figures], n_days: int, *, has_patience: bool
) -> None:
    """Put the careful answer in place of the quick one on the first days."""
    if n_days < 1:
        return
    careful = carried_over(asked, n_days, has_patience=has_patience)
    for each, figures, better in zip(asked, into, careful, strict=True):
        early = each.load.day < n_days
        for name in FIGURES:
            figures[name] = np.where(early, better[name], figures[name])


def _lossy(asked: Asked) -> Figures:
    return _both(lambda has: with_losses(asked, has_patience=has), asked)


def _chat(asked: Asked) -> Figures:
    return _both(lambda has: chats(asked, has_patience=has), asked)


def _blend(asked: Asked) -> Figures:
    return _both(lambda has: blended(asked, has_patience=has), asked)


def _both(solve: Callable[[bool], Figures], asked: Asked) -> Figures:
    """By both formulas, with the figures of the chosen one."""
    by_c, by_a = solve(False), solve(True)
    chosen = by_a if asked.has_patience else by_c
    return {
        **chosen,
        "required_c": by_c["required_agents"],
        "required_a": by_a["required_agents"],
    }


def _workload(asked: Asked) -> Figures:
    """Agents for outbound calls by themselves: as many as are busy at the limit."""
    limit = asked.wanted.max_occupancy
    agents = asked.load.agent_erlangs / limit
    return {
        "required_agents": agents,
        "occupancy": np.where(agents > 0.0, limit, 0.0),
    }


def _deferred(asked: Asked) -> Figures:
    """Work that may wait: the evenest staffing that does all of it when it is due."""
    load, limit = asked.load, float(asked.wanted.max_occupancy.min(initial=1.0))
    done = engine.spread_work(
        load.offered[None, :],
        load.aht_s[None, :] / load.concurrency,
        load.interval_s,
        deadline_s=deadline_s(asked.question),
        is_open=load.is_open[None, :],
        backlog=asked.assumption.backlog,
        max_occupancy=limit,
    )
    agents = done.required_agents[0]
    return {
        "required_agents": agents,
        "sl": np.where(load.offered > 0.0, done.on_time[0], np.nan),
        "asa_s": np.where(load.offered > 0.0, done.mean_delay_s[0], np.nan),
        "occupancy": np.where(agents > 0.0, limit, 0.0),
        "backlog": done.backlog[0],
    }


_ALONE: dict[StaffingModel, Callable[[Asked], Figures]] = {
    StaffingModel.ERLANG_C: _lossy,
    StaffingModel.ERLANG_A: _lossy,
    StaffingModel.ERLANG_B: without_waiting,
    StaffingModel.CHAT: _chat,
    StaffingModel.BLEND: _blend,
    StaffingModel.WORKLOAD: _workload,
    StaffingModel.DEFERRED: _deferred,
}


def safety_agents(required: Floats, share: float) -> Floats:
    """The margin above what is required: whole agents where whole ones are required."""
    extra = required * share
    is_whole = np.isclose(required, np.round(required), atol=1e-6)
    found: Floats = np.where(is_whole, np.round(extra), extra)
    return np.maximum(found, -required)


def _add_safety(
    asked: Sequence[Asked], found: dict[int, Figures], carried_days: int
) -> None:
    """Add the margins, and say what the greater numbers are expected to give."""
    for each in asked:
        figures, share = found[id(each)], each.assumption.safety_share
        extra = safety_agents(figures["required_agents"], share)
        agents = figures["required_agents"] + extra
        figures |= {"safety_agents": extra, "required_agents": agents}
        if share:
            figures |= service_at(each, agents)
    for has_patience in (True, False) if carried_days else ():
        some = [
            each
            for each in asked
            if each.assumption.safety_share
            and _is_plain(each)
            and each.has_patience is has_patience
        ]
        if some:
            _carry_service(some, found, carried_days, has_patience=has_patience)


def _carry_service(
    asked: Sequence[Asked],
    found: dict[int, Figures],
    n_days: int,
    *,
    has_patience: bool,
) -> None:
    """Put the careful figures in place of the quick ones on the first days."""
    agents = [found[id(each)]["required_agents"] for each in asked]
    careful = service_carried_over(asked, agents, n_days, has_patience=has_patience)
    for each, better in zip(asked, careful, strict=True):
        figures, early = found[id(each)], each.load.day < n_days
        for name in _SERVICE:
            figures[name] = np.where(early, better[name], figures[name])


_BESIDE_QUEUES = {StaffingModel.CHAT, StaffingModel.ERLANG_B}


def service_at(asked: Asked, agents: Floats) -> Figures:
    """What given agents are expected to give to the load in progress.

    Nothing for work that may wait or is dialled, whose figures stay as they are.
    """
    if not (_is_queue(asked.model) or asked.model in _BESIDE_QUEUES):
        return {}
    figures = {
        "sl": np.ones_like(agents),
        "asa_s": np.zeros_like(agents),
        "occupancy": np.zeros_like(agents),
        "abandon_rate": np.zeros_like(agents),
    }
    load = asked.in_progress
    for definition in np.unique(asked.wanted.definition).tolist():
        cells = asked.wanted.definition == definition
        busy = np.flatnonzero(cells & (load > 0.0))
        if busy.size:
            at = _measures(asked, load[busy], agents[busy], busy)
            for name, values in figures.items():
                values[busy] = getattr(at, name)
    return figures


def _measures(
    asked: Asked, load: Floats, agents: Floats, cells: Ints
) -> engine.QueueMeasures:
    has_patience = asked.has_patience
    common: dict[str, Any] = {
        "aht_s": asked.aht_s[cells],
        "patience_s": asked.assumption.patience_s if has_patience else None,
        "sl_threshold_s": asked.wanted.sl_threshold_s[cells],
        "sl_definition": DEFINITIONS[int(asked.wanted.definition[cells[0]])],
    }
    if asked.model is StaffingModel.CHAT:
        return engine.chat_measures(
            load,
            agents,
            concurrency=float(asked.load.concurrency),
            slowdown=asked.assumption.chat_slowdown,
            **common,
        )
    losses = dict(asked.losses)
    if asked.model is StaffingModel.ERLANG_B:
        common["patience_s"] = None
        return engine.queue_measures(
            load,
            np.where(agents < 1.0, 0.0, agents),
            model=engine.Model.ERLANG_B,
            redial=losses["redial"],
            **common,
        )
    if not has_patience and losses["waiting_room"] is None:
        losses["redial"] = None
    return engine.queue_measures(
        load,
        np.where(agents < 1.0, 0.0, agents),
        model=engine.Model.ERLANG_A if has_patience else engine.Model.ERLANG_C,
        **losses,
        **common,
    )


def _staffing(asked: Asked, figures: Figures) -> Staffing:
    """The answer with what is unknown left open."""
    nobody = np.full(asked.load.offered.shape, np.nan)
    required = figures["required_agents"]
    asa_s = figures.get("asa_s", nobody)
    return Staffing(
        model=asked.model,
        load_erlangs=asked.load.agent_erlangs,
        required_c=figures.get("required_c", nobody),
        required_a=figures.get("required_a", nobody),
        required_agents=required,
        safety_agents=figures["safety_agents"],
        scheduled_agents=engine.scheduled_agents(
            required, shrinkage_by_interval(asked.assumption, asked.load)
        ),
        sl=figures.get("sl", nobody),
        asa_s=np.where(np.isfinite(asa_s), asa_s, np.nan),
        occupancy=figures["occupancy"],
        abandon_rate=figures.get("abandon_rate", nobody),
        backlog=figures.get("backlog", nobody),
    )
