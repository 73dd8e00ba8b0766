"""The room's pages: who sees what, what a form changes, what it costs."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from callcenter.access.models import AuditEntry, ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.people import queries, services
from callcenter.people.models import Absence, AbsenceKind, Employee, Post, Skill, Team
from tests.factories.access import make_user
from tests.factories.people import (
    grant_skill,
    make_employee,
    make_employment,
    make_post,
    make_site,
    make_skill,
    make_team,
)

NOW = datetime(2031, 3, 3, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def recruiter(sign_in_as):
    return sign_in_as("recruiter")


class TestList:
    @pytest.mark.parametrize("words", ["小明", "wangxm", "xiaoming", "wxm", "A17"])
    def test_people_are_found_by_characters_pinyin_initials_and_number(
        self, recruiter, words
    ):
        make_employee(name="王小明", number="A17")
        make_employee(name="李雷", number="B2")

        if words == "wangxm":
            words = "wang xm"
        page = recruiter.get("/employees", query_string={"q": words}).text

        assert "王小明" in page
        assert "李雷" not in page

    def test_those_who_left_show_only_when_asked_for(self, recruiter):
        make_employee(name="Gone Person", left_on=date(2030, 1, 1))

        usual = recruiter.get("/employees").text
        asked = recruiter.get("/employees?status=left").text

        assert "Gone Person" not in usual
        assert "Gone Person" in asked

    def test_filters_narrow_by_team_skill_and_employment(self, recruiter):
        team, skill = make_team(), make_skill()
        one = make_employee(team, name="Wanted Person")
        grant_skill(one, skill)
        make_employment(one)
        make_employee(team, name="Other Person")
        filters = f"team={team.id}&skill={skill.id}&employment=full_time"

        page = recruiter.get(f"/employees?{filters}").text

        assert "Wanted Person" in page
        assert "Other Person" not in page

    def test_export_follows_the_filters_and_is_written_down(self, recruiter):
        make_employee(name="Wanted Person")
        make_employee(name="Other Person")

        text = recruiter.get("/employees?q=wanted&export=csv").text

        assert "Wanted Person" in text
        assert "Other Person" not in text
        newest = db.session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()))
        assert newest.action == "exported"

    @pytest.mark.parametrize("n", [10, 100])
    def test_list_costs_few_queries_however_long(self, recruiter, count_queries, n):
        team = make_team()
        for _each in range(n):
            make_employment(make_employee(team))
        count_queries()

        recruiter.get("/employees")

        assert count_queries() <= 8


class TestDetail:
    def test_phone_and_identity_number_are_masked(self, recruiter):
        employee = make_employee()
        services.set_phone(employee, "13800138000", "CN")
        services.set_identity_number(employee, "11010519491231002X", "CN")
        db.session.commit()

        page = recruiter.get(f"/employees/{employee.id}").text

        assert "13800138000" not in page
        assert "11010519491231002X" not in page
        assert "8000" in page

    def test_revealing_asks_for_a_purpose_and_is_written_down(self, recruiter):
        employee = make_employee()
        services.set_phone(employee, "13800138000", "CN")
        db.session.commit()
        path = f"/employees/{employee.id}/personal-data"

        without = recruiter.post(path, data={"purpose": ""})
        shown = recruiter.post(path, data={"purpose": "call back about the contract"})

        assert "13800138000" not in without.text
        assert "13800138000" in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        entry = db.session.scalar(
            select(AuditEntry).where(AuditEntry.action == "revealed")
        )
        assert "call back" in entry.changes
        assert "138" not in entry.changes

    def test_looking_alone_reveals_nothing(self, sign_in_as):
        employee = make_employee()

        answer = sign_in_as("planner").get(f"/employees/{employee.id}/personal-data")

        assert answer.status_code == 403

    def test_pay_shows_only_to_those_who_may_see_it(self, sign_in_as):
        employee = make_employee()
        make_employment(employee, pay_rate=7654)

        shown = sign_in_as("recruiter").get(f"/employees/{employee.id}").text
        hidden = sign_in_as("planner").get(f"/employees/{employee.id}").text

        assert "7,654" in shown
        assert "7,654" not in hidden

    def test_history_names_what_changed(self, recruiter):
        employee = make_employee(name="Before")
        recruiter.post(
            f"/employees/{employee.id}/edit",
            data={"name": "After", "number": employee.number, "hired_on": "2020-01-01"},
        )

        page = recruiter.get(f"/employees/{employee.id}").text

        assert "Changed: Full name" in page

    @pytest.mark.parametrize("n", [2, 20])
    def test_detail_costs_few_queries(self, recruiter, count_queries, n):
        employee = make_employee()
        for each in range(n):
            grant_skill(employee, make_skill())
            make_employment(
                employee,
                starts_on=date(2001 + each, 1, 1),
                ends_on=date(2002 + each, 1, 1),
            )
        services.transfer_employee(
            employee,
            site_id=employee.site_id,
            team_id=None,
            post_id=make_post().id,
            moved_on=date(2031, 1, 1),
        )
        db.session.commit()
        count_queries()

        recruiter.get(f"/employees/{employee.id}")

        assert count_queries() <= 12


class TestScope:
    """A row outside one's reach is not there, whichever door is tried."""

    @pytest.fixture
    def stranger(self, app):
        return make_employee(name="Out Of Reach")

    @pytest.fixture
    def supervisor(self, sign_in_as):
        team = make_team()
        return sign_in_as("supervisor", scope_kind=ScopeKind.TEAM, scope_id=team.id)

    @pytest.fixture
    def site_recruiter(self, sign_in_as):
        site = make_site()
        return sign_in_as("recruiter", scope_kind=ScopeKind.SITE, scope_id=site.id)

    def test_page_and_fragment(self, supervisor, stranger):
        paths = (f"/employees/{stranger.id}", f"/employees/{stranger.id}/absences/new")
        for path in (*paths, f"/teams/{stranger.team_id}"):
            assert supervisor.get(path).status_code == 404
            part = supervisor.get(path, headers={"HX-Request": "true"})
            assert part.status_code == 404

    def test_list_search_and_exports(self, supervisor, stranger):
        for path in (
            "/employees",
            "/employees?export=csv",
            f"/employees?team={stranger.team_id}",
            "/absences",
            "/organisation",
            "/organisation?view=teams",
            "/search?q=reach",
        ):
            assert "Out Of Reach" not in supervisor.get(path).text

    def test_every_change(self, site_recruiter, stranger):
        for path in (
            "edit",
            "transfer",
            "leave",
            "return",
            "personal-data",
            "personal-data/edit",
            "contracts/new",
            "skills/new",
            "absences/new",
        ):
            url = f"/employees/{stranger.id}/{path}"
            assert site_recruiter.get(url).status_code == 404
            assert site_recruiter.post(url, data={}).status_code == 404

    def test_absence_of_a_stranger_cannot_be_withdrawn(self, supervisor, stranger):
        absence = services.record_absence(
            stranger, kind=AbsenceKind.SICK, starts_at=NOW, ends_at=NOW + timedelta(1)
        )
        db.session.commit()

        answer = supervisor.post(f"/absences/{absence.id}/withdraw")

        assert answer.status_code == 404
        assert db.session.get(Absence, absence.id) is not None

    def test_workbook_holds_only_what_is_in_reach(self, site_recruiter, stranger):
        from python_calamine import CalamineWorkbook

        answer = site_recruiter.post("/employees/export?status=all", data={})

        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        cells = str(book.get_sheet_by_index(0).to_python())
        answer.close()
        assert "Out Of Reach" not in cells

    def test_places_to_move_to_are_those_in_reach(self, sign_in_as, stranger):
        mine = make_employee(name="Mine")
        client = sign_in_as(
            "recruiter", scope_kind=ScopeKind.SITE, scope_id=mine.site_id
        )
        data = {
            "place": f"{stranger.site_id}:{stranger.team_id}",
            "post_id": "",
            "moved_on": "2031-03-03",
        }

        answer = client.post(f"/employees/{mine.id}/transfer", data=data)

        assert answer.status_code == 422
        db.session.expire_all()
        assert db.session.get(Employee, mine.id).site_id == mine.site_id

    def test_imports_of_others_are_not_there(self, sign_in_as):
        one, other = sign_in_as("recruiter"), sign_in_as("recruiter")
        data = {"file": (io.BytesIO(b"number,name\n1,Lin"), "a.csv")}
        url = one.post("/employees/imports", data=data).location

        assert one.get(url).status_code == 200
        assert other.get(url).status_code == 404


