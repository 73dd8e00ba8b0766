from datetime import UTC, date, datetime, timedelta

import pytest

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import ForecastStatus
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import run_queued
from tests.factories.forecasting import make_facts, make_forecast
from tests.factories.projects import make_queue

MONDAY = date(2026, 3, 2)
HTMX = {"HX-Request": "true"}
EVERY_METHOD = "method=naive&method=mean4&method=median6&method=profile"


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


@pytest.fixture
def browser(draft, sign_in_as):
    return sign_in_as("planner")


def door(draft):
    return queries.get_forecast(draft.id, EVERYTHING)


def total_of(draft, queue, day=MONDAY):
    return next(r.total for r in queries.day_rows(draft.id, queue.id) if r.day == day)


class TestLooking:
    @pytest.mark.parametrize(
        ("asked", "seen", "unseen"),
        [
            ("", 'id="days-chart"', 'id="aht-chart"'),
            ("view=weeks", 'id="weeks-chart"', 'id="days-chart"'),
            ("view=day", 'id="aht-chart"', 'id="days-chart"'),
            ("view=weeks&back=104", "Middle of 9 weeks", "Mon 23 Feb</button>"),
            ("under=year&under=two-years", "Same weeks two years ago</button>", "???"),
            (EVERY_METHOD, "Mean of four like days</button>", "???"),
            ("view=day&method=profile", "Level and weekday profile</button>", "???"),
        ],
    )
    def test_draws_what_the_address_asks_for(self, draft, browser, asked, seen, unseen):
        page = text(browser.get(f"/forecasts/{draft.id}?{asked}"))

        assert seen in page
        assert unseen not in page

    @pytest.mark.parametrize(
        "nonsense",
        [
            "view=upside&back=-3&under=moon&method=oracle&ahead=1",
            "back=99999999999999999999&view=",
            "view=weeks&back=104&under=two-years&day=&queue=",
        ],
    )
    def test_a_look_that_makes_no_sense_is_the_usual_one(
        self, draft, browser, nonsense
    ):
        response = browser.get(f"/forecasts/{draft.id}?{nonsense}")

        assert response.status_code == 200

    @pytest.mark.parametrize(
        "asked",
        [
            f"view={view}&back={back}&under=year&under=two-years&{EVERY_METHOD}"
            for view in ("days", "weeks", "day")
            for back in (6, 104)
        ],
    )
    def test_no_view_asks_more_than_twelve_statements(
        self, draft, queue, browser, count_queries, asked
    ):
        with transaction():
            found = door(draft)
            queue = found.queues[0].queue
            queue.project = found.project
            first = MONDAY - timedelta(days=63)
            services.copy_counted_days(queue, first, MONDAY)
        browser.get(f"/forecasts/{draft.id}?{asked}")
        count_queries()

        # Once a minute a request notes that its session was seen; the next does not.
        taken = []
        for _visit in range(2):
            browser.get(f"/forecasts/{draft.id}?{asked}")
            taken.append(count_queries())

        begins = 1
        assert min(taken) <= 12 + begins

    def test_another_look_fetches_the_part_below_the_head(self, draft, browser):
        part = text(browser.get(f"/forecasts/{draft.id}?view=day", headers=HTMX))

        assert "<html" not in part
        assert 'id="look"' in part

    def test_the_band_of_a_days_total_stands_in_the_table(self, draft, queue, browser):
        row = queries.day_rows(draft.id, queue.id)[0]
        band = f"{round(row.total_lower):,}–{round(row.total_upper):,}"

        assert band in text(browser.get(f"/forecasts/{draft.id}"))


