"""The pages of the weekly forecast and of today."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from callcenter.access.models import ScopeKind
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast, ForecastStatus, RefreshRule
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, run_queued
from callcenter.projects import queries as project_queries
from tests.factories.forecasting import make_approved, make_facts
from tests.factories.projects import make_project, make_queue, make_target

MONDAY = date(2026, 3, 2)
RULE = {
    "is_on": "y",
    "weekday": "2",
    "hour": "5",
    "notable_share": "8",
    "approve_within": "3",
    "keep_weeks": "26",
    "adding_up": "top_down",
}


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def queue(app):
    queue = make_queue(make_project(zone="UTC"), name="Bills")
    make_target(queue)
    make_facts(queue, MONDAY - timedelta(days=42), 42, hours=(10, 14))
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        make_approved([queue], MONDAY, 14)
        yield queue


class TestRefresh:
    def test_goes_from_the_button_over_the_proposal_to_the_approval(
        self, queue, sign_in_as
    ):
        browser = sign_in_as("planner")
        url = f"/projects/{queue.project_id}/refresh"

        browser.post(f"{url}/now")
        browser.post(f"{url}/now")
        waiting = text(browser.get(url))
        run_queued()
        made = db.session.scalars(select(Forecast).order_by(Forecast.id.desc())).first()
        proposal = text(browser.get(f"/forecasts/{made.id}/proposal"))
        browser.post(f"/forecasts/{made.id}/approve")
        run_queued()

        db.session.expire_all()
        assert 'class="job"' in waiting
        assert len(db.session.scalars(select(Forecast)).all()) == 2
        assert 'id="weeks-chart"' in proposal
        assert "Approve" in proposal
        assert db.session.get(Forecast, made.id).status is ForecastStatus.APPROVED
        assert db.session.get(Forecast, made.id).approved_from == date(2026, 3, 3)
        for address in ("/forecasts/refresh", url, f"/forecasts/{made.id}/proposal"):
            assert browser.get(address).status_code == 200

    def test_day_hour_and_limits_are_the_planners(self, queue, sign_in_as):
        browser = sign_in_as("planner")
        url = f"/projects/{queue.project_id}/refresh"

        browser.post(f"{url}/rule", data=RULE)
        rule = db.session.scalars(select(RefreshRule)).one()
        page = text(browser.get(url))
        browser.post(f"{url}/rule", data=RULE | {"is_on": "", "approve_within": ""})

        assert (rule.weekday, rule.hour, rule.keep_weeks) == (2, 5, 26)
        assert rule.adding_up == "top_down"
        assert "Wednesday at 05:00" in page
        db.session.refresh(rule)
        assert rule.approve_within is None

    @pytest.mark.parametrize(
        "change",
        [{"hour": "99"}, {"notable_share": "-1"}, {"keep_weeks": "x"}, {"weekday": ""}],
    )
    def test_nonsense_is_refused_and_kept_in_the_form(self, queue, sign_in_as, change):
        browser = sign_in_as("planner")

        answer = browser.post(
            f"/projects/{queue.project_id}/refresh/rule", data=RULE | change
        )

        assert answer.status_code == 422
        assert db.session.scalars(select(RefreshRule)).all() == []

    def test_who_may_only_look_changes_nothing(self, queue, sign_in_as):
        browser = sign_in_as("supervisor", scope_kind=ScopeKind.EVERYTHING)
        url = f"/projects/{queue.project_id}/refresh"

        assert "Refresh now" not in text(browser.get(url))
        assert browser.post(f"{url}/now").status_code == 403
        assert browser.post(f"{url}/rule", data=RULE).status_code == 403

    def test_a_project_without_facts_says_so(self, app, sign_in_as):
        empty = make_queue(make_project(zone="UTC"))
        browser = sign_in_as("planner")
        url = f"/projects/{empty.project_id}/refresh"

        browser.post(f"{url}/now")

        assert "Import their contacts first" in text(browser.get(url))
        assert db.session.scalars(select(Job)).all() == []


class TestToday:
    @pytest.fixture
    def noon(self, queue):
        make_facts(queue, MONDAY, 1, hours=(10, 14), per_interval=9.0, seed=4)
        with clock.frozen(datetime(2026, 3, 2, 12, 4, tzinfo=UTC)):
            yield queue

    def learn(self, queue):
        with acting(SYSTEM), transaction():
            project = project_queries.get_project(queue.project_id, EVERYTHING)
            services.request_learning_of(project)
        run_queued()

    def test_moves_the_plan_until_something_was_learnt(self, noon, sign_in_as):
        browser = sign_in_as("planner")
        url = f"/projects/{noon.project_id}/today"

        page = text(browser.get(url))
        browser.post(f"{url}/learn")
        run_queued()
        learnt = text(browser.get(url))

        assert "Learn now" in page
        assert 'id="today-chart"' in page
        assert "Learn now" not in learnt
        assert "until 12:00" in learnt

    def test_of_a_queue_shows_the_agents_needed(self, noon, sign_in_as, count_queries):
        self.learn(noon)
        browser = sign_in_as("planner")
        url = f"/projects/{noon.project_id}/today?queue={noon.id}"
        browser.get(url)
        count_queries()

        page = text(browser.get(url))

        assert count_queries() <= 18
        assert 'id="agents-chart"' in page
        assert "Needed as the day goes" in page

    def test_renews_itself_as_a_fragment(self, noon, sign_in_as):
        browser = sign_in_as("supervisor", scope_kind=ScopeKind.EVERYTHING)
        url = f"/projects/{noon.project_id}/today"

        part = text(browser.get(url, headers={"HX-Request": "true"}))

        assert "<html" not in part
        assert "today-chart" in part
        assert "Learn now" not in part

    def test_says_so_where_nothing_was_expected(self, app, sign_in_as):
        empty = make_queue(make_project(zone="UTC"))
        browser = sign_in_as("planner")

        page = browser.get(f"/projects/{empty.project_id}/today")

        assert "Nothing was expected of today" in text(page)
        assert browser.get("/forecasts/today").status_code == 303

    def test_is_nothing_for_strangers(self, noon, sign_in_as):
        other = make_project(zone="UTC")
        browser = sign_in_as("planner", scope_kind=ScopeKind.PROJECT, scope_id=other.id)
        url = f"/projects/{noon.project_id}/today"

        assert browser.get(url).status_code == 404
        assert browser.post(f"{url}/learn").status_code == 404
        assert queries.find_day_model(noon.project_id, 0) is None
        mine = sign_in_as("planner")
        assert mine.get(f"{url}?queue=99999").status_code == 404
