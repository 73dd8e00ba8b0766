"""Each thing that a center may have, by itself."""

import numpy as np
import pytest

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation import (
    Agent,
    Campaign,
    Duration,
    GivenContacts,
    Redial,
    Rules,
    Shift,
    Skill,
    trace_day,
    validate_schedule,
)
from tests.engine.simulation.cases import calls, center, simulated, team


def traced(of, seed=1):
    return trace_day(of, rng=np.random.default_rng(seed))


class TestContacts:
    def test_given_contacts_come_exactly_when_they_came(self):
        given = GivenContacts(
            at_s=[0.0, 10.0, 20.0],
            of=[0, 0, 0],
            service_s=[100.0, 5.0, 5.0],
            patience_s=[np.inf, np.inf, 30.0],
        )

        told = traced(center(given=given, groups=[team(staff=1)]))

        assert told.arrived_s.tolist() == [0.0, 20.0, 10.0]
        assert told.wait_s.tolist() == [0.0, 30.0, 90.0]
        assert told.outcome.tolist() == ["answered", "abandoned", "answered"]

    def test_who_gave_up_comes_again_up_to_the_last_attempt(self):
        redial = Redial(
            probability=1.0,
            delay=Duration(mean_s=60.0, shape="fixed"),
            max_attempts=3,
        )
        lost = calls(
            patience=Duration(mean_s=5.0, shape="fixed"), offered=5.0, redial=redial
        )

        told = traced(center(types=[lost], groups=[team(staff=0)]))

        assert (told.outcome == "abandoned").all()
        assert set(told.attempt) == {0, 1, 2}

    def test_transfers_are_offered_to_the_other_type(self):
        first = calls("first", transfers={"second": 0.25}, offered=60.0)
        second = calls("second", offered=0.0)
        of = center(
            types=[first, second],
            groups=[team("a", of=["first"]), team("b", of=["second"])],
        )

        found = simulated(of, n_days=100).day

        assert found.transfers[1] == found.offered[1]
        assert found.offered[1] / found.answered[0] == pytest.approx(0.25, rel=0.05)

    def test_balking_loses_only_those_who_would_wait(self):
        of = calls(balk=0.5)

        found = simulated(center(types=[of], groups=[team(staff=9)])).day

        assert found.balked[0] == found.abandoned[0] > 0
        assert simulated(center(types=[of], groups=[team(staff=99)])).day.balked == 0

    def test_nobody_to_serve_leaves_the_patient_waiting(self):
        found = simulated(center(groups=[team(staff=0)]))

        assert (found.samples.left == found.samples.offered).all()
        assert found.day.sl == 0.0

    def test_an_empty_type_has_perfect_service(self):
        found = simulated(center(types=[calls(offered=0.0)]))

        assert (found.intervals.sl == 1.0).all()
        assert (found.intervals.chance == 1.0).all()

    def test_no_handling_time_needs_no_time(self):
        of = calls(service=Duration(mean_s=0.0))

        found = simulated(center(types=[of], groups=[team(staff=1)])).day

        assert found.sl[0] == 1.0
        assert found.asa_s[0] == 0.0

    def test_a_threshold_of_zero_counts_those_answered_at_once(self):
        found = simulated(center(types=[calls(sl_threshold_s=0.0)]))

        at_once = found.wait_counts[..., 0].sum() / found.samples.offered.sum()
        assert found.day.sl[0] == pytest.approx(at_once)

    def test_quantiles_are_near_those_of_the_contacts(self):
        of = center(groups=[team(staff=9)])
        waits = traced(of, seed=3).wait_s

        found = simulated(of, n_days=1, seed=3, antithetic=False)

        for share in (0.5, 0.9, 0.99):
            near = pytest.approx(np.quantile(waits, share), rel=0.1)
            assert found.day_wait_quantile_s(share)[0] == near