class TestChanges:
    def test_new_employee_is_taken_on(self, recruiter):
        team = make_team()
        data = {
            "name": "王小明",
            "number": "A1",
            "hired_on": "2031-03-03",
            "place": f"{team.site_id}:{team.id}",
            "post_id": "",
            "phone": "13800138000",
            "identity_number": "11010519491231002X",
        }

        answer = recruiter.post("/employees/new", data=data)

        hired = db.session.scalar(select(Employee))
        assert answer.location == f"/employees/{hired.id}"
        assert hired.team_id == team.id
        assert hired.identity_digest

    def test_wrong_identity_number_is_named_on_the_field_and_nothing_stored(
        self, recruiter
    ):
        site = make_site()
        data = {
            "name": "Lin",
            "number": "A1",
            "hired_on": "2031-03-03",
            "place": f"{site.id}:",
            "identity_number": "110105194912310021",
        }

        answer = recruiter.post("/employees/new", data=data)

        assert answer.status_code == 422
        assert "identity_number-error" in answer.text
        assert db.session.scalar(select(Employee)) is None

    def test_absence_over_a_class_names_the_class(self, sign_in_as):
        employee = make_employee()
        services.book_time(
            employee.id,
            kind="training",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=2),
            title="Class 7",
            source="class:7",
        )
        db.session.commit()
        data = {
            "kind": "sick",
            "starts_at": "2031-03-03T00:00",
            "ends_at": "2031-03-04T00:00",
        }

        answer = sign_in_as("supervisor").post(
            f"/employees/{employee.id}/absences/new", data=data
        )

        assert answer.status_code == 422
        assert "Class 7" in answer.text

    def test_absence_is_by_the_clock_of_the_site(self, sign_in_as):
        employee = make_employee()
        data = {
            "kind": "sick",
            "starts_at": "2031-03-03T00:00",
            "ends_at": "2031-03-04T00:00",
        }

        sign_in_as("planner").post(f"/employees/{employee.id}/absences/new", data=data)

        absence = db.session.scalar(select(Absence))
        assert absence.starts_at == datetime(2031, 3, 2, 16, tzinfo=UTC)

    def test_contract_form_keeps_its_last_day(self, recruiter):
        employee = make_employee()
        data = {
            "kind": "part_time",
            "starts_on": "2031-01-01",
            "last_day": "2031-12-31",
            "weekly_h": "20",
            "pay_basis": "hour",
            "pay_rate": "31.5",
            "currency": "cny",
        }

        recruiter.post(f"/employees/{employee.id}/contracts/new", data=data)

        page = recruiter.get(f"/employees/{employee.id}").text
        assert "31 Dec 2031" in page

    def test_skill_is_granted_and_taken_away(self, recruiter):
        employee, skill = make_employee(), make_skill(name="Billing calls")
        path = f"/employees/{employee.id}/skills"
        data = {"skill_id": skill.id, "level": "4", "valid_from": "2031-01-01"}

        recruiter.post(f"{path}/new", data=data)
        with_skill = recruiter.get(f"/employees/{employee.id}").text
        recruiter.post(f"{path}/{skill.id}/remove")
        without = recruiter.get(f"/employees/{employee.id}").text

        assert "Level 4" in with_skill
        assert "Level 4" not in without

    def test_leaving_and_returning(self, recruiter):
        employee = make_employee()

        recruiter.post(
            f"/employees/{employee.id}/leave",
            data={"last_day": "2031-03-02", "reason": "study"},
        )
        db.session.expire_all()
        left = db.session.get(Employee, employee.id).left_on
        recruiter.post(
            f"/employees/{employee.id}/return", data={"returned_on": "2031-05-01"}
        )
        db.session.expire_all()

        assert left == date(2031, 3, 3)
        assert db.session.get(Employee, employee.id).left_on is None

    def test_administrator_gives_a_sign_in(self, sign_in_as):
        employee = make_employee()
        data = {"user_id": "", "email": "lin@example.test", "role": "agent"}

        page = sign_in_as().post(f"/employees/{employee.id}/sign-in", data=data)

        db.session.expire_all()
        assert re.search(r"/invitation/[\w-]+", page.text)
        assert db.session.get(Employee, employee.id).user_id is not None

    def test_only_those_who_manage_users_give_sign_ins(self, recruiter):
        employee = make_employee()

        assert recruiter.get(f"/employees/{employee.id}/sign-in").status_code == 403


