"""Which revision the database has, and which one this version of the code wants."""

from typing import Any

from flask import current_app

from callcenter.kernel.db import db


def wanted_revision() -> str | None:
    """The newest migration of this version; None while there is none."""
    from alembic.script import ScriptDirectory

    config: Any = current_app.extensions["migrate"].migrate.get_config()
    return ScriptDirectory.from_config(config).get_current_head()


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
