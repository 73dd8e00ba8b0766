"""Nonsense in addresses and forms is refused in words, and never an error of ours."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from callcenter.access.guards import public
from callcenter.access.models import User
from callcenter.kernel.db import db
from tests.factories.people import make_employee

HUGE = "9" * 30


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/employees/{HUGE}", 404),
        (f"/contacts/{HUGE}", 404),
        (f"/users/{HUGE}", 404),
        (f"/employees?page={HUGE}", 200),
        (f"/figures?queue={HUGE}", 400),
        ("/employees?q=%00", 400),
        ("/search?q=%00", 400),
        ("/audit?at_from=0001-01-01&at_to=9999-12-31", 200),
    ],
)
def test_nonsense_in_an_address_is_told_so(sign_in_as, address, status):
    assert sign_in_as().get(address).status_code == status


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("starts_on", "0001-01-01", "between 1900 and 2199"),
        ("last_day", "9999-12-31", "between 1900 and 2199"),
        ("pay_rate", "Infinity", "too large"),
        ("pay_rate", "1e30", "too large"),
        ("contract_number", "A\0B", "cannot be kept"),
    ],
)
def test_nonsense_in_a_form_is_said_beside_its_field(sign_in_as, field, value, words):
    employee = make_employee()
    form = {
        "kind": "full_time",
        "starts_on": "2026-01-01",
        "weekly_h": "40",
        "pay_basis": "month",
        "pay_rate": "5000",
        "currency": "CNY",
        field: value,
    }

    answer = sign_in_as().post(f"/employees/{employee.id}/contracts/new", data=form)

    assert answer.status_code == 422
    assert words in answer.text


def collide():
    """Store what is there already, as when somebody else was faster."""
    user = db.session.scalars(select(User)).first()
    db.session.add(User(email=user.email, name="Twin"))
    db.session.flush()


def look_past_the_end_of_time():
    """Work out the day after the last one."""
    return date.max + timedelta(days=1)


@pytest.mark.parametrize(
    ("act", "status", "words"),
    [
        (collide, 409, "Somebody else just did the same"),
        (look_past_the_end_of_time, 400, "beyond what can be kept or worked out"),
    ],
)
def test_what_cannot_be_done_is_no_error_of_ours(
    app, sign_in_as, monkeypatch, act, status, words
):
    client = sign_in_as()
    public(act)
    monkeypatch.setitem(app.view_functions, "people.skills", act)

    answer = client.get("/skills")

    assert answer.status_code == status
    assert words in answer.text
