"""Chances of days and weeks: every promise, the band's place, edges, what changed."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy import select

from callcenter.engine.simulation.results import Samples
from callcenter.engine.staffing import ServiceLevelDefinition
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import NothingToRestaff
from callcenter.forecasting.models import (
    Requirement,
    Rounding,
    StaffingModel,
    StudyKind,
)
from callcenter.forecasting.services.studies import chances, week_chances, what_if
from callcenter.forecasting.services.studies.promises import Counted, Promises
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import run_queued
from callcenter.projects.models import ServiceTarget
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.projects import make_queue, make_target

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
FIRST = date(2025, 12, 29)
N_HISTORY = (MONDAY - FIRST).days


def text(response):
    return response.get_data(as_text=True)


def nobody(done, total, message):
    """Progress that nobody looks at."""


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Few simulated days: what is tested here is not how sure they are."""
    monkeypatch.setattr(chances, "DAYS", 30)
    monkeypatch.setattr(chances, "STEPS", (0, 4))
    monkeypatch.setattr(week_chances, "DAYS", 8)
    monkeypatch.setattr(what_if, "DAYS", 30)


@pytest.fixture
def queue(app):
    queue = make_queue(name="Bills")
    make_facts(queue, FIRST, N_HISTORY, per_interval=8.0)
    make_target(queue)
    with clock.frozen(datetime(2026, 3, 2, 8, tzinfo=UTC)):
        yield queue


@pytest.fixture
def approved(queue):
    return make_approved([queue], MONDAY, 7, name="March")


def target_of(queue):
    return db.session.scalars(
        select(ServiceTarget).where(ServiceTarget.queue_id == queue.id)
    ).one()


def address(forecast, queue, what, period="days"):
    return f"/forecasts/{forecast.id}/queues/{queue.id}/{period}/{TUESDAY}/{what}"


def counted(**changes):
    """Two days: one good, one on which many wait, give up, and nobody is idle."""
    values = {
        "offered": [100.0, 100.0],
        "answered": [99.0, 80.0],
        "lost": [1.0, 20.0],
        "in_threshold": [95.0, 50.0],
        "lost_in_threshold": [1.0, 10.0],
        "wait_answered_s": [500.0, 8000.0],
        "busy_s": [7000.0, 9900.0],
        "staffed_s": [10_000.0, 10_000.0],
    } | changes
    return Counted(**{name: np.array(each) for name, each in values.items()})


class TestPromises:
    def test_each_kind_is_held_against_its_own_limit(self):
        kept = counted().kept(
            Promises(0.8, 30.0, 0.05, 0.9, ServiceLevelDefinition.OFFERED)
        )

        assert {name: each.tolist() for name, each in kept.items()} == {
            name: [True, False] for name in ("sl", "asa", "abandon", "occupancy")
        }

    def test_what_is_not_promised_is_not_asked(self):
        promises = Promises(None, None, 0.05, None, ServiceLevelDefinition.OFFERED)

        assert set(counted().kept(promises)) == {"abandon"}

    @pytest.mark.parametrize(
        ("definition", "level"),
        [
            (ServiceLevelDefinition.OFFERED, 50 / 100),
            (ServiceLevelDefinition.ANSWERED, 50 / 80),
            (ServiceLevelDefinition.EXCLUDING_SHORT_ABANDONS, 50 / 90),
        ],
    )
    def test_the_service_level_is_that_of_the_contract(self, definition, level):
        assert counted().sl(definition)[1] == pytest.approx(level)

    def test_a_day_without_contacts_keeps_everything(self):
        nothing = counted(
            **{
                name: [0.0, 0.0]
                for name in Samples.__annotations__
                if name in Counted.__annotations__
            },
            lost=[0.0, 0.0],
            lost_in_threshold=[0.0, 0.0],
        )
        kept = nothing.kept(
            Promises(0.8, 1.0, 0.01, 0.5, ServiceLevelDefinition.OFFERED)
        )

        assert all(each.all() for each in kept.values())


class TestTheBand:
    def test_its_place_moves_the_mean_and_its_width_the_spread(self, approved, queue):
        row = queries.find_day(approved.id, queue.id, TUESDAY)
        total = float(np.nansum(row.mean))

        row.total_lower, row.total_upper = 0.9 * total, 1.1 * total
        even = services.day_spread_of(approved, row)
        row.total_lower, row.total_upper = 0.95 * total, 1.35 * total
        high = services.day_spread_of(approved, row)

        assert even.shift == pytest.approx(1.0, abs=0.01)
        assert high.shift == pytest.approx(1.15, abs=0.02)
        assert high.cv > even.cv

    def test_one_that_lies_high_makes_service_less_likely(self, approved, queue):
        row = queries.find_day(approved.id, queue.id, TUESDAY)
        total = float(np.nansum(row.mean))
        found = []
        for lower, upper in ((0.9, 1.1), (1.1, 1.3)):
            row.total_lower, row.total_upper = lower * total, upper * total
            db.session.commit()
            found.append(services.find_chances(approved, queue, TUESDAY, nobody))

        first, second = (each["steps"][0]["sl"] for each in found)
        assert second < first - 0.02


