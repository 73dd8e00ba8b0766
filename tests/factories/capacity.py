"""Projects whose people come and go, and their capacity plans."""

from datetime import date, timedelta
from typing import Any

from callcenter.capacity import queries, services
from callcenter.capacity.models import CapacityPlan, RequiredWeek, WeekBasis
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from callcenter.projects.models import Project, Queue, TeamAssignment
from tests.factories.people import LONG_AGO, make_employee, make_employment, make_team

WEEKS = 64


def make_staff(
    project: Project, today: date, *, n: int = 20, n_left: int = 8, **values: Any
) -> list[Any]:
    """People of a project with contracts; some who left after ever more weeks."""
    team = make_team()
    db.session.add(
        TeamAssignment(project_id=project.id, team_id=team.id, starts_on=LONG_AGO)
    )
    people = [
        make_employee(team, hired_on=today - timedelta(weeks=10 + 5 * place), **values)
        for place in range(n)
    ]
    for employee in people:
        make_employment(employee)
    for place in range(n_left):
        left = today - timedelta(weeks=3 * place + 1)
        hired = left - timedelta(weeks=4 * place + 2)
        make_employee(team, hired_on=hired, left_on=left)
    db.session.commit()
    return people


def require_weeks(
    queue: Queue, first: date, hours: float, *, n: int = WEEKS, more: float = 0.0
) -> None:
    """Weeks that require hours of paid time, ``more`` of them each week."""
    for place in range(n):
        h = hours + more * place
        db.session.add(
            RequiredWeek(
                queue_id=queue.id,
                project_id=queue.project_id,
                week=first + timedelta(weeks=place),
                basis=WeekBasis.STAFFED,
                contacts=h * 10,
                work_h=h * 0.6,
                linear_h=h * 0.8,
                root_h=h * 0.2,
                agent_h=h * 0.75,
            )
        )
    db.session.commit()


def make_plan(queue: Queue, hours: float = 700.0, *, more: float = 3.0) -> CapacityPlan:
    """A stored plan of the queue's project whose weeks ask for ever more."""
    with acting(SYSTEM), transaction():
        plan = services.create_plan(queue.project)
    run_queued()
    require_weeks(queue, plan.first_week, hours, more=more)
    return queries.get_plan(queue.project_id, EVERYTHING)
