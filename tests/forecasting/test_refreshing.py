"""The weekly refresh: asked for by the clock, made in parts, weighed, pruned."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import NoHistory
from callcenter.forecasting.models import (
    AddingUp,
    Forecast,
    ForecastDay,
    ForecastKind,
    ForecastStatus,
    RefreshRule,
    Requirement,
)
from callcenter.forecasting.services.forecasts import refreshing
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import Job, JobState, run_queued
from callcenter.projects import queries as project_queries
from tests.factories.forecasting import make_approved, make_facts
from tests.factories.projects import make_project, make_queue, make_target

MONDAY = date(2026, 3, 2)
NIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def queue(app):
    queue = make_queue(make_project(zone="UTC"), name="Bills")
    make_target(queue)
    make_facts(queue, MONDAY - timedelta(days=63), 63, hours=(10, 14))
    with clock.frozen(NIGHT), acting(SYSTEM):
        yield queue


def project_of(queue):
    return project_queries.get_project(queue.project_id, EVERYTHING)


def refresh(queue):
    with transaction():
        made = services.request_refresh(project_of(queue))
    run_queued()
    return db.session.get(Forecast, made.id)


def set_rule(queue, **values):
    with transaction():
        services.set_refresh_rule(None, project_id=queue.project_id, **values)


class TestMaking:
    def test_forecasts_all_active_queues_for_64_weeks_from_the_newest_facts(
        self, queue
    ):
        make_facts(make_queue(queue.project), MONDAY - timedelta(days=63), 63)
        make_queue(queue.project, is_active=False)

        made = refresh(queue)

        days = db.session.scalar(select(func.count()).select_from(ForecastDay))
        assert (made.kind, made.status) == (ForecastKind.REFRESH, ForecastStatus.DRAFT)
        assert (made.first_day, made.n_days) == (MONDAY, 448)
        assert made.history_last == MONDAY - timedelta(days=1)
        assert days == 2 * 448

    def test_a_second_click_gets_the_one_under_way(self, queue):
        with transaction():
            one = services.request_refresh(project_of(queue))
            two = services.request_refresh(project_of(queue))

        assert one.id == two.id

    def test_many_queues_are_shared_by_several_jobs(self, queue):
        for _each in range(refreshing.PART):
            make_queue(queue.project)

        made = refresh(queue)

        jobs = db.session.scalars(
            select(Job).where(Job.kind == "forecasting.refresh")
        ).all()
        assert len(jobs) == 2
        assert made.status is ForecastStatus.DRAFT
        assert all(
            row.basis for row in queries.get_forecast(made.id, EVERYTHING).queues
        )

    def test_says_no_without_queues_or_facts(self, app):
        empty = make_queue(make_project())

        with acting(SYSTEM), transaction(), pytest.raises(NoHistory):
            services.request_refresh(project_of(empty))
        with acting(SYSTEM), transaction():
            nothing = make_project()
            with pytest.raises(Invalid):
                services.request_refresh(
                    project_queries.get_project(nothing.id, EVERYTHING)
                )

    def test_a_newer_proposal_takes_the_place_of_the_older(self, queue):
        older = refresh(queue)
        with clock.frozen(NIGHT + WEEK):
            make_facts(queue, MONDAY, 7, hours=(10, 14), seed=2)
            newer = refresh(queue)

        assert newer.history_last == MONDAY + timedelta(days=6)
        assert db.session.get(Forecast, older.id).status is ForecastStatus.SUPERSEDED

    def test_says_no_at_once_when_something_goes_wrong(self, queue, monkeypatch):
        def broken(*_given):
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(services, "calculate_some", broken)
        made = refresh(queue)

        assert made.status is ForecastStatus.FAILED
        assert "background work" in made.refusal

    def test_goes_on_at_once_where_its_workers_died(self, queue):
        for _each in range(refreshing.PART):
            make_facts(make_queue(queue.project), MONDAY - timedelta(days=63), 63)
        with transaction():
            made = services.request_refresh(project_of(queue))
        run_queued(1)
        done_at = [row.n_history_days for row in queues_of(made)]
        lose_jobs_of(made)
        assert services.is_stalled(made)

        with transaction():
            again = services.request_refresh(project_of(queue))
        run_queued()

        assert again.id == made.id
        assert [row.n_history_days > 0 for row in queues_of(made)] == [True] * 6
        assert sorted(done_at)[0] == 0
        assert db.session.get(Forecast, made.id).status is ForecastStatus.DRAFT

    def test_goes_on_by_the_clock_but_not_for_ever(self, queue):
        with transaction():
            made = services.request_refresh(project_of(queue))
        lose_jobs_of(made)
        went_on = []
        for _hour in range(3):
            with transaction():
                went_on.append(len(services.resume_stalled()))
            lose_jobs_of(made)

        assert went_on == [1, 1, 0]
        assert db.session.get(Forecast, made.id).status is ForecastStatus.FAILED


class TestTotal:
    @pytest.fixture
    def second(self, queue):
        other = make_queue(queue.project, name="Moves")
        make_facts(other, MONDAY - timedelta(days=63), 63, hours=(10, 14), seed=5)
        return other

    def test_is_forecast_by_itself_beside_the_queues(self, queue, second):
        made = refresh(queue)

        own = {row.day: row for row in queries.total_days(made.id)}
        parts = queries.totals_by_day(made.id, [queue.id, second.id])
        sums = {day: sum(t for _m, t in each.values()) for day, each in parts.items()}
        week = sorted(own)[:7]
        assert len(own) == 448
        assert sum(own[day].mean for day in week) == pytest.approx(
            sum(sums[day] for day in week), rel=0.1
        )
        assert queries.refresh_parts(made.id) == []

    def test_is_the_same_as_that_of_a_planner(self, queue, second):
        from tests.factories.forecasting import make_forecast

        by_hand = make_forecast([queue, second], MONDAY, 448)

        made = refresh(queue)

        mine = [row.mean for row in queries.total_days(by_hand.id)]
        assert [row.mean for row in queries.total_days(made.id)] == pytest.approx(
            mine, rel=1e-5
        )

    @pytest.mark.parametrize("how", [AddingUp.TOP_DOWN, AddingUp.RECONCILED])
    def test_queues_add_up_to_it_as_the_project_wants(self, queue, second, how):
        from callcenter.forecasting.models import TotalPlan

        set_rule(queue, adding_up=how)
        planned = services.draft_forecast([queue, second], MONDAY, 448)
        db.session.add(TotalPlan(forecast_id=planned.id, adding_up=how))
        db.session.flush()
        services.finish_forecast(planned, services.calculate_forecast(planned))
        db.session.commit()

        made = refresh(queue)

        for each in (queue, second):
            totals = queries.totals_of(made.id, MONDAY, MONDAY + 60 * WEEK)
            as_planned = queries.totals_of(planned.id, MONDAY, MONDAY + 60 * WEEK)
            assert [v for (q, _d), v in totals.items() if q == each.id] == (
                pytest.approx(
                    [v for (q, _d), v in as_planned.items() if q == each.id], rel=1e-4
                )
            )


def queues_of(made):
    db.session.expire_all()
    return queries.get_forecast(made.id, EVERYTHING).queues


def lose_jobs_of(made):
    """All jobs about a forecast have failed, as after too many dead workers."""
    with transaction():
        db.session.execute(
            update(Job)
            .where(
                Job.subject == f"forecasting_forecast:{made.id}",
                Job.state == JobState.QUEUED,
            )
            .values(state=JobState.FAILED)
        )
    db.session.expire_all()


class TestHour:
    @pytest.mark.parametrize(
        ("weekday", "hour", "due"),
        [
            (0, 4, datetime(2026, 3, 2, 4, tzinfo=UTC)),
            (0, 9, datetime(2026, 2, 23, 9, tzinfo=UTC)),
            (6, 4, datetime(2026, 3, 1, 4, tzinfo=UTC)),
            (2, 4, datetime(2026, 2, 25, 4, tzinfo=UTC)),
        ],
    )
    def test_is_the_last_of_its_weekday(self, queue, weekday, hour, due):
        rule = RefreshRule(project_id=1, weekday=weekday, hour=hour)

        assert services.last_hour(rule, queue.project, NIGHT) == due

    def test_comes_once_a_week_after_the_project_was_met(self, queue):
        asked = []
        for hours in (0, 1, 7 * 24 - 5, 7 * 24 - 3, 7 * 24 - 2):
            with clock.frozen(NIGHT + timedelta(hours=hours)), transaction():
                asked.append(len(services.request_due_refreshes()))

        assert asked == [0, 0, 0, 1, 0]

    def test_never_comes_where_it_is_switched_off(self, queue):
        set_rule(queue, is_on=False)

        for hours in (0, 8 * 24):
            with clock.frozen(NIGHT + timedelta(hours=hours)), transaction():
                assert services.request_due_refreshes() == []


class TestProposal:
    def test_tells_which_weeks_move(self, queue):
        make_approved([queue], MONDAY, 28)
        with clock.frozen(NIGHT + WEEK):
            make_facts(queue, MONDAY, 7, hours=(10, 14), per_interval=12.0, seed=3)
            made = refresh(queue)

        proposal = queries.find_proposal(made.id)
        weeks = {row[0]: row[1:] for row in proposal.weeks}
        assert proposal.most > 0.05
        assert {row[0] for row in proposal.moves} == {queue.id}
        assert all(after > before for _q, _w, before, after in proposal.moves)
        assert weeks["2026-03-16"][0] is not None
        assert weeks["2026-06-01"][0] is None

    def test_has_nothing_to_compare_with_before_the_first_approval(self, queue):
        proposal = queries.find_proposal(refresh(queue).id)

        assert (proposal.most, proposal.moves) == (None, [])

    def test_keeps_what_planners_changed_in_proportion(self, queue):
        from tests.factories.forecasting import make_forecast

        approved = make_forecast([queue], MONDAY, 28)
        tuesday = MONDAY + timedelta(days=8)
        before = queries.find_day(approved.id, queue.id, tuesday).total
        services.adjust_day(approved, queue.id, tuesday, 2 * before, comment="mailing")
        services.approve_forecast(approved)
        db.session.commit()

        made = refresh(queue)

        row = queries.find_day(made.id, queue.id, tuesday)
        assert row.total == pytest.approx(2 * row.model_total, rel=1e-6)
        assert queries.find_proposal(made.id).n_carried == 1
        assert queries.adjustments(made.id, queue.id)[0].comment == "mailing"

    def test_approves_itself_when_it_moves_little_enough(self, queue):
        set_rule(queue, approve_within=5.0)
        old = make_approved([queue], MONDAY, 28)

        made = refresh(queue)

        starts = db.session.scalar(
            select(func.min(Requirement.interval_start)).where(
                Requirement.forecast_id == made.id
            )
        )
        assert made.status is ForecastStatus.APPROVED
        assert made.approved_from == MONDAY + timedelta(days=1)
        assert starts.date() == made.approved_from
        assert db.session.get(Forecast, old.id).status is ForecastStatus.APPROVED

    def test_waits_for_a_person_when_it_moves_more(self, queue):
        set_rule(queue, approve_within=1e-9)
        make_approved([queue], MONDAY, 28)
        with clock.frozen(NIGHT + WEEK):
            make_facts(queue, MONDAY, 7, hours=(10, 14), per_interval=12.0, seed=3)
            made = refresh(queue)

        assert made.status is ForecastStatus.DRAFT

    def test_follows_what_is_changed_by_hand(self, queue):
        make_approved([queue], MONDAY, 28)
        made = refresh(queue)
        tuesday = MONDAY + timedelta(days=8)
        row = queries.find_day(made.id, queue.id, tuesday)
        before = {each[0]: each[2] for each in queries.find_proposal(made.id).weeks}

        with transaction():
            found = queries.get_forecast(made.id, EVERYTHING)
            change = services.adjust_day(found, queue.id, tuesday, row.total + 5000)
        changed = queries.find_proposal(made.id)
        moved = [[each[1], each[0]] for each in changed.moves]
        after = {each[0]: each[2] for each in changed.weeks}
        with transaction():
            found = queries.get_forecast(made.id, EVERYTHING)
            services.undo_adjustment(found, change)

        week = str(MONDAY + WEEK)
        assert [week, queue.id] in moved
        assert after[week] == pytest.approx(before[week] + 5000, abs=1)
        db.session.expire_all()
        again = {each[0]: each[2] for each in queries.find_proposal(made.id).weeks}
        assert again == before


DAYS = [MONDAY + timedelta(days=each) for each in range(14)]
TOTALS = st.dictionaries(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(DAYS)),
    st.floats(0, 1e5),
    max_size=28,
)


class TestMoves:
    @settings(deadline=None)
    @given(TOTALS, TOTALS, st.floats(0.001, 1.0))
    def test_sum_up_only_days_that_both_know(self, before, after, notable):
        moves, most = services.find_moves(before, after, notable)

        common = before.keys() & after.keys()
        assert (most is None) == (not common)
        for queue_id, monday, was, will in moves:
            first = date.fromisoformat(monday)
            days = [
                (queue, day)
                for queue, day in common
                if queue == queue_id and 0 <= (day - first).days < 7
            ]
            assert was == pytest.approx(sum(before[each] for each in days), abs=0.06)
            assert will == pytest.approx(sum(after[each] for each in days), abs=0.06)
            assert abs(will - was) > 0.99 * notable * was - 0.2

    @settings(deadline=None)
    @given(TOTALS, st.floats(0.001, 1.0))
    def test_nothing_moves_when_nothing_changed(self, totals, notable):
        assert services.find_moves(totals, totals, notable)[0] == []

    def test_chance_moves_nothing(self):
        moves, most = services.find_moves({(1, MONDAY): 4.0}, {(1, MONDAY): 7.0}, 0.05)

        assert (moves, most) == ([], 0.0)


class TestPruning:
    def test_keeps_a_snapshot_a_week_with_the_days_that_count(self, queue):
        first = refresh(queue)
        with clock.frozen(NIGHT + timedelta(days=1)):
            again = refresh(queue)
        with clock.frozen(NIGHT + WEEK):
            newest = refresh(queue)

        left = db.session.scalars(select(Forecast.id).order_by(Forecast.id)).all()
        days = db.session.scalars(
            select(ForecastDay.day).where(ForecastDay.forecast_id == again.id)
        ).all()
        ahead = {(day - again.history_last).days for day in days}
        spans = services.kept_leads()
        assert left == [again.id, newest.id] != [first.id, newest.id]
        assert all(any(a <= n <= b for a, b in spans) for n in ahead)
        assert len(days) == 35 + 4 * 7 - 1
        n_new = len(queries.forecast_days(newest.id, queue.id))
        assert n_new == 448

    def test_forgets_snapshots_past_their_time(self, queue):
        set_rule(queue, keep_weeks=1)
        first = refresh(queue)
        with clock.frozen(NIGHT + 2 * WEEK):
            refresh(queue)

        assert db.session.get(Forecast, first.id) is None
