"""How many agents a load needs, and what service a number of agents gives."""

from callcenter.engine.staffing.choosing import Heads
from callcenter.engine.staffing.days import modified_offered_load
from callcenter.engine.staffing.erlang import (
    erlang_a_measures,
    erlang_b,
    erlang_c,
    erlang_c_measures,
)
from callcenter.engine.staffing.measures import (
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
)
from callcenter.engine.staffing.requirement import Requirement, required_agents
from callcenter.engine.staffing.shrinkage import scheduled_agents, whole_agents
from callcenter.engine.staffing.varying import service_over_time, staff_over_time

__all__ = [
    "Heads",
    "Model",
    "QueueMeasures",
    "Requirement",
    "ServiceLevelDefinition",
    "erlang_a_measures",
    "erlang_b",
    "erlang_c",
    "erlang_c_measures",
    "modified_offered_load",
    "required_agents",
    "scheduled_agents",
    "service_over_time",
    "staff_over_time",
    "whole_agents",
]
