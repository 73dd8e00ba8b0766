"""The last days of agents' changes of state, as a switch reports them."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from callcenter.acd.models import AgentState
from callcenter.acd.services.rows import hash_keys, seed_of
from callcenter.demo.calendar import Ints
from callcenter.demo.loading.contacts import FORMAT, Delivery, source_keys
from callcenter.demo.loading.rows import Story, insert_columns, midnight
from callcenter.demo.rota import Pause
from callcenter.demo.tables import Table

DAYS = 7
# In the order in which events of one second happen.
LOGGED_IN, AVAILABLE, PAUSED, ON_CONTACT, AFTER_CONTACT, LOGGED_OUT = range(6)
STATES = np.array(
    [
        b"logged_in",
        b"available",
        b"paused",
        b"on_contact",
        b"after_contact",
        b"logged_out",
    ]
)
NO_REASON = len(Pause)
REASONS = np.array([*(pause.name.lower().encode() for pause in Pause), b""])


@dataclass(frozen=True, slots=True)
class Events(Table):
    """Changes of state; ``state`` and ``reason`` are positions in the lists above."""

    employee: Ints
    at: Ints
    state: Ints
    reason: Ints


def load_states(story: Story, deliveries: dict[str, Delivery]) -> int:
    """Store the events of the last days, project by project; how many."""
    events = _recent(story, _all_events(story))
    events = events.pick(np.lexsort((events.state, events.at)))
    project_of = {team.code: team.project for team in story.company.teams}
    projects = np.array([project_of[e.team] or "" for e in story.company.employees])
    n_events = 0
    for code, delivery in deliveries.items():
        mine = events.pick(np.flatnonzero(projects[events.employee] == code))
        n_events += _insert(story, code, delivery, mine)
    return n_events


def _all_events(story: Story) -> Events:
    sessions, pauses = story.history.sessions, story.history.pauses
    served = story.history.contacts
    served = served.pick(np.flatnonzero(served.employee >= 0))
    wrapped = served.ended_at + served.wrap_s
    spans = (
        (sessions.employee, sessions.starts_at, LOGGED_IN),
        (sessions.employee, sessions.ends_at, LOGGED_OUT),
        (pauses.employee, pauses.ends_at, AVAILABLE),
        (served.employee, served.answered_at, ON_CONTACT),
        (served.employee, served.ended_at, AFTER_CONTACT),
        (served.employee, wrapped, AVAILABLE),
    )
    parts = [
        Events(who, at, np.full(len(who), state), np.full(len(who), NO_REASON))
        for who, at, state in spans
    ]
    began = np.full(len(pauses), PAUSED)
    parts.append(Events(pauses.employee, pauses.starts_at, began, pauses.reason))
    return Events.joined(parts)


def _recent(story: Story, events: Events) -> Events:
    zone = story.zone_of(story.company.sites[0].code)
    first = midnight(story.today - timedelta(days=DAYS - 1), zone).timestamp()
    inside = (events.at >= first) & (events.at <= story.until)
    return events.pick(np.flatnonzero(inside))


def _insert(story: Story, code: str, delivery: Delivery, events: Events) -> int:
    if not len(events):
        return 0
    project_id = story.ids.projects[code]
    keys = source_keys(code, len(events))
    everywhere = np.ones(len(events), np.int64)
    return insert_columns(
        AgentState,
        {
            "key_hash": hash_keys(keys, seed_of(f"{project_id}/{FORMAT}/state")),
            "import_id": everywhere * delivery.import_id,
            "project_id": everywhere * project_id,
            "agent_name_id": delivery.agent_names[events.employee],
            "agent_id": story.employee_ids[events.employee],
            "at": events.at.astype(np.int64),
            "state": STATES[events.state],
            "reason": REASONS[events.reason],
            "duration_s": everywhere * 0,
        },
    )
