"""From call records over a marked day to the hires that a year ahead asks for."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest

from callcenter.access.models import ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.db import db
from tests.factories.projects import make_target
from tests.factories.scheduling import make_center
from tests.journeys.conftest import DESK, arrive, sign_in
from tests.journeys.test_main_job import LONG_MS, reader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]
N_DAYS, A_DAY = 42, 200


@dataclass
class Company:
    """A client whose calls need more people than the two who are there."""

    project_id: int
    project: str
    queue: str
    planner: str
    today: date


@pytest.fixture(scope="module")
def company(house):
    with house.app.app_context():
        center = make_center(n_agents=2, n_seats=4)
        make_target(center.queue)
        planner = reader("planner", center, ScopeKind.SITE)
        db.session.commit()
        found = Company(
            center.project.id,
            center.project.name,
            center.queue.code,
            planner.email,
            clock.now().astimezone(center.zone).date(),
        )
        db.session.remove()
    return found


@pytest.fixture
def calls(tmp_path, company):
    """Six weeks of calls from nine to five, as a switch exports them."""
    path = tmp_path / "calls.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["id", "queue", "offered_at", "answered_at", "ended_at"])
        for back in range(N_DAYS, 0, -1):
            day = company.today - timedelta(days=back)
            for n in range(A_DAY):
                at = datetime.combine(day, time(9)) + n * timedelta(hours=8) / A_DAY
                answered = at + timedelta(seconds=5 + n % 30)
                ended = answered + timedelta(seconds=200 + n)
                stamps = [
                    each.isoformat(" ", "seconds") for each in (at, answered, ended)
                ]
                lines.writerow([f"{day}-{n}", company.queue, *stamps])
    return path


def test_from_call_records_to_the_hires_needed(browse, company, calls):
    desk = browse(None, DESK)
    sign_in(desk, company.planner)
    launch = company.today + timedelta(days=10)

    import_calls(desk, company, calls)
    mark_special_day(desk, company, launch)
    expected = forecast_and_approve(desk, launch)
    look_at_requirement(desk)
    hires = plan_capacity(desk, company)
    told = paste_too_much(desk)

    assert expected[launch] > 1.3 * expected[launch - timedelta(days=7)]
    assert hires
    assert all(row["order_by"] < row["begins"] for row in hires)
    assert sum(row["people"] for row in hires) >= 5
    assert told == (True, "Nothing was pasted: 90 rows do not fit into the 64 weeks")
    assert desk.complaints == []


def import_calls(page, company, calls):
    page.goto("/imports/new")
    page.select_option("select[name=project_id]", label=company.project)
    page.set_input_files("input[name=files]", calls)
    page.click("text=Look at it")
    arrive(page, r"/imports/\d+/preview")
    page.click("button[value=start]")
    arrive(page, r"/imports/\d+")
    page.wait_for_selector(".facts .badge >> text=Done", timeout=LONG_MS)
    page.wait_for_selector("text=/8.?400/")


def mark_special_day(page, company, day):
    page.goto(f"/projects/{company.project_id}/events/new")
    page.fill("input[name=name]", "Launch")
    page.fill("input[name=first_day]", day.isoformat())
    page.select_option("select[name=effect]", "by_hand")
    page.fill("input[name=uplift]", "50")
    page.click("main form button[type=submit]")
    arrive(page, "/forecasts/events")
    page.wait_for_selector("main >> text=Launch")


def forecast_and_approve(page, launch):
    """The expected contacts of days around the launch, as the workbench shows them."""
    page.goto("/forecasts/new")
    page.fill("input[name=name]", "The year ahead")
    page.fill("input[name=first_day]", (launch - timedelta(days=9)).isoformat())
    page.select_option("select[name=n_days]", "448")
    page.select_option("select[name=interval_s]", "1800")
    page.click("text=Make the forecast")
    arrive(page, r"/forecasts/\d+")
    page.wait_for_selector("a[href$='/approval']", timeout=LONG_MS)
    page.goto(f"{page.url.partition('?')[0]}?day={launch.isoformat()}")
    days = (launch, launch - timedelta(days=7))
    expected = {
        day: float(page.input_value(f"input[name=total-{day.isoformat()}]"))
        for day in days
    }
    page.click("a[href$='/approval']")
    page.click("form[action$='/approve'] button")
    arrive(page, r"/forecasts/\d+")
    page.wait_for_selector("main .badge >> text=Approved", timeout=LONG_MS)
    return expected


def look_at_requirement(page):
    page.click("text=Agents required")
    arrive(page, r"/forecasts/\d+/requirement")
    page.wait_for_selector("#requirement .table >> visible=true")


def plan_capacity(page, company):
    """The classes that the plan asks for, once hires were proposed."""
    page.goto("/capacity-plans")
    page.click("text=Make the plan")
    page.wait_for_selector("#capacity")
    # The page loads anew when its work is over, and would swallow a click just then.
    page.wait_for_selector(".job progress", state="detached", timeout=LONG_MS)
    page.goto(page.url)
    page.click("text=Propose hires")
    page.wait_for_selector("text=Take the proposal back", timeout=LONG_MS)
    rows = page.locator("#hires tbody tr")
    found = []
    for place in range(rows.count()):
        begins = rows.nth(place).locator("th").inner_text()
        people, _classes, order_by = rows.nth(place).locator("td").all_inner_texts()[:3]
        found.append(
            {
                "begins": day_of(begins),
                "people": int(people),
                "order_by": day_of(order_by),
            }
        )
    return found


def paste_too_much(page):
    """Whether cells stay when 90 rows are pasted into 64 weeks, and what is said."""
    cells = "inputs => inputs.map(input => input.value)"
    before = page.eval_on_selector_all("#cells td input", cells)
    page.locator("#cells tbody tr").first.locator("td input").first.evaluate(
        """input => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", "7\\n".repeat(90));
            const options = {clipboardData, bubbles: true, cancelable: true};
            input.dispatchEvent(new ClipboardEvent("paste", options));
        }"""
    )
    said = page.inner_text("#cells-state").partition(" from here")[0]
    return page.eval_on_selector_all("#cells td input", cells) == before, said


def day_of(text):
    return datetime.strptime(text.split("\n")[0].strip(), "%d %b %Y").date()  # noqa: DTZ007
