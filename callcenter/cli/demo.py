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
def load(seed: int, today: datetime | None, *, small: bool) -> None:
    """Invent the demo company and put it into an empty database.

    It works until this moment: some are on a contact now. Same seed and day, same
    company. In production it is refused.
    """
    from callcenter.app import create_app
    from callcenter.config import Config
    from callcenter.demo.loading import load_demo
    from callcenter.kernel.errors import AppError

    # Nobody of the company may get a letter, whatever mail server is configured.
    config = replace(Config.from_environ(), mail_host="")
    if config.is_production:
        _refuse(
            "The demo company has a password that everybody knows. It does not go "
            "into a production database (CALLCENTER_ENV=production)."
        )
    moment = None if today is None else _at_ten(today.date())
    with create_app(config).app_context():
        try:
            load_demo(seed=seed, moment=moment, is_small=small, tell=click.echo)
        except AppError as error:
            _refuse(str(error.message))
    _print_sign_ins()


@demo.command("sign-ins")
def sign_ins() -> None:
    """Tell who can sign in to the demo company, if it is loaded."""
    from callcenter.access import queries
    from callcenter.app import create_app
    from callcenter.demo.loading import SIGN_INS

    with create_app().app_context():
        is_there = queries.find_user_by_email(SIGN_INS[0].email) is not None
    if is_there:
        _print_sign_ins()


def _at_ten(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)


def _refuse(why: str) -> None:
    click.echo(why, err=True)
    sys.exit(1)


def _print_sign_ins() -> None:
    from callcenter.demo.loading import PASSWORD, SIGN_INS

    width = max(len(each.email) for each in SIGN_INS)
    click.echo("\nThis is a demo: everybody knows its password. Sign in as")
    for each in SIGN_INS:
        click.echo(
            f"  {each.email:<{width}}  {each.role.replace('_', ' ')}: {each.sees}"
        )
    click.echo(f"  password of all of them: {PASSWORD}\n")
