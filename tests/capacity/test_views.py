"""The pages and addresses of capacity plans."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from callcenter.access.models import ScopeKind
from callcenter.capacity import queries
from callcenter.capacity.models import CapacityPlan, Scenario, ScenarioStatus
from callcenter.capacity.permissions import Permission
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.kernel.jobs import run_queued
from tests.factories.access import make_user
from tests.factories.capacity import make_plan, make_staff
from tests.factories.projects import make_project, make_queue
from tests.people.test_api import token_of

MONDAY = date(2026, 3, 2)
HTMX = {"HX-Request": "true"}


@dataclass
class Found:
    """What tests know of a plan; rows do not outlive a request."""

    project_id: int
    name: str
    code: str
    first_week: date
    scenario_id: int
    hourly_cost: Decimal


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def queue(app):
    queue = make_queue(name="Bills")
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        make_staff(queue.project, MONDAY)
        yield queue


@pytest.fixture
def plan(queue):
    made = make_plan(queue)
    db.session.commit()
    found = Found(
        made.project_id,
        made.project.name,
        made.project.code,
        made.first_week,
        made.scenarios[0].id,
        made.scenarios[0].hourly_cost,
    )
    db.session.expunge_all()
    return found


def address(plan, rest=""):
    return f"/projects/{plan.project_id}/capacity-plan{rest}"


def scenario_url(plan, what):
    return f"/capacity-scenarios/{plan.scenario_id}/{what}"


def scenarios():
    db.session.expire_all()
    return db.session.scalars(select(Scenario).order_by(Scenario.id)).all()


class TestSteps:
    def test_a_week_is_told_step_by_step_and_all_of_them_as_a_table(
        self, plan, sign_in_as
    ):
        browser = sign_in_as("recruiter")

        page = text(browser.get(address(plan)))
        steps = text(browser.get(address(plan, f"/hours?week={plan.first_week}")))
        nonsense = browser.get(address(plan, "/hours?week=yesterday"))

        assert "Agents on contacts or waiting for one" in page
        assert "÷ 80.0% occupancy" in steps
        assert steps.count("<tr") == 64 + 7
        assert nonsense.status_code == 200

    def test_are_exported_and_read_by_programs(self, plan, sign_in_as, client):
        rows = text(sign_in_as("planner").get(address(plan, "/hours?export=csv")))
        headers = token_of(make_user("recruiter"), Permission.VIEW_CAPACITY)
        answer = client.get(
            f"/api/v1/forecasting/capacity-plans/{plan.project_id}", headers=headers
        )

        week = answer.json["weeks"][0]
        assert len(rows.splitlines()) == 65
        assert "Occupancy" in rows.splitlines()[0]
        assert week["agent_h"] < week["scheduled_h"] < week["paid_h"]


class TestPlan:
    def test_is_made_by_one_click(self, queue, sign_in_as):
        browser, name = sign_in_as("planner"), queue.project.name
        project_id = queue.project_id
        offered = text(browser.get("/capacity-plans"))

        made = browser.post(f"/projects/{project_id}/capacity-plan")

        page = text(browser.get(made.location))
        assert name in offered
        assert "Nothing is forecast for these weeks" in page

    def test_a_double_click_makes_one(self, queue, sign_in_as):
        browser, project_id = sign_in_as("planner"), queue.project_id

        answers = [
            browser.post(f"/projects/{project_id}/capacity-plan").status_code
            for _each in range(2)
        ]

        assert answers == [303, 409]
        assert len(db.session.scalars(select(CapacityPlan)).all()) == 1

    def test_shows_64_weeks_in_few_statements(self, plan, sign_in_as, count_queries):
        browser = sign_in_as("planner")
        browser.get(address(plan))
        before = count_queries()

        page = text(browser.get(address(plan)))

        assert count_queries() - before <= 12
        assert page.count('id="hires_20') == 64
        assert "First short week" in page

    def test_is_hidden_from_who_works_for_another_project(self, plan, sign_in_as):
        other = make_project()
        browser = sign_in_as("planner", scope_kind=ScopeKind.PROJECT, scope_id=other.id)

        seen = browser.get(address(plan)).status_code
        changed = browser.post(scenario_url(plan, "cells")).status_code

        assert (seen, changed) == (404, 404)
        assert plan.name not in text(browser.get("/capacity-plans"))


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("role", "edits", "approves", "costs"),
        [
            ("planner", True, False, False),
            ("operations_manager", True, True, True),
            ("finance", False, False, True),
            ("recruiter", False, False, False),
        ],
    )
    def test_each_sees_and_does_their_part(
        self, plan, sign_in_as, role, edits, approves, costs
    ):
        page = text(sign_in_as(role).get(address(plan)))

        assert ('id="hires_20' in page) is edits
        assert ("/approve" in page) is approves
        assert ("Total cost" in page) is costs

    @pytest.mark.parametrize("role", ["finance", "recruiter"])
    def test_readers_see_the_list_without_its_buttons(self, plan, sign_in_as, role):
        page = text(sign_in_as(role).get("/capacity-plans"))

        assert plan.name in page
        assert "Make the plan" not in page

    @pytest.mark.parametrize("role", ["supervisor", "agent", "client"])
    def test_others_see_nothing(self, plan, sign_in_as, role):
        assert sign_in_as(role).get(address(plan)).status_code == 403

    def test_a_planner_cannot_approve(self, plan, sign_in_as):
        refused = sign_in_as("planner").post(scenario_url(plan, "approve"))

        assert refused.status_code == 403

    def test_prices_stay_as_they_are_for_who_may_not_see_them(self, plan, sign_in_as):
        before = plan.hourly_cost
        browser = sign_in_as("planner")
        shown = text(browser.get(scenario_url(plan, "assumptions")))

        browser.post(
            scenario_url(plan, "assumptions"), data={**FORM, "hourly_cost": "1"}
        )

        assert 'name="hourly_cost"' not in shown
        assert scenarios()[0].hourly_cost == before
        assert scenarios()[0].name == "Spring"


FORM = {
    "name": "Spring",
    **dict.fromkeys(("volume", "aht", "attrition", "fit", "pass_rate"), "100"),
    **dict.fromkeys(("leave_share", "break_share", "overtime_share"), "5"),
    "full_time_h": "40",
    "part_time_share": "10",
    "part_time_h": "20",
    "training_weeks": "3",
    "ramp_weeks": "8",
    "new_aht": "130",
    "smallest_class": "5",
    "largest_class": "20",
    "classes_at_once": "2",
    "lead_weeks": "4",
    "tolerance": "3",
    "forecast_error": "5",
    "forecast_drift": "1",
}


class TestCells:
    def test_what_is_typed_is_kept(self, plan, sign_in_as):
        week = plan.first_week + timedelta(weeks=5)
        browser = sign_in_as("planner")

        saved = browser.post(
            scenario_url(plan, "cells"),
            data={f"hires_{week}": "12", f"volume_{week}": "+7.5%"},
        )

        (row,) = queries.get_plan(plan.project_id, EVERYTHING).scenarios[0].weeks
        assert saved.status_code == 303
        assert (row.hires, row.volume) == (12, 0.075)

    def test_one_bad_cell_keeps_all_from_being_saved_and_is_named(
        self, plan, sign_in_as
    ):
        week = plan.first_week
        bad = {
            f"hires_{week}": "a dozen",
            f"volume_{week}": "7",
            f"transfers_{week}": "1.5",
            f"leavers_{week}": "-3",
        }

        answer = sign_in_as("planner").post(scenario_url(plan, "cells"), data=bad)

        page = text(answer)
        assert answer.status_code == 422
        assert "“a dozen” is no number." in page
        assert "Only whole people" in page
        assert 'value="a dozen"' in page
        db.session.expire_all()
        assert queries.get_plan(plan.project_id, EVERYTHING).scenarios[0].weeks == []

    def test_the_grid_gets_its_figures_back(self, plan, sign_in_as):
        week = plan.first_week + timedelta(weeks=5)

        answer = sign_in_as("planner").post(
            scenario_url(plan, "cells"), data={f"hires_{week}": "12"}, headers=HTMX
        )

        assert answer.status_code == 200
        assert "<html" not in text(answer)
        assert "data-live" in text(answer)

    @pytest.mark.parametrize("key", ["hires_2026-03-03", "hires_1999-01-04"])
    def test_a_week_outside_the_plan_is_refused(self, plan, sign_in_as, key):
        answer = sign_in_as("planner").post(
            scenario_url(plan, "cells"), data={key: "3"}
        )

        assert answer.status_code == 422


class TestScenarios:
    def test_copy_compare_delete(self, plan, sign_in_as):
        browser = sign_in_as("operations_manager")
        browser.post(scenario_url(plan, "copy"))
        first, second = scenarios()
        browser.post(
            f"/capacity-scenarios/{second.id}/assumptions",
            data={
                **FORM,
                "name": "Campaign",
                "volume": "120",
                "hourly_cost": "30",
                "overtime_factor": "1.5",
                "hire_cost": "800",
                "class_cost": "4000",
                "short_cost": "90",
            },
        )

        page = text(browser.get(address(plan, "/compare")))

        assert "Campaign" in page
        assert "120.0%" in page
        assert "Total cost" in page
        browser.post(f"/capacity-scenarios/{second.id}/delete")
        assert [each.id for each in scenarios()] == [first.id]

    def test_classes_that_cannot_be_are_refused(self, plan, sign_in_as):
        answer = sign_in_as("planner").post(
            scenario_url(plan, "assumptions"), data={**FORM, "smallest_class": "30"}
        )

        assert answer.status_code == 422
        assert "At least as many as in the smallest class." in text(answer)

    def test_proposal_approval_and_what_recruiting_sees(self, plan, client, sign_in_as):
        browser = sign_in_as("operations_manager")

        browser.post(scenario_url(plan, "propose"))
        run_queued()
        proposed = text(browser.get(address(plan)))
        browser.post(scenario_url(plan, "approve"))
        ruling = text(browser.get(address(plan)))

        assert "Take the proposal back" in proposed
        assert "This scenario rules" in ruling
        assert scenarios()[0].status is ScenarioStatus.APPROVED
        headers = token_of(make_user("recruiter"), Permission.VIEW_CAPACITY)
        needed = client.get("/api/v1/forecasting/hires-needed", headers=headers)
        first = needed.get_json()["items"][0]
        assert first["project"] == plan.code
        assert first["order_by"] < first["starts_on"]
        assert first["n_hires"] >= 5

    def test_a_click_twice_on_propose_asks_once(self, plan, sign_in_as):
        browser = sign_in_as("planner")

        answers = [
            browser.post(scenario_url(plan, "propose")).status_code for _ in range(2)
        ]

        assert answers == [303, 303]


class TestExports:
    def test_a_spreadsheet_has_every_week(self, plan, sign_in_as):
        answer = sign_in_as("finance").get(address(plan, "?export=xlsx"))

        rows = list(load_workbook(BytesIO(answer.data)).active.values)
        answer.close()
        assert len(rows) == 65
        assert rows[0][-1].startswith("Cost")

    def test_money_is_left_out_for_who_may_not_see_it(self, plan, sign_in_as):
        answer = sign_in_as("recruiter").get(address(plan, "?export=csv"))

        header = text(answer).splitlines()[0]
        assert "Leavers" in header
        assert "Cost" not in header


class TestApi:
    @pytest.fixture
    def headers(self, plan):
        return token_of(make_user("recruiter"), Permission.VIEW_CAPACITY)

    def test_lists_plans_and_gives_one_by_week(self, client, plan, headers):
        every = client.get("/api/v1/forecasting/capacity-plans", headers=headers)
        one = client.get(
            f"/api/v1/forecasting/capacity-plans/{plan.project_id}", headers=headers
        ).get_json()

        assert every.get_json()["items"][0]["project"] == plan.code
        assert len(one["weeks"]) == 64
        week = one["weeks"][0]
        kept = week["opening_heads"] + week["hires"] + week["transfers"]
        assert kept - week["leavers"] == pytest.approx(week["closing_heads"], abs=1e-3)
        assert "cost" not in week

    def test_a_plan_outside_the_scope_is_not_there(self, client, plan):
        other = make_project()
        user = make_user("recruiter", scope_kind=ScopeKind.PROJECT, scope_id=other.id)
        headers = token_of(user, Permission.VIEW_CAPACITY)

        answer = client.get(
            f"/api/v1/forecasting/capacity-plans/{plan.project_id}", headers=headers
        )

        assert answer.status_code == 404

    def test_nobody_reads_without_a_token(self, client):
        assert client.get("/api/v1/forecasting/hires-needed").status_code == 401


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("volume", "12,5", 0.125),
        ("volume", "－".replace("－", "-") + "5 %", -0.05),
        ("hires", " 1,200 ", 1200),
        ("leavers", "", None),
        ("overtime_share", "５".translate({0xFF15: "5"}), 0.05),
    ],
)
def test_cells_are_read_as_people_type_them(app, name, typed, value):
    from callcenter.capacity.views.words import read_cell

    assert read_cell(name, typed) == value
