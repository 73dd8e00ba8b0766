"""The last weeks' shifts as they were published, with breaks and seats."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from callcenter.demo.calendar import Ints, instant
from callcenter.demo.company import Employee as Person
from callcenter.demo.company import Team
from callcenter.demo.loading.rows import Story, insert_for_ids, insert_rows
from callcenter.demo.loading.seats import KEPT_FOR, OUT_OF_ORDER
from callcenter.demo.rota import Pause
from callcenter.scheduling.models import (
    ActivityKind,
    Schedule,
    ScheduleQueue,
    ScheduleStatus,
    ScheduleTeam,
    Shift,
    ShiftActivity,
)

WEEKS = 3
NOTICE = timedelta(days=10)
ACTIVITIES = {
    Pause.BREAK: ActivityKind.PAID_BREAK,
    Pause.LUNCH: ActivityKind.LUNCH,
    Pause.MEETING: ActivityKind.MEETING,
    Pause.COACHING: ActivityKind.TRAINING,
    Pause.TRAINING: ActivityKind.TRAINING,
}
Break = tuple[ActivityKind, int, int]


@dataclass(frozen=True, slots=True)
class Worked:
    """A shift of the past; times are epoch seconds."""

    person: Person
    day: date
    starts_at: int
    ends_at: int
    breaks: Sequence[Break]

    @property
    def paid_min(self) -> int:
        """Its length without lunch."""
        unpaid = sum(b - a for kind, a, b in self.breaks if kind is ActivityKind.LUNCH)
        return (self.ends_at - self.starts_at - unpaid) // 60


def load_past_schedules(story: Story, project: str, *, by: int) -> list[int]:
    """Publish the last weeks' shifts of a project, a schedule a week, until today.

    Returns the schedules' ids, the oldest first.
    """
    worked = list(_worked(story, project))
    seats = assign_seats(story, project, worked)
    monday = story.today - timedelta(days=story.today.weekday())
    ids = []
    for weeks_ago in range(WEEKS, -1, -1):
        first = monday - timedelta(weeks=weeks_ago)
        last = min(first + timedelta(days=6), story.today)
        schedule_id = _publish(story, project, first, last, by=by)
        chosen = [k for k, each in enumerate(worked) if first <= each.day <= last]
        mine = [(worked[k], seats[k]) for k in chosen]
        _insert_shifts(story, schedule_id, mine)
        ids.append(schedule_id)
    return ids


def teams_of(story: Story, project: str) -> list[Team]:
    """The teams that work on a project."""
    return [team for team in story.company.teams if team.project == project]


def _worked(story: Story, project: str) -> Iterator[Worked]:
    """The project's shifts of the last weeks and today, by their start."""
    shifts = story.history.shifts
    teams = {team.code for team in teams_of(story, project)}
    people, zero = story.company.employees, story.company.first_day
    monday = story.today - timedelta(days=story.today.weekday(), weeks=WEEKS)
    rows = np.flatnonzero(shifts.day >= (monday - zero).days)
    breaks = _breaks(story, rows)
    for row in rows[np.argsort(shifts.starts_at[rows], kind="stable")].tolist():
        person = people[int(shifts.employee[row])]
        if person.team in teams:
            yield Worked(
                person=person,
                day=zero + timedelta(days=int(shifts.day[row])),
                starts_at=int(shifts.starts_at[row]),
                ends_at=int(shifts.ends_at[row]),
                breaks=breaks.get(row, ()),
            )


def _breaks(story: Story, rows: Ints) -> dict[int, list[Break]]:
    planned = story.history.planned_pauses
    planned = planned.pick(np.flatnonzero(np.isin(planned.shift, rows)))
    found: dict[int, list[Break]] = {}
    columns = (planned.shift, planned.starts_at, planned.length_s, planned.reason)
    for row, start, length, reason in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        kind = ACTIVITIES[Pause(reason)]
        found.setdefault(row, []).append((kind, start, start + length))
    return found


@dataclass(slots=True)
class _Floor:
    """Which seats a project's people may take, and until when each is held."""

    seats: list[tuple[str, str]]
    free_at: dict[tuple[str, str], int] = field(default_factory=dict)
    home: dict[str, tuple[str, str]] = field(default_factory=dict)

    def take(self, shift: Worked) -> tuple[str, str] | None:
        """The person's usual seat, else the first one that is free."""
        usual = self.home.get(shift.person.number)
        candidates = [usual, *self.seats] if usual else self.seats
        for seat in candidates:
            if self.free_at.get(seat, 0) <= shift.starts_at:
                self.free_at[seat] = shift.ends_at
                self.home.setdefault(shift.person.number, seat)
                return seat
        return None


def assign_seats(
    story: Story, project: str, shifts: Sequence[Worked]
) -> list[int | None]:
    """A seat for each shift, in the order of their starts; None where all are taken."""
    floors = {team.floor for team in teams_of(story, project)}
    names = [
        (floor.code, seat.name)
        for floor in story.company.floors
        for seat in floor.seats
        if floor.code in floors
        and KEPT_FOR.get((floor.code, seat.zone), project) == project
        and (floor.code, seat.name) not in OUT_OF_ORDER
    ]
    floor = _Floor(names)
    taken = [floor.take(shift) for shift in shifts]
    return [story.ids.seats[seat] if seat else None for seat in taken]


def _publish(story: Story, project: str, first: date, last: date, *, by: int) -> int:
    teams = teams_of(story, project)
    site = next(s for s in story.company.sites if s.code == teams[0].site)
    name = next(p.name.en for p in story.company.projects if p.code == project)
    published = datetime.combine(first - NOTICE, datetime.min.time(), UTC)
    (schedule_id,) = insert_for_ids(
        Schedule,
        [
            {
                "name": name,
                "site_id": story.ids.sites[site.code],
                "zone": site.zone,
                "first_day": first,
                "last_day": last,
                "status": ScheduleStatus.PUBLISHED,
                "created_at": published - timedelta(days=1),
                "created_by_id": by,
                "published_at": published + timedelta(hours=9),
                "published_by_id": by,
            }
        ],
    )
    insert_rows(
        ScheduleTeam,
        [
            {"schedule_id": schedule_id, "team_id": story.ids.teams[team.code]}
            for team in teams
        ],
    )
    insert_rows(
        ScheduleQueue,
        [
            {"schedule_id": schedule_id, "queue_id": story.ids.queue_codes[queue.code]}
            for queue in story.company.queues
            if queue.project == project
        ],
    )
    return schedule_id


def _insert_shifts(
    story: Story, schedule_id: int, shifts: Sequence[tuple[Worked, int | None]]
) -> None:
    ids = insert_for_ids(
        Shift,
        [
            {
                "schedule_id": schedule_id,
                "employee_id": story.ids.numbers[shift.person.number],
                "day": shift.day,
                "starts_at": instant(shift.starts_at),
                "ends_at": instant(shift.ends_at),
                "paid_min": shift.paid_min,
                "seat_id": seat_id,
                "is_live": True,
            }
            for shift, seat_id in shifts
        ],
    )
    rows: list[Mapping[str, Any]] = [
        {
            "shift_id": shift_id,
            "kind": kind,
            "starts_at": instant(start),
            "ends_at": instant(end),
        }
        for shift_id, (shift, _seat) in zip(ids, shifts, strict=True)
        for kind, start, end in shift.breaks
    ]
    insert_rows(ShiftActivity, rows)