class TestOrganisation:
    def test_chart_marks_vacancies_and_names_who_fills(self, recruiter):
        top = make_post(title="Head of operations")
        agents = make_post(title="Agent", headcount=3, reports_to_id=top.id)
        make_employee(post_id=agents.id, name="Lin Qing")

        page = recruiter.get("/organisation").text

        assert "Lin Qing" in page
        assert "2 vacancies" in page

    @pytest.mark.parametrize("n", [5, 50])
    def test_chart_costs_few_queries(self, recruiter, count_queries, n):
        above = None
        for _each in range(n):
            above = make_post(reports_to_id=above.id if above else None)
            make_employee(post_id=above.id)
        count_queries()

        recruiter.get("/organisation")

        assert count_queries() <= 8

    def test_agents_see_posts_but_no_names(self, sign_in_as):
        post = make_post(title="Head of operations")
        make_employee(post_id=post.id, name="Lin Qing")

        page = sign_in_as("agent", scope_kind=ScopeKind.SELF).get("/organisation").text

        assert "Head of operations" in page
        assert "Lin Qing" not in page

    def test_post_skill_site_and_team_are_made(self, recruiter):
        site = {
            "code": "SHA",
            "name": "Shanghai",
            "zone": "Asia/Shanghai",
            "country": "cn",
            "currency": "cny",
        }
        leader = make_employee()
        path = recruiter.post("/sites/new", data=site).location
        site_id = int(path.rsplit("/", 1)[1])
        team = {
            "code": "T",
            "name": "Team",
            "site_id": site_id,
            "supervisor": leader.number,
            "is_active": "y",
        }
        recruiter.post("/teams/new", data=team)
        recruiter.post(
            "/posts/new",
            data={
                "title": "Agent",
                "headcount": "4",
                "site_id": "",
                "reports_to_id": "",
            },
        )
        recruiter.post(
            "/skills/new", data={"code": "b", "name": "Billing", "kind": "contact"}
        )

        formed = db.session.scalar(select(Team).where(Team.site_id == site_id))
        assert formed.supervisor_id == leader.id
        assert db.session.scalar(select(Post.headcount)) == 4
        assert db.session.scalar(select(Skill.code)) == "b"

    def test_what_is_used_is_kept_and_says_by_whom(self, recruiter):
        employee = make_employee()

        answer = recruiter.post(f"/teams/{employee.team_id}/delete")

        assert answer.status_code == 409
        assert "one employee" in answer.text

    def test_every_page_opens(self, recruiter):
        employee = make_employee(post_id=make_post(description="One\nTwo").id)
        skill = make_skill()
        grant_skill(employee, skill)
        for path in (
            "/sites",
            f"/sites/{employee.site_id}",
            f"/sites/{employee.site_id}/edit",
            "/sites/new",
            "/teams",
            f"/teams/{employee.team_id}",
            f"/teams/{employee.team_id}/edit",
            "/posts",
            "/posts?vacant=1&sort=vacant",
            f"/posts/{employee.post_id}",
            f"/posts/{employee.post_id}/edit",
            "/skills",
            f"/skills/{skill.id}",
            "/organisation?view=teams",
            "/absences",
            "/employees/export",
            "/employees/imports",
            "/employees/imports/template.xlsx",
            f"/employees/{employee.id}/skills/{skill.id}",
            f"/employees/{employee.id}/skills/new",
            f"/employees/{employee.id}/contracts/new",
            f"/employees/{employee.id}/transfer",
            f"/employees/{employee.id}/leave",
            f"/employees/{employee.id}/personal-data/edit",
            "/employees/new",
            "/",
            "/search?q=employee",
        ):
            answer = recruiter.get(path)
            answer.close()
            assert answer.status_code == 200, path


