"""The demo company from the shell."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time

import click


@click.group("demo")
def demo() -> None:
    """Load the demo company, and tell who can sign in to it."""


@demo.command("load")
@click.option(
    "--seed", default=7, show_default=True, help="Another seed, other people."
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the company lives, instead of this one; it is 10:00 UTC.",
)
@click.option("--small", is_flag=True, help="The same people with a short past.")
@click.option(
    "--if-empty", is_flag=True, help="Load only while nobody can sign in yet."
)
def load(seed: int, today: datetime | None, *, small: bool, if_empty: bool) -> None:
    """Invent the demo company and put it into an empty database.

    It works until this moment: some are on a contact now. Same seed and day, same
    company. In production it is refused.
    """
    from callcenter.access import queries
    from callcenter.app import create_app
    from callcenter.config import Config

    # Nobody of the company may get a letter, whatever mail server is configured.
    config = replace(Config.from_environ(), mail_host="")
    with create_app(config).app_context():
        if not (if_empty and queries.has_users()):
            if config.is_production:
                _refuse(
                    "The demo company has a password that everybody knows. It does not "
                    "go into a production database (CALLCENTER_ENV=production)."
                )
            moment = None if today is None else _at_ten(today.date())
            _load(seed, moment, is_small=small)
        _print_sign_ins()


def _load(seed: int, moment: datetime | None, *, is_small: bool) -> None:
    from callcenter.demo.loading import FULL, SMALL, load_demo
    from callcenter.kernel.errors import AppError

    extent = SMALL if is_small else FULL
    click.echo("Loading the demo company; it takes a minute or two.")
    try:
        load_demo(seed=seed, moment=moment, extent=extent, tell=click.echo)
    except AppError as error:
        _refuse(str(error.message))


@demo.command("sign-ins")
def sign_ins() -> None:
    """Tell who can sign in to the demo company, if it is loaded."""
    from callcenter.app import create_app

    with create_app().app_context():
        _print_sign_ins()


def _at_ten(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)


def _refuse(why: str) -> None:
    click.echo(why, err=True)
    sys.exit(1)


def _print_sign_ins() -> None:
    """Who can sign in, as far as the demo company is there."""
    from callcenter.access import queries
    from callcenter.demo.loading.users import PASSWORD, SIGN_INS

    if queries.find_user_by_email(SIGN_INS[0].email) is None:
        return
    width = max(len(each.email) for each in SIGN_INS)
    click.echo("\nThis is a demo: everybody knows its password. Sign in as")
    for each in SIGN_INS:
        role = each.role.replace("_", " ")
        click.echo(f"  {each.email:<{width}}  {role}: {each.sees}")
    click.echo(f"  password of all of them: {PASSWORD}\n")
