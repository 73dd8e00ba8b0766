"""What trainers, inspectors, finance and clients find on their first pages."""

from datetime import UTC, date, datetime

import pytest

from callcenter.access import services as access
from callcenter.access.models import ScopeKind, User
from callcenter.acd.views import front_work
from callcenter.kernel import clock
from callcenter.kernel.actor import acting
from callcenter.kernel.db import db
from tests.factories.access import make_user
from tests.factories.acd import import_calls, make_call
from tests.factories.people import make_employee, make_post, make_team
from tests.factories.projects import make_project, make_queue

SUNDAY = datetime(2026, 8, 9, 4, tzinfo=UTC)


@pytest.fixture
def project(app, tmp_path):
    """A project whose newcomer needs twice the time of the other agent."""
    team, post = make_team(), make_post(is_front_line=True)
    project = make_project()
    make_queue(project, code="sales")
    for name, hired in (("ann", date(2026, 7, 6)), ("bob", date(2024, 1, 1))):
        make_employee(team, acd_login=name, name=name, post_id=post.id, hired_on=hired)
    db.session.commit()
    calls = [make_call(agent="ann", talk_s=280), make_call(agent="bob", talk_s=80)]
    import_calls(project, calls, tmp_path)
    with clock.frozen(SUNDAY):
        yield project


def part_for(app, build, role, **scope):
    user_id = make_user(role, **scope).id
    actor = access.build_actor(db.session.get(User, user_id))
    with app.test_request_context(), acting(actor):
        return build()


def test_a_trainer_sees_newcomers_beside_their_team(app, project):
    part = part_for(app, front_work.newcomers, "trainer")

    assert [line.text for line in part.lines] == ["ann"]
    assert "5:00" in part.lines[0].reason
    assert "3:20" in part.lines[0].reason
    assert (part.lines[0].badge, part.lines[0].tone) == ("+50%", "warning")


def test_an_inspector_sees_how_contacts_of_each_project_went(app, project):
    part = part_for(app, front_work.contacts_of_the_week, "inspector")

    assert [line.text for line in part.lines] == [project.name]
    assert part.lines[0].reason.startswith("2 handled")


def test_finance_sees_work_and_what_is_paid_for(app, project):
    part = part_for(app, front_work.billed_this_month, "finance")

    assert [line.text for line in part.lines] == [project.name]
    assert "2 handled" in part.lines[0].reason
    assert part.lines[0].badge


def test_a_client_sees_the_own_projects_days(app, project):
    theirs = {"scope_kind": ScopeKind.PROJECT, "scope_id": project.id}
    other = {"scope_kind": ScopeKind.PROJECT, "scope_id": make_project().id}

    part = part_for(app, front_work.service_by_day, "client", **theirs)
    nothing = part_for(app, front_work.service_by_day, "client", **other)

    assert len(part.lines) == 1
    assert part.lines[0].reason.startswith("2 offered")
    assert nothing is None


@pytest.mark.parametrize(
    "build",
    [
        front_work.contacts_of_the_week,
        front_work.newcomers,
        front_work.billed_this_month,
        front_work.service_by_day,
    ],
)
def test_who_runs_everything_has_a_first_page_that_is_full_already(app, project, build):
    assert part_for(app, build, "operations_manager") is None
