"""Simulations, chances, skill groups and estimates: asked, kept, shown, taken over."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from callcenter.access.models import AuditEntry
from callcenter.acd.connectors.kinds import Outcome
from callcenter.acd.models import Contact
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import (
    NoContacts,
    NoSkillGroups,
    NothingToSimulate,
    TooMuchShrinkage,
)
from callcenter.forecasting.models import (
    Assumption,
    ShrinkageKind,
    ShrinkageSpan,
    Study,
    StudyKind,
)
from callcenter.forecasting.views.requirements.estimates import SimulatedRow
from callcenter.kernel import clock
from callcenter.kernel.actor import SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, JobState, run_queued
from callcenter.people.models import EmployeeSkill, Skill, SkillKind, Team
from callcenter.projects.models import Channel, TeamAssignment
from tests.factories.forecasting import make_approved, make_facts, make_forecast
from tests.factories.people import make_employee, make_team
from tests.factories.projects import make_queue, make_target

MONDAY = date(2026, 3, 2)
FIRST = date(2025, 12, 29)
N_HISTORY = (MONDAY - FIRST).days
DAY = "2026-03-03"


def text(response):
    return response.get_data(as_text=True)


def nobody(done, total, message):
    """Progress that nobody looks at."""


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


@pytest.fixture
def quick(monkeypatch):
    """Few simulated days: what is tested here is not how sure they are."""
    from callcenter.forecasting.services.studies import (
        chances,
        simulating,
        skill_groups,
        week_chances,
        what_if,
    )

    monkeypatch.setattr(simulating, "DAYS", 30)
    monkeypatch.setattr(simulating, "SEARCH_DAYS", 20)
    monkeypatch.setattr(chances, "DAYS", 30)
    monkeypatch.setattr(chances, "STEPS", (-2, 0, 2, 5))
    monkeypatch.setattr(week_chances, "DAYS", 10)
    monkeypatch.setattr(what_if, "DAYS", 30)
    monkeypatch.setattr(skill_groups, "DAYS", 10)
    monkeypatch.setattr(skill_groups, "DAYS_JUDGED", 20)


def requirement_url(forecast, queue, day=DAY):
    return f"/forecasts/{forecast.id}/requirement?queue={queue.id}&day={day}"


def day_url(forecast, queue, what, day=DAY):
    return f"/forecasts/{forecast.id}/queues/{queue.id}/days/{day}/{what}"


@pytest.mark.usefixtures("quick")
class TestSimulation:
    def test_is_asked_for_and_stands_beside_both_formulas(
        self, approved, queue, sign_in_as
    ):
        planner = sign_in_as("planner")

        asked = planner.post(day_url(approved, queue, "simulate"))
        waiting = text(planner.get(asked.location))
        run_queued()
        page = text(planner.get(asked.location))

        assert asked.status_code == 303
        assert 'class="job"' in waiting
        assert "Simulated with the agents required" in page
        assert "Erlang C" in page
        assert "Days that meet it" in page

    def test_asked_twice_it_runs_once(self, approved, queue, sign_in_as):
        planner = sign_in_as("planner")

        for _each in range(2):
            planner.post(day_url(approved, queue, "simulate"))
        run_queued()

        assert db.session.scalar(select(func.count()).select_from(Study)) == 1
        kinds = select(func.count()).where(Job.kind == "forecasting.simulate")
        assert db.session.scalar(kinds) == 1

    def test_says_so_once_its_premises_have_changed(self, approved, queue, sign_in_as):
        planner = sign_in_as("planner")
        planner.post(day_url(approved, queue, "simulate"))
        run_queued()
        before = text(planner.get(requirement_url(approved, queue)))

        services.own_assumption(queue).patience_s = 33.0
        db.session.commit()
        after = text(planner.get(requirement_url(approved, queue)))

        assert "out of date" not in before
        assert "out of date" in after

    def test_money_changes_nothing_of_it(self, approved, queue, sign_in_as):
        planner = sign_in_as("planner")
        planner.post(day_url(approved, queue, "simulate"))
        run_queued()

        services.own_assumption(queue).paid_hour_cost = Decimal(50)
        db.session.commit()

        page = text(planner.get(requirement_url(approved, queue)))
        assert "out of date" not in page

    def test_agrees_with_the_carried_state(self, approved, queue):
        figures = services.simulate_requirement(
            approved, queue, date(2026, 3, 3), nobody
        )

        need = services.requirement_of(approved, queue, date(2026, 3, 3), 1)
        busy = need.load.offered > 3.0
        simulated = np.array(figures["sl"], dtype=np.float64)[busy]
        volume = need.load.offered[busy]
        expected = np.average(need.staffing.sl[busy], weights=volume)
        assert np.average(simulated, weights=volume) == pytest.approx(
            expected, abs=0.04
        )
        needed = np.array(figures["needed"], dtype=np.float64)[busy]
        assert np.abs(needed - need.staffing.required_agents[busy]).mean() < 1.0

    def test_refuses_what_nobody_waits_for(self, queue):
        letters = make_queue(queue.project, channel=Channel.EMAIL)
        make_facts(letters, FIRST, N_HISTORY)
        forecast = make_forecast([letters], MONDAY, 7)

        with pytest.raises(NothingToSimulate):
            services.simulate_requirement(forecast, letters, MONDAY, nobody)

    @pytest.mark.parametrize("day", ["2026-02-30", "nonsense", "2027-01-01"])
    def test_a_day_that_is_none_is_not_found(self, approved, queue, day, sign_in_as):
        planner = sign_in_as("planner")

        answers = [
            planner.post(day_url(approved, queue, what, day)).status_code
            for what in ("simulate", "chances", "margin")
        ]
        answers.append(
            planner.get(day_url(approved, queue, "chances", day)).status_code
        )

        assert answers == [404] * 4

    def test_who_only_looks_cannot_ask(self, approved, queue, sign_in_as):
        finance = sign_in_as("finance")

        page = finance.get(requirement_url(approved, queue))
        asked = finance.post(day_url(approved, queue, "simulate"))

        assert page.status_code == 200
        assert "Simulate this day" not in text(page)
        assert asked.status_code == 403


class TestWhatCame:
    def test_stands_beside_what_was_required(self, queue, sign_in_as):
        forecast = make_approved([queue], MONDAY - timedelta(days=14), 14)
        planner = sign_in_as("planner")

        page = text(planner.get(requirement_url(forecast, queue, "2026-02-24")))

        for column in ("Came", "AHT that came", "Service level reached"):
            assert f">{column}</th>" in page
        assert "Really reached" in page

    def test_is_exported_beside_the_estimates_and_the_simulation(
        self, queue, sign_in_as
    ):
        forecast = make_approved([queue], MONDAY - timedelta(days=14), 14)
        simulated = {name: [0.5] * 96 for name in SimulatedRow._fields[1:]}
        with acting(SYSTEM), transaction():
            db.session.add(
                Study(
                    kind=StudyKind.SIMULATION,
                    project_id=queue.project_id,
                    forecast_id=forecast.id,
                    queue_id=queue.id,
                    day=date(2026, 2, 24),
                    premises="",
                    figures=simulated,
                )
            )
        planner = sign_in_as("planner")

        lines = text(
            planner.get(f"/forecasts/{forecast.id}/requirement?export=csv")
        ).splitlines()

        rows = list(csv.DictReader(lines))
        noon = [row for row in rows if row["Interval"] == "12:00"]
        assert all(float(row["Volume that came"]) > 0 for row in noon)
        assert all(0 <= float(row["Service level reached"]) <= 1 for row in noon)
        assert [row["Simulation"] for row in noon].count("0.5") == 1

    def test_needs_facts(self, approved, queue, sign_in_as):
        page = text(sign_in_as("planner").get(requirement_url(approved, queue)))

        assert ">Came</th>" not in page

    def test_unknown_handling_times_are_said_to_be(self, queue, sign_in_as):
        forecast = make_forecast([queue], MONDAY, 7)
        for row in queries.forecast_days(forecast.id, queue.id):
            row.aht_s = np.zeros_like(row.aht_s)
        db.session.commit()

        page = text(sign_in_as("planner").get(requirement_url(forecast, queue)))

        assert "Handling time unknown" in page


@pytest.mark.usefixtures("quick")
class TestChances:
    def test_rise_with_the_agents_and_cost_more(self, approved, queue, sign_in_as):
        own = services.own_assumption(queue)
        own.paid_hour_cost, own.missed_day_penalty = Decimal(40), Decimal(2000)
        db.session.commit()
        planner = sign_in_as("planner")

        asked = planner.post(day_url(approved, queue, "chances"))
        run_queued()
        page = text(planner.get(asked.location))

        study = queries.studies_of_day(approved.id, queue.id, date(2026, 3, 3))
        figures = study[StudyKind.CHANCES].figures
        steps = services.priced(figures, Decimal(40), Decimal(2000))
        chances = [each.chance for each in steps]
        assert chances == sorted(chances)
        assert [each.cost for each in steps] == sorted(each.cost for each in steps)
        enough = [each.total for each in steps if each.n_more >= 0]
        assert services.cheapest(steps).total == min(enough)
        assert "Expected penalty" in page
        assert "cheapest" in page

    def test_a_margin_is_taken_over_and_counts(self, approved, queue, sign_in_as):
        planner = sign_in_as("planner")
        planner.post(day_url(approved, queue, "chances"))
        run_queued()

        taken = planner.post(day_url(approved, queue, "margin"), data={"n_more": "2"})
        page = text(planner.get(taken.location))

        own = queries.find_assumption(queue.project_id, queue.id)
        assert own.safety_share > 0.0
        assert "keeps a margin" in page
        assert "Requirements out of date" in page
        assert "What this rests on has changed" not in page
        actions = db.session.scalars(select(AuditEntry.action)).all()
        assert "forecasting.take_margin" in actions
        later = make_approved([queue], MONDAY, 7)
        need = services.requirement_of(later, queue, MONDAY, 7)
        assert need.staffing.safety_agents.max() >= 1.0
        shown = text(planner.get(requirement_url(later, queue)))
        assert "Safety margin" in shown
        assert "of which margin" in shown

    @pytest.mark.parametrize("n_more", ["99", "", "nonsense"])
    def test_only_a_simulated_margin_is_taken(
        self, approved, queue, n_more, sign_in_as
    ):
        planner = sign_in_as("planner")
        planner.post(day_url(approved, queue, "chances"))
        run_queued()

        answer = planner.post(
            day_url(approved, queue, "margin"), data={"n_more": n_more}
        )

        assert answer.status_code == 422
        assert queries.find_assumption(queue.project_id, queue.id) is None

    def test_an_hour_costs_the_average_pay_of_five_people_or_more(self, queue):
        team = make_team()
        db.session.add(
            TeamAssignment(
                project_id=queue.project_id, team_id=team.id, starts_on=FIRST
            )
        )
        db.session.commit()
        few = queries.average_hour_cost(queue.project_id, "CNY", MONDAY)

        assert few is None


@pytest.fixture
def shared(queue):
    """Two queues with a skill each, and people who have one or both."""
    other = make_queue(queue.project, name="Repairs")
    make_facts(other, FIRST, N_HISTORY, per_interval=4.0, seed=2)
    make_target(other)
    skills = [
        Skill(code=f"study-{n}", name=f"Study {n}", kind=SkillKind.CONTACT)
        for n in range(2)
    ]
    db.session.add_all(skills)
    db.session.flush()
    queue.skill_id, other.skill_id = skills[0].id, skills[1].id
    team = make_team()
    db.session.add(
        TeamAssignment(project_id=queue.project_id, team_id=team.id, starts_on=FIRST)
    )
    for held in ((0,), (0,), (1,), (0, 1)):
        person = make_employee(team=team)
        person.hired_on = FIRST
        db.session.add_all(
            EmployeeSkill(
                employee_id=person.id, skill_id=skills[each].id, valid_from=FIRST
            )
            for each in held
        )
    db.session.commit()
    return other


def team_of(queue):
    """The team that works for a queue's project."""
    return db.session.scalars(
        select(Team)
        .join(TeamAssignment)
        .where(TeamAssignment.project_id == queue.project_id)
    ).first()


