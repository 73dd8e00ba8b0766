"""The page of requirements: a queue, a part of a pool, and who was there."""

from datetime import UTC, date, datetime

import pytest

from callcenter.acd.models import AgentInterval, AgentTimeInterval
from callcenter.forecasting import queries, services
from callcenter.kernel import clock
from callcenter.kernel.db import db
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_queue, make_target

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
FIRST = date(2025, 12, 29)
N_HISTORY = (MONDAY - FIRST).days
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def queue(app):
    queue = make_queue(name="Bills")
    make_facts(queue, FIRST, N_HISTORY, per_interval=8.0)
    make_target(queue)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


@pytest.fixture
def pool(queue):
    other = make_queue(queue.project, name="Repairs")
    make_facts(other, FIRST, N_HISTORY, per_interval=4.0, seed=2)
    make_target(other)
    for each in (queue, other):
        services.own_assumption(each).is_pooled = True
    db.session.commit()
    return [queue, other]


class TestAPool:
    @pytest.mark.parametrize("make", [make_approved, make_forecast])
    def test_is_whole_agents_of_which_each_queue_has_a_part(
        self, make, pool, sign_in_as
    ):
        forecast = make(pool, MONDAY, 7)
        given = services.Premises.of(forecast)
        page = text(
            sign_in_as("planner").get(
                f"/forecasts/{forecast.id}/requirement?queue={pool[0].id}&day={TUESDAY}"
            )
        )

        whole = services.pool_required(forecast, pool, TUESDAY, given)
        parts = [
            services.requirement_of(forecast, each, TUESDAY, 1).staffing
            for each in pool
        ]
        assert sum(whole.values()) == pytest.approx(
            sum(each.required_agents.sum() for each in parts)
        )
        assert all(abs(each - round(each)) < 1e-5 for each in whole.values())
        assert "Most agents of the pool at once" in page
        assert "s part" in page

    def test_a_queue_by_itself_is_no_pool(self, queue, sign_in_as):
        forecast = make_forecast([queue], MONDAY, 7)
        page = text(sign_in_as("planner").get(f"/forecasts/{forecast.id}/requirement"))

        given = services.Premises.of(forecast)
        assert services.pool_required(forecast, [queue], MONDAY, given) == {}
        assert "Most agents at once" in page
        assert "part" not in page.split("Intervals of")[1].split("</table>")[0]


class TestWhoWasThere:
    def test_an_agent_of_two_queues_counts_in_each_by_handling_time(self, pool):
        for of, talk_s in ((pool[0], 900), (pool[1], 300)):
            db.session.add(
                AgentInterval(
                    interval_start=NINE,
                    agent_id=1,
                    queue_id=of.id,
                    day=MONDAY,
                    talk_s=talk_s,
                )
            )
        db.session.add(
            AgentTimeInterval(
                agent_id=1, interval_start=NINE, day=MONDAY, available_s=300, busy_s=600
            )
        )
        db.session.commit()

        here, there = (
            queries.agents_on(each.id, NINE, NINE.replace(hour=10)) for each in pool
        )

        assert here == {NINE: pytest.approx(0.75)}
        assert there == {NINE: pytest.approx(0.25)}


class TestAnHour:
    def test_is_an_interval_that_can_be_forecast_and_required_for(
        self, queue, sign_in_as
    ):
        forecast = make_approved([queue], MONDAY, 7, interval_s=3600)
        need = services.requirement_of(forecast, queue, TUESDAY, 1)
        planner = sign_in_as("planner")
        page = planner.get(f"/forecasts/{forecast.id}/requirement?day={TUESDAY}")
        bench = planner.get(f"/forecasts/{forecast.id}")

        assert need.load.offered.size == 24
        assert need.staffing.required_agents.max() >= 2.0
        assert page.status_code == bench.status_code == 200
        assert ">10:00<" in text(page)