class TestChancesOfADay:
    def test_test_every_promise_of_the_project(self, approved, queue, sign_in_as):
        target = target_of(queue)
        target.max_abandon_rate, target.max_asa_s = 0.0001, 60
        db.session.commit()
        planner = sign_in_as("planner")

        asked = planner.post(address(approved, queue, "chances"))
        run_queued()
        page = text(planner.get(asked.location))

        study = queries.studies_of_day(approved.id, queue.id, TUESDAY)
        step = study[StudyKind.CHANCES].figures["steps"][0]
        assert set(step["chances"]) == {"sl", "asa", "abandon"}
        assert step["chance"] <= min(step["chances"].values())
        assert step["chances"]["abandon"] < step["chances"]["sl"]
        assert "Abandoned at most" in page

    def test_try_more_agents_while_none_is_sure_and_tell_the_edge(
        self, approved, queue, sign_in_as
    ):
        target_of(queue).max_occupancy = 0.05
        db.session.commit()
        planner = sign_in_as("planner")

        asked = planner.post(address(approved, queue, "chances"))
        run_queued()
        page = text(planner.get(asked.location))

        study = queries.studies_of_day(approved.id, queue.id, TUESDAY)
        steps = study[StudyKind.CHANCES].figures["steps"]
        assert len(steps) == 2 + 6
        assert steps[-1]["n_more"] > 4
        assert "At the edge of what was tried" in page

    def test_an_outdated_margin_is_refused_unless_insisted_on(
        self, approved, queue, sign_in_as
    ):
        planner = sign_in_as("planner")
        planner.post(address(approved, queue, "chances"))
        run_queued()
        services.own_assumption(queue).patience_s = 40.0
        db.session.commit()

        refused = planner.post(address(approved, queue, "margin"), data={"n_more": 4})
        page = text(planner.get(address(approved, queue, "chances")))
        before = queries.find_assumption(queue.project_id, queue.id).safety_share
        planner.post(
            address(approved, queue, "margin"),
            data={"n_more": 4, "even_outdated": "1"},
        )
        db.session.expire_all()

        assert refused.status_code == 409
        assert before == 0.0
        assert "Take over all the same" in page
        assert queries.find_assumption(queue.project_id, queue.id).safety_share > 0.0


class TestChancesOfAWeek:
    def test_are_asked_for_shown_and_taken_over(self, approved, queue, sign_in_as):
        planner = sign_in_as("planner")

        asked = planner.post(address(approved, queue, "chances", "weeks"))
        run_queued()
        page = text(planner.get(asked.location))
        planner.post(address(approved, queue, "margin", "weeks"), data={"n_more": 4})

        study = queries.studies_of_day(approved.id, queue.id, MONDAY)
        figures = study[StudyKind.WEEK_CHANCES].figures
        assert len(figures["days"]) >= 5
        first = figures["steps"][0]
        assert 0.0 <= first["alike"] <= 1.0
        assert first["missed_days"] >= 0.0
        assert "All days alike" in page
        assert "out of date" not in page.lower()
        assert queries.find_assumption(queue.project_id, queue.id).safety_share > 0.0


class TestRestaffing:
    def test_a_changed_target_marks_the_forecast_and_one_click_mends_it(
        self, approved, queue, sign_in_as
    ):
        planner = sign_in_as("planner")
        shown = f"/forecasts/{approved.id}/requirement?queue={queue.id}"
        calm = text(planner.get(shown))
        before = rows_of(approved)

        target_of(queue).sl_target = 0.95
        db.session.commit()
        warned = text(planner.get(shown))
        asked = planner.post(f"/forecasts/{approved.id}/restaff")
        run_queued()
        mended = text(planner.get(shown))
        after = rows_of(approved)

        assert "Requirements out of date" not in calm
        assert "Requirements out of date" in warned
        assert asked.status_code == 303
        assert "Requirements out of date" not in mended
        assert before.keys() == after.keys()
        today = [start for start in before if start < datetime(2026, 3, 3, tzinfo=UTC)]
        assert all(before[start] == after[start] for start in today)
        ahead = [
            start for start in before if start > datetime(2026, 3, 3, 6, tzinfo=UTC)
        ]
        assert sum(after[each] for each in ahead) > sum(before[each] for each in ahead)

    def test_one_of_an_earlier_version_can_be_worked_out_again(
        self, approved, queue, sign_in_as
    ):
        approved.staffed_premises = None
        db.session.commit()
        planner = sign_in_as("planner")

        before = text(planner.get(f"/forecasts/{approved.id}/requirement"))
        planner.post(f"/forecasts/{approved.id}/restaff")
        run_queued()
        after = text(planner.get(f"/forecasts/{approved.id}/requirement"))

        assert "Worked out by an earlier version" in before
        assert "Worked out by an earlier version" not in after

    def test_what_an_hour_costs_changes_no_requirement(self, approved, queue):
        services.own_assumption(queue).paid_hour_cost = 50
        db.session.commit()

        assert not services.is_outdated(approved)

    def test_days_of_a_later_forecast_stay_as_they_are(self, approved, queue):
        later = make_approved([queue], date(2026, 3, 5), 4)
        theirs = rows_of(later)

        services.restaff(approved)
        db.session.commit()

        assert rows_of(later) == theirs
        assert rows_of(approved)

    def test_only_what_rules_on_days_to_come_is_worked_out_again(self, approved, queue):
        draft = make_forecast([queue], MONDAY, 7)

        with pytest.raises(NothingToRestaff):
            services.request_restaffing(draft)
        with (
            clock.frozen(datetime(2026, 3, 20, tzinfo=UTC)),
            pytest.raises(NothingToRestaff),
        ):
            services.request_restaffing(approved)

    def test_who_only_looks_cannot_ask(self, approved, sign_in_as):
        answer = sign_in_as("finance").post(f"/forecasts/{approved.id}/restaff")

        assert answer.status_code == 403


