"""The pages of events, choices, totals and campaigns."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from callcenter.forecasting import queries
from callcenter.forecasting.models import (
    CampaignPlan,
    EffectSource,
    Event,
    ForecastStatus,
    HistoryChoice,
    Likeness,
    Treatment,
)
from callcenter.forecasting.views.knowledge.knowing import percents
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.kernel.jobs import run_queued
from callcenter.projects.models import Direction
from tests.factories.forecasting import make_facts, make_forecast
from tests.factories.projects import make_queue

MONDAY = date(2026, 3, 2)
FIRST = MONDAY - timedelta(days=63)


def text(response):
    return response.get_data(as_text=True)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def queue(app):
    queue = make_queue(name="Bills")
    make_facts(queue, FIRST, 63, without={MONDAY - timedelta(days=10)})
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


@pytest.fixture
def draft(queue):
    return make_forecast([queue], MONDAY, 14, name="March")


@pytest.fixture
def planner(queue, sign_in_as):
    return sign_in_as("planner")


def choice(day, treatment="usual", **more):
    return {
        "first_day": day.isoformat(),
        "last_day": day.isoformat(),
        "treatment": treatment,
        "reason": "storm",
    } | more


class TestHistory:
    def test_shows_what_was_found_with_the_choices_that_it_offers(
        self, draft, queue, planner
    ):
        page = text(planner.get(f"/forecasts/history/{queue.id}"))
        bench = text(planner.get(f"/forecasts/{draft.id}"))

        for each in (page, bench):
            assert 'value="fill"' in each
            assert 'value="leave_out"' in each

    def test_a_choice_is_kept_shown_taken_back_and_put_back(
        self, draft, queue, planner
    ):
        day = MONDAY - timedelta(days=10)
        address = f"/forecasts/history/{queue.id}"

        made = planner.post(f"{address}/choices", data=choice(day))
        page = text(planner.get(address))
        row = db.session.scalars(select(HistoryChoice)).one()
        planner.post(f"/forecasts/history/choices/{row.id}/take-back")
        gone = queries.ruling_choices([queue.id])
        planner.post(f"/forecasts/history/choices/{row.id}/put-back")

        assert made.status_code == 303
        assert "storm" in page
        assert "As forecasts see it" in page
        assert gone == {}
        assert queries.ruling_choices([queue.id])[queue.id][0].made_by_id

    def test_a_double_click_makes_one_choice(self, queue, planner):
        for _click in range(2):
            planner.post(
                f"/forecasts/history/{queue.id}/choices",
                data=choice(MONDAY - timedelta(days=3)),
            )

        assert count(HistoryChoice) == 1

    @pytest.mark.parametrize(
        "data",
        [
            {},
            choice(MONDAY + timedelta(days=3)),
            choice(MONDAY - timedelta(days=3), "nonsense"),
            choice(MONDAY - timedelta(days=3), "new_level", factor="-2"),
            choice(MONDAY - timedelta(days=3), last_day="soon"),
        ],
    )
    def test_nonsense_is_refused_and_nothing_kept(self, queue, planner, data):
        response = planner.post(f"/forecasts/history/{queue.id}/choices", data=data)

        assert response.status_code == 422
        assert count(HistoryChoice) == 0

    def test_a_draft_is_worked_out_again_with_it(self, draft, queue, planner):
        planner.post(
            f"/forecasts/history/{queue.id}/choices",
            data=choice(MONDAY - timedelta(days=10), "fill"),
        )

        asked = planner.post(f"/forecasts/{draft.id}/again")
        during = queries.get_forecast(draft.id, EVERYTHING).status
        twice = planner.post(f"/forecasts/{draft.id}/again")
        run_queued()
        db.session.expire_all()

        assert asked.status_code == 303
        assert during is ForecastStatus.MAKING
        assert twice.status_code == 409
        assert queries.get_forecast(draft.id, EVERYTHING).status is ForecastStatus.DRAFT

    def test_says_what_stands_in_for_a_young_queue(self, queue, planner):
        young = make_queue(queue.project, name="Fresh")
        address = f"/forecasts/history/{young.id}"

        empty = text(planner.get(address))
        planner.post(
            f"{address}/likeness",
            data={"like_queue_id": str(queue.id), "weekly_total": "700"},
        )
        kept = db.session.get(Likeness, young.id)
        told = (kept.like_queue_id, kept.weekly_total)
        planner.post(f"{address}/likeness/delete")

        assert "Nothing was counted here yet" in empty
        assert told == (queue.id, 700.0)
        assert count(Likeness) == 0

    def test_who_may_only_look_sees_no_buttons(self, draft, queue, sign_in_as):
        viewer = sign_in_as("finance")

        page = text(viewer.get(f"/forecasts/history/{queue.id}"))
        refused = viewer.post(
            f"/forecasts/history/{queue.id}/choices",
            data=choice(MONDAY - timedelta(days=3)),
        )

        assert 'value="leave_out"' not in page
        assert refused.status_code == 403


def event(**more):
    return {
        "kind": "mailing",
        "name": "Spring letter",
        "first_day": "2026-03-04",
        "lead_days": "0",
        "lag_days": "1",
        "effect": "by_hand",
        "uplift": "50 20",
        "repeat": "",
    } | more


class TestEvents:
    def test_is_marked_from_the_workbench_and_moves_the_forecast(
        self, draft, queue, planner
    ):
        address = (
            f"/projects/{queue.project_id}/events/new?day=2026-03-04"
            f"&queue={queue.id}&forecast={draft.id}"
        )
        before = queries.find_day(draft.id, queue.id, date(2026, 3, 4)).total

        form = text(planner.get(address))
        made = planner.post(address, data=event(queue_ids=[str(queue.id)]))
        planner.post(f"/forecasts/{draft.id}/again")
        run_queued()
        db.session.expire_all()

        assert 'value="2026-03-04"' in form
        assert made.location.startswith(f"/forecasts/{draft.id}?")
        after = queries.find_day(draft.id, queue.id, date(2026, 3, 4)).total
        assert after == pytest.approx(1.5 * before, rel=1e-3)

    def test_the_list_has_a_calendar_and_each_event_its_effect(self, queue, planner):
        for day in ("2026-01-14", "2026-02-04"):
            planner.post(
                f"/projects/{queue.project_id}/events/new",
                data=event(first_day=day, effect="learnt", uplift=""),
            )
        row = db.session.scalars(select(Event)).first()

        listed = text(planner.get("/forecasts/events?month=2026-01"))
        page = text(planner.get(f"/forecasts/events/{row.id}"))

        assert "Spring letter" in listed
        assert f"/forecasts/events/{row.id}" in listed
        assert "Next time between" in page

    def test_is_entered_again_and_forgotten(self, queue, planner):
        planner.post(
            f"/projects/{queue.project_id}/events/new",
            data=event(repeat="week", until="2026-04-30"),
        )
        n_events = count(Event)
        row = db.session.scalars(select(Event)).first()
        planner.post(f"/forecasts/events/{row.id}/delete")

        assert n_events == 9
        assert count(Event) == 8

    def test_what_somebody_else_changed_meanwhile_is_not_lost(self, queue, planner):
        planner.post(f"/projects/{queue.project_id}/events/new", data=event())
        row = db.session.scalars(select(Event)).one()
        seen = text(planner.get(f"/forecasts/events/{row.id}"))
        mark = seen.split('name="seen" type="hidden" value="')[1].split('"')[0]
        address = f"/forecasts/events/{row.id}"

        first = planner.post(address, data=event(name="Autumn letter", seen=mark))
        second = planner.post(address, data=event(name="Winter letter", seen=mark))

        assert (first.status_code, second.status_code) == (303, 422)
        db.session.expire_all()
        assert db.session.get(Event, row.id).name == "Autumn letter"

    @pytest.mark.parametrize(
        "more",
        [
            {"name": ""},
            {"first_day": ""},
            {"last_day": "2026-03-01"},
            {"lag_days": "30"},
            {"size": "-5"},
            {"uplift": "a lot"},
            {"uplift": "1 2 3 4 5"},
            {"uplift": "-200"},
            {"repeat": "week"},
            {"effect": "magic"},
        ],
    )
    def test_nonsense_is_refused_and_nothing_kept(self, queue, planner, more):
        response = planner.post(
            f"/projects/{queue.project_id}/events/new", data=event(**more)
        )

        assert response.status_code == 422
        assert count(Event) == 0

    def test_a_kind_of_ones_own_is_offered_from_then_on(self, queue, planner):
        address = f"/projects/{queue.project_id}/events/new"
        planner.post(address, data=event(own_kind="Parade"))

        assert '<option value="Parade">' in text(planner.get(address))

    def test_a_stranger_to_the_project_finds_nothing(self, queue, planner, sign_in_as):
        planner.post(f"/projects/{queue.project_id}/events/new", data=event())
        row = db.session.scalars(select(Event)).one()

        response = sign_in_as("agent").get(f"/forecasts/events/{row.id}")

        assert response.status_code in {403, 404}
        assert row.effect is EffectSource.BY_HAND


class TestTotals:
    def test_shows_the_sum_and_takes_a_total(self, queue, planner):
        other = make_queue(queue.project, name="Faults")
        make_facts(other, FIRST, 63, per_interval=2.0, seed=4)
        draft = make_forecast([queue, other], MONDAY, 14)
        address = f"/forecasts/{draft.id}/total"

        page = text(planner.get(address))
        done = planner.post(
            f"{address}/days",
            data={"total-2026-03-03": "1000", "comment": "promised"},
        )
        refused = planner.post(f"{address}/days", data={"total-2026-03-03": "many"})
        planned = planner.post(f"{address}/adding-up", data={"adding_up": "top_down"})

        db.session.expire_all()
        both = [
            queries.find_day(draft.id, each.id, date(2026, 3, 3)).total
            for each in (queue, other)
        ]
        assert "The total by itself" in page
        assert done.status_code == planned.status_code == 303
        assert refused.status_code == 422
        assert sum(both) == pytest.approx(1000.0, rel=1e-4)


def campaign(queue, **more):
    return {
        "name": "Renewals",
        "queue_id": str(queue.id),
        "first_day": "2026-03-02",
        "last_day": "2026-03-08",
        "list_size": "2000",
        "release": "daily",
        "most_attempts": "3",
        "fading": "80",
        "dials_per_h": "100",
        "talk_s": "200",
        "wrap_s": "30",
        "dial_s": "0",
        "contact_rate": "30",
        "busy_share": "30",
        "busy_wait_h": "2",
        "later_share": "60",
        "later_wait_h": "24",
    } | more


class TestCampaigns:
    @pytest.fixture
    def dialling(self, queue):
        return make_queue(queue.project, direction=Direction.OUTBOUND, name="Calls")

    def test_goes_from_the_form_to_what_it_comes_to(self, dialling, planner):
        form = text(planner.get("/forecasts/campaigns/new"))
        made = planner.post("/forecasts/campaigns/new", data=campaign(dialling))
        page = text(planner.get(made.location))
        listed = text(planner.get("/forecasts/campaigns"))

        assert "Calls" in form
        assert "People reached" in page
        assert "Renewals" in listed

    @pytest.mark.parametrize(
        "more",
        [
            {"list_size": "0"},
            {"contact_rate": "1 2 3"},
            {"contact_rate": "0"},
            {"contact_rate": "120"},
            {"busy_share": "80"},
            {"last_day": "2026-02-01"},
            {"dials_per_h": "0"},
            {"talk_s": "-1"},
        ],
    )
    def test_nonsense_is_refused_and_nothing_kept(self, dialling, planner, more):
        response = planner.post(
            "/forecasts/campaigns/new", data=campaign(dialling, **more)
        )

        assert response.status_code == 422
        assert count(CampaignPlan) == 0

    def test_is_changed_and_forgotten(self, dialling, planner):
        made = planner.post("/forecasts/campaigns/new", data=campaign(dialling))

        changed = planner.post(made.location, data=campaign(dialling, list_size="3000"))
        db.session.expire_all()
        size = db.session.scalars(select(CampaignPlan)).one().list_size
        planner.post(f"{made.location}/delete")

        assert changed.status_code == 303
        assert size == 3000
        assert count(CampaignPlan) == 0


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("25", [0.25]),
        ("10% 20% -5%", [0.1, 0.2, -0.05]),
        ("10；20，5", [0.1, 0.2, 0.05]),
        ("12,5 −3", [0.125, -0.03]),
        ("", []),
    ],
)
def test_numbers_are_read_as_planners_type_them(typed, read):
    assert percents(typed) == pytest.approx(read)


def test_every_treatment_can_be_named():
    from callcenter.forecasting.views.knowledge.knowing import TREATMENT_NAMES

    assert set(TREATMENT_NAMES) == set(Treatment)
