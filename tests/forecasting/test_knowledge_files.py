"""Events and campaigns as files and through programs: all or none, twice is once."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from callcenter.access.models import ScopeKind
from callcenter.forecasting.models import CampaignPlan, EffectSource, Event
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.projects.models import Direction
from tests.factories.projects import make_project, make_queue
from tests.forecasting.test_api import token

BASE = "/api/v1/forecasting"
READ, ADJUST = "forecasting.view_forecasts", "forecasting.adjust_forecast"
LETTER = {
    "kind": "mailing",
    "name": "Spring letter",
    "first_day": "2026-03-16",
    "lag_days": 4,
    "size": 12000,
    "queues": ["bills"],
}
LIST = {
    "queue": "sales",
    "name": "Spring",
    "first_day": "2026-03-16",
    "last_day": "2026-03-27",
    "list_size": 5000,
    "contact_rate": [30],
    "dials_per_h": 100,
    "talk_s": 180,
}
FILE = (
    "kind,name,first_day,last_day,lead_days,lag_days,size,effect,uplift,queues,comment\n"
    "mailing,Spring letter,2026-03-16,,0,4,12000,learnt,,bills,\n"
    "sale,=Sale,2026-04-01,2026-04-03,0,1,,by_hand,25,,half price\n"
)


@pytest.fixture
def project(app):
    project = make_project(zone="UTC", code="PRJ")
    make_queue(project, code="bills", name="Bills")
    make_queue(project, code="sales", name="Sales", direction=Direction.OUTBOUND)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield project


def sent(browser, project, what, text):
    return browser.post(
        f"/projects/{project.id}/{what}/import",
        data={"file": (BytesIO(text.encode()), "them.csv")},
        content_type="multipart/form-data",
    )


def page_of(response):
    return response.get_data(as_text=True)


class TestFiles:
    def test_events_are_entered_and_twice_is_once(self, project, sign_in_as):
        browser = sign_in_as("planner")

        first = sent(browser, project, "events", FILE)
        again = sent(browser, project, "events", FILE)

        assert (first.status_code, again.status_code) == (303, 303)
        letter, sale = db.session.scalars(select(Event).order_by(Event.id)).all()
        assert (letter.first_day, letter.last_day) == (date(2026, 3, 16),) * 2
        assert letter.size == 12000
        assert sale.effect is EffectSource.BY_HAND
        assert sale.uplift == [1.25, 1.0]
        assert "As before: 2" in page_of(browser.get("/forecasts/events"))

    def test_what_is_taken_away_can_be_brought_in_again(self, project, sign_in_as):
        browser = sign_in_as("planner")
        sent(browser, project, "events", FILE.replace("=Sale", "Sale"))

        taken = page_of(browser.get(f"/projects/{project.id}/events.csv"))
        sent(browser, project, "events", taken)

        assert taken.splitlines()[0].lstrip("\ufeff") == FILE.splitlines()[0]
        assert taken.splitlines()[2].startswith(
            "sale,Sale,2026-04-01,2026-04-03,0,1,,by_hand,25 0,,half price"
        )
        assert "As before: 2" in page_of(browser.get("/forecasts/events"))

    def test_a_changed_row_changes_what_is_there(self, project, sign_in_as):
        browser = sign_in_as("planner")
        sent(browser, project, "events", FILE)

        sent(browser, project, "events", FILE.replace("12000", "15000"))

        assert db.session.scalar(select(Event.size).order_by(Event.id)) == 15000
        assert "Changed: 1" in page_of(browser.get("/forecasts/events"))

    @pytest.mark.parametrize(
        ("before", "after", "row", "words"),
        [
            ("2026-03-16", "16 March", 2, "Write days as 2026-03-16."),
            ("12000", "0", 2, "A number from 0.000001 to 1,000,000,000,000."),
            ("bills", "moon", 2, "No active queue of the project"),
            ("learnt", "guessed", 2, "One of these words: learnt, by_hand, none."),
            ("0,4,", "9,4,", 2, "A number from 0 to 3."),
            ("0,4,", "0.5,4,", 2, "Write a whole number."),
            (",25,", ",,", 3, "Say how much it adds, in percent."),
            (",25,", ",25 30 35,", 3, "Give one number, or 2"),
            ("2026-04-03", "2026-03-03", 3, "The last day lies before the first."),
            ("2026-04-03", "2027-04-03", 3, "An event lasts at most 62 days."),
            ("mailing,", ",", 2, "A value is needed."),
        ],
    )
    def test_one_mistake_refuses_all_and_is_named(
        self, project, sign_in_as, before, after, row, words
    ):
        refused = sent(
            sign_in_as("planner"), project, "events", FILE.replace(before, after, 1)
        )

        assert refused.status_code == 422
        assert words in page_of(refused)
        assert f'<th scope="row">{row}</th>' in page_of(refused)
        assert db.session.scalars(select(Event)).all() == []

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "Choose a file."),
            ("kind,name\na,b\n", "This column is missing."),
            ("kind,name,first_day\n", "The file has no rows."),
        ],
    )
    def test_a_file_without_events_says_so(self, project, sign_in_as, text, words):
        refused = sent(sign_in_as("planner"), project, "events", text)

        assert refused.status_code == 422
        assert words in page_of(refused)

    def test_many_mistakes_are_counted_and_some_shown(self, project, sign_in_as):
        text = "kind,name,first_day\n" + "mailing,Letter,never\n" * 60

        page = page_of(sent(sign_in_as("planner"), project, "events", text))

        assert "60 values break a rule." in page
        assert "The first 20 are shown." in page
        assert page.count("Write days as") == 20

    def test_campaigns_come_and_go_as_files(self, project, sign_in_as):
        browser = sign_in_as("planner")
        text = (
            "queue,name,first_day,last_day,list_size,contact_rate,dials_per_h,talk_s\n"
            "sales,Spring,2026-03-16,2026-03-27,5000,30,100,180\n"
        )

        sent(browser, project, "campaigns", text)
        taken = page_of(browser.get(f"/projects/{project.id}/campaigns.csv"))
        sent(browser, project, "campaigns", taken)

        (plan,) = db.session.scalars(select(CampaignPlan)).all()
        assert plan.contact_rate == [0.3] * 24
        assert plan.retries[2] == [pytest.approx(0.1), 0.0]
        assert "As before: 1" in page_of(browser.get("/forecasts/campaigns"))

    def test_only_outbound_queues_dial(self, project, sign_in_as):
        text = (
            "queue,name,first_day,last_day,list_size,contact_rate,dials_per_h,talk_s\n"
            "bills,Spring,2026-03-16,2026-03-27,5000,30,100,180\n"
        )

        refused = sent(sign_in_as("planner"), project, "campaigns", text)

        assert "Only outbound queues dial lists." in page_of(refused)

    @pytest.mark.parametrize("what", ["events", "campaigns"])
    def test_another_site_finds_nothing(self, project, sign_in_as, what):
        elsewhere = make_project(zone="UTC", code="ELSE")
        browser = sign_in_as(
            "planner", scope_kind=ScopeKind.PROJECT, scope_id=elsewhere.id
        )

        for path in (f"{what}/import", f"{what}.csv"):
            assert browser.get(f"/projects/{project.id}/{path}").status_code == 404
        assert sent(browser, project, what, FILE).status_code == 404

    def test_whoever_may_only_look_enters_nothing(self, project, sign_in_as):
        browser = sign_in_as("supervisor")

        assert sent(browser, project, "events", FILE).status_code == 403
        assert browser.get(f"/projects/{project.id}/events.csv").status_code == 200


class TestPrograms:
    def test_events_are_entered_and_read(self, client, project):
        made = client.post(
            f"{BASE}/events",
            json={"project": "PRJ", "events": [LETTER]},
            headers=token(ADJUST),
        )
        read = client.get(f"{BASE}/events?project=PRJ", headers=token(READ)).json

        assert made.json == {"new": 1, "changed": 0, "unchanged": 0}
        (item,) = read["items"]
        assert item["project"] == "PRJ"
        assert {name: item[name] for name in LETTER} == LETTER
        assert item["last_day"] == "2026-03-16"

    def test_campaigns_are_entered_and_read(self, client, project):
        made = client.post(
            f"{BASE}/campaigns",
            json={"project": "PRJ", "campaigns": [LIST, {**LIST, "name": "Autumn"}]},
            headers=token(ADJUST),
        )
        headers = token(READ)
        first = client.get(f"{BASE}/campaigns?limit=1", headers=headers).json
        rest = client.get(first["next"], headers=headers).json

        assert made.json == {"new": 2, "changed": 0, "unchanged": 0}
        names = [each["name"] for each in first["items"] + rest["items"]]
        assert names == ["Spring", "Autumn"]
        assert rest["next"] is None

    def test_what_was_read_can_be_sent_again(self, client, project):
        headers = {**token(ADJUST), "Accept": "application/json"}
        body = {"project": "PRJ", "campaigns": [LIST]}
        client.post(f"{BASE}/campaigns", json=body, headers=headers)
        items = client.get(f"{BASE}/campaigns", headers=token(READ)).json["items"]

        again = client.post(
            f"{BASE}/campaigns", json={**body, "campaigns": items}, headers=headers
        )

        assert again.json == {"new": 0, "changed": 0, "unchanged": 1}

    def test_days_choose_what_they_touch(self, client, project):
        body = {"project": "PRJ", "events": [LETTER, {**LETTER, "name": "B"}]}
        body["events"][1] |= {"first_day": "2026-05-01", "last_day": "2026-05-09"}
        client.post(f"{BASE}/events", json=body, headers=token(ADJUST))

        asked = f"{BASE}/events?from=2026-05-09&to=2026-06-01"
        items = client.get(asked, headers=token(READ)).json["items"]

        assert [each["name"] for each in items] == ["B"]

    @pytest.mark.parametrize(
        ("change", "field", "rule"),
        [
            ({"size": -1}, "size", "between:0.000001:1000000000000"),
            ({"size": "nan"}, "size", "not-a-number"),
            ({"first_day": "2026-02-30"}, "first_day", "not-a-day"),
            ({"queues": ["bills", "moon"]}, "queues", "unknown-queue"),
            ({"name": ""}, "name", "required"),
            ({"name": "x" * 121}, "name", "text-of-at-most:120"),
            ({"lag_days": 8}, "lag_days", "between:0:7"),
        ],
    )
    def test_a_mistake_is_named_and_nothing_stored(
        self, client, project, change, field, rule
    ):
        events = [LETTER, {**LETTER, "name": "Second", **change}]
        answer = client.post(
            f"{BASE}/events",
            json={"project": "PRJ", "events": events},
            headers=token(ADJUST),
        )

        assert answer.status_code == 422
        (error,) = answer.json["errors"]
        assert (error["row"], error["field"], error["rule"]) == (2, field, rule)
        assert db.session.scalars(select(Event)).all() == []

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (None, 422),
            ([], 422),
            ({"project": "PRJ"}, 422),
            ({"project": "PRJ", "events": {}}, 422),
            ({"project": "PRJ", "events": []}, 422),
            ({"project": "PRJ", "events": [7]}, 422),
            ({"project": "NONE", "events": [LETTER]}, 404),
        ],
    )
    def test_nonsense_is_refused(self, client, project, body, status):
        answer = client.post(f"{BASE}/events", json=body, headers=token(ADJUST))

        assert answer.status_code == status

    def test_reading_is_not_entering(self, client, project):
        body = {"project": "PRJ", "events": [LETTER]}

        answer = client.post(f"{BASE}/events", json=body, headers=token(READ))

        assert answer.status_code == 403
