"""Who is counted as being there: own agents, and those whom others have at work."""

from datetime import timedelta

import numpy as np
import pytest

from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.people.models import Team
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import Schedule
from callcenter.scheduling.services.coverage import store_coverage
from tests.factories.scheduling import (
    MONDAY,
    at,
    make_agent,
    make_schedule,
    make_shift,
    require,
)

WEEK = timedelta(days=7)
SUNDAY = MONDAY + timedelta(days=6)
NEXT_MONDAY = MONDAY + WEEK
QUARTER = timedelta(minutes=15)


@pytest.fixture
def night(center):
    """The night from Sunday to the Monday of the week after: three are wanted."""
    require(center, [NEXT_MONDAY], 3, opens=0, closes=8)
    week = make_schedule(center)
    make_shift(
        week, center.employees[0], at(center, SUNDAY, 22), hours=8, has_breaks=False
    )
    return week


def publish(schedule):
    with transaction():
        services.publish_schedule(queries.get_schedule(schedule.id, EVERYTHING))


def count(schedule):
    """Store what the queue asks for in the schedule's days, and who is there."""
    with transaction():
        found = queries.get_schedule(schedule.id, EVERYTHING)
        ground = services.build_ground(found)
        store_coverage(found.id, ground, np.zeros_like(ground.required_agents))
        services.recount_coverage(found, found.starts_at, found.ends_at)
    return ground


def there(center, day, hour, schedule=None):
    """Agents required and there on the coverage page, or as a schedule has them."""
    since = at(center, day, hour)
    if schedule is not None:
        (row,) = queries.coverage_totals(schedule.id, since, since + QUARTER)
        return row[1:]
    rows = queries.coverage_of_queue([center.queue.id], since, since + QUARTER, QUARTER)
    return rows[0][1:] if rows else None


class TestNightIntoTheNextSchedule:
    def test_counts_in_its_first_morning(self, center, night):
        publish(night)
        following = make_schedule(center, first_day=NEXT_MONDAY)

        ground = count(following)

        assert there(center, NEXT_MONDAY, 5, following) == (3, 1)
        assert there(center, NEXT_MONDAY, 7, following) == (3, 0)
        asked = ground.problem.demand.required_agents[0]
        assert (asked[5 * 4], asked[7 * 4]) == (2, 3)
        assert ground.required_agents[0, 5 * 4] == 3

    def test_counts_as_soon_as_it_is_published(self, center, night):
        following = make_schedule(center, first_day=NEXT_MONDAY)
        count(following)
        before = there(center, NEXT_MONDAY, 5, following)

        publish(night)

        assert before == (3, 0)
        assert there(center, NEXT_MONDAY, 5, following) == (3, 1)

    def test_is_missed_when_it_is_taken_off(self, center, night):
        publish(night)
        following = make_schedule(center, first_day=NEXT_MONDAY)
        make_shift(following, center.employees[1], at(center, NEXT_MONDAY, 9))
        count(following)
        publish(following)
        assert there(center, NEXT_MONDAY, 5) == (3, 1)

        with transaction():
            (row,) = queries.shift_spans(night.id, night.starts_at, night.ends_at)
            services.delete_shift(queries.get_shift(row[0], EVERYTHING))

        assert there(center, NEXT_MONDAY, 5) == (3, 0)


class TestTwoSchedulesOfOneQueue:
    def test_ask_once_and_give_together(self, center):
        require(center, [MONDAY], 3)
        first = make_schedule(center)
        make_shift(first, center.employees[0], at(center, MONDAY, 9), has_breaks=False)
        count(first)
        publish(first)
        other = other_team(center)

        ground = count(other)
        publish(other)

        assert there(center, MONDAY, 10) == (3, 2)
        assert ground.problem.demand.required_agents[0, 10 * 4] == 2
        on_duty = queries.agents_on_duty(
            [center.queue.id], at(center, MONDAY, 10), at(center, MONDAY, 11)
        )
        assert set(on_duty[center.queue.id].values()) == {2.0}

    def test_what_a_new_edition_replaces_is_not_there(self, center):
        require(center, [MONDAY], 3)
        first = make_schedule(center)
        make_shift(first, center.employees[0], at(center, MONDAY, 9), has_breaks=False)
        count(first)
        publish(first)

        edition = make_schedule(center)
        ground = count(edition)

        assert ground.problem.demand.required_agents[0, 10 * 4] == 3
        assert there(center, MONDAY, 10, edition) == (3, 0)


def other_team(center) -> Schedule:
    """A draft of a second team that serves the same queue, one agent at work."""
    team = Team(code="OTHER", name="Other team", site_id=center.site.id)
    db.session.add(team)
    db.session.flush()
    agent = make_agent(center, team_id=team.id)
    schedule = services.create_schedule(
        name="Other",
        site=center.site,
        first_day=MONDAY,
        last_day=SUNDAY,
        team_ids=[team.id],
        queue_ids=[center.queue.id],
    )
    db.session.commit()
    make_shift(schedule, agent, at(center, MONDAY, 9), has_breaks=False)
    return schedule
