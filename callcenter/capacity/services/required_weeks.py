"""What every week requires: as staffed where approved, else from its days' volume."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import delete, insert

from callcenter.capacity import queries
from callcenter.capacity.models import PLAN_WEEKS, RequiredWeek, WeekBasis
from callcenter.capacity.queries import DayVolume, StaffedWeek
from callcenter.engine.capacity import SlackRule, learn_slack, required_parts
from callcenter.forecasting.models import Assumption, StaffingModel
from callcenter.forecasting.queries import assumptions_of
from callcenter.forecasting.services import model_for
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue
from callcenter.projects.models import Project, Queue

WEEK = timedelta(weeks=1)
PART = 10
"""Queues that are worked out and written together: nobody waits for long to write."""
_CARRIED_FROM = 4
_RANDOM = (StaffingModel.ERLANG_C, StaffingModel.ERLANG_A)
_BACK_WEEKS = 8
"""Weeks gone by that are still learnt from."""


def first_week_of(project: Project) -> date:
    """The Monday from which plans are made: today's when it is one, else the next."""
    today = clock.today(project.tz)
    return today + timedelta(days=-today.weekday() % 7)


def request_required_weeks(project_id: int) -> Job:
    """Ask for the coming weeks of a project to be worked out anew, by a job."""
    return enqueue(
        "capacity.require_weeks",
        {"project_id": project_id},
        subject=f"forecasting_required_week:{project_id}",
        unique=True,
    )


def store_required_weeks(project_id: int) -> int:
    """Work out anew what the coming weeks of a project require, here and now.

    Returns how many rows there are: one for each queue and week of which anything is
    known or can be carried on.
    """
    n_rows = 0
    for queue_ids in weekly_parts(project_id):
        found = required_weeks(project_id, queue_ids)
        keep_required_weeks(project_id, queue_ids, found)
        n_rows += len(found)
    forget_other_weeks(project_id)
    return n_rows


def weekly_parts(project_id: int) -> list[list[int]]:
    """The active queues of a project, so many at a time as are worked out together."""
    ids = _active(queries.project_with_queues(project_id))
    return [ids[first : first + PART] for first in range(0, len(ids), PART)]


def _active(project: Project) -> list[int]:
    return sorted(queue.id for queue in project.queues if queue.is_active)


def required_weeks(project_id: int, queue_ids: Collection[int]) -> list[RequiredWeek]:
    """What the coming weeks of some queues require; nothing is written."""
    project = queries.project_with_queues(project_id)
    queues = [queue for queue in project.queues if queue.id in queue_ids]
    return _rows(project, queues, first_week_of(project))


def keep_required_weeks(
    project_id: int, queue_ids: Collection[int], rows: Sequence[RequiredWeek]
) -> None:
    """Put the weeks of some queues in the place of those that were kept."""
    first = first_week_of(queries.project_with_queues(project_id))
    db.session.execute(
        delete(RequiredWeek).where(
            RequiredWeek.project_id == project_id,
            RequiredWeek.queue_id.in_(queue_ids),
            RequiredWeek.week >= first,
        )
    )
    if rows:
        db.session.execute(insert(RequiredWeek), [_values(row) for row in rows])


def forget_other_weeks(project_id: int) -> None:
    """Let go of the coming weeks of queues that are not active any more."""
    project = queries.project_with_queues(project_id)
    db.session.execute(
        delete(RequiredWeek).where(
            RequiredWeek.project_id == project_id,
            RequiredWeek.queue_id.not_in(_active(project)),
            RequiredWeek.week >= first_week_of(project),
        )
    )


def _values(row: RequiredWeek) -> dict[str, object]:
    return {each.key: getattr(row, each.key) for each in RequiredWeek.__table__.columns}


def _rows(project: Project, queues: list[Queue], first: date) -> list[RequiredWeek]:
    ids = [queue.id for queue in queues]
    since = first - _BACK_WEEKS * WEEK
    n_weeks = PLAN_WEEKS + _BACK_WEEKS
    staffed: dict[int, dict[date, StaffedWeek]] = {queue_id: {} for queue_id in ids}
    for row in queries.staffed_weeks(project, ids, since, n_weeks):
        staffed[row.queue_id][row.week] = row
    volumes = queries.day_volumes(
        project.id, ids, since, first + timedelta(days=7 * PLAN_WEEKS - 1)
    )
    days: dict[int, dict[date, DayVolume]] = {queue_id: {} for queue_id in ids}
    for (queue_id, day), volume in volumes.items():
        days[queue_id][day] = volume
    assumptions = assumptions_of(queues)
    found = []
    for queue in queues:
        known = (assumptions[queue.id], staffed[queue.id], days[queue.id])
        found += _QueueWeeks(queue, *known).rows(first)
    return found


