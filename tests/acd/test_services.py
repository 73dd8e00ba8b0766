"""Importing: what comes in counts once, whatever happens on the way."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from callcenter.acd import services
from callcenter.acd.events import facts_corrected, facts_loaded
from callcenter.acd.models import (
    AgentDay,
    AgentInterval,
    AgentTimeDay,
    Contact,
    DirtyDay,
    Import,
    ImportState,
    QueueDay,
    QueueInterval,
    SourceName,
)
from callcenter.acd.services import applying
from callcenter.acd.services.recounting import repeats
from callcenter.acd.services.rows import encoded, hash_keys
from callcenter.kernel import clock
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from callcenter.projects.models import Project
from callcenter.projects.services import save_target
from tests.factories.acd import csv_text, import_calls, import_paths, make_call
from tests.factories.people import make_employee
from tests.factories.projects import make_project, make_queue, make_target

SUMS = ("offered", "answered", "abandoned", "answered_in_threshold")
SECONDS = ("talk_s", "hold_s", "wrap_s", "wait_answered_s", "wait_abandoned_s")


def totals(model=QueueDay, names=(*SUMS, *SECONDS)):
    row = db.session.execute(
        select(*(func.coalesce(func.sum(getattr(model, name)), 0) for name in names))
    ).one()
    return dict(zip(names, map(int, row), strict=True))


def all_facts(*models):
    found = []
    for model in models:
        keys = [column.name for column in model.__table__.columns]
        rows = db.session.execute(select(model.__table__)).all()
        found.append(sorted(tuple(map(str, row)) for row in rows if any_sum(keys, row)))
    return found


def any_sum(keys, row):
    """Cells that came to nothing count as not there."""
    values = dict(zip(keys, row, strict=True))
    held = {"queue_id", "agent_id", "interval_start", "day", "threshold_s"}
    return any(value for key, value in values.items() if key not in held)


@pytest.fixture
def project(app):
    project = make_project(zone="Asia/Shanghai")
    make_queue(project, code="sales")
    make_employee(acd_login="ann")
    return project


class TestImport:
    def test_counts_calls_by_queue_agent_quarter_and_local_day(self, project, tmp_path):
        calls = [
            make_call(agent="ann", offered_at="2026-08-03T15:59:59Z"),
            make_call(agent="ann", offered_at="2026-08-03T16:00:00Z", wait_s=21),
        ]

        import_calls(project, calls, tmp_path)

        days = db.session.execute(select(QueueDay.day, QueueDay.offered)).all()
        assert sorted(map(tuple, days)) == [
            (date(2026, 8, 3), 1),
            (date(2026, 8, 4), 1),
        ]
        assert totals() == {
            "offered": 2,
            "answered": 2,
            "abandoned": 0,
            "answered_in_threshold": 1,
            "talk_s": 200,
            "hold_s": 0,
            "wrap_s": 40,
            "wait_answered_s": 31,
            "wait_abandoned_s": 0,
        }
        assert totals(AgentInterval, ("answered", "talk_s")) == {
            "answered": 2,
            "talk_s": 200,
        }

    def test_uses_the_threshold_that_holds_for_the_queue(self, app, tmp_path):
        project = make_project(zone="UTC")
        make_target(make_queue(project, code="sales"), sl_threshold_s=60)

        import_calls(project, [make_call(wait_s=60), make_call(wait_s=61)], tmp_path)

        assert totals()["answered_in_threshold"] == 1

    def test_the_same_file_twice_changes_nothing(self, project, tmp_path):
        calls = [make_call(agent="ann"), make_call(customer="1")]
        import_calls(project, calls, tmp_path)
        before = all_facts(QueueInterval, QueueDay, AgentInterval, AgentDay)

        again = import_calls(project, calls, tmp_path)

        assert (again.n_new, again.n_corrected, again.n_unchanged) == (0, 0, 2)
        assert all_facts(QueueInterval, QueueDay, AgentInterval, AgentDay) == before

    def test_overlapping_files_neither_lose_nor_double(self, project, tmp_path):
        calls = [make_call(call_id=f"k{n}") for n in range(30)]

        import_calls(project, calls[:20], tmp_path)
        late = import_calls(project, calls[10:], tmp_path)

        assert (late.n_new, late.n_unchanged) == (10, 10)
        assert totals()["offered"] == 30

    def test_a_corrected_row_replaces_what_it_corrects(self, project, tmp_path):
        call = make_call(call_id="k", agent="ann")
        import_calls(project, [call], tmp_path)
        heard = []

        def hear(change):
            heard.append(change)

        facts_corrected.connect(hear)
        moved = {**call, "offered_at": "2026-08-05T09:00:00Z", "talk_s": 300}
        row = import_calls(project, [moved], tmp_path)
        facts_corrected.disconnect(hear)

        assert row.n_corrected == 1
        assert totals()["offered"] == 1
        assert totals()["talk_s"] == 300
        assert list(heard[0].days) == [date(2026, 8, 3), date(2026, 8, 5)]

    def test_tells_others_which_days_were_loaded(self, project, tmp_path):
        heard = []

        def hear(change):
            heard.append(change)

        facts_loaded.connect(hear)
        import_calls(project, [make_call()], tmp_path)
        facts_loaded.disconnect(hear)

        assert [list(change.days) for change in heard] == [[date(2026, 8, 3)]]

    def test_a_bad_row_refuses_the_whole_file(self, project, tmp_path):
        row = import_calls(project, [make_call(), make_call(talk_s=-1)], tmp_path)

        assert row.state is ImportState.REFUSED
        assert row.n_errors == 1
        assert db.session.scalar(select(func.count()).select_from(Contact)) == 0

    def test_the_good_part_is_kept_when_asked_for(self, project, tmp_path):
        calls = [make_call(), make_call(talk_s=-1)]

        row = import_calls(project, calls, tmp_path, keeps_good_part=True)

        assert (row.state, row.n_new, row.n_errors) == (ImportState.DONE, 1, 1)

    def test_a_killed_import_goes_on_where_it_stopped(
        self, project, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("callcenter.acd.services.spool.CHUNK_ROWS", 1)
        paths = []
        for n in range(1, 6):
            paths.append(tmp_path / f"{n}.csv")
            call = make_call(offered_at=f"2026-08-0{n}T09:00:00Z")
            paths[-1].write_text(csv_text([call]), encoding="utf-8")
        stops = iter([False, False, True])
        real = applying.apply_chunk

        def killed(*args):
            if next(stops, False):
                raise KeyboardInterrupt
            return real(*args)

        monkeypatch.setattr(applying, "apply_chunk", killed)
        with pytest.raises(KeyboardInterrupt):
            import_paths(project, paths, format_name="contacts-csv")
        stopped = db.session.scalar(select(Import))
        services.carry_out(stopped.id, [])

        assert services.load_import(stopped.id).state is ImportState.DONE
        assert totals()["offered"] == 5


class TestUnknownNames:
    def test_contacts_of_an_unknown_queue_wait_and_count_once_mapped(
        self, app, tmp_path
    ):
        project = make_project(zone="UTC")
        import_calls(project, [make_call(), make_call(agent="bob")], tmp_path)
        assert totals()["offered"] == 0
        queue, bob = make_queue(project, name="New"), make_employee()

        with transaction():
            queue_name, agent_name = (
                db.session.scalar(select(SourceName).where(SourceName.name == name))
                for name in ("sales", "bob")
            )
            assert (queue_name.n_waiting, agent_name.n_waiting) == (2, 1)
            services.map_queue(queue_name, queue.id)
            services.map_agent(agent_name, bob.id)
        run_queued()

        assert totals()["offered"] == 2
        assert totals(AgentDay, ("answered",)) == {"answered": 1}

    def test_the_next_file_needs_no_mapping(self, app, tmp_path):
        project = make_project(zone="UTC")
        import_calls(project, [make_call()], tmp_path)
        with transaction():
            name = db.session.scalar(select(SourceName))
            services.create_queue(name)
        run_queued()

        import_calls(project, [make_call()], tmp_path)

        assert totals()["offered"] == 2


class TestRepeats:
    def test_counts_whose_customer_came_again_within_a_week(self, project, tmp_path):
        calls = [
            make_call(customer="A", offered_at="2026-08-03T09:00:00Z"),
            make_call(customer="A", offered_at="2026-08-09T09:00:00Z"),
            make_call(customer="A", offered_at="2026-08-20T09:00:00Z"),
            make_call(customer="B", offered_at="2026-08-03T09:00:00Z"),
        ]

        import_calls(project, calls, tmp_path)
        run_queued()

        assert totals(QueueDay, ("identified", "repeated")) == {
            "identified": 4,
            "repeated": 1,
        }
        assert db.session.scalar(select(func.count()).select_from(DirtyDay)) == 0

    def test_a_late_contact_makes_an_earlier_day_repeated(self, project, tmp_path):
        early = make_call(customer="A", offered_at="2026-08-03T09:00:00Z")
        import_calls(project, [early], tmp_path)
        run_queued()

        late = make_call(customer="A", offered_at="2026-08-06T09:00:00Z")
        import_calls(project, [late], tmp_path)
        run_queued()

        found = select(QueueDay.repeated).where(QueueDay.day == date(2026, 8, 3))
        assert db.session.scalar(found) == 1

    def test_looks_only_as_far_as_asked(self):
        customer, at = np.array([1, 1, 2, 1]), np.array([0, 10, 11, 100])

        assert repeats(customer, at, 10).tolist() == [True, False, False, False]


class TestRecount:
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(data=st.data())
    def test_facts_kept_by_differences_equal_facts_counted_anew(
        self, project, tmp_path, data
    ):
        call = st.builds(
            make_call,
            call_id=st.sampled_from("abcdefgh"),
            agent=st.sampled_from(["ann", ""]),
            offered_at=st.sampled_from(
                [f"2026-08-0{d}T{h}:14:00Z" for d in (1, 2, 3) for h in ("09", "17")]
            ),
            outcome=st.sampled_from(["answered", "abandoned"]),
            wait_s=st.integers(0, 60),
            talk_s=st.integers(0, 900),
        )
        for _file in range(data.draw(st.integers(1, 3))):
            calls = data.draw(
                st.lists(call, max_size=8, unique_by=lambda c: c["call_id"])
            )
            import_calls(project, calls, tmp_path)
        models = (QueueInterval, QueueDay, AgentInterval, AgentDay)
        kept = all_facts(*models)

        with transaction():
            mine = db.session.get_one(Project, project.id)
            days = [date(2026, 8, day) for day in range(1, 5)]
            services.recount_facts(mine, days)

        assert all_facts(*models) == kept


class TestHashes:
    @given(st.lists(st.text(min_size=1, max_size=60), unique=True, max_size=40))
    def test_a_key_has_the_same_digest_in_any_company(self, texts):
        texts = [t for t in texts if "\0" not in t and t.isprintable()]
        together = hash_keys(encoded(texts), 7).tolist()

        alone = [hash_keys(encoded([text]), 7).tolist()[0] for text in texts]

        assert together == alone
        assert len(set(together)) == len(texts)


class TestAgentTime:
    def test_states_become_time_signed_in_available_and_paused(self, app, tmp_path):
        project = make_project(zone="UTC")
        make_employee(acd_login="Agent/1")
        log = tmp_path / "queue_log"
        log.write_text(
            "1785747600|NONE|q|Agent/1|ADDMEMBER|\n"
            "1785749400|NONE|q|Agent/1|PAUSE|lunch\n"
            "1785751200|NONE|q|Agent/1|UNPAUSE|\n"
            "1785753000|NONE|q|Agent/1|REMOVEMEMBER|\n",
            encoding="utf-8",
        )

        import_paths(project, [log], format_name="asterisk-queue-log")

        assert totals(AgentTimeDay, ("login_s", "available_s", "pause_s")) == {
            "login_s": 5400,
            "available_s": 3600,
            "pause_s": 1800,
        }


class TestRetarget:
    def test_days_are_counted_again_with_the_new_threshold(self, app, tmp_path):
        project = make_project(zone="UTC")
        queue = make_queue(project, code="sales")
        import_calls(project, [make_call(wait_s=45), make_call(wait_s=70)], tmp_path)
        assert totals()["answered_in_threshold"] == 0

        with transaction():
            save_target(
                queue,
                None,
                starts_on=date(2026, 1, 1),
                ends_on=None,
                sl_target=0.8,
                sl_threshold_s=60,
            )
        run_queued()

        assert totals()["answered_in_threshold"] == 1

    def test_days_before_the_change_stay_as_they_were(self, app, tmp_path):
        project = make_project(zone="UTC")
        queue = make_queue(project, code="sales")
        make_target(queue, starts_on=date(2026, 1, 1), sl_threshold_s=60)
        calls = [
            make_call(wait_s=45, offered_at=f"2026-08-0{day}T09:00:00Z")
            for day in (1, 2, 3)
        ]
        import_calls(project, calls, tmp_path)

        with transaction():
            save_target(
                queue,
                None,
                starts_on=date(2026, 8, 3),
                ends_on=None,
                sl_target=0.8,
                sl_threshold_s=30,
            )
            marked = list(db.session.scalars(select(DirtyDay.day)))
        run_queued()

        assert marked == [date(2026, 8, 3)]
        assert totals()["answered_in_threshold"] == 2

    def test_a_change_that_counts_nothing_otherwise_marks_no_day(self, app, tmp_path):
        project = make_project(zone="UTC")
        queue = make_queue(project, code="sales")
        target = make_target(queue, starts_on=date(2026, 1, 1), sl_threshold_s=60)
        import_calls(project, [make_call()], tmp_path)

        with transaction():
            starts_on = target.starts_on
            save_target(queue, target, starts_on=starts_on, ends_on=None)

        assert db.session.scalar(select(func.count()).select_from(DirtyDay)) == 0


class TestUploads:
    def test_files_go_a_month_after_their_import(self, project, tmp_path):
        row = import_calls(project, [make_call()], tmp_path)
        folder = services.folder_of(row.id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "calls.csv").write_text("id", encoding="utf-8")
        assert services.delete_old_uploads() == 0

        with clock.frozen(clock.now() + timedelta(days=31)):
            assert services.delete_old_uploads() == 1

        assert not folder.exists()
        assert totals()["offered"] == 1
