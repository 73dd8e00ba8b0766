"""Flask-Login signs people in and out; our sessions decide how long it counts."""

from contextlib import contextmanager

import pytest
from flask import session
from flask_login import current_user, user_logged_in, user_logged_out

from callcenter.access import queries, services
from callcenter.access.guards import TOKEN_KEY, Asker
from callcenter.access.models import User, UserSession
from callcenter.kernel.db import db
from tests.factories.access import PASSWORD, make_user


@contextmanager
def noting(signal, app):
    """The users that the extension announces meanwhile."""
    seen = []

    def note(_app, user):
        seen.append(user.actor.name)

    with signal.connected_to(note, app):
        yield seen


@pytest.fixture
def signed_in(client):
    """A browser in which somebody typed the password."""
    user = make_user("agent", name="Li Na", with_password=True)
    client.post("/sign-in", data={"email": user.email, "password": PASSWORD})
    return client


def test_the_extension_signs_in_who_knows_the_password(app, client):
    user = make_user("agent", name="Li Na", with_password=True)

    with client, noting(user_logged_in, app) as announced:
        client.post("/sign-in", data={"email": user.email, "password": "wrong"})
        assert not current_user.is_authenticated
        client.post("/sign-in", data={"email": user.email, "password": PASSWORD})
        assert current_user.is_authenticated
        assert queries.find_session(session[TOKEN_KEY]).user_id == user.id

    assert announced == ["Li Na"]


def test_the_extension_signs_out_and_the_session_is_closed(app, signed_in):
    with signed_in, noting(user_logged_out, app) as announced:
        signed_in.post("/sign-out")
        assert not current_user.is_authenticated
        assert TOKEN_KEY not in session

    assert announced == ["Li Na"]
    assert db.session.query(UserSession).one().revoked_at is not None


def test_the_current_user_is_made_of_two_statements_and_no_entity(
    signed_in, count_queries
):
    db.session.expunge_all()

    with signed_in:
        count_queries()
        signed_in.get("/healthz")
        assert isinstance(current_user._get_current_object(), Asker)
        assert current_user.actor.name == "Li Na"

    assert count_queries() == 2
    assert not [row for row in db.session if isinstance(row, User | UserSession)]


def test_a_cookie_counts_no_longer_than_its_session_and_is_then_forgotten(signed_in):
    services.close_session(db.session.query(UserSession).one())
    db.session.commit()

    with signed_in:
        assert signed_in.get("/account").status_code == 303
        assert current_user.is_anonymous
        assert TOKEN_KEY not in session


def test_a_cookie_from_another_browser_is_not_fresh_but_still_counts(signed_in):
    with signed_in:
        signed_in.get("/account")
        assert session["_fresh"] is True
    with signed_in:
        answer = signed_in.get("/account", headers={"User-Agent": "another"})
        assert answer.status_code == 200
        assert session["_fresh"] is False


def test_nobody_stays_signed_in_behind_a_request(app, signed_in):
    signed_in.get("/account")

    assert app.test_client().get("/account").status_code == 303
