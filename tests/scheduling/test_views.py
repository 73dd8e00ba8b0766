"""The pages of scheduling: who sees what, and what they change."""

import re
from datetime import timedelta

import numpy as np
import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from callcenter.access.models import ScopeKind
from callcenter.forecasting.models import (
    Forecast,
    ForecastDay,
    ForecastStatus,
    Requirement,
)
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import run_queued
from callcenter.people.models import AbsenceKind
from callcenter.people.services import record_absence
from callcenter.projects.models import TeamAssignment
from callcenter.scheduling import services
from callcenter.scheduling.models import (
    CalendarFeed,
    Schedule,
    Seat,
    Shift,
    ShiftStatus,
    WorkRuleSet,
)
from callcenter.scheduling.views import words
from tests.factories.access import make_user, signed_in_client
from tests.factories.projects import make_project, make_queue
from tests.factories.scheduling import (
    MONDAY,
    at,
    make_center,
    make_schedule,
    make_shift,
    require,
    template,
)

TUESDAY = MONDAY + timedelta(days=1)
WORKDAYS = [MONDAY + timedelta(days=each) for each in range(5)]


@pytest.fixture
def planner(sign_in_as):
    return sign_in_as("planner")


@pytest.fixture
def schedule(center):
    return make_schedule(center)


@pytest.fixture
def shift(center, schedule):
    return make_shift(
        schedule,
        center.employees[0],
        at(center, MONDAY, 9),
        seat=center.seats[0],
        template_id=template("DAY").id,
    )


@pytest.fixture
def agent(app, center):
    """A browser of the center's first agent."""
    return browser_of_agent(app, center)


def browser_of_agent(app, center):
    user = make_user("agent", scope_kind=ScopeKind.SELF)
    center.employees[0].user_id = user.id
    db.session.commit()
    return signed_in_client(app, user=user)


class TestSchedules:
    def test_list_names_what_is_there(self, planner, schedule):
        page = planner.get("/schedules")

        assert page.status_code == 200
        assert schedule.name in page.text

    def test_wizard_ticks_one_project_when_asked_for_only_it(self, planner, center):
        other = make_project(name="Other work")
        queue = make_queue(other)
        db.session.add(
            TeamAssignment(
                project_id=other.id, team_id=center.team.id, starts_on=other.starts_on
            )
        )
        db.session.commit()
        url = f"/schedules/new/teams?site={center.site.id}&first={MONDAY}&weeks=1"

        def ticked(page, name):
            boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
            checked = [each for each in boxes if "checked" in each]
            return {re.search(r'value="(\d+)"', each).group(1) for each in checked}

        everything = planner.get(url).text
        only = planner.get(f"{url}&project={other.id}").text

        assert "Only this project" in everything
        assert ticked(everything, "queue_ids") == {str(center.queue.id), str(queue.id)}
        assert ticked(only, "queue_ids") == {str(queue.id)}
        assert ticked(only, "team_ids") == {str(center.team.id)}

    def test_a_bound_that_says_nothing_is_a_dash_in_the_list_too(
        self, planner, schedule
    ):
        schedule.objective, schedule.bound = 120.0, 0.0
        db.session.commit()

        assert schedule.gap is None
        assert "100.0%" not in planner.get("/schedules").text.replace(" %", "%")

    def test_wizard_creates_a_schedule_and_solves_it(self, planner, center):
        services.install_library()
        db.session.commit()
        require(center, WORKDAYS, 1)
        first = planner.post(
            "/schedules/new",
            data={"site_id": center.site.id, "first_day": MONDAY, "n_weeks": 1},
        )
        second = planner.post(
            first.location,
            data={
                "name": "March",
                "team_ids": [center.team.id],
                "queue_ids": [center.queue.id],
                "solve_limit_s": 20,
            },
        )
        progress = planner.get(second.location)
        run_queued()
        result = planner.get(second.location)

        assert "Cancelling keeps the best" in progress.text
        assert "Checked: no rule is broken" in result.text
        assert db.session.scalar(select(Schedule.name)) == "March"

    def test_second_step_asks_for_teams_and_queues(self, planner, center):
        address = f"/schedules/new/teams?site={center.site.id}&first={MONDAY}&weeks=1"

        page = planner.get(address)
        refused = planner.post(address, data={"name": "March"})

        assert center.team.name in page.text
        assert refused.status_code == 422

    @pytest.mark.parametrize(
        "path",
        [
            "/schedules/{schedule}",
            "/schedules/{schedule}/board",
            "/schedules/{schedule}/publish",
            "/shifts/{shift}",
            "/shifts/{shift}/check",
            "/floors/{floor}",
            "/seats/{seat}",
            "/coverage?queue={queue}",
        ],
    )
    def test_another_site_is_not_there(self, sign_in_as, center, shift, path):
        elsewhere = make_center()
        stranger = sign_in_as(
            "planner", scope_kind=ScopeKind.SITE, scope_id=elsewhere.site.id
        )
        address = path.format(
            schedule=shift.schedule_id,
            shift=shift.id,
            floor=center.floor.id,
            seat=center.seats[0].id,
            queue=center.queue.id,
        )

        assert stranger.get(address).status_code == 404

    @pytest.mark.parametrize("path", ["/schedules", "/floors", "/coverage"])
    def test_agents_and_clients_do_not_see_the_planning(self, sign_in_as, path):
        assert sign_in_as("agent").get(path).status_code == 403
        assert sign_in_as("client").get(path).status_code == 403

    def test_supervisor_sees_the_own_team_only(self, sign_in_as, center, shift):
        supervisor = sign_in_as(
            "supervisor", scope_kind=ScopeKind.TEAM, scope_id=center.team.id
        )

        page = supervisor.get(f"/schedules/{shift.schedule_id}/board?day={MONDAY}")
        move = supervisor.post(f"/shifts/{shift.id}/move")

        assert center.employees[0].name in page.text
        assert move.status_code == 403

    def test_publishing_says_what_will_happen_and_does_it(self, planner, shift):
        path = f"/schedules/{shift.schedule_id}/publish"

        page = planner.get(path)
        answer = planner.post(path)

        assert "1 shifts of 1 agents" in page.text
        assert answer.status_code == 303
        assert db.session.get(Shift, shift.id).is_live is True
        assert planner.post(path).status_code == 409


