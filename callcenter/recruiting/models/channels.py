"""Where candidates come from: channels, and the events that are held in them."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import Site
from callcenter.recruiting.models.enums import ChannelKind
from callcenter.recruiting.models.requisitions import Requisition


class Channel(Versioned, Model):
    """One source: a school, a club, a job board, referrals; of a site, or of all.

    ``referral_bonus`` is paid to the employee who brought somebody, in ``currency``.
    """

    __tablename__ = "recruiting_channel"
    __table_args__ = (
        CheckConstraint("referral_bonus >= 0", name="referral_bonus"),
        Index(None, "site_id"),
    )

    id: Mapped[IntPk]
    kind: Mapped[ChannelKind]
    name: Mapped[str] = mapped_column(String(120))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("people_site.id"))
    contact: Mapped[str] = mapped_column(String(200), default="")
    referral_bonus: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(String(3), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    site: Mapped[Site | None] = relationship(lazy="raise_on_sql")


class Event(Versioned, Model):
    """A talk, a fair, a day at a school: people sign up by a public address.

    ``token`` is the secret part of that address; it is printed on the poster. Who
    signs up is a candidate for the requisition, or comes into the talent pool.
    """

    __tablename__ = "recruiting_event"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive_length"),
        CheckConstraint("spend >= 0 AND n_attended >= 0", name="figures"),
        Index(None, "channel_id"),
        Index(None, "site_id", "starts_at"),
    )

    id: Mapped[IntPk]
    channel_id: Mapped[int] = mapped_column(ForeignKey("recruiting_channel.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"))
    requisition_id: Mapped[int | None] = mapped_column(
        ForeignKey("recruiting_requisition.id")
    )
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    spend: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(String(3))
    n_attended: Mapped[int | None]
    token: Mapped[str] = mapped_column(String(40), unique=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    channel: Mapped[Channel] = relationship(lazy="raise_on_sql")
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    requisition: Mapped[Requisition | None] = relationship(lazy="raise_on_sql")
