"""Users, grants and signed-in browsers."""

from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from callcenter.access import guards, services
from callcenter.access.models import Grant, ScopeKind, User
from callcenter.kernel.db import db

_serial = count(1)
PASSWORD = "correct horse battery staple"


def make_user(
    role: str | None = None,
    *,
    scope_kind: ScopeKind = ScopeKind.EVERYTHING,
    scope_id: int | None = None,
    with_password: bool = False,
    **values: Any,
) -> User:
    """A stored user, with a role within a scope where one is named."""
    n = next(_serial)
    values = {"email": f"user{n}@example.test", "name": f"User {n}", **values}
    user = User(**values, grants=[])
    if with_password:
        user.password_hash = services.hash_password(PASSWORD)
    if role is not None:
        user.grants.append(
            Grant(role_code=role, scope_kind=scope_kind, scope_id=scope_id)
        )
    db.session.add(user)
    db.session.commit()
    return user


def signed_in_client(
    app: Flask, role: str = "administrator", *, user: User | None = None, **scope: Any
) -> FlaskClient:
    """A browser signed in as a user of that role, or as the given user."""
    user = user or make_user(role, **scope)
    _session, token = services.open_session(user, address="127.0.0.1", device="test")
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[guards.TOKEN_KEY] = token
    return client