@pytest.mark.usefixtures("quick")
class TestSkillGroups:
    def test_are_searched_between_one_pool_and_none(self, queue, shared, sign_in_as):
        forecast = make_approved([queue, shared], MONDAY, 7)
        planner = sign_in_as("planner")

        asked = planner.post(f"/forecasts/{forecast.id}/days/{DAY}/skills")
        run_queued()
        page = text(planner.get(asked.location))

        study = queries.studies_of_day(forecast.id, None, date(2026, 3, 3))
        figures = study[StudyKind.SKILLS].figures
        groups = {tuple(each["queue_ids"]): each for each in figures["groups"]}
        assert groups[queue.id,]["n_people"] == 2
        assert set(groups) == {(queue.id,), (shared.id,), (queue.id, shared.id)}
        total = sum(sum(each["needed"]) for each in figures["groups"])
        assert total >= sum(figures["pooled"]) - 1e-9
        assert "Skill groups" in page
        assert "out of date" not in page

    def test_ask_for_nobody_who_is_not_there_and_say_what_is_missing(
        self, queue, shared, sign_in_as
    ):
        forecast = make_approved([queue, shared], MONDAY, 7)
        planner = sign_in_as("planner")

        asked = planner.post(f"/forecasts/{forecast.id}/days/{DAY}/skills")
        run_queued()
        page = text(planner.get(asked.location))

        study = queries.studies_of_day(forecast.id, None, date(2026, 3, 3))
        figures = study[StudyKind.SKILLS].figures
        assert not figures["is_enough"]
        for group in figures["groups"]:
            assert max(group["agents"]) <= group["most"] <= group["n_people"]
        assert "The people there are do not suffice" in page
        assert "can be there" in page
        assert "missed" in page

    def test_with_enough_people_the_verdict_holds_an_interval_of_confidence(
        self, queue, shared
    ):
        team = team_of(queue)
        for place in range(16):
            person = make_employee(team=team)
            person.hired_on = FIRST
            held = queue.skill_id if place % 2 else shared.skill_id
            db.session.add(
                EmployeeSkill(employee_id=person.id, skill_id=held, valid_from=FIRST)
            )
        db.session.commit()
        forecast = make_approved([queue, shared], MONDAY, 7)

        figures = services.staff_skills(forecast, date(2026, 3, 3), nobody)

        assert figures["is_enough"]
        for line in figures["queues"]:
            assert line["sl_day_lower"] < line["sl_day"] < line["sl_day_upper"]
            assert line["n_met"] + line["n_missed"] <= line["n_open"]

    def test_need_people_with_the_skill_of_each_queue(self, queue, shared):
        third = make_queue(queue.project, name="Complaints")
        make_facts(third, FIRST, N_HISTORY, seed=3)
        skill = Skill(code="study-9", name="Study 9", kind=SkillKind.CONTACT)
        db.session.add(skill)
        db.session.flush()
        third.skill_id = skill.id
        db.session.commit()
        forecast = make_approved([queue, shared, third], MONDAY, 7)

        with pytest.raises(NoSkillGroups):
            services.staff_skills(forecast, MONDAY, nobody)

    def test_one_queue_alone_has_none(self, approved, sign_in_as):
        page = text(sign_in_as("planner").get(f"/forecasts/{approved.id}/skills"))

        assert "One queue alone" in page


