"""Jobs that the clock asks for: cron lines in a zone, each due time served once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from cronsim import CronSim
from sqlalchemy import select, update

from callcenter.kernel import clock
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs.ledger import enqueue
from callcenter.kernel.jobs.models import JobSchedule
from callcenter.kernel.jobs.registry import PlannedSchedule, extension

log = structlog.get_logger()


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first instant after the given one at which the cron line is due.

    A time that a spring forward skips is due when it ends; one that an autumn
    back repeats is due once.
    """
    local = after.astimezone(ZoneInfo(zone))
    return next(CronSim(cron, local)).astimezone(UTC)


def sync_schedules() -> None:
    """Bring the table in step with what the code declares; strays are switched off."""
    planned = extension().schedules
    with transaction():
        stored = {row.name: row for row in db.session.scalars(select(JobSchedule))}
        for name, plan in planned.items():
            if name not in stored:
                db.session.add(_new_row(plan))
            else:
                _follow(stored[name], plan)
        for name in stored.keys() - planned.keys():
            stored[name].is_enabled = False


def _new_row(plan: PlannedSchedule) -> JobSchedule:
    return JobSchedule(
        name=plan.name,
        kind=plan.kind,
        args=dict(plan.args),
        cron=plan.cron,
        zone=plan.zone,
        next_at=next_time(plan.cron, plan.zone, clock.now()),
    )


def _follow(row: JobSchedule, plan: PlannedSchedule) -> None:
    was = (row.cron, row.zone, row.is_enabled)
    row.kind, row.args, row.is_enabled = plan.kind, dict(plan.args), True
    row.cron, row.zone = plan.cron, plan.zone
    if was != (plan.cron, plan.zone, True):
        row.next_at = next_time(plan.cron, plan.zone, clock.now())


def tick() -> int:
    """Ask for the jobs whose time has come; returns how many.

    Whichever worker moves ``next_at`` first asks, the others find it moved. What
    fell due several times while nobody worked is done once.
    """
    now = clock.now()
    due = select(JobSchedule.id).where(
        JobSchedule.is_enabled, JobSchedule.next_at <= now
    )
    db.session.rollback()
    return sum(_ask(id_, now) for id_ in db.session.scalars(due).all())


def _ask(schedule_id: int, now: datetime) -> bool:
    with transaction():
        row = db.session.get(JobSchedule, schedule_id)
        if row is None or row.next_at > now:
            return False
        due_at = row.next_at
        moved = (
            update(JobSchedule)
            .where(JobSchedule.id == row.id, JobSchedule.next_at == due_at)
            .values(next_at=next_time(row.cron, row.zone, now))
            .returning(JobSchedule.id)
        )
        if db.session.scalar(moved) is None:
            return False
        job = enqueue(row.kind, row.args, subject=f"schedule:{row.name}", unique=True)
        if job.schedule_id is None:
            job.schedule_id, job.scheduled_for = row.id, due_at
        log.info("schedule_due", schedule=row.name, job_id=job.id)
    return True
