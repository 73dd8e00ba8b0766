"""Asking for jobs, claiming them, and who may write what of them."""

import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from callcenter.kernel import clock, jobs
from callcenter.kernel.actor import Actor, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import Job, JobState, ledger
from callcenter.kernel.jobs.registry import UnknownTask
from tests.kernel import job_tasks  # noqa: F401 - declares the tasks


def ask(kind="tests.note", args=None, **options):
    with transaction():
        return jobs.enqueue(kind, args, **options)


def claim(owner="me"):
    with transaction():
        return ledger.claim(owner)


def again(job):
    db.session.rollback()
    db.session.expire_all()
    return jobs.get_job(job.id)


class TestEnqueue:
    def test_remembers_who_asked_and_what_for(self, app):
        with acting(Actor(user_id=7, locale="zh_CN")):
            job = ask(args={"n": 3}, subject="thing:3")

        assert (job.requested_by, job.args, job.subject) == (7, {"n": 3}, "thing:3")
        assert job.state is JobState.QUEUED

    def test_refuses_a_kind_that_no_room_declares(self, app):
        with pytest.raises(UnknownTask):
            ask("acd.import_everything_at_once")

    def test_is_undone_with_the_transaction_around_it(self, app):
        with contextlib.suppress(ZeroDivisionError), transaction():
            jobs.enqueue("tests.note")
            raise ZeroDivisionError

        assert db.session.scalars(select(Job)).all() == []

    def test_returns_the_unique_job_that_waits_already(self, app):
        first = ask(subject="day:1", unique=True)
        second = ask(subject="day:1", unique=True)
        other = ask(subject="day:2", unique=True)

        assert first.id == second.id != other.id

    def test_asks_again_when_the_unique_job_runs_already(self, app):
        first = ask(subject="day:1", unique=True)
        claim()

        assert ask(subject="day:1", unique=True).id != first.id


class TestClaim:
    def test_takes_the_oldest_and_nobody_takes_it_twice(self, app):
        first, second = ask(), ask()

        assert [claim().id, claim().id, claim()] == [first.id, second.id, None]

    def test_counts_the_attempt_and_sets_a_lease(self, app):
        ask()

        job = claim("worker-1")

        assert (job.attempt, job.owner, job.state) == (1, "worker-1", JobState.RUNNING)
        assert job.lease_until > clock.now()

    def test_leaves_what_is_due_later(self, app):
        ask(due_at=clock.now() + timedelta(hours=1))

        assert claim() is None

    def test_never_runs_two_of_a_unique_kind_side_by_side(self, app):
        ask(subject="day:1", unique=True)
        running = claim()
        ask(subject="day:1", unique=True)

        assert claim() is None
        with transaction():
            ledger.finish(running.id, running.attempt, JobState.DONE)
        assert claim() is not None


class TestFencing:
    @pytest.fixture
    def lost(self, app):
        """An attempt whose lease ran out and that another worker took over."""
        ask()
        lost = claim("first")
        expire_lease(lost)
        with transaction():
            assert ledger.recover(lost.id, lost.attempt)
        claim("second")
        return lost

    def test_a_successor_makes_the_next_attempt(self, lost):
        job = again(lost)

        assert (job.attempt, job.owner) == (2, "second")

    def test_the_first_worker_cannot_renew(self, lost):
        with transaction():
            assert ledger.renew(lost.id, lost.attempt) is False

    def test_the_first_worker_cannot_finish(self, lost):
        with transaction():
            assert not ledger.finish(lost.id, lost.attempt, JobState.DONE)

        assert again(lost).state is JobState.RUNNING

    def test_the_first_worker_cannot_put_it_back(self, lost):
        with transaction():
            assert not ledger.put_back(lost.id, lost.attempt, due_at=clock.now())


def expire_lease(job):
    with transaction():
        past = clock.now() - timedelta(seconds=1)
        db.session.execute(update(Job).where(Job.id == job.id).values(lease_until=past))


class TestRecover:
    def test_leaves_a_job_whose_lease_holds(self, app):
        ask()
        job = claim()

        with transaction():
            assert not ledger.recover(job.id, job.attempt)

    def test_gives_up_on_a_job_that_kills_its_workers(self, app):
        job = ask()
        for _attempt in range(ledger.MAX_ATTEMPTS):
            claimed = claim()
            expire_lease(claimed)
            with transaction():
                ledger.recover(claimed.id, claimed.attempt)

        assert again(job).state is JobState.FAILED
        assert "died 5 times" in again(job).error

    def test_yields_to_a_younger_unique_job_that_waits(self, app):
        job = ask(subject="day:1", unique=True)
        claimed = claim()
        ask(subject="day:1", unique=True)
        expire_lease(claimed)

        with transaction():
            assert ledger.recover(claimed.id, claimed.attempt)

        assert again(job).state is JobState.CANCELLED
        assert claim().id != job.id


class TestCancel:
    def test_ends_a_waiting_job_at_once(self, app):
        job = ask()

        with transaction():
            jobs.cancel_job(jobs.get_job(job.id))

        assert again(job).state is JobState.CANCELLED
        assert claim() is None

    def test_tells_the_worker_of_a_running_job_at_its_next_beat(self, app):
        ask()
        running = claim()

        with transaction():
            jobs.cancel_job(jobs.get_job(running.id))

        with transaction():
            assert ledger.renew(running.id, running.attempt) not in (None, False)

    def test_refuses_when_the_job_is_over(self, app):
        job = ask()
        running = claim()
        with transaction():
            ledger.finish(running.id, running.attempt, JobState.DONE)

        with pytest.raises(jobs.JobNotCancellable), transaction():
            jobs.cancel_job(jobs.get_job(job.id))


class TestReading:
    def test_another_users_job_is_not_found(self, app):
        with acting(Actor(user_id=7)):
            job = ask()

        assert jobs.get_job(job.id, requested_by=7).id == job.id
        with pytest.raises(NotFound):
            jobs.get_job(job.id, requested_by=8)

    def test_finds_the_live_job_about_a_subject(self, app):
        job = ask(subject="acd_import:3")

        assert jobs.find_live_job("acd_import:3").id == job.id
        assert jobs.find_live_job("acd_import:4") is None
