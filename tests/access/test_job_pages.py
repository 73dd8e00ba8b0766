"""Background work, as its owner and as others see it."""

import pytest

from callcenter.kernel import jobs
from callcenter.kernel.actor import Actor, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, JobState
from tests.factories.access import make_user, signed_in_client
from tests.kernel import job_tasks  # noqa: F401 - declares the tasks

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def owner(app):
    return make_user("agent")


@pytest.fixture
def job_id(owner):
    """A job that the owner asked for and that waits."""
    with acting(Actor(user_id=owner.id)), transaction():
        return jobs.enqueue("tests.note", {"n": 1}).id


@pytest.fixture
def browser(app, owner):
    return signed_in_client(app, user=owner)


def test_the_owner_sees_it_wait_and_the_page_asks_again(browser, job_id):
    page = browser.get(f"/jobs/{job_id}").text

    assert f'hx-get="/jobs/{job_id}"' in page
    assert f'action="/jobs/{job_id}/cancel"' in page


def test_the_fragment_is_the_progress_alone(browser, job_id):
    response = browser.get(f"/jobs/{job_id}", headers=FRAGMENT)

    assert response.text.lstrip().startswith('<div class="job"')


def test_when_it_is_over_the_page_asks_no_more_and_leads_to_the_result(browser, job_id):
    jobs.run_queued()

    response = browser.get(f"/jobs/{job_id}", headers=FRAGMENT)

    assert "hx-trigger" not in response.text
    assert 'href="/jobs"' in response.text
    assert response.headers["HX-Trigger"] == "job-over"


def test_others_do_not_find_it(app, job_id):
    other = signed_in_client(app, "agent")

    assert other.get(f"/jobs/{job_id}").status_code == 404
    assert other.post(f"/jobs/{job_id}/cancel").status_code == 404
    assert f"/jobs/{job_id}" not in other.get("/jobs").text


def test_an_administrator_sees_everybodys(app, job_id):
    administrator = signed_in_client(app, "administrator")

    assert administrator.get(f"/jobs/{job_id}").status_code == 200
    assert f"/jobs/{job_id}" in administrator.get("/jobs").text


def test_the_owner_cancels_it(browser, job_id):
    response = browser.post(f"/jobs/{job_id}/cancel")

    db.session.rollback()
    db.session.expire_all()
    assert response.status_code == 303
    assert db.session.get(Job, job_id).state is JobState.CANCELLED


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("http://localhost/jobs?state=running", "/jobs?state=running"),
        ("https://evil.example/x", "/jobs/"),
    ],
)
def test_cancelling_leads_back_to_the_page_that_showed_it(
    browser, job_id, sender, expected
):
    answer = browser.post(f"/jobs/{job_id}/cancel", headers={"Referer": sender})

    assert answer.location.startswith(expected)


def test_what_is_over_cannot_be_cancelled(browser, job_id):
    jobs.run_queued()

    assert browser.post(f"/jobs/{job_id}/cancel").status_code == 409


def test_nobody_sees_anything_without_signing_in(client, job_id):
    assert client.get(f"/jobs/{job_id}").status_code == 303
