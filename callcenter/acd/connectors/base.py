"""What a connector is, and what it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

from callcenter.acd.connectors.mapping import CsvMapping
from callcenter.acd.connectors.records import Batch
from callcenter.acd.connectors.times import UTC_ZONE

BATCH_RECORDS = 10_000


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says about the files, beside their format.

    Without a ``timezone`` a connector uses the zone its format implies, else UTC.
    ``mapping`` is for CSV of contacts only; ``default_queue`` names the queue where a
    file does not.
    """

    timezone: ZoneInfo | None = None
    mapping: CsvMapping | None = None
    default_queue: str = ""

    def zone(self, implied: ZoneInfo = UTC_ZONE) -> ZoneInfo:
        """The zone in which times without offset are read."""
        return self.timezone or implied


class Connector(Protocol):
    """A format: it reads files and yields batches, oldest file first.

    ``read`` treats several files as one stream, so that a call which is open at the
    end of one file is completed by the next. It raises `SourceRefusedError` when a
    whole file is of no use, and puts the errors of single rows into the batches.
    ``redelivers`` is true when the source itself may send a record more than once,
    each time with a higher version.
    """

    name: ClassVar[str]
    redelivers: ClassVar[bool]

    def read(self, paths: Sequence[Path], options: ReadOptions) -> Iterator[Batch]:
        """Yield the batches of these files."""
        ...
