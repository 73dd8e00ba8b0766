"""Every page of the application over two small companies that share nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from callcenter.access.permissions import declared
from callcenter.access.services import build_actor, issue_api_token
from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.actor import SYSTEM, acting
from callcenter.kernel.db import db, transaction
from tests.factories.access import signed_in_client
from tests.factories.world import World, make_world
from tests.pages import expectations

# Tools of developers and of machines; they have tests of their own.
ELSEWHERE = "Elsewhere"
NOT_PAGES = {"static", "components_page", "healthz", "readyz", "metrics"}


@dataclass(frozen=True)
class Page:
    """One address that can be looked at, and what it asks for."""

    endpoint: str
    rule: str
    permission: str | None
    arguments: frozenset[str]


@dataclass
class Company:
    """An application whose database holds two worlds, and browsers for both."""

    app: Flask
    here: World
    there: World
    clients: dict[tuple[str, str], FlaskClient] = field(default_factory=dict)

    def client(self, role: str, where: str = "here") -> FlaskClient:
        """A browser signed in with a role of one of the worlds, and its program."""
        if (role, where) not in self.clients:
            world = self.here if where == "here" else self.there
            with self.app.app_context():
                user = db.session.merge(world.users[role])
                client = signed_in_client(self.app, user=user)
                bearer = f"Bearer {self._token(user)}"
            client.environ_base["HTTP_AUTHORIZATION"] = bearer
            self.clients[role, where] = client
        return self.clients[role, where]

    def _token(self, user: Any) -> str:
        """A token with which the user's programs may do all that the user may."""
        with acting(SYSTEM), transaction():
            _token, secret = issue_api_token(
                user, name="program", permissions=declared(), days=1
            )
        return secret

    def pages(self, role: str | None = None) -> list[Page]:
        """Every address that answers GET, or those that a role's reader may open."""
        held = self.permissions(role) if role else None
        found = []
        for rule in self.app.url_map.iter_rules():
            page = self._page(rule)
            if page and (held is None or page.permission in {None, *held}):
                found.append(page)
        return sorted(found, key=lambda page: page.endpoint)

    def permissions(self, role: str) -> frozenset[str]:
        """What the reader of that role holds within the grant of these worlds."""
        with self.app.app_context():
            user = db.session.merge(self.here.users[role])
            return frozenset(build_actor(user).permissions)

    def _page(self, rule: Rule, method: str = "GET") -> Page | None:
        if method not in (rule.methods or ()) or rule.endpoint in NOT_PAGES:
            return None
        view = self.app.view_functions[rule.endpoint]
        permission = getattr(view, "__permission__", None)
        return Page(rule.endpoint, rule.rule, permission, frozenset(rule.arguments))

    def address(self, page: Page, *, role: str = "", world: World | None = None) -> str:
        """Where the page of a world's thing is."""
        world = world or self.here
        values = {
            name: _value(world, page.endpoint, name, role) for name in page.arguments
        }
        for name, value in expectations.QUERY.get(page.endpoint, {}).items():
            values[name] = value.format_map(world.ids)
        with self.app.test_request_context():
            from flask import url_for

            return url_for(page.endpoint, **values)


def _value(world: World, endpoint: str, name: str, role: str) -> Any:
    ids, room = world.ids, endpoint.partition(".")[0]
    if name == "job_id" and role:
        return ids["jobs"][role]
    for key in (f"{endpoint}:{name}", f"{room}:{name}", name):
        if key in ids:
            return ids[key]
    raise LookupError(f"{endpoint} wants {name}: give tests/factories/world.py one")


@pytest.fixture(scope="session")
def founded(
    config: Config, fresh_database: Callable[[str], str]
) -> Iterator[Callable[..., Company]]:
    """A function that founds two companies in a database of their own."""
    apps = []

    def found(backend: str, **size: int) -> Company:
        app = create_app(replace(config, database_url=fresh_database(backend)))
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["RATELIMIT_ENABLED"] = False
        apps.append(app)
        with app.app_context():
            db.create_all()
            company = Company(
                app,
                make_world(**size),
                make_world(**size, name=ELSEWHERE, zone="Europe/Berlin"),
            )
            db.session.expunge_all()
            db.session.remove()
        return company

    yield found
    for app in apps:
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture(scope="session")
def company(backend: str, founded: Callable[..., Company]) -> Company:
    """Two companies of four agents each."""
    return founded(backend)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)
