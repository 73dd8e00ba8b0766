"""The chance that the promises of a whole week are kept with more or fewer agents.

Contracts count service by the week or the month too: a bad Monday is made up for by a
good Tuesday, unless all days of the week miss their forecast the same way. So two
chances are told, with days that miss each by itself and with days that miss alike.
"""

from datetime import date, timedelta
from functools import reduce
from typing import Any

import numpy as np

from callcenter.engine.simulation import simulate
from callcenter.forecasting.errors import NothingToSimulate
from callcenter.forecasting.models import Forecast
from callcenter.forecasting.services.requirements.staffing import safety_agents
from callcenter.forecasting.services.studies.chances import paid_hours, walk
from callcenter.forecasting.services.studies.promises import (
    Counted,
    Promises,
    chances_of,
)
from callcenter.forecasting.services.studies.scenes import Scene, scene_of
from callcenter.forecasting.services.studies.simulating import Progress
from callcenter.projects.models import Queue

DAYS = 200
_SEED = 20_263


def week_of(forecast: Forecast, day: date) -> list[date]:
    """The days of a day's week, from Monday on, that a forecast has."""
    monday = day - timedelta(days=day.weekday())
    return [
        each
        for each in (monday + timedelta(days=n) for n in range(7))
        if 0 <= (each - forecast.first_day).days < forecast.n_days
    ]


def find_week_chances(
    forecast: Forecast, queue: Queue, day: date, progress: Progress
) -> dict[str, Any]:
    """Simulate the days of a week with more and with fewer agents than are required.

    Raises `NothingToSimulate` where no day of it has contacts that wait.
    """
    scenes = _scenes(forecast, queue, week_of(forecast, day))
    bases = {on: scene.agents(with_safety=False) for on, scene in scenes.items()}
    peak = max(float(bases[on][scene.n_lead :].max()) for on, scene in scenes.items())
    last = max(scenes)
    promises = Promises.on(last, scenes[last].mine.question.targets)

    def step(n_more: int) -> dict[str, Any]:
        share, paid_h, days = n_more / peak, 0.0, []
        for on, scene in scenes.items():
            extra = safety_agents(bases[on], share)
            paid_h += paid_hours(scene, extra)
            days.append(_simulated(scene, on, bases[on] + extra))
        return {
            "n_more": n_more,
            "share": round(share, 6),
            "paid_h": round(paid_h, 4),
            **_figures(days, promises),
        }

    return {
        "steps": list(walk(peak, step, progress)),
        "peak": peak,
        "n_days": DAYS,
        "days": [on.isoformat() for on in scenes],
        "share_now": scenes[last].mine.question.assumption.safety_share,
        "n_queues": len(scenes[last].members),
    }


def _scenes(forecast: Forecast, queue: Queue, days: list[date]) -> dict[date, Scene]:
    found = {}
    for on in days:
        try:
            found[on] = scene_of(forecast, queue, on)
        except NothingToSimulate:
            continue
    if not found:
        raise NothingToSimulate(queue_id=queue.id)
    return found


def _simulated(scene: Scene, on: date, agents: Any) -> Counted:
    """One day many times; each day of the week has a luck of its own."""
    rng = np.random.default_rng([_SEED, on.toordinal()])
    center = scene.center(agents, is_uncertain=True)
    return Counted.of(simulate(center, n_days=DAYS, rng=rng), scene.row)


def _figures(days: list[Counted], promises: Promises) -> dict[str, Any]:
    week = reduce(Counted.plus, days)
    alike = reduce(Counted.plus, [each.by_volume() for each in days])
    of_week = chances_of(week.kept(promises), DAYS)
    sl = week.sl(promises.definition)
    missed = [
        ~each.kept(promises).get("sl", np.ones(DAYS, dtype=bool)) for each in days
    ]
    return {
        **of_week,
        "alike": chances_of(alike.kept(promises), DAYS)["chance"],
        "sl": float(sl.mean()),
        "sl_low": float(np.quantile(sl, 0.1)),
        "missed_days": float(np.sum([each.mean() for each in missed])),
    }
