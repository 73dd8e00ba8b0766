"""Who can be scheduled, and what binds them: skills, leave, earlier shifts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.engine.rostering import Contract, Grid, History
from callcenter.kernel.db import db
from callcenter.people import queries as people_queries
from callcenter.people.models import Employee, EmployeeSkill, Employment
from callcenter.projects.models import Queue
from callcenter.scheduling import queries
from callcenter.scheduling.models import Schedule, ScheduleTeam, Shift
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.queries import TakenTime
from callcenter.scheduling.services.grid import INTERVAL

LOOK_BACK = timedelta(days=28)
LOOK_AHEAD = timedelta(days=2)
Range = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Person:
    """An employee who can be scheduled, with the contract and skills that count."""

    employee: Employee
    employment: Employment
    skills: NDArray[np.bool_]


def people_of(
    schedule: Schedule,
    queues: Sequence[Queue],
    *,
    only: Sequence[int] | None = None,
) -> list[Person]:
    """The people of a schedule's teams who can serve any of its queues, by name.

    A queue without a skill can be served by everybody in the teams.
    """
    statement = (
        select(Employee)
        .where(
            Employee.team_id.in_(
                select(ScheduleTeam.team_id).where(
                    ScheduleTeam.schedule_id == schedule.id
                )
            ),
            Employee.hired_on <= schedule.last_day,
            people_queries.employed_on(schedule.first_day)
            | (Employee.hired_on > schedule.first_day),
        )
        .order_by(Employee.name_sort, Employee.id)
    )
    # The few who change a shift come in one reading; for everybody that would repeat
    # each person for every pair of contract and skill.
    load = selectinload if only is None else joinedload
    if only is not None:
        statement = statement.where(Employee.id.in_(only))
    whole = statement.options(
        joinedload(Employee.site), load(Employee.employments), load(Employee.skills)
    )
    found = []
    for employee in db.session.scalars(whole).unique():
        employment = employment_on(employee, schedule.first_day, schedule.last_day)
        skills = _skills(employee.skills, queues, schedule)
        if employment is not None and skills.any():
            found.append(Person(employee, employment, skills))
    return found


def employment_on(employee: Employee, first: date, last: date) -> Employment | None:
    """The person's latest contract that touches those days, or None."""
    touching = [
        each
        for each in employee.employments
        if each.starts_on <= last and (each.ends_on is None or each.ends_on > first)
    ]
    return touching[-1] if touching else None


def _skills(
    held: Sequence[EmployeeSkill], queues: Sequence[Queue], schedule: Schedule
) -> NDArray[np.bool_]:
    valid = {
        each.skill_id
        for each in held
        if each.valid_from <= schedule.first_day
        and (each.valid_until is None or each.valid_until > schedule.last_day)
    }
    serves = [queue.skill_id is None or queue.skill_id in valid for queue in queues]
    return np.array(serves, np.bool_)


