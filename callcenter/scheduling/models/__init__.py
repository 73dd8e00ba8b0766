"""The tables of this room: what may be worked, what is worked, and where."""

from callcenter.scheduling.models.acknowledging import Acknowledgement
from callcenter.scheduling.models.fairness import (
    FairnessWeek,
    ShiftWish,
    WeekdayWish,
)
from callcenter.scheduling.models.leave import Leave
from callcenter.scheduling.models.library import (
    BreakPattern,
    ShiftTemplate,
    WorkRuleAssignment,
    WorkRules,
    WorkRuleSet,
)
from callcenter.scheduling.models.offers import (
    OfferAnswer,
    OfferKind,
    TimeOffer,
    TimeOfferPerson,
)
from callcenter.scheduling.models.roster import (
    NO_DOUBLE_SEAT,
    NO_DOUBLE_SHIFT,
    ActivityKind,
    ChangeKind,
    CoverageInterval,
    Schedule,
    ScheduleQueue,
    ScheduleStatus,
    ScheduleTeam,
    Shift,
    ShiftActivity,
    ShiftChange,
    ShiftStatus,
)
from callcenter.scheduling.models.seats import CalendarFeed, Seat
from callcenter.scheduling.models.service import ServiceChance
from callcenter.scheduling.models.swaps import (
    AgentRules,
    Swap,
    SwapAnswer,
    SwapLoss,
    SwapPart,
    SwapState,
    SwapWant,
    SwapWish,
)

__all__ = [
    "NO_DOUBLE_SEAT",
    "NO_DOUBLE_SHIFT",
    "Acknowledgement",
    "ActivityKind",
    "AgentRules",
    "BreakPattern",
    "CalendarFeed",
    "ChangeKind",
    "CoverageInterval",
    "FairnessWeek",
    "Leave",
    "OfferAnswer",
    "OfferKind",
    "Schedule",
    "ScheduleQueue",
    "ScheduleStatus",
    "ScheduleTeam",
    "Seat",
    "ServiceChance",
    "Shift",
    "ShiftActivity",
    "ShiftChange",
    "ShiftStatus",
    "ShiftTemplate",
    "ShiftWish",
    "Swap",
    "SwapAnswer",
    "SwapLoss",
    "SwapPart",
    "SwapState",
    "SwapWant",
    "SwapWish",
    "TimeOffer",
    "TimeOfferPerson",
    "WeekdayWish",
    "WorkRuleAssignment",
    "WorkRuleSet",
    "WorkRules",
]
