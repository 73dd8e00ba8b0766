"""The room's pages."""

import gzip
import html
import io
import re

import pytest

from callcenter.acd.connectors.mapping import CONTACT_FIELDS
from callcenter.acd.connectors.records import Outcome
from callcenter.acd.metrics import catalogue
from callcenter.acd.models import (
    Contact,
    Import,
    ImportProblem,
    ImportState,
    SourceName,
)
from callcenter.kernel.db import db
from callcenter.kernel.jobs import run_queued
from callcenter.people.models import Employee
from tests.factories.acd import csv_text, import_calls, make_call
from tests.factories.people import make_employee
from tests.factories.projects import make_project, make_queue


@pytest.fixture
def loaded(app, tmp_path):
    """A project with one queue, one agent and three calls on 3 August 2026."""
    project = make_project(zone="UTC")
    queue = make_queue(project, code="sales")
    agent = make_employee(acd_login="ann")
    calls = [
        make_call(agent="ann", customer="+8613900000001"),
        make_call(agent="ann", offered_at="2026-08-03T10:20:00Z", wait_s=30),
        make_call(outcome="abandoned", wait_s=3, talk_s=0, wrap_s=0),
    ]
    import_calls(project, calls, tmp_path)
    return {"project": project, "queue": queue, "agent": agent}


PAGES = (
    "/figures",
    "/figures?by=project&grain=total",
    "/figures?by=queue&grain=week&compare=previous&compare=last_year",
    "/figures?by=agent&grain=total&metric=aht_s&metric=occupancy&metric=handled",
    "/figures?by=channel&grain=month",
    "/figures?grain=interval&from=2026-08-03&to=2026-08-03",
    "/figures?grain=hour&from=2026-08-03&to=2026-08-03&by=site&metric=handled",
    "/figures/dictionary",
    "/contacts",
    "/imports",
    "/imports/new",
    "/imports/names?state=known",
)


@pytest.mark.parametrize("address", PAGES)
def test_pages_open(loaded, sign_in_as, address):
    answer = sign_in_as("planner").get(address)

    assert answer.status_code == 200


def upload(client, project, text, **fields):
    data = {
        "project_id": project.id,
        "format_name": "guess",
        "files": (io.BytesIO(text.encode()), "calls.csv"),
        **fields,
    }
    answer = client.post("/imports/new", data=data)
    assert answer.status_code == 303, answer.text
    return answer.location


def columns_of(text):
    headers = text.splitlines()[0].split(",")
    fields = {f"column_{name}": "" for name in CONTACT_FIELDS}
    fields |= {f"column_{h}": h for h in headers}
    fields["column_source_key"] = fields.pop("column_call_id")
    return {**fields, "time_format": "auto", "duration_unit": "s"}


def file_again(packed):
    return io.BytesIO(packed), "later.csv.gz"


def calls_by_key():
    return db.session.query(Contact).order_by(Contact.source_key).all()


class TestUpload:
    def test_a_file_goes_from_upload_over_preview_to_facts(self, app, sign_in_as):
        project = make_project(zone="UTC")
        make_queue(project, code="sales")
        client = sign_in_as("planner")
        text = csv_text([make_call(), make_call()])

        preview = upload(client, project, text)
        looked = client.get(preview)
        started = client.post(
            preview, data={**columns_of(text), "do": "start", "saved_name": "Ours"}
        )
        run_queued()

        assert "03" in looked.text
        assert started.status_code == 303
        page = client.get(started.location)
        assert page.status_code == 200
        row = db.session.query(Import).one()
        assert (row.state, row.n_new) == (ImportState.DONE, 2)

    def test_a_binary_file_is_refused_with_the_way_out(self, app, sign_in_as):
        project = make_project()
        data = {
            "project_id": project.id,
            "format_name": "guess",
            "files": (io.BytesIO(b"\x89PNG\0\0\0" * 50), "photo.csv"),
        }

        answer = sign_in_as("planner").post("/imports/new", data=data)

        assert answer.status_code == 422
        assert "no text file" in answer.text
        assert "file=photo.csv" in answer.text

    def test_a_packed_export_with_own_dates_and_words_is_understood(
        self, app, sign_in_as
    ):
        project = make_project(zone="UTC")
        make_queue(project, code="sales")
        client = sign_in_as("planner")
        text = (
            'Call ID;Queue;Start;Result;"Note; of the agent"\r\n'
            '1;sales;25/10/2026 10:00:31;PICKED UP;"two\r\nlines"\r\n'
            "2;sales;01/11/2026 09:00:00;gone;\r\n"
        )
        packed = gzip.compress(text.encode("gb18030"))
        file = (io.BytesIO(packed), "calls.csv.gz")

        preview = upload(client, project, "", files=file)
        looked = client.get(preview)
        said = {"word": ["PICKED UP", "gone"], "meaning": ["answered", "abandoned"]}
        columns = {f"column_{name}": "" for name in CONTACT_FIELDS} | {
            "column_source_key": "Call ID",
            "column_queue": "Queue",
            "column_offered_at": "Start",
            "column_outcome": "Result",
        }
        form = {**columns, **said, "time_format": "day-first", "duration_unit": "s"}
        again = client.post(preview, data={**form, "do": "look"})
        client.post(preview, data={**form, "do": "start", "saved_name": "Ours"})
        run_queued()
        next_time = client.get(upload(client, project, "", files=file_again(packed)))

        assert '<option selected value="day-first">' in looked.text
        assert "Note; of the agent" in looked.text
        assert 'value="PICKED UP"' in looked.text
        assert "25 Oct 2026" in again.text
        assert "known meaning" not in again.text
        months = [(c.offered_at.month, Outcome(c.outcome)) for c in calls_by_key()]
        assert months == [(10, Outcome.ANSWERED), (11, Outcome.ABANDONED)]
        assert '<option value="answered" selected>' in next_time.text

    def test_problems_name_the_file_as_its_owner_does(self, app, sign_in_as):
        project = make_project(zone="UTC")
        make_queue(project, code="sales")
        client = sign_in_as("planner")
        bad = csv_text([make_call(talk_s=-5)])

        preview = upload(client, project, bad)
        client.post(preview, data={**columns_of(bad), "do": "start"})
        run_queued()

        assert db.session.query(ImportProblem).one().source == "calls.csv"

    def test_refused_rows_come_back_as_a_file(self, app, tmp_path, sign_in_as):
        project = make_project(zone="UTC")
        make_queue(project, code="sales")
        calls = [make_call(), make_call(talk_s=-5)]
        row = import_calls(project, calls, tmp_path)

        client = sign_in_as("planner")
        page = client.get(f"/imports/{row.id}")
        file = client.get(f"/imports/{row.id}/errors.csv")

        assert row.state is ImportState.REFUSED
        assert "nothing was stored" in page.text
        assert "talk_s,negative" in file.text


