"""Commands of the room for the shell.

`pipeline` works on files alone: it needs neither a configuration nor a database, and
the heavy modules are imported when it runs.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from callcenter.acd.connectors import CONTACT_FORMATS
from callcenter.kernel.options import DurationType, ZoneType

__all__ = ["pipeline"]

EXIT_REFUSED = 1
EXIT_ROWS = 3
MODELS = ("erlang-c", "erlang-a")
BAR_STEPS = 1000


@click.command()
@click.option(
    "--history",
    "files",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="Call records; may be given several times, and gzipped.",
)
@click.option(
    "--format",
    "format_name",
    required=True,
    type=click.Choice(CONTACT_FORMATS),
)
@click.option("--agents", "n_agents", required=True, type=click.IntRange(1, 20_000))
@click.option(
    "--weeks", "n_weeks", default=2, type=click.IntRange(1, 8), show_default=True
)
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--timezone", type=ZoneType(), help="Zone in which days are cut.")
@click.option("--mapping", type=click.Path(path_type=Path), help="TOML, contacts-csv.")
@click.option("--queue", "default_queue", default="", help="Queue where none is named.")
@click.option("--interval", "interval_s", type=DurationType(), default="30m")
@click.option(
    "--service-level",
    "sl_target",
    type=click.FloatRange(0.01, 0.99),
    default=0.8,
    show_default=True,
)
@click.option("--threshold", "sl_threshold_s", type=DurationType(), default="20s")
@click.option("--model", type=click.Choice(MODELS), default="erlang-c")
@click.option("--patience", "patience_s", type=DurationType(), default="3m")
@click.option(
    "--shrinkage",
    type=click.FloatRange(0, 0.8),
    default=0.1,
    show_default=True,
    help="Paid time not on contacts, without the breaks that the roster places.",
)
@click.option(
    "--pooled",
    "is_pooled",
    is_flag=True,
    help="Staff all queues as one, as every agent serves every queue.",
)
@click.option(
    "--rules",
    default="cn-full-time",
    show_default=True,
    help="Code of a shipped set of work rules.",
)
@click.option("--weekly-hours", "weekly_h", type=click.FloatRange(4, 60), default=40.0)
@click.option(
    "--seats", "n_seats", type=click.IntRange(1), help="As many as agents if left out."
)
@click.option("--seconds", type=click.FloatRange(1, 3600), default=25.0)
@click.option("--seed", type=int, default=0)
def pipeline(
    *,
    files: tuple[Path, ...],
    format_name: str,
    out: Path,
    timezone: ZoneInfo | None,
    mapping: Path | None,
    default_queue: str,
    **terms: Any,
) -> None:
    """From call records to a schedule: forecast, requirement, shifts and seats.

    Writes forecast.csv, requirement.csv, schedule.csv, coverage.csv, seats.csv and
    report.pdf into the --out folder. Every agent is taken to serve every queue.
    Exit status: 0 all rows were good; 1 the records were refused, nothing is written;
    2 wrong usage; 3 everything is written but some rows were refused.
    """
    from callcenter.acd.connectors.sources import SourceRefusedError
    from callcenter.scheduling.cli.plan import Plan, Terms, UnusableHistoryError

    if 3600 % terms["interval_s"] or terms["interval_s"] % 900:
        raise click.UsageError("--interval is 15m, 30m or 1h")
    terms["n_seats"] = terms["n_seats"] or terms["n_agents"]
    try:
        with _Bar() as bar:
            plan = Plan(Terms(**terms), bar.tell)
            plan.read(files, format_name, timezone, mapping, default_queue)
            plan.make()
            bar.tell(0.93, "Writing")
            _write(plan, out)
            bar.tell(1.0, "Done")
    except (SourceRefusedError, UnusableHistoryError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_REFUSED)
    for line in plan.summary():
        click.echo(line)
    click.echo(f"written to {out}")
    if plan.n_errors:
        click.echo(f"{plan.n_errors} rows were refused; see callcenter acd facts")
        sys.exit(EXIT_ROWS)


def _write(plan: "object", out: Path) -> None:
    from callcenter.scheduling.cli import files, report

    out.mkdir(parents=True, exist_ok=True)
    files.write_all(plan, out)  # type: ignore[arg-type]
    report.write_report(plan, out / "report.pdf")  # type: ignore[arg-type]


class _Bar:
    """A progress bar on stderr that is told shares; quiet when nobody looks."""

    def __init__(self) -> None:
        self._bar = click.progressbar(
            length=BAR_STEPS,
            file=sys.stderr,
            item_show_func=str,
            show_eta=False,
            width=30,
        )
        self._done = 0

    def __enter__(self) -> "_Bar":
        self._bar.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        with suppress(ValueError):
            self._bar.render_finish()

    def tell(self, share: float, words: str) -> None:
        """Move to a share of the whole, never back."""
        step = max(0, int(share * BAR_STEPS) - self._done)
        self._done += step
        self._bar.update(step, words)
