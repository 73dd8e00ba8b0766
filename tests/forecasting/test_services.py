from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from callcenter.acd.models import QueueDay
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import (
    DayClosed,
    ForecastClosed,
    NoHistory,
    NoSuchDay,
)
from callcenter.forecasting.models import (
    ForecastStatus,
    Requirement,
    StaffingModel,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import SYSTEM
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.jobs import Job, JobState, enqueue, run_queued
from callcenter.projects.models import (
    CalendarDay,
    DayKind,
    Direction,
    OpeningHours,
)
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_project, make_queue

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 15)
N_HISTORY = (MONDAY - FIRST).days


@pytest.fixture
def queue(app):
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


def opens(queue, weekdays, start=8, end=20):
    for weekday in weekdays:
        span = OpeningHours(
            queue_id=queue.id,
            weekday=weekday,
            opens_at=time(start),
            closes_at=time(end % 24),
        )
        db.session.add(span)
    db.session.commit()


class TestMakingAForecast:
    def test_comes_close_to_what_was_counted_and_keeps_the_week(self, queue):
        forecast = make_forecast([queue], MONDAY)

        rows = queries.forecast_days(forecast.id, queue.id)
        last_week = db.session.scalars(
            select(QueueDay.offered).order_by(QueueDay.day.desc()).limit(7)
        ).all()[::-1]
        assert [row.day for row in rows] == [
            MONDAY + timedelta(days=each) for each in range(14)
        ]
        assert [row.total for row in rows[:7]] == pytest.approx(last_week, rel=0.25)
        assert rows[0].total > 3 * rows[6].total
        assert rows[0].aht_s[48] == pytest.approx(240, rel=0.01)
        assert rows[0].lower.sum() < rows[0].mean.sum() < rows[0].upper.sum()

    def test_remembers_its_method_its_errors_and_its_history(self, queue):
        forecast = make_forecast([queue], MONDAY)

        row = forecast.queues[0]
        _found, tested = queries.evidence(forecast.id, queue.id)
        methods = {each.method for each in tested}
        assert (row.basis, row.n_history_days) == ("tested", N_HISTORY)
        assert {"naive", "combination"} <= methods
        assert forecast.history_last == MONDAY - timedelta(days=1)
        assert forecast.status is ForecastStatus.DRAFT

    def test_expects_nobody_while_the_queue_is_closed(self, queue):
        opens(queue, range(5), 9, 18)
        forecast = make_forecast([queue], MONDAY)

        rows = queries.forecast_days(forecast.id, queue.id)
        assert rows[5].total == rows[6].total == 0.0
        assert not rows[0].planned[:36].any()
        assert rows[0].planned[36:72].all()

    def test_bridges_the_days_between_the_history_and_the_first_day(self, queue):
        near = make_forecast([queue], MONDAY, 28)
        far = make_forecast([queue], MONDAY + timedelta(days=21), 7)

        week = queries.forecast_days(near.id, queue.id)[21:]
        alone = queries.forecast_days(far.id, queue.id)
        assert [row.total for row in alone] == pytest.approx(
            [row.total for row in week], rel=0.02
        )

    def test_a_silent_day_is_a_gap_and_no_zero(self, queue):
        silent = make_queue(queue.project)
        missing = {MONDAY - timedelta(days=each) for each in (6, 13)}
        make_facts(silent, FIRST, N_HISTORY, without=missing)

        forecast = make_forecast([silent], MONDAY)

        found, _tested = queries.evidence(forecast.id, silent.id)
        gaps = {each.day: each.size for each in found if each.kind == "gap"}
        assert missing <= gaps.keys()
        rows = queries.forecast_days(forecast.id, silent.id)
        assert rows[1].total > 200

    def test_learns_what_a_holiday_does(self, queue):
        day = MONDAY + timedelta(days=9)
        db.session.add(
            CalendarDay(
                project_id=queue.project_id, day=day, kind=DayKind.HOLIDAY, name="Rest"
            )
        )
        db.session.commit()

        forecast = make_forecast([queue], MONDAY)

        rows = queries.forecast_days(forecast.id, queue.id)
        assert rows[9].total < 0.8 * rows[2].total

    def test_has_23_hours_when_the_clocks_go_forward(self, app):
        project = make_project(zone="Europe/Lisbon")
        queue = make_queue(project)
        first = date(2026, 3, 23)
        make_facts(queue, first - timedelta(days=56), 56, hours=(0, 24))

        with clock.frozen(datetime(2026, 3, 23, 8, tzinfo=UTC)):
            forecast = make_approved([queue], first, 7)

        sunday = queries.forecast_days(forecast.id, queue.id)[6]
        assert not sunday.planned[4:8].any()
        assert sunday.planned[8] > 0
        count = select(func.count()).select_from(Requirement)
        assert db.session.scalar(count) == 7 * 96 - 4

    def test_plans_outbound_queues_by_their_attempts(self, queue):
        dialling = make_queue(queue.project, direction=Direction.OUTBOUND)
        make_facts(dialling, FIRST, N_HISTORY, aht_s=90)

        forecast = make_approved([dialling], MONDAY)

        rows = queries.forecast_days(forecast.id, dialling.id)
        assert rows[0].total > 100
        needed = db.session.scalars(select(Requirement).limit(50)).all()
        assert {each.model for each in needed} == {StaffingModel.WORKLOAD}

    def test_half_hours_of_a_coarse_source_are_shared_by_their_quarters(self, queue):
        from sqlalchemy import delete

        from callcenter.acd.models import QueueInterval
        from callcenter.engine.intervals import day_grid

        odd = [
            row.interval_start
            for row in db.session.scalars(select(QueueInterval))
            if row.interval_start.minute in {15, 45}
        ]
        db.session.execute(
            delete(QueueInterval).where(QueueInterval.interval_start.in_(odd))
        )
        db.session.commit()
        grid = day_grid(FIRST, 1, zone=queue.project.tz, interval_s=900)

        volume = queries.actual_volume(queue, grid)

        assert np.array_equal(volume[0, 0::2], volume[0, 1::2])
        assert volume[0, 40] > 0

    def test_refuses_a_project_without_facts(self, app):
        with pytest.raises(NoHistory):
            make_forecast([make_queue()], MONDAY)

    def test_a_queue_without_facts_beside_others_is_expected_to_stay_empty(self, queue):
        new = make_queue(queue.project)

        forecast = make_forecast([queue, new], MONDAY)

        bases = {row.queue_id: row.basis for row in forecast.queues}
        assert bases[new.id] == "empty"
        assert queries.day_totals(forecast.id)[new.id] == 0.0

    @pytest.mark.parametrize(
        ("n_days", "interval_s", "method"),
        [(0, 900, "naive"), (449, 900, "naive"), (7, 600, "naive"), (7, 900, "taste")],
    )
    def test_refuses_an_impossible_wish(self, queue, n_days, interval_s, method):
        with pytest.raises(Invalid):
            services.draft_forecast(
                [queue], MONDAY, n_days, interval_s=interval_s, method=method
            )

    def test_refuses_queues_of_two_projects(self, queue):
        with pytest.raises(Invalid):
            services.draft_forecast([queue, make_queue()], MONDAY, 7)