class TestAgents:
    def one(self, **changes):
        plain = {"name": "Li Na", "skills": [Skill(of="calls")]}
        plain["shifts"] = [Shift(start_s=0.0, end_s=7200.0)]
        return Agent(**{**plain, **changes})

    def test_a_break_begins_after_the_contact_and_keeps_its_length(self):
        given = GivenContacts(
            at_s=[0.0, 150.0], of=[0, 0], service_s=[100.0, 10.0], patience_s=None
        )
        shift = Shift(start_s=0.0, end_s=7200.0, breaks=[(50.0, 300.0)])

        of = center(agents=[self.one(shifts=[shift])], given=given)

        assert traced(of).wait_s.tolist() == [0.0, 250.0]

    def test_a_late_break_may_keep_its_planned_end(self):
        given = GivenContacts(at_s=[0.0, 150.0], of=[0, 0], service_s=[100.0, 10.0])
        shift = Shift(start_s=0.0, end_s=7200.0, breaks=[(50.0, 300.0)])
        rules = Rules(breaks="planned-end")

        of = center(agents=[self.one(shifts=[shift])], given=given, rules=rules)

        assert traced(of).wait_s.tolist() == [0.0, 200.0]

    def test_a_shift_ends_after_the_contact_in_hand(self):
        given = GivenContacts(at_s=[90.0, 95.0], of=[0, 0], service_s=[50.0, 1.0])
        of = center(
            agents=[self.one(shifts=[Shift(start_s=0.0, end_s=100.0)])], given=given
        )

        found = simulated(of, n_days=1)

        assert found.samples.left[0, 0] == 1
        assert found.samples.staffed_s[0, 0] == pytest.approx(140.0)
        assert found.samples.busy_s[0, 0] == pytest.approx(50.0)

    def test_the_absent_are_away_all_day(self):
        agents = [self.one(name=f"a{i}", absence=0.25) for i in range(100)]

        found = simulated(center(agents=agents), n_days=200)

        assert found.staffed_agents[0, 0] == pytest.approx(75.0, abs=1.0)

    def test_the_proficient_need_less_time(self):
        slow, fast = (
            simulated(center(groups=[team(of=[Skill(of="calls", speed=speed)])])).day
            for speed in (1.0, 2.0)
        )

        assert fast.handling_s[0] == pytest.approx(slow.handling_s[0] / 2)

    def test_the_longest_idle_is_chosen(self):
        agents = [
            self.one(name=f"a{i}", shifts=[Shift(start_s=0.1 * i, end_s=100.0)])
            for i in range(3)
        ]
        given = GivenContacts(
            at_s=[1.0, 2.0, 3.0, 50.0, 60.0], of=[0] * 5, service_s=[20, 5, 10, 1, 1]
        )

        told = traced(center(agents=agents, given=given))

        assert told.agent.tolist() == [0, 1, 2, 1, 2]

    def test_priority_decides_before_idle_time(self):
        backup = self.one(name="backup", skills=[Skill(of="calls", priority=2)])
        given = GivenContacts(
            at_s=[1.0, 50.0, 51.0], of=[0] * 3, service_s=[10.0, 10.0, 1.0]
        )

        told = traced(center(agents=[backup, self.one()], given=given))

        names = [told.agent_names[a] for a in told.agent]
        assert names == ["Li Na", "Li Na", "backup"]

    def test_overflow_waits_its_delay(self):
        late = team("late", of=[Skill(of="calls", after_s=30.0)], staff=1)
        given = GivenContacts(at_s=[0.0, 1.0], of=[0, 0], service_s=[500.0, 5.0])

        told = traced(center(groups=[team(staff=1), late], given=given))

        assert told.wait_s.tolist() == [0.0, pytest.approx(30.0)]

    def test_a_reserve_is_kept_for_others(self):
        types = [calls("common", offered=0.0), calls("rare", offered=0.0)]
        both = team(of=["rare", Skill(of="common", reserve=1)], staff=2)
        given = GivenContacts(
            at_s=[0.0, 1.0, 2.0], of=[0, 0, 1], service_s=[60.0, 60.0, 10.0]
        )

        told = traced(center(types=types, groups=[both], given=given))

        by_arrival = np.argsort(told.arrived_s)
        assert told.wait_s[by_arrival].tolist() == [0.0, 59.0, 0.0]

    def test_chats_in_one_pair_of_hands_slow_each_other_down(self):
        chat = calls(together=2, slow_down=0.5)
        given = GivenContacts(at_s=[0.0, 0.0, 1.0], of=[0] * 3, service_s=[60.0] * 3)

        told = traced(center(types=[chat], groups=[team(staff=1)], given=given))

        assert told.wait_s.tolist() == [0.0, 0.0, 89.0]

    def test_priority_calls_come_first_where_the_rule_says_so(self):
        types = [
            calls("plain", offered=0.0, priority=2),
            calls("vip", offered=0.0, priority=1),
        ]
        given = GivenContacts(
            at_s=[0.0, 1.0, 2.0], of=[0, 0, 1], service_s=[10.0, 10.0, 10.0]
        )
        waits = []
        for rule in ("longest-waiting", "contact-priority"):
            told = traced(
                center(
                    types=types,
                    groups=[team(of=["plain", "vip"], staff=1)],
                    given=given,
                    rules=Rules(contact_choice=rule),
                )
            )
            waits.append(told.wait_s[told.of == 1].tolist())

        assert waits == [[18.0], [8.0]]


