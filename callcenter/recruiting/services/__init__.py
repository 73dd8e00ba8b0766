"""Changing what this room holds."""

from callcenter.recruiting.services.approving import (
    carry_out_decision,
    chain_for,
    send_requisition,
)
from callcenter.recruiting.services.requisitions import (
    close_requisition,
    delete_requisition,
    write_requisition,
)

__all__ = [
    "carry_out_decision",
    "chain_for",
    "close_requisition",
    "delete_requisition",
    "send_requisition",
    "write_requisition",
]
