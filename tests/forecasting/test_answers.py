"""What the pages answer to what makes no sense, and who may do what."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest

from callcenter.forecasting import queries, services
from callcenter.forecasting.views.rounding import whole
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import transaction
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_project, make_queue, make_target

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def queue(app):
    queue = make_queue(make_project(zone="Asia/Shanghai"), code="bills", name="Bills")
    make_target(queue)
    make_facts(queue, MONDAY - timedelta(days=42), 43, hours=(9, 13))
    with clock.frozen(datetime(2026, 3, 2, 4, tzinfo=UTC)):
        yield queue


@pytest.fixture
def draft(queue):
    return make_forecast([queue], MONDAY, 7)


def text(response):
    return response.get_data(as_text=True)


class TestAddresses:
    @pytest.mark.parametrize(
        "asked",
        [
            "day=2026-02-30",
            "day=tomorrow",
            "day=2026-03-09",
            "day=2026-03-01",
            "queue=bills",
            "queue=-1",
            "queue=0",
            "queue=99999999999999999999999999",
        ],
    )
    @pytest.mark.parametrize("page", ["", "/requirement"])
    def test_a_day_or_queue_that_is_none_is_not_found(
        self, draft, sign_in_as, page, asked
    ):
        browser = sign_in_as("planner")

        found = browser.get(f"/forecasts/{draft.id}{page}?{asked}")

        assert found.status_code == 404

    @pytest.mark.parametrize(
        "address",
        [
            "/projects/{project}/today?queue=moon",
            "/projects/{project}/assumptions?queue=moon",
            "/projects/{project}/assumptions/shrinkage?queue=moon",
            "/projects/{project}/events/new?day=moon",
            "/projects/{project}/events/new?queue=moon",
            "/forecasts/accuracy?queue=moon",
            "/forecasts/accuracy?day=moon",
            "/forecasts/events?project=moon",
        ],
    )
    def test_nor_is_it_anywhere_else(self, queue, sign_in_as, address):
        found = sign_in_as("planner").get(address.format(project=queue.project_id))

        assert found.status_code == 404

    def test_an_event_outside_the_forecast_leads_back_without_its_day(
        self, draft, queue, sign_in_as
    ):
        saved = sign_in_as("planner").post(
            f"/projects/{queue.project_id}/events/new?forecast={draft.id}",
            data={
                "kind": "mailing",
                "name": "Letter",
                "first_day": "2026-05-01",
                "lead_days": "0",
                "lag_days": "0",
                "effect": "learnt",
                "repeat": "",
            },
        )

        assert saved.status_code == 303
        assert saved.location.endswith(f"/forecasts/{draft.id}")


class TestComments:
    @pytest.mark.parametrize("role", ["supervisor", "recruiter", "finance"])
    def test_whoever_may_only_look_reads_them(self, draft, sign_in_as, role):
        with transaction():
            services.add_note(queries.get_forecast(draft.id, EVERYTHING), "Looks low.")
        browser = sign_in_as(role)

        said = browser.post(f"/forecasts/{draft.id}/notes", data={"words": "Nice."})

        page = text(browser.get(f"/forecasts/{draft.id}"))
        assert said.status_code == 403
        assert [note.words for note in queries.notes(draft.id)] == ["Looks low."]
        assert "Looks low." in page
        assert f"/forecasts/{draft.id}/notes" not in page

    def test_planners_write_them(self, draft, sign_in_as):
        page = text(sign_in_as("planner").get(f"/forecasts/{draft.id}"))

        assert f"/forecasts/{draft.id}/notes" in page


class TestRounding:
    @pytest.mark.parametrize(
        ("contacts", "shown"), [(2.5, 3), (3.5, 4), (2.4999, 2), (0.0, 0), (0.5, 1)]
    )
    def test_halves_go_up(self, contacts, shown):
        assert whole(contacts) == shown

    def test_half_a_contact_looks_the_same_wherever_it_stands(
        self, draft, queue, sign_in_as
    ):
        browser = sign_in_as("planner")
        day = f"/forecasts/{draft.id}/queues/{queue.id}/days"
        browser.post(f"{day}/2026-03-03/adjust", data={"total": "2.5", "starts": "0"})
        with transaction():
            found = queries.get_forecast(draft.id, EVERYTHING)
            services.adjust_day(found, queue.id, TUESDAY, 2.5)

        bench = text(browser.get(f"/forecasts/{draft.id}?day=2026-03-03"))
        total = text(browser.get(f"/forecasts/{draft.id}/total"))
        left = browser.post(day, data={"total-2026-03-03": "3", "was-2026-03-03": "3"})

        assert 'name="was-2026-03-03" value="3"' in bench
        assert 'name="total-2026-03-03" value="3"' in total
        assert left.status_code == 303
        assert queries.find_day(draft.id, queue.id, TUESDAY).total == 2.5


class TestToday:
    def test_each_queue_says_whether_it_is_over_or_under(self, queue, sign_in_as):
        calm = make_queue(queue.project, code="calm", name="Calm")
        make_target(calm)
        make_facts(calm, MONDAY - timedelta(days=42), 43, hours=(9, 13))
        made = make_approved([queue, calm], MONDAY, 7)
        for row in queries.day_rows(made.id, calm.id, [MONDAY]):
            assert row.total > 0

        page = text(sign_in_as("planner").get(f"/projects/{queue.project_id}/today"))

        assert "% over</td>" in page or "% under</td>" in page or "±0%</td>" in page


class TestOldForecasts:
    def brought_in(self, browser, queue, day):
        rows = "series,interval_start,offered\n"
        rows += "".join(f"bills,{day}T{hour:02d}:00,5\n" for hour in range(9, 13))
        return browser.post(
            f"/projects/{queue.project_id}/forecasts/import",
            data={"name": "Theirs", "file": (BytesIO(rows.encode()), "f.csv")},
            content_type="multipart/form-data",
            follow_redirects=True,
        )

    def test_a_forecast_of_the_past_is_taken_with_a_warning(self, queue, sign_in_as):
        page = text(self.brought_in(sign_in_as("planner"), queue, "2025-03-03"))

        assert "All its days are over" in page

    def test_one_of_days_to_come_without(self, queue, sign_in_as):
        page = text(self.brought_in(sign_in_as("planner"), queue, "2026-03-09"))

        assert "are over" not in page


class TestFiles:
    def test_times_are_local_and_numbers_without_noise(self, draft, sign_in_as):
        browser = sign_in_as("planner")

        rows = text(browser.get(f"/forecasts/{draft.id}/export/csv")).splitlines()[1:]
        needs = text(
            browser.get(f"/forecasts/{draft.id}/requirement?export=csv")
        ).splitlines()[1:]

        assert rows[0].startswith("bills,2026-03-02T00:00+08:00,")
        assert needs[0].split(",")[3] == "2026-03-02T00:00+08:00"
        figures = [each for row in rows + needs for each in row.split(",")[4:]]
        assert max(len(each.partition(".")[2]) for each in figures) <= 6
        assert "-0.0" not in figures


def test_what_cannot_be_read_is_said_once(queue, sign_in_as):
    refused = sign_in_as("planner").post(
        f"/projects/{queue.project_id}/events/new",
        data={"name": "Letter", "first_day": "soon", "lead_days": "one", "size": "-3"},
    )

    page = text(refused)
    assert refused.status_code == 422
    assert "Not a valid integer value." in page
    assert "Not a valid integer value. Number must be" not in page
    assert "Not a valid date value." in page
    assert "A size is above 0 and at most 1,000,000,000,000" in page
