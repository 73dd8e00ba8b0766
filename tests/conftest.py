"""Fixtures for all tests: the application on both databases, nothing left behind."""

import os
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, create_engine, make_url, text

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.actor import ANONYMOUS, set_actor
from callcenter.kernel.db import database_url, db
from tests.own_postgres import own_postgres

BACKENDS = ("sqlite", "postgresql")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backends",
        default=",".join(BACKENDS),
        help="the databases to test on: sqlite, postgresql, or both (default)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--backends").split(",")
        if metafunc.definition.get_closest_marker("postgres"):
            chosen = [name for name in chosen if name == "postgresql"]
        metafunc.parametrize("backend", chosen, indirect=True, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, a skipped test is a failure of the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("CALLCENTER_NOTHING_SKIPPED"):
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and session.exitstatus == 0:
        reporter.write_line(f"{len(skipped)} tests were skipped; none may be here")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def _no_sockets_outside() -> Iterator[None]:
    """Tests talk to this machine only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise RuntimeError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a PostgreSQL server: the given one, or one that the tests start."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        return given
    return own_postgres()


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``: each database test runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def fresh_database(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[..., str]]:
    """A function that makes a database, empty or like another, and returns its URL.

    Nobody may be connected to the other one.
    """
    made: list[tuple[str, str]] = []

    def make(backend: str, like: str | None = None) -> str:
        if backend == "sqlite":
            path = tmp_path_factory.mktemp("db") / "test.db"
            if like is not None:
                shutil.copy(str(make_url(like).database), path)
            return f"sqlite:///{path}"
        server = database_url(request.getfixturevalue("postgres_server"))
        name = f"test_{uuid.uuid4().hex[:12]}"
        template = make_url(like).database if like is not None else "template1"
        _run_on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        made.append((server, name))
        url = make_url(server).set(database=name)
        return url.render_as_string(hide_password=False)

    yield make
    for server, name in made:
        _run_on_server(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run_on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings for tests, without a database."""
    return Config(
        environment="testing",
        var=tmp_path_factory.mktemp("var"),
        database_url="sqlite://",
        secret_key="a secret that only the tests know, 32+",
        data_keys=("a key that only the tests know",),
    )


@pytest.fixture(scope="session")
def _app_on_backend(
    backend: str, config: Config, fresh_database: Callable[[str], str]
) -> Iterator[Flask]:
    app = create_app(replace(config, database_url=fresh_database(backend)))
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["RATELIMIT_ENABLED"] = False
    app.wsgi_app = _headers_as_servers_send(app.wsgi_app)  # type: ignore[method-assign]
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _headers_as_servers_send(answer: Any) -> Any:
    """The same application, failing as servers do on a header that is not Latin-1."""

    def guarded(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            for name, value in headers:
                f"{name}: {value}".encode("latin-1")
            return start_response(status, headers, *rest)

        return answer(environ, start)

    return guarded


@pytest.fixture
def app(_app_on_backend: Flask) -> Iterator[Flask]:
    """The application with an empty database; all that a test does is undone.

    One connection with an open transaction stands in for the engine, and the code
    under test commits into savepoints of it.
    """
    app = _app_on_backend
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        _stand_in(connection)
        yield app
        db.session.remove()
        _stand_in(engine)
        outer.rollback()
        connection.close()
        set_actor(ANONYMOUS)


def _stand_in(bind: Any) -> None:
    engines: dict[str | None, Any] = db._app_engines[_current_app()]
    engines[None] = bind
    joins = isinstance(bind, Connection)
    mode = "create_savepoint" if joins else "conditional_savepoint"
    db.session.remove()
    db.session.session_factory.configure(join_transaction_mode=mode)


def _current_app() -> Flask:
    from flask import current_app

    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in_as(app: Flask) -> Callable[..., FlaskClient]:
    """A function that returns a browser signed in with a role, and its scope."""
    from tests.factories.access import signed_in_client

    def sign_in(role: str = "administrator", **scope: Any) -> FlaskClient:
        return signed_in_client(app, role, **scope)

    return sign_in


@pytest.fixture
def count_queries(app: Flask) -> Iterator[Callable[[], int]]:
    """A function that tells how many statements were run since it was last called."""
    from sqlalchemy import Engine, event

    n = [0]

    def count(*_args: Any) -> None:
        n[0] += 1

    def taken() -> int:
        value, n[0] = n[0], 0
        return value

    event.listen(Engine, "before_cursor_execute", count)
    yield taken
    event.remove(Engine, "before_cursor_execute", count)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Whatever Chromium this machine has; the test says so when it has none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, names)), ""
    )
    if not path:
        pytest.skip("no Chromium here: set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield browser
        browser.close()
