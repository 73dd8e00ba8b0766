"""Forecasts that rule, and what is measured of them."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from callcenter.acd.events import FactsChange
from callcenter.engine.staffing import staff_over_time
from callcenter.forecasting import queries, services
from callcenter.forecasting.events import forecast_approved
from callcenter.forecasting.models import (
    Accuracy,
    ForecastStatus,
    Horizon,
    Requirement,
    StaffingModel,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job
from callcenter.projects.models import (
    Channel,
)
from callcenter.scheduling.queries import demand
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_queue, make_target
from tests.forecasting.test_services import opens

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 15)
N_HISTORY = (MONDAY - FIRST).days


@pytest.fixture
def queue(app):
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


class TestApproving:
    def test_asks_for_what_the_engine_answers_under_the_days_target(self, queue):
        make_target(queue, ends_on=MONDAY + timedelta(days=2))
        make_target(
            queue,
            starts_on=MONDAY + timedelta(days=2),
            sl_target=0.95,
            sl_threshold_s=10,
        )

        forecast = make_approved([queue], MONDAY, 4)

        rows = db.session.scalars(
            select(Requirement).order_by(Requirement.interval_start)
        ).all()
        starts = [row.interval_start for row in rows]
        day = np.array([(each - starts[0]).days for each in starts])
        for days, target, threshold in (([0, 1], 0.8, 20), ([2, 3], 0.95, 10)):
            for each in days:
                part = [row for row, d in zip(rows, day, strict=True) if d == each]
                expected = staff_over_time(
                    [row.offered for row in part],
                    240.0,
                    900.0,
                    model="erlang-a",
                    sl_target=target,
                    sl_threshold_s=threshold,
                    patience_s=180.0,
                    max_occupancy=0.85,
                )
                found = [row.required_agents for row in part]
                assert np.mean(found == expected.required_agents) > 0.95
                # The carried state keeps the target on average; see docs/engine.
                assert (
                    min(row.sl for row in part if row.offered > 0.01) >= target - 0.02
                )
        assert forecast.approved_at is not None

    def test_shrinkage_makes_more_be_scheduled_and_c_asks_for_no_less_than_a(
        self, queue
    ):
        make_target(queue)
        services.set_assumption(
            None,
            project_id=queue.project_id,
            queue_id=None,
            model=StaffingModel.ERLANG_C,
            patience_s=60.0,
            max_occupancy=0.9,
            leave_share=0.05,
            meeting_share=0.05,
            training_share=0.0,
            absence_share=0.1,
        )

        make_approved([queue], MONDAY, 1)

        rows = db.session.scalars(select(Requirement)).all()
        required_c = np.array([row.required_c for row in rows])
        required = np.array([row.required_agents for row in rows])
        required_a = np.array([row.required_a for row in rows])
        assert (required_a <= required).all()
        assert np.abs(required - required_c).max() <= 2
        assert all(
            row.scheduled_agents == pytest.approx(row.required_agents / 0.8)
            for row in rows
        )

    def test_a_chat_agent_holds_several_at_once(self, queue):
        chat = make_queue(queue.project, channel=Channel.CHAT, concurrency=3)
        make_facts(chat, FIRST, N_HISTORY)
        make_target(chat)
        make_target(queue)

        make_approved([queue, chat], MONDAY, 1)

        load = dict(
            db.session.execute(
                select(
                    Requirement.queue_id, func.sum(Requirement.load_erlangs)
                ).group_by(Requirement.queue_id)
            ).all()
        )
        assert load[chat.id] == pytest.approx(load[queue.id] / 3, rel=0.01)

    def test_the_later_one_rules_and_the_other_is_history(self, queue):
        make_target(queue)
        first = make_approved([queue], MONDAY, 7)
        second = make_forecast([queue], MONDAY, 7)
        services.adjust_day(second, queue.id, MONDAY, 5000.0)
        told = []
        with forecast_approved.connected_to(
            lambda sender, by: told.append((sender, by))
        ):
            services.approve_forecast(second, by=None)

        assert told == [(second, None)]
        assert first.status is ForecastStatus.SUPERSEDED
        day = db.session.scalar(
            select(func.sum(Requirement.offered)).where(
                Requirement.interval_start < datetime(2026, 3, 2, 16, tzinfo=UTC)
            )
        )
        assert day == pytest.approx(5000, rel=1e-4)

    def test_one_that_still_rules_some_days_stays_approved(self, queue):
        first = make_approved([queue], MONDAY, 14)
        second = make_approved([queue], MONDAY, 7)

        assert first.status is ForecastStatus.APPROVED
        assert second.status is ForecastStatus.APPROVED

    def test_scheduling_gets_what_was_approved(self, queue):
        make_target(queue)
        opens(queue, range(5), 9, 18)
        make_approved([queue], MONDAY, 7)
        starts_at = datetime(2026, 3, 1, 16, tzinfo=UTC)

        arrays = queries.required_by_interval(
            [queue.id], starts_at, starts_at + timedelta(days=1)
        )
        rows = demand.required_by_interval(
            [queue.id], starts_at, starts_at + timedelta(days=1)
        )

        assert len(rows) == arrays.queue_id.size == 36
        assert rows[0].interval_start == datetime(2026, 3, 2, 1, tzinfo=UTC)
        assert arrays.scheduled_agents.min() > 0
        assert [
            row.scheduled_agents for row in rows
        ] == arrays.scheduled_agents.tolist()


class TestAccuracy:
    def test_counts_the_misses_of_full_days_beside_the_naive_ones(self, queue):
        forecast = make_approved([queue], MONDAY, 14)
        make_facts(queue, MONDAY, 3, seed=9)

        with clock.frozen(datetime(2026, 3, 4, 12, tzinfo=UTC)), transaction():
            found = queries.get_forecast(forecast.id, SYSTEM.scope("any"))
            n = services.measure_forecast(found, MONDAY, MONDAY + timedelta(days=9))

        rows = db.session.scalars(select(Accuracy).order_by(Accuracy.day)).all()
        assert n == len(rows) == 2
        assert [row.horizon for row in rows] == [Horizon.DAY, Horizon.WEEK]
        assert 0 < rows[0].abs_error < rows[0].naive_error
        assert rows[0].n_in_band > 0.5 * rows[0].n_intervals

    def test_new_facts_ask_for_it_where_something_was_forecast(self, queue):
        make_approved([queue], MONDAY, 14)
        other = make_queue()
        with acting(SYSTEM), transaction():
            services.request_measuring(FactsChange(queue.project_id, [MONDAY]))
            services.request_measuring(FactsChange(other.project_id, [MONDAY]))

        jobs = db.session.scalars(select(Job)).all()
        kinds = [each.kind for each in jobs]
        assert kinds.count("forecasting.measure") == 1
