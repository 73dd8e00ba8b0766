"""What people changed in a queue of a forecast and said about it, in one statement."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Date,
    Double,
    Integer,
    String,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from callcenter.access.models import User
from callcenter.forecasting.models import Adjustment, Note
from callcenter.kernel.db import UtcDateTime, db

_CHANGE, _NOTE, _NAME = "change", "note", "name"


class Change(NamedTuple):
    """A correction by hand; see `Adjustment`."""

    id: int
    day: date
    first_slot: int
    end_slot: int
    before: float
    total: float
    comment: str
    made_at: datetime
    made_by_id: int | None
    taken_back_at: datetime | None


class Comment(NamedTuple):
    """A comment; see `Note`."""

    id: int
    queue_id: int | None
    day: date | None
    words: str
    made_at: datetime
    made_by_id: int | None


class Remarks(NamedTuple):
    """Corrections in the order in which they apply, comments latest first, and names.

    Corrections that were taken back are among them. ``names`` are those of all their
    authors, and of the users who were asked for besides.
    """

    changes: list[Change]
    comments: list[Comment]
    names: dict[int, str]


def remarks(
    forecast_id: int, queue_id: int, user_ids: Collection[int | None] = ()
) -> Remarks:
    """What was changed in a queue by hand, and said about it or its forecast."""
    wanted = sorted({each for each in user_ids if each is not None})
    parts = [_changes(forecast_id, queue_id), _comments(forecast_id, queue_id)]
    if wanted:
        parts.append(_names(wanted))
    changes, comments, names = [], [], {}
    for kind, *row, author_id, name in db.session.execute(union_all(*parts)):
        if author_id is not None and name is not None:
            names[author_id] = name
        row_id, about, day, text, at, first, end, before, total, gone = row
        if kind == _CHANGE:
            changes.append(
                Change(
                    row_id, day, first, end, before, total, text, at, author_id, gone
                )
            )
        elif kind == _NOTE:
            comments.append(Comment(row_id, about, day, text, at, author_id))
    changes.sort(key=lambda each: each.id)
    comments.sort(key=lambda each: -each.id)
    return Remarks(changes, comments, names)


def _changes(forecast_id: int, queue_id: int) -> Any:
    at = Adjustment
    return (
        select(
            literal(_CHANGE),
            at.id,
            at.queue_id,
            at.day,
            at.comment,
            at.made_at,
            at.first_slot,
            at.end_slot,
            at.before,
            at.total,
            at.taken_back_at,
            at.made_by_id,
            User.name,
        )
        .outerjoin(User, User.id == at.made_by_id)
        .where(at.forecast_id == forecast_id, at.queue_id == queue_id)
    )


def _comments(forecast_id: int, queue_id: int) -> Any:
    at = Note
    return (
        select(
            literal(_NOTE),
            at.id,
            at.queue_id,
            at.day,
            at.words,
            at.made_at,
            *_unsaid(),
            at.made_by_id,
            User.name,
        )
        .outerjoin(User, User.id == at.made_by_id)
        .where(
            at.forecast_id == forecast_id,
            or_(at.queue_id.is_(None), at.queue_id == queue_id),
        )
    )


def _names(user_ids: Collection[int]) -> Any:
    return select(
        literal(_NAME),
        User.id,
        cast(null(), Integer),
        cast(null(), Date),
        cast(null(), String),
        cast(null(), UtcDateTime),
        *_unsaid(),
        User.id,
        User.name,
    ).where(User.id.in_(user_ids))


def _unsaid() -> list[Any]:
    """The columns that only corrections have."""
    whole, number = cast(null(), Integer), cast(null(), Double)
    return [whole, whole, number, number, cast(null(), UtcDateTime)]