class TestOwnRecord:
    def test_agent_sees_the_own_record_and_pay(self, sign_in_as):
        user = make_user("agent", scope_kind=ScopeKind.SELF)
        employee = make_employee(user_id=user.id, name="Lin Qing")
        make_employment(employee, pay_rate=7654)
        grant_skill(employee, make_skill(name="Billing calls"))

        page = sign_in_as(user=user).get("/me/record").text

        assert "Lin Qing" in page
        assert "Billing calls" in page
        assert "7,654" in page

    def test_who_is_no_employee_is_told_so(self, sign_in_as):
        answer = sign_in_as("agent").get("/me/record")

        assert answer.status_code == 404
        assert "belongs to no employee" in answer.text


class TestFirstPage:
    def test_supervisor_sees_who_is_away(self, sign_in_as):
        away = make_employee(name="Away Person")
        services.record_absence(
            away, kind=AbsenceKind.SICK, starts_at=NOW, ends_at=NOW + timedelta(hours=8)
        )
        db.session.commit()

        page = sign_in_as("supervisor").get("/").text

        assert "Away Person" in page

    def test_recruiter_sees_contracts_that_run_out_and_vacancies(self, recruiter):
        make_post(title="Floor walker", headcount=2)
        ending = make_employee(name="Ending Person")
        make_employment(ending, ends_on=date(2031, 3, 20))
        followed = make_employee(name="Followed Person")
        make_employment(followed, ends_on=date(2031, 3, 20))
        make_employment(followed, starts_on=date(2031, 3, 20))

        page = recruiter.get("/").text

        assert "Ending Person" in page
        assert "Followed Person" not in page
        assert "Floor walker" in page


