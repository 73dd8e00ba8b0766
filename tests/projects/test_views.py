import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import func, select

from callcenter.access.models import ScopeKind
from callcenter.kernel.db import db
from callcenter.projects import queries
from callcenter.projects.models import (
    CalendarDay,
    Client,
    DayKind,
    Project,
    Queue,
    ServiceTarget,
    Stage,
    TeamAssignment,
)
from tests.factories.people import make_site, make_team
from tests.factories.projects import make_client, make_project, make_queue, make_target

DAY = date(2026, 3, 2)
HTMX = {"HX-Request": "true"}


def text(response):
    return response.get_data(as_text=True)


def seen_at(browser, url):
    page = text(browser.get(url))
    return re.search(r'name="seen"[^>]*value="(\w+)"', page).group(1)


def a_project(**values):
    return {
        "name": "Hotline",
        "code": "HOT",
        "client_id": make_client().id,
        "zone": "Asia/Shanghai",
        "country": "",
        "starts_on": "2026-03-02",
        "team_id": "0",
        "billing_basis": "per_hour",
        "rate": "12.5",
        "currency": "CNY",
        **values,
    }


class TestReading:
    def test_lists_only_the_projects_in_reach(self, sign_in_as):
        mine, other = make_project(), make_project()
        browser = sign_in_as("client", scope_kind=ScopeKind.PROJECT, scope_id=mine.id)

        for headers in ({}, HTMX):
            page = text(browser.get("/projects", headers=headers))
            assert mine.name in page
            assert other.name not in page
        export = text(browser.get("/projects?export=csv"))
        assert mine.name in export
        assert other.name not in export
        assert other.client.name not in text(browser.get("/clients"))

    def test_what_is_out_of_reach_is_not_there(self, sign_in_as):
        mine, other = make_project(), make_project()
        queue = make_queue(other)
        target = make_target(queue)
        day = CalendarDay(
            project_id=other.id, day=DAY, kind=DayKind.EVENT, name="Secret sale"
        )
        db.session.add(day)
        db.session.commit()
        reader = sign_in_as("client", scope_kind=ScopeKind.PROJECT, scope_id=mine.id)
        manager = sign_in_as(
            "operations_manager", scope_kind=ScopeKind.PROJECT, scope_id=mine.id
        )

        for url in (
            f"/projects/{other.id}",
            f"/queues/{queue.id}",
            f"/calendar?of=p{other.id}",
        ):
            for headers in ({}, HTMX):
                assert reader.get(url, headers=headers).status_code == 404, url
        for url in (
            f"/projects/{other.id}/edit",
            f"/projects/{other.id}/queues/new",
            f"/queues/{queue.id}/edit",
            f"/queues/{queue.id}/hours",
            f"/queues/{queue.id}/targets/new",
            f"/queues/{queue.id}/targets/{target.id}",
            f"/clients/{other.client_id}/edit",
            f"/calendar/p{other.id}/days/new",
            f"/calendar/p{other.id}/import",
            f"/calendar/days/{day.id}",
        ):
            assert manager.get(url).status_code == 404, url
        for url in (
            f"/projects/{other.id}/stage",
            f"/projects/{other.id}/delete",
            f"/projects/{other.id}/teams",
            f"/queues/{queue.id}/delete",
            f"/queues/{queue.id}/targets/{target.id}/delete",
            f"/calendar/days/{day.id}/delete",
            f"/calendar/p{other.id}/holidays",
        ):
            response = manager.post(url, data={"stage": "closed"})
            assert response.status_code == 404, url

    def test_only_who_may_sees_the_rate(self, sign_in_as):
        project = make_project(rate=77)
        site_only = {"scope_kind": ScopeKind.PROJECT, "scope_id": project.id}

        finance = text(
            sign_in_as("finance", **site_only).get(f"/projects/{project.id}")
        )
        client = text(sign_in_as("client", **site_only).get(f"/projects/{project.id}"))
        planner = text(sign_in_as("planner").get(f"/projects/{project.id}"))

        assert "77" in finance
        assert "Rate" not in client
        assert "Rate" not in planner

    def test_who_may_only_look_is_refused_to_change(self, sign_in_as):
        project = make_project()
        planner = sign_in_as("planner")

        assert planner.get("/projects/new").status_code == 403
        assert planner.get(f"/projects/{project.id}/edit").status_code == 403
        assert planner.post(f"/projects/{project.id}/stage").status_code == 403

    def test_search_finds_projects_and_queues_in_reach(self, sign_in_as):
        mine, other = make_project(name="Alpha one"), make_project(name="Alpha two")
        make_queue(mine, name="Alpha queue")
        browser = sign_in_as("client", scope_kind=ScopeKind.PROJECT, scope_id=mine.id)

        page = text(browser.get("/search?q=alpha"))

        assert "Alpha one" in page
        assert "Alpha queue" in page
        assert other.name not in page

    @pytest.mark.parametrize("url", ["/projects", "/clients"])
    def test_more_rows_ask_no_more_queries(self, sign_in_as, count_queries, url):
        browser = sign_in_as("operations_manager")
        make_project()
        browser.get(url)
        count_queries()
        browser.get(url)
        few = count_queries()
        for _each in range(12):
            make_project()
        browser.get(url)
        count_queries()

        browser.get(url)

        assert count_queries() <= few <= 8

    def test_a_big_project_asks_no_more_queries(self, sign_in_as, count_queries):
        browser = sign_in_as("operations_manager")
        project = make_project()
        url = f"/projects/{project.id}"
        browser.get(url)
        count_queries()
        browser.get(url)
        few = count_queries()
        for _each in range(6):
            make_target(make_queue(project))
            team = make_team()
            db.session.add(
                TeamAssignment(project_id=project.id, team_id=team.id, starts_on=DAY)
            )
        db.session.commit()
        browser.get(url)
        count_queries()

        browser.get(url)

        assert count_queries() <= few + 1 <= 12


