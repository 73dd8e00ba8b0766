"""The doors of the approvals inbox."""

from callcenter.access.models import ScopeKind
from callcenter.kernel.db import db
from callcenter.workflow.models import Request, RequestState
from tests.factories.workflow import make_request


def test_approving_from_the_inbox(sign_in_as):
    request_id = make_request().id
    client = sign_in_as("supervisor")

    page = client.get("/approvals")
    answer = client.post(f"/requests/{request_id}/decide", data={"verdict": "approve"})

    assert b"Two steps" in page.data
    assert answer.status_code == 303
    db.session.expire_all()
    assert db.session.get(Request, request_id).step == 1


def test_rejecting_without_a_reason_is_asked_for_one(sign_in_as):
    request_id = make_request().id

    answer = sign_in_as("supervisor").post(
        f"/requests/{request_id}/decide", data={"verdict": "reject", "note": " "}
    )

    assert answer.status_code == 422
    db.session.expire_all()
    assert db.session.get(Request, request_id).state is RequestState.OPEN


def test_a_request_of_another_team_is_not_found(sign_in_as):
    request_id = make_request(team_id=7).id
    client = sign_in_as("supervisor", scope_kind=ScopeKind.TEAM, scope_id=8)

    assert client.get(f"/requests/{request_id}").status_code == 404
    assert (
        client.post(
            f"/requests/{request_id}/decide", data={"verdict": "approve"}
        ).status_code
        == 404
    )


def test_agents_have_no_inbox(sign_in_as):
    assert sign_in_as("agent").get("/approvals").status_code == 403
