"""One chunk of contacts into the database: new, corrected or already there."""

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

from callcenter.acd.models import Contact, ContactKey
from callcenter.acd.services import bulk
from callcenter.acd.services.bulk import Column
from callcenter.acd.services.counting import Counted
from callcenter.acd.services.groups import order_of
from callcenter.acd.services.rows import COLUMNS, Rows
from callcenter.kernel.db import db, dialect_name

Ints = NDArray[np.int64]
_AT_ONCE = 10_000
_PROBES = 64
_TABLE: Table = Contact.__table__  # type: ignore[assignment]
_KEYS: Table = ContactKey.__table__  # type: ignore[assignment]
_SEQUENCE_LOCK = (0x0ACD, 0)
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


def store(
    rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner, *, are_new: bool = False
) -> Change:
    """Store contacts that have one row per key; an older version changes nothing.

    Fresh files are the common case. A few keys are probed, and where none of them
    is stored the rows are inserted at once: the unique index tells if that was wrong.
    ``are_new`` tells that this is known already.
    """
    if are_new:
        _insert(rows, queue_id, agent_id, owner, are_new=True)
        return Change(len(rows), counted=[_counted(rows, queue_id, agent_id)])
    ordered = np.sort(rows["key_hash"])
    if not _has_overlap(ordered) and _insert(rows, queue_id, agent_id, owner):
        return Change(len(rows), counted=[_counted(rows, queue_id, agent_id)])
    return _merge(rows, queue_id, agent_id, owner, _known(ordered))


def _merge(
    rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner, known: Ints
) -> Change:
    """Insert what is new, overwrite what differs, leave the rest alone."""
    is_known, differs, stored_id = _compared(rows, known)
    new, changed = np.flatnonzero(~is_known), np.flatnonzero(differs)
    change = Change(len(new), len(changed), len(rows) - len(new) - len(changed))
    if len(new):
        fresh = (rows.take(new), queue_id[new], agent_id[new])
        change.counted.append(_counted(*fresh))
        if not _insert(*fresh, owner):
            raise RuntimeError("keys were stored by somebody else meanwhile")
    if len(changed):
        again = (rows.take(changed), queue_id[changed], agent_id[changed])
        change.corrected.append(_before(stored_id[changed]))
        change.corrected.append(_counted(*again))
        _overwrite(*again, owner, stored_id[changed])
    return change


Flags = NDArray[np.bool_]


def _compared(rows: Rows, known: Ints) -> tuple[Flags, Flags, Ints]:
    """Which rows are stored already, which of those say something newer, and where."""
    if not len(known):
        nothing = np.zeros(len(rows), np.bool_)
        return nothing, nothing, nothing.astype(np.int64)
    place = np.searchsorted(known[:, 0], rows["key_hash"])
    stored = known[np.minimum(place, len(known) - 1)]
    is_known = stored[:, 0] == rows["key_hash"]
    differs = is_known & (stored[:, 1] != rows["content_hash"])
    return is_known, differs & (stored[:, 2] <= rows["version"]), stored[:, 3]


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
    found = select(ContactKey.key_hash).where(ContactKey.key_hash.in_(probe)).limit(1)
    return db.session.scalar(found) is not None


def _known(ordered: Ints) -> Ints:
    """Key, content, version and id of those that are stored already, by key."""
    columns = (
        ContactKey.key_hash,
        Contact.content_hash,
        Contact.version,
        ContactKey.contact_id,
    )
    joined = select(*columns).join(Contact, Contact.id == ContactKey.contact_id)
    return _fetch(joined, ContactKey.key_hash, ordered)


def _fetch(statement: Any, key: Any, ordered: Ints) -> Ints:
    """The rows of those keys, in the order of the keys."""
    parts = []
    for start in range(0, len(ordered), _AT_ONCE):
        part = ordered[start : start + _AT_ONCE]
        if dialect_name() == "postgresql":
            among = key == any_(literal(part.tolist(), ARRAY(BigInteger)))
        else:
            among = key.in_(part.tolist())
        found = db.session.execute(statement.where(among).order_by(key)).all()
        width = len(statement.selected_columns)
        rows = np.array([tuple(row) for row in found], np.int64)
        parts.append(rows.reshape(-1, width))
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


def _before(ids: Ints) -> Counted:
    """The contacts as they are stored, to be taken out of the facts."""
    columns = [
        func.coalesce(Contact.queue_id, 0),
        func.coalesce(Contact.agent_id, 0),
        epoch_s(Contact.offered_at),
        *(getattr(Contact, name) for name in COUNTED),
    ]
    found = _fetch(select(*columns), Contact.id, np.sort(ids)).T
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


def _insert(
    rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner, *, are_new: bool = False
) -> bool:
    """Insert keys in their order, and contacts in that of their queue and time.

    False, and nothing is inserted, when one of the keys is stored already.
    """
    order = order_of(queue_id, rows["offered_at"])
    rows, queue_id, agent_id = rows.take(order), queue_id[order], agent_id[order]
    ids = _reserved_ids(len(rows))
    if not _claim(rows["key_hash"], ids, are_new=are_new):
        return False
    columns = {"id": Column(ids), **_columns(rows, queue_id, agent_id, owner)}
    bulk.insert(_TABLE, columns)
    return True


def _claim(key_hash: Ints, ids: Ints, *, are_new: bool) -> bool:
    if are_new:
        keys = {"key_hash": Column(key_hash), "contact_id": Column(ids)}
        bulk.insert(_KEYS, keys)
        return True
    by_key = np.argsort(key_hash)
    keys = {"key_hash": Column(key_hash[by_key]), "contact_id": Column(ids[by_key])}
    return bulk.claim(_KEYS, keys)


def _reserved_ids(n: int) -> Ints:
    """So many ids of contacts that nobody else will take, one after the other.

    SQLite has one writer at a time; PostgreSQL's sequence is moved on by all of them
    at once, under a lock that is held for that moment only.
    """
    if dialect_name() == "sqlite":
        last = db.session.scalar(select(func.max(Contact.id))) or 0
        return np.arange(last + 1, last + 1 + n)
    db.session.execute(select(func.pg_advisory_lock(*_SEQUENCE_LOCK)))
    try:
        sequence = func.pg_get_serial_sequence(Contact.__tablename__, "id")
        moved = func.setval(sequence, func.nextval(sequence) + n - 1)
        last = int(db.session.execute(select(moved)).scalar_one())
    finally:
        db.session.execute(select(func.pg_advisory_unlock(*_SEQUENCE_LOCK)))
    return np.arange(last - n + 1, last + 1)


def _overwrite(
    rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner, ids: Ints
) -> None:
    columns = {"id": Column(ids), **_columns(rows, queue_id, agent_id, owner)}
    bulk.update(_TABLE, columns, "id")


def _columns(
    rows: Rows, queue_id: Ints, agent_id: Ints, owner: Owner
) -> dict[str, Column]:
    columns = {name: Column(rows[name]) for name in COLUMNS if name != "key_hash"}
    for name in _NULLABLE_IDS:
        columns[name] = Column(rows[name], rows[name] == 0)
    columns["source_key"] = Column(rows.keys)
    columns["queue_id"] = Column(queue_id, queue_id == 0)
    columns["agent_id"] = Column(agent_id, agent_id == 0)
    columns["import_id"] = Column(np.full(len(rows), owner.import_id, np.int64))
    return columns
