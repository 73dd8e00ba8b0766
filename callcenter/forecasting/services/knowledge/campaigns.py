"""Outbound campaigns: from a list of people to dials, contacts and work by interval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from callcenter.acd.models import QueueInterval
from callcenter.engine import forecasting as engine
from callcenter.forecasting.models import CampaignPlan, Forecast, Release
from callcenter.forecasting.models.campaigns import MOST_CAMPAIGN_DAYS
from callcenter.forecasting.services.forecasts.days import grid_of
from callcenter.forecasting.services.forecasts.storing import QueueResult
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Direction, Queue

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
HOURS = 24
_RATE_MISS = 0.2  # share by which contact rates may miss, for bands
_NORMAL_80 = 1.2816
_LEARN_DAYS = 56


@dataclass(frozen=True, slots=True)
class CampaignWork:
    """A campaign followed through; matrices of its days by slots."""

    dials: Floats
    contacts: Floats
    work_s: Floats
    never_reached: float
    left_over: float

    @property
    def by_day(self) -> Floats:
        """Dials, contacts and hours of work by day, shape (3, n_days)."""
        found: Floats = np.stack(
            [
                self.dials.sum(axis=1),
                self.contacts.sum(axis=1),
                self.work_s.sum(axis=1) / 3600.0,
            ]
        )
        return found


@dataclass(frozen=True, slots=True)
class Practice:
    """What an outbound queue did of late: rates by hour, seconds, dials an hour."""

    contact_rate: list[float]
    talk_s: float
    dials_per_h: float
    n_dials: int


def save_campaign(
    plan: CampaignPlan | None, queue: Queue, **values: Any
) -> CampaignPlan:
    """Create a campaign plan, or change one; raises `Invalid` with the field."""
    _check(queue, values)
    plan = plan or CampaignPlan(project_id=queue.project_id)
    plan.queue_id, plan.project_id = queue.id, queue.project_id
    for name, value in values.items():
        setattr(plan, name, value)
    db.session.add(plan)
    db.session.flush()
    return plan


def _check(queue: Queue, values: dict[str, Any]) -> None:
    first, last = values["first_day"], values["last_day"]
    if queue.direction is not Direction.OUTBOUND:
        raise Invalid(_("Only outbound queues dial lists."), fields=("queue_id",))
    if last < first:
        raise Invalid(_("The last day lies before the first."), fields=("last_day",))
    if (last - first).days >= MOST_CAMPAIGN_DAYS:
        raise Invalid(
            _("A campaign lasts at most %(most)s days.", most=MOST_CAMPAIGN_DAYS),
            fields=("last_day",),
        )
    if not any(values["contact_rate"]):
        raise Invalid(
            _("In some hour somebody must be reached."), fields=("contact_rate",)
        )
    if abs(sum(share for share, _wait in values["retries"]) - 1.0) > 1e-6:
        raise Invalid(
            _("The shares of what happens after a dial in vain must be 100 percent."),
            fields=("retries",),
        )


def delete_campaign(plan: CampaignPlan) -> None:
    """Forget a campaign plan."""
    db.session.delete(plan)
    db.session.flush()


def follow_campaign(
    plan: CampaignPlan, is_open: Bools, interval_s: int, *, rate_factor: float = 1.0
) -> CampaignWork:
    """Follow a plan through its days; ``is_open`` has its shape (n_days, n_slots)."""
    n_slots = 86_400 // interval_s
    hour = np.arange(n_slots) * interval_s // 3600
    rate = np.clip(np.asarray(plan.contact_rate)[hour] * rate_factor, 0.0, 1.0)
    room = np.where(is_open, plan.dials_per_h * interval_s / 3600.0, 0.0)
    found = engine.outbound_work(
        _released(plan, is_open).reshape(-1),
        room.reshape(-1),
        engine.Campaign(
            contact_rate=np.tile(rate, len(is_open)),
            talk_s=plan.talk_s,
            wrap_s=plan.wrap_s,
            dial_s=plan.dial_s,
            rules=tuple(
                engine.RetryRule(share, _wait(hours, interval_s))
                for share, hours in plan.retries
            ),
            most_attempts=plan.most_attempts,
            fading=plan.fading,
        ),
    )
    shape = is_open.shape
    return CampaignWork(
        dials=found.dials.reshape(shape),
        contacts=found.contacts.reshape(shape),
        work_s=found.work_s.reshape(shape),
        never_reached=found.given_up,
        left_over=float(found.waiting[-1]) if found.waiting.size else 0.0,
    )


def _wait(hours: float, interval_s: int) -> int:
    return max(1, round(hours * 3600 / interval_s)) if hours > 0.0 else 0


def _released(plan: CampaignPlan, is_open: Bools) -> Floats:
    """When people may be called first: at the opening of one day, or of each."""
    released = np.zeros(is_open.shape)
    days = np.flatnonzero(is_open.any(axis=1))
    if not days.size:
        return released
    chosen = days[:1] if plan.release is Release.AT_ONCE else days
    first = is_open[chosen].argmax(axis=1)
    released[chosen, first] = plan.list_size / chosen.size
    return released


def hours_of(plan: CampaignPlan, queue: Queue, interval_s: int) -> Bools:
    """The open slots of a plan's days, shape (n_days, n_slots)."""
    days = project_queries.special_days(queue.project, plan.first_day, plan.n_days)
    return project_queries.open_intervals([queue], days, interval_s)[queue.id]


