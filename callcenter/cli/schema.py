"""Bringing the database to the schema of this version, and back."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask


@click.command("migrate")
@click.option(
    "--to", "revision", default="head", show_default=True, help="Revision to reach."
)
@click.option("--back", is_flag=True, help="Go back to --to instead of forward.")
@click.option("--show", is_flag=True, help="Only tell where the database stands.")
def migrate(revision: str, *, back: bool, show: bool) -> None:
    """Bring the database to this version, or back to an older one.

    Each migration is one transaction: it is there wholly or not at all.
    """
    from callcenter.app import create_app
    from callcenter.kernel.schema import standing

    app = create_app()
    with app.app_context():
        if show:
            click.echo(standing())
            return
        if back and revision == "head":
            raise click.UsageError("--back needs --to REVISION, or --to base")
        with only_one(app):
            migrate_to(app, revision, is_back=back)
        click.echo(standing())


def migrate_to(app: "Flask", revision: str, *, is_back: bool = False) -> None:
    """Run the migrations that lead there."""
    from alembic import command

    from callcenter.kernel.schema import migrations

    config = migrations(app)
    if is_back:
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


@contextmanager
def only_one(app: "Flask") -> Iterator[None]:
    """Let one process of this machine change the schema at a time."""
    folder: Path = app.extensions["config"].var
    with (folder / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
