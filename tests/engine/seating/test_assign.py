from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.seating import (
    Seat,
    SeatPlan,
    SeatRequest,
    UnseatedReason,
    assign_seats,
)

NINE, FIVE = 540, 1020
DAY = 1440


def row(n, **more):
    return tuple(Seat(f"A{i}", x=i, **more) for i in range(n))


def requests(zones):
    return st.builds(
        lambda agent, start, length, choice, team, fixed: SeatRequest(
            agent, start, start + length, choice, team, fixed
        ),
        agent=st.integers(0, 8),
        start=st.integers(0, 60),
        length=st.integers(1, 20),
        choice=zones,
        team=st.sampled_from([None, 0, 1]),
        fixed=st.sampled_from([None, None, None, 1]),
    )


ZONES = st.sampled_from([None, (0,), (1,), (0, 1), (7,)])


@st.composite
def plans(draw):
    seats = draw(
        st.lists(
            st.builds(
                Seat,
                key=st.just("s"),
                zone=st.integers(0, 1),
                x=st.floats(0, 9),
                out_of_order=st.sampled_from([(), (), ((10, 20),)]),
                is_broken=st.sampled_from([False, False, True]),
            ),
            min_size=2,
            max_size=7,
        )
    )
    wanted = draw(st.lists(requests(ZONES), max_size=14))
    gap = draw(st.integers(0, 2))
    return SeatPlan(
        tuple(seats), tuple(wanted), gap, draw(st.sampled_from([None, {3: 0}]))
    )


def clash(plan, a, b):
    gap = plan.turnover_gap
    return a.start < b.end + gap and b.start < a.end + gap


class TestAnySeating:
    @settings(max_examples=100, deadline=None)
    @given(plan=plans())
    def test_gives_a_seat_to_one_person_at_a_time(self, plan):
        seating = assign_seats(plan)

        for a, b in combinations(range(len(plan.requests)), 2):
            is_same = seating.seat_of[a] == seating.seat_of[b] >= 0
            assert not (is_same and clash(plan, plan.requests[a], plan.requests[b]))

    @settings(max_examples=100, deadline=None)
    @given(plan=plans())
    def test_gives_a_person_one_seat_at_a_time(self, plan):
        seating = assign_seats(plan)
        held = [
            r for r, s in zip(plan.requests, seating.seat_of, strict=True) if s >= 0
        ]

        for a, b in combinations(held, 2):
            assert a.agent != b.agent or a.end <= b.start or b.end <= a.start

    @settings(max_examples=100, deadline=None)
    @given(plan=plans())
    def test_keeps_to_zones_and_to_seats_in_order(self, plan):
        seating = assign_seats(plan)

        for request, number in zip(plan.requests, seating.seat_of, strict=True):
            if number < 0:
                continue
            seat = plan.seats[number]
            assert not seat.is_broken
            assert request.zones is None or seat.zone in request.zones
            for start, end in seat.out_of_order:
                assert request.end <= start or request.start >= end

    @settings(max_examples=100, deadline=None)
    @given(plan=plans())
    def test_accounts_for_every_shift(self, plan):
        seating = assign_seats(plan)

        unseated = {n for n, seat in enumerate(seating.seat_of) if seat < 0}
        assert unseated == set(seating.reasons)
        assert seating.least_seats <= seating.n_seats

    @settings(max_examples=100, deadline=None)
    @given(wanted=st.lists(requests(st.none()), max_size=25), gap=st.integers(0, 3))
    def test_takes_as_many_seats_as_the_peak_and_no_more(self, wanted, gap):
        alone = tuple(
            replace(r, agent=n, fixed_seat=None) for n, r in enumerate(wanted)
        )
        plan = SeatPlan(row(30), alone, gap)

        seating = assign_seats(plan)

        most = max(
            (sum(r.start <= t < r.end + gap for r in alone) for t in range(90)),
            default=0,
        )
        assert seating.n_seats == seating.least_seats == most
        assert seating.is_proved
        assert not seating.reasons

    @settings(max_examples=100, deadline=None)
    @given(wanted=st.lists(requests(st.none()), max_size=8), n_seats=st.integers(1, 3))
    def test_seats_as_many_shifts_as_can_be_when_seats_are_short(self, wanted, n_seats):
        alone = tuple(
            replace(r, agent=n, fixed_seat=None) for n, r in enumerate(wanted)
        )

        seating = assign_seats(SeatPlan(row(n_seats), alone))

        assert int((seating.seat_of >= 0).sum()) == most_seatable(alone, n_seats)


