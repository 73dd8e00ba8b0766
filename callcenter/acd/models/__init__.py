"""Contacts, agent states, the facts rolled up from them, and imports.

Tables of contacts and facts carry no foreign keys: they take millions of rows, a
check per row and key would double the work, and queues and employees are never
deleted (docs/decisions/0004). All figures are additive sums; nothing is an average.
"""

from callcenter.acd.models.contacts import (
    AgentState,
    Contact,
    ContactKey,
    CountedInterval,
)
from callcenter.acd.models.facts import (
    INTERVAL_S,
    REPEAT_DAYS,
    AgentDay,
    AgentInterval,
    AgentSums,
    AgentTimeDay,
    AgentTimeInterval,
    DirtyDay,
    QueueDay,
    QueueInterval,
    QueueSums,
    TimeSums,
)
from callcenter.acd.models.imports import (
    Import,
    ImportProblem,
    ImportState,
    NameKind,
    SavedMapping,
    SourceName,
)

__all__ = [
    "INTERVAL_S",
    "REPEAT_DAYS",
    "AgentDay",
    "AgentInterval",
    "AgentState",
    "AgentSums",
    "AgentTimeDay",
    "AgentTimeInterval",
    "Contact",
    "ContactKey",
    "CountedInterval",
    "DirtyDay",
    "Import",
    "ImportProblem",
    "ImportState",
    "NameKind",
    "QueueDay",
    "QueueInterval",
    "QueueSums",
    "SavedMapping",
    "SourceName",
    "TimeSums",
]
