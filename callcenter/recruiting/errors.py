"""Refusals of this room."""

from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _l


class RequisitionInvalid(Invalid):
    """What a requisition asks for does not fit together; ``field`` says where."""

    code = "recruiting.requisition_invalid"


class RequisitionSettled(Conflict):
    """The requisition is past the state in which this could be done."""

    code = "recruiting.requisition_settled"

    def default_message(self) -> object:
        """What happened and the way out."""
        return _l(
            "The requisition was sent or closed in the meantime. "
            "Look at its present state."
        )
