from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from callcenter.access.models import ScopeKind
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import (
    Adjustment,
    Assumption,
    Forecast,
    ForecastStatus,
    Note,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import SYSTEM
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_project, make_queue, make_target

MONDAY = date(2026, 3, 2)
HTMX = {"HX-Request": "true"}


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def queue(app):
    queue = make_queue(name="Bills")
    make_facts(queue, MONDAY - timedelta(days=63), 63)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


@pytest.fixture
def draft(queue):
    return make_forecast([queue], MONDAY, 35, name="March")


class TestMaking:
    def test_goes_from_the_form_over_the_job_to_the_workbench(self, queue, sign_in_as):
        browser = sign_in_as("planner")

        asked = browser.post(
            f"/projects/{queue.project_id}/forecasts/new",
            data={
                "name": "Spring",
                "queue_ids": [str(queue.id)],
                "first_day": "2026-03-02",
                "n_days": "14",
                "interval_s": "1800",
                "method": "combination",
            },
        )
        waiting = text(browser.get(asked.location))
        run_queued()
        page = text(browser.get(asked.location))

        assert asked.status_code == 303
        assert 'class="job"' in waiting
        assert "Combination of methods" in page
        assert "Mon 2 Mar" in page

    def test_an_empty_choice_is_named(self, queue, sign_in_as):
        browser = sign_in_as("planner")

        response = browser.post(f"/projects/{queue.project_id}/forecasts/new")

        assert response.status_code == 422
        assert "Choose at least one" in text(response)

    def test_the_only_project_needs_no_choice(self, queue, sign_in_as):
        browser = sign_in_as("planner")

        response = browser.get("/forecasts/new")

        assert response.location.endswith(f"/projects/{queue.project_id}/forecasts/new")

    def test_says_why_it_could_not_be_made(self, app, sign_in_as):
        empty = make_queue()
        with transaction():
            forecast, _job = services.make_forecast([empty], MONDAY, 7)
        run_queued()

        page = text(sign_in_as("planner").get(f"/forecasts/{forecast.id}"))

        assert "could not be made" in page


class TestWorkbench:
    def test_shows_history_forecast_methods_and_days(self, draft, sign_in_as):
        page = text(sign_in_as("planner").get(f"/forecasts/{draft.id}"))

        assert 'id="days-chart"' in page
        assert "Last like day (naive)" in page
        assert 'name="total-2026-03-02"' in page

    def test_asks_few_queries_whatever_its_length(
        self, draft, queue, sign_in_as, count_queries
    ):
        browser = sign_in_as("planner")
        long = make_forecast([queue], MONDAY, 364)
        for each in (draft, long):
            browser.get(f"/forecasts/{each.id}")
        count_queries()
        browser.get(f"/forecasts/{draft.id}")
        few = count_queries()

        browser.get(f"/forecasts/{long.id}")

        assert count_queries() == few <= 17

    def test_changed_totals_of_the_table_become_changes(self, draft, queue, sign_in_as):
        browser = sign_in_as("planner")
        rows = queries.day_rows(draft.id, queue.id)
        data = {f"total-{row.day}": str(round(row.total)) for row in rows[:28]}
        data |= {"total-2026-03-03": "999", "comment": "mailing"}

        browser.post(f"/forecasts/{draft.id}/queues/{queue.id}/days", data=data)

        change = db.session.scalars(select(Adjustment)).one()
        assert (change.day, change.total) == (date(2026, 3, 3), 999.0)
        assert change.comment == "mailing"
        page = text(browser.get(f"/forecasts/{draft.id}"))
        assert "999" in page
        browser.post(f"/forecasts/{draft.id}/adjustments/{change.id}/undo")
        assert queries.adjustments(draft.id, queue.id) == []

    def test_some_hours_change_by_the_form_beside(self, draft, queue, sign_in_as):
        browser = sign_in_as("planner")
        url = f"/forecasts/{draft.id}/queues/{queue.id}/days/2026-03-04/adjust"

        good = browser.post(url, data={"starts": "40", "ends": "44", "total": "80"})
        bad = browser.post(url, data={"starts": "44", "ends": "40", "total": "80"})
        closed = browser.post(url, data={"starts": "0", "ends": "4", "total": "-3"})

        assert (good.status_code, bad.status_code, closed.status_code) == (
            303,
            422,
            422,
        )
        row = queries.find_day(draft.id, queue.id, date(2026, 3, 4))
        assert row.planned[40:44].sum() == pytest.approx(80, rel=1e-5)

    def test_nonsense_in_the_table_is_refused_whole(self, draft, queue, sign_in_as):
        browser = sign_in_as("planner")
        data = {"total-2026-03-03": "500", "total-2026-03-04": "many"}

        response = browser.post(
            f"/forecasts/{draft.id}/queues/{queue.id}/days", data=data
        )

        assert response.status_code == 422
        assert db.session.scalar(select(func.count()).select_from(Adjustment)) == 0
        page = text(response)
        assert 'value="500"' in page
        assert 'value="many"' in page
        assert 'id="total-2026-03-04-error"' in page
        assert 'id="total-2026-03-03-error"' not in page
        assert "is not a number of contacts" in page

    def test_comments_are_kept_with_their_author(self, draft, sign_in_as):
        browser = sign_in_as("planner")

        browser.post(f"/forecasts/{draft.id}/notes", data={"words": "Looks low."})
        browser.post(f"/forecasts/{draft.id}/notes", data={"words": "  "})

        assert [note.words for note in queries.notes(draft.id)] == ["Looks low."]
        assert "Looks low." in text(browser.get(f"/forecasts/{draft.id}"))

    def test_approval_leads_over_a_job_to_requirements(self, draft, queue, sign_in_as):
        make_target(queue)
        browser = sign_in_as("planner")

        browser.post(f"/forecasts/{draft.id}/approve")
        run_queued()

        db.session.refresh(draft)
        assert draft.status is ForecastStatus.APPROVED
        late = browser.post(f"/forecasts/{draft.id}/approve")
        assert late.status_code == 409
        assert 'name="total-' not in text(browser.get(f"/forecasts/{draft.id}"))

    def test_a_draft_is_deleted_with_all_it_has(self, draft, queue, sign_in_as):
        browser = sign_in_as("planner")
        browser.post(f"/forecasts/{draft.id}/notes", data={"words": "x"})

        browser.post(f"/forecasts/{draft.id}/delete")

        assert db.session.scalar(select(func.count()).select_from(Forecast)) == 0
        assert db.session.scalar(select(func.count()).select_from(Note)) == 0


class TestRequirement:
    def test_shows_both_formulas_and_the_week(self, draft, queue, sign_in_as):
        make_target(queue)
        browser = sign_in_as("planner")

        page = text(browser.get(f"/forecasts/{draft.id}/requirement?day=2026-03-05"))

        assert "Erlang C" in page
        assert "80% within 20 s" in page
        assert 'class="heat"' in page

    def test_exports_every_interval_of_every_queue(self, draft, queue, sign_in_as):
        browser = sign_in_as("planner")

        lines = text(
            browser.get(f"/forecasts/{draft.id}/requirement?export=csv")
        ).splitlines()
        response = browser.get(f"/forecasts/{draft.id}/requirement?export=xlsx")
        book = load_workbook(BytesIO(response.data))
        response.close()

        assert len(lines) == 1 + 35 * 96
        assert lines[1].startswith(
            "Bills,2026-03-02,00:00,2026-03-02T00:00+08:00,0.0,240.0,"
        )
        assert book.active.max_row == len(lines)


class TestAccuracy:
    def test_shows_the_errors_beside_the_naive_ones(self, queue, sign_in_as):
        forecast = make_approved([queue], MONDAY, 14)
        make_facts(queue, MONDAY, 3, seed=9)
        with clock.frozen(datetime(2026, 3, 5, 8, tzinfo=UTC)):
            with transaction():
                found = queries.get_forecast(forecast.id, SYSTEM.scope("any"))
                services.measure_forecast(found, MONDAY, MONDAY + timedelta(days=2))
            browser = sign_in_as("planner")

            page = text(browser.get(f"/forecasts/accuracy?queue={queue.id}"))
            export = text(browser.get("/forecasts/accuracy?export=csv"))
            home = text(browser.get("/"))

        assert "Bills" in page
        assert 'id="accuracy-chart"' in page
        assert len(export.splitlines()) == 3
        assert queue.project.name in home


class TestAssumptions:
    def test_a_queues_own_go_before_the_projects(self, queue, sign_in_as):
        browser = sign_in_as("planner")
        url = f"/projects/{queue.project_id}/assumptions"
        data = {
            "model": "erlang-c",
            "patience_s": "90",
            "max_occupancy": "80",
            "leave_share": "5",
            "meeting_share": "3",
            "training_share": "2",
            "absence_share": "5",
        }

        browser.post(url, data=data)
        browser.post(f"{url}?queue={queue.id}", data=data | {"max_occupancy": "90"})
        too_much = browser.post(url, data=data | {"leave_share": "80"})

        assert too_much.status_code == 422
        found = queries.assumptions_of([queue])[queue.id]
        assert found.max_occupancy == pytest.approx(0.9)
        assert found.shrinkage == pytest.approx(0.15)
        browser.post(f"{url}/{found.id}/delete")
        assert queries.assumptions_of([queue])[queue.id].max_occupancy == 0.8
        assert db.session.scalar(select(func.count()).select_from(Assumption)) == 1
        assert "80%" in text(browser.get("/forecasts/assumptions"))


class TestReach:
    def test_what_is_out_of_reach_is_not_there(self, draft, queue, sign_in_as):
        mine = make_project()
        browser = sign_in_as("planner", scope_kind=ScopeKind.PROJECT, scope_id=mine.id)
        base = f"/forecasts/{draft.id}"

        for url in (
            base,
            f"{base}/requirement",
            f"{base}/requirement?export=csv",
            f"/projects/{queue.project_id}/forecasts/new",
            f"/projects/{queue.project_id}/assumptions",
            f"/forecasts/accuracy?queue={queue.id}",
        ):
            for headers in ({}, HTMX):
                assert browser.get(url, headers=headers).status_code == 404, url
        day = f"{base}/queues/{queue.id}/days"
        for url in (
            f"{base}/approve",
            f"{base}/delete",
            f"{base}/notes",
            day,
            f"{day}/2026-03-04/adjust",
            f"{base}/adjustments/1/undo",
        ):
            response = browser.post(url, data={"words": "x", "total": "1"})
            assert response.status_code == 404, url
        for url in ("/forecasts", "/forecasts?export=csv", "/forecasts/assumptions"):
            assert "March" not in text(browser.get(url))
            assert queue.name not in text(browser.get(url))

    def test_who_may_only_look_changes_nothing(self, draft, queue, sign_in_as):
        browser = sign_in_as("supervisor", scope_kind=ScopeKind.EVERYTHING)

        page = text(browser.get(f"/forecasts/{draft.id}"))

        assert 'name="total-' not in page
        assert browser.post(f"/forecasts/{draft.id}/approve").status_code == 403
        assert browser.get("/forecasts/new").status_code == 403

    def test_a_client_does_not_see_forecasts(self, draft, queue, sign_in_as):
        browser = sign_in_as(
            "client", scope_kind=ScopeKind.PROJECT, scope_id=queue.project_id
        )

        assert browser.get(f"/forecasts/{draft.id}").status_code == 403

    def test_more_forecasts_ask_no_more_queries(
        self, draft, queue, sign_in_as, count_queries
    ):
        browser = sign_in_as("planner")
        browser.get("/forecasts")
        count_queries()
        browser.get("/forecasts")
        few = count_queries()
        for _each in range(8):
            services.draft_forecast([queue], MONDAY, 7)
        db.session.commit()
        browser.get("/forecasts")
        count_queries()

        browser.get("/forecasts")

        assert count_queries() <= few <= 8
