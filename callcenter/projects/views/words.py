"""What the room's codes are called."""

from collections.abc import Mapping

from callcenter.kernel.text import _l
from callcenter.projects.models import (
    BillingBasis,
    Channel,
    DayKind,
    Direction,
    SlDefinition,
    Stage,
)

STAGE_NAMES: Mapping[Stage, tuple[object, str]] = {
    Stage.PREPARATION: (_l("Preparation"), "neutral"),
    Stage.TRIAL: (_l("Trial calls"), "info"),
    Stage.FORMAL: (_l("Formal operation"), "success"),
    Stage.RECTIFICATION: (_l("Stopped for rectification"), "warning"),
    Stage.CLOSED: (_l("Ended"), "neutral"),
}
CHANNEL_NAMES: Mapping[Channel, object] = {
    Channel.VOICE: _l("Voice"),
    Channel.CHAT: _l("Chat"),
    Channel.EMAIL: _l("E-mail"),
    Channel.BACK_OFFICE: _l("Back office"),
}
DIRECTION_NAMES: Mapping[Direction, object] = {
    Direction.INBOUND: _l("Inbound"),
    Direction.OUTBOUND: _l("Outbound"),
}
BILLING_NAMES: Mapping[BillingBasis, object] = {
    BillingBasis.PER_CONTACT: _l("Contact"),
    BillingBasis.PER_HOUR: _l("Hour"),
    BillingBasis.PER_SEAT: _l("Seat"),
    BillingBasis.PER_SALE: _l("Sale"),
    BillingBasis.PER_MINUTE: _l("Minute"),
}
DEFINITION_NAMES: Mapping[SlDefinition, object] = {
    SlDefinition.OF_OFFERED: _l("all offered contacts"),
    SlDefinition.OF_ANSWERED: _l("answered contacts"),
    SlDefinition.WITHOUT_SHORT_ABANDONS: _l("offered contacts without short abandons"),
}
KIND_NAMES: Mapping[DayKind, tuple[object, str]] = {
    DayKind.HOLIDAY: (_l("Public holiday"), "danger"),
    DayKind.WORKING_DAY: (_l("Moved working day"), "info"),
    DayKind.EVENT: (_l("Special event"), "warning"),
}
WEEKDAYS: tuple[object, ...] = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
    _l("Public holidays"),
)
