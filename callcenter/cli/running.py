"""Trying it out: everything prepared and served by one process."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask

    from callcenter.config import Config


@click.command("run")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
def run(host: str, port: int) -> None:
    """Bring the database up to date, invent the demo company if it is empty, serve.

    What was entered is kept from one start to the next. For real use there are
    `migrate`, `init`, `serve` and `worker`.
    """
    from callcenter.cli.serving import address, refuse_busy_port, run_server
    from callcenter.config import Config

    config = Config.from_environ()
    if config.is_production:
        raise click.UsageError("this is for trying out: CALLCENTER_ENV is production")
    refuse_busy_port(host, port)

    from callcenter.app import create_app
    from callcenter.kernel.db import db

    app = create_app(config)
    with app.app_context():
        bring_up_to_date(app)
        lines = list(sign_in_lines())
        db.session.remove()
        db.engine.dispose()
    settings = {"bind": address(host, port), "workers": 1, "threads": 64}
    run_server(settings, config, is_embedded=True, app=app, lines=lines)


def bring_up_to_date(app: "Flask") -> None:
    """Migrate if need be, and load the demo company while nobody can sign in."""
    from callcenter.access import queries
    from callcenter.cli.schema import migrate_to, only_one
    from callcenter.kernel import schema
    from callcenter.kernel.db import db

    with only_one(app):
        if not schema.is_current():
            migrate_to(app, "head")
        is_empty = not queries.has_users()
        db.session.rollback()
        if is_empty:
            invent_company(app.extensions["config"])


def invent_company(config: "Config") -> None:
    """Load the demo company; none of its people gets a letter of it."""
    from callcenter.app import create_app
    from callcenter.demo.loading import load_demo

    with create_app(replace(config, mail_host="")).app_context():
        load_demo(tell=click.echo)


def sign_in_lines() -> Iterator[str]:
    """Who can sign in to the demo company; nothing when another one is loaded."""
    from callcenter.access import queries
    from callcenter.demo.loading import PASSWORD, SIGN_INS

    if queries.find_user_by_email(SIGN_INS[0].email) is None:
        return
    yield "This is a demo: everybody knows its password. Sign in as"
    width = max(len(each.email) for each in SIGN_INS)
    for each in SIGN_INS:
        role = each.role.replace("_", " ")
        yield f"  {each.email:<{width}}  {role}: {each.sees}"
    yield f"  password of all of them: {PASSWORD}"
