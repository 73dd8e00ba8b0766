"""Times as they are typed, on the clock of a schedule's site."""

from datetime import UTC, date, datetime, time, timedelta

from callcenter.scheduling.models import Schedule


def instant(schedule: Schedule, day: date, at: time) -> datetime:
    """The time of that day at the site, in UTC."""
    local = datetime.combine(day, at.replace(second=0), tzinfo=schedule.tz)
    return local.astimezone(UTC)


def end_after(schedule: Schedule, day: date, starts_at: datetime, at: time) -> datetime:
    """When a shift ends that ends at that time: on its day, or on the next one."""
    ends_at = instant(schedule, day, at)
    if ends_at > starts_at:
        return ends_at
    return instant(schedule, day + timedelta(days=1), at)