class TestBoard:
    def test_shows_shifts_with_hours_and_seat(self, planner, center, shift):
        page = planner.get(f"/schedules/{shift.schedule_id}/board?day={MONDAY}")

        assert page.status_code == 200
        assert center.seats[0].code in page.text
        assert "09:00–18:00" in page.text

    def test_day_view_shows_breaks(self, planner, shift):
        page = planner.get(
            f"/schedules/{shift.schedule_id}/board?day={MONDAY}&unit=day"
        )

        assert "part-lunch" in page.text

    def test_is_drawn_with_few_queries(self, planner, center, shift, count_queries):
        path = f"/schedules/{shift.schedule_id}/board?day={MONDAY}"
        planner.get(path)
        count_queries()

        planner.get(path)

        assert count_queries() <= 16

    def test_filters_by_name(self, planner, center, shift):
        one, other = center.employees[:2]

        page = planner.get(
            f"/schedules/{shift.schedule_id}/board?day={MONDAY}&q={one.number}"
        )

        assert one.name in page.text
        assert other.name not in page.text


class TestShift:
    def move(
        self, client, shift, center, *, day=MONDAY, start="10:00", end="19:00", **more
    ):
        values = {
            "employee_id": shift.employee_id,
            "day": MONDAY,
            "starts": start,
            "ends": end,
            "version": shift.version,
            **more,
        }
        return client.post(f"/shifts/{shift.id}/move", data=values)

    def test_panel_opens_as_a_fragment(self, planner, shift):
        page = planner.get(f"/shifts/{shift.id}", headers={"HX-Request": "true"})

        assert "<html" not in page.text
        assert "Move the shift" in page.text

    def test_check_answers_before_anything_is_saved(self, planner, shift):
        answer = planner.get(f"/shifts/{shift.id}/check?day={TUESDAY}&starts=03:00")

        assert answer.json["is_clean"] is False
        assert db.session.get(Shift, shift.id).day == MONDAY

    def test_typed_times_are_checked_before_they_are_sent(self, planner, shift):
        asked = {"employee_id": shift.employee_id, "day": MONDAY, "starts": "23:00"}
        url, typing = f"/shifts/{shift.id}/check", {"HX-Request": "true"}

        panel = planner.get(f"/shifts/{shift.id}", headers=typing).text
        night = planner.get(url, query_string={**asked, "ends": "08:00"})
        broken = planner.get(
            url, query_string={**asked, "ends": "04:00"}, headers=typing
        )
        half = planner.get(url, query_string={**asked, "ends": ""}, headers=typing)

        assert f'hx-get="{url}"' in panel
        assert night.json["times"] == "23:00–08:00 (+1)"
        assert "This breaks work rules" in broken.text
        assert "<html" not in broken.text
        assert half.status_code == 204

    def test_move_keeps_length_and_breaks(self, planner, center, shift):
        answer = self.move(planner, shift, center)

        moved = db.session.get(Shift, shift.id)
        assert answer.status_code == 303
        assert moved.starts_at == at(center, MONDAY, 10)
        assert moved.seat_id == center.seats[0].id

    def test_broken_rules_are_named_and_ask_to_be_confirmed(
        self, planner, center, shift
    ):
        refused = self.move(planner, shift, center, start="03:00", end="12:00")
        confirmed = self.move(
            planner, shift, center, start="03:00", end="12:00", is_confirmed="y"
        )

        assert refused.status_code == 422
        assert "The shift is one of the library" in refused.text
        assert confirmed.status_code == 303

    def test_a_move_on_top_of_a_newer_one_is_refused(self, planner, center, shift):
        version = shift.version
        self.move(planner, shift, center)

        late = self.move(planner, shift, center, start="11:00", version=version)

        assert late.status_code == 422
        assert db.session.get(Shift, shift.id).starts_at == at(center, MONDAY, 10)

    def test_undo_puts_it_back(self, planner, center, shift):
        self.move(planner, shift, center)
        change = planner.get(f"/schedules/{shift.schedule_id}/board?day={MONDAY}")
        path = change.text.partition('/undo"')[0].rpartition('action="')[2] + "/undo"

        answer = planner.post(path)

        assert answer.status_code == 303
        assert db.session.get(Shift, shift.id).starts_at == at(center, MONDAY, 9)

    def test_swap_exchanges_the_agents(self, planner, center, schedule, shift):
        other = make_shift(
            schedule,
            center.employees[1],
            at(center, MONDAY, 10),
            template_id=template("DAY").id,
        )

        answer = planner.post(f"/shifts/{shift.id}/swap", data={"other_id": other.id})

        assert answer.status_code == 303
        assert db.session.get(Shift, shift.id).employee_id == center.employees[1].id
        assert db.session.get(Shift, other.id).employee_id == center.employees[0].id

    def test_delete_frees_the_seat(self, planner, shift):
        planner.post(f"/shifts/{shift.id}/delete")

        gone = db.session.get(Shift, shift.id)
        assert (gone.status, gone.seat_id) == (ShiftStatus.CANCELLED, None)

    def test_add_gives_the_agent_a_shift_with_breaks(self, planner, center, schedule):
        services.install_library()
        db.session.commit()
        agent = center.employees[2]
        values = {
            "employee_id": agent.id,
            "day": TUESDAY,
            "template_id": template("DAY").id,
            "starts": "09:00",
        }

        answer = planner.post(f"/schedules/{schedule.id}/shifts/new", data=values)

        added = db.session.scalars(select(Shift)).one()
        assert answer.status_code == 303
        assert (added.employee_id, added.paid_min) == (agent.id, 480)


