"""Clients, projects, queues, targets, opening hours, the calendar, assignments."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from callcenter.demo import company as planned
from callcenter.demo.loading.rows import Story, insert_for_ids, insert_rows
from callcenter.projects.models import (
    BillingBasis,
    CalendarDay,
    Channel,
    Client,
    DayKind,
    Direction,
    OpeningHours,
    Project,
    Queue,
    ServiceTarget,
    SlDefinition,
    Stage,
    TeamAssignment,
)

BILLING = {
    planned.BillingBasis.CONTACT: BillingBasis.PER_CONTACT,
    planned.BillingBasis.HOUR: BillingBasis.PER_HOUR,
    planned.BillingBasis.SEAT: BillingBasis.PER_SEAT,
    planned.BillingBasis.SALE: BillingBasis.PER_SALE,
}
CHANNELS = {
    planned.Channel.VOICE: Channel.VOICE,
    planned.Channel.CHAT: Channel.CHAT,
    planned.Channel.OUTBOUND: Channel.VOICE,
    planned.Channel.CASE: Channel.BACK_OFFICE,
}
DEFINITIONS = {
    "all": SlDefinition.OF_OFFERED,
    "after_threshold": SlDefinition.WITHOUT_SHORT_ABANDONS,
    "none": SlDefinition.OF_ANSWERED,
}
CONTACTS = {
    "BHT": ("Wen Haoran", "service@blueheron.example"),
    "LBB": ("Shao Yun", "cards@lanternbay.example"),
    "MLM": ("Bai Lu", "care@maplelane.example"),
    "SFB": ("Luo Cheng", "sales@sunfield.example"),
    "QHI": ("Jiang Min", "claims@quietharbour.example"),
    "HCW": ("Rita Valente", "passengers@halcyonwings.example"),
}
HOLIDAYS = 7


def load_work(story: Story) -> None:
    """Put in place whom the company works for, and on what terms."""
    _load_projects(story)
    _load_queues(story)
    _load_terms(story)
    insert_rows(CalendarDay, [*_holidays(story), *_events(story)])
    insert_rows(TeamAssignment, list(_assignments(story)))


def _load_projects(story: Story) -> None:
    clients = story.company.clients
    ids = insert_for_ids(
        Client,
        [
            {
                "code": client.code,
                "name": client.name.en,
                "contact_name": CONTACTS[client.code][0],
                "contact_email": CONTACTS[client.code][1],
            }
            for client in clients
        ],
    )
    client_ids = dict(zip((client.code for client in clients), ids, strict=True))
    projects = story.company.projects
    ids = insert_for_ids(
        Project,
        [
            {
                "client_id": client_ids[project.client],
                "code": project.code,
                "name": project.name.en,
                "stage": Stage.FORMAL,
                "zone": project.zone,
                "starts_on": project.started_on,
                "billing_basis": BILLING[project.billing],
                "rate": project.rate,
                "currency": project.currency,
            }
            for project in projects
        ],
    )
    story.ids.projects.update(zip((each.code for each in projects), ids, strict=True))


def _load_queues(story: Story) -> None:
    queues = story.company.queues
    ids = insert_for_ids(
        Queue,
        [
            {
                "project_id": story.ids.projects[queue.project],
                "code": queue.code,
                "name": queue.name.en,
                "channel": CHANNELS[queue.channel],
                "direction": (
                    Direction.OUTBOUND if queue.is_outbound else Direction.INBOUND
                ),
                "skill_id": story.ids.skills[queue.skill],
                "concurrency": 1,
            }
            for queue in queues
        ],
    )
    story.ids.queue_codes.update(zip((q.code for q in queues), ids, strict=True))


def _load_terms(story: Story) -> None:
    targets: list[dict[str, Any]] = []
    hours: list[dict[str, Any]] = []
    started = {project.code: project.started_on for project in story.company.projects}
    for queue in story.company.queues:
        queue_id = story.ids.queue_codes[queue.code]
        if not queue.is_outbound:
            targets.append(_target(queue, queue_id, started[queue.project]))
        hours += _hours(queue, queue_id)
    insert_rows(ServiceTarget, targets)
    insert_rows(OpeningHours, hours)


def _target(queue: planned.Queue, queue_id: int, starts_on: date) -> dict[str, Any]:
    target = queue.target
    return {
        "queue_id": queue_id,
        "starts_on": starts_on,
        "ends_on": None,
        "sl_target": target.share,
        "sl_threshold_s": target.threshold_s,
        "sl_definition": DEFINITIONS[target.abandons],
        "short_abandon_s": target.short_abandon_s,
        "max_abandon_rate": target.abandon_limit or None,
        "max_occupancy": target.occupancy_limit,
        "max_asa_s": None,
    }


def _hours(queue: planned.Queue, queue_id: int) -> Iterator[dict[str, Any]]:
    """The same hours every day; where nothing is done on holidays, none on them."""
    days = range(HOLIDAYS + 1 if queue.workload.holiday > 0 else HOLIDAYS)
    for weekday in days:
        yield {
            "queue_id": queue_id,
            "weekday": weekday,
            "opens_at": time(queue.opens_h),
            "closes_at": time(queue.closes_h % 24),
        }


def _holidays(story: Story) -> Iterator[dict[str, Any]]:
    for holiday in story.company.holidays:
        kind = DayKind.WORKING_DAY if holiday.is_workday else DayKind.HOLIDAY
        yield {
            "country": holiday.country,
            "project_id": None,
            "day": holiday.on,
            "kind": kind,
            "name": holiday.name.en,
            "name_zh": holiday.name.zh,
        }


def _events(story: Story) -> Iterator[dict[str, Any]]:
    """Each day of an event, for every project that it touches."""
    project_of = {queue.code: queue.project for queue in story.company.queues}
    for event in story.company.events:
        touched = sorted({project_of[code] for code in event.queues})
        for offset in range((event.ends_on - event.starts_on).days + 1):
            for project in touched:
                yield {
                    "country": None,
                    "project_id": story.ids.projects[project],
                    "day": event.starts_on + timedelta(days=offset),
                    "kind": DayKind.EVENT,
                    "name": event.name.en,
                    "name_zh": event.name.zh,
                }


def _assignments(story: Story) -> Iterator[dict[str, Any]]:
    for team in story.company.teams:
        if team.project is not None:
            yield {
                "project_id": story.ids.projects[team.project],
                "team_id": story.ids.teams[team.code],
                "starts_on": team.founded_on,
                "ends_on": None,
            }
