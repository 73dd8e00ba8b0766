"""The published totals of August 1999 from the facts in the database, by any format."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from callcenter.acd import services
from callcenter.acd.models import AgentDay, QueueDay, QueueInterval, SourceName
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from tests.acd.connectors.reading import read
from tests.bench_data import bench_path
from tests.factories.acd import import_paths
from tests.factories.projects import make_project

ZONE = "Asia/Jerusalem"
AUGUST = {
    "offered": 38_710,
    "answered": 31_401,
    "abandoned": 7_309,
    "talk_s": 5_754_161,
    "wait_answered_s": 2_317_703,
}
FIRST_WEEK = {"offered": 10_982, "answered": 7_917, "abandoned": 3_065}


def totals(model, names):
    sums = (func.coalesce(func.sum(getattr(model, name)), 0) for name in names)
    row = db.session.execute(select(*sums)).one()
    return dict(zip(names, map(int, row), strict=True))


def load(path, format_name, **options):
    """Import, and make queues of the names in the file."""
    project = make_project(zone=ZONE)
    row = import_paths(project, [path], format_name=format_name, **options)
    with transaction():
        unknown = select(SourceName).where(SourceName.queue_id.is_(None))
        for name in db.session.scalars(unknown).all():
            if name.kind == "queue":
                db.session.refresh(name, ["project"])
                services.create_queue(name)
    run_queued()
    assert (row.state, row.n_errors, row.refusal) == ("done", 0, "")


def bank():
    return bench_path("acd/anonymous_bank_1999/august_1999.tsv.gz")


def given(folder):
    return bank(), {"timezone": ZONE}


def queue_log(folder):
    path = bench_path("acd/asterisk_queue_log/queue_log_1999-08.gz")
    return path, {"timezone": ZONE}


def contacts_csv(folder):
    rows = [
        f"{c.source_key},{c.queue},{c.agent},{c.offered_at},{c.wait_s},{c.talk_s},"
        f"{'answered' if c.outcome == 1 else 'abandoned'}"
        for c in read("anonymous-bank", bank()).contacts
    ]
    header = "contact id,queue,agent,offered at,wait,talk,outcome"
    path = folder / "contacts.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path, {}


def intervals_csv(folder):
    header = (
        "queue,interval_start,offered,answered,abandoned,answered_in_threshold,"
        "talk_s,hold_s,wrap_s,wait_answered_s"
    )
    facts = read("anonymous-bank", bank()).facts.facts()
    path = folder / "intervals.csv"
    rows = [",".join(map(str, fact)) for fact in facts]
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path, {}


def genesys(folder):
    path = folder / "conversations.json"
    contacts = read("anonymous-bank", bank()).contacts
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(conversation(c)) + "\n" for c in contacts)
    return path, {}


def conversation(contact):
    """A contact as Genesys Cloud tells it."""
    begun, wait_ms = contact.offered_at, contact.wait_s * 1000
    ends = begun + contact.wait_s + contact.talk_s
    waiting = [
        ("nOffered", 1),
        ("tAcd" if contact.outcome == 1 else "tAbandon", wait_ms),
    ]
    parts = [session("acd", "", contact, (begun, begun + contact.wait_s), waiting)]
    if contact.outcome == 1:
        spoken = [("tAnswered", wait_ms), ("tTalk", contact.talk_s * 1000)]
        when = (begun + contact.wait_s, ends)
        parts.append(session("agent", contact.agent, contact, when, spoken))
    return {
        "conversationId": contact.source_key,
        "conversationStart": stamp(begun),
        "conversationEnd": stamp(ends),
        "participants": parts,
    }


def session(purpose, agent, contact, when, metrics):
    segment = {"segmentStart": stamp(when[0]), "segmentEnd": stamp(when[1])}
    return {
        "purpose": purpose,
        "userId": agent,
        "sessions": [
            {
                "sessionId": f"{contact.source_key}-{purpose}",
                "mediaType": "voice",
                "segments": [{**segment, "queueId": contact.queue}],
                "metrics": [{"name": name, "value": value} for name, value in metrics],
            }
        ],
    }


def stamp(seconds):
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("format_name", "source"),
    [
        ("anonymous-bank", given),
        ("asterisk-queue-log", queue_log),
        ("contacts-csv", contacts_csv),
        ("intervals-csv", intervals_csv),
        ("genesys-conversation", genesys),
    ],
)
def test_august_1999_gives_the_known_totals(app, tmp_path, format_name, source):
    path, options = source(tmp_path)
    load(path, format_name, **options)

    days, quarters = (totals(model, AUGUST) for model in (QueueDay, QueueInterval))

    assert days == quarters == AUGUST
    in_time = totals(QueueDay, ["answered_in_threshold"])["answered_in_threshold"]
    assert round(in_time / days["offered"], 4) == 0.4096


def test_the_first_week_of_contact_records_gives_the_known_totals(app):
    path = bench_path("acd/amazon_connect/ctr_1999-08-01_07.ndjson.gz")
    load(path, "amazon-connect-ctr")

    assert totals(QueueDay, FIRST_WEEK) == FIRST_WEEK
    assert totals(QueueInterval, FIRST_WEEK) == FIRST_WEEK


def test_real_records_that_came_three_times_are_counted_once(app):
    path = bench_path("acd/amazon_connect/ctr_real_masked.ndjson")
    load(path, "amazon-connect-ctr")

    wanted = {"offered": 2, "talk_s": 239 + 33, "hold_s": 221, "wrap_s": 5 + 32}
    assert totals(QueueDay, wanted) == wanted
    assert totals(AgentDay, ["answered"])["answered"] == 0


def test_a_real_conversation_is_counted_in_whole_seconds(app):
    load(bench_path("acd/genesys_cloud/conversation1.json"), "genesys-conversation")

    wanted = {"offered": 1, "answered": 1, "talk_s": 375, "hold_s": 544}
    assert totals(QueueDay, wanted) == wanted