class TestCoverage:
    def test_shows_what_is_required_and_scheduled(self, planner, center):
        require(center, WORKDAYS, 2)

        page = planner.get(f"/coverage?queue={center.queue.id}&day={MONDAY}")

        assert page.status_code == 200
        assert "required against scheduled" in page.text

    def test_shows_the_band_of_the_forecast_that_rules(self, planner, center):
        require(center, [MONDAY], 2)
        forecast = Forecast(
            project_id=center.project.id,
            name="March",
            first_day=MONDAY,
            n_days=1,
            interval_s=1800,
            zone=center.site.zone,
            status=ForecastStatus.APPROVED,
        )
        db.session.add(forecast)
        db.session.flush()
        mean = np.full(48, 8.0)
        db.session.add(
            ForecastDay(
                forecast_id=forecast.id,
                queue_id=center.queue.id,
                day=MONDAY,
                model_total=384,
                total=384,
                workload_s=0,
                mean=mean,
                planned=mean,
                lower=mean - 3,
                upper=mean + 4,
                aht_s=mean,
            )
        )
        db.session.execute(update(Requirement).values(forecast_id=forecast.id))
        db.session.commit()

        file = planner.get(
            f"/coverage?queue={center.queue.id}&day={MONDAY}&unit=day&export=csv"
        )

        first = file.text.splitlines()[1].split(",")
        assert [float(each) for each in first[1:4]] == pytest.approx([8, 5, 12])

    def test_export_has_a_row_per_interval(self, planner, center):
        require(center, [MONDAY], 2)

        file = planner.get(
            f"/coverage?queue={center.queue.id}&day={MONDAY}&unit=day&export=csv"
        )

        assert len(file.text.strip().splitlines()) == 19


