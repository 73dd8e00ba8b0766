import numpy as np
import pytest

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    pooled_skill_agents,
    search_skill_agents,
    skill_queues,
    skill_service,
)

OFFERED = np.array([[60.0, 90.0, 60.0], [30.0, 50.0, 30.0]])
AHT_S = np.array([[300.0], [240.0]])
SEPARATE = [[1, 0], [0, 1]]
SHARED = [[1, 0], [0, 1], [1, 1]]


def queues(skills, **changes):
    asked = {"sl_target": 0.8, "patience_s": [120.0, 120.0], **changes}
    return skill_queues(OFFERED, AHT_S, 1800.0, skills, **asked)


class TestPooledSkillAgents:
    def test_one_group_of_all_skills_is_the_pool(self):
        found = pooled_skill_agents(queues([[1, 1]]))

        assert found.required_agents[0].tolist() == found.pooled_agents.tolist()

    def test_groups_of_one_skill_are_separate(self):
        found = pooled_skill_agents(queues(SEPARATE))

        assert found.required_agents.sum(axis=0).tolist() == (
            found.separate_agents.tolist()
        )

    def test_sharing_lies_between_and_prefers_the_cheaper_specialists(self):
        found = pooled_skill_agents(queues(SHARED))
        total = found.required_agents.sum(axis=0)

        assert (total >= found.pooled_agents).all()
        assert (total <= found.separate_agents).all()
        assert (found.required_agents[2] < found.required_agents[0]).all()

    @pytest.mark.parametrize(
        ("skills", "changes", "reason"),
        [
            ([[1, 0]], {}, "contacts of queue number 2"),
            ([[1, 1], [0, 0]], {}, "group number 2 takes no queue"),
            ([[1, 0, 1]], {}, "skills by group, queue"),
            (SHARED, {"sl_target": 1.0}, "sl_target"),
            (SHARED, {"sl_target": [0.8, 0.8, 0.8]}, "by queue"),
            (SHARED, {"cost": [1.0, 1.0, 0.0]}, "cost"),
            ([[1, 0]], {"names": ["Bills", "Repairs"]}, "contacts of queue Repairs"),
            (SHARED, {"names": ["Bills"]}, "names goes by queue"),
            (SHARED, {"most": [1.0, 2.0]}, "most goes by group"),
            (SHARED, {"most": -1.0}, "most"),
        ],
    )
    def test_refuses_what_has_no_meaning(self, skills, changes, reason):
        with pytest.raises(EngineInputError, match=reason):
            queues(skills, **changes)


class TestSearchSkillAgents:
    def test_every_queue_is_served_with_fewer_than_separate_teams(self):
        asked = queues(SHARED)
        found = search_skill_agents(asked, rng=np.random.default_rng(3), n_days=60)

        assert (found.sl >= 0.8).all()
        total = found.required_agents.sum()
        assert found.pooled_agents.sum() <= total <= found.separate_agents.sum()

    def test_the_same_seed_finds_the_same(self):
        asked = queues(SHARED)
        one, two = (
            search_skill_agents(asked, rng=np.random.default_rng(4), n_days=20)
            for _ in range(2)
        )

        assert one.required_agents.tolist() == two.required_agents.tolist()

    def test_tells_how_far_it_is_and_stops_when_told(self):
        def stop(n_done):
            raise InterruptedError(n_done)

        with pytest.raises(InterruptedError):
            search_skill_agents(
                queues(SHARED),
                rng=np.random.default_rng(5),
                n_days=5,
                progress=stop,
            )

    def test_never_asks_for_people_that_a_group_does_not_have(self):
        asked = queues(SHARED, most=[40.0, 40.0, 2.0])
        found = search_skill_agents(asked, rng=np.random.default_rng(6), n_days=20)

        assert found.required_agents[2].max() <= 2.0
        assert found.is_met.all()

    def test_says_where_the_people_there_are_do_not_suffice(self):
        asked = queues(SHARED, most=[40.0, 2.0, 1.0])
        found = search_skill_agents(asked, rng=np.random.default_rng(6), n_days=20)

        assert (found.required_agents <= asked.most[:, None]).all()
        assert found.is_met[0].all()
        assert not found.is_met[1].any()


class TestSkillService:
    def test_judges_with_other_contacts_and_an_interval_of_confidence(self):
        asked = queues(SHARED)
        found = search_skill_agents(asked, rng=np.random.default_rng(7), n_days=20)
        judged = skill_service(
            asked, found.required_agents, rng=np.random.default_rng(8), n_days=60
        )

        assert (judged.sl_lower < judged.sl).all()
        assert (judged.sl < judged.sl_upper).all()
        assert (judged.day_sl > 0.75).all()
        assert judged.n_days == 60

    @pytest.mark.parametrize(
        ("agents", "n_days", "reason"),
        [([[1.0]], 5, "group, interval"), (np.ones((3, 3)), 0, "n_days")],
    )
    def test_refuses_what_has_no_meaning(self, agents, n_days, reason):
        with pytest.raises(EngineInputError, match=reason):
            skill_service(
                queues(SHARED), agents, rng=np.random.default_rng(0), n_days=n_days
            )
