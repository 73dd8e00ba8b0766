"""What an import answers to nonsense; docs/guide/acd.md holds the same table."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from callcenter.acd import queries
from callcenter.acd.connectors import FORMATS
from callcenter.acd.models import (
    AgentDay,
    Contact,
    ContactKey,
    ImportProblem,
    ImportState,
    QueueDay,
)
from callcenter.kernel.db import db
from tests.factories.acd import csv_text, import_calls, import_paths, make_call
from tests.factories.people import make_employee
from tests.factories.projects import make_project, make_queue


@pytest.fixture
def project(app):
    project = make_project(zone="UTC")
    make_queue(project, code="sales")
    make_employee(acd_login="ann")
    return project


def import_bytes(project, folder, content, **options):
    path = folder / "file"
    path.write_bytes(content)
    return import_paths(project, [path], **{"format_name": "contacts-csv", **options})


def n_stored():
    models = (Contact, ContactKey, QueueDay)
    return [db.session.scalar(select(func.count()).select_from(m)) for m in models]


def problems():
    columns = (ImportProblem.line, ImportProblem.field, ImportProblem.rule)
    return [tuple(row) for row in db.session.execute(select(*columns))]


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", {"empty"}),
        (b" \n\n", {"empty"}),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9, {"binary"}),
        (b"Dear all,\nplease find attached.\n", {"wrong-format", "missing-columns"}),
        (b"x" * 10_000_000, {"wrong-format", "missing-columns"}),
    ],
    ids=["empty", "blank", "picture", "letter", "10-MB-line"],
)
def test_a_useless_file_is_refused_by_name(
    project, tmp_path, format_name, content, codes
):
    row = import_bytes(project, tmp_path, content, format_name=format_name)

    assert row.state is ImportState.REFUSED
    assert row.refusal.partition(":")[0] in codes
    assert n_stored() == [0, 0, 0]


def test_calls_of_another_switch_are_refused_by_name(project, tmp_path):
    log = b"1785747600|c1|sales|NONE|ENTERQUEUE||x|1\n"

    row = import_bytes(project, tmp_path, log)

    assert row.refusal.startswith("missing-columns")


def test_a_year_of_gaps_is_a_year_of_zeros(project, tmp_path):
    calls = [make_call(), make_call(offered_at="2027-08-03T09:00:00Z")]

    row = import_calls(project, calls, tmp_path)

    assert (row.state, row.n_new) == (ImportState.DONE, 2)
    assert (row.first_day, row.last_day) == (date(2026, 8, 3), date(2027, 8, 3))
    queue_id = db.session.scalar(select(QueueDay.queue_id))
    ends = datetime(2026, 8, 3, tzinfo=UTC), datetime(2027, 8, 4, tzinfo=UTC)
    offered = queries.interval_history([queue_id], *ends)["offered"]
    assert (len(offered), offered.sum()) == (366 * 96, 2)


@pytest.mark.parametrize("field", ["wait_s", "talk_s", "hold_s", "wrap_s"])
def test_a_negative_length_refuses_the_file_and_names_the_cell(
    project, tmp_path, field
):
    row = import_calls(project, [make_call(), make_call(**{field: -5})], tmp_path)

    assert (row.state, row.refusal) == (ImportState.REFUSED, "acd.rows_refused")
    assert problems() == [(3, field, "negative")]
    assert n_stored() == [0, 0, 0]


def test_an_answer_before_the_call_refuses_the_file(project, tmp_path):
    text = (
        "id,queue,offered at,answered at\n"
        "1,sales,2026-08-03T09:00:00Z,2026-08-03T08:59:00Z\n"
    )

    row = import_bytes(project, tmp_path, text.encode())

    assert row.state is ImportState.REFUSED
    assert problems() == [(2, "answered_at", "before-offered")]


def test_a_call_across_the_hour_that_comes_twice_waits_as_long_as_it_did(
    project, tmp_path
):
    text = (
        "id,queue,offered at,answered at,ended at\n"
        "1,sales,2026-10-25 02:50:00,2026-10-25 02:05:00,2026-10-25 02:10:00\n"
    )

    row = import_bytes(project, tmp_path, text.encode(), timezone="Europe/Berlin")

    contact = db.session.scalar(select(Contact))
    assert row.state is ImportState.DONE
    assert contact.offered_at == datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    assert (contact.wait_s, contact.talk_s) == (900, 300)


def test_a_log_whose_clock_goes_back_counts_no_negative_time(project, tmp_path):
    log = (
        b"1785747600|c1|sales|NONE|ENTERQUEUE||x|1\n"
        b"1785747590|c1|sales|ann|CONNECT|10|c1a|3\n"
        b"1785747580|c1|sales|ann|COMPLETEAGENT|10|60|1\n"
    )

    row = import_bytes(project, tmp_path, log, format_name="asterisk-queue-log")

    contact = db.session.scalar(select(Contact))
    assert row.state is ImportState.DONE
    assert (contact.wait_s, contact.talk_s) == (10, 60)


def test_an_agent_in_two_queues_counts_in_each_and_once_in_the_total(project, tmp_path):
    make_queue(project, code="support")
    calls = [
        make_call(agent="ann", talk_s=100),
        make_call(agent="ann", talk_s=40, queue="support"),
    ]

    import_calls(project, calls, tmp_path)

    found = db.session.execute(select(AgentDay.agent_id, AgentDay.talk_s)).all()
    assert sorted(talk for _agent, talk in found) == [40, 100]
    assert len({agent for agent, _talk in found}) == 1


@pytest.fixture
def long_line():
    good = csv_text([make_call(), make_call()]).splitlines()
    good.insert(2, "x" * 10_000_000)
    return "\n".join(good).encode()


def test_a_line_of_ten_megabytes_among_good_ones_refuses_the_file(
    project, tmp_path, long_line
):
    row = import_bytes(project, tmp_path, long_line)

    assert row.state is ImportState.REFUSED
    assert problems() == [(3, "", "line-too-long")]


def test_a_line_of_ten_megabytes_is_left_out_when_the_good_part_is_wanted(
    project, tmp_path, long_line
):
    row = import_bytes(project, tmp_path, long_line, keeps_good_part=True)

    assert (row.state, row.n_new, row.n_errors) == (ImportState.DONE, 2, 1)


def test_a_file_that_went_away_is_named(project, tmp_path):
    row = import_paths(project, [tmp_path / "gone.csv"], format_name="contacts-csv")

    assert row.state is ImportState.REFUSED
    assert row.refusal.startswith("not-found")


INTERVALS = (
    "queue,interval_start,offered,answered,abandoned,talk_s,wait_answered_s\n"
    "sales,{},5,4,1,400,20\n"
)


def test_a_queue_is_not_counted_from_contacts_and_from_intervals(project, tmp_path):
    calls = [make_call(), make_call(offered_at="2026-08-03T10:10:00Z")]
    import_calls(project, calls, tmp_path)
    text = INTERVALS.format("2026-08-03T10:00:00Z").encode()

    row = import_bytes(project, tmp_path, text, format_name="intervals-csv")

    assert (row.state, row.refusal) == (ImportState.REFUSED, "counted-otherwise")
    assert db.session.scalar(select(func.sum(QueueDay.offered))) == 2


def test_contacts_may_begin_where_counted_intervals_end(project, tmp_path):
    text = INTERVALS.format("2026-08-02T10:00:00Z").encode()
    import_bytes(project, tmp_path, text, format_name="intervals-csv")

    row = import_calls(project, [make_call()], tmp_path)

    assert row.state is ImportState.DONE
    assert db.session.scalar(select(func.sum(QueueDay.offered))) == 6