class TestMappingNames:
    def test_one_click_makes_a_queue_and_counts_what_waited(
        self, app, tmp_path, sign_in_as
    ):
        project = make_project(zone="UTC")
        import_calls(project, [make_call(), make_call()], tmp_path)
        name = db.session.query(SourceName).one()
        client = sign_in_as("planner")

        before = client.get("/figures?grain=total&metric=offered&export=csv").text
        client.post(f"/imports/names/{name.id}/map", data={"target": "new"})
        run_queued()
        after = client.get(
            "/figures?grain=total&metric=offered&export=csv&from=2026-08-01&to=2026-08-31"
        ).text

        assert before.splitlines()[1:] == []
        assert after.splitlines()[1] == "2"


def test_figures_that_are_left_out_are_said_to_be(loaded, sign_in_as):
    asked = "&".join(f"metric={code}" for code in list(catalogue.metrics)[:14])

    page = sign_in_as("supervisor").get(f"/figures?grain=total&{asked}").text

    assert "2 figures are left out" in page
    assert "At most 12 figures" in page


class TestDrillThrough:
    def test_project_leads_to_queue_to_days_to_quarters_to_contacts_to_one(
        self, loaded, sign_in_as
    ):
        client = sign_in_as("supervisor")
        period = "from=2026-08-01&to=2026-08-31&metric=offered"

        address = f"/figures?by=project&grain=total&{period}"
        seen = []
        for _step in range(4):
            page = client.get(address)
            address = first_link(page.text)
            seen.append(address)
        contacts = client.get(seen[-1])
        contact = db.session.query(Contact).first()

        assert "by=queue" in seen[0]
        assert "grain=day" in seen[1]
        assert "grain=interval" in seen[2]
        assert seen[3].startswith("/contacts?at=2026-08-03T09%3A00")
        assert contacts.text.count("<tr") == 3
        assert client.get(f"/contacts/{contact.id}").status_code == 200


def first_link(text):
    body = text[text.rindex("table-list") :]
    return html.unescape(re.search(r'<th scope="row"><a href="([^"]+)"', body)[1])


def test_the_customer_is_never_shown(loaded, sign_in_as):
    contact = db.session.query(Contact).filter(Contact.customer.is_not(None)).one()

    page = sign_in_as("planner").get(f"/contacts/{contact.id}")

    assert "13900000001" not in page.text
    assert "••" in page.text


def test_a_client_learns_nothing_of_single_agents(loaded, sign_in_as):
    agent = db.session.query(Employee).filter(Employee.acd_login.is_not(None)).first()
    asked = "metric=handled&grain=total"

    def told(role, address):
        return agent.name in sign_in_as(role).get(address).text

    assert told("planner", f"/figures?{asked}&by=agent")
    for rest in ("by=agent", f"agent={agent.id}", "by=agent&export=csv"):
        assert not told("client", f"/figures?{asked}&{rest}")
    page = sign_in_as("client").get(f"/figures?{asked}&by=team").text
    assert "by=agent" not in page
    assert 'value="agent"' not in page


def test_a_reader_of_another_project_finds_nothing(loaded, sign_in_as):
    other = make_project()
    contact = db.session.query(Contact).first()
    client = sign_in_as("client", scope_kind="project", scope_id=other.id)
    boss = sign_in_as("planner", scope_kind="project", scope_id=other.id)

    figures = client.get("/figures?metric=offered&grain=total&export=csv")

    assert figures.text.splitlines()[1:] == []
    assert client.get(f"/contacts/{contact.id}").status_code == 403
    assert boss.get(f"/contacts/{contact.id}").status_code == 404
    assert boss.get("/imports/1").status_code == 404


@pytest.mark.parametrize(
    ("address", "limit"),
    [("/figures", 15), ("/contacts", 8), ("/imports", 8), ("/figures/dictionary", 8)],
)
def test_pages_need_few_queries(loaded, sign_in_as, count_queries, address, limit):
    client = sign_in_as("planner")
    client.get(address)
    count_queries()

    client.get(address)

    assert count_queries() <= limit
