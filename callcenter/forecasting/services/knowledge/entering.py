"""Events and campaigns brought in by files and programs, all or none.

What is there already under the same name and first day is changed, so that the same
file twice changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callcenter.forecasting.errors import ImportRefused
from callcenter.forecasting.models import CampaignPlan, EffectSource, Event, Release
from callcenter.forecasting.models.knowledge import MOST_LAG_DAYS, MOST_LEAD_DAYS
from callcenter.forecasting.services.forecasts.importing import Fault
from callcenter.forecasting.services.knowledge.campaigns import save_campaign
from callcenter.forecasting.services.knowledge.events import save_event
from callcenter.forecasting.services.knowledge.records import (
    MOST_FAULTS,
    MOST_RECORDS,
    Reader,
    Record,
)
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.projects.models import Project, Queue

EVENT_COLUMNS = ("kind", "name", "first_day")
CAMPAIGN_COLUMNS = ("queue", "name", "first_day", "last_day", "list_size")
_NO_RETRIES = ((0.3, 1.0), (0.6, 24.0))
Entry = Callable[[Reader], str]


def enter_events(
    project: Project, records: Sequence[Any], *, by: int | None = None, first_row: int
) -> Mapping[str, int]:
    """Enter events of a project, whose queues must be loaded, or change them.

    ``first_row`` is the number of the first record. Returns how many were ``new``,
    ``changed`` and ``unchanged``. Raises `ImportRefused` with every `Fault`.
    """
    present = {(row.name, row.first_day): row for row in _events(project)}
    codes = {queue.code.casefold(): queue for queue in project.queues}

    def enter(reader: Reader) -> str:
        values, queue_ids = _event_values(reader, codes)
        if not reader.is_well:
            return ""
        key = (values["name"], values["first_day"])
        row = present.get(key)
        if row is None:
            values["made_by_id"] = by
        before = None if row is None else event_record(row, project.queues)
        saved = save_event(row, project, queue_ids, **values)
        present[key] = saved
        return _outcome(before, event_record(saved, project.queues))

    return _enter_all(records, enter, first_row)


def enter_campaigns(
    project: Project, records: Sequence[Any], *, by: int | None = None, first_row: int
) -> Mapping[str, int]:
    """Enter campaign plans of a project, or change them; as `enter_events` does."""
    codes = {queue.code.casefold(): queue for queue in project.queues}
    names = {queue.id: queue.code for queue in project.queues}
    present = {
        (row.queue_id, row.name, row.first_day): row for row in _campaigns(project)
    }

    def enter(reader: Reader) -> str:
        queue = codes.get(reader.text("queue", 80, required=True).casefold())
        if queue is None:
            reader.refuse("queue", "unknown-queue", reader.plain("queue"))
        values = _campaign_values(reader)
        if queue is None or not reader.is_well:
            return ""
        key = (queue.id, values["name"], values["first_day"])
        row = present.get(key)
        if row is None:
            values["made_by_id"] = by
        before = None if row is None else campaign_record(row, names)
        saved = save_campaign(row, queue, **values)
        present[key] = saved
        return _outcome(before, campaign_record(saved, names))

    return _enter_all(records, enter, first_row)


def _enter_all(
    records: Sequence[Any], enter: Entry, first_row: int
) -> Mapping[str, int]:
    faults: list[Fault] = []
    outcomes: Counter[str] = Counter()
    if not 0 < len(records) <= MOST_RECORDS:
        rule = f"more-than-{MOST_RECORDS}" if records else "no-rows"
        raise ImportRefused(faults=[Fault(first_row, "", rule)])
    for row, record in enumerate(records, start=first_row):
        reader = Reader(row, record, faults)
        try:
            outcomes[enter(reader)] += 1
        except Invalid as refusal:
            for name in refusal.context.get("fields", ("",)):
                reader.refuse(name, f"refused:{refusal.message}")
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        is_cut = len(faults) >= MOST_FAULTS
        raise ImportRefused(faults=faults[:MOST_FAULTS], is_cut=is_cut)
    return {name: outcomes[name] for name in ("new", "changed", "unchanged")}


def _outcome(before: Record | None, after: Record) -> str:
    if before is None:
        return "new"
    return "unchanged" if before == after else "changed"


def _event_values(
    reader: Reader, codes: Mapping[str, Queue]
) -> tuple[dict[str, Any], list[int]]:
    first = reader.day("first_day")
    values = {
        "kind": reader.text("kind", 40, required=True),
        "name": reader.text("name", 120, required=True),
        "first_day": first,
        "last_day": reader.day("last_day", first),
        "lead_days": reader.whole("lead_days", 0, MOST_LEAD_DAYS, 0),
        "lag_days": reader.whole("lag_days", 0, MOST_LAG_DAYS, 0),
        "size": reader.number("size", 1e-6, 1e12) if reader.plain("size") else None,
        "effect": reader.word("effect", EffectSource, EffectSource.LEARNT),
        "uplift": [1.0 + each for each in reader.shares("uplift", -100.0, 10_000.0)],
        "comment": reader.text("comment", 400),
    }
    queue_ids = []
    for code in reader.several("queues"):
        queue = codes.get(code.casefold())
        if queue is None:
            reader.refuse("queues", "unknown-queue", code)
        else:
            queue_ids.append(queue.id)
    return values, queue_ids


def _campaign_values(reader: Reader) -> dict[str, Any]:
    soon, later = _NO_RETRIES
    busy = reader.number("busy_share", 0.0, 100.0, soon[0] * 100) / 100.0
    again = reader.number("later_share", 0.0, 100.0, later[0] * 100) / 100.0
    if busy + again > 1.0 + 1e-9:
        reader.refuse("later_share", "shares-above-100")
    rate = reader.shares("contact_rate", 0.0, 100.0)
    if len(rate) not in {1, 24}:
        reader.refuse("contact_rate", "one-or-24-numbers", reader.plain("contact_rate"))
    return {
        "name": reader.text("name", 120, required=True),
        "first_day": reader.day("first_day"),
        "last_day": reader.day("last_day"),
        "list_size": reader.whole("list_size", 1, 10**8),
        "release": reader.word("release", Release, Release.DAILY),
        "most_attempts": reader.whole("most_attempts", 1, 20, 4),
        "fading": reader.number("fading", 0.0, 100.0, 85.0) / 100.0,
        "contact_rate": rate * 24 if len(rate) == 1 else rate,
        "retries": [
            [busy, reader.number("busy_wait_h", 0.1, 336.0, soon[1])],
            [again, reader.number("later_wait_h", 0.1, 336.0, later[1])],
            [max(1.0 - busy - again, 0.0), 0.0],
        ],
        "dials_per_h": reader.number("dials_per_h", 0.1, 1e6),
        "talk_s": reader.number("talk_s", 0.0, 36_000.0),
        "wrap_s": reader.number("wrap_s", 0.0, 36_000.0, 0.0),
        "dial_s": reader.number("dial_s", 0.0, 3600.0, 0.0),
        "comment": reader.text("comment", 400),
    }


def event_records(project: Project) -> Iterator[Record]:
    """The events of a project as records that `enter_events` takes."""
    for row in _events(project):
        yield event_record(row, project.queues)


def campaign_records(project: Project) -> Iterator[Record]:
    """The campaign plans of a project as records that `enter_campaigns` takes."""
    codes = {queue.id: queue.code for queue in project.queues}
    for row in _campaigns(project):
        yield campaign_record(row, codes)


def event_record(row: Event, queues: Sequence[Queue]) -> Record:
    """An event in plain values; shares are in percent, queues are codes."""
    return {
        "kind": row.kind,
        "name": row.name,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "lead_days": row.lead_days,
        "lag_days": row.lag_days,
        "size": row.size,
        "effect": row.effect.value,
        "uplift": [_percent(each - 1.0) for each in row.uplift or ()],
        "queues": [each.code for each in queues if each.id in row.queue_ids],
        "comment": row.comment,
    }


def campaign_record(row: CampaignPlan, codes: Mapping[int, str]) -> Record:
    """A campaign plan in plain values; shares are in percent, the queue is a code."""
    (busy, busy_wait), (later, later_wait) = row.retries[:2]
    plain = {
        name: getattr(row, name)
        for name in ("list_size", "most_attempts", "dials_per_h")
    }
    seconds = {name: getattr(row, name) for name in ("talk_s", "wrap_s", "dial_s")}
    return {
        "queue": codes[row.queue_id],
        "name": row.name,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        **plain,
        "release": row.release.value,
        "fading": _percent(row.fading),
        "contact_rate": [_percent(each) for each in row.contact_rate],
        "busy_share": _percent(busy),
        "busy_wait_h": busy_wait,
        "later_share": _percent(later),
        "later_wait_h": later_wait,
        **seconds,
        "comment": row.comment,
    }


def _percent(share: float) -> float:
    return round(share * 100.0, 6) + 0.0


def _events(project: Project) -> Sequence[Event]:
    return db.session.scalars(
        select(Event)
        .options(selectinload(Event.queues))
        .where(Event.project_id == project.id)
        .order_by(Event.first_day, Event.id)
    ).all()


def _campaigns(project: Project) -> Sequence[CampaignPlan]:
    return db.session.scalars(
        select(CampaignPlan)
        .where(CampaignPlan.project_id == project.id)
        .order_by(CampaignPlan.first_day, CampaignPlan.id)
    ).all()
