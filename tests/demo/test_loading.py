"""The demo company in the database: a small one, loaded once for each backend."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from callcenter.access import audit
from callcenter.access.models import User
from callcenter.access.services import build_actor, is_password, require_strong
from callcenter.acd.models import (
    AgentDay,
    AgentTimeDay,
    AgentTimeInterval,
    Contact,
    DirtyDay,
    QueueDay,
    QueueInterval,
)
from callcenter.app import create_app
from callcenter.config import Config
from callcenter.demo.loading import PASSWORD, SIGN_INS, SMALL, load_demo
from callcenter.demo.loading.company import Extent, NotEmpty
from callcenter.forecasting.models import (
    Accuracy,
    Borrowed,
    CampaignPlan,
    Event,
    Forecast,
    ForecastStatus,
    Requirement,
)
from callcenter.kernel.actor import ANONYMOUS, set_actor
from callcenter.kernel.db import db
from callcenter.people.models import Commitment, Employee, Employment, Post, Team
from callcenter.projects.models import CalendarDay, Project, Queue
from callcenter.scheduling.models import (
    ActivityKind,
    Leave,
    Schedule,
    ScheduleStatus,
    Seat,
    Shift,
    ShiftActivity,
    ShiftStatus,
)
from callcenter.workflow.models import Request, RequestState

# One process loads the company for all of them.
pytestmark = pytest.mark.xdist_group("demo")
MOMENT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
TINY = Extent(contact_days=2, weeks=5, scheduled=())
Fresh = Callable[[str], str]
# The queue that opened some days ago has facts, and no agents of its own yet.
YOUNG = select(Queue.id).where(Queue.code == "BANK-APP")
# What differs from load to load: salts, digests, and how fast the machine was.
VOLATILE = {"password_hash", "phone", "previous", "digest", "solve_s", "bound", "gap"}


def empty_app(config: Config, url: str) -> Flask:
    """An application on a new database with all tables and no rows."""
    app = create_app(replace(config, database_url=url))
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture(scope="module")
def loaded(backend: str, config: Config, fresh_database: Fresh) -> Iterator[Flask]:
    """A database with the small demo company; the tests here only read it."""
    app = empty_app(config, fresh_database(backend))
    with app.app_context():
        load_demo(moment=MOMENT, extent=SMALL)
        yield app
        db.session.remove()
        db.engine.dispose()
    set_actor(ANONYMOUS)


def count(model: type, *conditions: object) -> int:
    """How many rows of a table meet the conditions."""
    statement = select(func.count()).select_from(model).where(*conditions)
    return db.session.scalar(statement) or 0


def content(app: Flask) -> dict[str, str]:
    """A digest of every table's rows, without what differs from load to load."""
    found = {}
    with app.app_context():
        for table in db.metadata.sorted_tables:
            columns = [c for c in table.columns if c.name not in VOLATILE]
            rows = db.session.execute(select(*columns)).all()
            shown = sorted(repr(tuple(row)) for row in rows)
            found[table.name] = sha256("\n".join(shown).encode()).hexdigest()
    return found


