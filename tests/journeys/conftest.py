"""A served company, with jobs carried out beside it, and browsers on desk and phone."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from callcenter.access import services as access
from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.db import db
from callcenter.kernel.jobs.worker import Worker
from tests.factories.access import PASSWORD
from tests.factories.world import World, make_world

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
PATIENCE_MS = 15_000


class Server:
    """The application behind a free port of this machine."""

    def __init__(self, app: Flask) -> None:
        self.http: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        self._thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self.http.shutdown()
        self._thread.join()
        self.http.server_close()


@dataclass
class House:
    """What a journey starts from."""

    app: Flask
    world: World
    server: Server
    emails: dict[str, str]

    @property
    def address(self) -> str:
        """Where the first page is."""
        return self.server.address


@pytest.fixture(scope="session")
def house(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A company in a database file of its own, served, with a worker for its jobs."""
    folder: Path = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'house.db'}"
    app = create_app(replace(config, var=folder, database_url=url))
    app.config["RATELIMIT_ENABLED"] = False
    with app.app_context():
        db.create_all()
        world = make_world(n=6, n_days=60)
        emails = _let_in(world)
        db.session.expunge_all()
        db.session.remove()
    worker = Worker(app)
    worker.start()
    server = Server(app)
    yield House(app, world, server, emails)
    server.stop()
    worker.stop(5)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _let_in(world: World) -> dict[str, str]:
    """Give every reader the password of the tests; each one's address by role."""
    one = access.hash_password(PASSWORD)
    for user in world.users.values():
        db.session.merge(user).password_hash = one
    db.session.commit()
    return {role: user.email for role, user in world.users.items()}


@pytest.fixture
def browse(chromium: Any, house: House) -> Iterator[Callable[..., Any]]:
    """A function that opens a browser, signed in as a role unless it is None."""
    contexts = []

    def open_browser(
        role: str | None = None, device: dict[str, Any] = DESK, **options: Any
    ) -> Any:
        context = chromium.new_context(
            **device, **{"locale": "en", "base_url": house.address, **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: _note(page, message))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if role is not None:
            sign_in(page, house.emails[role])
        return page

    yield open_browser
    for context in contexts:
        context.close()


def _note(page: Any, message: Any) -> None:
    if message.type in {"error", "warning"}:
        page.complaints.append(message.text)


def sign_in(page: Any, email: str, password: str = PASSWORD) -> None:
    """Sign in as a person does."""
    page.goto("/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: urlsplit(url).path != "/sign-in")


def arrive(page: Any, path: str) -> None:
    """Wait for an address by its path alone, a regular expression.

    A glob would take ``/sign-in?next=/schedules`` for ``**/schedules``, and
    ``/forecasts/new`` for ``**/forecasts/*``.
    """
    wanted = re.compile(path)
    page.wait_for_url(lambda url: wanted.fullmatch(urlsplit(url).path) is not None)
