"""Several people at once on a database that they really share."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.db import db


@pytest.fixture
def own_app(
    backend: str, config: Config, fresh_database: Callable[[str], str]
) -> Iterator[Flask]:
    """An application with a database that several threads really share."""
    app = create_app(replace(config, database_url=fresh_database(backend)))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(
    app: Flask,
    works: Sequence[Callable[[], Any]],
    door: Callable[[], AbstractContextManager[None]],
) -> list[Any]:
    """Do the works in threads that start together; what each gave, or was refused."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with door():
                    results[place] = work()
            except Exception as refusal:  # noqa: BLE001 - told to the test
                results[place] = refusal
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=run, args=(place, work))
        for place, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
