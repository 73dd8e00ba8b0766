"""Nobody is booked twice, whoever booked first."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.people import events, queries, services
from callcenter.people.errors import AlreadyTaken
from callcenter.people.models import (
    Absence,
    AbsenceKind,
    Commitment,
    CommitmentKind,
    Employee,
)
from tests.factories.people import make_employee, make_team

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def agent(app) -> Employee:
    return make_employee(name="Lin Qing")


def book(whom, start=0, end=1, **values):
    return services.book_time(
        whom,
        starts_at=NINE + start * HOUR,
        ends_at=NINE + end * HOUR,
        **{
            "kind": CommitmentKind.TRAINING,
            "title": "Class 7",
            "source": "class:7",
            **values,
        },
    )


class TestBookTime:
    def test_two_bookings_may_touch(self, agent):
        book(agent.id, 0, 1)

        booked = book(agent.id, 1, 2)

        assert booked.id

    def test_refusal_names_who_what_and_when(self, agent):
        book(agent.id, 0, 2)

        with pytest.raises(AlreadyTaken) as refusal:
            book(agent.id, 1, 3, title="Meeting")

        assert "Lin Qing" in refusal.value.message
        assert "Class 7" in refusal.value.message
        assert refusal.value.context["starts_at"] == NINE

    def test_one_who_is_taken_leaves_all_unbooked(self, agent):
        other = make_employee()
        book(agent.id)

        with pytest.raises(AlreadyTaken):
            book([agent.id, other.id], source="meeting:1")

        assert db.session.scalars(queries.commitments_from("meeting:1")).all() == []

    def test_several_are_booked_at_once(self, agent):
        booked = book([agent.id, make_employee().id])

        assert len(booked) == 2

    def test_time_must_run_forward(self, agent):
        with pytest.raises(Invalid):
            book(agent.id, 1, 1)

    def test_the_database_itself_refuses_what_the_check_did_not_see(
        self, agent, monkeypatch
    ):
        book(agent.id)
        monkeypatch.setattr(queries, "find_commitment", lambda *_args: None)

        with pytest.raises(AlreadyTaken) as refusal:
            book(agent.id)

        assert "Lin Qing" in refusal.value.message
        assert db.session.scalar(select(Employee.id)) == agent.id

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=8))
    def test_whatever_is_asked_for_no_instant_is_taken_twice(self, agent, wishes):
        services.release_time("class:7")
        for start, length in wishes:
            try:
                book(agent.id, start, start + length)
            except AlreadyTaken:
                continue

        stored = db.session.scalars(
            queries.commitments_touching([agent.id], NINE, NINE + 99 * HOUR)
        ).all()

        pairs = pairwise(stored)
        assert all(before.ends_at <= after.starts_at for before, after in pairs)


def test_released_time_can_be_booked_again(agent):
    book(agent.id)

    assert services.release_time("class:7") == 1
    assert book(agent.id).id


class TestAbsences:
    def record(self, employee, start=0, end=8, **values):
        return services.record_absence(
            employee,
            starts_at=NINE + start * HOUR,
            ends_at=NINE + end * HOUR,
            **{"kind": AbsenceKind.SICK, "note": "", **values},
        )

    def test_absence_takes_the_time_and_is_announced(self, agent):
        heard = []

        with events.absent.connected_to(
            lambda employee, absence: heard.append((employee, absence))
        ):
            absence = self.record(agent)

        taken = db.session.scalar(queries.commitments_from(f"absence:{absence.id}"))
        assert taken.kind is CommitmentKind.UNAVAILABLE
        assert taken.shown_title == "Sick"
        assert heard == [(agent, absence)]

    def test_absence_is_refused_while_something_else_has_the_time(self, agent):
        book(agent.id)

        with pytest.raises(AlreadyTaken, match="already_taken"):
            self.record(agent)

        assert db.session.scalar(select(Absence.id)) is None

    def test_absence_of_a_request_carries_its_source(self, agent):
        self.record(agent, kind=AbsenceKind.ANNUAL_LEAVE, source="leave:17")

        assert db.session.scalar(queries.absences_from("leave:17")) is not None
        assert services.release_time("leave:17") == 1

    def test_withdrawn_absence_gives_the_time_back(self, agent):
        absence = self.record(agent)

        services.withdraw_absence(absence)

        assert db.session.scalar(select(Commitment.id)) is None
        assert db.session.scalar(select(Absence.id)) is None

    def test_withdrawing_one_leaves_others_of_the_same_request(self, agent):
        first = self.record(agent, 0, 8, source="leave:17")
        self.record(agent, 24, 32, source="leave:17")

        services.withdraw_absence(first)

        left = db.session.scalars(queries.commitments_from("leave:17")).all()
        assert [each.starts_at for each in left] == [NINE + 24 * HOUR]


def test_commitments_survive_names_of_other_writers(agent):
    values = {
        "employee_id": agent.id,
        "kind": CommitmentKind.MEETING,
        "starts_at": NINE,
        "ends_at": NINE + HOUR,
        "title": "",
        "source": "meeting:1",
        "created_at": NINE,
    }
    db.session.execute(insert(Commitment), [values])

    with pytest.raises(AlreadyTaken) as refusal:
        book(agent.id)

    assert "Meeting" in refusal.value.message


def test_absences_show_only_within_reach(app):
    mine, other = make_team(), make_team()
    for team in (mine, other):
        services.record_absence(
            make_employee(team),
            kind=AbsenceKind.SICK,
            starts_at=NINE,
            ends_at=NINE + HOUR,
        )

    from callcenter.kernel.actor import Scope

    scope = Scope(team_ids=frozenset({mine.id}))
    seen = db.session.scalars(queries.visible_absences(scope, NINE, NINE + HOUR)).all()

    assert [each.employee.team_id for each in seen] == [mine.id]
