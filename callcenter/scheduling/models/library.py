"""The shift library, and the rules of work that contracts and laws set."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import EmploymentKind, Site

DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class BreakPattern:
    """One break of a shift: how long, and when after the start it may begin.

    ``earliest_min`` and ``latest_min`` are minutes from the start of the shift.
    """

    code: str
    length_min: int
    earliest_min: int
    latest_min: int
    is_paid: bool = True


class ShiftTemplate(Versioned, Model):
    """A family of shifts: every start in a window combined with every length.

    Minutes are those of the local day. ``breaks`` holds `BreakPattern` as data.
    """

    __tablename__ = "scheduling_shift_template"
    __table_args__ = (
        CheckConstraint("earliest_start_min >= 0", name="earliest_start"),
        CheckConstraint("earliest_start_min <= latest_start_min", name="window"),
        CheckConstraint("latest_start_min < 1440", name="latest_start"),
        CheckConstraint("step_min > 0", name="step"),
    )

    id: Mapped[IntPk]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_zh: Mapped[str] = mapped_column(String(80), default="")
    earliest_start_min: Mapped[int]
    latest_start_min: Mapped[int]
    step_min: Mapped[int] = mapped_column(default=30)
    lengths_min: Mapped[list[int]]
    breaks: Mapped[list[Any]] = mapped_column(default=list)
    min_work_min: Mapped[int] = mapped_column(default=30)
    is_night: Mapped[bool] = mapped_column(default=False)
    colour: Mapped[str] = mapped_column(String(10), default="blue")
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def break_patterns(self) -> tuple[BreakPattern, ...]:
        """The breaks in the order in which they are taken."""
        return tuple(BreakPattern(**each) for each in self.breaks)

    @property
    def unpaid_min(self) -> int:
        """Unpaid minutes inside each shift."""
        return sum(each.length_min for each in self.break_patterns if not each.is_paid)


@dataclass(frozen=True, slots=True)
class WorkRules:
    """The parameters of one set of work rules; hours are paid hours.

    ``min_week_share`` is the share of the contract's weekly hours that a full week
    must bring, ``over_week_h`` what may be planned beyond them. None is no limit.
    """

    templates: tuple[str, ...] = ()
    min_week_share: float = 1.0
    over_week_h: float = 0.0
    max_week_h: float = 40.0
    max_week_days: int = 6
    max_days_in_row: int = 6
    min_rest_h: float = 11.0
    min_day_h: float = 0.0
    max_day_h: float = 8.0
    max_nights: int | None = None
    max_weekends: int | None = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(each.name for each in fields(cls))


class WorkRuleSet(Versioned, Model):
    """A named set of work rules with its parameters as data.

    ``source`` says which law or agreement it restates.
    """

    __tablename__ = "scheduling_work_rule_set"

    id: Mapped[IntPk]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_zh: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    assignments: Mapped[list["WorkRuleAssignment"]] = relationship(
        back_populates="rule_set", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @property
    def rules(self) -> WorkRules:
        """The parameters, with the usual value for each that is not set."""
        known = {k: v for k, v in self.parameters.items() if k in WorkRules.names()}
        known["templates"] = tuple(known.get("templates", ()))
        return WorkRules(**known)


class WorkRuleAssignment(Model):
    """Which rules hold for a kind of employment, at one site or in one country.

    A site's own assignment goes before its country's, and that before the one
    that names neither.
    """

    __tablename__ = "scheduling_work_rule_assignment"
    __table_args__ = (
        Unique("employment_kind", "site_id", "country"),
        Index(None, "rule_set_id"),
    )

    id: Mapped[IntPk]
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("scheduling_work_rule_set.id"))
    employment_kind: Mapped[EmploymentKind]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("people_site.id"))
    country: Mapped[str | None] = mapped_column(String(2))
    rule_set: Mapped[WorkRuleSet] = relationship(
        back_populates="assignments", lazy="raise_on_sql"
    )
    site: Mapped[Site | None] = relationship(lazy="raise_on_sql")
