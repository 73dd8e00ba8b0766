"""Carrying out one job: as whom, in which language, and how it ends."""

from datetime import timedelta

import pytest

from callcenter.kernel import jobs
from callcenter.kernel.actor import ANONYMOUS, Actor, acting, current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, JobState
from tests.factories.access import make_user
from tests.kernel import job_tasks


@pytest.fixture(autouse=True)
def _no_calls_yet():
    job_tasks.CALLS.clear()


def carry_out(kind, args=None, by=ANONYMOUS, **options):
    with acting(by), transaction():
        job = jobs.enqueue(kind, args, **options)
    jobs.run_queued()
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Job, job.id)


def test_hands_the_arguments_over_and_keeps_the_result(app):
    job = carry_out("tests.note", {"n": 3})

    assert job_tasks.CALLS[0]["args"] == {"n": 3}
    assert job.state is JobState.DONE
    assert job.result_page == ("access.jobs", {})
    assert job.finished_at is not None


def test_acts_as_the_user_who_asked_with_their_permissions(app):
    user = make_user("planner")

    carry_out("tests.note", by=Actor(user_id=user.id))

    actor = job_tasks.CALLS[0]["actor"]
    assert (actor.user_id, actor.is_system) == (user.id, False)
    assert current_actor() is ANONYMOUS


def test_acts_as_the_system_when_nobody_asked(app):
    carry_out("tests.note")

    assert job_tasks.CALLS[0]["actor"].is_system


def test_does_nothing_for_a_user_who_was_switched_off(app):
    user = make_user("planner", is_enabled=False)

    job = carry_out("tests.note", by=Actor(user_id=user.id))

    assert job_tasks.CALLS == []
    assert (job.state, job.error) == (
        JobState.FAILED,
        f"jobs.requester_gone {{'user_id': {user.id}}}",
    )


def test_keeps_the_last_progress(app):
    job = carry_out("tests.count", {"upto": 4})

    assert (job.progress_done, job.progress_total, job.message) == (4, 4, "row 4")


def test_a_refusal_becomes_the_message_that_people_read(app):
    job = carry_out("tests.refuse")

    assert (job.state, job.message) == (JobState.FAILED, "The file is empty.")


def test_an_unforeseen_error_is_named_in_one_line_and_not_shown(app):
    job = carry_out("tests.break")

    assert job.state is JobState.FAILED
    assert job.error == "ZeroDivisionError: division by zero"
    assert job.message == ""


def test_what_does_not_answer_is_tried_again_later(app):
    job = carry_out("tests.wait_for_server")

    assert (job.state, job.attempt) == (JobState.QUEUED, 1)
    assert job.due_at > job.created_at


def test_a_cancelled_task_leaves_nothing_half_done(app):
    job = carry_out("tests.half_done", subject="whole")

    assert (job.state, job.subject) == (JobState.CANCELLED, "whole")


def test_a_title_is_said_in_the_readers_language(app):
    from callcenter.kernel.text import speaking

    job = carry_out("tests.note")

    with speaking("zh_CN"):
        assert job.title == "取消"
    with speaking("en"):
        assert job.title == "Cancel"


def test_what_ended_three_months_ago_is_forgotten(app):
    old, fresh = carry_out("tests.note"), carry_out("tests.note")
    with transaction():
        job = db.session.get(Job, old.id)
        job.finished_at -= timedelta(days=91)

    pruning = carry_out("jobs.prune")

    assert pruning.result == {"deleted": 1}
    assert db.session.get(Job, old.id) is None
    assert db.session.get(Job, fresh.id) is not None
