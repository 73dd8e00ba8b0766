"""python benchmarks/refresh_forecasts.py [QUEUES] [WORKERS]

The weekly job on a database: 200 queues with two years of quarter-hours, refreshed 64
weeks ahead by two worker processes and stored as a proposal beside an approved
forecast. Reading the facts, forecasting, storing and weighing are all in it; making the
scratch database is not. Wall seconds, CPU seconds of both processes, and the largest
memory of one.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction

DAYS, FIRST_SLOT, OPEN_SLOTS = 728, 32, 48
WEEKDAY = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3])
INSERT = """INSERT INTO acd_queue_interval
    (queue_id, interval_start, day, threshold_s, offered, answered, abandoned,
     answered_in_threshold, abandoned_in_threshold, short_abandoned, talk_s, hold_s,
     wrap_s, wait_answered_s, wait_abandoned_s, transfers, held, dialled, connected,
     outbound_s) VALUES (?, ?, ?, 20, ?, ?, 0, 0, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)"""
INSERT_DAY = """INSERT INTO acd_queue_day
    (queue_id, day, identified, repeated, offered, answered, abandoned,
     answered_in_threshold, abandoned_in_threshold, short_abandoned, talk_s, hold_s,
     wrap_s, wait_answered_s, wait_abandoned_s, transfers, held, dialled, connected,
     outbound_s) VALUES (?, ?, 0, 0, ?, ?, 0, 0, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)"""


def settings(folder: str) -> Config:
    url = f"sqlite:///{folder}/refresh.db"
    return Config(
        "testing", Path(folder), url, "x" * 32, ("x" * 32,), log_level="ERROR"
    )


def make_company(folder: str, n_queues: int) -> int:
    """One project with its queues and two years of facts; returns the project."""
    from callcenter.projects.models import BillingBasis, Client, Project, Queue, Stage

    with create_app(settings(folder)).app_context():
        db.create_all()
        client = Client(code="C", name="Client")
        db.session.add(client)
        db.session.flush()
        project = Project(
            client_id=client.id,
            code="P",
            name="Project",
            stage=Stage.FORMAL,
            zone="UTC",
            starts_on=date(2020, 1, 1),
            billing_basis=BillingBasis.PER_CONTACT,
            rate=1,
            currency="EUR",
        )
        project.queues = [
            Queue(code=f"q{n}", name=f"Queue {n}") for n in range(n_queues)
        ]
        db.session.add(project)
        db.session.commit()
        ids = [queue.id for queue in project.queues]
        project_id = project.id
        db.engine.dispose()
    fill(f"{folder}/refresh.db", ids)
    return project_id


def fill(path: str, ids: list[int]) -> None:
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=DAYS - n) for n in range(DAYS)]
    names = [day.isoformat() for day in days]
    midnight = np.array(
        [datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp() for d in days]
    )
    starts = midnight[:, None] + 900.0 * (FIRST_SLOT + np.arange(OPEN_SLOTS))
    micro = (starts * 1e6).astype(np.int64)
    base = sqlite3.connect(path)
    base.execute("PRAGMA synchronous = OFF")
    for place, queue_id in enumerate(ids):
        offered = volumes(place, days)
        talk = np.random.default_rng(place).normal(240, 20, offered.shape) * offered
        rows = zip(
            [queue_id] * offered.size,
            micro.ravel().tolist(),
            np.repeat(names, OPEN_SLOTS).tolist(),
            offered.ravel().tolist(),
            offered.ravel().tolist(),
            talk.astype(int).ravel().tolist(),
            strict=True,
        )
        with base:
            base.executemany(INSERT, rows)
            totals = offered.sum(axis=1).tolist()
            seconds = talk.sum(axis=1).astype(int).tolist()
            base.executemany(
                INSERT_DAY,
                zip([queue_id] * DAYS, names, totals, totals, seconds, strict=True),
            )
    base.close()


def volumes(seed: int, days: list[date]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(6.0, 1.2))
    level = np.exp(np.cumsum(rng.normal(0, 0.01, DAYS)) + rng.normal(0, 0.06, DAYS))
    slot = np.arange(OPEN_SLOTS)
    shape = np.exp(-(((slot - rng.uniform(12, 30)) / rng.uniform(8, 18)) ** 2))
    weekday = WEEKDAY[[day.weekday() for day in days]]
    return rng.poisson((size * level * weekday)[:, None] * shape / shape.sum())


def ask(folder: str, project_id: int) -> None:
    from callcenter.forecasting import services
    from callcenter.projects import queries as project_queries

    with create_app(settings(folder)).app_context(), transaction():
        project = project_queries.get_project(project_id, EVERYTHING)
        services.request_refresh(project)


def work(folder: str) -> None:
    """Carry out jobs as a worker does until none waits or runs."""
    from sqlalchemy import func, select
    from sqlalchemy.exc import OperationalError

    from callcenter.kernel.jobs import Job, JobState, run_queued

    with create_app(settings(folder)).app_context():
        while True:
            try:
                run_queued()
            except OperationalError:
                time.sleep(1.0)  # as a worker does while another one writes for long
            db.session.rollback()
            live = Job.state.in_([JobState.QUEUED, JobState.RUNNING])
            if not db.session.scalar(select(func.count()).where(live)):
                return
            time.sleep(0.2)


def report(folder: str) -> tuple[int, int, str]:
    from sqlalchemy import func, select

    from callcenter.forecasting.models import Forecast, ForecastDay, Proposal

    with create_app(settings(folder)).app_context():
        made = db.session.scalars(select(Forecast)).one()
        n_days = db.session.scalar(select(func.count()).select_from(ForecastDay))
        n_proposals = db.session.scalar(select(func.count()).select_from(Proposal))
        return int(n_days or 0), int(n_proposals or 0), made.status.value


def main() -> None:
    n_queues = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    n_workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    with tempfile.TemporaryDirectory() as folder:
        project_id = make_company(folder, n_queues)
        ask(folder, project_id)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        context = multiprocessing.get_context("spawn")
        workers = [
            context.Process(target=work, args=(folder,)) for _each in range(n_workers)
        ]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        n_days, n_proposals, status = report(folder)
        size = Path(f"{folder}/refresh.db").stat().st_size / 2**20
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        "| queues | workers | wall s | CPU s | CPU s a queue | MB | days | proposal |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    print(
        f"| {n_queues} | {n_workers} | {wall:.0f} | {cpu:.0f} | {cpu / n_queues:.2f} |"
        f" {after.ru_maxrss / 1024:.0f} | {n_days} | {n_proposals} {status},"
        f" database {size:.0f} MB |"
    )


if __name__ == "__main__":
    main()
