"""How forecasts came true: what counts, additive sums, the page and its limits."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from callcenter.access.models import ScopeKind
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import (
    N_FIGURES,
    Accuracy,
    ForecastKind,
    Lead,
    SlotAccuracy,
)
from callcenter.forecasting.queries import Grain, Measure, Misses, Question, Source
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_project, make_queue

MONDAY = date(2026, 3, 2)
LATER = datetime(2026, 3, 16, 8, tzinfo=UTC)
SPAN = (MONDAY, MONDAY + timedelta(days=13))


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def queue(app):
    """A queue with an approved forecast, a snapshot, and two weeks that came true."""
    queue = make_queue(make_project(zone="UTC"), name="Bills")
    make_facts(queue, MONDAY - timedelta(days=63), 63, hours=(10, 14))
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        make_approved([queue], MONDAY, 14, name="Plan")
        snapshot = make_forecast([queue], MONDAY, 14, name="Snapshot")
        snapshot.kind = ForecastKind.REFRESH
        db.session.commit()
    make_facts(queue, MONDAY, 14, hours=(10, 14), seed=5)
    with clock.frozen(LATER):
        found = queries.forecasts_covering(queue.project_id, *SPAN)
        services.measure_days(found, *SPAN)
        db.session.commit()
        yield queue


def ask(**values):
    return Question(*SPAN, **values)


def total(found):
    whole = Misses()
    for each in found.values():
        whole = whole.plus(each)
    return whole


class TestWhatCounts:
    def forecast(self, number, known, **values):
        return SimpleNamespace(
            **{
                "id": number,
                "first_day": known + timedelta(days=1),
                "n_days": 448,
                "history_last": known,
                "approved_at": None,
                "approved_from": None,
                "made_at": datetime(2026, 1, 1, tzinfo=UTC),
                "kind": ForecastKind.REFRESH,
                "tz": UTC,
                **values,
            }
        )

    @pytest.mark.parametrize(
        ("days", "lead"),
        [
            (-3, Lead.DAY),
            (1, Lead.DAY),
            (2, Lead.WEEK),
            (7, Lead.WEEK),
            (8, Lead.MONTH),
            (28, Lead.MONTH),
            (29, Lead.LATER),
            (91, Lead.LATER),
            (92, Lead.FAR),
            (448, Lead.FAR),
        ],
    )
    def test_leads_fall_into_classes(self, days, lead):
        assert Lead.of(days) is lead

    def test_the_newest_snapshot_of_each_class_counts(self):
        weekly = [
            self.forecast(n, date(2026, 1, 4) - timedelta(weeks=n)) for n in range(30)
        ]
        day = date(2026, 1, 7)

        with clock.frozen(LATER):
            counts = services.counting(weekly, day, day)

        taken = {key[0] for key, each in counts.items() if each.as_snapshot}
        ahead = sorted(services.lead_days(weekly[n], day) for n in taken)
        assert ahead == [3, 10, 31, 94]
        assert not any(each.as_plan for each in counts.values())

    def test_a_plan_counts_from_the_day_for_which_it_was_approved(self):
        approved = self.forecast(
            1,
            date(2026, 1, 4),
            kind=ForecastKind.PLANNED,
            approved_at=LATER,
            approved_from=date(2026, 1, 7),
        )

        with clock.frozen(LATER):
            counts = services.counting([approved], date(2026, 1, 6), date(2026, 1, 7))

        assert [each.as_plan for each in counts.values()] == [False, True]

    def test_days_that_are_not_over_are_not_measured(self):
        made = self.forecast(1, date(2026, 3, 1))

        with clock.frozen(LATER):
            counts = services.counting([made], date(2026, 3, 15), date(2026, 3, 17))

        assert [day for _id, day in counts] == [date(2026, 3, 15)]


class TestSums:
    def test_by_every_key_are_the_same_whole(self, queue):
        for measure in Measure:
            wholes = [
                total(queries.accuracy_sums(ask(measure=measure), EVERYTHING, key))
                for key in ("queue", "lead", "day", "week")
            ]
            for each in wholes[1:]:
                assert each == pytest.approx(wholes[0])

    def test_are_those_of_the_slots(self, queue):
        for measure in Measure:
            days = total(queries.accuracy_sums(ask(measure=measure), EVERYTHING, "day"))
            slots = total(
                dict(enumerate(queries.slot_misses(ask(measure=measure), EVERYTHING)))
            )
            for name in ("truth", "said", "miss", "naive_miss", "median_miss"):
                assert getattr(slots, name) == pytest.approx(
                    getattr(days, name), rel=1e-5
                )
            assert slots.n_in_band == days.n_in_band

    def test_errors_cancel_out_within_the_grain(self, queue):
        miss = [
            total(queries.accuracy_sums(ask(grain=grain), EVERYTHING, "week")).miss
            for grain in Grain
        ]
        rows = db.session.scalars(select(Accuracy).where(Accuracy.counts_as_plan)).all()
        by_day = sum(abs(row.actual - row.planned) for row in rows)

        assert miss[0] > miss[1] > miss[2] >= 0
        assert miss[1] == pytest.approx(by_day)

    def test_a_better_forecast_than_naive_shows(self, queue):
        found = total(queries.accuracy_sums(ask(), EVERYTHING, "week"))

        assert 0 < found.wape < found.naive_wape
        assert found.median_wape < found.naive_wape
        assert 0.6 < found.in_band < 0.95

    def test_plan_and_snapshot_are_kept_apart(self, queue):
        rows = db.session.scalars(select(Accuracy)).all()
        by_source = {
            source: total(queries.accuracy_sums(ask(source=source), EVERYTHING, "day"))
            for source in Source
        }

        assert len(rows) == 28
        assert by_source[Source.PLAN].n_days == by_source[Source.SNAPSHOT].n_days == 14

    def test_measuring_again_changes_nothing(self, queue):
        def known():
            rows = db.session.execute(
                select(Accuracy.forecast_id, Accuracy.day, Accuracy.abs_error).order_by(
                    Accuracy.forecast_id, Accuracy.day
                )
            ).all()
            return [tuple(row) for row in rows], len(
                db.session.scalars(select(SlotAccuracy.day)).all()
            )

        before = known()
        services.measure_days(
            queries.forecasts_covering(queue.project_id, *SPAN), *SPAN
        )

        assert known() == before

    def test_what_was_measured_outlives_the_days_of_the_snapshot(self, queue):
        from sqlalchemy import delete

        from callcenter.forecasting.models import ForecastDay

        db.session.execute(delete(ForecastDay))
        services.measure_days(
            queries.forecasts_covering(queue.project_id, *SPAN), *SPAN
        )

        assert len(db.session.scalars(select(Accuracy.day)).all()) == 28


FIGURES = st.integers(1, 4).flatmap(
    lambda n: st.lists(
        st.lists(
            st.floats(0, 1000, width=32), min_size=3 * N_FIGURES, max_size=3 * N_FIGURES
        ),
        min_size=n,
        max_size=n,
    )
)


class TestSlots:
    @settings(deadline=None)
    @given(FIGURES, st.sampled_from(Measure))
    def test_add_up_to_what_is_counted_directly(self, values, measure):
        figures = np.array(values, dtype="<f4").reshape(-1, N_FIGURES, 3)
        offset = 0 if measure is Measure.VOLUME else 6

        found = queries.misses_by_slot(figures, measure)

        truth, said = figures[:, offset], figures[:, offset + 1]
        for place, each in enumerate(found):
            assert each.truth == pytest.approx(float(truth[:, place].sum()), rel=1e-5)
            assert each.miss == pytest.approx(
                sum(
                    abs(float(a) - float(b))
                    for a, b in zip(truth[:, place], said[:, place], strict=True)
                ),
                rel=1e-4,
                abs=1e-3,
            )

    @settings(deadline=None)
    @given(st.lists(st.tuples(*[st.floats(0, 1e6)] * 11), max_size=5))
    def test_sums_do_not_depend_on_the_order(self, rows):
        misses = [Misses(*row) for row in rows]

        there = total(dict(enumerate(misses)))
        back = total(dict(enumerate(reversed(misses))))

        assert there == pytest.approx(back)

    def test_what_is_unknown_counts_neither_above_nor_below(self):
        figures = np.ones((2, N_FIGURES, 1), dtype="<f4")
        figures[0, 2] = np.nan

        (found,) = queries.misses_by_slot(figures, Measure.VOLUME)

        assert (found.naive_truth, found.naive_miss) == (1.0, 0.0)
        assert found.median_truth == 2.0


class TestPage:
    def test_shows_every_side(self, queue, sign_in_as):
        browser = sign_in_as("planner")

        for by in ("queue", "lead", "weekday", "slot", "day", "week"):
            for rest in ("", "&measure=aht", "&grain=week&source=snapshot"):
                page = browser.get(f"/forecasts/accuracy?by={by}{rest}")
                assert page.status_code == 200
                assert f'id="by-{by}"' in text(page)

    def test_asks_few_queries_in_little_time(self, queue, sign_in_as, count_queries):
        browser = sign_in_as("planner")
        browser.get("/forecasts/accuracy")
        counts = []
        for by in ("queue", "lead", "weekday", "slot", "day", "week"):
            count_queries()
            browser.get(f"/forecasts/accuracy?by={by}")
            counts.append(count_queries())

        assert max(counts) <= 12

    def test_leads_down_to_a_day(self, queue, sign_in_as):
        browser = sign_in_as("planner")

        page = text(browser.get(f"/forecasts/accuracy?queue={queue.id}&by=day"))
        day = browser.get(f"/queues/{queue.id}/accuracy/2026-03-03")

        assert f"/queues/{queue.id}/accuracy/2026-03-03" in page
        assert "Plan" in text(day)
        assert 'id="day-chart"' in text(day)

    def test_is_a_file_too(self, queue, sign_in_as):
        browser = sign_in_as("planner")

        lines = text(browser.get("/forecasts/accuracy?by=weekday&export=csv"))
        book = browser.get("/forecasts/accuracy?by=lead&export=xlsx")

        assert len(lines.splitlines()) == 8
        assert book.data[:2] == b"PK"
        book.close()

    def test_bears_nonsense(self, queue, sign_in_as):
        browser = sign_in_as("planner")

        odd = "by=x&weeks=&source=1&lead=no&grain="
        assert browser.get(f"/forecasts/accuracy?{odd}").status_code == 200
        for url in (
            "/forecasts/accuracy?day=13",
            "/forecasts/accuracy?day=2026-99-99",
            "/forecasts/accuracy?queue=99999",
            "/forecasts/accuracy?project=99999",
            f"/queues/{queue.id}/accuracy/never",
            "/queues/99999/accuracy/2026-03-03",
        ):
            assert browser.get(url).status_code == 404

    def test_keeps_to_the_readers_scope(self, queue, sign_in_as):
        other = make_project(zone="UTC")
        browser = sign_in_as("planner", scope_kind=ScopeKind.PROJECT, scope_id=other.id)

        assert "Bills" not in text(browser.get("/forecasts/accuracy"))
        assert browser.get(f"/queues/{queue.id}/accuracy/2026-03-03").status_code == 404
