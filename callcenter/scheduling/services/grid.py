"""The quarters of an hour that a schedule is laid on."""

from datetime import timedelta

from callcenter.engine.rostering import Grid, make_grid
from callcenter.scheduling.models import Schedule

INTERVAL_MIN = 15
INTERVAL = timedelta(minutes=INTERVAL_MIN)


def grid_of(schedule: Schedule) -> Grid:
    """The quarters of an hour of a schedule's days."""
    return make_grid(
        schedule.first_day, schedule.n_days, schedule.tz, interval_min=INTERVAL_MIN
    )
