"""Programs push events with a token."""

import pytest
from sqlalchemy import func, select

from callcenter.access import services as access_services
from callcenter.acd.models import AgentState, Contact, QueueDay
from callcenter.kernel.actor import SYSTEM, acting
from callcenter.kernel.db import db, transaction
from tests.factories.access import make_user
from tests.factories.projects import make_project, make_queue

CONTACT = {
    "type": "contact",
    "key": "c1",
    "queue": "sales",
    "offered_at": "2026-08-03T09:00:00+08:00",
    "outcome": "answered",
    "wait_s": 5,
    "talk_s": 60,
    "agent": "ann",
}


@pytest.fixture
def project(app):
    project = make_project(zone="UTC", code="LIVE")
    make_queue(project, code="sales")
    return project


@pytest.fixture
def token(project):
    user = make_user("planner")
    with acting(SYSTEM), transaction():
        _row, secret = access_services.issue_api_token(
            user, name="switch", permissions=["acd.push_events"], days=None
        )
    return secret


def push(client, token, *events, **body):
    body = {"project": "LIVE", "source": "switch", "events": list(events), **body}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/api/v1/acd/events", json=body, headers=headers)


def test_a_pushed_contact_counts_at_once(client, token):
    answer = push(client, token, CONTACT)

    assert answer.json == {"new": 1, "corrected": 0, "unchanged": 0}
    assert db.session.scalar(select(func.sum(QueueDay.offered))) == 1


def test_the_same_event_again_changes_nothing(client, token):
    push(client, token, CONTACT)

    answer = push(client, token, CONTACT)

    assert answer.json == {"new": 0, "corrected": 0, "unchanged": 1}


def test_a_newer_version_corrects_and_an_older_one_does_not(client, token):
    push(client, token, {**CONTACT, "version": 2})

    newer = push(client, token, {**CONTACT, "version": 3, "talk_s": 99})
    older = push(client, token, {**CONTACT, "version": 1, "talk_s": 1})

    assert newer.json["corrected"] == 1
    assert older.json["unchanged"] == 1
    assert db.session.scalar(select(Contact.talk_s)) == 99


def test_agent_states_are_taken_too(client, token):
    state = {
        "type": "state",
        "key": "s1",
        "agent": "ann",
        "state": "paused",
        "reason": "lunch",
        "at": "2026-08-03T04:00:00Z",
    }

    answer = push(client, token, state)

    assert answer.json["new"] == 1
    assert db.session.scalar(select(AgentState.reason)) == "lunch"


def test_without_a_token_nobody_enters(client, project):
    answer = push(client, "")

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_cookie_is_no_token(sign_in_as, project):
    assert push(sign_in_as("administrator"), "", CONTACT).status_code == 401


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"key": ""}, "events[0].key"),
        ({"offered_at": "2026-08-03T09:00:00"}, "events[0].offered_at"),
        ({"outcome": "eaten"}, "events[0].outcome"),
        ({"talk_s": -1}, "events[0].talk_s"),
        ({"talk_s": float("nan")}, "events[0].talk_s"),
        ({"queue": 7}, "events[0].queue"),
        ({"version": True}, "events[0].version"),
        ({"key": "half a pair \ud800"}, "events[0].key"),
    ],
)
def test_a_bad_event_is_refused_by_place_and_rule(client, token, change, where):
    answer = push(client, token, {**CONTACT, **change})

    assert answer.status_code == 422
    assert where in answer.json["errors"]
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0


def test_a_body_nested_without_an_end_is_refused(client, token):
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    }

    answer = client.post("/api/v1/acd/events", data="[" * 100_000, headers=headers)

    assert answer.status_code == 422
    assert answer.json["errors"]["body"] == "not-an-object"


def test_another_project_is_not_there(client, token):
    assert push(client, token, CONTACT, project="OTHER").status_code == 404
