"""Agents by skill group for a day of a project whose queues share people."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from callcenter.engine.staffing import (
    SkillQueues,
    pooled_skill_agents,
    search_skill_agents,
    skill_queues,
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
from callcenter.forecasting.services.requirements.staffing import model_for, staff_all
from callcenter.forecasting.services.requirements.wanting import Wanted
from callcenter.forecasting.services.studies.simulating import Progress
from callcenter.projects.models import Queue

MOST_QUEUES = 10
MOST_GROUPS = 8
DAYS = 60
_STEPS = 60  # simulations a search usually takes
_TOLERANCE = 0.01
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

    Raises `NoSkillGroups` where fewer than two queues share anybody.
    """
    chosen = shared_queues(forecast)[:MOST_QUEUES]
    groups = groups_on(forecast.project_id, chosen, day)
    questions = [
        each
        for group in questions_of(forecast, chosen, day, 1)
        for each in group
        if each.queue in chosen
    ]
    questions.sort(key=lambda each: chosen.index(each.queue))
    places = np.flatnonzero(sum(each.load.offered for each in questions) > 0.0)
    if not places.size:
        raise NoSkillGroups(project_id=forecast.project_id)
    problem = _problem(questions, groups, places)

    def tell(n_done: int) -> None:
        progress(min(n_done, _STEPS - 1), _STEPS, "")

    found = search_skill_agents(
        problem,
        rng=np.random.default_rng(_SEED),
        n_days=DAYS,
        tolerance=_TOLERANCE,
        progress=tell,
    )
    alone = staff_all(questions)
    return {
        "places": places.tolist(),
        "queue_ids": [each.queue.id for each in questions],
        "groups": [
            {
                "queue_ids": [
                    each.queue.id
                    for each, can in zip(questions, able, strict=True)
                    if can
                ],
                "n_people": n_people,
                "agents": agents,
            }
            for able, n_people, agents in zip(
                groups.skills.tolist(),
                groups.n_people,
                found.required_agents.tolist(),
                strict=True,
            )
        ],
        "pooled": found.pooled_agents.tolist(),
        "separate": found.separate_agents.tolist(),
        "bound": pooled_skill_agents(problem).required_agents.sum(axis=0).tolist(),
        "sl": np.round(found.sl, 4).tolist(),
        "sl_day": _weighted(found.sl, problem.offered),
        "sl_target": problem.sl_target.tolist(),
        "sl_alone": [
            _number(np.average(each.sl[places], weights=row + 1e-9))
            for each, row in zip(alone, problem.offered, strict=True)
        ],
        "n_simulated": found.n_simulated,
    }


def groups_on(project_id: int, chosen: list[Queue], day: date) -> Groups:
    """The groups of equal skills among the people of a project's teams.

    The greatest come first; small ones beyond the eighth are left out as long as each
    queue keeps somebody. Raises `NoSkillGroups`.
    """
    held = Counter(
        tuple(queue.skill_id is None or queue.skill_id in skills for queue in chosen)
        for skills in queries.skilled_people(project_id, day).values()
    )
    able = [(mask, n) for mask, n in held.most_common() if any(mask)]
    kept = able[:MOST_GROUPS]
    for mask, n in able[MOST_GROUPS:]:
        covered = np.any([each for each, _n in kept], axis=0)
        if (np.array(mask) & ~covered).any():
            kept.append((mask, n))
    skills = np.array([mask for mask, _n in kept], dtype=bool)
    if len(chosen) < 2 or not kept or not skills.any(axis=0).all():
        raise NoSkillGroups(project_id=project_id)
    return Groups(skills, [n for _mask, n in kept])


def _problem(questions: list[Question], groups: Groups, places: Ints) -> SkillQueues:
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
    )


def _weighted(sl: Floats, offered: Floats) -> list[float | None]:
    return [
        _number(np.average(row, weights=volume)) if volume.sum() > 0.0 else None
        for row, volume in zip(sl, offered, strict=True)
    ]


def _number(value: Any) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
