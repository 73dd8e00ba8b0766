"""Which queue and which employee a file means by a name."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, or_, select

from callcenter.acd.models import NameKind, SourceName
from callcenter.acd.services.groups import distinct
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.projects.models import Queue

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Resolved:
    """For each number of a name: the id of the stored name, and of its target or 0."""

    name_ids: NDArray[np.int64]
    targets: dict[int, int]

    def target_of(self, name_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The queue or employee of each stored name, 0 where it is unknown."""
        known, inverse = distinct(name_ids)
        ids = [self.targets.get(name_id, 0) for name_id in known.tolist()]
        return np.array(ids, np.int64)[inverse]


def resolve(project_id: int, kind: NameKind, names: Sequence[str]) -> Resolved:
    """Look the names up, remember new ones, and match those that explain themselves.

    ``names[0]`` is the empty name and gets the id 0. A new queue name is matched with
    code or name of the project's queues, a new agent name with switch login, number
    or, where only one person bears it, name of an employee.
    """
    wanted = [name for name in names if name]
    stored = _stored(project_id, kind, wanted)
    fresh = [name for name in wanted if name not in stored]
    if fresh:
        _remember(project_id, kind, fresh)
        stored |= _stored(project_id, kind, fresh)
    ids = [stored[name][0] if name else 0 for name in names]
    targets = {name_id: target for name_id, target in stored.values() if target}
    return Resolved(np.array(ids, np.int64), targets)


def queues_meant(project_id: int, names: Sequence[str]) -> set[int]:
    """The queues that a file's names stand for, without remembering any name."""
    wanted = [name for name in names if name]
    stored = _stored(project_id, NameKind.QUEUE, wanted)
    matches = _matching_queues(project_id)
    ids = {
        stored[name][1] if name in stored else matches.get(name.casefold(), 0)
        for name in wanted
    }
    return ids - {0}


def _stored(
    project_id: int, kind: NameKind, names: Sequence[str]
) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for part in _parts(names):
        rows = db.session.execute(
            select(
                SourceName.name,
                SourceName.id,
                SourceName.queue_id,
                SourceName.employee_id,
            ).where(
                SourceName.project_id == project_id,
                SourceName.kind == kind,
                SourceName.name.in_(part),
            )
        )
        for name, name_id, queue_id, employee_id in rows:
            found[name] = (name_id, queue_id or employee_id or 0)
    return found


def _remember(project_id: int, kind: NameKind, names: Sequence[str]) -> None:
    if kind is NameKind.QUEUE:
        column, matches = "queue_id", _matching_queues(project_id)
    else:
        column, matches = "employee_id", _matching_employees(names)
    now = clock.now()
    rows = [
        {
            "project_id": project_id,
            "kind": kind,
            "name": name,
            column: matches.get(name.casefold()),
            "is_ignored": False,
            "n_waiting": 0,
            "first_seen_at": now,
        }
        for name in names
    ]
    db.session.execute(insert(SourceName), rows)


def _matching_queues(project_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Queue.id, Queue.name, Queue.code).where(Queue.project_id == project_id)
    ).all()
    by_name = _unambiguous((name, queue_id) for queue_id, name, _code in rows)
    by_code = _unambiguous((code, queue_id) for queue_id, _name, code in rows)
    return by_name | by_code


def _matching_employees(names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _parts(names):
        rows = db.session.execute(
            select(
                Employee.id, Employee.name, Employee.number, Employee.acd_login
            ).where(
                or_(
                    Employee.name.in_(part),
                    Employee.number.in_(part),
                    Employee.acd_login.in_(part),
                )
            )
        ).all()
        found |= _unambiguous((name, key) for key, name, _number, _login in rows)
        found |= _unambiguous((number, key) for key, _name, number, _login in rows)
        found |= _unambiguous((login, key) for key, _name, _number, login in rows)
    return found


def _unambiguous(pairs: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """Text to id, without texts that stand for more than one."""
    given = [(text.casefold(), key) for text, key in pairs if text]
    times = Counter(text for text, _key in given)
    return {text: key for text, key in given if times[text] == 1}


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]
