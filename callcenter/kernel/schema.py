"""Which revision the database has, and which one this version of the code wants."""

from pathlib import Path
from typing import Any

from flask import Flask, current_app

from callcenter.kernel.db import db

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def migrations(app: Flask) -> Any:
    """Alembic's configuration for the application's database.

    It is set up when it is first asked for: pages never need it, and it would take
    ten megabytes of every web process.
    """
    if "migrate" not in app.extensions:
        from flask_migrate import Migrate

        Migrate(app, db, directory=str(FOLDER), render_as_batch=True)
    return app.extensions["migrate"].migrate.get_config()


def wanted_revision() -> str | None:
    """The newest migration of this version; None while there is none."""
    from alembic.script import ScriptDirectory

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the application itself, not the proxy
    return ScriptDirectory.from_config(migrations(app)).get_current_head()


def present_revision() -> str | None:
    """The migration that the database stands at; None when it is empty."""
    from alembic.runtime.migration import MigrationContext

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current() -> bool:
    """Whether the database is as this version wants it."""
    return present_revision() == wanted_revision()


def standing() -> str:
    """Where the database stands, in words."""
    has, wants = present_revision(), wanted_revision()
    if has == wants:
        return f"The database is at revision {has or 'none'}, as this version wants."
    return (
        f"The database is at revision {has or 'none'}, this version wants "
        f"{wants or 'none'}: run `callcenter migrate`."
    )
