"""Overtime and time off: offered where the interval needs it, first come."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callcenter.access.models import ScopeKind, User
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Absence, AbsenceKind
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import OfferInvalid
from callcenter.scheduling.models import CoverageInterval, Shift
from callcenter.scheduling.models.offers import OfferAnswer, OfferKind, TimeOffer
from callcenter.scheduling.models.swaps import SwapAnswer
from callcenter.scheduling.queries import offers as reading
from callcenter.scheduling.queries.offers import Stretch
from callcenter.scheduling.services.swaps import save_agent_rules
from tests.factories.scheduling import MONDAY, at, make_center
from tests.factories.swaps import give, let_in, make_week
from tests.scheduling.rush import at_once, own_app  # noqa: F401 - a fixture

TAKEN, DECLINED = OfferAnswer.TAKEN, OfferAnswer.DECLINED
NEED = {"overtime": 3.0, "time_off": 0.0}


@pytest.fixture(autouse=True)
def _some_days_before(request):
    if "own_app" in request.fixturenames:
        yield
        return
    center = request.getfixturevalue("center")
    with clock.frozen(at(center, MONDAY - timedelta(days=3), 12)):
        yield


@pytest.fixture
def week(center):
    return make_week(center)


@pytest.fixture
def day(week, center):
    """Two agents from nine to six, one from twelve to nine."""
    return [
        give(week, center, 0, 0, 9),
        give(week, center, 1, 0, 9),
        give(week, center, 2, 0, 12, "LATE"),
    ]


def stretch(center, first, last, kind=OfferKind.OVERTIME, agents=1.0):
    return Stretch(kind, at(center, MONDAY, first), at(center, MONDAY, last), agents)


def eligible(week, wanted):
    whole = queries.get_schedule(week.id, EVERYTHING)
    return services.find_eligible(whole, wanted, EVERYTHING)


def offer(week, wanted, n=1):
    made = services.make_offer(
        queries.get_schedule(week.id, EVERYTHING),
        wanted,
        n_wanted=n,
        closes_at=wanted.starts_at - timedelta(hours=2),
        scope=EVERYTHING,
    )
    db.session.commit()
    return made


def say(made, shift, answer=TAKEN):
    counts = services.answer_offer(made.id, shift.employee_id, answer)
    db.session.commit()
    return counts


def times(center, shift):
    found = db.session.get(Shift, shift.id)
    return tuple(
        each.astimezone(center.zone).hour for each in (found.starts_at, found.ends_at)
    )


class TestStretches:
    def cover(self, week, center, hour, required, given):
        db.session.add_all(
            CoverageInterval(
                schedule_id=week.id,
                queue_id=center.queue.id,
                interval_start=at(center, MONDAY, hour) + timedelta(minutes=15) * n,
                required_agents=required,
                scheduled_agents=given,
            )
            for n in range(8)
        )
        db.session.commit()

    def test_runs_of_missing_and_idle_agents_are_found_the_worst_first(
        self, week, center
    ):
        self.cover(week, center, 9, 3, 3)
        self.cover(week, center, 11, 5, 3)
        self.cover(week, center, 13, 2, 7)

        found = reading.stretches(week.id, week.starts_at, week.ends_at, most=9)

        assert found == [
            stretch(center, 13, 15, OfferKind.TIME_OFF, 5.0),
            stretch(center, 11, 13, OfferKind.OVERTIME, 2.0),
        ]

    def test_long_runs_are_cut_at_four_hours(self, week, center):
        for hour in (9, 11, 13):
            self.cover(week, center, hour, 2, 0)

        found = reading.stretches(week.id, week.starts_at, week.ends_at, most=9)

        assert [each.agent_h for each in found] == [8.0, 4.0]


class TestEligible:
    def test_overtime_is_for_those_whose_shift_ends_or_begins_there(
        self, day, week, center
    ):
        after = eligible(week, stretch(center, 18, 20))
        before = eligible(week, stretch(center, 10, 12))

        assert [each.shift.id for each in after] == [day[0].id, day[1].id]
        assert [each.extra_min for each in after] == [120, 120]
        assert [each.shift.id for each in before] == [day[2].id]

    def test_time_off_is_for_those_whose_last_or_first_hours_lie_there(
        self, day, week, center
    ):
        found = eligible(week, stretch(center, 16, 18, OfferKind.TIME_OFF))

        assert [each.shift.id for each in found] == [day[0].id, day[1].id]
        assert {each.extra_min for each in found} == {-120}

    def test_too_little_rest_after_it_excludes(self, day, week, center):
        give(week, center, 0, 1, 6, "EARLY")

        found = eligible(week, stretch(center, 18, 20))

        assert [each.shift.id for each in found] == [day[1].id]

    def test_leave_then_excludes(self, day, week, center):
        db.session.add(
            Absence(
                employee_id=day[1].employee_id,
                kind=AbsenceKind.PERSONAL_LEAVE,
                starts_at=at(center, MONDAY, 19),
                ends_at=at(center, MONDAY, 23),
            )
        )
        db.session.commit()

        found = eligible(week, stretch(center, 18, 20))

        assert [each.shift.id for each in found] == [day[0].id]

    def test_the_overtime_of_a_day_is_limited(self, day, week, center):
        found = eligible(week, stretch(center, 18, 22))

        # Four hours more are too many; for the late shift it is one.
        assert [each.shift.id for each in found] == [day[2].id]

    def test_so_is_that_of_a_month(self, day, week, center):
        save_agent_rules(center.site.id, overtime_month_h=3.0)
        give(week, center, 0, 1, 9)
        first = offer(week, stretch(center, 18, 20))
        assert say(first, day[0])

        tuesday = timedelta(days=1)
        again = stretch(center, 18, 20)
        again = Stretch(
            again.kind, again.starts_at + tuesday, again.ends_at + tuesday, 1.0
        )

        assert eligible(week, again) == []


class TestTaking:
    def test_the_shift_is_longer_at_once_and_coverage_counts_it(
        self, day, week, center
    ):
        made = offer(week, stretch(center, 18, 20))

        assert say(made, day[0])
        assert times(center, day[0]) == (9, 20)
        given = db.session.scalar(
            select(CoverageInterval.scheduled_agents).where(
                CoverageInterval.interval_start == at(center, MONDAY, 19)
            )
        )
        assert given == 2.0

    def test_time_off_shortens_it_and_its_pay(self, day, week, center):
        made = offer(week, stretch(center, 16, 18, OfferKind.TIME_OFF))

        assert say(made, day[1])
        assert times(center, day[1]) == (9, 16)
        assert db.session.get(Shift, day[1].id).paid_min == 6 * 60

    def test_who_comes_after_the_limit_is_too_late(self, day, week, center):
        made = offer(week, stretch(center, 18, 20), n=1)

        assert (say(made, day[0]), say(made, day[1])) == (True, False)
        assert times(center, day[1]) == (9, 18)

    def test_taking_it_twice_takes_it_once(self, day, week, center):
        made = offer(week, stretch(center, 18, 20), n=2)

        assert (say(made, day[0]), say(made, day[0])) == (True, True)
        assert times(center, day[0]) == (9, 20)

    def test_a_shift_that_was_swapped_away_is_no_longer_theirs_to_extend(
        self, day, week, center
    ):
        made = offer(week, stretch(center, 18, 20))
        swap = services.ask_for_swap(day[2].employee, [day[2].id, day[0].id])
        owner = day[0].employee_id
        services.answer_swap(swap.id, owner, SwapAnswer.AGREED)
        db.session.commit()

        assert not services.answer_offer(made.id, owner, TAKEN)

    def test_declining_leaves_the_place_to_others(self, day, week, center):
        made = offer(week, stretch(center, 18, 20))

        assert say(made, day[0], DECLINED)
        assert say(made, day[1])

    def test_a_closed_offer_cannot_be_taken(self, day, week, center):
        made = offer(week, stretch(center, 18, 20))
        services.close_offer(made.id)
        db.session.commit()

        assert not say(made, day[0])

    def test_who_was_not_asked_cannot_take_it(self, day, week, center):
        made = offer(week, stretch(center, 18, 20))

        with pytest.raises(NotFound):
            services.answer_offer(made.id, day[2].employee_id, TAKEN)

    @pytest.mark.parametrize("hours", [-200, 3])
    def test_it_closes_after_now_and_before_it_begins(self, day, week, center, hours):
        wanted = stretch(center, 18, 20)

        with pytest.raises(OfferInvalid):
            services.make_offer(
                queries.get_schedule(week.id, EVERYTHING),
                wanted,
                n_wanted=1,
                closes_at=wanted.starts_at + timedelta(hours=hours),
                scope=EVERYTHING,
            )


def test_of_all_who_take_one_place_at_once_one_gets_it(own_app):  # noqa: F811
    center = make_center(n_agents=6, n_seats=1)
    week = make_week(center)
    shifts = [give(week, center, place, 0, 9) for place in range(6)]
    made = offer(week, stretch(center, 18, 20))
    people, offer_id = [each.employee_id for each in shifts], made.id
    db.session.remove()

    told = at_once(
        own_app,
        [lambda who=who: services.answer_offer(offer_id, who, TAKEN) for who in people],
        transaction,
    )

    longer = select(func.count()).where(Shift.ends_at == at(center, MONDAY, 20))
    assert sorted(told) == [False] * 5 + [True]
    assert db.session.scalar(longer) == 1


class TestDoors:
    def test_from_the_stretch_to_the_longer_shift(self, day, week, center, sign_in_as):
        let_in(center.employees)
        desk = sign_in_as(
            "supervisor", scope_kind=ScopeKind.TEAM, scope_id=center.team.id
        )
        phone = sign_in_as(user=db.session.get(User, day[0].employee.user_id))
        week.published_at = clock.now()
        wanted = stretch(center, 18, 20)
        db.session.add(
            CoverageInterval(
                schedule_id=week.id,
                queue_id=center.queue.id,
                interval_start=wanted.starts_at,
                required_agents=2,
                scheduled_agents=0,
            )
        )
        db.session.commit()
        address = f"/schedules/{week.id}/offers"
        ends = {"starts": wanted.starts_at, "ends": wanted.ends_at}
        place = "&".join(
            f"{name}={value.isoformat().replace('+', '%2B')}"
            for name, value in ends.items()
        )
        local = wanted.starts_at.astimezone(center.zone) - timedelta(hours=2)

        shown = desk.get(f"{address}/new?kind=overtime&{place}")
        sent = desk.post(
            f"{address}/new?kind=overtime&{place}",
            data={"n_wanted": "1", "closes_at": local.strftime("%Y-%m-%dT%H:%M")},
        )
        offer_id = db.session.scalar(select(TimeOffer.id))
        home, page = phone.get("/").text, phone.get("/me/offers").text
        taken = phone.post(f"/me/offers/{offer_id}/answer", data={"answer": "taken"})
        listed = desk.get(address).text

        assert day[0].employee.name in shown.text
        assert (sent.status_code, taken.status_code) == (303, 303)
        assert "Overtime is offered to you" in home
        assert "Take it" in page
        assert "1 of 1 taken, 2 asked" in listed
        assert times(center, day[0]) == (9, 20)

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "?kind=overtime",
            "?kind=x&starts=1&ends=2",
            "?kind=overtime&starts=2031-",
        ],
    )
    def test_nonsense_in_the_address_is_refused(self, week, center, sign_in_as, query):
        week.published_at = clock.now()
        db.session.commit()
        desk = sign_in_as("planner", scope_kind=ScopeKind.SITE, scope_id=center.site.id)

        assert desk.get(f"/schedules/{week.id}/offers/new{query}").status_code == 422