def most_seatable(wanted, n_seats):
    """By trying every subset."""
    best = 0
    for size in range(len(wanted) + 1):
        for chosen in combinations(wanted, size):
            crowd = Counter(t for r in chosen for t in range(r.start, r.end))
            if max(crowd.values(), default=0) <= n_seats:
                best = size
    return best


class TestWishes:
    def test_people_keep_their_seat_through_the_week(self):
        wanted = tuple(
            SeatRequest(agent, day * DAY + NINE, day * DAY + FIVE)
            for day in range(5)
            for agent in range(6)
        )

        seating = assign_seats(SeatPlan(row(10), wanted))

        assert (seating.n_seats, seating.n_seat_changes) == (6, 0)

    def test_people_return_to_the_seat_they_had(self):
        wanted = (SeatRequest(4, NINE, FIVE), SeatRequest(5, NINE, FIVE))

        seating = assign_seats(SeatPlan(row(9), wanted, home_seats={4: 7, 5: 2}))

        assert seating.seat_of.tolist() == [7, 2]

    def test_a_team_sits_together(self):
        near, far = row(4), tuple(replace(s, x=s.x + 100) for s in row(4))
        wanted = tuple(
            SeatRequest(agent, NINE, FIVE, team=agent % 2) for agent in range(8)
        )
        homes = {0: 0, 1: 4}

        seating = assign_seats(SeatPlan(near + far, wanted, home_seats=homes))

        sides = [
            {int(seating.seat_of[agent]) // 4 for agent in range(8) if agent % 2 == t}
            for t in (0, 1)
        ]
        assert sides == [{0}, {1}]

    def test_a_promised_seat_is_kept_free_for_its_holder(self):
        wanted = (SeatRequest(0, 480, FIVE), SeatRequest(1, NINE, FIVE, fixed_seat=0))

        seating = assign_seats(SeatPlan(row(2), wanted))

        assert seating.seat_of.tolist() == [1, 0]

    def test_clients_in_zones_of_their_own_never_mix(self):
        seats = row(2) + row(2, zone=1)
        wanted = tuple(
            SeatRequest(agent, NINE, FIVE, zones=(agent % 2,)) for agent in range(4)
        )

        seating = assign_seats(SeatPlan(seats, wanted))

        zones = [seats[seat].zone for seat in seating.seat_of]
        assert zones == [0, 1, 0, 1]


class TestShortages:
    def test_the_shift_that_ends_last_gives_way(self):
        wanted = (SeatRequest(0, NINE, FIVE), SeatRequest(1, 600, 700))

        seating = assign_seats(SeatPlan(row(1), wanted))

        assert seating.reasons == {0: UnseatedReason.ALL_SEATS_TAKEN}

    def test_a_client_without_a_zone_is_told_so(self):
        wanted = (SeatRequest(0, NINE, FIVE, zones=(5,)),)

        seating = assign_seats(SeatPlan(row(3), wanted))

        assert seating.reasons == {0: UnseatedReason.NO_SEAT_IN_ZONES}

    def test_nobody_sits_twice_at_once(self):
        wanted = (SeatRequest(0, NINE, FIVE), SeatRequest(0, 600, 700))

        seating = assign_seats(SeatPlan(row(3), wanted))

        assert seating.reasons == {1: UnseatedReason.AGENT_ALREADY_SEATED}

    def test_no_seats_and_no_shifts_are_no_error(self):
        empty = assign_seats(SeatPlan((), ()))
        seatless = assign_seats(SeatPlan((), (SeatRequest(0, 0, 1),)))

        assert (empty.n_seats, empty.is_proved) == (0, True)
        assert list(seatless.reasons) == [0]

    @pytest.mark.parametrize(
        "plan",
        [
            SeatPlan(row(1), (SeatRequest(0, 5, 5),)),
            SeatPlan(row(1), (SeatRequest(0, 5, 6, fixed_seat=3),)),
            SeatPlan(row(1), (), turnover_gap=-1),
            SeatPlan(row(1), (), home_seats={0: 9}),
            SeatPlan((Seat("a", out_of_order=((4, 4),)),), ()),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, plan):
        with pytest.raises(EngineInputError):
            assign_seats(plan)
