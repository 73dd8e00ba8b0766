"""What happens with odd data: the answers of the table in the guide."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from callcenter.acd.models import QueueDay, QueueInterval
from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import make_calendar, make_history
from callcenter.forecasting import queries
from callcenter.kernel import clock
from callcenter.kernel.db import db
from tests.factories.forecasting import make_facts, make_forecast
from tests.factories.projects import make_project, make_queue

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 15)
N_HISTORY = (MONDAY - FIRST).days


@pytest.fixture(autouse=True)
def now(app):
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield


def totals(forecast, queue):
    return np.array([r.total for r in queries.forecast_days(forecast.id, queue.id)])


def findings(forecast, queue, kind):
    found, _tested = queries.evidence(forecast.id, queue.id)
    return {each.day: each.size for each in found if each.kind == kind}


def test_three_days_of_history_are_too_few_and_it_says_so():
    queue = make_queue()
    make_facts(queue, MONDAY - timedelta(days=3), 3)

    forecast = make_forecast([queue], MONDAY)

    assert forecast.queues[0].basis == "few"
    assert forecast.queues[0].n_history_days == 3
    assert not totals(forecast, queue).any()


def test_all_zeros_are_forecast_as_zero_and_it_says_so():
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY)
    for table in (QueueInterval, QueueDay):
        db.session.execute(
            update(table).where(table.queue_id == queue.id).values(offered=0)
        )
    db.session.commit()

    forecast = make_forecast([queue], MONDAY)

    assert forecast.queues[0].basis == "empty"
    assert not totals(forecast, queue).any()


def test_an_interval_missing_every_day_lies_between_its_neighbours():
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY, per_interval=20.0)
    for day in range(N_HISTORY):
        noon = datetime.combine(FIRST + timedelta(days=day), time(4), UTC)
        row = db.session.get(QueueInterval, (queue.id, noon))
        if row is not None:
            db.session.delete(row)
    db.session.commit()

    forecast = make_forecast([queue], MONDAY)

    row = queries.forecast_days(forecast.id, queue.id)[0]
    around = (row.mean[47] + row.mean[49]) / 2
    assert row.mean[48] == pytest.approx(around, rel=0.25)
    assert len(findings(forecast, queue, "gap")) > 60


def test_an_interval_is_never_stored_twice():
    queue = make_queue()
    make_facts(queue, FIRST, 14)
    row = db.session.query(QueueInterval).filter_by(queue_id=queue.id).first()

    with pytest.raises(IntegrityError):
        db.session.execute(
            insert(QueueInterval),
            [
                {
                    "queue_id": row.queue_id,
                    "interval_start": row.interval_start,
                    "day": row.day,
                    "offered": 1,
                }
            ],
        )
    db.session.rollback()


def test_a_day_that_holds_the_counts_of_another_is_found():
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY)
    copied, origin = MONDAY - timedelta(days=5), MONDAY - timedelta(days=12)
    rows = db.session.query(QueueInterval).filter_by(queue_id=queue.id).all()
    by_start = {row.interval_start: row for row in rows}
    for row in rows:
        if row.day == copied:
            db.session.delete(row)
    db.session.flush()
    for start, row in by_start.items():
        if row.day == origin:
            twin = QueueInterval(
                queue_id=queue.id,
                interval_start=start + timedelta(days=7),
                day=copied,
                offered=row.offered,
                answered=row.answered,
                talk_s=row.talk_s,
            )
            db.session.add(twin)
    db.session.commit()

    forecast = make_forecast([queue], MONDAY)

    assert findings(forecast, queue, "duplicate") == {copied: 7.0}


@pytest.mark.parametrize("changes_on", [date(2025, 10, 26), date(2026, 3, 29)])
def test_clocks_that_change_lose_and_double_nothing(changes_on):
    queue = make_queue(make_project(zone="Europe/Lisbon"))
    make_facts(queue, changes_on - timedelta(days=40), 70, hours=(0, 24))
    monday = changes_on + timedelta(days=30 - (changes_on.weekday() + 30) % 7)

    with clock.frozen(datetime.combine(monday, datetime.min.time(), UTC)):
        forecast = make_forecast([queue], monday)

    assert changes_on not in findings(forecast, queue, "outlier")
    assert totals(forecast, queue)[:7] == pytest.approx(
        totals(forecast, queue)[7:], rel=0.05
    )


def test_a_strike_is_found_and_does_not_pull_the_forecast_down():
    queue, struck = make_queue(), make_queue()
    strike = {MONDAY - timedelta(days=each) for each in (17, 18, 19)}
    make_facts(queue, FIRST, N_HISTORY)
    make_facts(struck, FIRST, N_HISTORY, without=strike)

    plain = totals(make_forecast([queue], MONDAY), queue)
    forecast = make_forecast([struck], MONDAY)

    assert strike <= findings(forecast, struck, "gap").keys()
    assert totals(forecast, struck).sum() == pytest.approx(plain.sum(), rel=0.05)


def test_handling_times_of_zero_say_nothing():
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY, aht_s=0)

    forecast = make_forecast([queue], MONDAY)

    row = queries.forecast_days(forecast.id, queue.id)[0]
    assert row.total > 100
    assert not np.nan_to_num(row.aht_s).any()
    assert row.workload_s == 0.0


def test_negative_numbers_are_refused_before_anything_is_learnt():
    with pytest.raises(EngineInputError, match="negative"):
        make_history([[1.0, -1.0]], make_calendar([0], 2))
