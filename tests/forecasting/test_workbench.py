from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from callcenter.access.models import AuditEntry
from callcenter.acd.events import FactsChange, facts_corrected
from callcenter.acd.models import QueueDay, QueueInterval
from callcenter.engine.forecasting import METHODS, Method
from callcenter.engine.intervals import day_grid
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ForecastClosed, NoSuchDay
from callcenter.forecasting.models import (
    CountedDay,
    ForecastDay,
    HistoryChoice,
    Treatment,
)
from callcenter.forecasting.queries.curves import _runs
from callcenter.forecasting.services.forecasts.storing import (
    QueueResult,
    candidate_rows,
)
from callcenter.forecasting.views.workbench.slots import middle_range
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import run_queued
from callcenter.projects import queries as queries_of_projects
from tests.factories.access import make_user
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_queue

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
FIRST = MONDAY - timedelta(days=63)


@pytest.fixture
def queue(app):
    queue = make_queue(name="Bills")
    make_facts(queue, FIRST, 63)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


@pytest.fixture
def draft(queue):
    return make_forecast([queue], MONDAY, 35, name="March")


def door(forecast):
    """The forecast as a door loads it."""
    return queries.get_forecast(forecast.id, EVERYTHING)


def whole(queue):
    """The queue with its project, as a door loads it."""
    return queries_of_projects.get_queue(queue.id, EVERYTHING)


def counts(queue):
    return queries.fact_days(queue, FIRST, MONDAY)


def curves(queue, days, interval_s=900):
    zone = whole(queue).project.tz
    known = counts(queue)
    return queries.counted_curves(queue, days, known, zone=zone, interval_s=interval_s)


class TestMethods:
    def test_every_method_is_kept_with_its_days_and_their_shapes(self, draft, queue):
        row = queries.find_day(draft.id, queue.id, TUESDAY)

        chosen = draft.queues[0].method
        lines = queries.method_lines(draft.id, queue.id, {chosen, "naive"}, 1)

        by_name = {line.method: line for line in lines}
        used = by_name[chosen]
        assert set(by_name) == {method.value for method in METHODS}
        assert used.totals[1] == pytest.approx(row.model_total, rel=1e-5)
        assert used.curve == pytest.approx(row.mean, rel=1e-4, abs=1e-4)
        unseen = next(name for name in by_name if name not in {chosen, "naive"})
        assert by_name[unseen].curve is None

    @given(
        days=st.lists(st.floats(0, 1e5), min_size=1, max_size=12),
        kinds=st.integers(1, 4),
    )
    def test_total_times_shape_is_what_the_method_said(self, days, kinds):
        rng = np.random.default_rng(len(days))
        shapes = rng.random((kinds, 48)) * (rng.random((kinds, 48)) > 0.3) + 1e-6
        place = np.arange(len(days)) % kinds
        mean = np.array(days)[:, None] * shapes[place]
        zero = np.zeros_like(mean)
        result = QueueResult(1, "", "", 0, zero, zero, zero, zero)
        result.by_method["naive"] = mean

        (row,) = candidate_rows({}, result, np.ones_like(mean))

        distinct = row["shapes"].reshape(-1, 48)
        rebuilt = row["totals"][:, None] * distinct[row["shape_places"]]
        assert len(distinct) <= kinds + 1 + len(days)
        np.testing.assert_allclose(rebuilt, mean, rtol=1e-5, atol=1e-6)

    def test_another_method_changes_the_figures_and_keeps_what_people_changed(
        self, draft, queue
    ):
        planner = make_user("planner")
        with transaction():
            services.adjust_day(door(draft), queue.id, TUESDAY, 777, by=planner.id)
        before = {row.day: row for row in queries.day_rows(draft.id, queue.id)}
        db.session.expire_all()

        with transaction():
            found = door(draft)
            services.request_method(found, queue.id, "naive", "The launch is over")
        run_queued()

        after = {row.day: row for row in queries.day_rows(draft.id, queue.id)}
        row = door(draft).queues[0]
        assert after[TUESDAY].total == pytest.approx(777)
        assert after[TUESDAY].model_total != before[TUESDAY].model_total
        assert after[MONDAY].total != before[MONDAY].total
        assert (row.method, row.chosen_method) == ("naive", "naive")
        assert row.chosen_reason == "The launch is over"

    def test_the_choice_says_in_the_audit_what_was_before(self, draft, queue):
        with transaction():
            found = door(draft)
            services.request_method(found, queue.id, "median6", "Calmer")
        run_queued()

        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "forecasting.choose_method")
        ).one()
        fields = entry.changed_fields()
        assert fields["method"][1] == "median6"
        assert fields["reason"] == "Calmer"

    def test_what_every_method_said_is_what_choosing_it_gives(self, draft, queue):
        lines = queries.method_lines(draft.id, queue.id, (), 0)
        said = next(line for line in lines if line.method == "profile")

        result = services.calculate_queue(door(draft), queue.id, method="profile")

        np.testing.assert_allclose(result.mean.sum(axis=1), said.totals, rtol=1e-4)

    @pytest.mark.parametrize(
        ("method", "reason"), [("naive", "  "), ("oracle", "Why not")]
    )
    def test_needs_a_reason_and_a_method_that_there_is(
        self, draft, queue, method, reason
    ):
        with pytest.raises(Invalid):
            services.request_method(door(draft), queue.id, method, reason)

    def test_an_approved_forecast_keeps_its_method(self, queue):
        forecast = make_approved([queue], MONDAY)

        with pytest.raises(ForecastClosed):
            services.request_method(forecast, queue.id, Method.NAIVE, "Late")


