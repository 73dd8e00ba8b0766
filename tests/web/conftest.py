"""A real browser and a running application for it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.actor import Actor, set_actor

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"


@pytest.fixture(scope="session")
def address(config: Config) -> Iterator[str]:
    """The address of an application in which somebody with every right is signed in."""
    app = create_app(config)
    permissions = {item.permission for item in app.extensions["navigation"]}

    @app.before_request
    def _somebody() -> None:
        from callcenter.kernel.actor import EVERYTHING

        rights = {name: EVERYTHING for name in permissions if name}
        set_actor(Actor(1, "Lin Qing", zone="Asia/Shanghai", permissions=rights))

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
