"""What the first page says of service and of one's own work."""

from datetime import UTC, datetime

import pytest

from callcenter.access import services as access
from callcenter.access.models import ScopeKind, User
from callcenter.acd.views import front
from callcenter.kernel import clock
from callcenter.kernel.actor import acting
from callcenter.kernel.db import db
from tests.factories.access import make_user
from tests.factories.acd import import_calls, make_call
from tests.factories.people import make_employee, make_team
from tests.factories.projects import make_project, make_queue

SUNDAY = datetime(2026, 8, 9, 4, tzinfo=UTC)


@pytest.fixture
def agent(app, tmp_path):
    """An agent with one short and a colleague with one long call last week."""
    team = make_team()
    project = make_project()
    make_queue(project, code="sales")
    mine, _other = (make_employee(team, acd_login=name) for name in ("ann", "bob"))
    mine.user_id = make_user("agent", scope_kind=ScopeKind.SELF).id
    db.session.commit()
    calls = [make_call(agent="ann", talk_s=80), make_call(agent="bob", talk_s=180)]
    import_calls(project, calls, tmp_path)
    with clock.frozen(SUNDAY):
        yield mine


def actor_of(user_id):
    return acting(access.build_actor(db.session.get(User, user_id)))


def test_agent_sees_own_figures_beside_the_team(app, agent):
    with app.test_request_context(), actor_of(agent.user_id):
        part = front.own_figures()

    handling = next(figure for figure in part.figures if figure.value == "1:40")
    assert handling.delta.startswith("−50")


def test_manager_sees_the_service_of_the_week(app, agent):
    with app.test_request_context(), actor_of(make_user("operations_manager").id):
        part = front.service_of_the_week()

    assert [figure.value for figure in part.figures] == ["2", "100.0%", "0.0%", "2:30"]


def test_nothing_is_said_where_nothing_was_counted(app):
    with app.test_request_context(), actor_of(make_user("operations_manager").id):
        assert front.service_of_the_week() is None


def test_who_is_no_employee_has_no_own_figures(app):
    with app.test_request_context(), actor_of(make_user("agent").id):
        assert front.own_figures() is None
