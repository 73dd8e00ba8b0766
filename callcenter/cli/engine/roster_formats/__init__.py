"""What ``callcenter engine roster`` can read: one file for each format.

A format is a function that takes the instance and an `Order` and returns an `Answer`;
`FORMATS` names it, and it is imported when it is asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

Tell = Callable[[float, float, str, float], None]
"""Told objective, bound, phase and seconds whenever one of them changes."""


@dataclass(frozen=True)
class Order:
    """How long to search, on how many workers, and whom to tell.

    ``rounds`` limits the work where a format counts it in rounds.
    """

    seconds: float
    workers: int
    seed: int
    tell: Tell
    should_stop: Callable[[], bool]
    rounds: int | None = None


@dataclass(frozen=True)
class Answer:
    """A solution as rows of a table, and what is known of it.

    ``complaints`` are what the independent checker found, ``conflicts`` say in words
    why there is no solution. Some formats want rows without a first row of columns.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]
    status: str
    objective: float
    bound: float
    seconds: float
    cpu_seconds: float
    complaints: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    has_header: bool = True


Format = Callable[[Path, Order], Answer]

# name: (module and attribute, one line of help)
FORMATS: dict[str, tuple[str, str]] = {
    "nrp": (
        "callcenter.cli.engine.roster_formats.nrp:roster_nrp",
        "shift scheduling by day and type (schedulingbenchmarks.org)",
    ),
    "rws": (
        "callcenter.cli.engine.roster_formats.rws:roster_rws",
        "rotating workforce (MiniZinc data); one row of seven shifts for each week",
    ),
    "shift-design": (
        "callcenter.cli.engine.roster_formats.shift_design:roster_shift_design",
        "which shifts to have (MiniZinc data); rows of start, length, day, workers",
    ),
}


def format_named(name: str) -> Format:
    """The format of that name, imported."""
    module, _colon, attribute = FORMATS[name][0].partition(":")
    found: Format = getattr(import_module(module), attribute)
    return found
