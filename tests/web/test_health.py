"""What machines that watch are told, and what is logged of each request."""

import json

import pytest

from callcenter.kernel import schema
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import enqueue
from tests.kernel import job_tasks  # noqa: F401 - declares the tasks


@pytest.fixture
def _is_current(monkeypatch):
    """Tests make their tables from the models, not by migrations."""
    monkeypatch.setattr(schema, "is_current", lambda: True)


def test_a_living_process_says_so_without_the_database(client, count_queries):
    response = client.get("/healthz")

    assert response.json == {"status": "alive"}
    assert count_queries() == 0


@pytest.mark.usefixtures("_is_current")
def test_it_is_ready_when_the_database_answers(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json["status"]) == (200, "ready")


def test_it_is_not_ready_on_a_database_of_another_version(client, monkeypatch):
    monkeypatch.setattr(schema, "is_current", lambda: False)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json["problem"] == "the database is of another version"


def test_metrics_count_requests_and_jobs(client):
    with transaction():
        enqueue("tests.note")
    client.get("/sign-in")

    text = client.get("/metrics").text

    assert 'endpoint="access.sign_in",method="GET",status="200"' in text
    assert 'callcenter_jobs{state="queued"} 1.0' in text


def test_metrics_are_not_there_for_whoever_comes_through_a_proxy(client):
    response = client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"})

    assert response.status_code == 404


def test_metrics_open_with_the_token_only_once_there_is_one(app, client, monkeypatch):
    from dataclasses import replace

    config = replace(app.extensions["config"], metrics_token="tell me")
    monkeypatch.setitem(app.extensions, "config", config)

    bare = client.get("/metrics")
    wrong = client.get("/metrics", headers={"Authorization": "Bearer guess"})
    right = client.get("/metrics", headers={"Authorization": "Bearer tell me"})

    assert [bare.status_code, wrong.status_code, right.status_code] == [404, 404, 200]


def test_a_request_is_logged_with_its_cost_and_without_its_content(
    client, capsys, monkeypatch
):
    from callcenter.kernel import log

    log.configure("INFO", as_json=True)

    client.get("/sign-in?next=/secret-place", headers={"X-Request-ID": "abc"})

    lines = [json.loads(x) for x in capsys.readouterr().err.splitlines() if x[0] == "{"]
    line = next(line for line in lines if line["event"] == "request")
    assert (line["path"], line["status"], line["request_id"]) == (
        "/sign-in",
        200,
        "abc",
    )
    assert {"ms", "n_queries", "database_ms"} <= line.keys()
    assert "secret-place" not in json.dumps(line)