class TestTwoAtOnce:
    def test_what_somebody_else_changed_meanwhile_is_told_and_nothing_saved(
        self, draft, queue, browser, sign_in_as
    ):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/days"
        was = str(round(total_of(draft, queue)))
        sign_in_as("planner").post(url, data={"total-2026-03-02": "700"})

        mine = {"total-2026-03-02": "800", "was-2026-03-02": was, "comment": "Sale"}
        refused = browser.post(url, data=mine)

        assert refused.status_code == 422
        assert "made it 700 meanwhile" in text(refused)
        assert 'value="800"' in text(refused)
        assert 'value="Sale"' in text(refused)
        assert total_of(draft, queue) == pytest.approx(700)

    def test_saving_again_says_that_ones_own_is_right(
        self, draft, queue, browser, sign_in_as
    ):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/days"
        sign_in_as("planner").post(url, data={"total-2026-03-02": "700"})

        again = {"total-2026-03-02": "800", "was-2026-03-02": "700"}
        response = browser.post(url, data=again)

        assert response.status_code == 303
        assert total_of(draft, queue) == pytest.approx(800)

    def test_days_that_one_left_alone_keep_what_others_made_of_them(
        self, draft, queue, browser, sign_in_as
    ):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/days"
        shown = str(round(total_of(draft, queue)))
        sign_in_as("planner").post(url, data={"total-2026-03-02": "700"})

        untouched = {"total-2026-03-02": shown, "was-2026-03-02": shown}
        browser.post(url, data={**untouched, "total-2026-03-03": "500"})

        assert total_of(draft, queue) == pytest.approx(700)
        assert total_of(draft, queue, date(2026, 3, 3)) == pytest.approx(500)

    def test_the_form_of_one_day_asks_again_too(
        self, draft, queue, browser, sign_in_as
    ):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/days/2026-03-02/adjust"
        was = str(round(total_of(draft, queue)))
        hours = {"starts": "0", "ends": "96"}
        sign_in_as("planner").post(url, data={**hours, "total": "700", "was": was})

        refused = browser.post(url, data={**hours, "total": "800", "was": was})
        again = browser.post(url, data={**hours, "total": "800", "was": "700"})

        assert refused.status_code == 422
        assert 'name="was" type="hidden" value="700"' in text(refused)
        assert again.status_code == 303

    def test_a_change_taken_back_twice_is_told_as_such(
        self, draft, queue, browser, sign_in_as
    ):
        with transaction():
            change = services.adjust_day(door(draft), queue.id, MONDAY, 5)
        url = f"/forecasts/{draft.id}/adjustments/{change.id}/undo"
        sign_in_as("planner").post(url)

        page = text(browser.post(url, follow_redirects=True))

        assert "was taken back before" in page

    def test_nobody_approves_what_changed_since_it_was_looked_at(
        self, draft, queue, browser
    ):
        seen = queries.changes_seen(draft.id)
        with transaction():
            services.adjust_day(door(draft), queue.id, MONDAY, 5)

        page = browser.post(
            f"/forecasts/{draft.id}/approve",
            data={"seen": seen},
            follow_redirects=True,
        )
        run_queued()

        assert "changed this forecast since you looked" in text(page)
        assert door(draft).status is ForecastStatus.DRAFT


class TestTakingBack:
    def test_all_of_ones_own_go_and_come_back_by_one_click(self, draft, queue, browser):
        days = f"/forecasts/{draft.id}/queues/{queue.id}/days"
        before = total_of(draft, queue)
        browser.post(days, data={"total-2026-03-02": "5", "total-2026-03-03": "6"})

        asked = text(browser.get(f"/forecasts/{draft.id}"))
        gone = text(
            browser.post(
                f"/forecasts/{draft.id}/queues/{queue.id}/adjustments/undo",
                follow_redirects=True,
            )
        )
        restored = total_of(draft, queue)
        undo = gone.split("/adjustments/restore?at=")[1].split('"')[0]
        browser.post(
            f"/forecasts/{draft.id}/queues/{queue.id}/adjustments/restore?at={undo}"
        )

        assert "Take back all of mine" in asked
        assert "2 changes taken back" in gone
        assert restored == pytest.approx(before)
        assert total_of(draft, queue) == pytest.approx(5)

    def test_one_that_was_taken_back_can_be_put_back_from_the_list(
        self, draft, queue, browser
    ):
        with transaction():
            change = services.adjust_day(door(draft), queue.id, MONDAY, 5)
        base = f"/forecasts/{draft.id}/adjustments/{change.id}"
        browser.post(f"{base}/undo")

        listed = text(browser.get(f"/forecasts/{draft.id}"))
        browser.post(f"{base}/restore")

        assert f"{base}/restore" in listed
        assert total_of(draft, queue) == pytest.approx(5)

    def test_a_time_that_is_none_is_not_found(self, draft, queue, browser):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/adjustments/restore?at=noon"

        assert browser.post(url).status_code == 404


