"""Candidates, and the history of everything that happened to them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.access.models import User
from callcenter.kernel import clock
from callcenter.kernel.crypto import EncryptedText
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned
from callcenter.people.models import Employee, EmploymentKind, Site
from callcenter.recruiting.models.channels import Channel, Event
from callcenter.recruiting.models.enums import HistoryKind, StageKind

_LIVE = text("merged_into_id IS NULL")


def _one_of(column: str) -> Index:
    """One living candidate for each phone and each identity number."""
    return Index(None, column, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)


class Candidate(Versioned, Model):
    """Somebody who may come to work here.

    Nothing is kept of sex, age, origin or looks. ``name_sort`` is the name as it sorts
    and is searched, ``name_key`` what two spellings of it share. A merged row stays,
    with all that it held, and points to the one that lives on.
    """

    __tablename__ = "recruiting_candidate"
    __table_args__ = (
        Index(None, "name_sort"),
        Index(None, "name_key"),
        Index(None, "site_id", "created_at"),
        Index(None, "channel_id"),
        Index(None, "merged_into_id"),
        _one_of("phone_digest"),
        _one_of("identity_digest"),
    )

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(String(80))
    name_sort: Mapped[str] = mapped_column(String(160))
    name_key: Mapped[str] = mapped_column(String(160), info={"unaudited": True})
    phone: Mapped[str | None] = mapped_column(
        EncryptedText, deferred=True, info={"secret": True}
    )
    phone_digest: Mapped[str | None] = mapped_column(
        String(32), info={"unaudited": True}
    )
    identity_number: Mapped[str | None] = mapped_column(
        EncryptedText, deferred=True, info={"secret": True}
    )
    identity_digest: Mapped[str | None] = mapped_column(
        String(32), info={"unaudited": True}
    )
    email: Mapped[str | None] = mapped_column(
        EncryptedText, deferred=True, info={"secret": True}
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("recruiting_channel.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("recruiting_event.id"))
    referrer_id: Mapped[int | None] = mapped_column(ForeignKey("people_employee.id"))
    school: Mapped[str] = mapped_column(String(120), default="")
    skills: Mapped[str] = mapped_column(Text, default="")
    wanted_kind: Mapped[EmploymentKind | None]
    available_on: Mapped[date | None]
    is_in_pool: Mapped[bool] = mapped_column(default=False)
    consent_at: Mapped[datetime | None]
    consent_version: Mapped[str] = mapped_column(String(20), default="")
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("recruiting_candidate.id")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    channel: Mapped[Channel | None] = relationship(lazy="raise_on_sql")
    event: Mapped[Event | None] = relationship(lazy="raise_on_sql")
    referrer: Mapped[Employee | None] = relationship(lazy="raise_on_sql")


class HistoryEntry(Model):
    """One thing that happened to a candidate: the source of every report on stages.

    It is written once and never changed, but for the candidate that a merge leaves.
    """

    __tablename__ = "recruiting_history"
    __audited__ = False
    __table_args__ = (
        Index(None, "candidate_id", "at"),
        Index(None, "application_id"),
        Index(None, "event_id"),
    )

    id: Mapped[BigPk]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("recruiting_candidate.id"))
    application_id: Mapped[int | None] = mapped_column(
        ForeignKey("recruiting_application.id")
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("recruiting_event.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    kind: Mapped[HistoryKind]
    from_stage: Mapped[StageKind | None]
    to_stage: Mapped[StageKind | None]
    words: Mapped[str] = mapped_column(String(400), default="")
    by: Mapped[User | None] = relationship(lazy="raise_on_sql")
