"""Acknowledging published shifts, and reminding those who have not."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update

from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import Job, enqueue
from callcenter.scheduling.models.acknowledging import Acknowledgement
from callcenter.scheduling.queries import acknowledging as reading


def acknowledge(schedule_id: int, employee_id: int) -> Acknowledgement:
    """Note that a person has seen the own shifts as they are now.

    Raises `NotFound` when the schedule has no published shift for the person.
    """
    if not reading.has_live_shift(schedule_id, employee_id):
        raise NotFound(schedule_id=schedule_id)
    found = reading.find_acknowledgement(schedule_id, employee_id)
    if found is None:
        found = Acknowledgement(schedule_id=schedule_id, employee_id=employee_id)
        db.session.add(found)
    found.seen_at = clock.now()
    db.session.flush()
    return found


def know_of_change(
    schedule_id: int, employee_ids: Collection[int], at: datetime
) -> None:
    """Spare people who agreed to a change another look at what they had seen."""
    db.session.execute(
        update(Acknowledgement)
        .where(
            Acknowledgement.schedule_id == schedule_id,
            Acknowledgement.employee_id.in_(employee_ids),
        )
        .values(seen_at=at)
        .execution_options(synchronize_session=False)
    )


def remind_readers(schedule_id: int) -> Job:
    """Ask those who have not seen a schedule to look, by e-mail."""
    return enqueue(
        "scheduling.remind_readers",
        {"schedule_id": schedule_id},
        subject=f"schedule:{schedule_id}",
        unique=True,
    )
