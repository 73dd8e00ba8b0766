"""The chance that a day's promises are kept with more or fewer agents, and its cost."""

from collections.abc import Callable, Iterator, Sequence
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
from callcenter.forecasting.services.studies.promises import (
    Counted,
    Promises,
    chances_of,
)
from callcenter.forecasting.services.studies.scenes import Scene, scene_of
from callcenter.forecasting.services.studies.simulating import Progress
from callcenter.projects.models import Queue

DAYS = 400
STEPS = tuple(range(-4, 11))
"""Agents more at the busiest interval of the day; elsewhere in proportion."""
SURE = 0.9
_FURTHER = 6  # steps beyond the last one, while even that is not sure
_SEED = 20_261


@dataclass(frozen=True, slots=True)
class Step:
    """A margin, what it promises and what it costs a day, or a week.

    ``chance`` is that all promises are kept, ``chances`` that of each by its name;
    ``interval_share`` the share of contacts that come in intervals which keep their
    service level, ``alike`` the chance when all days of a week miss their forecast
    alike. Money in the project's currency.
    """

    n_more: int
    share: float
    chance: float
    lower: float
    upper: float
    chances: dict[str, float]
    sl: float
    sl_low: float
    paid_h: float
    cost: Decimal | None
    penalty: Decimal | None
    interval_share: float | None = None
    alike: float | None = None
    intervals: tuple[float, ...] = ()

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
    says. Where even the most are not sure, more are tried. Raises `NothingToSimulate`.
    """
    scene = scene_of(forecast, queue, day)
    own = scene.mine
    base = scene.agents(with_safety=False)
    peak = float(base[scene.n_lead :].max())
    promises = Promises.on(day, own.question.targets)

    def step(n_more: int) -> dict[str, Any]:
        share = n_more / peak
        agents = base + safety_agents(base, share)
        center = scene.center(agents, is_uncertain=True)
        result = simulate(center, n_days=DAYS, rng=np.random.default_rng(_SEED))
        figures = _figures(scene, promises, agents - base, result)
        return {"n_more": n_more, "share": round(share, 6), **figures}

    return {
        "steps": list(walk(peak, step, progress)),
        "peak": peak,
        "day_cv": round(own.spread.cv, 4),
        "day_shift": round(own.spread.shift, 4),
        "n_days": DAYS,
        "places": scene.open_day.tolist(),
        "share_now": own.question.assumption.safety_share,
        "n_queues": len(scene.members),
    }


def walk(
    peak: float, step: Callable[[int], dict[str, Any]], progress: Progress
) -> Iterator[dict[str, Any]]:
    """Try one number of agents after the other, and more while none is sure."""
    waiting = [n for n in STEPS if n >= -(peak - 1.0)]
    n_all, n_further, n_done = len(waiting), 0, 0
    while waiting:
        n_more = waiting.pop(0)
        progress(n_done, n_all, "")
        found = step(n_more)
        yield found
        n_done += 1
        if not waiting and found["chance"] < SURE and n_further < _FURTHER:
            n_further += 1
            waiting.append(n_more + max(2, round(0.08 * peak * n_further)))
            n_all += 1
    progress(n_all, n_all, "")


def _figures(
    scene: Scene, promises: Promises, extra: Floats, found: Simulation
) -> dict[str, Any]:
    row, places, lead = scene.row, scene.open_day, scene.n_lead
    chance = found.intervals.chance[row][lead:][places]
    counted = Counted.of(found, row)
    return {
        **chances_of(counted.kept(promises), found.n_days),
        "interval_share": float(
            np.average(chance, weights=scene.mine.offered[lead:][places])
        ),
        "sl": float(found.day.sl[row]),
        "sl_low": float(np.quantile(counted.sl(promises.definition), 0.1)),
        "paid_h": round(paid_hours(scene, extra), 4),
        "intervals": [round(float(each), 4) for each in chance],
    }


def paid_hours(scene: Scene, extra: Floats) -> float:
    """The paid hours of the day that so many agents more on contacts take."""
    question, more = scene.mine.question, extra[scene.n_lead :]
    lost = shrinkage_by_interval(question.assumption, question.load)
    paid = more / (1.0 - lost[-more.size :])
    return float(paid.sum()) * scene.interval_s / 3600.0


def priced(
    figures: dict[str, Any], hour_cost: Decimal | None, penalty: Decimal | None
) -> list[Step]:
    """The steps with their money: hours beyond the required, and what a miss costs."""
    steps = []
    for each in figures["steps"]:
        paid_h = Decimal(str(each["paid_h"]))
        missed = Decimal(str(round(_missed(each), 6)))
        given = {key: value for key, value in each.items() if key in _PLAIN}
        steps.append(
            Step(
                **given,
                intervals=tuple(each.get("intervals", ())),
                cost=None if hour_cost is None else paid_h * hour_cost,
                penalty=None if penalty is None else missed * penalty,
            )
        )
    return steps


_PLAIN = frozenset(Step.__dataclass_fields__) - {"intervals", "cost", "penalty"}


def _missed(step: dict[str, Any]) -> float:
    """How many days miss their service level, for which the contract takes money."""
    if "missed_days" in step:
        return float(step["missed_days"])
    return 1.0 - float(step["chances"].get("sl", step["chance"]))


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
