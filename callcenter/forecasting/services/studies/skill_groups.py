"""Agents by skill group for a day of a project whose queues share people."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from callcenter.engine.staffing import (
    SkillQueues,
    SkillRequirement,
    SkillService,
    search_skill_agents,
    skill_queues,
    skill_service,
)
from callcenter.forecasting import queries
from callcenter.forecasting.errors import NoSkillGroups
from callcenter.forecasting.models import Assumption, Forecast, StaffingModel
from callcenter.forecasting.services.requirements.loads import (
    Bools,
    Floats,
    Ints,
    Question,
)
from callcenter.forecasting.services.requirements.requiring import questions_of
from callcenter.forecasting.services.requirements.shrinking import shrinkage_on
from callcenter.forecasting.services.requirements.staffing import model_for, staff_all
from callcenter.forecasting.services.requirements.wanting import FOR_EVER_S, Wanted
from callcenter.forecasting.services.studies.simulating import Progress
from callcenter.projects.models import Queue

MOST_QUEUES = 10
MOST_GROUPS = 8
DAYS = 60
DAYS_JUDGED = 400
_STEPS = 60  # simulations a search usually takes
_SEED = 20_262
_ENDLESS_S = 1e7


@dataclass(frozen=True, slots=True)
class Groups:
    """People of equal skills: who can take what, shape (n_groups, n_queues)."""

    skills: Bools
    n_people: list[int]


def shared_queues(
    forecast: Forecast, assumptions: dict[int, Assumption] | None = None
) -> list[Queue]:
    """The queues of a forecast in which somebody waits for one agent alone."""
    everyone = [row.queue for row in forecast.queues]
    if assumptions is None:
        assumptions = queries.assumptions_of(everyone)
    waiting = {StaffingModel.ERLANG_A, StaffingModel.ERLANG_C}
    return [
        queue
        for queue in everyone
        if model_for(queue, assumptions[queue.id]) in waiting
    ]


def staff_skills(forecast: Forecast, day: date, progress: Progress) -> dict[str, Any]:
    """Search the agents by skill group that give every queue its service on a day.

    Nobody is asked for who is not there; where that is not enough, the agents that it
    would take are searched too. Raises `NoSkillGroups` where fewer than two queues
    share anybody.
    """
    chosen = shared_queues(forecast)[:MOST_QUEUES]
    groups = groups_on(forecast.project_id, chosen, day)
    questions = _questions(forecast, chosen, day)
    places = np.flatnonzero(sum(each.load.offered for each in questions) > 0.0)
    if not places.size:
        raise NoSkillGroups(project_id=forecast.project_id)
    problem = _problem(questions, groups, places, day)
    free = replace(problem, most=np.full_like(problem.most, np.inf))
    found = _search(problem, progress, 0)
    needed = found
    if not _met(found, problem).all():
        needed = _search(free, progress, _STEPS)
    judged = skill_service(
        problem,
        found.required_agents,
        rng=np.random.default_rng(_SEED + 1),
        n_days=DAYS_JUDGED,
    )
    progress(2 * _STEPS, 2 * _STEPS, "")
    return {
        "places": places.tolist(),
        "queue_ids": [each.queue.id for each in questions],
        "groups": _groups(questions, groups, problem, found, needed),
        "pooled": found.pooled_agents.tolist(),
        "separate": found.separate_agents.tolist(),
        "is_enough": bool(_met(found, problem).all()),
        "queues": _queues(questions, problem, places, found, judged),
        "n_simulated": found.n_simulated,
        "n_judged": judged.n_days,
    }


def _questions(forecast: Forecast, chosen: list[Queue], day: date) -> list[Question]:
    found = [
        each
        for group in questions_of(forecast, chosen, day, 1)
        for each in group
        if each.queue in chosen
    ]
    return sorted(found, key=lambda each: chosen.index(each.queue))


def _search(
    problem: SkillQueues, progress: Progress, n_before: int
) -> SkillRequirement:
    def tell(n_done: int) -> None:
        progress(n_before + min(n_done, _STEPS - 1), 2 * _STEPS, "")

    return search_skill_agents(
        problem, rng=np.random.default_rng(_SEED), n_days=DAYS, progress=tell
    )


def _met(found: SkillRequirement, problem: SkillQueues) -> Bools:
    """Where the search kept the target; intervals without contacts keep it."""
    met: Bools = found.is_met | (problem.offered <= 0.0)
    return met


def _groups(
    questions: list[Question],
    groups: Groups,
    problem: SkillQueues,
    found: SkillRequirement,
    needed: SkillRequirement,
) -> list[dict[str, Any]]:
    """Each group with its people, what the day asks of it and what it would take."""
    return [
        {
            "queue_ids": [
                each.queue.id for each, can in zip(questions, able, strict=True) if can
            ],
            "n_people": n_people,
            "most": int(most),
            "agents": agents,
            "needed": wanted,
        }
        for able, n_people, most, agents, wanted in zip(
            groups.skills.tolist(),
            groups.n_people,
            problem.most.tolist(),
            found.required_agents.tolist(),
            needed.required_agents.tolist(),
            strict=True,
        )
    ]


def _queues(
    questions: list[Question],
    problem: SkillQueues,
    places: Ints,
    found: SkillRequirement,
    judged: SkillService,
) -> list[dict[str, Any]]:
    """Each queue: its promises, and what contacts of their own say it gets."""
    alone = staff_all(questions)
    lines = []
    for row, question in enumerate(questions):
        busy = problem.offered[row] > 0.0
        wanted = Wanted.of(question).take(places)
        busiest = int(problem.offered[row].argmax())
        target = float(problem.sl_target[row])
        lines.append(
            {
                "target": target,
                "max_asa_s": _limit(wanted.max_asa_s[busiest], FOR_EVER_S),
                "max_abandon": _limit(wanted.max_abandon[busiest], 1.0),
                "sl": [_number(each) for each in judged.sl[row]],
                "sl_lower": [_number(each) for each in judged.sl_lower[row]],
                "sl_upper": [_number(each) for each in judged.sl_upper[row]],
                "sl_day": _number(judged.day_sl[row]),
                "sl_day_lower": _number(judged.day_sl_lower[row]),
                "sl_day_upper": _number(judged.day_sl_upper[row]),
                "asa_day_s": _number(judged.day_asa_s[row]),
                "abandon_day": _number(judged.day_abandon_rate[row]),
                "n_open": int(busy.sum()),
                "n_met": int((judged.sl[row] >= target)[busy].sum()),
                "n_missed": int((judged.sl_upper[row] < target)[busy].sum()),
                "is_found": bool(_met(found, problem)[row].all()),
                "sl_alone": _number(
                    np.average(
                        alone[row].sl[places], weights=problem.offered[row] + 1e-9
                    )
                ),
            }
        )
    return lines


def _limit(value: float, unasked: float) -> float | None:
    return None if value >= unasked else float(value)


def groups_on(project_id: int, chosen: list[Queue], day: date) -> Groups:
    """The groups of equal skills among the people of a project's teams.

    The greatest come first. Small ones beyond the eighth are left out as long as each
    queue keeps somebody; their people count in the group that has most of their
    skills. Raises `NoSkillGroups`.
    """
    held = Counter(
        tuple(queue.skill_id is None or queue.skill_id in skills for queue in chosen)
        for skills in queries.skilled_people(project_id, day).values()
    )
    able = [(mask, n) for mask, n in held.most_common() if any(mask)]
    kept, others = dict(able[:MOST_GROUPS]), able[MOST_GROUPS:]
    for mask, n in others:
        covered = np.any(list(kept), axis=0)
        if (np.array(mask) & ~covered).any():
            kept[mask] = n
    for mask, n in others:
        inside = [each for each in kept if not (np.array(each) & ~np.array(mask)).any()]
        if mask not in kept and inside:
            kept[max(inside, key=sum)] += n
    skills = np.array(list(kept), dtype=bool)
    if len(chosen) < 2 or not kept or not skills.any(axis=0).all():
        raise NoSkillGroups(project_id=project_id)
    return Groups(skills, list(kept.values()))


def _problem(
    questions: list[Question], groups: Groups, places: Ints, day: date
) -> SkillQueues:
    wanted = [Wanted.of(each) for each in questions]
    busiest = int(np.argmax(sum(each.load.offered for each in questions)))
    patience = [
        each.assumption.patience_s
        if each.assumption.model is StaffingModel.ERLANG_A
        else _ENDLESS_S
        for each in questions
    ]
    return skill_queues(
        np.stack([each.load.offered[places] for each in questions]),
        np.maximum(np.stack([each.load.aht_s[places] for each in questions]), 1.0),
        questions[0].load.interval_s,
        groups.skills,
        sl_target=np.array([float(each.sl_target[busiest]) for each in wanted]),
        sl_threshold_s=np.array(
            [float(each.sl_threshold_s[busiest]) for each in wanted]
        ),
        patience_s=np.array(patience),
        most=_present(questions, groups, day),
        names=[each.queue.name for each in questions],
    )


def _present(questions: list[Question], groups: Groups, day: date) -> Floats:
    """How many of each group can be on contacts at once: its people less shrinkage."""
    lost = np.array([shrinkage_on(each.assumption, day)[0] for each in questions])
    share = np.array([lost[able].mean() for able in groups.skills])
    found: Floats = np.floor(np.array(groups.n_people) * (1.0 - share) + 1e-9)
    return found


def _number(value: Any) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