class TestTwoPeopleAtOnce:
    """Whoever saves on top of what they did not see is told, and loses no typing."""

    def seen_at(self, client, path):
        page = client.get(path).text
        return re.search(r'name="seen"[^>]*value="(\w+)"', page).group(1)

    def test_the_second_save_of_a_person_is_refused_and_kept_on_the_page(
        self, recruiter
    ):
        employee = make_employee(name="First Name")
        path = f"/employees/{employee.id}/edit"
        form = {"number": employee.number, "hired_on": "2020-01-01"}
        form["seen"] = self.seen_at(recruiter, path)

        first = recruiter.post(path, data={**form, "name": "Mine", "email": "a@b.cn"})
        second = recruiter.post(path, data={**form, "name": "Other"})

        assert first.status_code == 303
        assert second.status_code == 422
        assert "Somebody else changed this in the meantime" in second.text
        assert 'value="Other"' in second.text
        assert db.session.get(Employee, employee.id).name == "Mine"

    def test_the_second_save_of_a_team_is_refused(self, recruiter):
        team = make_team()
        path = f"/teams/{team.id}/edit"
        form = {"code": team.code, "site_id": team.site_id, "is_active": "y"}
        form["seen"] = self.seen_at(recruiter, path)

        answers = [
            recruiter.post(path, data={**form, "name": name}).status_code
            for name in ("One", "Two")
        ]

        assert answers == [303, 422]

    def test_the_second_end_of_a_contract_is_refused(self, recruiter):
        employee = make_employee()
        contract = make_employment(employee, starts_on=date(2031, 1, 1))
        db.session.expire_all()  # as every request reads it: from the database
        path = f"/employees/{employee.id}/contracts/{contract.id}/end"
        form = {"seen": self.seen_at(recruiter, path)}

        first, second = (
            recruiter.post(path, data={**form, "last_day": day})
            for day in ("2031-06-30", "2031-12-31")
        )

        assert (first.status_code, second.status_code) == (303, 422)
        assert 'value="2031-12-31"' in second.text
        db.session.refresh(contract)
        assert contract.ends_on == date(2031, 7, 1)

    def test_the_second_save_of_a_persons_skill_is_refused(self, recruiter):
        employee, skill = make_employee(), make_skill()
        path = f"/employees/{employee.id}/skills"
        form = {"skill_id": skill.id, "level": "3", "valid_from": "2031-01-01"}
        recruiter.post(f"{path}/new", data=form)
        held = queries.get_employee_skill(employee, skill.id)
        url = f"{path}/{skill.id}"
        form["seen"] = self.seen_at(recruiter, url)

        answers = [
            recruiter.post(url, data={**form, "level": level}).status_code
            for level in ("4", "5")
        ]

        db.session.refresh(held)
        assert answers == [303, 422]
        assert held.level == 4


class TestAbsencesElsewhere:
    def test_days_away_are_days_at_the_persons_site(self, sign_in_as):
        away = make_employee(name="Away Person")  # in Shanghai, eight hours ahead
        midnight = datetime(2031, 3, 9, 16, tzinfo=UTC)
        services.record_absence(
            away,
            kind=AbsenceKind.SICK,
            starts_at=midnight,
            ends_at=midnight + timedelta(days=2),
        )
        db.session.commit()

        page = sign_in_as("administrator").get("/absences").text

        assert "10 Mar 2031 – 11 Mar 2031" in page


class TestSearch:
    def test_leads_to_all_people_when_there_are_more_than_it_shows(self, recruiter):
        for n in range(7):
            make_employee(name=f"Wang {n}")

        page = recruiter.get("/search?q=wang").text

        assert page.count("Wang ") == 6
        assert "/employees?q=wang" in page


class TestChineseWords:
    def test_only_people_have_a_personal_name(self, recruiter, sign_in_as):
        chinese = {"Accept-Language": "zh-CN"}
        make_employee()
        skill_page = sign_in_as("administrator").get("/skills/new", headers=chinese)

        assert "姓名" in recruiter.get("/employees", headers=chinese).text
        assert "姓名" not in skill_page.text
        assert "名称" in skill_page.text