class TestCompanyWideRules:
    @pytest.mark.parametrize(
        "path",
        ["/shift-library/new", "/shift-library/{template}", "/work-rules/{rules}"],
    )
    def test_is_changed_by_planners_of_the_whole_company(
        self, sign_in_as, planner, center, path
    ):
        planner.post("/shift-library/install")
        local = sign_in_as(
            "planner", scope_kind=ScopeKind.SITE, scope_id=center.site.id
        )
        address = path.format(
            template=template().id, rules=db.session.scalar(select(WorkRuleSet.id))
        )

        assert planner.get(address).status_code == 200
        assert local.get(address).status_code == 403
        assert address not in local.get("/shift-library").text
        assert address not in local.get("/work-rules").text


class TestSeats:
    def test_plan_names_who_sits_there(self, planner, center, schedule):
        make_shift(
            schedule,
            center.employees[0],
            at(center, MONDAY, 9),
            seat=center.seats[0],
            is_live=True,
        )

        page = planner.get(f"/floors/{center.floor.id}?at={MONDAY}T10:00")

        assert center.employees[0].name in page.text

    def test_block_of_seats_is_laid_out(self, planner, center):
        answer = planner.post(
            f"/floors/{center.floor.id}/seats",
            data={
                "zone": "b",
                "n_rows": 2,
                "n_columns": 3,
                "x": 0,
                "y": 5,
                "project_id": 0,
            },
        )

        codes = db.session.scalars(select(Seat.code).where(Seat.zone == "B")).all()
        assert answer.status_code == 303
        assert sorted(codes)[0] == "B1-01"
        assert len(codes) == 6

    def test_closing_a_seat_moves_who_would_sit_there(self, planner, center, schedule):
        sitting = make_shift(
            schedule,
            center.employees[0],
            at(center, MONDAY, 9),
            seat=center.seats[0],
            is_live=True,
        )

        planner.post(f"/seats/{center.seats[0].id}/close", data={"reason": "Headset"})

        assert db.session.get(Shift, sitting.id).seat_id == center.seats[1].id


class TestLibrary:
    def test_shift_is_described_in_words(self, planner, center):
        planner.post("/shift-library/install")

        page = planner.get("/shift-library")

        assert "1 h unpaid" in page.text

    def test_shift_can_be_changed(self, planner, center):
        services.install_library()
        db.session.commit()
        day = template("DAY")
        values = {
            "code": "DAY",
            "name": "Day",
            "earliest": "08:00",
            "latest": "10:00",
            "step_min": 30,
            "lengths": "8, 9",
            "breaks": "15@75-150, 60u@180-330",
            "colour": "teal",
            "is_active": "y",
        }

        answer = planner.post(f"/shift-library/{day.id}", data=values)
        refused = planner.post(
            f"/shift-library/{day.id}", data=values | {"breaks": "lunch"}
        )

        assert answer.status_code == 303
        assert template("DAY").lengths_min == [480, 540]
        assert refused.status_code == 422

    def test_rules_can_be_changed_and_assigned(self, planner, center):
        services.install_library()
        db.session.commit()
        rules = db.session.scalars(
            select(WorkRuleSet).where(WorkRuleSet.code == "cn-intern")
        ).one()
        page = planner.get(f"/work-rules/{rules.id}")
        values = {
            "name": "Interns",
            "templates": ["SHORT"],
            "min_week_share": 0.5,
            "over_week_h": 0,
            "max_week_h": 30,
            "max_week_days": 5,
            "max_days_in_row": 5,
            "min_rest_h": 12,
            "min_day_h": 0,
            "max_day_h": 6,
            "max_nights": "",
            "max_weekends": "",
        }

        answer = planner.post(f"/work-rules/{rules.id}", data=values)
        planner.post(
            f"/work-rules/{rules.id}/assign",
            data={"employment_kind": "intern", "site_id": center.site.id},
        )

        db.session.refresh(rules)
        assert page.status_code == 200
        assert answer.status_code == 303
        assert rules.rules.max_week_h == 30
        assert rules.rules.templates == ("SHORT",)


@pytest.mark.usefixtures("app")
def test_what_may_not_be_at_all_is_not_measured_in_seconds():
    said = words.finding("not_blocked", 90, 0, "min")

    assert "none allowed" in said
    assert "0 s" not in said


