"""The kinds of things in this room, each with what it is called."""

from collections.abc import Mapping
from enum import StrEnum

from callcenter.kernel.text import _l


class RequisitionState(StrEnum):
    """Where a requisition stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    OPEN = "open"
    REJECTED = "rejected"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(REQUISITION_STATES[self][0])


class RequisitionReason(StrEnum):
    """Why people are wanted."""

    GROWTH = "growth"
    REPLACEMENT = "replacement"

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return str(_LABELS[self])


REQUISITION_STATES: Mapping[RequisitionState, tuple[object, str]] = {
    RequisitionState.DRAFT: (_l("Draft"), "neutral"),
    RequisitionState.WAITING: (_l("Waits for approval"), "info"),
    RequisitionState.OPEN: (_l("Recruiting"), "success"),
    RequisitionState.REJECTED: (_l("Refused"), "danger"),
    RequisitionState.CLOSED: (_l("Closed"), "neutral"),
}
_LABELS: dict[StrEnum, object] = {
    RequisitionReason.GROWTH: _l("Growth"),
    RequisitionReason.REPLACEMENT: _l("Replacement of somebody who left"),
}
