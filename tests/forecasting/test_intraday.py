"""Today: what was learnt at night, and the rest of the day forecast anew."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from callcenter.acd.models import QueueInterval
from callcenter.forecasting import queries, services
from callcenter.forecasting.events import duty_wanted
from callcenter.forecasting.models import WHOLE_PROJECT
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from callcenter.projects import queries as project_queries
from tests.factories.forecasting import make_approved, make_facts
from tests.factories.projects import make_project, make_queue, make_target

MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def queue(app):
    queue = make_queue(make_project(zone="UTC"), name="Bills")
    make_target(queue)
    make_facts(queue, MONDAY - timedelta(days=42), 42)
    with clock.frozen(datetime(2026, 3, 2, 2, tzinfo=UTC)), acting(SYSTEM):
        make_approved([queue], MONDAY, 14)
        with transaction():
            services.request_learning_of(project(queue))
        run_queued()
    queue = project_queries.get_queue(queue.id, EVERYTHING)
    make_facts(queue, MONDAY, 1, per_interval=9.0, seed=7)
    after = QueueInterval.interval_start >= NOON
    db.session.execute(delete(QueueInterval).where(after))
    db.session.commit()
    with clock.frozen(NOON + timedelta(minutes=4)), acting(SYSTEM):
        yield queue


def project(queue):
    return project_queries.get_project(queue.project_id, EVERYTHING)


def look(queue, place=None):
    facts = services.facts_of_today(queue.project, [queue])
    plan = queries.ruling_days(queue.project_id, facts.day, [queue.id])
    row = queries.find_day_model(queue.project_id, queue.id if place is None else place)
    return facts, plan, services.day_so_far(facts, [queue.id], row, plan)


class TestDaySoFar:
    def test_the_hours_seen_lift_the_rest(self, queue):
        facts, _plan, today = look(queue)

        assert facts.seen_until == NOON
        assert today.is_learnt
        assert np.isfinite(today.seen[:48]).all()
        assert np.isnan(today.seen[48:]).all()
        assert today.update.mean[48:].sum() > today.expected[48:].sum()
        assert today.seen_total > 1.2 * today.expected_so_far

    def test_the_total_is_what_came_and_what_is_expected(self, queue):
        _facts, _plan, today = look(queue)

        assert today.total.lower < today.total.mean < today.total.upper
        assert today.total.mean == pytest.approx(today.update.mean.sum())
        assert today.total.lower >= today.seen_total

    def test_all_queues_together_are_one_series(self, queue):
        one = queries.find_day_model(queue.project_id, queue.id)
        all_of_them = queries.find_day_model(queue.project_id, WHOLE_PROJECT)

        np.testing.assert_allclose(all_of_them.expected, one.expected)
        np.testing.assert_allclose(all_of_them.spread, one.spread)

    def test_facts_that_stop_early_end_what_is_seen_before_they_are_cut_off(
        self, queue
    ):
        ten = datetime(2026, 3, 2, 10, tzinfo=UTC)
        db.session.execute(
            delete(QueueInterval).where(QueueInterval.interval_start >= ten)
        )

        facts, _plan, today = look(queue)

        assert facts.seen_until == ten - timedelta(minutes=15)
        assert np.isnan(today.seen[39:]).all()

    def test_without_a_model_the_plan_is_moved(self, queue):
        facts, plan, _today = look(queue)

        today = services.day_so_far(facts, [queue.id], None, plan)

        assert not today.is_learnt
        np.testing.assert_allclose(today.expected, today.plan)

    def test_nothing_is_said_where_nothing_was_expected(self, queue):
        facts, _plan, _today = look(queue)

        assert services.day_so_far(facts, [queue.id], None, {}) is None


class TestAgents:
    def test_more_contacts_need_more_agents_than_planned(self, queue):
        facts, plan, today = look(queue)
        required, duty = services.agents_by_slot(facts, [queue.id])

        planned = services.need_for_the_rest(facts, queue.id, today.plan, plan)
        needed = services.need_for_the_rest(facts, queue.id, 1.5 * today.plan, plan)

        assert np.nansum(needed[52:72]) > np.nansum(required[52:72])
        assert np.nansum(planned[52:72]) == pytest.approx(
            np.nansum(required[52:72]), rel=0.1
        )
        assert np.isnan(duty).all()

    def test_nobody_knows_the_need_without_a_requirement(self, queue):
        facts, _plan, today = look(queue)

        needed = services.need_for_the_rest(facts, queue.id, today.plan, {})

        assert np.isnan(needed).all()

    @settings(deadline=None)
    @given(st.integers(0, 2**32 - 1))
    def test_agents_never_fall_as_the_load_grows(self, seed):
        rng = np.random.default_rng(seed)
        load = rng.uniform(0.1, 50.0, rng.integers(12, 60))
        wanted = rng.uniform(0.0, 200.0, 20)
        agents = np.ceil(load + np.sqrt(load))

        found = services.agents_at(np.sort(wanted), load, agents)

        assert (np.diff(found) >= -1e-9).all()
        assert (found >= 1.0).all()

    def test_whoever_knows_schedules_tells_who_is_on_duty(self, queue):
        def tell(asked):
            return {each: {asked.starts_at: 3.0} for each in asked.queue_ids}

        facts, _plan, _today = look(queue)
        with duty_wanted.connected_to(tell):
            _required, duty = services.agents_by_slot(facts, [queue.id])

        assert duty[0] == 3.0

    def test_the_handling_time_follows_what_was_seen(self, queue):
        facts, plan, _today = look(queue)
        longer = facts.handle_s[queue.id] * 1.5

        moved = services.aht_for_the_rest(
            facts.__class__(
                **{
                    name: getattr(facts, name)
                    for name in facts.__dataclass_fields__
                    if name != "handle_s"
                },
                handle_s={queue.id: longer},
            ),
            queue.id,
            plan,
        )

        assert 240 * 1.3 < moved[60] < 240 * 1.5


class TestLearning:
    def test_is_asked_for_once_a_day_when_the_day_has_begun(self, queue):
        asked = []
        for hours in (0, 12, 13.5, 14):
            with clock.frozen(NOON + timedelta(hours=hours)):
                with transaction():
                    asked.append(len(services.request_learning()))
                run_queued()

        assert asked == [0, 0, 1, 0]
