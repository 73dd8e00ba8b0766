"""Capacity plans: what weeks require, who will be there, whom to hire."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import func, select, update

from callcenter.access.models import AuditEntry
from callcenter.capacity import queries, services
from callcenter.capacity.errors import (
    PlanExists,
    PlanHasNoPeople,
    ScenarioClosed,
    ScenarioNameTaken,
    WeekNotInPlan,
)
from callcenter.capacity.events import capacity_approved
from callcenter.capacity.models import RequiredWeek, ScenarioStatus, WeekBasis
from callcenter.forecasting.models import ForecastKind, Requirement
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from callcenter.people.models import Team
from callcenter.projects.models import Channel, TeamAssignment
from tests.factories.capacity import make_plan, make_staff
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.people import make_employee, make_post
from tests.factories.projects import make_queue, make_target

MONDAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


@pytest.fixture
def queue(app):
    queue = make_queue(name="Bills")
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


@pytest.fixture
def staffed(queue):
    make_staff(queue.project, MONDAY)
    return queue


@pytest.fixture
def plan(staffed):
    return make_plan(staffed)


def again(plan):
    db.session.expire_all()
    return queries.get_plan(plan.project_id, EVERYTHING)


def result_of(plan, scenario=None):
    needs = queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)
    return services.work_out_scenario(plan, scenario or plan.scenarios[0], needs)


def team_id_of(queue):
    return db.session.scalars(
        select(TeamAssignment.team_id).where(
            TeamAssignment.project_id == queue.project_id
        )
    ).one()


def make_employee_at(team_id, post):
    team = db.session.get(Team, team_id)
    return make_employee(team, post_id=post.id)


def weeks_of(queue):
    db.session.commit()
    with acting(SYSTEM):
        run_queued()
    rows = db.session.scalars(
        select(RequiredWeek)
        .where(RequiredWeek.queue_id == queue.id)
        .order_by(RequiredWeek.week)
    ).all()
    return {row.week: row for row in rows}


class TestRequiredWeeks:
    def test_an_approved_week_is_the_sum_of_its_intervals(self, queue):
        make_facts(queue, MONDAY - 9 * WEEK, 63)
        make_target(queue)
        make_approved([queue], MONDAY, 14)

        week = weeks_of(queue)[MONDAY]

        total = db.session.scalar(
            select(
                func.sum(Requirement.scheduled_agents * Requirement.interval_s / 3600.0)
            ).where(
                Requirement.queue_id == queue.id,
                Requirement.interval_start
                < datetime(2026, 3, 8, 16, tzinfo=UTC),  # midnight in Shanghai
            )
        )
        assert week.basis is WeekBasis.STAFFED
        assert week.linear_h + week.root_h == pytest.approx(total)
        assert week.root_h > 0.0

    def test_beyond_the_approved_weeks_the_newest_refresh_tells(self, queue):
        make_facts(queue, MONDAY - 9 * WEEK, 63)
        make_target(queue)
        make_approved([queue], MONDAY, 14)
        refresh = make_forecast([queue], MONDAY, 56)
        refresh.kind = ForecastKind.REFRESH
        db.session.commit()

        services.store_required_weeks(queue.project_id)

        weeks = weeks_of(queue)
        told = weeks[MONDAY + 3 * WEEK]
        assert told.basis is WeekBasis.FORECAST
        assert weeks[MONDAY + 8 * WEEK].basis is WeekBasis.CARRIED
        staffed = weeks[MONDAY + WEEK]
        assert told.linear_h + told.root_h == pytest.approx(
            staffed.linear_h + staffed.root_h, rel=0.1
        )
        assert len(weeks) == 64

    def test_a_draft_of_a_planner_does_not_count(self, queue):
        make_facts(queue, MONDAY - 9 * WEEK, 63)
        make_forecast([queue], MONDAY, 28)

        assert services.store_required_weeks(queue.project_id) == 0

    def test_work_that_may_wait_has_no_part_for_chance(self, queue):
        mail = make_queue(project=queue.project, channel=Channel.BACK_OFFICE)
        make_facts(mail, MONDAY - 9 * WEEK, 63)
        make_approved([mail], MONDAY, 7)

        assert weeks_of(mail)[MONDAY].root_h == 0.0

    def test_a_week_known_in_part_is_made_whole(self, queue):
        make_facts(queue, MONDAY - 9 * WEEK, 63)
        refresh = make_forecast([queue], MONDAY, 17)
        refresh.kind = ForecastKind.REFRESH
        db.session.commit()

        services.store_required_weeks(queue.project_id)

        weeks = weeks_of(queue)
        part, whole = weeks[MONDAY + 2 * WEEK], weeks[MONDAY + WEEK]
        assert part.contacts == pytest.approx(whole.contacts, rel=0.1)


class TestPeople:
    def test_the_opening_counts_people_by_tenure(self, plan):
        assert plan.heads == 20
        assert plan.opening[10] == 1
        assert plan.opening[105] == 1
        assert plan.opening_fte == 1.0

    def test_who_takes_no_contacts_is_no_agent(self, staffed):
        team_id = team_id_of(staffed)
        make_employee_at(team_id, make_post(is_front_line=False))
        make_employee_at(team_id, make_post(is_front_line=True))

        assert sum(services.staff_of(staffed.project, MONDAY).opening) == 21

    def test_the_curve_comes_from_the_leavers(self, plan):
        assert sum(plan.leavers) == 8
        assert all(low < rate < high for rate, low, high in plan.hazard)

    def test_prices_begin_with_the_mean_pay(self, plan):
        pay = Decimal(5000) * 12 / (52 * 40)

        assert plan.scenarios[0].hourly_cost == pay.quantize(Decimal("0.01"))

    def test_a_company_without_people_gets_no_plan(self, queue):
        with pytest.raises(PlanHasNoPeople):
            services.create_plan(queue.project)

    def test_a_project_has_one_plan(self, plan):
        with pytest.raises(PlanExists):
            services.create_plan(plan.project)


class TestScenarios:
    def test_growing_weeks_fall_short(self, plan):
        found = result_of(plan)

        assert found.first_short is not None
        assert found.balance.gap[-1] < -5
        assert found.balance.chance_short[-1] > 0.9
        assert found.total_cost == found.total_cost.quantize(Decimal("0.01"))

    def test_cells_change_the_weeks_they_stand_in(self, plan):
        scenario = plan.scenarios[0]
        week = plan.first_week + 4 * WEEK
        before = result_of(plan)

        n = services.set_cells(
            scenario, {(week, "volume"): 0.2, (week, "hires"): 6, (week, "aht"): None}
        )

        after = result_of(plan)
        changed = np.flatnonzero(after.contacts != before.contacts)
        assert n == 2
        assert changed.tolist() == [4]
        # The part for chance grows with the square root only.
        ratio = after.required_h[4] / before.required_h[4]
        assert 1.15 < ratio < 1.2
        assert after.flow.hires[4] == 6
        assert after.balance.available[20] > before.balance.available[20] + 2

    def test_emptied_cells_leave_nothing_behind(self, plan):
        scenario = plan.scenarios[0]
        services.set_cells(scenario, {(plan.first_week, "hires"): 6})
        services.set_cells(scenario, {(plan.first_week, "hires"): None})

        assert again(plan).scenarios[0].weeks == []

    @pytest.mark.parametrize(
        ("days", "name"), [(1, "hires"), (-7, "hires"), (7 * 64, "hires"), (0, "id")]
    )
    def test_other_days_and_columns_are_refused(self, plan, days, name):
        week = plan.first_week + timedelta(days=days)

        with pytest.raises(WeekNotInPlan):
            services.set_cells(plan.scenarios[0], {(week, name): 1})

    def test_a_copy_has_the_same_weeks_and_goes_its_own_way(self, plan):
        scenario = plan.scenarios[0]
        services.set_cells(scenario, {(plan.first_week, "hires"): 6})

        copied = services.copy_scenario(scenario, "More calls")
        copied.plan = plan
        services.set_cells(copied, {(plan.first_week, "hires"): 9})

        first, second = again(plan).scenarios
        assert (first.weeks[0].hires, second.weeks[0].hires) == (6, 9)
        assert second.hourly_cost == first.hourly_cost

    def test_names_differ(self, plan):
        services.copy_scenario(plan.scenarios[0], "More calls")

        with pytest.raises(ScenarioNameTaken):
            services.set_scenario(plan.scenarios[0], {"name": "More calls"})

    def test_the_last_scenario_takes_the_plan_with_it(self, plan):
        services.delete_scenario(plan.scenarios[0])

        assert queries.find_plan(plan.project_id, EVERYTHING) is None

    def test_changes_are_in_the_audit_trail(self, app, plan):
        plan_id = plan.scenarios[0].id
        with acting(SYSTEM), transaction():
            scenario = queries.get_scenario(plan_id, EVERYTHING)
            services.set_cells(scenario, {(plan.first_week, "hires"): 6})

        kinds = db.session.scalars(select(AuditEntry.subject)).all()
        assert "forecasting_scenario_week" in kinds


class TestApproving:
    def test_one_scenario_rules_and_changes_no_more(self, plan):
        heard = []
        with capacity_approved.connected_to(
            lambda scenario, **_: heard.append(scenario)
        ):
            first = services.approve_scenario(plan.scenarios[0])
            second = services.copy_scenario(first, "More calls")
            second.plan = plan
            services.approve_scenario(second)

        assert first.status is ScenarioStatus.SUPERSEDED
        assert second.status is ScenarioStatus.APPROVED
        assert heard == [first, second]
        with pytest.raises(ScenarioClosed):
            services.set_cells(second, {(plan.first_week, "hires"): 6})
        for each in (first, second):
            with pytest.raises(ScenarioClosed):
                services.delete_scenario(each)

    def test_other_rooms_read_the_classes_of_what_rules(self, plan):
        scenario = plan.scenarios[0]
        week = plan.first_week + 6 * WEEK
        services.set_cells(scenario, {(week, "hires"): 26})
        before = queries.hires_needed()

        services.approve_scenario(scenario)

        (needed,) = queries.hires_needed(project_ids=[plan.project_id])
        assert before == []
        assert (needed.starts_on, needed.n_hires, needed.n_classes) == (week, 26, 2)
        assert needed.order_by == week - 4 * WEEK
        assert queries.hires_needed(since=week + WEEK) == []


class TestProposal:
    def test_the_job_fills_in_classes_that_close_the_gap(self, plan):
        scenario = plan.scenarios[0]
        settled = plan.first_week + WEEK
        with acting(SYSTEM), transaction():
            found = queries.get_scenario(scenario.id, EVERYTHING)
            services.set_cells(found, {(settled, "hires"): 2})
            services.request_proposal(found)

        run_queued()

        plan = again(plan)
        scenario = plan.scenarios[0]
        hires = {row.week: row.hires for row in scenario.weeks}
        assert hires.pop(settled) == 2
        assert min(hires) >= plan.first_week + scenario.lead_weeks * WEEK
        assert all(each >= scenario.smallest_class for each in hires.values())
        assert result_of(plan).balance.short[20:].max() < 1.0

    def test_it_can_be_taken_back(self, plan):
        scenario = plan.scenarios[0]
        late = plan.first_week + 30 * WEEK
        services.set_cells(scenario, {(late, "hires"): 7})
        needs = queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)
        services.store_hires(scenario, services.propose_for(plan, scenario, needs))

        services.take_back_proposal(scenario)

        assert {row.week: row.hires for row in scenario.weeks} == {late: 7}
        assert scenario.proposal is None


class TestSteps:
    def test_each_follows_from_the_one_before(self, plan):
        scenario = plan.scenarios[0]
        services.set_cells(scenario, {(plan.first_week, "shrinkage"): 0.1})
        services.set_scenario(scenario, {"leave_share": 0.08, "break_share": 0.05})

        first, second = services.week_steps(scenario, result_of(plan))[:2]

        assert first.aht_s == pytest.approx(3600 * 0.6 / 10)
        assert first.work_h / first.occupancy == pytest.approx(first.agent_h)
        assert first.shrinkage == pytest.approx(0.25)
        assert first.agent_h / (1 - first.shrinkage) == pytest.approx(first.scheduled_h)
        assert first.paid_h == pytest.approx(
            first.scheduled_h / 0.92 / 0.95 / first.fit / 0.9
        )
        assert first.fte == pytest.approx(first.paid_h / first.full_time_h)
        assert second.more_shrinkage == 0.0

    def test_weeks_from_before_leave_two_of_them_out(self, plan):
        db.session.execute(update(RequiredWeek).values(agent_h=None))
        db.session.commit()

        first = services.week_steps(plan.scenarios[0], result_of(plan))[0]

        assert (first.agent_h, first.occupancy, first.shrinkage) == (None, None, None)
        assert first.scheduled_h > 0.0


class TestRefreshing:
    def test_a_plan_moves_on_with_its_people(self, plan):
        with clock.frozen(datetime(2026, 3, 18, 8, tzinfo=UTC)):
            make_staff(plan.project, MONDAY + 2 * WEEK, n=5, n_left=0)

            services.refresh_plan(again(plan))

        plan = again(plan)
        assert plan.first_week == MONDAY + 3 * WEEK
        assert plan.heads == 25

    def test_the_weekly_job_refreshes_every_plan(self, plan):
        from callcenter.kernel.jobs import enqueue

        with acting(SYSTEM), transaction():
            enqueue("capacity.refresh_plans", {})

        run_queued()

        assert again(plan).refreshed_at >= plan.refreshed_at


def test_twenty_queues_read_as_few_rows_as_one(staffed, count_queries):
    for _each in range(4):
        make_queue(project=staffed.project)
    plan = make_plan(staffed)
    before = count_queries()

    queries.get_plan(plan.project_id, EVERYTHING)
    queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)

    assert count_queries() - before <= 4
