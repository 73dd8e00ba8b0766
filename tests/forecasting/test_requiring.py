"""What is required: kinds of work, margins, shrinkage by hour, odd input."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.engine.staffing import required_agents
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import (
    Assumption,
    ShrinkageKind,
    ShrinkageSpan,
    StaffingModel,
)
from callcenter.forecasting.services.requirements.shrinking import shrinkage_at
from callcenter.forecasting.services.requirements.staffing import safety_agents
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.projects.models import (
    Channel,
    Direction,
    Queue,
    ServiceTarget,
    SlDefinition,
)
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_queue, make_target

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 29)
N_HISTORY = (MONDAY - FIRST).days


def load_of(offered, *, aht_s=240.0, concurrency=1):
    """Days of quarters with the same contacts in each, open where some come."""
    volume = np.atleast_2d(np.asarray(offered, dtype=np.float64))
    n_days = volume.shape[0]
    return services.Load(
        first_day=MONDAY,
        day=np.repeat(np.arange(n_days), 96),
        slot=np.tile(np.arange(96), n_days),
        offered=volume.reshape(-1),
        aht_s=np.full(volume.size, aht_s),
        interval_s=900,
        is_open=volume.reshape(-1) > 0.0,
        concurrency=concurrency,
    )


def bell(peak, *, first=32, last=80):
    """A day that rises and falls."""
    slots = np.arange(96)
    inside = (slots >= first) & (slots < last)
    shape = np.sin((slots - first + 0.5) / (last - first) * np.pi)
    return np.where(inside, peak * shape, 0.0)


def a_queue(**values):
    usual = {"channel": Channel.VOICE, "direction": Direction.INBOUND}
    return Queue(id=1, project_id=1, **usual | {"concurrency": 1} | values)


def a_target(**values):
    usual = {
        "starts_on": FIRST,
        "ends_on": None,
        "sl_target": 0.8,
        "sl_threshold_s": 20,
        "sl_definition": SlDefinition.OF_OFFERED,
    }
    return ServiceTarget(queue_id=1, **usual | values)


def an_assumption(**values):
    found = Assumption.standard(1)
    for name, value in values.items():
        setattr(found, name, value)
    return found


def staff(load, *, queue=None, target=None, carried_days=0, **assumption):
    return services.staff_queue(
        queue or a_queue(),
        load,
        [target or a_target()],
        an_assumption(**assumption),
        carried_days=carried_days,
    )


class TestLoadThatMoves:
    def test_needs_fewer_while_it_rises_and_more_while_it_falls_than_the_formula(self):
        load = load_of(bell(60.0), aht_s=600.0)

        found = staff(load, model=StaffingModel.ERLANG_C, max_occupancy=1.0)

        gap = found.required_agents - found.required_c
        assert gap[34:50].mean() < -1.0
        assert gap[62:78].mean() > 1.0

    def test_the_careful_way_agrees_with_the_quick_one_within_an_agent_or_two(self):
        load = load_of([bell(40.0), bell(30.0)], aht_s=300.0)

        quick, careful = staff(load), staff(load, carried_days=2)

        gap = np.abs(quick.required_agents - careful.required_agents)
        assert gap.max() <= 2.0
        assert (gap <= 1.0).mean() > 0.98

    def test_a_night_leads_into_the_day_after_it(self):
        load = load_of(np.full((2, 96), 20.0), aht_s=300.0)

        found = staff(load, carried_days=2)

        second = found.required_agents[96:]
        assert second.max() - second.min() <= 1.0

    def test_only_the_first_days_are_worked_out_carefully(self):
        load = load_of([bell(40.0)] * 3, aht_s=300.0)

        found = staff(load, carried_days=1)

        careful, quick = staff(load, carried_days=3), staff(load)
        assert np.array_equal(found.required_agents[:96], careful.required_agents[:96])
        assert np.array_equal(found.required_agents[96:], quick.required_agents[96:])


class TestTargets:
    @pytest.mark.parametrize("definition", list(SlDefinition))
    def test_each_definition_of_the_service_level_is_met(self, definition):
        target = a_target(sl_definition=definition, sl_target=0.9)

        found = staff(load_of(bell(30.0)), target=target, patience_s=60.0)

        assert found.sl[32:80].min() >= 0.9 - 1e-9

    def test_all_targets_are_kept_together(self):
        target = a_target(max_asa_s=8, max_abandon_rate=0.02, max_occupancy=0.7)

        found = staff(load_of(bell(30.0)), target=target)

        busy = slice(36, 76)
        assert found.asa_s[busy].max() <= 8.0 + 1e-6
        assert found.abandon_rate[busy].max() <= 0.02 + 1e-9
        assert found.occupancy[busy].max() <= 0.7 + 1e-9

    def test_redials_ask_for_more_and_a_waiting_room_for_no_more(self):
        load = load_of(bell(30.0))

        usual = staff(load, patience_s=30.0)
        again = staff(load, patience_s=30.0, redial_share=0.6)
        small = staff(load, model=StaffingModel.ERLANG_C, waiting_room=3)
        endless = staff(load, model=StaffingModel.ERLANG_C)

        assert again.required_agents.sum() > usual.required_agents.sum()
        assert (small.required_agents <= endless.required_agents).all()
        assert small.abandon_rate.max() > 0.0


class TestOtherWork:
    def test_a_chat_agent_holds_several_and_slowing_each_other_costs_agents(self):
        load = load_of(bell(30.0), aht_s=480.0, concurrency=3)
        queue = a_queue(channel=Channel.CHAT, concurrency=3)

        free = staff(load, queue=queue, max_occupancy=1.0)
        slowed = staff(load, queue=queue, max_occupancy=1.0, chat_slowdown=0.3)
        alone = staff(load_of(bell(30.0), aht_s=480.0), max_occupancy=1.0)

        assert free.model is StaffingModel.CHAT
        assert free.required_agents.max() < 0.55 * alone.required_agents.max()
        assert slowed.required_agents.sum() > free.required_agents.sum()

    def test_letters_are_done_evenly_and_when_they_are_due(self):
        queue = a_queue(channel=Channel.EMAIL)
        load = load_of([bell(40.0)] * 3)

        found = staff(load, queue=queue, target=a_target(sl_threshold_s=4 * 3600))

        assert found.model is StaffingModel.DEFERRED
        assert found.required_agents.max() < 0.8 * (load.erlangs / 0.85).max()
        assert np.nanmin(found.sl) == pytest.approx(1.0)
        assert found.backlog.max() > 0.0

    def test_a_backlog_must_be_worked_off_too(self):
        queue, load = a_queue(channel=Channel.BACK_OFFICE), load_of([bell(10.0)] * 3)

        usual = staff(load, queue=queue)
        late = staff(load, queue=queue, backlog=500.0)

        assert late.required_agents.sum() > usual.required_agents.sum()

    def test_outbound_calls_fill_the_time_between_contacts(self, app):
        contacts = services.Question(
            a_queue(), load_of(bell(20.0)), [a_target()], an_assumption(is_pooled=True)
        )
        dialled = services.Question(
            a_queue(direction=Direction.OUTBOUND),
            load_of(np.where(bell(1.0) > 0, 15.0, 0.0), aht_s=200.0),
            [],
            an_assumption(is_pooled=True),
        )

        ((alone,), (apart,), together) = services.staff_groups(
            [[contacts], [dialled], [contacts, dialled]]
        )

        sums = sum(each.required_agents.sum() for each in together)
        assert sums < alone.required_agents.sum() + apart.required_agents.sum()
        assert together[0].model is StaffingModel.BLEND
        assert np.nanmin(together[0].sl[34:78]) >= 0.8 - 1e-9


class TestMargins:
    def test_a_margin_adds_agents_in_proportion_and_improves_service(self):
        load = load_of(bell(40.0))

        for carried_days in (0, 1):
            usual = staff(load, carried_days=carried_days)
            more = staff(load, carried_days=carried_days, safety_share=0.1)
            extra = more.required_agents - usual.required_agents
            assert np.array_equal(extra, more.safety_agents)
            assert extra.max() == pytest.approx(round(usual.required_agents.max() / 10))
            assert more.sl[50] > usual.sl[50]

    @given(
        required=st.lists(st.floats(0.0, 500.0), min_size=1, max_size=20),
        share=st.floats(-0.99, 5.0),
    )
    def test_never_leaves_fewer_than_nobody_and_keeps_whole_agents_whole(
        self, required, share
    ):
        agents = np.round(required)

        found = agents + safety_agents(agents, share)

        assert (found >= 0.0).all()
        assert np.array_equal(found, np.round(found))
        assert np.all((found - agents) * np.sign(share) >= 0.0)


class TestShrinkage:
    def test_tuesday_mornings_have_training_of_their_own(self):
        span = ShrinkageSpan(
            kind=ShrinkageKind.TRAINING,
            weekdays=0b10,
            starts_at=time(9),
            ends_at=time(11),
            share=0.2,
        )
        load = load_of([bell(20.0)] * 2)

        found = staff(load, spans=[span], training_share=0.03)

        lost = 1.0 - found.required_agents / np.maximum(found.scheduled_agents, 1e-9)
        assert lost[40] == pytest.approx(0.10)
        assert lost[96 + 40] == pytest.approx(0.27)
        assert lost[96 + 44] == pytest.approx(0.10)

    def test_a_span_past_midnight_goes_on_the_next_day(self):
        span = ShrinkageSpan(
            kind=ShrinkageKind.ABSENCE,
            weekdays=0b1000000,
            starts_at=time(22),
            ends_at=time(6),
            share=0.3,
        )
        own = an_assumption(spans=[span])

        sunday, monday = np.array([6]), np.array([0])

        late, early = np.array([23 * 60]), np.array([5 * 60])
        assert shrinkage_at(own, sunday, late)[0] == pytest.approx(0.35)
        assert shrinkage_at(own, monday, early)[0] == pytest.approx(0.35)
        assert shrinkage_at(own, monday, late)[0] == pytest.approx(0.10)

    def test_a_span_that_ends_when_it_starts_is_that_of_the_whole_day(self):
        ten = time(10)
        span = ShrinkageSpan(
            kind=ShrinkageKind.LEAVE, weekdays=2, starts_at=ten, ends_at=ten, share=0.5
        )
        own = an_assumption(spans=[span], leave_share=0.0)
        quarter = np.arange(7 * 96)

        found = shrinkage_at(own, quarter // 96, quarter % 96 * 15)

        assert np.flatnonzero(found > 0.4).tolist() == list(range(96, 192))

    @given(
        weekdays=st.integers(1, 127),
        starts=st.integers(0, 95),
        ends=st.integers(0, 95),
        share=st.floats(0.0, 0.5),
    )
    def test_a_span_lasts_as_long_as_it_says_on_each_of_its_days(
        self, weekdays, starts, ends, share
    ):
        span = ShrinkageSpan(
            kind=ShrinkageKind.LEAVE,
            weekdays=weekdays,
            starts_at=time(starts // 4, starts % 4 * 15),
            ends_at=time(ends // 4, ends % 4 * 15),
            share=share,
        )
        own = an_assumption(spans=[span], leave_share=0.6)
        quarter = np.arange(7 * 96)

        found = shrinkage_at(own, quarter // 96, quarter % 96 * 15)

        n_quarters = (ends - starts) % 96 or 96
        inside = np.isclose(found, 0.1 + share)
        assert inside.sum() == n_quarters * weekdays.bit_count()


class TestOddInput:
    """Each row of the table in docs/guide/forecasting.md."""

    def test_load_above_agents_without_patience_has_no_end_of_waiting(self):
        load = load_of(bell(30.0))
        own = an_assumption(model=StaffingModel.ERLANG_C, safety_share=-0.5)

        found = services.staff_queue(a_queue(), load, [a_target()], own)

        overloaded = found.required_agents < found.load_erlangs
        assert overloaded.any()
        assert (
            np.isnan(found.asa_s[overloaded]).all()
            or (found.sl[overloaded] < 0.05).all()
        )

    def test_threshold_zero_asks_for_somebody_free(self):
        at_once = staff(load_of(bell(30.0)), target=a_target(sl_threshold_s=0))
        usual = staff(load_of(bell(30.0)))

        assert np.isfinite(at_once.required_agents).all()
        assert at_once.required_agents.sum() > usual.required_agents.sum()

    @pytest.mark.parametrize("channel", [Channel.VOICE, Channel.EMAIL, Channel.CHAT])
    @pytest.mark.parametrize("carried_days", [0, 1])
    def test_an_aht_of_zero_needs_nobody(self, channel, carried_days):
        queue = a_queue(
            channel=channel, concurrency=3 if channel is Channel.CHAT else 1
        )
        load = load_of(bell(30.0), aht_s=0.0, concurrency=queue.concurrency)

        found = staff(load, queue=queue, carried_days=carried_days)

        assert not found.required_agents.any()
        assert not found.scheduled_agents.any()

    def test_a_deadline_of_zero_takes_the_assumption(self):
        queue = a_queue(channel=Channel.EMAIL)

        found = staff(
            load_of([bell(30.0)] * 2), queue=queue, target=a_target(sl_threshold_s=0)
        )

        assert np.nanmin(found.sl) == pytest.approx(1.0)

    def test_negative_contacts_are_refused_by_the_engine(self):
        with pytest.raises(ValueError, match="not negative"):
            staff(load_of(-bell(30.0)))

    def test_a_day_without_contacts_needs_nobody(self):
        found = staff(load_of(np.zeros(96)), carried_days=1)

        assert not found.required_agents.any()

    def test_a_target_of_all_contacts_is_taken_as_nearly_all(self):
        found = staff(load_of(bell(10.0)), target=a_target(sl_target=1.0))

        assert np.isfinite(found.required_agents).all()
        assert found.sl[40] >= 0.9999 - 1e-9


@pytest.fixture
def queue(app):
    queue = make_queue()
    make_facts(queue, FIRST, N_HISTORY)
    make_target(queue)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


class TestApproved:
    def test_what_was_approved_is_what_pages_show(self, queue):
        forecast = make_approved([queue], MONDAY, 7)
        services.set_assumption(
            None,
            project_id=queue.project_id,
            queue_id=queue.id,
            **values_of(Assumption.standard(queue.project_id)) | {"patience_s": 5.0},
        )
        db.session.commit()

        shown = services.requirement_of(forecast, queue, MONDAY, 7)

        start = shown.starts[0]
        rows = queries.requirement_rows(queue.id, start, start + timedelta(days=7))
        stored = shown.staffing.required_agents[shown.is_open]
        assert stored.tolist() == [row.required_agents for row in rows]
        assert shown.load.aht_s[shown.load.offered > 0.01] == pytest.approx(240.0)

    def test_a_draft_shows_what_would_be_approved_within_an_agent(self, queue):
        forecast = make_forecast([queue], MONDAY, 7)
        draft = services.requirement_of(forecast, queue, MONDAY, 7)
        services.approve_forecast(forecast)
        db.session.commit()

        approved = services.requirement_of(forecast, queue, MONDAY, 7)

        gap = np.abs(draft.staffing.required_agents - approved.staffing.required_agents)
        assert gap.max() <= 1.0

    def test_what_was_calculated_before_is_taken_only_while_it_holds(self, queue):
        forecast = make_forecast([queue], MONDAY, 7)
        earlier = services.calculate_requirements(forecast)

        same = services.calculate_requirements(forecast, earlier)
        services.set_assumption(
            None,
            project_id=queue.project_id,
            queue_id=queue.id,
            **values_of(Assumption.standard(queue.project_id)) | {"patience_s": 20.0},
        )
        other = services.calculate_requirements(forecast, earlier)

        assert same is earlier
        assert other.premises != earlier.premises


def values_of(row):
    names = (
        *("model", "patience_s", "max_occupancy", "leave_share", "meeting_share"),
        *("training_share", "absence_share", "is_pooled"),
    )
    return {name: getattr(row, name) for name in names}


def test_the_first_interval_gets_what_the_formula_asks():
    load = load_of(bell(30.0))
    first = replace(load, offered=np.where(load.slot == 32, load.offered, 0.0))

    found = staff(first, max_occupancy=0.9)

    expected = required_agents(
        load.offered[32],
        240.0,
        900.0,
        model="erlang-a",
        patience_s=180.0,
        sl_target=0.8,
        sl_threshold_s=20.0,
        max_occupancy=0.9,
    )
    assert found.required_agents[32] == expected.required_agents