class TestTheJob:
    def test_makes_the_forecast_and_leads_to_it(self, queue):
        with transaction():
            queue = db.session.merge(queue)
            forecast, job = services.make_forecast([queue], MONDAY, 7)

        run_queued()

        job = db.session.get(Job, job.id, populate_existing=True)
        assert job.state is JobState.DONE, job.error
        assert job.result["page"][0] == "forecasting.forecast"
        db.session.refresh(forecast)
        assert forecast.status is ForecastStatus.DRAFT

    def test_tells_why_a_forecast_could_not_be_made(self, app):
        queue = make_queue()
        with transaction():
            forecast, job = services.make_forecast([queue], MONDAY, 7)

        run_queued()

        db.session.refresh(forecast)
        assert forecast.status is ForecastStatus.FAILED
        assert "facts" in forecast.refusal
        assert db.session.get(Job, job.id, populate_existing=True).state is (
            JobState.FAILED
        )

    def test_approves_and_does_so_once(self, queue):
        forecast = make_forecast([queue], MONDAY, 7)
        with transaction():
            found = queries.get_forecast(forecast.id, SYSTEM.scope("any"))
            services.request_approval(found)
            enqueue("forecasting.approve", {"forecast_id": forecast.id})

        run_queued()

        db.session.refresh(forecast)
        assert forecast.status is ForecastStatus.APPROVED
        states = db.session.scalars(select(Job.state)).all()
        assert set(states) == {JobState.DONE}


