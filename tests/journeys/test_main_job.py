"""From call records to a published shift on an agent's phone, all in the browser."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.request import urlopen

import pytest

from callcenter.access import services as access
from callcenter.access.models import ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.db import db
from tests.factories.access import PASSWORD, make_user
from tests.factories.projects import make_target
from tests.factories.scheduling import Center, make_agent, make_center
from tests.journeys.conftest import DESK, PHONE, arrive, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]
LONG_MS = 60_000


@dataclass
class Newcomer:
    """A client's first week: people and seats, but no calls and no plan."""

    project: str
    queue: str
    site: str
    planner: str
    agent: str
    today: date


@pytest.fixture(scope="module")
def newcomer(house):
    with house.app.app_context():
        center = make_center(n_agents=3, n_seats=4)
        make_target(center.queue)
        planner = reader("planner", center, ScopeKind.SITE)
        agent = reader("agent", center, ScopeKind.SELF)
        db.session.commit()
        found = Newcomer(
            center.project.name,
            center.queue.code,
            center.site.name,
            planner.email,
            agent.email,
            clock.now().astimezone(center.zone).date(),
        )
        db.session.remove()
    return found


def reader(role: str, center: Center, kind: ScopeKind):
    scope_id = center.site.id if kind is ScopeKind.SITE else None
    user = make_user(role, scope_kind=kind, scope_id=scope_id)
    user.password_hash = access.hash_password(PASSWORD)
    make_agent(center, user_id=user.id, has_skill=role == "agent")
    return user


@pytest.fixture
def calls(tmp_path, newcomer):
    """Six weeks of calls, eight an hour from nine to five, as a switch exports them."""
    path = tmp_path / "calls.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["id", "queue", "offered_at", "answered_at", "ended_at"])
        for back in range(42, 0, -1):
            day = newcomer.today - timedelta(days=back)
            for n in range(64):
                at = datetime.combine(day, time(9)) + timedelta(minutes=7.5 * n)
                answered = at + timedelta(seconds=5 + n % 30)
                ended = answered + timedelta(seconds=200 + n)
                stamps = [
                    each.isoformat(" ", "seconds") for each in (at, answered, ended)
                ]
                lines.writerow([f"{day}-{n}", newcomer.queue, *stamps])
    return path


def test_from_call_records_to_a_shift_on_the_phone(browse, newcomer, calls):
    desk = browse(None, DESK)
    sign_in(desk, newcomer.planner)

    import_calls(desk, newcomer, calls)
    forecast(desk)
    schedule(desk, newcomer)
    phone = browse(None, PHONE)
    sign_in(phone, newcomer.agent)
    phone.goto("/me/schedule")
    shown = phone.inner_text(".next-shift")
    phone.click("text=/Make a (new|calendar) address/")
    with urlopen(phone.input_value("input[data-select-on-focus]")) as answer:
        feed = answer.read().decode()

    assert "Your next shift" in shown
    assert "A1-0" in shown
    assert feed.count("BEGIN:VEVENT") >= 4
    assert desk.complaints == []
    assert phone.complaints == []


def import_calls(page, newcomer, calls):
    page.goto("/imports")
    page.click("text=/Import (files|contacts|calls)|New import|Bring in/")
    arrive(page, "/imports/new")
    page.select_option("select[name=project_id]", label=newcomer.project)
    page.set_input_files("input[name=files]", calls)
    page.click("text=Look at it")
    arrive(page, r"/imports/\d+/preview")
    page.wait_for_selector("text=The first rows as they will be stored")
    page.click("button[value=start]")
    arrive(page, r"/imports/\d+")
    page.wait_for_selector(".facts .badge >> text=Done", timeout=LONG_MS)
    page.wait_for_selector("text=/2.?688/")


def forecast(page):
    page.goto("/forecasts")
    page.click("text=New forecast")
    arrive(page, r"/projects/\d+/forecasts/new")
    page.fill("input[name=name]", "The first four weeks")
    page.click("text=Make the forecast")
    arrive(page, r"/forecasts/\d+")
    page.click("a[href$='/approval']", timeout=LONG_MS)
    page.click("form[action$='/approve'] button")
    arrive(page, r"/forecasts/\d+")
    page.wait_for_selector("main .badge >> text=Approved", timeout=LONG_MS)
    page.click("text=Agents required")
    arrive(page, r"/forecasts/\d+/requirement")


def schedule(page, newcomer):
    page.goto("/schedules")
    page.click("text=New schedule")
    arrive(page, "/schedules/new")
    page.select_option("select[name=site_id]", label=newcomer.site)
    monday = newcomer.today + timedelta(days=7 - newcomer.today.weekday())
    page.fill("input[name=first_day]", monday.isoformat())
    page.select_option("select[name=n_weeks]", "1")
    page.click("text=Next")
    arrive(page, "/schedules/new/teams")
    page.select_option("select[name=solve_limit_s]", index=0)
    page.click("text=Create and solve")
    arrive(page, r"/schedules/\d+")
    page.click("text=Publish…", timeout=LONG_MS)
    page.wait_for_selector("text=This will happen")
    page.click("form[action$='/publish'] button")
    page.wait_for_selector("#toasts >> text=Published:")
