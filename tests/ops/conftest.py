"""Installations of their own: settings, database, files, and the command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.db import db
from callcenter.kernel.schema import migrations

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of the tests, longer than 32"
DATA_KEY = "a data key of the tests with more than 32"


class Installation:
    """One installation with a database that stands at the head."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.environ = {
            **os.environ,
            "CALLCENTER_ENV": "testing",
            "CALLCENTER_VAR": str(folder),
            "CALLCENTER_DATABASE_URL": database_url,
            "CALLCENTER_SECRET_KEY": SECRET,
            "CALLCENTER_DATA_KEYS": DATA_KEY,
            "CALLCENTER_LOG_LEVEL": "WARNING",
        }

    def app(self) -> Flask:
        """The application on this installation."""
        return create_app(Config.from_environ(self.environ))

    def migrate(self) -> "Installation":
        """Bring the database to the head."""
        app = self.app()
        with app.app_context():
            command.upgrade(migrations(app), "head")
            db.engine.dispose()
        return self

    def run(
        self, *arguments: str, **environ: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run ``callcenter`` with those arguments."""
        return subprocess.run(
            [sys.executable, "-m", "callcenter.cli", *arguments],
            env={**self.environ, **environ},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def install(
    tmp_path: Path, fresh_database: Callable[[str], str]
) -> Iterator[Callable[..., Installation]]:
    """A function that makes an installation on a fresh database."""
    made: list[Installation] = []

    def make(backend: str) -> Installation:
        folder = tmp_path / f"installation{len(made)}"
        made.append(Installation(folder, fresh_database(backend)))
        return made[-1]

    return make  # type: ignore[return-value]
