"""Commands of the room for the shell.

`facts` works on files alone: it needs neither an application nor a database, so this
module imports neither when it is loaded.
"""

import csv
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from zoneinfo import ZoneInfo

import click

from callcenter.kernel.options import DurationType, ZoneType

if TYPE_CHECKING:
    from callcenter.acd.connectors import ReadOptions
    from callcenter.acd.connectors.facts import FactTable, IntervalFact
    from callcenter.acd.connectors.records import Batch, RowError

FORMAT_NAMES = (
    "asterisk-queue-log",
    "amazon-connect-ctr",
    "genesys-conversation",
    "contacts-csv",
    "intervals-csv",
    "anonymous-bank",
)
EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_ROWS = 3
SHOWN_ERRORS = 20
ERROR_COLUMNS = ("source", "line", "field", "rule", "severity", "value")


@click.group("acd")
def acd() -> None:
    """Call records and the facts made of them."""


@dataclass
class _ErrorList:
    """Rows that were refused: shown on stderr, and written to a file when asked."""

    stream: TextIO | None = None
    n_errors: int = 0
    n_notices: int = 0
    _n_shown: int = field(default=0, init=False)

    def begin(self) -> None:
        if self.stream is not None:
            csv.writer(self.stream, lineterminator="\n").writerow(ERROR_COLUMNS)

    def take(self, errors: Iterable["RowError"]) -> None:
        for error in errors:
            self._take_one(error)

    def _take_one(self, error: "RowError") -> None:
        if error.severity == "error":
            self.n_errors += 1
        else:
            self.n_notices += 1
        if self.stream is not None:
            row = [getattr(error, column) for column in ERROR_COLUMNS]
            csv.writer(self.stream, lineterminator="\n").writerow(row)
        if self._n_shown < SHOWN_ERRORS:
            self._n_shown += 1
            where = f"{error.source}: line {error.line}"
            what = f"{error.field or '-'}: {error.rule}: {error.value}"
            click.echo(f"{error.severity}: {where}: {what}", err=True)

    def end(self) -> None:
        if self.n_errors + self.n_notices > self._n_shown:
            more = self.n_errors + self.n_notices - self._n_shown
            click.echo(f"... and {more} more (see --errors FILE)", err=True)


@acd.command()
@click.option("--format", "format_name", required=True, type=click.Choice(FORMAT_NAMES))
@click.option("--timezone", type=ZoneType(), help="Zone of times without an offset.")
@click.option("--interval", "interval_s", type=DurationType(), default="30m")
@click.option("--threshold", "threshold_s", type=DurationType(), default="20s")
@click.option("--by", type=click.Choice(["queue", "agent"]), default="queue")
@click.option("--mapping", type=click.Path(path_type=Path), help="TOML, contacts-csv.")
@click.option("--queue", "default_queue", default="", help="Queue where none is named.")
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--errors", "errors_to", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def facts(
    *,
    format_name: str,
    timezone: ZoneInfo | None,
    interval_s: int,
    threshold_s: int,
    by: str,
    mapping: Path | None,
    default_queue: str,
    out: Path,
    errors_to: Path | None,
    files: tuple[Path, ...],
) -> None:
    """Sum contacts of FILES into interval facts, as CSV.

    A contact counts in the interval in which it was offered; interval starts are UTC.
    Exit status: 0 all rows were good; 1 a whole file was refused, nothing is written;
    2 wrong usage; 3 facts are written but some rows were refused, listed on stderr
    with line, field and rule and, in full, in the --errors file.
    """
    from callcenter.acd.connectors import ReadOptions
    from callcenter.acd.connectors.mapping import mapping_from_toml
    from callcenter.acd.connectors.sources import SourceRefusedError, read_head

    if interval_s <= 0 or 86_400 % interval_s:
        raise click.UsageError("--interval must divide a day")
    errors = _ErrorList()
    try:
        chosen = None
        if mapping is not None:
            chosen = mapping_from_toml(read_head(mapping).decode("utf-8", "replace"))
        options = ReadOptions(timezone, chosen, default_queue)
        with _opened(errors_to) as stream:
            errors.stream = stream
            table = _summed(
                format_name, files, options, errors, (interval_s, threshold_s, by)
            )
        _write(out, table, by)
    except SourceRefusedError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_REFUSED)
    except OSError as error:
        click.echo(f"error: unwritable: {error.filename}: {error.strerror}", err=True)
        sys.exit(EXIT_REFUSED)
    _report(table, errors, out)
    if errors.n_errors:
        sys.exit(EXIT_ROWS)


