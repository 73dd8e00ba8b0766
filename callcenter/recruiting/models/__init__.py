"""Requisitions, and what they lead to: channels, candidates, applications."""

from callcenter.recruiting.models.candidates import (
    Candidate,
    HistoryEntry,
)
from callcenter.recruiting.models.channels import (
    Channel,
    Event,
)
from callcenter.recruiting.models.enums import (
    APPLICATION_STATES,
    REQUISITION_STATES,
    ApplicationState,
    ChannelKind,
    HistoryKind,
    RefusalReason,
    RequisitionReason,
    RequisitionState,
    StageKind,
)
from callcenter.recruiting.models.pipeline import (
    Application,
    StageTemplate,
    TemplateStage,
)
from callcenter.recruiting.models.requisitions import (
    Requisition,
)

__all__ = [
    "APPLICATION_STATES",
    "REQUISITION_STATES",
    "Application",
    "ApplicationState",
    "Candidate",
    "Channel",
    "ChannelKind",
    "Event",
    "HistoryEntry",
    "HistoryKind",
    "RefusalReason",
    "Requisition",
    "RequisitionReason",
    "RequisitionState",
    "StageKind",
    "StageTemplate",
    "TemplateStage",
]