class TestBands:
    def test_a_days_band_is_kept_and_narrower_than_its_intervals_together(
        self, draft, queue
    ):
        row = queries.day_rows(draft.id, queue.id, [TUESDAY])[1]

        width = row.total_upper - row.total_lower
        assert row.total_lower < row.model_total < row.total_upper
        assert width < (row.upper - row.lower).sum()

    def test_handling_times_have_bands_around_them(self, draft, queue):
        row = queries.find_day(draft.id, queue.id, TUESDAY)
        open_slots = row.mean > 0.0

        assert (row.aht_lower_s <= row.aht_s)[open_slots].all()
        assert (row.aht_upper_s >= row.aht_s)[open_slots].all()


class TestCountedDays:
    def test_a_copy_draws_what_the_facts_say(self, queue):
        grid = day_grid(FIRST, 63, zone=queue.project.tz, interval_s=900)
        days = [FIRST + timedelta(days=each) for each in range(63)]
        plain = curves(queue, days)
        with transaction():
            n = services.copy_counted_days(whole(queue), FIRST, MONDAY)

        assert n == 63
        np.testing.assert_array_equal(curves(queue, days), plain)
        np.testing.assert_array_equal(plain, queries.actual_volume(queue, grid))

    def test_half_hours_are_the_sum_of_their_quarters(self, queue):
        quarters, halves = curves(queue, [FIRST]), curves(queue, [FIRST], 1800)

        np.testing.assert_allclose(quarters.reshape(1, 48, 2).sum(axis=2), halves)

    def test_days_without_facts_are_unknown_and_no_zeros(self, queue):
        assert np.isnan(curves(queue, [MONDAY])).all()

    def test_a_stale_copy_is_passed_over(self, queue):
        with transaction():
            services.copy_counted_days(whole(queue), FIRST, MONDAY)
        with transaction():
            raise_facts(queue, FIRST, 3)

        assert curves(queue, [FIRST]).sum() == counts(queue)[FIRST]

    def test_a_correction_that_keeps_the_sum_is_copied_by_a_job(self, queue):
        with transaction():
            services.copy_counted_days(whole(queue), FIRST, MONDAY)
        before = curves(queue, [FIRST])
        with transaction():
            swap_two_quarters(queue, FIRST)
            facts_corrected.send(FactsChange(queue.project_id, [FIRST]))

        run_queued()

        zone = whole(queue).project.tz
        grid = day_grid(FIRST, 1, zone=zone, interval_s=900)
        after = curves(queue, [FIRST])
        assert not np.array_equal(before, after)
        np.testing.assert_array_equal(after, queries.actual_volume(queue, grid))

    def test_making_a_forecast_copies_what_its_page_shows(self, queue):
        with transaction():
            services.make_forecast([queue], MONDAY, 7)
        run_queued()

        assert len(db.session.scalars(select(CountedDay.day)).all()) == 63

    @given(st.sets(st.integers(0, 800), max_size=40))
    def test_missing_days_are_read_in_at_most_two_stretches(self, offsets):
        days = sorted(FIRST + timedelta(days=each) for each in offsets)

        runs = _runs(days)

        assert [day for run in runs for day in run] == days
        assert len(runs) <= 2
        assert all(a < b for run in runs for a, b in pairwise(run))

    @given(
        st.lists(
            st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=4, max_size=4),
            min_size=1,
            max_size=30,
        )
    )
    def test_the_middle_of_weeks_passes_over_what_is_unknown(self, weeks):
        values = np.array(weeks, dtype=float)

        low, middle, high = middle_range(values)

        for place in range(4):
            known = values[:, place][np.isfinite(values[:, place])]
            wanted = np.quantile(known, [0.1, 0.5, 0.9]) if known.size else [np.nan] * 3
            found = [low[place], middle[place], high[place]]
            np.testing.assert_allclose(found, wanted, atol=1e-9)


def raise_facts(queue, day, by):
    """More contacts in the first quarter of a day, and in its sum."""
    at = QueueInterval
    first = db.session.scalar(
        select(at.interval_start)
        .where(at.queue_id == queue.id, at.day == day)
        .order_by(at.interval_start)
    )
    db.session.execute(
        update(at)
        .where(at.queue_id == queue.id, at.interval_start == first)
        .values(offered=at.offered + by)
    )
    db.session.execute(
        update(QueueDay)
        .where(QueueDay.queue_id == queue.id, QueueDay.day == day)
        .values(offered=QueueDay.offered + by)
    )