def _opened(path: Path | None) -> AbstractContextManager[TextIO | None]:
    if path is None:
        return nullcontext()
    return path.open("w", encoding="utf-8", newline="")


def _summed(
    format_name: str,
    files: tuple[Path, ...],
    options: "ReadOptions",
    errors: _ErrorList,
    terms: tuple[int, int, str],
) -> "FactTable":
    """The facts of all files; the errors of their rows go to the list."""
    from callcenter.acd.connectors import connector
    from callcenter.acd.connectors.facts import FactTable

    interval_s, threshold_s, by = terms
    source = connector(format_name)
    table = FactTable(
        interval_s=interval_s,
        threshold_s=threshold_s,
        by=by,
        latest_only=source.redelivers,
    )
    errors.begin()
    for batch in source.read(files, options):
        errors.take(batch.errors)
        errors.take(_counted(table, batch))
    errors.end()
    return table


def _counted(table: "FactTable", batch: "Batch") -> list["RowError"]:
    from callcenter.acd.connectors.records import ContactBatch, IntervalBatch

    if isinstance(batch, ContactBatch):
        table.add_contacts(batch)
    elif isinstance(batch, IntervalBatch):
        return table.add_intervals(batch)
    return []


def _write(out: Path, table: "FactTable", by: str) -> None:
    """Write the facts beside their place and move them there when complete."""
    from callcenter.acd.connectors.facts import FACT_COLUMNS

    partial = out.with_name(out.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow((by, "interval_start", *FACT_COLUMNS))
        writer.writerows(map(_cells, table.facts()))
    partial.replace(out)


def _cells(fact: "IntervalFact") -> tuple[object, ...]:
    start = fact.interval_start.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (fact.name, start, *map(_plain, fact[2:]))


def _plain(value: float) -> str:
    """A figure without needless decimals; thousandths where a source has them."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _report(table: "FactTable", errors: _ErrorList, out: Path) -> None:
    totals = table.totals()
    shown = ", ".join(f"{name} {_plain(value)}" for name, value in totals.items())
    click.echo(f"{out}: {shown}")
    if table.n_repeated:
        click.echo(f"{table.n_repeated} repeated rows counted once")
    if errors.n_errors or errors.n_notices:
        click.echo(f"{errors.n_errors} errors, {errors.n_notices} notices", err=True)


@acd.command("import")
@click.option(
    "--format",
    "format_name",
    required=True,
    type=click.Choice((*FORMAT_NAMES, "amazon-connect-agent-events")),
)
@click.option("--project", "project_code", required=True, help="Code of the project.")
@click.option("--timezone", type=ZoneType(), help="Zone of times without an offset.")
@click.option("--mapping", type=click.Path(path_type=Path), help="TOML, contacts-csv.")
@click.option("--queue", "default_queue", default="", help="Queue where none is named.")
@click.option("--keep-good-part", is_flag=True, help="Store rows that break no rule.")
@click.option("--create-queues", is_flag=True, help="Make queues of unknown names.")
@click.option("--errors", "errors_to", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(
    *,
    project_code: str,
    files: tuple[Path, ...],
    errors_to: Path | None,
    create_queues: bool,
    **options: Any,
) -> None:
    """Import FILES into a project's facts.

    The same file twice changes nothing; a killed import is brought to its end by the
    next one. Exit status: 0 stored; 1 refused, nothing is stored; 2 wrong usage;
    3 stored, but some rows were refused.
    """
    from callcenter.acd.services import shell
    from callcenter.kernel.actor import SYSTEM, acting
    from callcenter.kernel.shell import application

    with application().app_context(), acting(SYSTEM):
        try:
            outcome = shell.import_files(project_code, files, create_queues, **options)
        except LookupError as error:
            raise click.UsageError(str(error)) from error
        if errors_to is not None:
            with errors_to.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerows(
                    [ERROR_COLUMNS, *outcome.problems]
                )
    click.echo(outcome.summary)
    for name in outcome.unknown:
        click.echo(f"unknown {name}: kept, and counted once it is mapped", err=True)
    for problem in outcome.problems[:SHOWN_ERRORS]:
        click.echo("error: " + ": ".join(map(str, problem)), err=True)
    if not outcome.is_stored:
        sys.exit(EXIT_REFUSED)
    if outcome.n_errors:
        sys.exit(EXIT_ROWS)
