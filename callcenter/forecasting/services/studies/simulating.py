"""What agents required give when the day is simulated, and how many that would take."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from callcenter.engine.simulation import Simulation, simulate
from callcenter.forecasting.models import Forecast
from callcenter.forecasting.services.requirements.loads import Bools, Floats
from callcenter.forecasting.services.studies.scenes import Scene, scene_of
from callcenter.projects.models import Queue

Progress = Callable[[int, int, object], None]
Figures = dict[str, Any]

DAYS = 400
SEARCH_DAYS = 160
_UPWARDS, _DOWNWARDS = 8, 3
_TOLERANCE = 0.005  # of a service level, which is less than the simulation's own noise


def simulate_requirement(
    forecast: Forecast, queue: Queue, day: date, progress: Progress
) -> Figures:
    """Simulate a day with the agents required, and look for the number needed.

    The forecast is taken to come true, as the formulas take it: what remains is chance.
    Raises `NothingToSimulate`.
    """
    scene = scene_of(forecast, queue, day)
    steps = 1 + _UPWARDS + 2 * _DOWNWARDS
    progress(0, steps, "")
    agents = scene.agents()
    found = _run(scene, agents, DAYS)
    progress(1, steps, "")
    needed = _needed(scene, scene.agents(with_safety=False), progress)
    lead = scene.n_lead
    total = scene.agents()[lead:]
    mine = scene.mine.required[lead:]
    share = np.divide(mine, total, out=np.zeros_like(mine), where=total > 0.0)
    if len(scene.members) == 1:
        share = np.ones_like(share)
    return {
        **_service(scene, found),
        "agents": _plain(mine),
        "needed": _plain(needed[lead:] * share),
        "n_days": DAYS,
        "is_pooled": len(scene.members) > 1,
    }


def _run(scene: Scene, agents: Floats, n_days: int) -> Simulation:
    center = scene.center(agents, is_uncertain=False)
    return simulate(center, n_days=n_days, rng=np.random.default_rng(_SEED))


_SEED = 20_260


def _service(scene: Scene, found: Simulation) -> Figures:
    at, row = found.intervals, scene.row
    names = ("sl", "asa_s", "abandon_rate", "chance")
    bands = {
        "sl_lower": at.sl_lower,
        "sl_upper": at.sl_upper,
        "asa_lower_s": at.asa_lower_s,
        "asa_upper_s": at.asa_upper_s,
        "abandon_lower": at.abandon_lower,
        "abandon_upper": at.abandon_upper,
    }
    lead = scene.n_lead
    figures = {name: _plain(getattr(at, name)[row][lead:]) for name in names}
    figures |= {name: _plain(values[row][lead:]) for name, values in bands.items()}
    return figures | {
        "occupancy": _plain(found.occupancy[0][lead:]),
        "day_sl": float(found.day.sl[row]),
        "day_sl_lower": float(found.day.sl_lower[row]),
        "day_sl_upper": float(found.day.sl_upper[row]),
        "day_chance": float(found.day.chance[row]),
        "day_asa_s": _number(found.day.asa_s[row]),
        "day_abandon_rate": _number(found.day.abandon_rate[row]),
        "day_occupancy": _number(found.day_occupancy[0]),
    }


def _needed(scene: Scene, agents: Floats, progress: Progress) -> Floats:
    """The fewest agents by interval with which every queue keeps every target.

    Agents are added where a target is missed, then one is taken away in every other
    interval wherever nothing is missed for it; each simulation meets the same contacts.
    """
    agents = agents.copy()
    done = 1
    missing = _missing(scene, _run(scene, agents, SEARCH_DAYS))
    while missing.any() and done <= _UPWARDS:
        agents[scene.n_lead :][missing] += np.maximum(
            1.0, np.round(0.02 * agents[scene.n_lead :][missing])
        )
        missing = _missing(scene, _run(scene, agents, SEARCH_DAYS))
        done += 1
        progress(done, 1 + _UPWARDS + 2 * _DOWNWARDS, "")
    for turn in range(2 * _DOWNWARDS):
        tried = agents.copy()
        some = tried[scene.n_lead :][turn % 2 :: 2]
        some[some > 1.0] -= 1.0
        now = _missing(scene, _run(scene, tried, SEARCH_DAYS)) & ~missing
        # What one interval lacks may have been spared in the one before.
        blamed = now | np.append(now[1:], False)
        is_back = np.concatenate([np.ones(scene.n_lead, dtype=bool), blamed])
        agents = np.where(is_back, agents, tried)
        progress(1 + _UPWARDS + turn, 1 + _UPWARDS + 2 * _DOWNWARDS, "")
    return agents


def _missing(scene: Scene, found: Simulation) -> Bools:
    """The intervals of the day in which some queue misses some target."""
    at, lead = found.intervals, scene.n_lead
    is_missed = np.zeros(at.sl.shape[1], dtype=bool)
    contacts = [each for each in scene.members if not each.is_dialled]
    for row, member in enumerate(contacts):
        wanted = member.wanted
        short = at.sl[row] < wanted.sl_target - _TOLERANCE
        short |= at.asa_s[row] > wanted.max_asa_s * 1.02
        short |= at.abandon_rate[row] > wanted.max_abandon + _TOLERANCE
        short |= found.occupancy[0] > wanted.max_occupancy + _TOLERANCE
        is_missed |= short & (member.offered > 0.0)
    return is_missed[lead:]


def _plain(values: Floats) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
