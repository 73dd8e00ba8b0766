"""Two months of contacts, stored and counted by the acd room's own services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from flask import current_app

from callcenter.acd.connectors.records import Direction, Outcome
from callcenter.acd.models import (
    REPEAT_DAYS,
    AgentDay,
    Import,
    ImportState,
    NameKind,
    QueueDay,
    SourceName,
)
from callcenter.acd.services import facts, storing
from callcenter.acd.services.counting import day_numbers
from callcenter.acd.services.recounting import repeats
from callcenter.acd.services.rows import COLUMNS, Rows, hash_keys, seal, seed_of
from callcenter.demo.calendar import DAY_S, Ints
from callcenter.demo.company import Project
from callcenter.demo.dialling import is_reached
from callcenter.demo.loading.rows import Story, insert_for_ids
from callcenter.demo.records import Contacts, Disposition
from callcenter.kernel.crypto import derive_key
from callcenter.kernel.db import db
from callcenter.projects import models as stored

FORMAT = "contacts-csv"
DIGITS = 8


@dataclass(frozen=True, slots=True)
class Delivery:
    """A project's import, and the ids of the names that its files use.

    ``queue_names`` and ``agent_names`` hold the id of the name of each queue and
    employee of the company, by position; 0 where the project's files name none.
    """

    import_id: int
    queue_names: Ints
    agent_names: Ints


def load_contacts(story: Story) -> dict[str, Delivery]:
    """Store every contact that was over by now, and count it into facts.

    Returns what was delivered, by the project's code.
    """
    contacts = story.history.contacts
    over = contacts.ended_at + contacts.wrap_s <= story.until
    project_of = _project_of(story)[contacts.queue]
    deliveries = {}
    for position, project in enumerate(story.company.projects):
        mine = contacts.pick(np.flatnonzero(over & (project_of == position)))
        deliveries[project.code] = _load_project(story, project, mine)
    return deliveries


def _project_of(story: Story) -> Ints:
    """The position of each queue's project."""
    positions = {each.code: k for k, each in enumerate(story.company.projects)}
    return np.array([positions[q.project] for q in story.company.queues], np.int64)


def _load_project(story: Story, project: Project, contacts: Contacts) -> Delivery:
    delivery = _deliver(story, project, contacts)
    rows = _rows(story, project, contacts, delivery)
    owner = storing.Owner(story.ids.projects[project.code], delivery.import_id)
    queues, agents = _targets(story, contacts)
    change = storing.store(rows, queues, agents, owner)
    row = db.session.get_one(stored.Project, owner.project_id)
    facts.add_counted(change.counted, facts.basis_of(row))
    _count_repeats(rows, queues, agents, row.tz)
    return delivery


def _count_repeats(rows: Rows, queues: Ints, agents: Ints, zone: ZoneInfo) -> None:
    """Count who came again within the days that the acd room looks ahead."""
    came_again = repeats(rows["customer"], rows["offered_at"], REPEAT_DAYS * DAY_S)
    day = day_numbers(rows["offered_at"], zone)
    answered = rows["outcome"] == Outcome.ANSWERED
    for model, chosen in ((QueueDay, answered), (AgentDay, answered & (agents > 0))):
        keys = {"queue_id": queues[chosen], "day": day[chosen]}
        if model is AgentDay:
            keys["agent_id"] = agents[chosen]
        facts.add_repeats(model, keys, came_again[chosen])


def _targets(story: Story, contacts: Contacts) -> tuple[Ints, Ints]:
    """The ids of queue and agent of each contact; 0 for no agent."""
    served = contacts.employee >= 0
    agents = np.where(served, story.employee_ids[contacts.employee], 0)
    return story.queue_ids[contacts.queue], agents


