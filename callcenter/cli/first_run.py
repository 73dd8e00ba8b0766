"""The first minutes of an installation."""

import sys

import click


@click.command("init")
@click.option("--email", prompt="E-mail of the first administrator")
@click.option("--name", prompt="Name")
def init(email: str, name: str) -> None:
    """Create the first administrator and print a link that works once.

    Whoever opens the link chooses the password; nobody else ever knows it.
    """
    from callcenter.access import queries, services
    from callcenter.access.models import ScopeKind
    from callcenter.access.permissions import RoleCode
    from callcenter.app import create_app
    from callcenter.kernel.actor import SYSTEM, acting
    from callcenter.kernel.db import transaction

    app = create_app()
    with app.app_context(), acting(SYSTEM):
        if queries.has_users():
            click.echo(
                "There are users already; an administrator invites more.", err=True
            )
            sys.exit(1)
        wish = services.GrantWish(
            RoleCode.ADMINISTRATOR.value, None, ScopeKind.EVERYTHING
        )
        with transaction():
            _user, token = services.invite_user(email=email, name=name, grants=[wish])
        click.echo(invitation_link(token))


def invitation_link(token: str) -> str:
    """The address under which the password is set, as far as it is known."""
    from flask import current_app, url_for

    config = current_app.extensions["config"]
    with current_app.test_request_context():
        path = url_for("access.accept_invitation", token=token)
    return f"{config.public_url or 'http://127.0.0.1:5000'}{path}"


@click.command("is-empty")
def is_empty() -> None:
    """Exit with 0 while nobody can sign in yet, else with 1."""
    from callcenter.access import queries
    from callcenter.app import create_app

    with create_app().app_context():
        sys.exit(1 if queries.has_users() else 0)
