"""The whole load, phase by phase, in one transaction."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select, text

from callcenter.access import audit
from callcenter.access.services import find_actor
from callcenter.demo.founding import build_company
from callcenter.demo.history import CONTACT_DAYS, simulate_history
from callcenter.demo.loading.contacts import load_contacts
from callcenter.demo.loading.facts import load_facts
from callcenter.demo.loading.leave import load_leave
from callcenter.demo.loading.organisation import load_organisation
from callcenter.demo.loading.planning import load_forecasts, load_schedules
from callcenter.demo.loading.rows import Story
from callcenter.demo.loading.seats import load_seats
from callcenter.demo.loading.staff import load_staff
from callcenter.demo.loading.states import load_states
from callcenter.demo.loading.users import load_users
from callcenter.demo.loading.work import load_work
from callcenter.kernel import clock
from callcenter.kernel.actor import SYSTEM, acting
from callcenter.kernel.db import db, dialect_name, transaction
from callcenter.kernel.errors import Conflict
from callcenter.kernel.text import _l
from callcenter.people.models import Employee

SMALL_CONTACT_DAYS = 10
SMALL_WEEKS = 13
PLANNER = "planner@demo.example"
EASTERNMOST = ZoneInfo("Asia/Shanghai")
Tell = Callable[[str], None]


class NotEmpty(Conflict):
    """The database holds people already."""

    code = "demo.not_empty"

    def default_message(self) -> object:
        """What stands in the way."""
        return _l("The database holds people already; the demo needs an empty one.")


@dataclass(slots=True)
class LoadReport:
    """What was loaded: rows by kind, and the seconds of each phase."""

    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def load_demo(
    *, seed: int = 7, moment: datetime | None = None, is_small: bool = False, tell: Tell
) -> LoadReport:
    """Invent the demo company as it stands at ``moment`` and store it.

    The same seed and moment give the same company. A small one has the same people
    and a shorter past. ``tell`` is given a line for each phase.

    Raises `NotEmpty` when there are people in the database.
    """
    moment = moment or clock.now()
    report = LoadReport()
    with clock.frozen(moment), acting(SYSTEM):
        _refuse_people()
        with _phase(report, tell, "Fourteen months of work simulated"):
            story = imagine(seed, moment, is_small=is_small)
        with transaction():
            _refuse_people()
            _store(story, report, tell, since=_since(story, is_small=is_small))
    return report


def imagine(seed: int, moment: datetime, *, is_small: bool = False) -> Story:
    """The company and its history until the end of the day of ``moment``."""
    tomorrow = moment.astimezone(EASTERNMOST).date() + timedelta(days=1)
    company = build_company(seed, tomorrow)
    days = SMALL_CONTACT_DAYS if is_small else CONTACT_DAYS
    rng = np.random.default_rng([seed, 2])
    history = simulate_history(company, rng, contact_days=days)
    return Story(company, history, moment)


def _since(story: Story, *, is_small: bool) -> date:
    if is_small:
        return story.today - timedelta(weeks=SMALL_WEEKS)
    return story.company.first_day


def _refuse_people() -> None:
    if db.session.scalar(select(Employee.id).limit(1)) is not None:
        raise NotEmpty


def _store(story: Story, report: LoadReport, tell: Tell, *, since: date) -> None:
    if dialect_name() == "sqlite":
        # A quarter of a gigabyte spares most of the writing back while indexes grow.
        db.session.execute(text("PRAGMA cache_size = -262144"))
    with _phase(report, tell, "People, projects and seats stored"):
        load_organisation(story)
        load_staff(story)
        load_work(story)
        report.rows["seats"] = load_seats(story)
        report.rows["users"] = load_users(story)
    with _phase(report, tell, "Contacts stored and counted"):
        deliveries = load_contacts(story)
        report.rows["agent states"] = load_states(story, deliveries)
    with _phase(report, tell, "Facts of the year before stored"):
        loaded = load_facts(story, since=since)
        report.rows["facts"] = loaded.queue_quarters
    planner = find_actor(story.ids.users[PLANNER])
    with acting(planner or SYSTEM):
        _plan(story, report, tell, by=story.ids.users[PLANNER])
    audit.record("loaded", "demo", story.company.seed, rows=report.rows)


def _plan(story: Story, report: LoadReport, tell: Tell, *, by: int) -> None:
    with _phase(report, tell, "Forecasts made and approved"):
        report.rows["forecasts"] = load_forecasts(story, by=by)
    with _phase(report, tell, "Schedules solved and published"):
        report.rows["schedules"] = load_schedules(story, by=by)
    with _phase(report, tell, "Leave asked for and decided"):
        report.rows["leave requests"] = load_leave(story)


@contextmanager
def _phase(report: LoadReport, tell: Tell, name: str) -> Iterator[None]:
    """Time a phase and tell when it is over."""
    began = time.perf_counter()
    yield
    report.seconds[name] = time.perf_counter() - began
    tell(f"{name} ({report.seconds[name]:.1f} s)")
