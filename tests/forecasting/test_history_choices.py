"""Decisions about the history, events, young queues: what forecasts make of them."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from callcenter.acd.models import QueueDay, QueueInterval
from callcenter.engine.forecasting import make_calendar, make_history
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ChoiceTakenBack, NoHistory
from callcenter.forecasting.models import (
    EffectSource,
    ForecastStatus,
    HistoryChoice,
    Treatment,
)
from callcenter.forecasting.services.knowledge.decisions import mend, rulings
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import run_queued
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Direction
from tests.factories.forecasting import make_facts, make_forecast
from tests.factories.projects import make_project, make_queue

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 1)
N_HISTORY = (MONDAY - FIRST).days


def days_before(n):
    return MONDAY - timedelta(days=n)


@pytest.fixture
def queue(app):
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


def again(queue):
    """The queue as a new request would read it."""
    return project_queries.get_queue(queue.id, EVERYTHING)


def scale_days(queue, days, factor):
    """Make those days larger or smaller in the facts."""
    for table in (QueueInterval, QueueDay):
        db.session.execute(
            update(table)
            .where(table.queue_id == queue.id, table.day.in_(days))
            .values(
                offered=table.offered * factor,
                answered=table.answered * factor,
                talk_s=table.talk_s * factor,
            )
        )
    db.session.commit()


def totals(forecast, queue):
    return np.array([r.total for r in queries.forecast_days(forecast.id, queue.id)])


def save_event(queue, first, *, kind="mailing", last=None, effect="learnt", **more):
    values = {
        "kind": kind,
        "name": kind.title(),
        "first_day": first,
        "last_day": last or first,
        "lead_days": 0,
        "lag_days": 0,
        "size": None,
        "effect": EffectSource(effect),
        "uplift": None,
        "comment": "",
    } | more
    with transaction():
        project = project_queries.get_project(queue.project_id, EVERYTHING)
        return services.save_event(None, project, [], **values)


def choose(queue, first, last, treatment, **more):
    with transaction():
        found = project_queries.get_queue(queue.id, EVERYTHING)
        return services.choose(found, first, last, treatment, **more)


class TestChoosing:
    def test_a_day_left_out_or_replaced_no_longer_moves_the_forecast(self, queue):
        wild = [days_before(n) for n in range(1, 6)]
        plain = totals(make_forecast([again(queue)], MONDAY), queue)
        scale_days(queue, wild, 4)
        moved = totals(make_forecast([again(queue)], MONDAY), queue)

        for treatment in (Treatment.USUAL, Treatment.LEAVE_OUT):
            choose(queue, wild[-1], wild[0], treatment, reason="storm")
            mended = totals(make_forecast([again(queue)], MONDAY), queue)

            assert abs(mended.sum() - plain.sum()) < 0.02 * plain.sum()
        assert moved.sum() > 1.04 * plain.sum()

    def test_the_latest_choice_rules_and_taking_it_back_reveals_the_one_before(
        self, queue
    ):
        day = days_before(3)
        choose(queue, day, day, Treatment.LEAVE_OUT)
        later = choose(queue, day, day, Treatment.KEEP)
        both = queries.ruling_choices([queue.id])[queue.id]
        with transaction():
            services.take_back(db.session.get(HistoryChoice, later.id), by=None)
        left = queries.ruling_choices([queue.id])[queue.id]

        assert rulings(both).by_day[day] is Treatment.KEEP
        assert rulings(left).by_day[day] is Treatment.LEAVE_OUT

    def test_the_same_choice_twice_is_one(self, queue):
        day = days_before(3)
        first = choose(queue, day, day, Treatment.USUAL)
        second = choose(queue, day, day, Treatment.USUAL)

        assert first.id == second.id

    def test_what_was_taken_back_cannot_be_again_but_can_be_put_back(self, queue):
        day = days_before(3)
        choice_id = choose(queue, day, day, Treatment.USUAL).id
        with transaction():
            choice = queries.get_choice(choice_id)
            services.take_back(choice)
            with pytest.raises(ChoiceTakenBack):
                services.take_back(choice)
            services.put_back(choice)

        standing = queries.ruling_choices([queue.id])[queue.id]
        assert [each.id for each in standing] == [choice_id]

    @pytest.mark.parametrize(
        ("first", "last", "treatment", "field"),
        [
            (days_before(3), days_before(4), Treatment.USUAL, "last_day"),
            (days_before(400), days_before(3), Treatment.USUAL, "last_day"),
            (days_before(3), MONDAY, Treatment.USUAL, "last_day"),
            (days_before(3), days_before(3), Treatment.NEW_LEVEL, "factor"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_its_field(
        self, queue, first, last, treatment, field
    ):
        with pytest.raises(Invalid) as refusal:
            choose(queue, first, last, treatment)

        assert refusal.value.context["fields"] == (field,)

    def test_earlier_days_are_brought_to_a_new_level(self, queue):
        change = days_before(21)
        scale_days(queue, [days_before(n) for n in range(1, 22)], 2)
        choose(queue, change, change, Treatment.NEW_LEVEL, factor=2.0)

        look = services.look_at_history(
            again(queue), queries.ruling_choices([queue.id])[queue.id], []
        )

        place = look.days.index(change)
        np.testing.assert_allclose(look.used[:place], 2 * look.counted[:place])
        np.testing.assert_allclose(look.used[place:], look.counted[place:])

    def test_findings_stay_those_of_the_counts_when_they_are_decided_on(self, queue):
        wild = days_before(10)
        scale_days(queue, [wild], 6)
        before = make_forecast([again(queue)], MONDAY)
        choose(queue, wild, wild, Treatment.USUAL)
        after = make_forecast([again(queue)], MONDAY)

        for forecast in (before, after):
            found, _tested = queries.evidence(forecast.id, queue.id)
            assert wild in {each.day for each in found if each.kind == "outlier"}


WEEK = np.array([130.0, 110.0, 100.0, 100.0, 90.0, 50.0, 30.0])


def history_of(n_days):
    volume = np.random.default_rng(3).poisson(WEEK[np.arange(n_days) % 7])
    offered = np.repeat(volume[:, None] / 4.0, 4, axis=1)
    return make_history(offered, make_calendar(np.arange(n_days) % 7, 4))


DAYS = [FIRST + timedelta(days=n) for n in range(56)]
SPANS = st.lists(
    st.tuples(
        st.integers(0, 55),
        st.integers(0, 9),
        st.sampled_from([Treatment.KEEP, Treatment.LEAVE_OUT, Treatment.USUAL]),
    ),
    max_size=6,
)


class TestMending:
    @settings(deadline=None)
    @given(SPANS)
    def test_only_chosen_days_change_and_never_below_nothing(self, spans):
        history = history_of(56)
        ruling = rulings(
            HistoryChoice(
                first_day=DAYS[first],
                last_day=DAYS[min(first + length, 55)],
                treatment=treatment,
            )
            for first, length, treatment in spans
        )

        mended = mend(history, DAYS, ruling).offered[0]

        for place, day in enumerate(DAYS):
            chosen = ruling.by_day.get(day, Treatment.KEEP)
            if chosen is Treatment.KEEP:
                np.testing.assert_array_equal(mended[place], history.offered[0, place])
            elif chosen is Treatment.LEAVE_OUT:
                assert np.isnan(mended[place]).all()
        assert not (mended < 0.0).any()

    def test_every_day_left_out_leaves_nothing_and_breaks_nothing(self):
        whole = HistoryChoice(
            first_day=DAYS[0], last_day=DAYS[-1], treatment=Treatment.LEAVE_OUT
        )

        mended = mend(history_of(56), DAYS, rulings([whole]))

        assert np.isnan(mended.offered).all()


class TestEvents:
    def test_a_planned_event_gets_what_past_ones_did(self, queue):
        past = [days_before(n) for n in (68, 47, 26, 12)]
        scale_days(queue, past, 2)
        for day in past:
            save_event(queue, day)
        planned = MONDAY + timedelta(days=3)
        without = totals(make_forecast([again(queue)], MONDAY), queue)
        save_event(queue, planned)

        lifted = totals(make_forecast([again(queue)], MONDAY), queue)

        assert 1.5 < lifted[3] / without[3] < 2.0
        np.testing.assert_allclose(np.delete(lifted, 3), np.delete(without, 3))

    def test_a_larger_event_does_more(self, queue):
        past = [days_before(n) for n in (68, 47, 26, 12)]
        scale_days(queue, past, 2)
        for day in past:
            save_event(queue, day, size=1000.0)
        save_event(queue, MONDAY + timedelta(days=1), size=1000.0)
        save_event(queue, MONDAY + timedelta(days=8), size=2000.0)

        found = totals(make_forecast([again(queue)], MONDAY), queue)

        assert found[8] > 1.3 * found[1]

    def test_an_uplift_by_hand_counts_by_day_around_it(self, queue):
        before = totals(make_forecast([again(queue)], MONDAY), queue)
        save_event(
            queue,
            MONDAY + timedelta(days=5),
            kind="launch",
            effect="by_hand",
            uplift=[1.1, 2.0, 1.5],
            lead_days=1,
            lag_days=1,
        )

        forecast = make_forecast([again(queue)], MONDAY)

        ratio = totals(forecast, queue) / before
        np.testing.assert_allclose(ratio[4:7], [1.1, 2.0, 1.5], rtol=1e-4)
        np.testing.assert_allclose(ratio[:4], 1.0, rtol=1e-6)
        rows = queries.forecast_days(forecast.id, queue.id)
        assert rows[5].lower.sum() < rows[5].mean.sum() < rows[5].upper.sum()

    def test_what_will_not_come_again_teaches_nothing(self, queue):
        plain = totals(make_forecast([again(queue)], MONDAY), queue)
        strike = [days_before(n) for n in (4, 3, 2)]
        scale_days(queue, strike, 0)
        save_event(queue, strike[0], last=strike[-1], kind="strike", effect="none")

        found = totals(make_forecast([again(queue)], MONDAY), queue)

        assert abs(found.sum() - plain.sum()) < 0.05 * plain.sum()

    def test_an_event_of_another_queue_moves_nothing(self, queue):
        other = make_queue(queue.project)
        before = totals(make_forecast([again(queue)], MONDAY), queue)
        event = save_event(queue, MONDAY, kind="launch", effect="by_hand", uplift=[3.0])
        with transaction():
            event = queries.get_event(event.id, EVERYTHING)
            values = {
                name: getattr(event, name)
                for name in (
                    "kind",
                    "name",
                    "first_day",
                    "last_day",
                    "lead_days",
                    "lag_days",
                    "effect",
                    "uplift",
                )
            }
            project = project_queries.get_project(queue.project_id, EVERYTHING)
            services.save_event(event, project, [other.id], **values)

        np.testing.assert_allclose(
            totals(make_forecast([again(queue)], MONDAY), queue), before
        )

    def test_is_entered_again_month_by_month_on_the_last_day_at_most(self, queue):
        event = save_event(queue, date(2025, 10, 31), kind="billing")
        with transaction():
            row = queries.get_event(event.id, EVERYTHING)
            made = services.repeat_event(row, every="month", until=date(2026, 3, 31))

        assert [each.first_day for each in made] == [
            date(2025, 11, 30),
            date(2025, 12, 31),
            date(2026, 1, 31),
            date(2026, 2, 28),
            date(2026, 3, 31),
        ]

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"last": days_before(9), "first": days_before(8)}, "last_day"),
            ({"last": days_before(-90), "first": days_before(8)}, "last_day"),
            ({"effect": "by_hand"}, "uplift"),
            ({"effect": "by_hand", "uplift": [1.1, 1.2], "lag_days": 2}, "uplift"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_its_field(self, queue, more, field):
        first = more.pop("first", MONDAY)

        with pytest.raises(Invalid) as refusal:
            save_event(queue, first, **more)

        assert refusal.value.context["fields"] == (field,)


class TestYoungQueues:
    def test_takes_early_days_from_a_queue_like_it(self, queue):
        young = make_queue(queue.project)
        make_facts(young, days_before(16), 16, per_interval=3.0, seed=2)

        forecast = make_forecast([again(queue), again(young)], MONDAY, 28)

        row = next(each for each in forecast.queues if each.queue_id == young.id)
        lent = queries.borrowed_by(forecast.id, young.id)
        assert row.basis == "borrowed"
        assert [each.lender_id for each in lent] == [queue.id]
        ratio = totals(forecast, young).sum() / totals(forecast, queue).sum()
        assert ratio == pytest.approx(0.5, rel=0.1)

    def test_lenders_outside_the_forecast_count_too(self, queue):
        young = make_queue(queue.project)
        make_facts(young, days_before(16), 16, per_interval=3.0, seed=2)

        forecast = make_forecast([again(young)], MONDAY)

        assert queries.borrowed_by(forecast.id, young.id)[0].lender_id == queue.id

    def test_takes_them_from_the_queue_that_a_planner_names(self, queue):
        evening = make_queue(queue.project)
        make_facts(evening, FIRST, N_HISTORY, hours=(14, 22), seed=5)
        young = make_queue(queue.project)
        make_facts(young, days_before(16), 16, per_interval=3.0, seed=2)
        with transaction():
            services.set_likeness(young, like_queue_id=evening.id)

        forecast = make_forecast([again(young)], MONDAY)

        lent = queries.borrowed_by(forecast.id, young.id)
        assert [each.lender_id for each in lent] == [evening.id]

    def test_without_any_history_gets_the_expected_week_in_anothers_shape(self, queue):
        new = make_queue(queue.project)
        with transaction():
            services.set_likeness(
                new, like_queue_id=queue.id, weekly_total=700.0, aht_s=333.0
            )

        forecast = make_forecast([again(new)], MONDAY, 14)

        found = totals(forecast, new)
        assert found[:7].sum() == pytest.approx(700.0, rel=0.1)
        assert found[0] > 3 * found[6]
        rows = queries.forecast_days(forecast.id, new.id)
        assert rows[0].aht_s[48] == pytest.approx(333.0)
        assert rows[0].total_lower < 0.8 * found[0]
        assert forecast.queues[0].basis == "expected"

    def test_without_another_queue_the_expected_week_is_spread_evenly(self, app):
        new = make_queue()
        with transaction():
            services.set_likeness(new, weekly_total=672.0)

        with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
            forecast = make_forecast([again(new)], MONDAY, 7)

        np.testing.assert_allclose(totals(forecast, new), 96.0)

    def test_with_nothing_at_all_is_refused(self, app):
        with (
            clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)),
            pytest.raises(NoHistory),
        ):
            make_forecast([make_queue()], MONDAY)

    def test_cannot_be_like_itself(self, queue):
        with pytest.raises(Invalid), transaction():
            services.set_likeness(queue, like_queue_id=queue.id)


class TestWorkingOutAgain:
    def test_keeps_what_planners_changed_by_hand(self, queue):
        forecast = make_forecast([again(queue)], MONDAY)
        with transaction():
            draft = queries.get_forecast(forecast.id, EVERYTHING)
            services.adjust_day(draft, queue.id, MONDAY, 999.0, comment="promised")
        save_event(queue, MONDAY, kind="launch", effect="by_hand", uplift=[2.0])
        with transaction():
            draft = queries.get_forecast(forecast.id, EVERYTHING)
            services.work_out_again(draft)
        run_queued()

        db.session.expire_all()
        done = queries.get_forecast(forecast.id, EVERYTHING)
        rows = queries.forecast_days(forecast.id, queue.id)
        assert done.status is ForecastStatus.DRAFT
        assert rows[0].total == pytest.approx(999.0, rel=1e-4)
        assert rows[0].model_total > 1.8 * rows[7].model_total

    def test_what_fails_leaves_the_figures_from_before(self, queue):
        forecast = make_forecast([again(queue)], MONDAY)
        with transaction():
            draft = queries.get_forecast(forecast.id, EVERYTHING)
            services.work_out_again(draft)
            services.refuse_forecast(draft, "the disk is full")

        assert draft.status is ForecastStatus.DRAFT
        assert draft.refusal == "the disk is full"
        assert len(queries.forecast_days(forecast.id, queue.id)) == 14


class TestOutboundQueuesStayApart:
    def test_an_outbound_queue_lends_nothing_to_an_inbound_one(self, app):
        project = make_project()
        dialling = make_queue(project, direction=Direction.OUTBOUND)
        make_facts(dialling, FIRST, N_HISTORY)
        young = make_queue(project)
        make_facts(young, days_before(16), 16)

        with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
            forecast = make_forecast([again(young)], MONDAY)

        assert not queries.borrowed_by(forecast.id, young.id)
        assert forecast.queues[0].basis == "short"
