"""The chance that the agents on duty meet service, by simulation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete

from callcenter.engine.simulation import ServiceChances, validate_schedule
from callcenter.forecasting import queries as forecasts
from callcenter.forecasting.models import Assumption, StaffingModel
from callcenter.forecasting.services import day_cv_of, model_for
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue
from callcenter.projects import queries as projects
from callcenter.projects.models import Queue, ServiceTarget
from callcenter.scheduling import queries
from callcenter.scheduling.errors import NobodyOnDuty
from callcenter.scheduling.models import ServiceChance
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.services.presence import (
    presence_of,
    skills_held,
    together,
)

Floats = NDArray[np.float64]
Progress = Callable[[int, int, object], None]

DAYS = 200
MOST_DAYS = 14
QUARTER = timedelta(minutes=15)
_SEED = 20_263
_USUAL = ServiceTarget(sl_target=0.8, sl_threshold_s=20)


def ask_for_chances(queue: Queue, first: date, n_days: int) -> Job:
    """Ask for the chances of a queue on some days; one at a time of each queue."""
    return enqueue(
        "scheduling.service_chances",
        {
            "queue_id": queue.id,
            "first_day": first.isoformat(),
            "n_days": min(n_days, MOST_DAYS),
        },
        subject=chances_subject(queue.id),
        unique=True,
    )


def chances_subject(queue_id: int) -> str:
    """The subject of the job, so that pages find it."""
    return f"scheduling_service_chance:{queue_id}"


@dataclass(frozen=True, slots=True)
class _Duty:
    """Everybody who takes contacts of some queues on a day, by quarter."""

    queues: Sequence[Queue]
    on_duty: NDArray[np.bool_]
    skills: NDArray[np.int64]


def day_chances(queue: Queue, day: date) -> dict[int, dict[str, Any]]:
    """Simulate a day of a queue, with all queues that its agents serve as well.

    Raises `NobodyOnDuty` where nothing is published, or nothing is expected.
    """
    zone = queue.project.tz
    starts_at, ends_at = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    duty = _duty(queue, day, starts_at, ends_at)
    offered, aht_s, cv = _loads(duty.queues, day, starts_at, ends_at)
    assumptions = forecasts.assumptions_of(duty.queues)
    place = next((n for n, each in enumerate(duty.queues) if each.id == queue.id), None)
    if place is None or not duty.on_duty.any() or not offered[place].any():
        raise NobodyOnDuty(queue_id=queue.id, day=day)
    found = _simulated(duty, offered, aht_s, cv, assumptions, day)
    agents = (duty.on_duty[:, None, :] & (duty.skills > 0)[:, :, None]).sum(axis=0)
    return {
        each.id: _figures(found, n, offered[n], agents[n])
        for n, each in enumerate(duty.queues)
    }


def _simulated(
    duty: _Duty,
    offered: Floats,
    aht_s: Floats,
    cv: Floats,
    assumptions: dict[int, Assumption],
    day: date,
) -> ServiceChances:
    ids = [each.id for each in duty.queues]
    targets = projects.targets_on(ids, day)
    promised = [targets.get(each, _USUAL) for each in ids]
    own = [assumptions[each] for each in ids]
    patience = [
        np.inf if each.model is StaffingModel.ERLANG_C else each.patience_s
        for each in own
    ]
    absence = np.mean([each.absence_share for each in own])
    return validate_schedule(
        offered,
        np.maximum(aht_s, 1.0),
        duty.on_duty,
        duty.skills,
        interval_s=QUARTER.total_seconds(),
        rng=np.random.default_rng(_SEED),
        patience_s=np.array(patience)[:, None],
        day_cv=cv,
        absence=float(absence),
        sl_target=[each.sl_target for each in promised],
        sl_threshold_s=[float(each.sl_threshold_s) for each in promised],
        n_days=DAYS,
    )


def _duty(queue: Queue, day: date, starts_at: datetime, ends_at: datetime) -> _Duty:
    """Everybody of the published schedules that share agents with the queue's."""
    edge = timedelta(days=1)
    first, last = day - edge, day + edge
    schedules = queries.published_for([queue.id], first, last)
    served = queries.queues_served(schedules)
    schedules = queries.published_for([each.id for each in served], first, last)
    assumptions = forecasts.assumptions_of(served)
    waiting = [
        each for each in served if model_for(each, assumptions[each.id]) in _WAITING
    ]
    n_quarters = (ends_at - starts_at) // QUARTER
    lines = together(*(presence_of(each, starts_at, n_quarters) for each in schedules))
    people = sorted(lines)
    held = skills_held(people, waiting) if waiting else {}
    return _Duty(
        waiting,
        np.array([lines[each] > 0 for each in people]).reshape(-1, n_quarters),
        np.array([held[each] for each in people if waiting], dtype=np.int64).reshape(
            len(people), len(waiting)
        ),
    )


_WAITING = (StaffingModel.ERLANG_A, StaffingModel.ERLANG_C, StaffingModel.CHAT)


def _loads(
    queues: Sequence[Queue], day: date, starts_at: datetime, ends_at: datetime
) -> tuple[Floats, Floats, Floats]:
    """Contacts and handling times by quarter, and how far the day may miss."""
    n_quarters = (ends_at - starts_at) // QUARTER
    offered = np.zeros((len(queues), n_quarters))
    aht_s, cv = np.zeros_like(offered), np.zeros(len(queues))
    for n, queue in enumerate(queues):
        rows = forecasts.requirement_rows(queue.id, starts_at, ends_at)
        for row in rows:
            first = (row.interval_start - starts_at) // QUARTER
            length = max(1, row.interval_s // 900)
            cells = slice(first, first + length)
            offered[n, cells] = row.offered / length
            if row.offered > 0.0:
                # An agent who holds several chats has each for that part of the time.
                aht_s[n, cells] = row.load_erlangs * row.interval_s / row.offered
        if rows and rows[0].forecast_id is not None:
            cv[n] = _day_cv(rows[0].forecast_id, queue.id, day)
    return offered, aht_s, cv


def _day_cv(forecast_id: int, queue_id: int, day: date) -> float:
    from callcenter.forecasting.models import Forecast

    row = forecasts.find_day(forecast_id, queue_id, day)
    forecast = db.session.get(Forecast, forecast_id)
    return day_cv_of(forecast, row) if forecast is not None and row else 0.0


def _figures(
    found: ServiceChances, row: int, offered: Floats, agents: NDArray[np.int64]
) -> dict[str, Any]:
    """What pages show of a queue's day; quarters without contacts hold None."""
    is_open = offered > 0.0

    def plain(values: Floats) -> list[float | None]:
        return [
            round(float(value), 4) if busy and np.isfinite(value) else None
            for value, busy in zip(values, is_open, strict=True)
        ]

    return {
        "chance": plain(found.chance[row]),
        "sl": plain(found.sl[row]),
        "sl_low": plain(found.sl_low[row]),
        "offered": [round(float(each), 2) for each in offered],
        "agents": [int(each) for each in agents],
        "day_chance": float(found.day_chance[row]),
        "n_days": DAYS,
    }


def keep_chances(
    day: date, found: dict[int, dict[str, Any]], premises: dict[int, str]
) -> None:
    """Keep what was found for each queue, in place of what was found before."""
    db.session.execute(
        delete(ServiceChance).where(
            ServiceChance.day == day, ServiceChance.queue_id.in_(list(found))
        )
    )
    db.session.add_all(
        ServiceChance(
            queue_id=queue_id,
            day=day,
            premises=premises.get(queue_id, ""),
            figures=figures,
        )
        for queue_id, figures in found.items()
    )
    db.session.flush()
