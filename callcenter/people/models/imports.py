"""Spreadsheets of employees on their way in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.kernel import clock
from callcenter.kernel.crypto import EncryptedText
from callcenter.kernel.db import IntPk, Model
from callcenter.people.models.enums import ImportState


class EmployeeImport(Model):
    """One spreadsheet: what it holds, how its columns are read, what came of it.

    ``content`` is the file itself, encrypted and in Base64, until it is stored or
    thrown away. ``mapping`` gives the place of each field's column, from 0.
    ``problems`` lists ``[row, field, rule, detail]``, never a personal value.
    """

    __tablename__ = "people_import"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[IntPk]
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[str | None] = mapped_column(
        EncryptedText, deferred=True, info={"unaudited": True}
    )
    headers: Mapped[list[str]] = mapped_column(default=list, info={"unaudited": True})
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ImportState] = mapped_column(default=ImportState.UPLOADED)
    good_rows_only: Mapped[bool] = mapped_column(default=False)
    n_rows: Mapped[int] = mapped_column(default=0)
    n_new: Mapped[int] = mapped_column(default=0)
    n_changed: Mapped[int] = mapped_column(default=0)
    n_same: Mapped[int] = mapped_column(default=0)
    n_bad: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(
        default=list, deferred=True, info={"unaudited": True}
    )
    preview: Mapped[list[Any]] = mapped_column(
        default=list, deferred=True, info={"unaudited": True}
    )
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
