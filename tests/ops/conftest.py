"""Installations of their own: settings, database, files, and the command."""

import contextvars
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from flask import Flask

from callcenter.app import create_app
from callcenter.cli import main
from callcenter.config import Config
from callcenter.kernel.db import db
from callcenter.kernel.schema import migrations

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of the tests, longer than 32"
DATA_KEY = "a data key of the tests with more than 32"


class Installation:
    """One installation: settings, a database and a folder."""

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
        """Run ``callcenter`` with those arguments, as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "callcenter.cli", *arguments],
            env={**self.environ, **environ},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def call(
        self, *arguments: str, **environ: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run ``callcenter`` likewise, but here: no second import of everything."""
        return contextvars.copy_context().run(_call, arguments, self.environ | environ)


def _call(
    arguments: tuple[str, ...], environ: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    out, err, code = StringIO(), StringIO(), 0
    before = set(db._app_engines)
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        for name, value in {"OPENBLAS_NUM_THREADS": "1", **environ}.items():
            if os.environ.get(name) != value:
                patch.setenv(name, value)
        patch.setattr(sys, "argv", ["callcenter", *arguments])
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    for app in set(db._app_engines) - before:  # the end of a process closes these
        for engine in db._app_engines[app].values():
            engine.dispose()
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def migrated_database(
    tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[..., str]
) -> Callable[[str], str]:
    """A function that makes a database at the head: migrated once, then copied."""
    templates: dict[str, str] = {}

    def make(backend: str) -> str:
        if backend not in templates:
            templates[backend] = fresh_database(backend)
            folder = tmp_path_factory.mktemp("template")
            Installation(folder, templates[backend]).migrate()
        return fresh_database(backend, like=templates[backend])

    return make


@pytest.fixture
def install(
    tmp_path: Path,
    fresh_database: Callable[..., str],
    migrated_database: Callable[[str], str],
) -> Callable[..., Installation]:
    """A function that makes an installation, its database at the head or empty."""
    made: list[Installation] = []

    def make(backend: str, *, is_empty: bool = False) -> Installation:
        folder = tmp_path / f"installation{len(made)}"
        url = fresh_database(backend) if is_empty else migrated_database(backend)
        made.append(Installation(folder, url))
        return made[-1]

    return make
