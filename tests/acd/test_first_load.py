"""A first large import into empty tables: the same rows and facts, sooner."""

import pytest
from sqlalchemy import inspect, select

from callcenter.acd import services
from callcenter.acd.models import (
    AgentDay,
    AgentInterval,
    Contact,
    ContactKey,
    ImportState,
    QueueDay,
    QueueInterval,
)
from callcenter.acd.services import first_load, spool
from callcenter.kernel.db import db, dialect_name, transaction
from tests.factories.acd import import_calls, make_call
from tests.factories.people import make_employee
from tests.factories.projects import make_project, make_queue

FACTS = (QueueInterval, QueueDay, AgentInterval, AgentDay)


@pytest.fixture
def project(app, monkeypatch):
    monkeypatch.setattr(first_load, "FEWEST_ROWS", 10)
    monkeypatch.setattr(first_load, "SLICE_ROWS", 7)
    monkeypatch.setattr(spool, "CHUNK_ROWS", 10)
    monkeypatch.setattr("callcenter.acd.connectors.csv_rows.BATCH_ROWS", 10)
    project = make_project(zone="UTC")
    make_queue(project, code="sales")
    make_queue(project, code="support")
    make_employee(acd_login="ann")
    make_employee(acd_login="bob")
    return project


def calls(n=60):
    """Calls of two days whose order in the file is not that of time."""
    return [
        make_call(
            call_id=f"c{number}",
            queue=("sales", "support", "unheard of")[number % 3],
            agent=("ann", "bob", "stranger", "")[number % 4],
            offered_at=f"2026-08-0{3 + number % 2}T{8 + number * 7 % 10:02}:"
            f"{number * 13 % 60:02}:00Z",
            talk_s=60 + number,
        )
        for number in range(n)
    ]


def facts():
    return [
        sorted(map(tuple, db.session.execute(select(model.__table__))))
        for model in FACTS
    ]


def indexes():
    look = inspect(db.session.connection())
    return {
        table.name: (
            look.get_pk_constraint(table.name)["name"],
            sorted(index["name"] for index in look.get_indexes(table.name)),
        )
        for table in first_load.TABLES
    }


def n_keys_that_lead_to_their_contact():
    joined = select(ContactKey.key_hash).join(
        Contact, Contact.id == ContactKey.contact_id
    )
    return len(db.session.execute(joined).all())


def test_the_facts_are_those_of_counting_every_day_anew(project, tmp_path):
    before = indexes()

    row = import_calls(project, calls(), tmp_path)

    assert (row.state, row.n_new) == (ImportState.DONE, 60)
    assert indexes() == before
    assert n_keys_that_lead_to_their_contact() == 60
    kept = facts()
    with transaction():
        days = db.session.scalars(select(QueueDay.day)).all()
        services.recount_facts(project, days)
    assert facts() == kept


def test_it_takes_the_way_of_the_first_load_on_postgresql(
    project, tmp_path, monkeypatch
):
    seen = []
    slices = first_load.slices
    monkeypatch.setattr(
        first_load, "slices", lambda *given: seen.append(1) or slices(*given)
    )

    import_calls(project, calls(30), tmp_path)
    import_calls(project, calls(60), tmp_path)

    assert len(seen) == (dialect_name() == "postgresql")


def test_what_comes_after_it_neither_loses_nor_doubles(project, tmp_path):
    import_calls(project, calls(40), tmp_path)

    later = import_calls(project, calls(60)[20:], tmp_path)

    assert (later.n_new, later.n_unchanged) == (20, 20)
    assert n_keys_that_lead_to_their_contact() == 60


def test_a_key_that_comes_twice_in_the_files_is_stored_once(project, tmp_path):
    row = import_calls(project, [*calls(30), *calls(30)], tmp_path)

    assert (row.n_new, row.n_unchanged) == (30, 30)
    assert n_keys_that_lead_to_their_contact() == 30


@pytest.mark.postgres
def test_a_load_that_breaks_off_leaves_the_tables_as_they_were(
    project, tmp_path, monkeypatch
):
    before = indexes()
    db.session.commit()

    def break_off(*_given):
        raise RuntimeError("the power went")
        yield

    monkeypatch.setattr(first_load, "slices", break_off)
    with pytest.raises(RuntimeError, match="power"):
        import_calls(project, calls(30), tmp_path)
    db.session.rollback()

    assert indexes() == before
    monkeypatch.undo()
    assert services.finish_killed() == 1
    assert n_keys_that_lead_to_their_contact() == 30