class TestAdjusting:
    def test_a_new_total_keeps_the_shape_of_the_day(self, queue):
        forecast = make_forecast([queue], MONDAY)
        before = queries.find_day(forecast.id, queue.id, MONDAY).planned

        services.adjust_day(forecast, queue.id, MONDAY, 900.0, comment="mailing")

        row = queries.find_day(forecast.id, queue.id, MONDAY)
        assert row.total == pytest.approx(900)
        assert row.planned / row.planned.sum() == pytest.approx(before / before.sum())
        assert row.model_total == pytest.approx(before.sum())

    def test_a_range_changes_its_own_hours_only(self, queue):
        forecast = make_forecast([queue], MONDAY)
        before = queries.find_day(forecast.id, queue.id, MONDAY).planned.copy()

        services.adjust_day(
            forecast, queue.id, MONDAY, 100.0, first_slot=40, end_slot=48
        )

        planned = queries.find_day(forecast.id, queue.id, MONDAY).planned
        assert planned[40:48].sum() == pytest.approx(100)
        assert planned[48:] == pytest.approx(before[48:])

    def test_a_day_set_to_nothing_by_mistake_gets_its_shape_back(self, queue):
        forecast = make_forecast([queue], MONDAY)
        before = queries.find_day(forecast.id, queue.id, MONDAY).planned.copy()

        services.adjust_day(forecast, queue.id, MONDAY, 0.0)
        services.adjust_day(forecast, queue.id, MONDAY, 900.0)

        planned = queries.find_day(forecast.id, queue.id, MONDAY).planned
        assert planned / planned.sum() == pytest.approx(before / before.sum(), abs=1e-6)

    def test_taking_the_first_of_two_back_keeps_the_second(self, queue):
        forecast = make_forecast([queue], MONDAY)
        first = services.adjust_day(forecast, queue.id, MONDAY, 900.0)
        services.adjust_day(
            forecast, queue.id, MONDAY, 50.0, first_slot=40, end_slot=44
        )

        services.undo_adjustment(forecast, first)

        row = queries.find_day(forecast.id, queue.id, MONDAY)
        assert row.planned[40:44].sum() == pytest.approx(50, rel=1e-5)
        assert row.planned[48:] == pytest.approx(row.mean[48:])

    def test_an_expected_zero_is_shared_by_the_open_hours(self, queue):
        opens(queue, range(7), 9, 17)
        empty = make_queue(queue.project)
        opens(empty, range(7), 9, 17)
        forecast = make_forecast([queue, empty], MONDAY)

        services.adjust_day(forecast, empty.id, MONDAY, 64.0)

        planned = queries.find_day(forecast.id, empty.id, MONDAY).planned
        assert planned[36:68] == pytest.approx(2.0)
        assert planned.sum() == pytest.approx(64)

    def test_refuses_a_closed_day_and_a_day_outside(self, queue):
        opens(queue, range(5))
        forecast = make_forecast([queue], MONDAY)

        with pytest.raises(DayClosed):
            services.adjust_day(forecast, queue.id, MONDAY + timedelta(days=5), 10.0)
        with pytest.raises(NoSuchDay):
            services.adjust_day(forecast, queue.id, MONDAY + timedelta(days=50), 10.0)

    def test_an_approved_forecast_does_not_change(self, queue):
        forecast = make_approved([queue], MONDAY)

        with pytest.raises(ForecastClosed):
            services.adjust_day(forecast, queue.id, MONDAY, 10.0)
        with pytest.raises(ForecastClosed):
            services.delete_forecast(forecast)


class TestScope:
    def test_a_forecast_outside_the_scope_is_not_found(self, queue):
        from callcenter.kernel.actor import Scope

        forecast = make_forecast([queue], MONDAY, 1)

        with pytest.raises(NotFound):
            queries.get_forecast(forecast.id, Scope(project_ids=frozenset({99999})))
