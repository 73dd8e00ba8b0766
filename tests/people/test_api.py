"""Programs read who works here."""

import pytest

from callcenter.access import services as access_services
from callcenter.access.models import ScopeKind
from callcenter.kernel.actor import EVERYTHING, Actor, acting
from callcenter.kernel.db import db
from callcenter.people import services
from callcenter.people.permissions import Permission
from tests.factories.access import make_user
from tests.factories.people import make_employee, make_employment, make_site


def token_of(user, permission=Permission.VIEW_EMPLOYEES) -> dict[str, str]:
    with acting(Actor(user_id=user.id, permissions={permission: EVERYTHING})):
        _row, secret = access_services.issue_api_token(
            user, name="test", permissions=[permission], days=None
        )
    db.session.commit()
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def headers(app):
    return token_of(make_user("recruiter"))


def test_pages_lead_through_everybody_once(client, headers):
    made = {make_employee().number for _each in range(5)}
    seen, path = [], "/api/v1/employees?limit=2"
    while path:
        answer = client.get(path, headers=headers).get_json()
        seen += [each["number"] for each in answer["items"]]
        path = answer["next"]

    assert sorted(seen) == sorted(made)


def test_no_personal_data_leaves(client, headers):
    employee = make_employee()
    services.set_phone(employee, "13800138000", "CN")
    make_employment(employee)
    db.session.commit()

    text = client.get(f"/api/v1/employees/{employee.id}", headers=headers).text

    assert "138" not in text
    assert "pay" not in text
    assert "full_time" in text


def test_who_is_outside_the_scope_is_not_there(client):
    user = make_user("recruiter", scope_kind=ScopeKind.SITE, scope_id=make_site().id)
    stranger = make_employee()
    headers = token_of(user)

    one = client.get(f"/api/v1/employees/{stranger.id}", headers=headers)
    every = client.get("/api/v1/employees", headers=headers)

    assert one.status_code == 404
    assert one.content_type == "application/problem+json"
    assert every.get_json()["items"] == []


def test_nobody_reads_without_a_token(client):
    answer = client.get("/api/v1/employees")

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_nonsense_is_named(client, headers):
    answer = client.get("/api/v1/employees?limit=many", headers=headers)

    assert answer.status_code == 422


def test_filters_narrow(client, headers):
    one = make_employee(name="王小明")
    make_employee()

    answer = client.get("/api/v1/employees?q=wxm&status=present", headers=headers)

    assert [each["id"] for each in answer.get_json()["items"]] == [one.id]
