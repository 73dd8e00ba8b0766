"""Totals that add up, and campaigns that become forecasts."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import DayClosed, ForecastClosed, NoSuchDay
from callcenter.forecasting.models import AddingUp, CampaignPlan, Release
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import run_queued
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Direction
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_project, make_queue

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 15)
N_HISTORY = (MONDAY - FIRST).days


@pytest.fixture(autouse=True)
def now(app):
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield


def again(queue):
    """The queue as a new request would read it."""
    return project_queries.get_queue(queue.id, EVERYTHING)


@pytest.fixture
def queues(app):
    project = make_project()
    found = [make_queue(project), make_queue(project)]
    for seed, (queue, size) in enumerate(zip(found, (6.0, 2.0), strict=True)):
        make_facts(queue, FIRST, N_HISTORY, per_interval=size, seed=seed)
    return found


def totals(forecast, queue):
    return np.array([r.total for r in queries.forecast_days(forecast.id, queue.id)])


def work_out_again(forecast):
    with transaction():
        services.work_out_again(queries.get_forecast(forecast.id, EVERYTHING))
    run_queued()
    db.session.expire_all()


def plan(forecast, how):
    with transaction():
        services.plan_total(queries.get_forecast(forecast.id, EVERYTHING), how)
    work_out_again(forecast)


class TestTotals:
    def test_the_total_is_forecast_as_one_series_beside_the_sum(self, queues):
        forecast = make_forecast([again(each) for each in queues], MONDAY)

        own = queries.total_days(forecast.id)
        summed = sum(totals(forecast, each) for each in queues)
        assert len(own) == 14
        np.testing.assert_allclose([each.mean for each in own], summed, rtol=0.1)
        assert all(each.lower < each.mean < each.upper for each in own)

    @pytest.mark.parametrize("how", [AddingUp.TOP_DOWN, AddingUp.RECONCILED])
    def test_queues_and_total_come_to_add_up(self, queues, how):
        forecast = make_forecast([again(each) for each in queues], MONDAY)
        before = [totals(forecast, each) for each in queues]
        own = np.array([each.mean for each in queries.total_days(forecast.id)])

        plan(forecast, how)

        after = [totals(forecast, each) for each in queues]
        low, high = np.minimum(sum(before), own), np.maximum(sum(before), own)
        assert (sum(after) > low - 0.1).all()
        assert (sum(after) < high + 0.1).all()
        if how is AddingUp.TOP_DOWN:
            np.testing.assert_allclose(sum(after), own, rtol=1e-3)
            np.testing.assert_allclose(
                after[0] / sum(after), before[0] / sum(before), rtol=1e-3
            )

    def test_one_queue_has_no_total_of_its_own(self, queues):
        forecast = make_forecast([again(queues[0])], MONDAY)

        assert not queries.total_days(forecast.id)

    def test_a_total_set_by_hand_is_split_by_the_forecast(self, queues):
        forecast = make_forecast([again(each) for each in queues], MONDAY)
        before = [totals(forecast, each)[2] for each in queues]
        day = MONDAY + timedelta(days=2)

        with transaction():
            found = queries.get_forecast(forecast.id, EVERYTHING)
            changes = services.set_total(found, day, 1000.0, comment="fair")

        after = [totals(forecast, each)[2] for each in queues]
        assert sum(after) == pytest.approx(1000.0, rel=1e-4)
        assert after[0] / after[1] == pytest.approx(before[0] / before[1], rel=1e-4)
        assert {each.comment for each in changes} == {"fair"}

    def test_what_cannot_be_split_is_refused(self, queues):
        forecast = make_forecast([again(each) for each in queues], MONDAY)
        found = queries.get_forecast(forecast.id, EVERYTHING)
        with pytest.raises(NoSuchDay):
            services.set_total(found, MONDAY - timedelta(days=1), 10.0)
        with transaction():
            found = queries.get_forecast(forecast.id, EVERYTHING)
            services.set_total(found, MONDAY, 0.0)
        found = queries.get_forecast(forecast.id, EVERYTHING)
        with pytest.raises(DayClosed):
            services.set_total(found, MONDAY, 10.0)

    def test_an_approved_forecast_keeps_its_totals(self, queues):
        forecast = make_approved([again(each) for each in queues], MONDAY)
        found = queries.get_forecast(forecast.id, EVERYTHING)

        with pytest.raises(ForecastClosed):
            services.set_total(found, MONDAY, 10.0)

    def test_a_deleted_draft_takes_its_totals_along(self, queues):
        forecast = make_forecast([again(each) for each in queues], MONDAY)
        plan(forecast, AddingUp.TOP_DOWN)
        with transaction():
            found = queries.get_forecast(forecast.id, EVERYTHING)
            services.delete_forecast(found)

        assert not queries.total_days(forecast.id)
        assert queries.find_total_plan(forecast.id) is None


@pytest.fixture
def dialling(app):
    queue = make_queue(direction=Direction.OUTBOUND)
    make_facts(queue, FIRST, N_HISTORY, aht_s=90)
    return queue


def values(**more):
    return {
        "name": "Renewals",
        "first_day": MONDAY,
        "last_day": MONDAY + timedelta(days=6),
        "list_size": 2000,
        "release": Release.DAILY,
        "most_attempts": 3,
        "fading": 0.8,
        "contact_rate": [0.0] * 9 + [0.3] * 11 + [0.0] * 4,
        "retries": [[0.3, 2.0], [0.6, 24.0], [0.1, 0.0]],
        "dials_per_h": 100.0,
        "talk_s": 200.0,
        "wrap_s": 40.0,
        "dial_s": 10.0,
        "comment": "",
    } | more


def save(queue, **more):
    with transaction():
        return services.save_campaign(None, again(queue), **values(**more))


class TestCampaigns:
    def test_its_days_are_dialled_by_plan_and_the_others_as_ever(self, dialling):
        before = totals(make_forecast([again(dialling)], MONDAY), dialling)
        save(dialling)

        forecast = make_forecast([again(dialling)], MONDAY)

        after = totals(forecast, dialling)
        plan = queries.campaigns_within([dialling.id], MONDAY, MONDAY)[dialling.id][0]
        work = services.follow_campaign(
            plan, services.hours_of(plan, again(dialling), 900), 900
        )
        np.testing.assert_allclose(after[:7], work.dials.sum(axis=1), rtol=1e-5)
        np.testing.assert_allclose(after[7:], before[7:])
        row = queries.forecast_days(forecast.id, dialling.id)[0]
        np.testing.assert_allclose(row.workload_s, work.work_s[0].sum(), rtol=1e-4)
        assert (row.lower <= row.mean + 1e-3).all()
        assert (row.mean <= row.upper + 1e-3).all()
        assert forecast.queues[0].basis == "campaign"

    def test_a_queue_that_never_dialled_is_forecast_from_its_plan(self, app):
        new = make_queue(direction=Direction.OUTBOUND)
        save(new)

        forecast = make_forecast([again(new)], MONDAY)

        assert totals(forecast, new)[:7].sum() > 2000
        assert not totals(forecast, new)[7:].any()

    def test_everybody_on_the_list_is_reached_given_up_or_left(self, dialling):
        plan = CampaignPlan(**values(release=Release.AT_ONCE))
        is_open = np.ones((7, 96), dtype=bool)

        work = services.follow_campaign(plan, is_open, 900)

        total = work.contacts.sum() + work.never_reached + work.left_over
        assert total == pytest.approx(2000.0, rel=1e-6)
        assert (work.dials <= 25.0 + 1e-9).all()
        assert not work.contacts[:, :36].any()

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"last_day": MONDAY - timedelta(days=1)}, "last_day"),
            ({"last_day": MONDAY + timedelta(days=400)}, "last_day"),
            ({"contact_rate": [0.0] * 24}, "contact_rate"),
            ({"retries": [[0.5, 2.0]]}, "retries"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_its_field(self, dialling, more, field):
        with pytest.raises(Invalid) as refusal:
            save(dialling, **more)

        assert refusal.value.context["fields"] == (field,)

    def test_an_inbound_queue_dials_no_list(self, queues):
        with pytest.raises(Invalid):
            save(queues[0])

    def test_first_figures_are_those_of_the_last_weeks(self, dialling):
        found = services.practice_of(again(dialling))

        assert found.contact_rate[10] == pytest.approx(0.5, abs=0.1)
        assert found.contact_rate[3] == 0.0
        assert found.talk_s == pytest.approx(2 * 90, rel=0.2)
        assert services.practice_of(make_queue(direction=Direction.OUTBOUND)) is None