@pytest.mark.usefixtures("loaded")
class TestWhatIsThere:
    def test_600_agents_work_here_in_teams_with_supervisors(self) -> None:
        is_agent = Employee.post_id.in_(select(Post.id).where(Post.is_front_line))

        assert count(Employee, is_agent, Employee.left_on.is_(None)) == 600
        assert count(Team, Team.supervisor_id.is_(None)) == 0

    def test_some_posts_stand_vacant_and_all_but_one_report_to_another(self) -> None:
        holders = (
            select(func.count())
            .where(Employee.post_id == Post.id, Employee.left_on.is_(None))
            .scalar_subquery()
        )

        assert count(Post, Post.headcount > holders) >= 5
        assert count(Post, Post.headcount < holders) == 0
        assert count(Post, Post.reports_to_id.is_(None)) == 1

    def test_a_persons_contracts_follow_each_other_without_gap(self) -> None:
        rows = db.session.execute(
            select(
                Employment.employee_id, Employment.starts_on, Employment.ends_on
            ).order_by(Employment.employee_id, Employment.starts_on)
        ).all()

        following = [
            (before.ends_on, after.starts_on)
            for before, after in pairwise(rows)
            if before.employee_id == after.employee_id
        ]
        assert following
        assert all(ends == starts for ends, starts in following)

    def test_whoever_works_here_has_a_contract_today(self) -> None:
        today = MOMENT.date()
        holds = select(Employment.employee_id).where(
            Employment.starts_on <= today,
            Employment.ends_on.is_(None) | (Employment.ends_on > today),
        )

        without = Employee.left_on.is_(None) & Employee.id.not_in(holds)

        assert count(Employee, without, Employee.hired_on <= today) == 0

    def test_every_absence_takes_its_time(self) -> None:
        assert count(Commitment) > 1000

    def test_no_contact_lies_in_the_future(self) -> None:
        latest = db.session.scalar(select(func.max(Contact.offered_at)))

        assert latest is not None
        assert MOMENT - timedelta(minutes=30) < latest <= MOMENT

    def test_days_add_up_from_quarter_hours(self) -> None:
        for name in ("offered", "answered", "talk_s", "dialled", "transfers"):
            of_days = db.session.scalar(select(func.sum(getattr(QueueDay, name))))
            of_quarters = db.session.scalar(
                select(func.sum(getattr(QueueInterval, name)))
            )
            assert of_days == of_quarters

    def test_agents_add_up_to_their_queues(self) -> None:
        for name in ("answered", "talk_s", "outbound_s", "identified", "repeated"):
            of_agents = db.session.scalar(select(func.sum(getattr(AgentDay, name))))
            of_queues = db.session.scalar(
                select(func.sum(getattr(QueueDay, name))).where(
                    QueueDay.queue_id.not_in(YOUNG)
                )
            )
            assert of_agents == of_queues

    def test_time_on_the_switch_is_available_busy_or_paused(self) -> None:
        for model in (AgentTimeDay, AgentTimeInterval):
            parts = model.available_s + model.pause_s + model.busy_s

            assert count(model) > 1000
            assert count(model, model.login_s != parts) == 0

    def test_outbound_counts_attempts_and_nothing_offered(self) -> None:
        sales = select(Queue.id).where(Queue.code.in_(("SALES-UP", "SALES-REN")))
        rows = db.session.execute(
            select(
                func.sum(QueueDay.offered),
                func.sum(QueueDay.dialled),
                func.sum(QueueDay.connected),
            ).where(QueueDay.queue_id.in_(sales))
        ).one()

        assert rows[0] == 0
        assert rows[1] > rows[2] > 0

    def test_some_customers_came_again(self) -> None:
        identified, repeated = db.session.execute(
            select(func.sum(QueueDay.identified), func.sum(QueueDay.repeated))
        ).one()

        assert 0.02 < repeated / identified < 0.4

    def test_no_day_waits_to_be_counted_again(self) -> None:
        assert count(DirtyDay) == 0

    def test_events_and_holidays_of_both_countries_are_in_the_calendar(self) -> None:
        countries = set(db.session.scalars(select(CalendarDay.country).distinct()))

        assert countries == {"CN", "PT", None}
        assert count(CalendarDay, CalendarDay.name == "Atlantic storm") >= 3

    def test_bank_seats_are_kept_for_the_bank(self) -> None:
        bank = db.session.scalar(select(Project.id).where(Project.code == "BANK"))

        assert count(Seat) == 630
        assert count(Seat, Seat.project_id == bank) == 60

    def test_the_audit_trail_is_intact_and_short(self) -> None:
        verdict = audit.verify()

        assert verdict.is_intact
        assert verdict.n_entries < 1000


@pytest.mark.usefixtures("loaded")
class TestWhoSignsIn:
    @pytest.mark.parametrize("sign_in", SIGN_INS, ids=lambda each: each.email)
    def test_everybody_shown_signs_in_with_the_one_password(self, sign_in) -> None:
        user = db.session.scalars(select(User).where(User.email == sign_in.email)).one()

        assert is_password(user, PASSWORD)
        assert build_actor(user).permissions

    def test_the_password_is_a_strong_one(self) -> None:
        require_strong(PASSWORD, about=[each.email for each in SIGN_INS])

    def test_the_supervisor_leads_the_team_with_the_problem(self) -> None:
        user = db.session.scalars(
            select(User).where(User.email == "supervisor@demo.example")
        ).one()
        team = db.session.scalars(select(Team).where(Team.code == "TEL-4")).one()

        actor = build_actor(user)

        assert actor.employee_id == team.supervisor_id
        assert actor.scope("people.view_employees").team_ids == {team.id}

    def test_the_client_sees_one_project(self) -> None:
        user = db.session.scalars(
            select(User).where(User.email == "client@demo.example")
        ).one()
        telecom = db.session.scalar(select(Project.id).where(Project.code == "TEL"))

        scopes = build_actor(user).permissions.values()

        assert {scope.project_ids for scope in scopes} == {frozenset({telecom})}


