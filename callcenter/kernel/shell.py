"""How a room's commands get an application without knowing who builds it."""

from collections.abc import Callable

import click
from flask import Flask

FACTORY = "callcenter.create_app"


def application() -> Flask:
    """The application that the command line stands on, made when it is first needed.

    Raises `click.UsageError` when the command was not started through ``callcenter``.
    """
    create: Callable[[], Flask] | None = click.get_current_context().meta.get(FACTORY)
    if create is None:
        raise click.UsageError("Run this through the callcenter command.")
    return create()
