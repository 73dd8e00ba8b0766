"""Spreadsheets of employees: read, judged row by row, stored, repeated."""

import io
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from callcenter.access.models import ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, Actor, Scope, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from callcenter.people import events, queries, services
from callcenter.people.errors import FileRefused
from callcenter.people.models import Employee, EmployeeImport, ImportState, Move
from callcenter.people.permissions import Permission
from callcenter.people.services import import_fields, spreadsheets
from callcenter.people.services.names import check_digit
from tests.factories.people import (
    make_employee,
    make_post,
    make_site,
    make_skill,
    make_team,
)

NOW = datetime(2031, 3, 3, 4, tzinfo=UTC)
HEAD = "工号,姓名,职场,班组,入职日期,手机号,身份证号,用工类型,周工时,技能"


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def place(app):
    site = make_site(code="SHA", name="上海职场")
    make_team(site, code="A", name="一组")
    make_skill(code="billing", name="Billing", name_zh="账单")
    return site


def hr(scope: Scope = EVERYTHING, *more: str):
    held = {Permission.IMPORT_EMPLOYEES: scope}
    held.update(dict.fromkeys(more, EVERYTHING))
    return acting(Actor(permissions=held))


def judged(text: str, scope: Scope = EVERYTHING, *more: str):
    with hr(scope, *more):
        with transaction():
            row = services.receive_file("people.csv", text.encode())
        return row, services.judge_file(row)


def stored(text: str, *, good_rows_only: bool = False, more: tuple[str, ...] = ()):
    row, findings = judged(text, EVERYTHING, *more)
    with hr(EVERYTHING, *more), transaction():
        row = queries.get_import(row.id, None, with_details=True)
        services.store_findings(row, findings, good_rows_only=good_rows_only)
    return row


def rules(findings) -> set[tuple[int, str, str]]:
    return {(each.line, each.field, each.rule) for each in findings.problems}


GOOD = f"""{HEAD}
A1,王小明,SHA,A,2031-03-01,13800138000,11010519491231002X,全职,40,账单:4
A2,李雷,上海职场,一组,2031/3/2,,,兼职,20,
"""


class TestReading:
    def test_headings_are_recognised_in_both_languages(self):
        english = import_fields.guess_mapping(
            ["Employee No.", "Name", "Site", "Hire date (required)", "ID number"]
        )
        chinese = import_fields.guess_mapping(HEAD.split(","))

        assert english["number"] == 0
        assert english["identity_number"] == 4
        assert list(chinese) == [
            "number",
            "name",
            "site",
            "team",
            "hired_on",
            "phone",
            "identity_number",
            "employment_kind",
            "weekly_h",
            "skills",
        ]

    def test_own_template_is_understood_whole(self, app):
        labels = [str(field.label) for field in services.FIELDS]

        assert set(import_fields.guess_mapping(labels)) == set(import_fields.BY_KEY)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
    def test_text_comes_in_any_usual_encoding(self, encoding):
        sheet = spreadsheets.read_sheet("工号;姓名\n1;王小明\n".encode(encoding))

        assert sheet.rows == [(2, ["1", "王小明"])]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"  \n ",
            b"number,name\n",
            b"\x00\x01\x02" * 100,
            b"PK\x03\x04 broken",
            b"\xd0\xcf\x11\xe0 broken",
            bytes(range(128, 256)) * 3,
        ],
    )
    def test_nonsense_is_refused_in_words(self, app, content):
        with pytest.raises(FileRefused) as refusal:
            spreadsheets.read_sheet(content)

        assert len(refusal.value.message) > 10

    def test_workbooks_keep_dates_and_whole_numbers(self, app):
        sheet = spreadsheets.read_sheet(workbook([["n", "d"], [7, date(2031, 3, 1)]]))

        (_line, cells) = sheet.rows[0]
        assert import_fields.BY_KEY["number"].read(cells[0]) == "7"
        assert import_fields.BY_KEY["hired_on"].read(cells[1]) == date(2031, 3, 1)


