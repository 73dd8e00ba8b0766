"""The mathematics on plain files; needs neither configuration nor database."""

import click

from callcenter.cli import LazyGroup

# name: (module and attribute, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "forecast": (
        "callcenter.cli.engine.forecast:forecast",
        "Forecast contacts and handling times with bands.",
    ),
    "staff": (
        "callcenter.cli.engine.staff:staff",
        "Add the agents that a forecast needs.",
    ),
    "simulate": (
        "callcenter.cli.engine.simulate:simulate_command",
        "Simulate a center and tell the chance of service.",
    ),
    "roster": (
        "callcenter.cli.engine.roster:roster",
        "Search the best roster and prove how good it is.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def engine() -> None:
    """Forecast, staff, simulate and roster from files, into files."""