class TestMySchedule:
    def test_shows_the_next_shift_big_with_seat_and_breaks(self, app, center, schedule):
        make_shift(
            schedule,
            center.employees[0],
            at(center, MONDAY, 9),
            seat=center.seats[0],
            is_live=True,
        )

        with clock.frozen(at(center, MONDAY, 7)):
            page = browser_of_agent(app, center).get("/me/schedule")

        assert "Your next shift" in page.text
        assert "09:00–18:00" in page.text
        assert center.seats[0].code in page.text
        assert "Meal break" in page.text

    def test_opens_with_the_week_in_which_work_goes_on(self, app, center, schedule):
        make_shift(schedule, center.employees[0], at(center, MONDAY, 9), is_live=True)
        sunday = MONDAY - timedelta(days=1)

        with clock.frozen(at(center, sunday, 18)):
            browser = browser_of_agent(app, center)
            first = browser.get("/me/schedule").text
            asked = browser.get(f"/me/schedule?day={sunday}").text

        assert "8.0 h paid in this period" in first
        assert "0.0 h paid in this period" in asked

    def test_shows_leave_by_its_kind_and_not_as_free(self, app, center):
        record_absence(
            center.employees[0],
            kind=AbsenceKind.ANNUAL_LEAVE,
            starts_at=at(center, MONDAY, 0),
            ends_at=at(center, MONDAY, 0) + timedelta(days=7),
        )
        record_absence(
            center.employees[0],
            kind=AbsenceKind.PERSONAL_LEAVE,
            starts_at=at(center, MONDAY, 9) - timedelta(days=7),
            ends_at=at(center, MONDAY, 11) - timedelta(days=7),
        )
        db.session.commit()

        with clock.frozen(at(center, MONDAY, 7)):
            browser = browser_of_agent(app, center)
            away = browser.get("/me/schedule").text
            before = browser.get(f"/me/schedule?day={MONDAY - timedelta(days=7)}").text

        assert away.count("Annual leave") == 7
        assert "Free" not in away
        assert "Personal leave 09:00–11:00" in before
        assert before.count("Free") == 6

    def test_drafts_are_not_shown(self, app, center, shift):
        with clock.frozen(at(center, MONDAY, 7)):
            page = browser_of_agent(app, center).get("/me/schedule")

        assert "No shift ahead" in page.text

    def test_somebody_without_a_record_is_told_so(self, sign_in_as):
        page = sign_in_as("agent").get("/me/schedule")

        assert page.status_code == 200
        assert "You have no shifts here" in page.text


class TestCalendar:
    def address(self, agent):
        agent.post("/me/calendar")
        page = agent.get("/me/schedule").text
        return "/calendar/" + page.partition("/calendar/")[2].partition('"')[0]

    def events(self, client, address):
        answer = client.get(address)
        assert answer.status_code == 200
        return list(Calendar.from_ical(answer.data).walk("VEVENT"))

    def test_carries_published_shifts_in_the_sites_zone(
        self, agent, client, center, schedule
    ):
        soon = clock.today(center.zone) + timedelta(days=2)
        make_shift(
            schedule,
            center.employees[0],
            at(center, soon, 9),
            seat=center.seats[0],
            is_live=True,
        )

        (event,) = self.events(client, self.address(agent))

        assert event["dtstart"].dt == at(center, soon, 9)
        assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
        assert center.seats[0].code in event["summary"]

    def test_uid_stays_when_the_shift_moves_and_the_sequence_grows(
        self, agent, client, center, schedule
    ):
        soon = clock.today(center.zone) + timedelta(days=2)
        moving = make_shift(
            schedule, center.employees[0], at(center, soon, 9), is_live=True
        )
        address = self.address(agent)
        (before,) = self.events(client, address)

        moving = db.session.get(Shift, moving.id)
        moving.starts_at += timedelta(hours=1)
        moving.ends_at += timedelta(hours=1)
        db.session.commit()
        (after,) = self.events(client, address)

        assert after["uid"] == before["uid"]
        assert after["sequence"] > before["sequence"]

    def test_cancelled_shifts_vanish(self, agent, client, center, schedule):
        soon = clock.today(center.zone) + timedelta(days=2)
        gone = make_shift(
            schedule, center.employees[0], at(center, soon, 9), is_live=True
        )
        address = self.address(agent)
        gone = db.session.get(Shift, gone.id)
        gone.is_live, gone.status = False, ShiftStatus.CANCELLED
        db.session.commit()

        assert self.events(client, address) == []

    def test_revoked_and_replaced_addresses_answer_no_more(self, agent, client):
        first = self.address(agent)
        second = self.address(agent)
        agent.post("/me/calendar/revoke")

        assert client.get(first).status_code == 404
        assert client.get(second).status_code == 404

    def test_only_a_digest_of_the_secret_is_kept(self, agent):
        token = self.address(agent).rpartition("/")[2].removesuffix(".ics")

        stored = db.session.scalars(select(CalendarFeed.token_digest)).all()

        assert token not in stored

    def test_guessing_leads_nowhere(self, client, app):
        assert client.get("/calendar/whatever.ics").status_code == 404