def with_campaigns(
    forecast: Forecast,
    queue: Queue,
    plans: Sequence[CampaignPlan],
    result: QueueResult,
) -> QueueResult:
    """A queue's figures with its campaigns in the place of what the method found.

    On the days of a campaign its dials are the volume, work per dial the handling
    time; other days stay. Bands grant that contact rates may miss by a fifth.
    """
    volume, work_s, lower, upper = np.zeros((4, forecast.n_days, forecast.n_slots))
    is_planned = np.zeros(forecast.n_days, dtype=bool)
    for plan in plans:
        is_open = hours_of(plan, queue, forecast.interval_s)
        work = follow_campaign(plan, is_open, forecast.interval_s)
        low, high = _edges(plan, is_open, forecast.interval_s, work)
        start = (plan.first_day - forecast.first_day).days
        own = slice(max(start, 0), max(min(start + plan.n_days, forecast.n_days), 0))
        cut = slice(own.start - start, own.stop - start)
        volume[own] += work.dials[cut]
        work_s[own] += work.work_s[cut]
        lower[own] += low[cut]
        upper[own] += high[cut]
        is_planned[own] = True
    exists = grid_of(forecast).exists
    rows = is_planned[:, np.newaxis] & exists
    aht_s = np.where(volume > 0.0, work_s / np.maximum(volume, 1e-9), 0.0)
    usual = float(work_s.sum() / volume.sum()) if volume.sum() else 0.0
    return replace(
        result,
        method=result.method or engine.Method.COMBINATION.value,
        basis="campaign",
        mean=np.where(rows, volume, _quiet(result.mean, is_planned)),
        lower=np.where(rows, lower, _quiet(result.lower, is_planned)),
        upper=np.where(rows, upper, _quiet(result.upper, is_planned)),
        aht_s=np.where(
            rows & (volume > 0.0),
            aht_s,
            np.where(result.aht_s > 0, result.aht_s, usual),
        ),
        total_lower=_days(result.total_lower, lower, is_planned),
        total_upper=_days(result.total_upper, upper, is_planned),
        by_method={},
    )


def _quiet(values: Floats, is_planned: NDArray[np.bool_]) -> Floats:
    return np.where(is_planned[:, np.newaxis], 0.0, values)


def _days(
    before: Floats | None, band: Floats, is_planned: NDArray[np.bool_]
) -> Floats | None:
    if before is None:
        return None
    return np.where(is_planned, band.sum(axis=1), before)


def _edges(
    plan: CampaignPlan, is_open: Bools, interval_s: int, work: CampaignWork
) -> tuple[Floats, Floats]:
    """Dials when fewer or more people answer than planned, and chance on top."""
    runs = np.stack(
        [work.dials]
        + [
            follow_campaign(plan, is_open, interval_s, rate_factor=factor).dials
            for factor in (1.0 - _RATE_MISS, 1.0 + _RATE_MISS)
        ]
    )
    chance = _NORMAL_80 * np.sqrt(work.dials)
    room = np.where(is_open, plan.dials_per_h * interval_s / 3600.0, 0.0)
    lower = np.maximum(runs.min(axis=0) - chance, 0.0)
    return lower, np.minimum(runs.max(axis=0) + chance, np.maximum(room, work.dials))


def practice_of(queue: Queue) -> Practice | None:
    """What the queue's dials of the last eight weeks came to; None without any."""
    since = clock.now() - timedelta(days=_LEARN_DAYS)
    at = QueueInterval
    rows = db.session.execute(
        select(at.interval_start, at.dialled, at.connected, at.outbound_s).where(
            at.queue_id == queue.id, at.interval_start >= since, at.dialled > 0
        )
    ).all()
    if not rows:
        return None
    dialled, connected = np.zeros(HOURS), np.zeros(HOURS)
    work = 0.0
    for start, dials, reached, seconds in rows:
        hour = start.astimezone(queue.project.tz).hour
        dialled[hour] += dials
        connected[hour] += reached
        work += seconds
    rate = np.where(dialled > 0, connected / np.maximum(dialled, 1.0), 0.0)
    n_quarters = len(rows)
    return Practice(
        contact_rate=[round(float(each), 3) for each in rate],
        talk_s=round(work / max(float(connected.sum()), 1.0)),
        dials_per_h=round(float(dialled.sum()) / (n_quarters / 4.0)),
        n_dials=int(dialled.sum()),
    )
