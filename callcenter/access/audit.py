"""The audit trail: every change of an audited row, chained so that tampering shows.

The changes of one transaction are collected as SQLAlchemy flushes them and
written just before it commits, in the same transaction. Each entry's digest
covers its own content and the digest before it.
"""

import enum
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import Column, event, insert, inspect, select, text
from sqlalchemy.orm import Session

from callcenter.access.models import AuditEntry
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor, request_id
from callcenter.kernel.db import Model, db

GENESIS = bytes(32)
HIDDEN = "•••"
_PENDING = "callcenter.audit"
# Any constant will do; it serialises the writers of the chain on PostgreSQL.
_LOCK = 0x0A0D17


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one row, before it is chained."""

    action: str
    subject: str
    subject_id: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier found: how many entries, the first broken one, the seal."""

    n_entries: int
    broken_id: int | None
    seal: str = ""
    is_cut: bool = False

    @property
    def is_intact(self) -> bool:
        """Whether every entry carries the digest that it must, to the expected end."""
        return self.broken_id is None and not self.is_cut


def init_app(app: Flask) -> None:
    """Watch the sessions of the application."""
    if app.extensions.get("audit"):
        return
    app.extensions["audit"] = True
    if not event.contains(Session, "after_flush", _collect):
        event.listen(Session, "after_flush", _collect)
        event.listen(Session, "before_commit", _write)
        event.listen(Session, "after_soft_rollback", _forget)


def record(action: str, subject: str, subject_id: object, **fields: Any) -> None:
    """Note something that no single row shows: a bulk change, an export, a refusal."""
    pending = db.session().info.setdefault(_PENDING, [])
    pending.append(Change(action, subject, str(subject_id), _plain(fields)))


def verify(*, expected: str | None = None) -> Verdict:
    """Recompute the whole chain.

    An entry that was changed, removed from the middle or put in later breaks it. That
    the end was cut off shows only to who kept the seal of an earlier verdict:
    ``expected`` is sought among the digests, and a trail without it is cut.
    """
    previous = GENESIS
    n_entries = 0
    is_found = expected is None
    statement = select(AuditEntry).order_by(AuditEntry.id)
    rows = db.session.scalars(statement.execution_options(yield_per=2000))
    for entry in rows:
        n_entries += 1
        if entry.previous != previous or entry.digest != _digest(previous, entry):
            return Verdict(n_entries, entry.id)
        previous = entry.digest
        is_found = is_found or seal_of(previous) == expected
        db.session.expunge(entry)
    return Verdict(n_entries, None, seal=seal_of(previous), is_cut=not is_found)


def seal_of(digest: bytes) -> str:
    """A digest as somebody can note it down."""
    return digest.hex()[:32]


def _collect(session: Session, _context: Any) -> None:
    pending = session.info.setdefault(_PENDING, [])
    pending.extend(_created(row) for row in session.new if _is_audited(row))
    for row in _in_order(session.dirty):
        fields = _changed_fields(row)
        if fields:
            pending.append(_change("changed", row, fields))
    for row in _in_order(session.deleted):
        pending.append(_change("deleted", row, _values(row)))


def _in_order(rows: Iterable[object]) -> list[Model]:
    """Those that are audited; a session holds them in the order of their addresses."""
    audited = [row for row in rows if isinstance(row, Model) and _is_audited(row)]
    return sorted(audited, key=lambda row: (row.__tablename__, inspect(row).identity))


def _is_audited(row: object) -> bool:
    return isinstance(row, Model) and row.__audited__


def _created(row: Model) -> Change:
    fields = {
        name: [None, value] for name, value in _values(row).items() if value is not None
    }
    return _change("created", row, fields)


def _change(action: str, row: Model, fields: dict[str, Any]) -> Change:
    identity = "-".join(
        str(key) for key in inspect(row).mapper.primary_key_from_instance(row)
    )
    return Change(action, row.__tablename__, identity, _plain(fields))


def _columns(row: Model) -> Iterator[tuple[str, bool]]:
    """The audited attributes of the row, each with whether its value is secret."""
    for attribute in inspect(row).mapper.column_attrs:
        column = attribute.columns[0]
        is_stored = isinstance(column, Column)
        if not is_stored or column.info.get("unaudited") or column.primary_key:
            continue
        yield attribute.key, bool(column.info.get("secret"))


def _values(row: Model) -> dict[str, Any]:
    loaded = inspect(row).dict
    return {
        key: HIDDEN if is_secret and loaded.get(key) else loaded.get(key)
        for key, is_secret in _columns(row)
    }


def _changed_fields(row: Model) -> dict[str, Any]:
    state = inspect(row)
    fields = {}
    for key, is_secret in _columns(row):
        history = state.attrs[key].history
        if not history.has_changes() or key == "version":
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        fields[key] = [HIDDEN, HIDDEN] if is_secret else [before, after]
    return fields


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case enum.Enum():
            return value.value
        case str():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | Decimal():
            return str(value)
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return str(value)


def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    changes = session.info.pop(_PENDING, None)
    if not changes:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    newest = select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
    previous = connection.scalar(newest) or GENESIS
    rows = list(_chain(previous, changes))
    connection.execute(insert(AuditEntry), rows)


def _chain(previous: bytes, changes: list[Change]) -> Iterator[dict[str, Any]]:
    actor = current_actor()
    at = clock.now()
    for change in changes:
        row = {
            "at": at,
            "user_id": actor.user_id,
            "user_name": actor.name,
            "request_id": request_id(),
            "action": change.action,
            "subject": change.subject,
            "subject_id": change.subject_id,
            "changes": json.dumps(change.fields, ensure_ascii=False, sort_keys=True),
            "previous": previous,
        }
        row["digest"] = previous = _digest(previous, AuditEntry(**row))
        yield row


def _digest(previous: bytes, entry: AuditEntry) -> bytes:
    content = json.dumps(
        [
            entry.at.astimezone(UTC).isoformat(),
            entry.user_id,
            entry.user_name,
            entry.request_id,
            entry.action,
            entry.subject,
            entry.subject_id,
            entry.changes,
        ],
        ensure_ascii=False,
    )
    return hashlib.sha256(previous + content.encode()).digest()


def _forget(session: Session, previous_transaction: Any) -> None:
    if not previous_transaction.nested:
        session.info.pop(_PENDING, None)