class _QueueWeeks:
    """One queue: what was staffed, what was forecast, and the rule learnt from both."""

    def __init__(
        self,
        queue: Queue,
        assumption: Assumption,
        staffed: Mapping[date, StaffedWeek],
        days: Mapping[date, DayVolume],
    ) -> None:
        self.queue, self.days = queue, days
        self.is_patient = model_for(queue, assumption) not in _RANDOM
        self.staffed = {
            week: row._replace(work_h=self._volume(week)[1] or 0.0)
            for week, row in staffed.items()
            if self._is_whole(week)
        }
        self.rule = self._learn(list(self.staffed.values() or staffed.values()))
        if self.rule is None:
            at_once = assumption.max_occupancy * max(1, queue.concurrency)
            self.rule = SlackRule(1.0 / at_once, 0.0, 0.0, 0)
        agent_h = sum(row.agent_h for row in staffed.values())
        scheduled_h = sum(row.scheduled_h for row in staffed.values())
        self.paid = (
            scheduled_h / agent_h if agent_h else 1.0 / (1.0 - assumption.shrinkage)
        )

    def _is_whole(self, week: date) -> bool:
        return all(
            day in self.days and self.days[day].is_approved for day in _days(week)
        )

    def _learn(self, weeks: list[StaffedWeek]) -> SlackRule | None:
        rule = learn_slack(
            [row.work_h for row in weeks],
            [row.agent_h for row in weeks],
            [row.open_h for row in weeks],
            is_patient=self.is_patient,
        )
        if rule is None:
            return None
        return replace(rule, open_h=max(row.open_h for row in weeks))

    def rows(self, first: date) -> list[RequiredWeek]:
        """The weeks in order; without a forecast the last ones are carried on."""
        found: list[RequiredWeek] = []
        for place in range(PLAN_WEEKS):
            week = first + place * WEEK
            row = self._staffed(week) or self._forecast(week) or self._carried(found)
            if row is not None:
                row.week = week
                found.append(row)
        return found

    def _staffed(self, week: date) -> RequiredWeek | None:
        row = self.staffed.get(week)
        if row is None:
            return None
        linear_h, root_h = row.agent_h, 0.0
        if not self.is_patient:
            linear_h = min(row.work_h, row.agent_h)
            root_h = row.agent_h - linear_h
        return self._row(WeekBasis.STAFFED, row.contacts, row.work_h, linear_h, root_h)

    def _forecast(self, week: date) -> RequiredWeek | None:
        contacts, work_h = self._volume(week)
        if work_h is None:
            return None
        assert self.rule is not None  # noqa: S101 - set in __init__
        linear_h, root_h = required_parts([work_h], self.rule)
        return self._row(
            WeekBasis.FORECAST, contacts, work_h, float(linear_h[0]), float(root_h[0])
        )

    def _volume(self, week: date) -> tuple[float, float | None]:
        """Contacts and hours of a week; one that is known in part is made whole.

        The days that are known are compared with the same days of the week before.
        """
        known = [day for day in _days(week) if day in self.days]
        if not known:
            return 0.0, None
        contacts = sum(self.days[day].contacts for day in known)
        work_h = sum(self.days[day].work_h for day in known)
        if len(known) < 7:
            factor = self._whole_of(week, known)
            contacts, work_h = contacts * factor, work_h * factor
        return contacts, work_h

    def _whole_of(self, week: date, known: list[date]) -> float:
        before = [day - WEEK for day in _days(week)]
        same = sum(
            self.days[day - WEEK].work_h for day in known if day - WEEK in self.days
        )
        if same > 0.0 and all(day in self.days for day in before):
            return sum(self.days[day].work_h for day in before) / same
        return 7.0 / len(known)

    def _carried(self, found: list[RequiredWeek]) -> RequiredWeek | None:
        last = [row for row in found if row.basis is not WeekBasis.CARRIED]
        last = last[-_CARRIED_FROM:]
        if not last:
            return None
        n = len(last)
        return RequiredWeek(
            queue_id=self.queue.id,
            project_id=self.queue.project_id,
            basis=WeekBasis.CARRIED,
            contacts=sum(row.contacts for row in last) / n,
            work_h=sum(row.work_h for row in last) / n,
            linear_h=sum(row.linear_h for row in last) / n,
            root_h=sum(row.root_h for row in last) / n,
            agent_h=sum(row.agent_h or 0.0 for row in last) / n,
        )

    def _row(
        self,
        basis: WeekBasis,
        contacts: float,
        work_h: float,
        linear_h: float,
        root_h: float,
    ) -> RequiredWeek:
        return RequiredWeek(
            queue_id=self.queue.id,
            project_id=self.queue.project_id,
            basis=basis,
            contacts=contacts,
            work_h=work_h,
            linear_h=linear_h * self.paid,
            root_h=root_h * self.paid,
            agent_h=linear_h + root_h,
        )


def _days(week: date) -> list[date]:
    return [week + timedelta(days=each) for each in range(7)]