@pytest.mark.usefixtures("loaded")
class TestPlanning:
    def test_the_coming_weeks_are_forecast_and_required(self) -> None:
        tomorrow = MOMENT.date() + timedelta(days=1)
        approved = Forecast.status == ForecastStatus.APPROVED

        plans = db.session.scalars(select(Forecast).where(approved)).all()
        for day in (MOMENT.date(), tomorrow, tomorrow + timedelta(days=27)):
            covered = {
                each.project_id
                for each in plans
                if 0 <= (day - each.first_day).days < each.n_days
            }
            assert len(covered) == 7
        assert count(Requirement, Requirement.interval_start > MOMENT) > 10_000

    def test_planners_know_events_a_campaign_and_whom_a_young_queue_is_like(
        self,
    ) -> None:
        planned = Event.first_day > MOMENT.date()

        assert count(Event, Event.kind == "mailing", ~planned) >= 12
        assert count(Event, Event.kind == "mailing", planned) >= 1
        assert count(CampaignPlan, CampaignPlan.first_day > MOMENT.date()) == 1
        assert count(Borrowed, Borrowed.queue_id.in_(YOUNG)) >= 1

    def test_what_was_forecast_for_the_past_has_been_measured(self) -> None:
        assert count(Accuracy) >= 3 * 28
        assert count(Accuracy, Accuracy.day >= MOMENT.date()) == 0

    def test_the_coming_two_weeks_are_published_as_the_solver_made_them(self) -> None:
        coming = db.session.scalars(
            select(Schedule).where(Schedule.first_day > MOMENT.date())
        ).all()

        assert len(coming) == 2
        assert all(each.status is ScheduleStatus.PUBLISHED for each in coming)
        assert all(each.verdict["is_valid"] for each in coming)
        assert all(each.verdict["is_exact"] for each in coming)

    def test_published_shifts_have_seats_and_breaks(self) -> None:
        is_live = Shift.is_live.is_(True)
        unseated = count(Shift, is_live, Shift.seat_id.is_(None))
        with_breaks = select(ShiftActivity.shift_id)

        assert count(Shift, is_live) > 1000
        assert unseated < 0.02 * count(Shift, is_live)
        assert count(Shift, is_live, Shift.id.not_in(with_breaks)) == 0

    def test_the_agent_who_signs_in_has_a_shift_to_come(self) -> None:
        agent = (
            select(Employee.id)
            .join(User, User.id == Employee.user_id)
            .where(User.email == "agent@demo.example")
            .scalar_subquery()
        )

        coming = count(
            Shift, Shift.employee_id == agent, Shift.is_live, Shift.starts_at > MOMENT
        )

        assert coming >= 3

    def test_some_leave_waits_and_some_is_decided(self) -> None:
        states = set(db.session.scalars(select(Request.state).distinct()))

        assert states == {
            RequestState.OPEN,
            RequestState.APPROVED,
            RequestState.REJECTED,
        }

    def test_approved_leave_keeps_its_agent_off_the_schedule(self) -> None:
        approved = db.session.scalars(
            select(Leave).where(Leave.absence_id.is_not(None))
        ).all()
        on_leave = (
            select(ShiftActivity.shift_id)
            .where(ShiftActivity.kind == ActivityKind.LEAVE)
            .scalar_subquery()
        )

        clashes = [
            count(
                Shift,
                Shift.employee_id == leave.employee_id,
                Shift.is_live,
                Shift.status == ShiftStatus.PLANNED,
                Shift.starts_at < leave.ends_at,
                Shift.ends_at > leave.starts_at,
                Shift.id.not_in(on_leave),
            )
            for leave in approved
        ]
        assert len(approved) == 2
        assert clashes == [0, 0]

    def test_a_second_load_is_refused_in_words(self) -> None:
        with pytest.raises(NotEmpty) as refusal:
            load_demo(moment=MOMENT, extent=TINY)

        assert "people already" in refusal.value.message


class TestAnEmptyDatabase:
    def test_gets_the_same_company_for_the_same_seed_and_moment(
        self, config: Config, fresh_database: Fresh
    ) -> None:
        apps = [empty_app(config, fresh_database("sqlite")) for _ in range(2)]

        for app in apps:
            with app.app_context():
                load_demo(moment=MOMENT, extent=TINY)

        first, second = map(content, apps)
        assert first == second

    def test_stays_empty_when_a_load_fails(
        self, config: Config, fresh_database: Fresh
    ) -> None:
        url = fresh_database("sqlite")
        app = empty_app(config, url)
        nowhere = replace(TINY, scheduled=("NOWHERE",))

        with app.app_context(), pytest.raises(IndexError):
            load_demo(moment=MOMENT, extent=nowhere)

        with create_engine(url).connect() as connection:
            names = [table.name for table in db.metadata.sorted_tables]
            rows = {
                name: connection.scalar(text(f"SELECT count(*) FROM {name}"))
                for name in names
            }
        assert not any(rows.values())
