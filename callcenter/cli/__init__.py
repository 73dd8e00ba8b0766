"""The ``callcenter`` command; every part of it is imported when it is used."""

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from callcenter import __version__

if TYPE_CHECKING:
    from flask import Flask

# The name under which `callcenter.kernel.shell` looks for the factory; importing it
# from there would load Flask for ``--help``.
FACTORY = "callcenter.create_app"

# name: (module and attribute, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "run": (
        "callcenter.cli.running:run",
        "Try it out: database, demo company, pages and jobs at once.",
    ),
    "serve": ("callcenter.cli.serving:serve", "Serve the pages."),
    "worker": ("callcenter.cli.working:worker", "Carry out jobs."),
    "migrate": (
        "callcenter.cli.schema:migrate",
        "Bring the database to this version, or back.",
    ),
    "init": (
        "callcenter.cli.first_run:init",
        "Create the first administrator and print a one-time link.",
    ),
    "is-empty": (
        "callcenter.cli.first_run:is_empty",
        "Exit with 0 while nobody can sign in yet.",
    ),
    "doctor": ("callcenter.cli.doctor:doctor", "Tell what is misconfigured."),
    "backup": ("callcenter.cli.backup:backup", "Store database and files away."),
    "restore": ("callcenter.cli.backup:restore", "Bring a backup back."),
    "audit": ("callcenter.cli.audit:audit", "Examine the audit trail."),
    "demo": ("callcenter.cli.demo:demo", "Load the demo company."),
    "acd": ("callcenter.acd.cli:acd", "Call records and the facts made of them."),
    "pipeline": (
        "callcenter.scheduling.cli:pipeline",
        "From call records to forecast, requirement, schedule and seats.",
    ),
    "engine": (
        "callcenter.cli.engine:engine",
        "The mathematics on plain files: forecast, staff, simulate, roster.",
    ),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is run.

    The table gives to each name a module with an attribute and one line of help.
    """

    def __init__(self, *args: Any, table: dict[str, tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported."""
        if cmd_name not in self.table:
            return None
        module, _colon, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """The table of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, self.table[name][1]) for name in self.list_commands(ctx)]
            )


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="callcenter")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Run a call center: from recruiting to project margin, in one loop."""
    ctx.meta[FACTORY] = _create_app


def _create_app() -> "Flask":
    from callcenter.app import create_app

    return create_app()


def main() -> None:
    """Run the command; a wrong setting is said in words, without a traceback."""
    # Our matrices are small: threads inside numpy cost more than they bring, and
    # take the cores from web processes and workers.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        cli()
    except Exception as error:
        # Ours, and the one of the rate limits' store; neither is imported for this.
        if type(error).__name__ not in {"ConfigError", "ConfigurationError"}:
            raise
        click.echo(f"Wrong setting: {error}", err=True)
        sys.exit(2)
