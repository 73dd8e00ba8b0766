"""Reminders: each recruiter hears of the own overdue candidates, once a morning."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db
from callcenter.kernel.jobs.models import Job
from callcenter.recruiting import queries, tasks
from callcenter.recruiting.models import RequisitionState
from tests.factories.access import make_user
from tests.factories.people import make_site
from tests.factories.recruiting import make_application, make_requisition

LONG_AGO = timedelta(days=3)


@pytest.fixture
def wanted(app):
    with acting(SYSTEM):
        yield make_requisition(make_site())


@pytest.fixture
def with_mail(app, monkeypatch):
    config = replace(app.extensions["config"], mail_host="127.0.0.1")
    monkeypatch.setitem(app.extensions, "config", config)


def late(requisition, recruiter):
    return make_application(
        requisition, recruiter_id=recruiter.id, due_at=clock.now() - LONG_AGO
    )


def test_each_recruiter_gets_one_letter(wanted, with_mail):
    one, other = make_user("recruiter"), make_user("recruiter")
    rows = [late(wanted, one) for _ in range(2)]
    late(wanted, other)

    assert tasks.remind(None) == {"letters": 2}

    letters = {job.args["recipient"]: job.args["text"] for job in db.session.query(Job)}
    assert set(letters) == {one.email, other.email}
    assert all(
        queries.get_application(row.id, EVERYTHING).candidate.name in letters[one.email]
        for row in rows
    )


def test_nobody_hears_of_what_is_closed_or_in_time(wanted):
    recruiter = make_user("recruiter")
    make_application(wanted, recruiter_id=recruiter.id)
    site_id = wanted.site_id
    closed = make_requisition(site_of(site_id), state=RequisitionState.CLOSED)
    late(closed, recruiter)

    assert queries.overdue_by_recruiter() == {}


def test_without_a_mail_server_nothing_is_sent(wanted):
    late(wanted, make_user("recruiter"))

    assert tasks.remind(None) == {"letters": 0}


def site_of(site_id):
    from callcenter.people.models import Site

    return db.session.get(Site, site_id)
