"""Changing what this room holds."""

from callcenter.recruiting.services.approving import (
    carry_out_decision,
    chain_for,
    kind_code,
    send_requisition,
)
from callcenter.recruiting.services.candidates import (
    CONSENT_VERSION,
    Person,
    merge_candidates,
    note,
    set_pooled,
    write_down,
)
from callcenter.recruiting.services.channels import (
    save_channel,
    save_event,
    sign_up,
    takes_sign_ups,
)
from callcenter.recruiting.services.names import (
    name_key,
)
from callcenter.recruiting.services.pipeline import (
    move_application,
    put_forward,
    refuse_application,
    reopen_application,
    withdraw_application,
)
from callcenter.recruiting.services.requisitions import (
    close_requisition,
    delete_requisition,
    write_requisition,
)
from callcenter.recruiting.services.stages import days_refused, set_stages

__all__ = [
    "CONSENT_VERSION",
    "Person",
    "carry_out_decision",
    "chain_for",
    "close_requisition",
    "days_refused",
    "delete_requisition",
    "kind_code",
    "merge_candidates",
    "move_application",
    "name_key",
    "note",
    "put_forward",
    "refuse_application",
    "reopen_application",
    "save_channel",
    "save_event",
    "send_requisition",
    "set_pooled",
    "set_stages",
    "sign_up",
    "takes_sign_ups",
    "withdraw_application",
    "write_down",
    "write_requisition",
]