def make_waits(queue, mean_s=90.0, n=600, seed=4):
    """Stored contacts that are answered or give up; patience is exponential."""
    rng = np.random.default_rng(seed)
    patience, offered = rng.exponential(mean_s, n), rng.exponential(40.0, n)
    has_left = patience < offered
    start = datetime(2026, 2, 20, 9, tzinfo=UTC)
    db.session.execute(
        insert(Contact),
        [
            {
                "content_hash": place,
                "source_key": f"c{place}",
                "import_id": 1,
                "queue_name_id": 1,
                "queue_id": queue.id,
                "customer": place % 400,
                "outcome": int(Outcome.ABANDONED if left else Outcome.ANSWERED),
                "offered_at": start + timedelta(seconds=60 * place),
                "wait_s": round(float(min(mine, theirs))),
            }
            for place, (left, mine, theirs) in enumerate(
                zip(has_left, patience, offered, strict=True)
            )
        ],
    )
    db.session.commit()


class TestPatience:
    def test_is_estimated_from_contacts_and_taken_over(self, queue, sign_in_as):
        make_waits(queue)
        planner = sign_in_as("planner")
        address = f"/projects/{queue.project_id}/assumptions/patience"

        asked = planner.post(f"{address}?queue={queue.id}")
        run_queued()
        page = text(planner.get(asked.location))
        study = queries.find_study(queue.project_id, StudyKind.PATIENCE, queue.id)
        taken = planner.post(
            f"{address}/take?queue={queue.id}", data={"study_id": study.id}
        )

        assert "Share of callers still willing to wait" in page
        figures = study.figures
        assert figures["lower_s"] < 90.0 < figures["upper_s"]
        assert taken.status_code == 303
        own = queries.find_assumption(queue.project_id, queue.id)
        assert own.patience_s == pytest.approx(figures["mean_s"])
        actions = db.session.scalars(select(AuditEntry.action)).all()
        assert "forecasting.take_patience" in actions

    def test_without_contacts_the_job_says_what_is_missing(self, queue, sign_in_as):
        planner = sign_in_as("planner")

        planner.post(
            f"/projects/{queue.project_id}/assumptions/patience?queue={queue.id}"
        )
        run_queued()

        job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job.state is JobState.FAILED
        assert job.error.startswith(NoContacts.code)
        assert "no contacts" in job.message

    def test_an_estimate_of_another_queue_is_not_taken(self, queue, sign_in_as):
        other = make_queue(queue.project)
        make_waits(queue)
        study = services.keep_study(
            StudyKind.PATIENCE,
            services.patience_of(queue, MONDAY),
            project_id=queue.project_id,
            premises="",
            queue_id=queue.id,
        )
        db.session.commit()

        answer = sign_in_as("planner").post(
            f"/projects/{queue.project_id}/assumptions/patience/take?queue={other.id}",
            data={"study_id": study.id},
        )

        assert answer.status_code == 404

    def test_nobody_who_left_leaves_nothing_to_take(self, queue):
        make_waits(queue, mean_s=1e9, n=50)

        figures = services.patience_of(queue, MONDAY)

        assert figures["mean_s"] is None
        assert figures["n_abandoned"] == 0


