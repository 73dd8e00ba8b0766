"""Whole centers, simulated contact by contact.

Two ways in. `simulate(center, n_days=…, rng=…)` takes a `Center` in words (contact
types, campaigns, groups or named agents with shifts, routing rules) and gives a
`Simulation`. `validate_schedule(offered, aht_s, on_duty, skills, interval_s=…, rng=…)`
takes plain arrays, a forecast by queue and interval and the agents on duty with their
skills, and gives the chance that service is met by queue and interval, with bands.
Both signatures are stable. Head counts without names are a `Group` with `staff` per
interval. `trace_day` tells one day contact by contact.

The event loop is compiled when the first simulation begins (seconds once, then from
disk); importing this package loads no compiler. Without numba the same code runs as
plain Python, some two hundred times slower, with the same results.
"""

from callcenter.engine.simulation.chances import (
    ServiceChances,
    chances,
    validate_schedule,
)
from callcenter.engine.simulation.model import (
    Agent,
    AgentChoice,
    BreakRule,
    Campaign,
    Center,
    ContactChoice,
    ContactType,
    Duration,
    GivenContacts,
    Group,
    OnClose,
    Redial,
    Rules,
    Shape,
    Shift,
    Skill,
)
from callcenter.engine.simulation.results import (
    Dialling,
    Samples,
    Service,
    Simulation,
)
from callcenter.engine.simulation.run import simulate
from callcenter.engine.simulation.trace import Outcome, Trace, trace_day

__all__ = [
    "Agent",
    "AgentChoice",
    "BreakRule",
    "Campaign",
    "Center",
    "ContactChoice",
    "ContactType",
    "Dialling",
    "Duration",
    "GivenContacts",
    "Group",
    "OnClose",
    "Outcome",
    "Redial",
    "Rules",
    "Samples",
    "Service",
    "ServiceChances",
    "Shape",
    "Shift",
    "Simulation",
    "Skill",
    "Trace",
    "chances",
    "simulate",
    "trace_day",
    "validate_schedule",
]
