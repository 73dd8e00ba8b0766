"""What keeps figures right when something unusual comes in, or is asked for."""

import shutil
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from callcenter.acd import services
from callcenter.acd.connectors.records import Contact as PushedContact
from callcenter.acd.connectors.records import Outcome
from callcenter.acd.errors import CountedOtherwise
from callcenter.acd.models import Contact, ImportState, QueueDay, SourceName
from callcenter.acd.services import imports, recounting
from callcenter.kernel import clock
from callcenter.kernel.db import db, transaction
from callcenter.projects.models import Project
from tests.factories.acd import import_calls, import_text, make_call
from tests.factories.projects import make_project, make_queue

INTERVALS = (
    "queue,interval_start,offered,answered,abandoned,talk_s,wait_answered_s\n"
    "{},2026-08-03T09:00:00Z,5,4,1,400,20\n"
    "{},2026-08-03T10:00:00Z,5,4,1,400,20\n"
)
NINE_FIFTEEN = 1_785_748_500


@pytest.fixture
def project(app):
    project = make_project(zone="UTC")
    make_queue(project, code="sales")
    return project


def import_intervals(project, folder, queue="sales"):
    text = INTERVALS.format(queue, queue)
    return import_text(project, text, folder, format_name="intervals-csv")


def offered():
    return db.session.scalar(select(func.coalesce(func.sum(QueueDay.offered), 0)))


def named(name):
    return db.session.scalar(select(SourceName).where(SourceName.name == name))


def push(project, queue):
    contact = PushedContact("k1", queue, NINE_FIFTEEN, Outcome.ANSWERED)
    with transaction():
        mine = db.session.get_one(Project, project.id)
        services.push(mine, [contact], [], source="switch")


class TestOneKindOfSource:
    def test_a_push_for_a_queue_of_counted_intervals_is_refused(
        self, project, tmp_path
    ):
        import_intervals(project, tmp_path)

        with pytest.raises(CountedOtherwise):
            push(project, "sales")

        assert offered() == 10
        assert db.session.scalar(select(func.count(Contact.id))) == 0

    def test_a_push_for_another_queue_counts(self, project, tmp_path):
        make_queue(project, code="support")
        import_intervals(project, tmp_path)

        push(project, "support")

        assert offered() == 11

    def test_a_name_with_contacts_is_not_mapped_to_a_queue_of_intervals(
        self, project, tmp_path
    ):
        import_intervals(project, tmp_path)
        at = "2026-08-03T09:30:00Z"
        import_calls(project, [make_call(queue="SALES 2", offered_at=at)], tmp_path)
        queue_id = db.session.scalar(select(QueueDay.queue_id))

        with pytest.raises(CountedOtherwise), transaction():
            services.map_queue(named("SALES 2"), queue_id)

        assert named("SALES 2").queue_id is None

    def test_a_name_with_intervals_is_not_mapped_to_a_queue_of_contacts(
        self, project, tmp_path
    ):
        at = "2026-08-03T09:30:00Z"
        import_calls(project, [make_call(offered_at=at)], tmp_path)
        import_intervals(project, tmp_path, queue="elsewhere")
        queue_id = db.session.scalar(select(QueueDay.queue_id))

        with pytest.raises(CountedOtherwise), transaction():
            services.map_queue(named("elsewhere"), queue_id)

        assert named("elsewhere").queue_id is None

    def test_no_queue_is_made_of_a_name_under_which_both_wait(self, project, tmp_path):
        at = "2026-08-03T09:30:00Z"
        import_calls(project, [make_call(queue="new", offered_at=at)], tmp_path)
        import_intervals(project, tmp_path, queue="new")

        with pytest.raises(CountedOtherwise), transaction():
            services.create_queue(named("new"))


class TestFactsFromElsewhere:
    @pytest.fixture
    def past(self, project):
        """A day whose facts have no contacts behind them, as a demo's past has."""
        queue_id = recounting._queue_ids(project.id)[0]
        day = date(2026, 8, 3)
        with transaction():
            row = QueueDay(queue_id=queue_id, day=day, offered=500, answered=450)
            row.identified, row.repeated = 400, 40
            db.session.add(row)
        return day

    def test_a_late_row_is_added_and_wipes_nothing(self, project, past, tmp_path):
        import_calls(project, [make_call(customer="1")], tmp_path)

        services.recount_all()

        row = db.session.scalar(select(QueueDay).where(QueueDay.day == past))
        assert (row.offered, row.identified, row.repeated) == (501, 400, 40)

    def test_a_recount_of_the_day_leaves_it_as_it_is(self, project, past):
        with transaction():
            mine = db.session.get_one(Project, project.id)
            services.recount_facts(mine, [past])

        assert offered() == 500


class TestKilledWhileReading:
    @pytest.fixture
    def planned(self, project):
        with transaction():
            mine = db.session.get_one(Project, project.id)
            row = services.plan_import(
                mine, format_name="contacts-csv", file_names=["calls.csv"]
            )
            row.state = ImportState.READING
        return row

    def state(self, planned):
        row = services.load_import(planned.id)
        return row.state, row.refusal

    def test_an_import_whose_process_is_gone_has_failed(self, planned):
        with imports.spool_of(planned.id).reading():
            pass

        services.finish_killed()

        assert self.state(planned) == (ImportState.FAILED, "killed-while-reading")

    def test_an_import_that_is_being_read_goes_on(self, planned):
        with imports.spool_of(planned.id).reading():
            services.finish_killed()

        assert self.state(planned) == (ImportState.READING, "")

    def test_an_import_of_another_machine_is_given_a_day(self, planned):
        shutil.rmtree(imports.folder_of(planned.id), ignore_errors=True)

        services.finish_killed()
        before = self.state(planned)
        with transaction():
            row = services.load_import(planned.id)
            row.created_at = clock.now() - timedelta(days=2)
        services.finish_killed()

        assert before == (ImportState.READING, "")
        assert self.state(planned)[0] is ImportState.FAILED

    def test_an_upload_is_left_to_its_job(self, planned):
        with transaction():
            services.load_import(planned.id).stored_names = ["calls.csv"]
        with imports.spool_of(planned.id).reading():
            pass

        services.finish_killed()

        assert self.state(planned) == (ImportState.READING, "")


class TestLongPeriods:
    @pytest.fixture
    def page(self, project, tmp_path, sign_in_as):
        days = ("2026-05-01", "2026-07-20", "2026-08-03")
        calls = [make_call(offered_at=f"{day}T09:00:00Z") for day in days]
        import_calls(project, calls, tmp_path)
        client = sign_in_as("planner")
        return lambda address: client.get(f"/contacts?{address}").text

    def test_a_year_is_cut_to_its_latest_days(self, page):
        text = page("offered_from=2026-01-01&offered_to=2026-08-04")

        assert text.count("<tr") == 1 + 2
        assert "Only the latest 31 days" in text

    def test_a_month_is_shown_as_it_is(self, page):
        text = page("offered_from=2026-04-25&offered_to=2026-05-25")

        assert text.count("<tr") == 1 + 1
        assert "Only the latest" not in text

    def test_an_open_beginning_is_cut_too(self, page):
        text = page("offered_to=2026-05-10")

        assert text.count("<tr") == 1 + 1
        assert "Only the latest 31 days" in text
