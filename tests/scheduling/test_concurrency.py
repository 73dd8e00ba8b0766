"""Two planners at once: the database itself decides who gets the seat."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from callcenter.app import create_app
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Conflict
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import Shift
from tests.factories.scheduling import (
    MONDAY,
    at,
    make_center,
    make_schedule,
    make_shift,
)

N_PLANNERS = 8


@pytest.fixture
def own_app(backend, config, fresh_database):
    """An application with a database that several threads really share."""
    app = create_app(replace(config, database_url=fresh_database(backend)))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(app, works):
    """Run the works in threads that start together; returns what each came to."""
    barrier = threading.Barrier(len(works))
    results = [None] * len(works)

    def run(place, work):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    work()
                results[place] = "won"
            except (IntegrityError, OperationalError, Conflict) as refusal:
                results[place] = type(refusal).__name__
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=run, args=(place, work))
        for place, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_exactly_one_of_many_gets_the_seat(own_app):
    center = make_center(n_agents=N_PLANNERS)
    schedule = make_schedule(center)
    shifts = [
        make_shift(
            schedule,
            agent,
            at(center, MONDAY, 9) + timedelta(minutes=15 * number),
            seat=center.seats[0],
        ).id
        for number, agent in enumerate(center.employees)
    ]
    db.session.remove()

    def take(shift_id):
        statement = update(Shift).where(Shift.id == shift_id).values(is_live=True)
        return lambda: db.session.execute(statement)

    results = at_once(own_app, [take(shift_id) for shift_id in shifts])

    n_live = db.session.scalar(select(func.count()).where(Shift.is_live))
    assert results.count("won") == 1
    assert n_live == 1


def test_of_two_who_publish_at_once_both_end_in_one_consistent_state(own_app):
    center = make_center(n_agents=2, n_seats=1)
    ids = []
    for _each in range(2):
        schedule = make_schedule(center)
        make_shift(
            schedule, center.employees[0], at(center, MONDAY, 9), seat=center.seats[0]
        )
        ids.append(schedule.id)
    db.session.remove()

    def publish(schedule_id):
        return lambda: services.publish_schedule(
            queries.get_schedule(schedule_id, EVERYTHING)
        )

    results = at_once(own_app, [publish(each) for each in ids])

    n_live = db.session.scalar(select(func.count()).where(Shift.is_live))
    assert "won" in results
    assert n_live == 1
