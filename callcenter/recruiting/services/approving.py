"""Requisitions on their way through approval.

Who asks agrees already: the chain leaves out the steps that the asker decides on
elsewhere, as long as somebody else is left to decide. So a request of HR goes to
operations, and one of operations to HR.
"""

from collections.abc import Sequence

from callcenter.kernel import clock
from callcenter.kernel.actor import Actor
from callcenter.kernel.db import db
from callcenter.recruiting import queries
from callcenter.recruiting.errors import RequisitionSettled
from callcenter.recruiting.models import Requisition, RequisitionState
from callcenter.recruiting.permissions import Permission
from callcenter.workflow import services as workflow
from callcenter.workflow.models import Request, RequestState

KIND = "recruiting.requisition"
HR, OPERATIONS, GENERAL_MANAGER = (
    Permission.APPROVE_AS_HR,
    Permission.APPROVE_AS_OPERATIONS,
    Permission.APPROVE_AS_GENERAL_MANAGER,
)
STEPS = {"hr": HR, "operations": OPERATIONS, "general": GENERAL_MANAGER}


def chain_for(requisition: Requisition, actor: Actor) -> tuple[str, ...]:
    """The names of the steps that this requisition needs when the actor asks."""
    whole = ["hr", "operations"]
    if not requisition.post.is_front_line:
        whole.append("general")
    others = [name for name in whole if not actor.may(STEPS[name])]
    return tuple(others or whole)


def kind_code(steps: Sequence[str]) -> str:
    """The code of the kind of request that has those steps."""
    return ".".join((KIND, *steps))


def send_requisition(requisition: Requisition, *, actor: Actor) -> Request:
    """Ask for the approval of a draft; its deciders see it at once.

    Raises `RequisitionSettled` when it was sent before.
    """
    if not requisition.is_editable:
        raise RequisitionSettled
    request = workflow.open_request(
        kind_code(chain_for(requisition, actor)),
        subject=f"requisition:{requisition.id}",
        by=actor.user_id or 0,
        site_id=requisition.site_id,
        project_id=requisition.project_id,
        details={
            "headcount": requisition.headcount,
            "post": requisition.post.title,
            "due_on": requisition.due_on.isoformat(),
        },
    )
    requisition.request_id = request.id
    requisition.state = RequisitionState.WAITING
    db.session.flush()
    return request


def carry_out_decision(request: Request) -> None:
    """Do what a decision on a requisition means; called inside its transaction."""
    if not request.kind.startswith(f"{KIND}."):
        return
    found = queries.find_requisition(int(request.subject.partition(":")[2]))
    if found is None or found.request_id != request.id:
        return
    if request.state is RequestState.APPROVED:
        found.state = RequisitionState.OPEN
        found.opened_at = clock.now()
    elif request.state is RequestState.REJECTED:
        found.state = RequisitionState.REJECTED
    elif found.state is RequisitionState.WAITING:
        found.state = RequisitionState.DRAFT
    elif found.state is RequisitionState.OPEN:
        found.state = RequisitionState.CLOSED
        found.closed_at = clock.now()
    db.session.flush()
