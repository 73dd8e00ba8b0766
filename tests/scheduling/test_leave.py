"""Leave: from the agent's wish to the changed schedule."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.access.models import ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, Actor
from callcenter.kernel.db import db
from callcenter.people.models import Absence, AbsenceKind, Commitment
from callcenter.scheduling import services
from callcenter.scheduling.errors import LeaveClash, LeaveInvalid
from callcenter.scheduling.models import Leave, ScheduleStatus, Shift, ShiftStatus
from callcenter.workflow import queries as requests
from callcenter.workflow import services as workflow
from callcenter.workflow.models import Request, RequestState, Verdict
from tests.factories.access import make_user
from tests.factories.scheduling import MONDAY, at, make_schedule, make_shift

ANNUAL = AbsenceKind.ANNUAL_LEAVE


@pytest.fixture
def agent(center):
    employee = center.employees[0]
    employee.user_id = make_user("agent", scope_kind=ScopeKind.SELF).id
    db.session.commit()
    return employee


@pytest.fixture
def shifts(center, agent):
    schedule = make_schedule(center, status=ScheduleStatus.PUBLISHED)
    return [
        make_shift(
            schedule,
            agent,
            at(center, MONDAY + timedelta(days=day), 9),
            seat=center.seats[0],
            is_live=True,
        )
        for day in range(3)
    ]


@pytest.fixture(autouse=True)
def _a_week_before(center):
    with clock.frozen(at(center, MONDAY - timedelta(days=7), 12)):
        yield


def ask(agent, first=0, last=1, kind=ANNUAL):
    leave = services.ask_for_leave(
        agent,
        kind=kind,
        first_day=MONDAY + timedelta(days=first),
        last_day=MONDAY + timedelta(days=last),
        by=agent.user_id,
    )
    db.session.commit()
    return leave


def approve(leave):
    approver = make_user("planner")
    actor = Actor(
        user_id=approver.id, permissions={"scheduling.approve_leave": EVERYTHING}
    )
    request = requests.get_request(leave.request_id, actor)
    workflow.decide(request, verdict=Verdict.APPROVE, actor=actor)
    db.session.commit()
    return request


def test_approval_takes_the_shifts_of_those_days_and_frees_their_seats(agent, shifts):
    approve(ask(agent))

    states = [(shift.status, shift.is_live, shift.seat_id) for shift in shifts]
    cancelled = (ShiftStatus.CANCELLED, False, None)
    assert states[:2] == [cancelled, cancelled]
    assert states[2][0] is ShiftStatus.PLANNED


def test_approval_records_absence_and_takes_the_time(agent, shifts):
    leave = ask(agent)

    approve(leave)

    absence = db.session.scalar(select(Absence))
    taken = db.session.scalar(select(Commitment))
    assert (absence.starts_at, absence.ends_at) == (leave.starts_at, leave.ends_at)
    assert taken.source == f"leave:{leave.id}"


def test_waiting_leave_changes_nothing(agent, shifts):
    ask(agent)

    assert all(shift.is_live for shift in shifts)
    assert db.session.scalar(select(Absence)) is None


def test_taking_approved_leave_back_gives_the_time_back(agent, shifts):
    leave = ask(agent)
    request = approve(leave)

    workflow.withdraw(request, actor=Actor(user_id=agent.user_id))

    assert request.state is RequestState.WITHDRAWN
    assert db.session.scalar(select(Absence)) is None
    assert db.session.scalar(select(Commitment)) is None


@pytest.mark.parametrize(
    ("first", "last"), [(1, 0), (-8, -8), (0, 70), (400, 401)], ids=str
)
def test_senseless_days_are_refused_with_the_field(agent, first, last):
    with pytest.raises(LeaveInvalid) as refusal:
        ask(agent, first, last)

    assert refusal.value.context["field"] in {"first_day", "last_day"}


def test_sick_leave_may_be_told_some_days_later(agent):
    assert ask(agent, -9, -9, AbsenceKind.SICK).id


def test_the_same_days_cannot_be_asked_for_twice(agent):
    ask(agent, 0, 3)

    with pytest.raises(LeaveClash):
        ask(agent, 3, 4)


def test_what_was_asked_before_is_said_in_days_as_people_write_them(agent):
    ask(agent, 0, 2)

    with pytest.raises(LeaveClash) as refusal:
        ask(agent, 1, 1)

    message = str(refusal.value.message)
    assert MONDAY.isoformat() not in message
    assert str(MONDAY.year) in message


def test_leave_of_a_day_with_a_clock_change_has_its_real_length(agent):
    agent.site.zone = "Europe/Lisbon"
    first = MONDAY.replace(month=3, day=30)
    leave = Leave(
        employee_id=agent.id,
        kind=ANNUAL,
        first_day=first,
        last_day=first,
        zone="Europe/Lisbon",
    )

    assert leave.ends_at - leave.starts_at == timedelta(hours=23)


class TestDoors:
    def form(self, first, last=None):
        return {"kind": "annual_leave", "first_day": first, "last_day": last or ""}

    def test_agent_asks_supervisor_approves_shift_is_gone(
        self, agent, shifts, center, sign_in_as
    ):
        from callcenter.access.models import User

        day = str(MONDAY)
        mine = sign_in_as(user=db.session.get(User, agent.user_id))
        answer = mine.post("/me/leave", data=self.form(day))
        assert answer.status_code == 303
        request_id = db.session.scalar(select(Request.id))

        boss = sign_in_as(
            "supervisor", scope_kind=ScopeKind.TEAM, scope_id=center.team.id
        )
        assert agent.name in boss.get("/approvals").text
        boss.post(f"/requests/{request_id}/decide", data={"verdict": "approve"})

        db.session.expire_all()
        assert not db.session.get(Shift, shifts[0].id).is_live

    def test_mistakes_come_back_on_the_field_with_what_was_typed(
        self, agent, sign_in_as
    ):
        from callcenter.access.models import User

        mine = sign_in_as(user=db.session.get(User, agent.user_id))

        answer = mine.post("/me/leave", data=self.form("2031-03-09", "2031-03-01"))

        assert answer.status_code == 422
        assert "2031-03-09" in answer.text

    def test_supervisor_of_another_team_cannot_see_it(self, agent, sign_in_as):
        leave = ask(agent)
        boss = sign_in_as("supervisor", scope_kind=ScopeKind.TEAM, scope_id=99999)

        assert boss.get(f"/requests/{leave.request_id}").status_code == 404

    def test_user_without_employee_is_told_so(self, app, sign_in_as):
        assert sign_in_as("agent").get("/me/leave").status_code == 200