def rows_of(forecast):
    """The agents required for which a forecast rules, by start."""
    rows = db.session.execute(
        select(Requirement.interval_start, Requirement.required_agents).where(
            Requirement.forecast_id == forecast.id
        )
    )
    return {row.interval_start: row.required_agents for row in rows}


class TestWhatIf:
    def test_people_missing_cost_service_beside_the_day_as_planned(
        self, approved, queue, sign_in_as
    ):
        planner = sign_in_as("planner")

        asked = planner.post(
            address(approved, queue, "what-if"), data={"absence": "30", "more": "0"}
        )
        run_queued()
        page = text(planner.get(asked.location))

        study = queries.studies_of_day(approved.id, queue.id, TUESDAY)
        (line,) = study[StudyKind.WHAT_IF].figures["queues"]
        assert line["after"]["sl"] < line["before"]["sl"] - 0.05
        assert line["before"]["sl_lower"] < line["before"]["sl"]
        assert "30% of the people missing" in page.replace("\xa0", "").replace(".0", "")

    def test_a_queue_that_goes_first_gains_what_the_other_loses(self, queue):
        other = make_queue(queue.project, name="Repairs")
        make_facts(other, FIRST, N_HISTORY, per_interval=8.0, seed=2)
        make_target(other)
        for each in (queue, other):
            services.own_assumption(each).is_pooled = True
        db.session.commit()
        forecast = make_approved([queue, other], MONDAY, 7)

        def try_out(change):
            return services.try_out(forecast, queue, TUESDAY, change, nobody)["queues"]

        alike = try_out(services.Change(absence=0.2))
        led = try_out(services.Change(absence=0.2, first_id=other.id))

        assert [each["queue_id"] for each in led] == [queue.id, other.id]
        # The same contacts and the same luck, so that only the order differs.
        assert led[0]["after"]["sl"] < alike[0]["after"]["sl"]
        assert led[1]["after"]["sl"] > alike[1]["after"]["sl"]

    @pytest.mark.parametrize("absence", ["95", "-1", "nonsense"])
    def test_nonsense_is_refused_on_the_field(
        self, approved, queue, absence, sign_in_as
    ):
        answer = sign_in_as("planner").post(
            address(approved, queue, "what-if"), data={"absence": absence}
        )

        assert answer.status_code == 422

    def test_who_only_looks_cannot_ask(self, approved, queue, sign_in_as):
        finance = sign_in_as("finance")

        page = finance.get(address(approved, queue, "what-if"))
        asked = finance.post(address(approved, queue, "what-if"), data={})

        assert page.status_code == 200
        assert asked.status_code == 403


class TestOtherModels:
    def test_erlang_b_asks_for_agents_whom_nobody_waits_for(self, queue, sign_in_as):
        own = services.own_assumption(queue)
        own.model = StaffingModel.ERLANG_B
        db.session.commit()
        forecast = make_approved([queue], MONDAY, 7)

        need = services.requirement_of(forecast, queue, TUESDAY, 1)
        page = text(
            sign_in_as("planner").get(
                f"/forecasts/{forecast.id}/requirement?queue={queue.id}&day={TUESDAY}"
            )
        )

        busy = need.load.offered > 1.0
        assert need.staffing.model is StaffingModel.ERLANG_B
        assert (need.staffing.sl[busy] >= 0.8 - 1e-9).all()
        assert (need.staffing.asa_s[busy] == 0.0).all()
        assert "Erlang B" in page

    def test_the_nearest_whole_number_asks_for_fewer_hours(self, queue):
        forecast = make_forecast([queue], MONDAY, 7)
        up = services.requirement_of(forecast, queue, TUESDAY, 1)

        services.own_assumption(queue).rounding = Rounding.NEAREST
        db.session.commit()
        nearest = services.requirement_of(forecast, queue, TUESDAY, 1)

        more = up.staffing.required_agents - nearest.staffing.required_agents
        assert (more >= 0.0).all()
        assert more.sum() > 0.0