def swap_two_quarters(queue, day):
    """Exchange two quarters that differ; the day's sum stays."""
    at = QueueInterval
    rows = db.session.scalars(
        select(at).where(at.queue_id == queue.id, at.day == day).order_by(at.offered)
    ).all()
    least, most = rows[0], rows[-1]
    least.offered, most.offered = most.offered, least.offered


class TestTakingBack:
    @pytest.mark.parametrize("seed", range(4))
    def test_all_of_ones_own_can_go_and_come_back(self, draft, queue, seed):
        rng = np.random.default_rng(seed)
        people = [make_user("planner").id, make_user("planner").id]
        with transaction():
            for _nth in range(8):
                services.adjust_day(
                    door(draft),
                    queue.id,
                    MONDAY + timedelta(days=int(rng.integers(3))),
                    float(rng.integers(1000)),
                    first_slot=int(rng.integers(32, 60)),
                    end_slot=70,
                    by=people[int(rng.integers(2))],
                )
        before = totals(draft, queue)

        with transaction():
            gone = services.undo_own_adjustments(door(draft), queue.id, by=people[0])
        left = queries.adjustments(draft.id, queue.id)
        with transaction():
            again = [db.session.merge(each) for each in gone]
            services.restore_adjustments(door(draft), again)

        assert {each.made_by_id for each in left} == {people[1]}
        assert len(queries.adjustments(draft.id, queue.id)) == 8
        assert totals(draft, queue) == pytest.approx(before)

    def test_what_came_before_the_changes_is_exactly_restored(self, draft, queue):
        planner = make_user("planner")
        before = totals(draft, queue)
        with transaction():
            services.adjust_day(door(draft), queue.id, TUESDAY, 5, by=planner.id)

        with transaction():
            services.undo_own_adjustments(door(draft), queue.id, by=planner.id)

        assert totals(draft, queue) == pytest.approx(before)


def totals(forecast, queue):
    return [row.total for row in queries.day_rows(forecast.id, queue.id)]


class TestComments:
    def test_belong_to_a_day_a_queue_or_the_whole(self, draft, queue):
        with transaction():
            found = door(draft)
            services.add_note(found, "Mailing", queue_id=queue.id, day=TUESDAY)
            services.add_note(found, "Steady", queue_id=queue.id)
            services.add_note(found, "Ready")

        _changes, comments, _names = queries.remarks(draft.id, queue.id)

        assert [(c.words, c.queue_id, c.day) for c in comments] == [
            ("Ready", None, None),
            ("Steady", queue.id, None),
            ("Mailing", queue.id, TUESDAY),
        ]

    def test_no_day_outside_the_forecast_is_spoken_of(self, draft, queue):
        outside = MONDAY + timedelta(days=90)

        with pytest.raises(NoSuchDay):
            services.add_note(door(draft), "?", queue_id=queue.id, day=outside)


class TestOpenEnds:
    def test_names_days_beyond_all_that_was_counted_and_silent_changes(
        self, draft, queue
    ):
        with transaction():
            services.adjust_day(door(draft), queue.id, TUESDAY, 9999)

        (ends,) = queries.open_ends(door(draft))

        assert [each.day for each in ends.far_days] == [TUESDAY]
        assert ends.far_days[0].most < 9999
        assert ends.n_without_reason == 1

    def test_findings_stay_open_until_somebody_chose(self, app):
        queue = make_queue()
        gap = MONDAY - timedelta(days=20)
        make_facts(queue, FIRST, 63, without={gap})
        with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
            draft = make_forecast([queue], MONDAY, 7)
            (ends,) = queries.open_ends(door(draft))
            with transaction():
                for each in ends.findings:
                    choice = HistoryChoice(
                        queue_id=queue.id,
                        first_day=each.day,
                        last_day=each.day,
                        treatment=Treatment.KEEP,
                    )
                    db.session.add(choice)

            (settled,) = queries.open_ends(door(draft))

        assert gap in {each.day for each in ends.findings}
        assert settled.findings == []

    def test_the_mark_of_changes_moves_with_every_one_and_its_way_back(
        self, draft, queue
    ):
        marks = [queries.changes_seen(draft.id)]
        with transaction():
            change = services.adjust_day(door(draft), queue.id, TUESDAY, 5)
        marks.append(queries.changes_seen(draft.id))
        with transaction():
            services.undo_adjustment(door(draft), db.session.merge(change))
        marks.append(queries.changes_seen(draft.id))

        assert len(set(marks)) == 3

    def test_forecasts_from_before_the_bands_are_shown_without(self, draft, queue):
        with transaction():
            db.session.execute(
                update(ForecastDay).values(total_lower=None, total_upper=None)
            )

        assert queries.day_rows(draft.id, queue.id)[0].total_upper is None
