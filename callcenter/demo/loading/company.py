"""The whole load, phase by phase, in one transaction."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select, text

from callcenter.access import audit
from callcenter.access.services import find_actor
from callcenter.demo.founding import build_company
from callcenter.demo.history import CONTACT_DAYS, simulate_history
from callcenter.demo.loading.candidates import load_candidates
from callcenter.demo.loading.capacity import load_capacity
from callcenter.demo.loading.contacts import load_contacts
from callcenter.demo.loading.facts import load_facts
from callcenter.demo.loading.knowledge import draft_bank_cards, load_knowledge
from callcenter.demo.loading.leave import load_leave
from callcenter.demo.loading.organisation import load_organisation
from callcenter.demo.loading.planning import (
    SCHEDULED,
    load_forecasts,
    load_schedules,
)
from callcenter.demo.loading.recruiting import RECRUITER, load_requisitions
from callcenter.demo.loading.rows import Story
from callcenter.demo.loading.seats import load_seats
from callcenter.demo.loading.staff import load_staff
from callcenter.demo.loading.states import load_states
from callcenter.demo.loading.swaps import load_swaps
from callcenter.demo.loading.users import load_users
from callcenter.demo.loading.weekly import load_weekly
from callcenter.demo.loading.wishes import load_wishes
from callcenter.demo.loading.work import load_work
from callcenter.demo.loading.workbench import tend_draft
from callcenter.kernel import clock
from callcenter.kernel.actor import SYSTEM, acting
from callcenter.kernel.db import db, dialect_name, transaction
from callcenter.kernel.errors import Conflict
from callcenter.kernel.text import _l
from callcenter.people.models import Employee

PLANNER = "planner@demo.example"
MANAGER = "manager@demo.example"
EASTERNMOST = ZoneInfo("Asia/Shanghai")
Tell = Callable[[str], None]


class NotEmpty(Conflict):
    """The database holds people already."""

    code = "demo.not_empty"

    def default_message(self) -> object:
        """What stands in the way."""
        return _l("The database holds people already; the demo needs an empty one.")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the past is loaded, and whose schedules are made."""

    contact_days: int
    weeks: int | None
    scheduled: tuple[str, ...]


FULL = Extent(CONTACT_DAYS, None, SCHEDULED)
SMALL = Extent(10, 13, SCHEDULED[:1])


@dataclass(slots=True)
class LoadReport:
    """What was loaded: rows by kind, and the seconds of each phase."""

    tell: Tell
    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase and tell when it is over."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began
        self.tell(f"{name} ({self.seconds[name]:.1f} s)")


def load_demo(
    *,
    seed: int = 7,
    moment: datetime | None = None,
    extent: Extent = FULL,
    tell: Tell = lambda _line: None,
) -> LoadReport:
    """Invent the demo company as it stands at ``moment`` and store it.

    The same seed and moment give the same company. ``tell`` is given a line for each
    phase.

    Raises `NotEmpty` when there are people in the database.
    """
    moment = moment or clock.now()
    report = LoadReport(tell)
    with clock.frozen(moment), acting(SYSTEM):
        _refuse_people()
        with report.phase("Work of the past simulated"):
            story = imagine(seed, moment, extent)
        with transaction():
            _refuse_people()
            _store(story, report, extent)
            planner_id = story.ids.users[PLANNER]
            with acting(find_actor(planner_id) or SYSTEM):
                _plan(story, report, extent, by=planner_id)
            audit.record("loaded", "demo", seed, rows=report.rows)
    return report


def imagine(seed: int, moment: datetime, extent: Extent) -> Story:
    """The company and its history until the end of the day of ``moment``."""
    tomorrow = moment.astimezone(EASTERNMOST).date() + timedelta(days=1)
    company = build_company(seed, tomorrow)
    rng = np.random.default_rng([seed, 2])
    history = simulate_history(company, rng, contact_days=extent.contact_days)
    return Story(company, history, moment)


def _refuse_people() -> None:
    if db.session.scalar(select(Employee.id).limit(1)) is not None:
        raise NotEmpty


def _store(story: Story, report: LoadReport, extent: Extent) -> None:
    if dialect_name() == "sqlite":
        # A quarter of a gigabyte spares most of the writing back while indexes grow.
        db.session.execute(text("PRAGMA cache_size = -262144"))
    with report.phase("People, projects and seats stored"):
        load_organisation(story)
        load_staff(story)
        load_work(story)
        report.rows["seats"] = load_seats(story)
        report.rows["users"] = load_users(story)
    with report.phase("Contacts stored and counted"):
        deliveries = load_contacts(story)
        report.rows["contacts"] = len(story.history.contacts)
        report.rows["agent states"] = load_states(story, deliveries)
    with report.phase("Facts of the time before stored"):
        since = story.company.first_day
        if extent.weeks is not None:
            since = story.today - timedelta(weeks=extent.weeks)
        loaded = load_facts(story, since=since)
        report.rows["queues' quarter-hours"] = loaded.queue_quarters
        report.rows["agents' quarter-hours"] = loaded.agent_quarters
        report.rows["agents' days"] = loaded.agent_days


def _plan(story: Story, report: LoadReport, extent: Extent, *, by: int) -> None:
    codes = extent.scheduled
    with report.phase("Events, a campaign and a young queue entered"):
        report.rows["events"] = load_knowledge(story, by=by)
    with report.phase("Forecasts made and approved"):
        report.rows["forecasts"] = load_forecasts(story, codes, by=by)
        draft_bank_cards(story, by=by)
        tend_draft(story, by=by, colleague=story.ids.users[MANAGER])
    with report.phase("Weekly forecasts made and measured"):
        report.rows["weekly forecasts"] = load_weekly(story, by=by)
    with report.phase("Capacity planned"):
        report.rows["capacity scenarios"] = load_capacity(
            story, by=by, manager=story.ids.users[MANAGER]
        )
    with report.phase("Schedules solved and published"):
        report.rows["schedules"] = load_schedules(story, codes, by=by)
    with report.phase("Leave asked for and decided"):
        report.rows["leave requests"] = load_leave(story)
    with report.phase("Shifts offered and swapped"):
        report.rows["swaps"] = load_swaps(story)
        report.rows["people with wishes"] = load_wishes(story)
    with report.phase("People asked for and recruited"):
        report.rows["requisitions"] = load_requisitions(story)
        report.rows["candidates"] = load_candidates(
            story, by=story.ids.users[RECRUITER]
        )
