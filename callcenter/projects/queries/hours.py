"""When queues are open, and which days differ: pure arithmetic on local days.

Slots are those of the local wall clock, so a change of clocks moves nothing here;
the grid of `engine.intervals` knows which slots of such a day exist.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from callcenter.kernel.db import db
from callcenter.people.models import Site, Team
from callcenter.projects.models import (
    HOLIDAYS,
    CalendarDay,
    DayKind,
    OpeningHours,
    Project,
    Queue,
    TeamAssignment,
)
from callcenter.projects.queries.rows import calendar_days, opening_hours

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
else:
    # Pages that only name days do without numpy.
    Bools = Any
_DAY_S = 86400
_LIKE_A_MONDAY = 0


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """How consecutive local days differ; arrays of shape (n_days,).

    ``events`` names the special event of each day, empty for none.
    """

    first_day: date
    is_holiday: Bools
    is_working_day: Bools
    events: tuple[str, ...]

    @property
    def n_days(self) -> int:
        """The number of days."""
        return len(self.events)

    @property
    def is_eve(self) -> Bools:
        """The days before a holiday that are none themselves."""
        import numpy as np

        following = np.append(self.is_holiday[1:], False)
        return following & ~self.is_holiday

    def part(self, first: int, last: int) -> "SpecialDays":
        """The days ``[first, last)`` of these."""
        return SpecialDays(
            self.first_day + timedelta(days=first),
            self.is_holiday[first:last],
            self.is_working_day[first:last],
            self.events[first:last],
        )


def country_of(project: Project) -> str | None:
    """The country whose holidays count: the project's, else that of its teams' sites.

    Where the teams sit in several countries, the commonest one; None without teams.
    """
    if project.country:
        return project.country
    return db.session.scalar(_commonest_country(project))


def _commonest_country(project: Project) -> Select[str]:
    n_teams = func.count()
    return (
        select(Site.country)
        .join(Team, Team.site_id == Site.id)
        .join(TeamAssignment, TeamAssignment.team_id == Team.id)
        .where(TeamAssignment.project_id == project.id)
        .group_by(Site.country)
        .order_by(n_teams.desc(), Site.country)
        .limit(1)
    )


def days_of_project(project: Project, first: date, last: date) -> Sequence[CalendarDay]:
    """The days that differ for a project: its country's and its own."""
    country = project.country or _commonest_country(project).scalar_subquery()
    return calendar_days(country, project.id, first, last)


def special_days(project: Project, first_day: date, n_days: int) -> SpecialDays:
    """How a project's days differ, by its country's calendar and its own."""
    last = first_day + timedelta(days=n_days - 1)
    rows = days_of_project(project, first_day, last)
    return lay_out_days(rows, first_day, n_days)


def lay_out_days(
    rows: Iterable[CalendarDay], first_day: date, n_days: int
) -> SpecialDays:
    """Lay days of the calendar over consecutive days.

    A project's own entry wins over its country's: it may work on a public holiday.
    """
    import numpy as np

    is_holiday = np.zeros(n_days, dtype=bool)
    is_working = np.zeros(n_days, dtype=bool)
    events = [""] * n_days
    for row in sorted(rows, key=lambda each: each.project_id is not None):
        place = (row.day - first_day).days
        if not 0 <= place < n_days:
            continue
        if row.kind is DayKind.EVENT:
            events[place] = row.name
        else:
            is_holiday[place] = row.kind is DayKind.HOLIDAY
            is_working[place] = row.kind is DayKind.WORKING_DAY
    return SpecialDays(first_day, is_holiday, is_working, tuple(events))


def open_intervals(
    queues: Collection[Queue], days: SpecialDays, interval_s: int
) -> dict[int, Bools]:
    """Which slots of which days each queue is open; shape (n_days, n_slots) each."""
    spans: dict[int, list[OpeningHours]] = {}
    for row in opening_hours([queue.id for queue in queues]):
        spans.setdefault(row.queue_id, []).append(row)
    return {
        queue.id: open_slots(
            spans.get(queue.id, ()),
            days,
            interval_s,
            closes_on_holidays=queue.closes_on_holidays,
        )
        for queue in queues
    }


def open_slots(
    spans: Sequence[OpeningHours],
    days: SpecialDays,
    interval_s: int,
    *,
    closes_on_holidays: bool = False,
) -> Bools:
    """The open slots of one queue's local days, shape (n_days, n_slots).

    A slot counts as open when any part of it is. What runs past midnight reaches into
    the next day, also from the day before the first.
    """
    import numpy as np

    n_slots = _DAY_S // interval_s
    if not spans and not closes_on_holidays:
        return np.ones((days.n_days, n_slots), dtype=bool)
    patterns = _patterns(spans, n_slots, interval_s)
    kinds = _kinds_of_hours(days, spans, closes_on_holidays=closes_on_holidays)
    own = patterns[kinds[1:], :n_slots]
    from_yesterday = patterns[kinds[:-1], n_slots:]
    return own | from_yesterday


def _patterns(spans: Sequence[OpeningHours], n_slots: int, interval_s: int) -> Bools:
    """Open slots of a day and of the day after it, by weekday; row 8 is closed."""
    import numpy as np

    patterns = np.zeros((HOLIDAYS + 2, 2 * n_slots), dtype=bool)
    if not spans:
        patterns[: HOLIDAYS + 1, :n_slots] = True
    for span in spans:
        start, end = _seconds(span.opens_at), _seconds(span.closes_at)
        if end <= start:
            end += _DAY_S
        patterns[span.weekday, start // interval_s : -(-end // interval_s)] = True
    return patterns


def _kinds_of_hours(
    days: SpecialDays, spans: Sequence[OpeningHours], *, closes_on_holidays: bool
) -> "NDArray[np.int64]":
    """The row of the patterns for each day, and first for the day before them."""
    import numpy as np

    before = days.first_day.weekday() - 1
    kinds = (before + np.arange(days.n_days + 1)) % 7
    later = kinds[1:]
    later[days.is_working_day & (later >= 5)] = _LIKE_A_MONDAY
    if closes_on_holidays:
        later[days.is_holiday] = HOLIDAYS + 1
    elif any(span.weekday == HOLIDAYS for span in spans):
        later[days.is_holiday] = HOLIDAYS
    return kinds


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
