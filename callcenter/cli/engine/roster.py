"""``callcenter engine roster``: from an instance in a file to a roster in a file."""

import csv
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

import click

from callcenter.cli.engine.durations import DURATION
from callcenter.cli.engine.places import OutputPath
from callcenter.cli.engine.roster_formats import FORMATS, Answer, Order, format_named
from callcenter.engine.errors import EngineInputError


def _formats_in_words() -> str:
    return "; ".join(f"{name}: {words}" for name, (_, words) in FORMATS.items()) + "."


@click.command()
@click.argument(
    "instance", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMATS)),
    required=True,
    help=_formats_in_words(),
)
@click.option(
    "--seconds", type=DURATION, default="60s", show_default=True, help="Time: 60, 10m."
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--rounds",
    type=click.IntRange(0),
    help="End after so many rounds of replanning (nrp): the same roster each time.",
)
@click.option("--quiet", is_flag=True, help="Do not tell how far the search is.")
@click.option("--out", type=OutputPath(), default="-")
def roster(
    instance: Path,
    name: str,
    *,
    seconds: float,
    workers: int,
    seed: int,
    rounds: int | None,
    quiet: bool,
    out: str,
) -> None:
    """Search a roster for INSTANCE, the best there is, and prove how good it is.

    Tells on the error stream how far it is and, at the end, objective, bound and
    seconds. Ctrl-C stops the search and keeps the best roster. An independent checker
    judges every result. Leaves with 1 where there is no roster or the checker objects.
    """
    if seconds <= 0:
        raise click.UsageError("--seconds must be greater than zero")
    with _stop_on_interrupt() as should_stop:
        tell = _nothing if quiet else _tell
        order = Order(seconds, workers, seed, tell, should_stop, rounds)
        try:
            answer = format_named(name)(instance, order)
        except EngineInputError as error:
            raise click.UsageError(str(error)) from error
    for words in answer.conflicts:
        click.echo(words, err=True)
    if not answer.conflicts:
        _write(out, answer)
    _conclude(answer)
    if answer.conflicts or answer.complaints:
        sys.exit(1)


@contextmanager
def _stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C asks the search to stop, the second one ends the command."""
    asked = Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(objective: float, bound: float, phase: str, seconds: float) -> None:
    words = (
        f"{seconds:8.1f} s  best {_plain(objective)}  bound {_plain(bound)}  {phase}"
    )
    click.echo(words, err=True)


def _nothing(_objective: float, _bound: float, _phase: str, _seconds: float) -> None:
    """Tell nobody."""


def _write(out: str, answer: Answer) -> None:
    with click.open_file(out, "w", encoding="utf-8", lazy=False) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if answer.has_header:
            writer.writerow(answer.columns)
        writer.writerows(answer.rows)


def _conclude(answer: Answer) -> None:
    """The result in a line, and what the checker says."""
    if answer.conflicts:
        click.echo(f"status {answer.status}  seconds {answer.seconds:.1f}", err=True)
        return
    click.echo(
        f"status {answer.status}  objective {_plain(answer.objective)}"
        f"  bound {_plain(answer.bound)}  seconds {answer.seconds:.1f}"
        f"  cpu {answer.cpu_seconds:.1f}",
        err=True,
    )
    for words in answer.complaints:
        click.echo(f"checker: {words}", err=True)
    if not answer.complaints:
        click.echo("checker: every rule is met, the points are right", err=True)


def _plain(value: float) -> str:
    """Whole numbers without a fraction, others with three digits at most."""
    if value in (float("inf"), float("-inf")):
        return "-"
    return f"{value:.3f}".rstrip("0").rstrip(".")
