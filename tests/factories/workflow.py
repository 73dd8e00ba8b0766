"""Requests of a kind that only the tests know."""

from typing import Any

from callcenter.kernel.db import db
from callcenter.workflow import services
from callcenter.workflow.models import Request, RequestKind, Step
from tests.factories.access import make_user

TWO_STEPS = RequestKind(
    code="test.two_steps",
    title="Two steps",
    steps=(
        Step("Supervisor", "people.record_absence"),
        Step("Manager", "people.edit_organisation"),
    ),
    describe_all=lambda requests: [[("Subject", each.subject)] for each in requests],
)


def make_request(**values: Any) -> Request:
    """A stored open request with two steps."""
    services.register_kind(TWO_STEPS)
    by = values.pop("by", None) or make_user("agent").id
    values = {"subject": "test:1", "team_id": 7, **values}
    request = services.open_request("test.two_steps", by=by, **values)
    db.session.commit()
    return request
