"""A day with people missing, more contacts or another rule, beside the day as planned.

Both meet the same contacts and the same luck, so what differs is what was changed.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from callcenter.engine.simulation import (
    Center,
    ContactChoice,
    Rules,
    Simulation,
    simulate,
)
from callcenter.forecasting.models import Forecast
from callcenter.forecasting.services.requirements.loads import Floats
from callcenter.forecasting.services.studies.promises import (
    Counted,
    Promises,
    chances_of,
)
from callcenter.forecasting.services.studies.scenes import Member, Scene, scene_of
from callcenter.forecasting.services.studies.simulating import Progress
from callcenter.projects.models import Queue

DAYS = 400
MOST_ABSENCE, MOST_MORE = 0.9, 3.0
_SEED = 20_264


@dataclass(frozen=True, slots=True)
class Change:
    """What is different: shares of people missing and of contacts more, and who first.

    The contacts of queue ``first_id`` go before those of the others, however long
    these wait; None leaves the longest waiting first.
    """

    absence: float = 0.0
    more: float = 0.0
    first_id: int | None = None

    def of(self, center: Center, scene: Scene) -> Center:
        """The center with the change."""
        first = [
            each.question.queue.id for each in scene.members if not each.is_dialled
        ]
        types = [
            replace(
                each,
                offered=np.asarray(each.offered, dtype=np.float64) * (1.0 + self.more),
                priority=1 if self.first_id in {None, queue_id} else 2,
            )
            for each, queue_id in zip(center.types, first, strict=True)
        ]
        rules = center.rules
        if self.first_id is not None:
            rules = Rules(contact_choice=ContactChoice.CONTACT_PRIORITY)
        groups = [replace(each, absence=self.absence) for each in center.groups]
        return replace(center, types=types, groups=groups, rules=rules)


def try_out(
    forecast: Forecast, queue: Queue, day: date, change: Change, progress: Progress
) -> dict[str, Any]:
    """Simulate a day as planned and with a change, for every queue of the pool.

    Raises `NothingToSimulate`.
    """
    scene = scene_of(forecast, queue, day)
    progress(0, 2, "")
    center = scene.center(scene.agents(), is_uncertain=False)
    before = _run(center)
    progress(1, 2, "")
    after = _run(change.of(center, scene))
    progress(2, 2, "")
    members = [each for each in scene.members if not each.is_dialled]
    return {
        "absence": change.absence,
        "more": change.more,
        "first_id": change.first_id,
        "n_days": DAYS,
        "places": scene.open_day.tolist(),
        "row": scene.row,
        "queues": [
            {
                "queue_id": each.question.queue.id,
                "target": Promises.on(day, each.question.targets).sl,
                "before": _service(before, row, each, day),
                "after": _service(after, row, each, day),
            }
            for row, each in enumerate(members)
        ],
        "sl_before": _by_interval(before, scene),
        "sl_after": _by_interval(after, scene),
    }


def _run(center: Center) -> Simulation:
    return simulate(center, n_days=DAYS, rng=np.random.default_rng(_SEED))


def _service(found: Simulation, row: int, member: Member, day: date) -> dict[str, Any]:
    """The mean day of a queue, with the interval of its service level."""
    promises = Promises.on(day, member.question.targets)
    kept = Counted.of(found, row).kept(promises)
    return {
        "sl": _number(found.day.sl[row]),
        "sl_lower": _number(found.day.sl_lower[row]),
        "sl_upper": _number(found.day.sl_upper[row]),
        "asa_s": _number(found.day.asa_s[row]),
        "abandon_rate": _number(found.day.abandon_rate[row]),
        "occupancy": _number(found.day_occupancy[0]),
        "chance": chances_of(kept, found.n_days)["chance"],
    }


def _by_interval(found: Simulation, scene: Scene) -> list[float | None]:
    values: Floats = found.intervals.sl[scene.row][scene.n_lead :][scene.open_day]
    return [_number(each) for each in values]


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
