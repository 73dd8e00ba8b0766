"""Reads files through a connector and gathers what came out."""

from dataclasses import dataclass, fields
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from callcenter.acd.connectors import ReadOptions, connector
from callcenter.acd.connectors.facts import FactTable
from callcenter.acd.connectors.mapping import CsvMapping
from callcenter.acd.connectors.records import (
    ContactBatch,
    IntervalBatch,
    RowError,
    StateBatch,
)


@dataclass
class Read:
    """Rows of all batches, the errors, and the facts at half an hour and 20 s."""

    contacts: list[SimpleNamespace]
    states: list[SimpleNamespace]
    intervals: list[SimpleNamespace]
    errors: list[RowError]
    facts: FactTable

    @property
    def rules(self) -> list[tuple[int, str, str]]:
        return [(e.line, e.field, e.rule) for e in self.errors]

    @property
    def totals(self) -> dict[str, float]:
        return self.facts.totals()


def _rows(batch: ContactBatch | StateBatch | IntervalBatch) -> list[SimpleNamespace]:
    names = [f.name for f in fields(batch) if f.name not in {"errors", "source"}]
    columns = [list(getattr(batch, name)) for name in names]
    rows = zip(*columns, strict=True)
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def read(
    format_name: str,
    *paths: Path,
    timezone: str | None = None,
    mapping: CsvMapping | None = None,
    interval_s: int = 1800,
    by: str = "queue",
) -> Read:
    """Everything that a connector finds in these files."""
    source = connector(format_name)
    table = FactTable(
        interval_s=interval_s, threshold_s=20, by=by, latest_only=source.redelivers
    )
    result = Read([], [], [], [], table)
    zone = ZoneInfo(timezone) if timezone else None
    for batch in source.read(paths, ReadOptions(timezone=zone, mapping=mapping)):
        result.errors += batch.errors
        if isinstance(batch, ContactBatch):
            result.contacts += _rows(batch)
            table.add_contacts(batch)
        elif isinstance(batch, StateBatch):
            result.states += _rows(batch)
        else:
            result.intervals += _rows(batch)
            result.errors += table.add_intervals(batch)
    return result