class TestJudging:
    def test_good_rows_have_no_problem(self, place):
        _row, findings = judged(GOOD)

        assert findings.problems == []
        assert findings.count("new") == 2

    def test_every_fault_is_named_with_row_field_and_rule(self, place):
        make_team(code="ELSEWHERE")
        make_employee(number="X9", acd_login="8001")
        text = """number,name,site,team,hired on,phone,id number,employment,skills,login
,Lin,SHA,,2031-03-01,,,,,
A1,Lin,Nowhere,,2031-03-01,,,,,
A2,Lin,SHA,ELSEWHERE,31.03.2031x,,,,,
A3,Lin,SHA,ELSEWHERE,2031-03-01,,,,,
A4,Lin,SHA,,2031-03-01,123,,,,
A5,Lin,SHA,,2031-03-01,,110105194912310021,,,
A6,Lin,SHA,,2031-03-01,,,slave,,
A7,Lin,SHA,,2031-03-01,,,part_time,,
A8,Lin,SHA,,2031-03-01,,,,billing:9,
A9,Lin,SHA,,2031-03-01,,,,juggling:2,
B1,Lin,SHA,,2031-03-01,,,,,8001
B2,Lin,SHA,,2031-03-01,,,,,
B2,Lin,SHA,,2031-03-01,,,,,
"""

        _row, findings = judged(text)

        assert rules(findings) == {
            (2, "number", "required"),
            (3, "site", "unknown_site"),
            (4, "hired_on", "bad_date"),
            (5, "team", "team_elsewhere"),
            (6, "phone", "bad_phone"),
            (7, "identity_number", "bad_identity"),
            (8, "employment_kind", "unknown_kind"),
            (9, "weekly_h", "required"),
            (10, "skills", "bad_level"),
            (11, "skills", "unknown_skill"),
            (12, "acd_login", "login_taken"),
            (14, "number", "twice_in_file"),
        }

    def test_people_are_placed_only_within_reach(self, place):
        make_site(code="PEK")
        text = "number,name,site,hired on\nA1,Lin,SHA,2031-03-01\nA2,Wu,PEK,2031-03-01"

        _row, findings = judged(text, Scope(site_ids=frozenset({place.id})))

        assert rules(findings) == {(3, "site", "out_of_scope")}

    def test_people_outside_reach_are_not_changed(self, place):
        stranger = make_employee(number="Z1")
        text = "number,name,site,team,hired on\nZ1,Mine,SHA,A,2031-03-01"

        _row, findings = judged(text, Scope(site_ids=frozenset({place.id})))

        assert rules(findings) == {(2, "number", "number_taken")}
        assert stranger.name != "Mine"

    def test_pay_needs_its_own_permission(self, place):
        text = (
            "number,name,site,hired on,employment,pay\nA1,Lin,SHA,2031-03-01,全职,5000"
        )

        _row, without = judged(text)
        _row, with_pay = judged(text, EVERYTHING, Permission.VIEW_PAY)

        assert rules(without) == {(2, "pay_rate", "pay_hidden")}
        assert with_pay.problems == []

    def test_numbers_that_a_spreadsheet_cut_are_refused(self, place):
        rows = [
            ["number", "name", "site", "hired on", "id number"],
            ["A1", "Lin", "SHA", date(2031, 3, 1), 110105194912310020],
        ]
        with hr(), transaction():
            row = services.receive_file("a.xlsx", workbook(rows))

        with hr():
            findings = services.judge_file(row)

        assert rules(findings) == {(2, "identity_number", "lost_digits")}


class TestStoring:
    def test_people_come_with_contract_skills_and_personal_data(self, place):
        heard = []

        with events.joined.connected_to(heard.append):
            stored(GOOD)

        employee = queries.employees_by_number(["A1"])["A1"]
        contract = employee.employments[0]
        assert len(heard) == 2
        assert employee.name_sort.startswith("wang xiaoming")
        assert (contract.kind, contract.starts_on) == ("full_time", date(2031, 3, 1))
        assert [held.level for held in employee.skills] == [4]
        assert employee.phone_digest
        assert employee.identity_digest

    def test_the_same_file_again_changes_nothing(self, place):
        stored(GOOD)

        row = stored(GOOD)

        assert (row.n_new, row.n_changed, row.n_same) == (0, 0, 2)

    def test_leavers_stay_the_same_too(self, place):
        text = f"{HEAD},离职日期\nA1,Lin,SHA,A,2030-03-01,,,全职,40,,2030-12-31"
        stored(text)

        row = stored(text)

        employee = queries.find_by_number("A1")
        assert row.n_same == 1
        assert employee.left_on == date(2031, 1, 1)

    def test_known_number_is_changed_and_a_new_team_is_a_transfer(self, place):
        make_team(place, code="B")
        stored(GOOD)

        row = stored(GOOD.replace("SHA,A,", "SHA,B,"))

        assert (row.n_new, row.n_changed, row.n_same) == (0, 1, 1)
        assert db.session.scalar(select(func.count()).select_from(Move)) == 1

    def test_empty_cells_leave_things_as_they_are(self, place):
        stored(GOOD)

        stored("number,name,site,hired on,phone\nA1,王小明,SHA,2031-03-01,")

        assert queries.find_by_number("A1").phone_digest

    def test_one_fault_stores_nothing(self, place):
        row = stored(GOOD + "A3,Wu,Nowhere,,2031-03-01,,,,,\n")

        assert row.state is ImportState.CHECKED
        assert db.session.scalar(select(Employee)) is None

    def test_good_rows_alone_are_stored_when_asked_for(self, place):
        row = stored(GOOD + "A3,Wu,Nowhere,,2031-03-01,,,,,\n", good_rows_only=True)

        assert (row.state, row.n_new, row.n_bad) == (ImportState.DONE, 2, 1)
        assert row.content is not None

    def test_file_is_gone_once_everything_is_stored(self, place):
        assert stored(GOOD).content is None

    def test_old_files_are_thrown_away(self, place):
        row, _findings = judged(GOOD)

        with clock.frozen(datetime(2031, 3, 20, tzinfo=UTC)):
            assert services.forget_files() == 1

        assert row.content is None