class TestCampaigns:
    def campaign(self, **changes):
        plain = {
            "name": "list",
            "reach": 0.3,
            "dial": Duration(mean_s=20.0, shape="fixed"),
            "talk": Duration(mean_s=100.0, shape="fixed"),
        }
        return Campaign(**{**plain, **changes})

    def test_free_agents_dial_all_the_time(self):
        of = center(
            types=[], campaigns=[self.campaign()], groups=[team(of=["list"], staff=5)]
        )

        found = simulated(of)

        assert found.dialling.dialled.sum() == pytest.approx(
            5 * 8 * 3600 / (20 + 0.3 * 100), rel=0.03
        )
        assert found.dialling.reached.sum() / found.dialling.dialled.sum() == (
            pytest.approx(0.3, abs=0.02)
        )
        assert found.day_occupancy[0] == pytest.approx(1.0)

    def test_a_list_ends_and_missed_numbers_return(self):
        once = self.campaign(list_size=100)
        again = self.campaign(
            list_size=100, retry=1.0, retry_delay=Duration(mean_s=600.0)
        )
        counts = [
            simulated(
                center(types=[], campaigns=[c], groups=[team(of=["list"])])
            ).dialling
            for c in (once, again)
        ]

        assert counts[0].dialled.sum() == 100
        assert counts[1].reached.sum() == pytest.approx(100, abs=1)

    def test_nobody_dials_while_it_is_closed(self):
        closed = self.campaign(reach=[0.0] * 8 + [0.5] * 8)

        found = simulated(
            center(types=[], campaigns=[closed], groups=[team(of=["list"])])
        ).dialling

        assert (found.dialled[0, :8] == 0).all()
        assert (found.dialled[0, 8:] > 0).all()

    def test_a_reserve_protects_the_service_of_calls(self):
        levels = []
        for reserve in (0, 3):
            skills = ["calls", Skill(of="list", reserve=reserve)]
            of = center(campaigns=[self.campaign()], groups=[team(of=skills, staff=14)])
            levels.append(simulated(of).day.sl[0])

        assert levels[1] - levels[0] > 0.05


