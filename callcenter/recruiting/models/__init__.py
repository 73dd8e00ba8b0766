"""Requisitions, and what they lead to."""

from callcenter.recruiting.models.enums import (
    REQUISITION_STATES,
    RequisitionReason,
    RequisitionState,
)
from callcenter.recruiting.models.requisitions import Requisition

__all__ = [
    "REQUISITION_STATES",
    "Requisition",
    "RequisitionReason",
    "RequisitionState",
]
