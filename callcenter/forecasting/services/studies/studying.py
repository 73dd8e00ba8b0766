"""Asking for simulations and estimates, and keeping what they found."""

from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
from sqlalchemy import delete

from callcenter.access import audit
from callcenter.forecasting import queries
from callcenter.forecasting.models import (
    Assumption,
    Forecast,
    Study,
    StudyKind,
)
from callcenter.forecasting.services.requirements.assuming import own_assumption
from callcenter.forecasting.services.requirements.requiring import (
    Premises,
    QueueRequirement,
    requirement_of,
)
from callcenter.forecasting.services.studies.premises import row_premises
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import Job, enqueue
from callcenter.projects.models import Queue, ServiceTarget

_JOBS = {
    StudyKind.SIMULATION: "forecasting.simulate",
    StudyKind.CHANCES: "forecasting.find_chances",
    StudyKind.SKILLS: "forecasting.staff_skills",
    StudyKind.PATIENCE: "forecasting.estimate_patience",
    StudyKind.WEEK_CHANCES: "forecasting.find_week_chances",
    StudyKind.WHAT_IF: "forecasting.try_out",
}
# What a study of each kind does not rest on.
_MONEY = frozenset({"paid_hour_cost", "missed_day_penalty"})
_WITHOUT = {
    StudyKind.CHANCES: _MONEY | {"safety_share"},
    StudyKind.WEEK_CHANCES: _MONEY | {"safety_share"},
}


def subject_of(
    kind: StudyKind, owner_id: int, queue_id: int | None = None, day: object = ""
) -> str:
    """The subject of the job of a study, so that pages find it."""
    return f"forecasting_study:{kind.value}:{owner_id}:{queue_id or ''}:{day}"


def request_study(
    kind: StudyKind,
    forecast: Forecast,
    queue: Queue | None,
    day: date,
    **asked: float | None,
) -> Job:
    """Ask for a study of a day of a forecast; one at a time of each.

    ``asked`` is what a study of its kind wants to know besides.
    """
    queue_id = None if queue is None else queue.id
    args: dict[str, Any] = {
        "forecast_id": forecast.id,
        "queue_id": queue_id,
        "day": day.isoformat(),
        **asked,
    }
    if queue is None:
        del args["queue_id"]
    subject = subject_of(kind, forecast.id, queue_id, day)
    return enqueue(_JOBS[kind], args, subject=subject, unique=True)


def request_estimate(queue: Queue) -> Job:
    """Ask for patience and redials to be estimated from a queue's contacts."""
    kind = StudyKind.PATIENCE
    args = {"project_id": queue.project_id, "queue_id": queue.id}
    subject = subject_of(kind, queue.project_id, queue.id)
    return enqueue(_JOBS[kind], args, subject=subject, unique=True)


def day_premises(
    kind: StudyKind,
    need: QueueRequirement,
    day: date,
    targets: Sequence[ServiceTarget],
    assumption: Assumption,
) -> str:
    """A digest of what a study of a queue's day rests on."""
    digest = blake2b(digest_size=16)
    today = need.grid.day == (day - need.grid.first_day).days
    for values in (need.load.offered, need.load.aht_s):
        digest.update(np.round(values[today], 3).tobytes())
    without = _WITHOUT.get(kind, _MONEY)
    for row in (*targets, assumption, *assumption.spans):
        digest.update(repr(row_premises(row, without)).encode())
    return digest.hexdigest()


def queue_of(forecast: Forecast, queue_id: int) -> Queue:
    """One of the queues of a forecast; raises `NotFound`."""
    for row in forecast.queues:
        if row.queue_id == queue_id:
            return row.queue
    raise NotFound(queue_id=queue_id)


def premises_of_day(
    kind: StudyKind, forecast: Forecast, queue: Queue, day: date
) -> str:
    """What a study of a queue's day rests on now."""
    given = Premises.read(forecast, day, day)
    need = requirement_of(forecast, queue, day, 1, premises=given)
    targets = given.targets_on(queue, day)
    return day_premises(kind, need, day, targets, given.assumptions[queue.id])


def premises_of_week(
    forecast: Forecast, queue: Queue, days: Sequence[date], given: Premises
) -> str:
    """What a study of a queue's week rests on now."""
    need = requirement_of(forecast, queue, days[0], len(days), premises=given)
    own, digest = given.assumptions[queue.id], blake2b(digest_size=16)
    for on in days:
        targets = given.targets_on(queue, on)
        kind = StudyKind.WEEK_CHANCES
        digest.update(day_premises(kind, need, on, targets, own).encode())
    return digest.hexdigest()


def premises_of_skills(
    forecast: Forecast, day: date, given: Premises | None = None
) -> str:
    """What agents by skill group on a day rest on now: loads, promises, people."""
    given = given or Premises.read(forecast, day, day)
    ids = [row.queue_id for row in forecast.queues]
    digest = blake2b(digest_size=16)
    for queue_id, rows in queries.days_of_queues(forecast.id, ids, day, day).items():
        for row in rows:
            digest.update(row.planned.tobytes() + row.aht_s.tobytes())
        facts = [*given.targets.get(queue_id, ()), given.assumptions[queue_id]]
        without = _MONEY | {"safety_share"}
        digest.update(repr([row_premises(each, without) for each in facts]).encode())
    people = queries.skilled_people(forecast.project_id, day)
    digest.update(repr(sorted(sorted(each) for each in people.values())).encode())
    return digest.hexdigest()


def keep_study(
    kind: StudyKind,
    figures: dict[str, Any],
    *,
    project_id: int,
    premises: str,
    forecast_id: int | None = None,
    queue_id: int | None = None,
    day: date | None = None,
) -> Study:
    """Keep what was found, in place of what was found before."""
    same = {"forecast_id": forecast_id, "queue_id": queue_id, "day": day}
    db.session.execute(
        delete(Study).where(
            Study.kind == kind,
            Study.project_id == project_id,
            *(
                getattr(Study, name).is_(None)
                if value is None
                else getattr(Study, name) == value
                for name, value in same.items()
            ),
        )
    )
    study = Study(
        kind=kind,
        project_id=project_id,
        premises=premises,
        figures=figures,
        made_by_id=current_actor().user_id,
        **same,
    )
    db.session.add(study)
    db.session.flush()
    return study


def take_margin(queue: Queue, share: float, *, chance: float) -> Assumption:
    """Let a queue's requirement hold a safety margin from the next approval on."""
    own = own_assumption(queue)
    before, own.safety_share = own.safety_share, share
    db.session.flush()
    audit.record(
        "forecasting.take_margin",
        "forecasting_assumption",
        own.id,
        before=before,
        share=share,
        chance=chance,
    )
    return own


def take_patience(queue: Queue, study: Study) -> Assumption:
    """Let a queue's assumptions hold the patience that was estimated.

    Not the redials: whoever called again was counted again, so a forecast from those
    counts holds them already.
    """
    own = own_assumption(queue)
    own.patience_s = float(study.figures["mean_s"])
    db.session.flush()
    audit.record(
        "forecasting.take_patience",
        "forecasting_assumption",
        own.id,
        patience_s=own.patience_s,
        n_contacts=study.figures["n_contacts"],
    )
    return own
