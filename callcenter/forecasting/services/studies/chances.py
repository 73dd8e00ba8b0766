"""The chance that a day's service is met with more or fewer agents, and its cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from callcenter.engine.simulation import Simulation, simulate
from callcenter.forecasting.models import Forecast
from callcenter.forecasting.services.requirements.loads import Floats
from callcenter.forecasting.services.requirements.shrinking import shrinkage_by_interval
from callcenter.forecasting.services.requirements.staffing import safety_agents
from callcenter.forecasting.services.studies.scenes import Scene, scene_of
from callcenter.forecasting.services.studies.simulating import Progress
from callcenter.projects.models import Queue

DAYS = 400
STEPS = tuple(range(-4, 11))
"""Agents more at the busiest interval of the day; elsewhere in proportion."""
_SEED = 20_261


@dataclass(frozen=True, slots=True)
class Step:
    """A margin, what it promises and what it costs a day.

    ``chance`` is that of the day's service level, ``interval_share`` the share of
    contacts that come in intervals which meet theirs. Money in the project's currency.
    """

    n_more: int
    share: float
    chance: float
    lower: float
    upper: float
    interval_share: float
    sl: float
    sl_low: float
    paid_h: float
    cost: Decimal | None
    penalty: Decimal | None
    intervals: tuple[float, ...]

    @property
    def total(self) -> Decimal | None:
        """What it costs with the penalty that is to be expected."""
        if self.cost is None:
            return None
        return self.cost + (self.penalty or Decimal(0))


def find_chances(
    forecast: Forecast, queue: Queue, day: date, progress: Progress
) -> dict[str, Any]:
    """Simulate a day with more and with fewer agents than are required.

    Every number of agents meets the same days, and the forecast misses as its band
    says. Raises `NothingToSimulate`.
    """
    scene = scene_of(forecast, queue, day)
    base = scene.agents(with_safety=False)
    peak = float(base[scene.n_lead :].max())
    used = -(peak - 1.0)
    steps = [n for n in STEPS if n >= used]
    found = []
    for place, n_more in enumerate(steps):
        progress(place, len(steps), "")
        share = n_more / peak
        agents = base + safety_agents(base, share)
        center = scene.center(agents, is_uncertain=True)
        result = simulate(center, n_days=DAYS, rng=np.random.default_rng(_SEED))
        found.append(_figures(scene, n_more, share, agents - base, result))
    progress(len(steps), len(steps), "")
    own = scene.mine
    return {
        "steps": found,
        "peak": peak,
        "day_cv": round(own.day_cv, 4),
        "n_days": DAYS,
        "places": scene.open_day.tolist(),
        "share_now": own.question.assumption.safety_share,
        "n_queues": len(scene.members),
    }


def _figures(
    scene: Scene, n_more: int, share: float, extra: Floats, found: Simulation
) -> dict[str, Any]:
    row, places, lead = scene.row, scene.open_day, scene.n_lead
    chance = found.intervals.chance[row][lead:][places]
    offered = scene.mine.offered[lead:][places]
    lost = shrinkage_by_interval(
        scene.mine.question.assumption, scene.mine.question.load
    )
    paid = extra[lead:] / (1.0 - lost[-extra[lead:].size :])
    return {
        "n_more": n_more,
        "share": round(share, 6),
        "chance": float(found.day.chance[row]),
        "lower": float(found.day.chance_lower[row]),
        "upper": float(found.day.chance_upper[row]),
        "interval_share": float(np.average(chance, weights=offered)),
        "sl": float(found.day.sl[row]),
        "sl_low": _low(found, row),
        "paid_h": round(float(paid.sum()) * scene.interval_s / 3600.0, 4),
        "intervals": [round(float(each), 4) for each in chance],
    }


def _low(found: Simulation, row: int) -> float:
    """The service level that one day in ten stays below."""
    at = found.samples
    offered = np.maximum(at.offered[:, row], 1.0)
    return float(np.quantile(at.in_threshold[:, row] / offered, 0.1))


def priced(
    figures: dict[str, Any], hour_cost: Decimal | None, penalty: Decimal | None
) -> list[Step]:
    """The steps with their money: hours beyond the required, and what a miss costs."""
    steps = []
    for each in figures["steps"]:
        paid_h = Decimal(str(each["paid_h"]))
        missed = Decimal(str(round(1.0 - each["chance"], 6)))
        steps.append(
            Step(
                **{key: value for key, value in each.items() if key != "intervals"},
                intervals=tuple(each["intervals"]),
                cost=None if hour_cost is None else paid_h * hour_cost,
                penalty=None if penalty is None else missed * penalty,
            )
        )
    return steps


def cheapest(steps: Sequence[Step]) -> Step | None:
    """The step of least cost and penalty together; None where either is unknown.

    Fewer than are required would break a promise that the day's service does not tell
    of: a single interval's, the abandoned, the occupancy.
    """
    known = [
        (each.total, each.n_more, each)
        for each in steps
        if each.n_more >= 0 and each.total is not None and each.penalty is not None
    ]
    return min(known, key=lambda each: each[:2])[2] if known else None


def least_for(steps: Sequence[Step], chance: float) -> Step | None:
    """The smallest margin with at least that chance, or None."""
    return next((each for each in steps if each.chance >= chance), None)
