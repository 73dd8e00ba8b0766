"""What a forecast requires: read, staffed and laid out in order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.intervals import DayGrid, day_grid, flatten
from callcenter.forecasting import queries
from callcenter.forecasting.models import Assumption, Forecast
from callcenter.forecasting.services.pooling import Member, groups_of, staff_together
from callcenter.forecasting.services.staffing import Load, Staffing
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue


@dataclass(frozen=True, slots=True)
class QueueRequirement:
    """A queue's requirement on consecutive days, in order of time.

    ``is_open`` has the shape of the other arrays, (n_intervals,).
    """

    grid: DayGrid
    load: Load
    staffing: Staffing
    is_open: NDArray[np.bool_]

    @property
    def starts(self) -> list[datetime]:
        """The start of each interval."""
        seconds = self.grid.starts.astype(np.int64).tolist()
        return [datetime.fromtimestamp(each, UTC) for each in seconds]

    def matrix(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the intervals as days by slots; NaN where the queue is closed."""
        found = np.full(self.grid.shape, np.nan)
        kept = np.flatnonzero(self.is_open)
        found[self.grid.day[kept], self.grid.slot[kept]] = values[kept]
        return found


def work_out(
    forecast: Forecast, queues: Sequence[Queue], first: date, n_days: int
) -> Iterator[tuple[Queue, QueueRequirement]]:
    """What queues of a forecast need on some of its days, one queue after the other.

    The days must lie within the forecast. Queues that are staffed together come
    together; the others of their pool count though nobody asked for them.
    """
    asked = {queue.id for queue in queues}
    queues, assumptions = _with_their_pools(forecast, queues)
    ids = [queue.id for queue in queues]
    grid = day_grid(first, n_days, zone=forecast.tz, interval_s=forecast.interval_s)
    last = first + timedelta(days=n_days - 1)
    targets = project_queries.targets_touching(ids, first, last)
    days = project_queries.special_days(forecast.project, first, n_days)
    hours = project_queries.open_intervals(queues, days, forecast.interval_s)
    for group in groups_of(queues, assumptions):
        members = [
            Member(
                queue,
                _load(forecast, queue, grid, first, last),
                targets.get(queue.id, ()),
                assumptions[queue.id],
            )
            for queue in group
        ]
        for member, staffing in zip(members, staff_together(members), strict=True):
            queue, load = member.queue, member.load
            is_open = hours[queue.id][grid.day, grid.slot] | (load.offered > 0.0)
            if queue.id in asked:
                yield queue, QueueRequirement(grid, load, staffing, is_open)


def _with_their_pools(
    forecast: Forecast, queues: Sequence[Queue]
) -> tuple[list[Queue], dict[int, Assumption]]:
    """The queues and all that share agents with them, with their assumptions."""
    everyone = [row.queue for row in forecast.queues]
    assumptions = queries.assumptions_of(everyone)
    asked = {queue.id for queue in queues}
    wanted = [
        queue
        for group in groups_of(everyone, assumptions)
        if not asked.isdisjoint(each.id for each in group)
        for queue in group
    ]
    return wanted, assumptions


def _load(
    forecast: Forecast, queue: Queue, grid: DayGrid, first: date, last: date
) -> Load:
    rows = queries.forecast_days(forecast.id, queue.id, first, last)
    aht_s = np.nan_to_num(flatten(grid, np.stack([row.aht_s for row in rows])))
    return Load(
        first_day=first,
        day=grid.day,
        offered=flatten(grid, np.stack([row.planned for row in rows])),
        aht_s=aht_s / max(1, queue.concurrency),
        interval_s=forecast.interval_s,
    )
