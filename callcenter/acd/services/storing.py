"""One chunk of contacts into the database: new, corrected or already there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Table,
    any_,
    cast,
    extract,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

from callcenter.acd.models import Contact
from callcenter.acd.services import bulk
from callcenter.acd.services.bulk import Column
from callcenter.acd.services.counting import Counted
from callcenter.acd.services.rows import COLUMNS, Rows
from callcenter.kernel.db import db, dialect_name

Ints = NDArray[np.int64]
_AT_ONCE = 10_000
_PROBES = 64
_TABLE: Table = Contact.__table__  # type: ignore[assignment]
_NULLABLE_IDS = ("agent_name_id", "customer")


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom stored contacts belong."""

    project_id: int
    import_id: int


@dataclass(slots=True)
class Change:
    """What storing a chunk did; ``counted`` is to be added to the facts."""

    n_new: int = 0
    n_corrected: int = 0
    n_unchanged: int = 0
    counted: list[Counted] = field(default_factory=list)
    corrected: list[Counted] = field(default_factory=list)


def store(rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner) -> Change:
    """Store contacts that have one row per key; an older version changes nothing.

    Fresh files are the common case. A few keys are probed, and where none of them
    is stored the rows are inserted at once: the unique index tells if that was wrong.
    """
    # In the order of the unique index, which then grows page by page.
    order = np.argsort(rows["key_hash"])
    rows, queue_id, agent_id = rows.take(order), queue_id[order], agent_id[order]
    ordered = rows["key_hash"]
    if not _has_overlap(ordered):
        try:
            with db.session.begin_nested():
                _insert(rows, queue_id, agent_id, owner)
        except _integrity_error():
            pass
        else:
            return Change(len(rows), counted=[_counted(rows, queue_id, agent_id)])
    return _merge(rows, queue_id, agent_id, owner, _known(ordered))


def _integrity_error() -> type[Exception]:
    error: type[Exception] = db.engine.dialect.loaded_dbapi.IntegrityError
    return error


def _merge(
    rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner, known: Ints
) -> Change:
    """Insert what is new, overwrite what differs, leave the rest alone."""
    is_known, differs = _compared(rows, known)
    new, changed = np.flatnonzero(~is_known), np.flatnonzero(differs)
    change = Change(len(new), len(changed), len(rows) - len(new) - len(changed))
    if len(new):
        fresh = (rows.take(new), queue_id[new], agent_id[new])
        change.counted.append(_counted(*fresh))
        _insert(*fresh, owner)
    if len(changed):
        again = (rows.take(changed), queue_id[changed], agent_id[changed])
        change.corrected.append(_before(again[0]["key_hash"]))
        change.corrected.append(_counted(*again))
        _overwrite(*again, owner)
    return change


def _compared(rows: Rows, known: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows are stored already, and which of those say something newer."""
    if not len(known):
        nothing = np.zeros(len(rows), np.bool_)
        return nothing, nothing
    place = np.searchsorted(known[:, 0], rows["key_hash"])
    stored = known[np.minimum(place, len(known) - 1)]
    is_known = stored[:, 0] == rows["key_hash"]
    differs = is_known & (stored[:, 1] != rows["content_hash"])
    return is_known, differs & (stored[:, 2] <= rows["version"])


def _counted(rows: Rows, queue_id: Ints, agent_id: Ints, sign: int = 1) -> Counted:
    """The rows of known queues; the others wait."""
    ready = queue_id > 0
    if not ready.all():
        rows, queue_id, agent_id = rows.take(ready), queue_id[ready], agent_id[ready]
    return Counted(rows, queue_id, agent_id, np.full(len(rows), sign, np.int64))


def _has_overlap(ordered: Ints) -> bool:
    """Whether any of a few keys out of many is stored; always, for few keys."""
    if len(ordered) <= 50 * _PROBES:
        return True
    probe = ordered[:: len(ordered) // _PROBES].tolist()
    found = select(Contact.id).where(Contact.key_hash.in_(probe)).limit(1)
    return db.session.scalar(found) is not None


def _known(ordered: Ints) -> Ints:
    """Key, content and version of those that are stored already, by key."""
    return _fetch((Contact.key_hash, Contact.content_hash, Contact.version), ordered)


def _fetch(columns: Sequence[ColumnElement[Any] | Any], ordered: Ints) -> Ints:
    parts = []
    for start in range(0, len(ordered), _AT_ONCE):
        part = ordered[start : start + _AT_ONCE]
        if dialect_name() == "postgresql":
            among = Contact.key_hash == any_(literal(part.tolist(), ARRAY(BigInteger)))
        else:
            among = Contact.key_hash.in_(part.tolist())
        statement = select(*columns).where(among).order_by(Contact.key_hash)
        found = db.session.execute(statement).all()
        parts.append(
            np.array([tuple(row) for row in found], np.int64).reshape(-1, len(columns))
        )
    return np.concatenate(parts)


COUNTED = (
    "direction",
    "outcome",
    "wait_s",
    "talk_s",
    "hold_s",
    "wrap_s",
    "transfers",
)


def _before(hashes: Ints) -> Counted:
    """The stored contacts of these keys, to be taken out of the facts."""
    columns = [
        func.coalesce(Contact.queue_id, 0),
        func.coalesce(Contact.agent_id, 0),
        epoch_s(Contact.offered_at),
        *(getattr(Contact, name) for name in COUNTED),
    ]
    found = _fetch(columns, np.sort(hashes)).T
    rows = Rows(
        np.zeros(found.shape[1], "S1"),
        np.zeros((len(COLUMNS), found.shape[1]), np.int64),
    )
    for name, values in zip(("offered_at", *COUNTED), found[2:], strict=True):
        rows[name][:] = values
    return _counted(rows, found[0], found[1], sign=-1)


def epoch_s(column: Any) -> ColumnElement[int]:
    """An instant as whole seconds since 1970."""
    if dialect_name() == "sqlite":
        return type_coerce(column, Integer) // literal_column("1000000", Integer)
    return cast(func.floor(extract("epoch", column)), BigInteger)


def _insert(rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner) -> None:
    bulk.insert(_TABLE, _columns(rows, queue_id, agent_id, owner))


def _overwrite(rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner) -> None:
    bulk.update(_TABLE, _columns(rows, queue_id, agent_id, owner), "key_hash")


def _columns(
    rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner
) -> dict[str, Column]:
    columns = {name: Column(rows[name]) for name in COLUMNS}
    for name in _NULLABLE_IDS:
        columns[name] = Column(rows[name], rows[name] == 0)
    columns["source_key"] = Column(rows.keys)
    columns["queue_id"] = Column(queue_id, queue_id == 0)
    columns["agent_id"] = Column(agent_id, agent_id == 0)
    columns["import_id"] = Column(np.full(len(rows), owner.import_id, np.int64))
    return columns
