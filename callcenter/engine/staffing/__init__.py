"""How many agents a load needs, and what service a number of agents gives."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.engine.staffing.blend import (
        Blend,
        required_blend_agents,
    )
    from callcenter.engine.staffing.chat import (
        chat_measures,
        required_chat_agents,
    )
    from callcenter.engine.staffing.days import (
        modified_offered_load,
    )
    from callcenter.engine.staffing.deferred import (
        Deferred,
        spread_work,
        work_off,
    )
    from callcenter.engine.staffing.erlang import (
        erlang_a_measures,
        erlang_b,
        erlang_c,
        erlang_c_measures,
    )
    from callcenter.engine.staffing.measures import (
        Heads,
        Model,
        QueueMeasures,
        ServiceLevelDefinition,
        Start,
    )
    from callcenter.engine.staffing.patience import (
        Patience,
        Redial,
        estimate_patience,
        estimate_redial,
    )
    from callcenter.engine.staffing.requirement import (
        Requirement,
        required_agents,
    )
    from callcenter.engine.staffing.service import (
        queue_measures,
    )
    from callcenter.engine.staffing.shrinkage import (
        combined_shrinkage,
        scheduled_agents,
        whole_agents,
    )
    from callcenter.engine.staffing.skill_search import (
        SkillService,
        search_skill_agents,
        skill_service,
    )
    from callcenter.engine.staffing.skills import (
        SkillQueues,
        SkillRequirement,
        pooled_skill_agents,
        skill_queues,
    )
    from callcenter.engine.staffing.tails import (
        carried_load,
        wait_quantile,
        wait_tail,
    )
    from callcenter.engine.staffing.varying import (
        service_over_time,
        staff_over_time,
    )

__all__ = [
    "Blend",
    "Deferred",
    "Heads",
    "Model",
    "Patience",
    "QueueMeasures",
    "Redial",
    "Requirement",
    "ServiceLevelDefinition",
    "SkillQueues",
    "SkillRequirement",
    "SkillService",
    "Start",
    "carried_load",
    "chat_measures",
    "combined_shrinkage",
    "erlang_a_measures",
    "erlang_b",
    "erlang_c",
    "erlang_c_measures",
    "estimate_patience",
    "estimate_redial",
    "modified_offered_load",
    "pooled_skill_agents",
    "queue_measures",
    "required_agents",
    "required_blend_agents",
    "required_chat_agents",
    "scheduled_agents",
    "search_skill_agents",
    "service_over_time",
    "skill_queues",
    "skill_service",
    "spread_work",
    "staff_over_time",
    "wait_quantile",
    "wait_tail",
    "whole_agents",
    "work_off",
]

lazily(__name__)