def _deliver(story: Story, project: Project, contacts: Contacts) -> Delivery:
    """Note the import, and the names of queues and agents, each with its target."""
    project_id = story.ids.projects[project.code]
    (import_id,) = insert_for_ids(
        Import,
        [
            {
                "project_id": project_id,
                "format_name": FORMAT,
                "file_names": [f"{project.code.lower()}-contacts.csv.gz"],
                "stored_names": [],
                "sha256": sha256(f"{story.company.seed}/{project.code}".encode())
                .digest()
                .hex(),
                "timezone": project.zone,
                "state": ImportState.DONE,
                "n_rows": len(contacts),
                "n_new": len(contacts),
                "first_day": story.history.contacts_from,
                "last_day": story.today,
                "finished_at": story.moment,
            }
        ],
    )
    queues = [q.code if q.project == project.code else "" for q in story.company.queues]
    teams = {t.code for t in story.company.teams if t.project == project.code}
    agents = [e.number if e.team in teams else "" for e in story.company.employees]
    names = _Names(story, project_id)
    return Delivery(
        import_id=import_id,
        queue_names=names.insert(NameKind.QUEUE, queues, story.queue_ids),
        agent_names=names.insert(NameKind.AGENT, agents, story.employee_ids),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    story: Story
    project_id: int

    def insert(self, kind: NameKind, names: Sequence[str], targets: Ints) -> Ints:
        """Remember the names that are not empty; their ids by position, else 0."""
        column = "queue_id" if kind is NameKind.QUEUE else "employee_id"
        seen_at = self.story.moment - timedelta(days=1)
        places = [place for place, name in enumerate(names) if name]
        rows: list[dict[str, Any]] = [
            {
                "project_id": self.project_id,
                "kind": kind,
                "name": names[place],
                column: int(targets[place]),
                "first_seen_at": seen_at,
            }
            for place in places
        ]
        ids = np.zeros(len(names), np.int64)
        ids[places] = insert_for_ids(SourceName, rows)
        return ids


def _rows(
    story: Story, project: Project, contacts: Contacts, delivery: Delivery
) -> Rows:
    project_id = story.ids.projects[project.code]
    keys = source_keys(project.code, len(contacts))
    rows = Rows(keys, np.zeros((len(COLUMNS), len(contacts)), np.int64))
    rows["key_hash"][:] = hash_keys(keys, seed_of(f"{project_id}/{FORMAT}"))
    rows["queue_name_id"][:] = contacts.queue
    # One further on, so that position -1 (nobody) becomes 0, which has no name.
    rows["agent_name_id"][:] = contacts.employee + 1
    rows["customer"][:] = _customers(project.client, contacts.customer)
    for name, values in _measures(story, contacts).items():
        rows[name][:] = values
    seal(rows, delivery.queue_names, np.append([0], delivery.agent_names))
    return rows


def source_keys(code: str, n: int) -> Any:
    """A key for each contact: the project's code and a running number."""
    numbers = np.arange(1, n + 1)[:, None] // 10 ** np.arange(DIGITS - 1, -1, -1)
    digits = (numbers % 10 + ord("0")).astype(np.uint8)
    prefix = np.frombuffer(f"{code}-".encode(), np.uint8)
    whole = np.concatenate([np.tile(prefix, (n, 1)), digits], axis=1)
    return np.ascontiguousarray(whole).view(f"S{whole.shape[1]}").ravel()


def _customers(client: str, numbers: Ints) -> Ints:
    """Keyed digests; the same number is another customer for another client."""
    secret = derive_key(current_app.config["DATA_KEYS"][-1], "customer").hex()
    return hash_keys(source_keys_of(numbers), seed_of(f"{secret}/{client}"))


def source_keys_of(numbers: Ints) -> Any:
    """Numbers as keys of equal width."""
    return np.ascontiguousarray(numbers.astype("S12"))


def _measures(story: Story, contacts: Contacts) -> dict[str, Ints]:
    """What a contact's columns in the acd room hold, by their names."""
    outbound = np.array([q.is_outbound for q in story.company.queues])[contacts.queue]
    abandoned = contacts.disposition == Disposition.ABANDONED
    missed = outbound & ~is_reached(contacts.disposition)
    over = np.where(abandoned, contacts.ended_at, contacts.answered_at)
    outcome = np.full(len(contacts), int(Outcome.ANSWERED))
    outcome[abandoned | missed] = int(Outcome.ABANDONED)
    return {
        "direction": np.where(outbound, Direction.OUTBOUND, Direction.INBOUND),
        "outcome": outcome,
        "offered_at": contacts.arrived_at,
        "wait_s": over - contacts.arrived_at,
        "talk_s": contacts.talk_s,
        "hold_s": contacts.hold_s,
        "wrap_s": contacts.wrap_s,
        "transfers": (contacts.disposition == Disposition.TRANSFERRED).astype(np.int64),
    }