class TestChanging:
    def test_a_project_goes_from_the_form_to_its_page(self, sign_in_as):
        browser = sign_in_as("operations_manager")

        response = browser.post("/projects/new", data=a_project())

        project = db.session.scalar(select(Project))
        assert response.status_code == 303
        assert (project.code, project.rate) == ("HOT", 12.5)
        assert project.stage is Stage.PREPARATION
        assert "Hotline" in text(browser.get(response.location))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"zone": "Asia/Atlantis"},
            {"ends_on": "2026-03-01"},
            {"currency": "yuan"},
            {"code": "has space"},
            {"rate": "-1"},
            {"name": ""},
        ],
    )
    def test_a_wrong_field_is_named_and_nothing_is_kept(self, sign_in_as, wrong):
        browser = sign_in_as("operations_manager")

        response = browser.post("/projects/new", data=a_project(**wrong))

        assert response.status_code == 422
        assert db.session.scalar(select(func.count()).select_from(Project)) == 0

    def test_who_sees_one_site_starts_a_project_with_a_team_of_it(self, sign_in_as):
        team, other = make_team(), make_team()
        known = make_project()
        assignment = TeamAssignment(
            project_id=known.id, team_id=team.id, starts_on=known.starts_on
        )
        db.session.add(assignment)
        db.session.commit()
        browser = sign_in_as(
            "operations_manager", scope_kind=ScopeKind.SITE, scope_id=team.site_id
        )

        def start(code, team_id=0, client_id=known.client_id):
            data = a_project(code=code, team_id=str(team_id), client_id=client_id)
            return browser.post("/projects/new", data=data)

        refused = (start("A"), start("B", other.id), start("D", team.id, "999999"))
        own = start("C", team.id)

        assert {answer.status_code for answer in refused} == {422}
        assert browser.get(own.location).status_code == 200

    def test_a_save_on_top_of_a_newer_one_is_refused(self, sign_in_as):
        project = make_project()
        browser = sign_in_as("operations_manager")
        data = a_project(client_id=project.client_id, version="1")
        browser.post(f"/projects/{project.id}/edit", data=data)

        late = browser.post(f"/projects/{project.id}/edit", data=data)

        assert late.status_code == 422
        assert "Somebody else changed this in the meantime" in text(late)
        assert f'value="{data["name"]}"' in text(late)

    def test_a_taken_code_is_said_at_its_field(self, sign_in_as):
        make_project(code="HOT")
        browser = sign_in_as("operations_manager")

        response = browser.post("/projects/new", data=a_project())

        assert response.status_code == 422
        assert "taken" in text(response)

    def test_the_stage_passes_on_by_a_button(self, sign_in_as):
        project = make_project()
        browser = sign_in_as("operations_manager")

        browser.post(f"/projects/{project.id}/stage", data={"stage": "rectification"})
        browser.post(f"/projects/{project.id}/stage", data={"stage": "preparation"})

        db.session.refresh(project)
        assert project.stage is Stage.RECTIFICATION

    def test_clients_queues_and_targets_have_their_forms(self, sign_in_as):
        browser = sign_in_as("operations_manager")
        data = {"code": "ACME", "name": "Acme", "contact_email": "care@acme.example"}
        wrong = {**data, "contact_email": "nobody"}
        assert browser.post("/clients/new", data=wrong).status_code == 422
        browser.post("/clients/new", data=data)
        project = make_project(stage=Stage.PREPARATION)
        made = browser.post(
            f"/projects/{project.id}/queues/new",
            data={
                "code": "q-1",
                "name": "Bills",
                "channel": "chat",
                "direction": "inbound",
                "skill_id": "0",
                "concurrency": "3",
                "is_active": "y",
            },
        )
        queue = db.session.scalar(select(Queue))
        target = {
            "starts_on": "2026-03-02",
            "sl_target": "85",
            "sl_threshold_s": "15",
            "sl_definition": "answered",
            "short_abandon_s": "5",
            "max_occupancy": "88",
        }
        first = browser.post(f"/queues/{queue.id}/targets/new", data=target)
        twice = browser.post(f"/queues/{queue.id}/targets/new", data=target)

        assert made.location.endswith(f"/queues/{queue.id}")
        assert queue.concurrency == 3
        row = db.session.scalar(select(ServiceTarget))
        assert (row.sl_target, row.max_occupancy) == (0.85, 0.88)
        assert (first.status_code, twice.status_code) == (303, 422)
        assert db.session.scalar(select(Client).where(Client.code == "ACME"))
        browser.post(f"/queues/{queue.id}/delete")
        assert db.session.scalar(select(func.count()).select_from(Queue)) == 0

    def test_the_week_is_saved_at_once_and_copied_from_monday(self, sign_in_as):
        queue = make_queue()
        browser = sign_in_as("operations_manager")
        monday = {"opens_0_0": "09:00", "closes_0_0": "18:00"}
        url = f"/queues/{queue.id}/hours"

        half = browser.post(url, data={"opens_0_0": "09:00"})
        meets = {"opens_0_1": "17:00", "closes_0_1": "20:00"}
        overlap = browser.post(url, data=monday | meets)
        whole = browser.post(
            url, data=monday | {"copy": "monday", "closes_on_holidays": "y"}
        )

        assert (half.status_code, overlap.status_code) == (422, 422)
        assert whole.status_code == 303
        assert len(queries.opening_hours([queue.id])) == 7
        db.session.refresh(queue)
        assert queue.closes_on_holidays

    def test_a_second_save_of_a_week_is_refused_and_its_typing_kept(self, sign_in_as):
        queue = make_queue()
        browser = sign_in_as("operations_manager")
        url = f"/queues/{queue.id}/hours"
        seen = seen_at(browser, url)

        first, second = (
            browser.post(
                url, data={"seen": seen, "opens_0_0": opens, "closes_0_0": "18:00"}
            )
            for opens in ("08:00", "09:30")
        )

        assert (first.status_code, second.status_code) == (303, 422)
        assert "Somebody else changed this" in text(second)
        assert 'value="09:30"' in text(second)
        rows = queries.opening_hours([queue.id])
        assert [f"{row.opens_at:%H:%M}" for row in rows] == ["08:00"]

    def test_a_team_joins_and_leaves(self, sign_in_as):
        project, team = make_project(), make_team()
        browser = sign_in_as("operations_manager")
        data = {"team_id": str(team.id), "starts_on": "2026-03-02"}

        browser.post(f"/projects/{project.id}/teams", data=data)
        again = browser.post(f"/projects/{project.id}/teams", data=data)
        row = queries.assignments(project.id)[0]
        browser.post(f"/projects/{project.id}/teams/{row.id}/end")

        assert again.status_code == 422
        db.session.refresh(row)
        assert row.ends_on is not None