class TestPages:
    def upload(self, client, text: str) -> str:
        data = {"file": (io.BytesIO(text.encode()), "people.csv")}
        return client.post("/employees/imports", data=data).location

    def columns(self, text: str) -> dict[str, str]:
        heading, _newline, _rows = text.partition("\n")
        guessed = import_fields.guess_mapping(heading.split(","))
        return {f"column-{place}": key for key, place in guessed.items()}

    def test_from_upload_to_stored(self, sign_in_as, place):
        client = sign_in_as("recruiter")
        url = self.upload(client, GOOD)
        guessed = client.get(url).text

        page = client.post(url, data=self.columns(GOOD)).location
        seen = client.get(page).text
        client.post(f"{page}/store")

        assert 'value="identity_number" selected' in guessed
        assert "李雷" in seen
        assert db.session.scalar(select(func.count()).select_from(Employee)) == 2

    def test_faults_show_and_come_back_as_a_file(self, sign_in_as, place):
        client = sign_in_as("recruiter")
        text = GOOD + "A3,Wu,Nowhere,,2031-03-01,,,,,\n"
        url = self.upload(client, text)
        page = client.post(url, data=self.columns(text)).location

        seen = client.get(page).text
        faults = client.get(f"{page}/faults.csv").text

        assert "There is no site Nowhere." in seen
        assert "A3,Wu,Nowhere" in faults
        assert "A1" not in faults

    def test_needed_columns_are_asked_for(self, sign_in_as, place):
        client = sign_in_as("recruiter")
        url = self.upload(client, GOOD)

        answer = client.post(url, data={"column-0": "number"})

        assert answer.status_code == 422
        assert "Full name" in answer.text

    def test_broken_file_is_refused_on_the_field(self, sign_in_as):
        client = sign_in_as("recruiter")
        data = {"file": (io.BytesIO(b"PK\x03\x04 broken"), "people.xlsx")}

        answer = client.post("/employees/imports", data=data)

        assert answer.status_code == 422
        assert "damaged" in answer.text

    def test_large_file_is_stored_by_a_job(self, sign_in_as, place):
        client = sign_in_as("recruiter")
        text = many_rows(400)
        url = self.upload(client, text)

        page = client.post(url, data=self.columns(text)).location
        waiting = client.get(page).text
        run_queued()
        checked = client.get(page).text
        client.post(f"{page}/store")
        run_queued()

        assert "Waiting for a worker" in waiting
        assert "400" in checked
        assert db.session.scalar(select(func.count()).select_from(Employee)) == 400

    def test_upload_can_be_thrown_away(self, sign_in_as, place):
        client = sign_in_as("recruiter")
        url = self.upload(client, GOOD)

        client.post(url.replace("/columns", "/discard"))

        assert db.session.scalar(select(EmployeeImport)) is None

    def test_workbook_comes_back_as_no_change(self, sign_in_as, place):
        client = sign_in_as("recruiter")
        make_post(title="Agent")
        stored(GOOD)
        purpose = {
            "with_personal": "y",
            "with_pay": "y",
            "purpose": "yearly check of the files",
        }

        answer = client.post("/employees/export", data=purpose)
        content = answer.data
        answer.close()
        with hr(EVERYTHING, Permission.VIEW_PAY):
            with transaction():
                row = services.receive_file("back.xlsx", content)
            findings = services.judge_file(row)

        assert findings.problems == []
        assert findings.count("same") == 2

    def test_personal_data_leaves_only_with_a_purpose(self, sign_in_as, place):
        client = sign_in_as("recruiter")

        answer = client.post("/employees/export", data={"with_personal": "y"})

        assert answer.status_code == 422

    def test_workbook_without_permission_has_no_personal_columns(self, sign_in_as):
        from python_calamine import CalamineWorkbook

        make_employee()
        client = sign_in_as("planner", scope_kind=ScopeKind.EVERYTHING)

        answer = client.post(
            "/employees/export", data={"with_personal": "y", "with_pay": "y"}
        )

        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        answer.close()
        headings = book.get_sheet_by_index(0).to_python()[0]
        assert "Phone" not in headings
        assert "Pay rate" not in headings


def test_ten_thousand_rows_are_in_within_fifteen_seconds(place):
    text = many_rows(10_000)
    started = time.process_time()

    stored(text)

    assert time.process_time() - started < 15
    assert db.session.scalar(select(func.count()).select_from(Employee)) == 10_000


def many_rows(n: int) -> str:
    lines = [HEAD]
    for each in range(n):
        first = f"1101051990010{each % 9 + 1}{each:04d}"[:17].ljust(17, "0")
        identity = first + check_digit(first)
        lines.append(
            f"N{each:05d},王小明,SHA,A,2031-03-01,139{each:08d},{identity},全职,40,账单:3"
        )
    return "\n".join(lines)


def workbook(rows: list[list[object]]) -> bytes:
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(line, column, cell, day)
                else:
                    sheet.write(line, column, cell)
    return file.getvalue()
