"""Opening, deciding and withdrawing requests."""

import pytest

from callcenter.kernel.actor import EVERYTHING, Actor, Scope
from callcenter.workflow import queries, services
from callcenter.workflow.errors import AlreadyDecided, NotYours, ReasonNeeded
from callcenter.workflow.events import decided
from callcenter.workflow.models import RequestState, Verdict
from tests.factories.access import make_user
from tests.factories.workflow import make_request

APPROVE, REJECT = Verdict.APPROVE, Verdict.REJECT


def supervisor(**scope):
    user = make_user("supervisor")
    return Actor(user_id=user.id, permissions={"people.record_absence": Scope(**scope)})


def manager():
    user = make_user("operations_manager")
    return Actor(user_id=user.id, permissions={"people.edit_organisation": EVERYTHING})


def test_last_approval_decides_and_tells_others(app):
    request = make_request()
    heard = []

    with decided.connected_to(lambda sender: heard.append(sender.state)):
        services.decide(request, verdict=APPROVE, actor=supervisor(team_ids={7}))
        assert request.state is RequestState.OPEN
        services.decide(request, verdict=APPROVE, actor=manager())

    assert request.state is RequestState.APPROVED
    assert heard == [RequestState.APPROVED]


def test_rejection_ends_it_at_any_step_and_needs_a_reason(app):
    request = make_request()
    actor = supervisor(team_ids={7})

    with pytest.raises(ReasonNeeded):
        services.decide(request, verdict=REJECT, actor=actor)
    services.decide(request, verdict=REJECT, actor=actor, note="Peak day")

    assert request.state is RequestState.REJECTED


def test_nobody_decides_outside_their_scope(app):
    request = make_request()

    with pytest.raises(NotYours):
        services.decide(request, verdict=APPROVE, actor=supervisor(team_ids={8}))

    assert request.state is RequestState.OPEN


def test_nobody_decides_on_an_own_request(app):
    actor = supervisor(is_everything=True)
    request = make_request(by=actor.user_id)

    with pytest.raises(NotYours):
        services.decide(request, verdict=APPROVE, actor=actor)


def test_a_decided_request_stays_decided(app):
    request = make_request()
    actor = supervisor(team_ids={7})
    services.decide(request, verdict=REJECT, actor=actor, note="No")

    with pytest.raises(AlreadyDecided):
        services.decide(request, verdict=APPROVE, actor=actor)


def test_only_the_requester_withdraws(app):
    request = make_request()
    mine = Actor(user_id=request.requester_id)

    with pytest.raises(NotYours):
        services.withdraw(request, actor=supervisor(is_everything=True))
    services.withdraw(request, actor=mine)

    assert request.state is RequestState.WITHDRAWN


def test_inbox_counts_what_waits_for_the_actor_only(app):
    make_request(team_id=7)
    make_request(team_id=8)

    waiting = queries.count_waiting_for(supervisor(team_ids={7}))

    assert waiting == 1
    assert queries.count_waiting_for(manager()) == 0