class TestCalendar:
    def test_holidays_are_added_for_a_country_in_reach(self, sign_in_as):
        make_team(make_site(country="CN"))
        browser = sign_in_as("planner")

        browser.post("/calendar/CN/holidays", data={"year": "2026"})
        page = text(browser.get("/calendar?of=CN&year=2026"))

        assert "National Day" in page
        assert "Moved working day" in page
        assert browser.post("/calendar/US/holidays").status_code == 404

    def test_a_day_is_added_changed_and_deleted(self, sign_in_as):
        project = make_project()
        browser = sign_in_as("planner")
        data = {"day": "2026-03-02", "kind": "event", "name": "Mailing"}

        browser.post(f"/calendar/p{project.id}/days/new", data=data)
        twice = browser.post(f"/calendar/p{project.id}/days/new", data=data)
        row = db.session.scalar(select(CalendarDay))
        browser.post(f"/calendar/days/{row.id}", data=data | {"name": "Sale"})

        page = text(browser.get(f"/calendar?of=p{project.id}&year=2026&month=3"))
        assert twice.status_code == 422
        assert "Sale" in page
        browser.post(f"/calendar/days/{row.id}/delete")
        assert db.session.scalar(select(func.count()).select_from(CalendarDay)) == 0

    def test_a_second_save_of_a_day_is_refused_and_its_typing_kept(self, sign_in_as):
        project = make_project()
        browser = sign_in_as("planner")
        data = {"day": "2026-03-02", "kind": "event", "name": "Mailing"}
        browser.post(f"/calendar/p{project.id}/days/new", data=data)
        row = db.session.scalar(select(CalendarDay))
        url = f"/calendar/days/{row.id}"
        data["seen"] = seen_at(browser, url)

        first = browser.post(url, data=data | {"name": "Sale"})
        second = browser.post(url, data=data | {"name": "Fair"})

        assert (first.status_code, second.status_code) == (303, 422)
        assert 'value="Fair"' in text(second)
        assert db.session.get(CalendarDay, row.id).name == "Sale"

    def test_a_calendar_file_is_taken_and_nonsense_refused(self, sign_in_as):
        project = make_project()
        browser = sign_in_as("planner")
        url = f"/calendar/p{project.id}/import"
        content = (
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n"
            b"SUMMARY:Fair\r\nDTSTART;VALUE=DATE:20260302\r\nEND:VEVENT\r\n"
            b"END:VCALENDAR\r\n"
        )

        good = browser.post(
            url, data={"file": (BytesIO(content), "days.ics"), "kind": "event"}
        )
        bad = browser.post(
            url, data={"file": (BytesIO(b"nonsense"), "days.ics"), "kind": "event"}
        )

        assert (good.status_code, bad.status_code) == (303, 422)
        assert db.session.scalar(select(CalendarDay.name)) == "Fair"

    def test_a_client_looks_but_does_not_edit(self, sign_in_as):
        project = make_project(country="CN")
        browser = sign_in_as(
            "client", scope_kind=ScopeKind.PROJECT, scope_id=project.id
        )

        page = text(browser.get("/calendar"))

        assert "Add a day" not in page
        assert browser.get("/calendar/CN/days/new").status_code == 403
