"""Rows into tables: dictionaries where ids are wanted, columns for the millions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Table, insert

from callcenter.acd.services import bulk
from callcenter.demo.calendar import Ints
from callcenter.demo.company import Company
from callcenter.demo.history import History
from callcenter.kernel.db import Model, db

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that the database gave, by the company's codes or positions.

    ``employees`` and ``queues`` are arrays by position in the company, because the
    tables of a history point so.
    """

    sites: dict[str, int] = field(default_factory=dict)
    floors: dict[str, int] = field(default_factory=dict)
    posts: dict[tuple[str, str], int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    skills: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    queue_codes: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    seats: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """What is to be loaded: the company, what happened until ``moment``, its ids."""

    company: Company
    history: History
    moment: datetime
    ids: Ids = field(default_factory=Ids)

    @property
    def until(self) -> int:
        """The present moment in epoch seconds."""
        return int(self.moment.timestamp())

    @property
    def today(self) -> date:
        """The day on which the company lives; the last of its history."""
        return self.company.today - timedelta(days=1)

    @property
    def employee_ids(self) -> Ints:
        """The id of each employee, by position in the company."""
        numbers = self.ids.numbers
        return np.array([numbers[e.number] for e in self.company.employees], np.int64)

    @property
    def queue_ids(self) -> Ints:
        """The id of each queue, by position in the company."""
        codes = self.ids.queue_codes
        return np.array([codes[q.code] for q in self.company.queues], np.int64)

    def zone_of(self, site: str) -> ZoneInfo:
        """The zone in which a site lives."""
        return ZoneInfo(next(s.zone for s in self.company.sites if s.code == site))


def insert_rows(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose ids nobody asks for."""
    for start in range(0, len(rows), _BATCH):
        db.session.execute(insert(model), rows[start : start + _BATCH])


def insert_for_ids(model: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows and return their ids in the same order."""
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    ids: list[int] = []
    for start in range(0, len(rows), _BATCH):
        ids += db.session.scalars(statement, rows[start : start + _BATCH])
    return ids


def insert_columns(
    model: type[Model],
    columns: Mapping[str, Any],
    absent: Mapping[str, Any] | None = None,
) -> int:
    """Insert rows given as columns, in the order of the table's key; how many."""
    missing = absent or {}
    table: Table = model.__table__  # type: ignore[assignment]
    values = {
        name: bulk.Column(column, missing.get(name)) for name, column in columns.items()
    }
    bulk.insert(table, values)
    return len(next(iter(columns.values())))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
