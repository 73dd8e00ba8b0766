"""Programs read forecasts and accuracy, ask for forecasts and bring them in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from callcenter.access import services as access_services
from callcenter.access.models import ScopeKind
from callcenter.forecasting import queries
from callcenter.forecasting.models import Forecast, ForecastKind, ForecastStatus
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from tests.factories.access import make_user
from tests.factories.forecasting import make_approved, make_facts
from tests.factories.projects import make_project, make_queue, make_target

MONDAY = date(2026, 3, 2)
BASE = "/api/v1/forecasting"
READ, MAKE = "forecasting.view_forecasts", "forecasting.make_forecast"


@pytest.fixture
def queue(app):
    queue = make_queue(make_project(zone="UTC", code="PRJ"), code="bills", name="Bills")
    make_target(queue)
    make_facts(queue, MONDAY - timedelta(days=42), 42, hours=(10, 14))
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


def token(*permissions, **scope):
    user = make_user("planner", **scope)
    with acting(SYSTEM), transaction():
        _row, secret = access_services.issue_api_token(
            user, name="planner's script", permissions=list(permissions), days=None
        )
    return {"Authorization": f"Bearer {secret}"}


class TestReading:
    def test_lists_forecasts_page_by_page(self, client, queue):
        for name in ("One", "Two", "Three"):
            make_approved([queue], MONDAY, 1, name=name)
        headers = token(READ)

        first = client.get(f"{BASE}/forecasts?limit=2", headers=headers).json
        rest = client.get(first["next"], headers=headers).json

        names = [each["name"] for each in first["items"] + rest["items"]]
        assert names == ["One", "Two", "Three"]
        assert rest["next"] is None
        assert first["items"][0]["project"] == "PRJ"

    def test_gives_every_interval_once(self, client, queue):
        other = make_queue(queue.project, code="sales")
        made = make_approved([queue, other], MONDAY, 9)
        headers = token(READ)

        items, url = [], f"{BASE}/forecasts/{made.id}/intervals?limit=4"
        while url:
            page = client.get(url, headers=headers).json
            items += page["items"]
            url = page["next"]

        keys = {(each["queue"], each["interval_start"]) for each in items}
        total = sum(each["offered"] for each in items if each["queue"] == "bills")
        assert len(items) == len(keys) == 2 * 9 * 96
        assert total == pytest.approx(queries.day_totals(made.id)[queue.id], rel=1e-4)

    def test_gives_what_rules_for_a_queue(self, client, queue):
        made = make_approved([queue], MONDAY, 2)

        page = client.get(
            f"{BASE}/requirements?queue=bills&limit=10", headers=token(READ)
        ).json

        assert len(page["items"]) == 10
        assert page["items"][0]["forecast_id"] == made.id
        assert page["next"] is not None

    def test_gives_accuracy_by_every_side(self, client, queue):
        headers = token(READ)

        for by in ("queue", "lead", "day", "week"):
            answer = client.get(f"{BASE}/accuracy?by={by}", headers=headers)
            assert answer.status_code == 200

    def test_describes_itself(self, client, queue):
        found = client.get(f"{BASE}/openapi.json", headers=token(READ)).json

        listing = found["paths"][f"{BASE}/forecasts"]
        asking = found["paths"][f"{BASE}/forecasts"]["post"]
        inside = found["paths"][f"{BASE}/forecasts/{{forecast_id}}/intervals"]["get"]
        assert found["openapi"].startswith("3.1")
        assert listing["get"]["x-permission"] == READ
        assert asking["x-permission"] == MAKE
        assert "queue" in {each["name"] for each in inside["parameters"]}

    @pytest.mark.parametrize(
        "query",
        [
            "accuracy?by=colour",
            "accuracy?source=guess",
            "accuracy?from=yesterday",
            "requirements?queue=bills&from=2026-03-02",
            "forecasts?limit=1000",
            "forecasts?status=nice",
        ],
    )
    def test_names_what_it_does_not_understand(self, client, queue, query):
        answer = client.get(f"{BASE}/{query}", headers=token(READ))

        assert answer.status_code == 422
        assert answer.content_type.startswith("application/problem+json")

    def test_keeps_to_the_scope_and_the_permission(self, client, queue):
        made = make_approved([queue], MONDAY, 1)
        other = make_project(zone="UTC")
        afar = token(READ, scope_kind=ScopeKind.PROJECT, scope_id=other.id)

        assert client.get(f"{BASE}/forecasts", headers=afar).json["items"] == []
        for path in (
            f"forecasts/{made.id}",
            f"forecasts/{made.id}/intervals",
            "requirements?queue=bills",
            "accuracy?queue=bills",
        ):
            assert client.get(f"{BASE}/{path}", headers=afar).status_code == 404
        assert client.get(f"{BASE}/forecasts").status_code == 401
        asked = client.post(f"{BASE}/forecasts", json={}, headers=token(READ))
        assert asked.status_code == 403


class TestAsking:
    def test_a_job_makes_what_was_asked_for(self, client, queue):
        body = {"project": "PRJ", "first_day": "2026-03-02", "n_days": 7}

        answer = client.post(f"{BASE}/forecasts", json=body, headers=token(MAKE))
        run_queued()

        made = db.session.get(Forecast, answer.json["id"])
        assert answer.status_code == 202
        assert made.status is ForecastStatus.DRAFT

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"project": "NONE"}, 404),
            ({"first_day": "soon"}, 422),
            ({"n_days": 9000}, 422),
            ({"n_days": "7"}, 422),
            ({"queues": ["none"]}, 422),
            ({"interval_s": 60}, 422),
            ({"method": "magic"}, 422),
        ],
    )
    def test_refuses_what_makes_no_sense(self, client, queue, change, status):
        body = {"project": "PRJ", "first_day": "2026-03-02", "n_days": 7} | change

        answer = client.post(f"{BASE}/forecasts", json=body, headers=token(MAKE))

        assert answer.status_code == status
        assert db.session.scalars(select(Forecast)).all() == []


GOOD = "series,interval_start,offered,aht_s\n" + "".join(
    f"bills,2026-03-0{day}T{hour:02}:{minute:02},{hour},{100 + hour}\n"
    for day in (2, 3)
    for hour in (9, 10)
    for minute in (0, 15, 30, 45)
)


def bring(client, text, **query):
    return client.post(
        f"{BASE}/forecasts/import",
        query_string={"project": "PRJ", "name": "Theirs", **query},
        data=text.encode(),
        headers=token(MAKE),
    )


class TestBringingIn:
    def test_rows_become_a_draft(self, client, queue):
        answer = bring(client, GOOD)

        made = queries.get_forecast(answer.json["id"], EVERYTHING)
        day = queries.find_day(made.id, queue.id, MONDAY)
        assert answer.status_code == 201
        assert (made.kind, made.status) == (
            ForecastKind.IMPORTED,
            ForecastStatus.DRAFT,
        )
        assert (made.first_day, made.n_days) == (MONDAY, 2)
        assert day.total == pytest.approx(4 * 9 + 4 * 10)
        assert day.aht_s[36] == pytest.approx(109)
        assert day.lower[36] < 9 < day.upper[36]

    def test_an_hour_is_parted_over_its_half_hours(self, client, queue):
        head = "series,interval_start,offered,aht_s,offered_lo80,offered_hi80\n"
        rows = "".join(
            f"bills,2026-03-02T{hour:02}:00,50,120,30,80\n" for hour in (9, 10, 13)
        )

        made = queries.get_forecast(bring(client, head + rows).json["id"], EVERYTHING)

        day = queries.find_day(made.id, queue.id, MONDAY)
        assert made.interval_s == 1800
        assert day.planned[18:22].tolist() == [25.0] * 4
        assert day.aht_s[18:22].tolist() == [120.0] * 4
        assert (day.lower[19], day.upper[19]) == (15.0, 40.0)
        assert day.total == 150.0

    def test_what_is_taken_away_can_be_brought_in_again(
        self, client, queue, sign_in_as
    ):
        made = make_approved([queue], MONDAY, 3)
        browser = sign_in_as("planner")

        text = browser.get(f"/forecasts/{made.id}/export/csv").get_data(as_text=True)
        again = bring(client, text).json

        mine = queries.forecast_days(made.id, queue.id)
        theirs = queries.forecast_days(again["id"], queue.id)
        assert [row.total for row in theirs] == pytest.approx(
            [row.total for row in mine], rel=1e-4
        )

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("series,offered\nbills,3\n", (1, "interval_start", "missing-column")),
            ("", (1, "series", "missing-column")),
            ("series,interval_start,offered\n", (2, "series", "no-rows")),
            (GOOD + "other,2026-03-02T08:00,1,1\n", (18, "series", "unknown-queue")),
            (GOOD + "bills,soon,1,1\n", (18, "interval_start", "not-a-time")),
            (GOOD + "bills,2026-03-02T08:00,-1,1\n", (18, "offered", "negative")),
            (GOOD + "bills,2026-03-02T08:00,many,1\n", (18, "offered", "not-a-number")),
            (GOOD + "bills,2026-03-02T08:00,nan,1\n", (18, "offered", "not-a-number")),
            (GOOD + "bills,2026-03-02T08:00,,1\n", (18, "offered", "required")),
            (GOOD + "bills,2026-03-02T08:00,1,-5\n", (18, "aht_s", "negative")),
            (
                "series,interval_start,offered,offered_lo80,offered_hi80\n"
                "bills,2026-03-02T09:00,5,9,1\n",
                (2, "offered_lo80", "above-offered_hi80"),
            ),
            (
                GOOD + "bills,2026-03-02T09:15,1,1\n",
                (18, "interval_start", "twice-see-row-3"),
            ),
            (
                GOOD + "bills,2026-03-02T08:07,1,1\n",
                (18, "interval_start", "not-on-15-minutes"),
            ),
            (
                GOOD + "bills,2029-03-02T08:00,1,1\n",
                (2, "interval_start", "more-than-448-days"),
            ),
        ],
    )
    def test_says_which_row_breaks_which_rule(self, client, queue, text, fault):
        answer = bring(client, text)

        found = [(e["row"], e["field"], e["rule"]) for e in answer.json["errors"]]
        assert answer.status_code == 422
        assert fault in found
        assert db.session.scalars(select(Forecast)).all() == []

    def test_an_hour_that_the_clocks_skip_does_not_exist(self, client, queue):
        berlin = make_project(zone="Europe/Berlin", code="BER")
        make_queue(berlin, code="hilfe")

        answer = bring(
            client,
            "series,interval_start,offered\nhilfe,2026-03-29T02:30,4\n",
            project="BER",
        )

        assert answer.json["errors"][0]["rule"] == "skipped-hour"

    def test_the_page_says_it_in_words(self, queue, sign_in_as):
        from io import BytesIO

        browser = sign_in_as("planner")
        url = f"/projects/{queue.project_id}/forecasts/import"

        page = browser.get(url).get_data(as_text=True)
        empty = browser.post(url, data={"name": "Theirs"})
        wrong = browser.post(
            url,
            data={
                "name": "Theirs",
                "file": (BytesIO(GOOD.encode() + b"x,1,1,1\n"), "f"),
            },
        )
        good = browser.post(
            url, data={"name": "Theirs", "file": (BytesIO(GOOD.encode()), "f.csv")}
        )

        assert 'enctype="multipart/form-data"' in page
        assert "Choose a file" in empty.get_data(as_text=True)
        assert "No active queue" in wrong.get_data(as_text=True)
        assert good.status_code == 303
        assert browser.get(good.location).status_code == 200