@dataclass(frozen=True, eq=False)
class AgentInput:
    """What binds a group of people around a schedule, read in a few queries."""

    schedule: Schedule
    grid: Grid
    starts_at: datetime
    taken: dict[int, list[TakenTime]]
    before: dict[int, list[Shift]]
    after: dict[int, list[Shift]]

    @classmethod
    def read(
        cls,
        schedule: Schedule,
        grid: Grid,
        starts_at: datetime,
        employees: Sequence[Employee],
    ) -> "AgentInput":
        """Read commitments, absences and live shifts around the schedule's days."""
        ids = [each.id for each in employees]
        end = starts_at + grid.n_intervals * INTERVAL
        taken: dict[int, list[TakenTime]] = defaultdict(list)
        for each in queries.taken_time(ids, starts_at, end):
            taken[each.employee_id].append(each)
        shifts = queries.live_shifts_touching(
            ids, starts_at - LOOK_BACK, end + LOOK_AHEAD
        )
        before: dict[int, list[Shift]] = defaultdict(list)
        after: dict[int, list[Shift]] = defaultdict(list)
        for shift in db.session.scalars(shifts):
            if shift.day < schedule.first_day:
                before[shift.employee_id].append(shift)
            elif shift.day > schedule.last_day:
                after[shift.employee_id].append(shift)
        return cls(
            schedule,
            grid,
            starts_at,
            taken,
            before,
            after,
        )

    def blocked(self, person: Person, contract: Contract) -> tuple[Range, ...]:
        """Where no shift of the person may lie."""
        key = person.employee.id
        ranges = [self._range(each.starts_at, each.ends_at) for each in self._off(key)]
        ranges += [
            self._range(self.starts_at, shift.ends_at)
            for shift in self.before.get(key, ())
            if shift.ends_at > self.starts_at
        ]
        for shift in self.after.get(key, ()):
            rest = timedelta(minutes=contract.min_rest_min)
            ranges.append(self._range(shift.starts_at - rest, shift.ends_at))
        ranges += self._outside_contract(person)
        return tuple(sorted((a, b) for a, b in ranges if a < b))

    def meetings(self, employee_id: int) -> tuple[Range, ...]:
        """What takes the person off the floor inside a shift."""
        return tuple(
            self._range(each.starts_at, each.ends_at)
            for each in self.taken.get(employee_id, ())
            if each.is_inside_a_shift
        )

    def history(self, employee_id: int) -> History:
        """What the person brings along from the weeks before."""
        shifts = self.before.get(employee_id, [])
        if not shifts:
            return History()
        first = self.schedule.first_day
        monday = first - timedelta(days=first.weekday())
        days = {shift.day for shift in shifts}
        this_week = [shift for shift in shifts if shift.day >= monday]
        last_end = max(shift.ends_at for shift in shifts)
        weekends = {
            day - timedelta(days=day.weekday()) for day in days if day.weekday() > 4
        }
        return History(
            days_in_row=_days_in_row(days, first),
            last_end=(last_end - self.starts_at) // INTERVAL,
            week_paid_min=sum(shift.paid_min for shift in this_week),
            week_days=len({shift.day for shift in this_week}),
            nights=sum(self._is_night(shift) for shift in shifts),
            weekends=len(weekends),
        )

    def credited(self, person: Person) -> tuple[int, ...]:
        """Paid minutes of leave by contract week, a fifth of the week for each day."""
        off = self._off(person.employee.id)
        if not off:
            return ()
        minutes = np.zeros(self.grid.n_weeks, np.int64)
        for number, day in enumerate(self.schedule.days):
            is_workday = day.weekday() < 5
            if is_workday and self._is_off_all_day(day, off):
                week = int(self.grid.week_of_day[number])
                minutes[week] += round(person.employment.weekly_h * 60 / 5)
        return tuple(int(each) for each in minutes) if minutes.any() else ()

    def _off(self, employee_id: int) -> list[TakenTime]:
        mine = self.taken.get(employee_id, ())
        return [each for each in mine if not each.is_inside_a_shift]

    def _is_off_all_day(self, day: date, off: Sequence[TakenTime]) -> bool:
        noon = day_start(day, self.schedule.tz) + timedelta(hours=12)
        return any(
            each.starts_at <= noon - timedelta(hours=3)
            and each.ends_at >= noon + timedelta(hours=4)
            for each in off
        )

    def _outside_contract(self, person: Person) -> list[Range]:
        """The days before joining, after leaving, and outside the contract."""
        employee, employment, zone = (
            person.employee,
            person.employment,
            self.schedule.tz,
        )
        opens = max(employee.hired_on, employment.starts_on)
        ends = [day for day in (employee.left_on, employment.ends_on) if day]
        ranges = []
        if opens > self.schedule.first_day:
            ranges.append(self._range(self.starts_at, day_start(opens, zone)))
        if ends and min(ends) <= self.schedule.last_day:
            closing = self._index(day_start(min(ends), zone))
            ranges.append((max(0, closing), self.grid.n_intervals))
        return ranges

    def _range(self, starts_at: datetime, ends_at: datetime) -> Range:
        first = max(0, self._index(starts_at))
        last = -((self.starts_at - ends_at) // INTERVAL)
        return first, min(last, self.grid.n_intervals)

    def _index(self, at: datetime) -> int:
        return (at - self.starts_at) // INTERVAL

    def _is_night(self, shift: Shift) -> bool:
        ends = shift.ends_at.astimezone(self.schedule.tz)
        return ends.date() > shift.day and (ends.hour, ends.minute) > (0, 0)


def _days_in_row(days: set[date], first: date) -> int:
    count = 0
    while first - timedelta(days=count + 1) in days:
        count += 1
    return count