class TestValidateSchedule:
    def asked(self, n_agents=16, **changes):
        plain = {
            "offered": np.full((2, 8), 40.0),
            "aht_s": 240.0,
            "on_duty": np.ones((n_agents, 8), dtype=bool),
            "skills": np.ones((n_agents, 2), dtype=int),
            "interval_s": 1800.0,
            "rng": np.random.default_rng(1),
            "n_days": 100,
        }
        return validate_schedule(**{**plain, **changes})

    def test_more_agents_have_a_better_chance(self):
        few, many = self.asked(12), self.asked(20)

        assert few.chance.shape == (2, 8)
        assert (few.chance <= many.chance).all()
        assert (many.chance_lower <= many.chance).all()
        assert (many.chance <= many.chance_upper).all()
        assert (few.sl_low <= few.sl_high).all()

    def test_those_off_duty_do_not_count(self):
        duty = np.ones((16, 8), dtype=bool)
        duty[:, 4:] = False

        found = self.asked(on_duty=duty, patience_s=60.0)

        assert found.chance[:, :3].min() > 0.5
        assert found.chance[:, 5:].max() == 0.0

    def test_an_uncertain_forecast_widens_what_a_day_may_bring(self):
        sure, unsure = self.asked(), self.asked(day_cv=0.3)

        assert (sure.sl_high - sure.sl_low).mean() < (
            unsure.sl_high - unsure.sl_low
        ).mean()

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"offered": [1.0]}, "offered"),
            ({"offered": -np.ones((2, 8))}, "offered"),
            ({"on_duty": np.ones((16, 7))}, "on_duty"),
            ({"skills": np.ones((16, 3))}, "skills"),
            ({"skills": -np.ones((16, 2))}, "skills"),
            ({"aht_s": np.ones(3)}, "aht_s"),
            ({"patience_s": np.ones(3)}, "patience_s"),
            ({"patience_s": -1.0}, "patience_s"),
            ({"speed": 0.0}, "speed"),
            ({"absence": 2.0}, "absence"),
            ({"day_cv": 3.0}, "day_cv"),
            ({"n_days": 0}, "n_days"),
        ],
    )
    def test_refuses_nonsense_by_name(self, changes, named):
        with pytest.raises(EngineInputError, match=named):
            self.asked(**changes)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"n_intervals": 0}, "n_intervals"),
        ({"interval_s": float("nan")}, "interval_s"),
        ({"types": []}, "types"),
        ({"types": [calls(), calls()]}, "occurs twice"),
        ({"types": [calls(offered=-1.0)]}, "calls.offered"),
        ({"types": [calls(offered=[1.0, 2.0])]}, "calls.offered"),
        ({"types": [calls(service=Duration())]}, "calls.service.mean_s"),
        ({"types": [calls(service=Duration(mean_s=1.0, shape="x"))]}, "shape"),
        ({"types": [calls(transfers={"x": 0.1})]}, "transfers"),
        ({"types": [calls(transfers={"calls": 1.0})]}, "circles"),
        ({"types": [calls(balk=1.0)]}, "calls.balk"),
        ({"types": [calls(together=0)]}, "calls.together"),
        ({"types": [calls(on_close="x")]}, "calls.on_close"),
        ({"groups": [team(staff=1.5)]}, "team.staff"),
        ({"groups": [team(staff=-1)]}, "team.staff"),
        ({"groups": [team(of=["x"])]}, "team.skills.x"),
        ({"groups": [team(of=[])]}, "team.skills"),
        ({"groups": [team(of=[Skill(of="calls", speed=0.0)])]}, "speed"),
        ({"rules": Rules(agent_choice="x")}, "rules.agent_choice"),
        ({"warm_up_s": 100.0}, "warm_up_s"),
        ({"day_cv": 2.0}, "day_cv"),
        ({"given": GivenContacts(at_s=[2.0, 1.0], of=[0, 0])}, "given.at_s"),
        ({"given": GivenContacts(at_s=[1.0], of=[1])}, "given.of"),
    ],
)
def test_nonsense_is_refused_by_name(changes, named):
    with pytest.raises(EngineInputError, match=named):
        simulated(center(**changes))