class TestChoosingAMethod:
    def test_leads_over_a_job_to_other_figures(self, draft, queue, browser):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/method"

        asked = browser.post(url, data={"method": "naive", "reason": "A calm month"})
        waiting = text(browser.get(asked.location))
        run_queued()
        page = text(browser.get(f"/forecasts/{draft.id}"))

        assert asked.status_code == 303
        assert 'class="job"' in waiting
        assert "A calm month" in page

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            ({"method": "naive", "reason": ""}, "This field is required"),
            ({"method": "oracle", "reason": "Why not"}, "Not a valid choice"),
        ],
    )
    def test_says_what_is_missing_and_keeps_what_was_typed(
        self, draft, queue, browser, data, why
    ):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/method"

        response = browser.post(url, data=data)

        assert response.status_code == 422
        assert why in text(response)

    def test_only_who_may_adjust_chooses(self, draft, queue, sign_in_as):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/method"

        answer = sign_in_as("supervisor").post(url, data={"method": "naive"})

        assert answer.status_code == 403


class TestComments:
    def test_stand_at_their_day(self, draft, queue, browser):
        about = {"about": "day", "queue_id": str(queue.id), "day": "2026-03-03"}
        browser.post(
            f"/forecasts/{draft.id}/notes", data={**about, "words": "Letters go out"}
        )

        page = text(browser.get(f"/forecasts/{draft.id}?day=2026-03-03"))

        assert "Letters go out" in page
        assert "1 comment" in page
        assert "note-here" in page

    def test_a_queue_of_another_forecast_is_not_spoken_of(self, draft, browser):
        stranger = make_queue()
        about = {"about": "queue", "queue_id": str(stranger.id)}

        browser.post(f"/forecasts/{draft.id}/notes", data={**about, "words": "Hm"})

        (note,) = queries.notes(draft.id)
        assert note.queue_id is None


class TestApproval:
    def test_names_what_is_unresolved_and_lets_approve_all_the_same(
        self, draft, queue, browser
    ):
        with transaction():
            services.adjust_day(door(draft), queue.id, MONDAY, 9999)

        page = text(browser.get(f"/forecasts/{draft.id}/approval"))
        browser.post(f"/forecasts/{draft.id}/approve")
        run_queued()

        assert "Mon 2 Mar: 9,999 contacts" in page
        assert "1 change has no reason" in page
        assert door(draft).status is ForecastStatus.APPROVED

    def test_what_is_approved_leads_back_to_the_workbench(self, draft, browser):
        browser.post(f"/forecasts/{draft.id}/approve")
        run_queued()

        answer = browser.get(f"/forecasts/{draft.id}/approval")

        assert answer.location.endswith(f"/forecasts/{draft.id}")


class TestKeepingTheLook:
    def test_saving_comes_back_to_what_was_drawn(self, draft, queue, browser):
        url = f"/forecasts/{draft.id}/queues/{queue.id}/days?view=weeks&back=13"

        answer = browser.post(url, data={"total-2026-03-03": "999"})

        assert "view=weeks" in answer.location
        assert "back=13" in answer.location