class TestAssumptions:
    def test_hours_of_their_own_are_added_shown_and_removed(self, queue, sign_in_as):
        planner = sign_in_as("planner")
        address = f"/projects/{queue.project_id}/assumptions/shrinkage"
        form = {
            "kind": "training",
            "weekdays": ["1"],
            "starts_at": "09:00",
            "ends_at": "11:00",
            "share": "20",
        }

        added = planner.post(f"{address}?queue={queue.id}", data=form)
        page = text(planner.get(added.location))
        span = db.session.scalars(select(ShrinkageSpan)).one()
        removed = planner.post(f"{address}/{span.id}/delete")

        assert added.status_code == 303
        assert "09:00 – 11:00" in page
        assert span.weekdays == 0b10
        assert removed.status_code == 303
        assert db.session.scalars(select(ShrinkageSpan)).first() is None
        own = queries.find_assumption(queue.project_id, queue.id)
        assert own.training_share == pytest.approx(0.03)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("share", "85"),
            ("share", "-1"),
            ("weekdays", []),
            ("starts_at", "25:00"),
            ("ends_at", "10:07"),
        ],
    )
    def test_impossible_hours_are_refused_with_what_was_typed(
        self, queue, name, value, sign_in_as
    ):
        form = {
            "kind": "absence",
            "weekdays": ["0"],
            "starts_at": "09:00",
            "ends_at": "11:00",
            "share": "20",
        }

        answer = sign_in_as("planner").post(
            f"/projects/{queue.project_id}/assumptions/shrinkage",
            data=form | {name: value},
        )

        assert answer.status_code == 422
        assert db.session.scalars(select(ShrinkageSpan)).first() is None

    def test_no_hour_may_lose_everybody(self, queue):
        own = services.own_assumption(queue)
        own.meeting_share = 0.4

        with pytest.raises(TooMuchShrinkage):
            services.add_span(
                own,
                kind=ShrinkageKind.TRAINING,
                weekdays=1,
                starts_at=time(9),
                ends_at=time(10),
                share=0.5,
            )

    def test_the_form_keeps_what_it_does_not_show(self, queue, sign_in_as):
        own = services.own_assumption(queue)
        own.backlog, own.deadline_s, own.safety_share = 12.0, 7200, 0.05
        db.session.commit()
        form = {
            "model": "erlang-c",
            "patience_s": "90",
            "max_occupancy": "85",
            "leave_share": "0",
            "meeting_share": "2",
            "training_share": "3",
            "absence_share": "5",
            "redial_share": "30",
            "waiting_room": "50",
            "safety_share": "10",
            "paid_hour_cost": "61.50",
            "missed_day_penalty": "",
        }

        answer = sign_in_as("planner").post(
            f"/projects/{queue.project_id}/assumptions?queue={queue.id}", data=form
        )

        db.session.expire_all()
        own = queries.find_assumption(queue.project_id, queue.id)
        assert answer.status_code == 303
        assert (own.backlog, own.deadline_s) == (12.0, 7200)
        assert own.waiting_room == 50
        assert own.redial_share == pytest.approx(0.3)
        assert own.safety_share == pytest.approx(0.1)
        assert own.paid_hour_cost == Decimal("61.50")
        assert own.missed_day_penalty is None

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("patience_s", "0"),
            ("patience_s", "-5"),
            ("max_occupancy", "0"),
            ("redial_share", "100"),
            ("waiting_room", "-1"),
            ("safety_share", "500"),
            ("paid_hour_cost", "-1"),
            ("absence_share", "80"),
        ],
    )
    def test_impossible_values_are_refused(self, queue, name, value, sign_in_as):
        form = {
            "model": "erlang-a",
            "patience_s": "90",
            "max_occupancy": "85",
            "leave_share": "10",
            "meeting_share": "2",
            "training_share": "3",
            "absence_share": "5",
        }

        answer = sign_in_as("planner").post(
            f"/projects/{queue.project_id}/assumptions", data=form | {name: value}
        )

        assert answer.status_code == 422
        assert db.session.scalars(select(Assumption)).first() is None

    def test_resetting_a_queue_takes_its_hours_along(self, queue, sign_in_as):
        own = services.own_assumption(queue)
        services.add_span(
            own,
            kind=ShrinkageKind.TRAINING,
            weekdays=1,
            starts_at=time(9),
            ends_at=time(10),
            share=0.2,
        )
        db.session.commit()

        answer = sign_in_as("planner").post(
            f"/projects/{queue.project_id}/assumptions/{own.id}/delete"
        )

        assert answer.status_code == 303
        assert db.session.scalars(select(ShrinkageSpan)).first() is None
