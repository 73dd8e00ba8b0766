"""What scheduling shows on first pages."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.scheduling import queries
from callcenter.scheduling.models import CoverageInterval, ScheduleStatus
from tests.factories.scheduling import MONDAY, at, make_schedule


@pytest.fixture
def week(center):
    """A published week: on Monday ten quarters ask for 4, half of them get 3."""
    schedule = make_schedule(center, status=ScheduleStatus.PUBLISHED)
    start = at(center, MONDAY, 9)
    rows = [
        {
            "schedule_id": schedule.id,
            "queue_id": center.queue.id,
            "interval_start": start + timedelta(minutes=15) * place,
            "required_agents": 4.0,
            "scheduled_agents": 3.0 if place < 5 else 6.0,
        }
        for place in range(10)
    ]
    db.session.execute(insert(CoverageInterval), rows)
    db.session.commit()
    return schedule


def test_planners_look_at_the_coming_days_first(center, week, sign_in_as):
    with clock.frozen(at(center, MONDAY, 8)):
        page = sign_in_as("planner").get("/").text

    assert "Week: 88% covered, 1.2 h missing" in page
    assert f"/schedules/{week.id}/board" in page
    assert "required 4, scheduled 3" in page


def test_the_next_week_of_the_same_name_is_told_together(center, week):
    later = make_schedule(
        center, first_day=MONDAY + timedelta(days=7), status=ScheduleStatus.PUBLISHED
    )
    start = at(center, MONDAY, 9)
    row = {"queue_id": center.queue.id, "required_agents": 8.0, "scheduled_agents": 0.0}
    row |= {"schedule_id": later.id, "interval_start": start + timedelta(days=7)}
    db.session.execute(insert(CoverageInterval), [row])

    (both,) = queries.outlook(EVERYTHING, start, start + timedelta(days=8), most=5)
    totals = queries.totals_ahead(both, start, start + timedelta(days=8))

    assert (both.schedule_id, both.required_h, both.missing_h) == (week.id, 12.0, 3.25)
    assert [required for _at, required, _s in totals] == [4.0] * 10 + [8.0]


def test_drafts_of_days_to_come_wait_for_whoever_may_publish(center, sign_in_as):
    draft = make_schedule(center)
    with clock.frozen(at(center, MONDAY, 8)):
        planner = sign_in_as("planner").get("/").text
    with clock.frozen(at(center, MONDAY + timedelta(days=8), 8)):
        later = sign_in_as("planner").get("/").text

    assert f'href="/schedules/{draft.id}"' in planner
    assert f'href="/schedules/{draft.id}"' not in later


def test_only_the_future_counts_and_the_shortest_comes_first(center, week):
    start = at(center, MONDAY, 9)
    half = start + timedelta(minutes=75)

    (whole,) = queries.outlook(EVERYTHING, start, start + timedelta(days=1), most=5)
    (rest,) = queries.outlook(EVERYTHING, half, half + timedelta(days=1), most=5)
    nothing = queries.outlook(EVERYTHING, start, start, most=5)

    assert (whole.required_h, whole.missing_h) == (10.0, 1.25)
    assert (rest.required_h, rest.missing_h, rest.covered) == (5.0, 0.0, 1.0)
    assert nothing == []
