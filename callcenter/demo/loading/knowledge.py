"""What planners know: mailings and billing days, a campaign, a queue that is young."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from callcenter.acd.models import QueueDay, QueueInterval
from callcenter.demo.calendar import months_before
from callcenter.demo.loading.rows import Story
from callcenter.forecasting import services as forecasting
from callcenter.forecasting.models import EffectSource, Release, Treatment
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.projects.models import OpeningHours, Queue, ServiceTarget
from callcenter.projects.queries import get_project, get_queue

DAY = timedelta(days=1)
MONTHS_BACK, MONTHS_AHEAD = 13, 2
YOUNG_DAYS = 17
YOUNG_CODE, YOUNG_NAME, LIKE_CODE = "BANK-APP", "Card app help", "BANK-ZH"
YOUNG_SHARE = 0.18


@dataclass(frozen=True, slots=True)
class _Monthly:
    """Something that moves a queue on the same days of every month."""

    queue: str
    kind: str
    name: str
    first: int
    last: int
    lag_days: int
    pieces: float | None
    pieces_ahead: float | None
    comment: str


# The volumes of these days are those of `volumes.daily_levels`.
_MONTHLY = (
    _Monthly(
        "TEL-BILL", "billing", "Bills sent", 1, 3, 1, None, None,
        "Bills of all mobile customers go out on the first.",
    ),
    _Monthly(
        "BANK-ZH", "mailing", "Card statements", 5, 6, 1, 180_000.0, 220_000.0,
        "Paper and app statements; more of them from next month on.",
    ),
)  # fmt: skip


def load_knowledge(story: Story, *, by: int) -> int:
    """Enter events past and planned, a campaign and a young queue; returns how many."""
    _young_queue(story)
    n_events = sum(_enter(story, each, by=by) for each in _MONTHLY)
    _outage(story, by=by)
    _campaign(story, by=by)
    return n_events + 1


def draft_bank_cards(story: Story, *, by: int) -> None:
    """Leave a draft for planners to work on: eight weeks of the bank's queues."""
    project = get_project(story.ids.projects["BANK"], EVERYTHING)
    for queue in project.queues:
        queue.project = project
    forecasting.forecast_at_once(
        project.queues,
        story.company.today,
        56,
        name=f"{project.name}: draft of eight weeks",
        by=by,
    )


def _enter(story: Story, each: _Monthly, *, by: int) -> int:
    queue_id = story.ids.queue_codes[each.queue]
    queue = get_queue(queue_id, EVERYTHING)
    project = get_project(queue.project_id, EVERYTHING)
    n = 0
    for month in _months(story.today):
        first = month.replace(day=each.first)
        is_ahead = first > story.today
        forecasting.save_event(
            None,
            project,
            [queue_id],
            kind=each.kind,
            name=each.name,
            first_day=first,
            last_day=month.replace(day=each.last),
            lead_days=0,
            lag_days=each.lag_days,
            size=each.pieces_ahead if is_ahead else each.pieces,
            effect=EffectSource.LEARNT,
            comment=each.comment,
            made_by_id=by,
        )
        n += 1
    return n


def _months(today: date) -> Iterator[date]:
    month = months_before(today, MONTHS_BACK).replace(day=1)
    for _n in range(MONTHS_BACK + MONTHS_AHEAD + 1):
        yield month
        month = (month + 32 * DAY).replace(day=1)


def _outage(story: Story, *, by: int) -> None:
    """The day of the cut fibre teaches nothing; a planner said so."""
    for event in story.company.events:
        if event.code != "OUTAGE" or event.starts_on < story.company.first_day:
            continue
        queue = get_queue(story.ids.queue_codes[event.queues[0]], EVERYTHING)
        forecasting.choose(
            queue,
            event.starts_on,
            event.ends_on,
            Treatment.USUAL,
            reason=event.note.en,
            by=by,
        )


def _campaign(story: Story, *, by: int) -> None:
    """Two weeks of calls from next Monday, by the rates of the last eight weeks."""
    queue = get_queue(story.ids.queue_codes["SALES-UP"], EVERYTHING)
    practice = forecasting.practice_of(queue)
    if practice is None:
        return
    monday = story.company.today + (7 - story.company.today.weekday()) * DAY
    forecasting.save_campaign(
        None,
        queue,
        name="Faster lines before the holidays",
        first_day=monday,
        last_day=monday + 11 * DAY,
        list_size=9000,
        release=Release.DAILY,
        most_attempts=3,
        fading=0.8,
        contact_rate=practice.contact_rate,
        retries=[[0.25, 2.0], [0.65, 24.0], [0.1, 0.0]],
        dials_per_h=practice.dials_per_h * 4,
        talk_s=practice.talk_s,
        wrap_s=0.0,
        dial_s=8.0,
        comment="A list of customers on copper lines.",
        made_by_id=by,
    )


def _young_queue(story: Story) -> None:
    """A queue that opened some days ago: a share of what came to a queue like it."""
    like = get_queue(story.ids.queue_codes[LIKE_CODE], EVERYTHING)
    young = Queue(
        project_id=like.project_id,
        code=YOUNG_CODE,
        name=YOUNG_NAME,
        channel=like.channel,
        skill_id=like.skill_id,
    )
    db.session.add(young)
    db.session.flush()
    for table in (OpeningHours, ServiceTarget):
        _copy(table, like.id, young.id)
    rng = np.random.default_rng([story.company.seed, 9])
    since = story.company.today - YOUNG_DAYS * DAY
    quarters = _thinned(QueueInterval, like.id, since, rng)
    db.session.execute(
        insert(QueueInterval), [{**q, "queue_id": young.id} for q in quarters]
    )
    days: dict[date, dict[str, Any]] = {}
    for quarter in quarters:
        total = days.setdefault(quarter["day"], {"queue_id": young.id})
        for name, value in quarter.items():
            if isinstance(value, int) and name not in {"queue_id", "threshold_s"}:
                total[name] = total.get(name, 0) + value
    db.session.execute(
        insert(QueueDay), [{**total, "day": day} for day, total in sorted(days.items())]
    )


def _copy(table: type[OpeningHours] | type[ServiceTarget], of: int, to: int) -> None:
    columns = [each for each in table.__table__.columns if each.name != "id"]
    rows = db.session.execute(select(*columns).where(table.queue_id == of)).mappings()
    copies = [{**row, "queue_id": to} for row in rows]
    if copies:
        db.session.execute(insert(table), copies)


def _thinned(
    table: type[QueueInterval], queue_id: int, since: date, rng: np.random.Generator
) -> Sequence[dict[str, Any]]:
    """Quarters in which each contact stayed by chance; sums shrink in proportion."""
    rows = db.session.execute(
        select(*table.__table__.columns)
        .where(table.queue_id == queue_id, table.day >= since)
        .order_by(table.interval_start)
    ).mappings()
    found = []
    for row in rows:
        n = int(rng.binomial(row["offered"], YOUNG_SHARE)) if row["offered"] else 0
        if not n:
            continue
        share = n / row["offered"]
        sums = {
            name: round(value * share)
            for name, value in row.items()
            if isinstance(value, int) and name not in {"queue_id", "threshold_s"}
        }
        found.append({**row, **sums, "offered": n})
    return found
