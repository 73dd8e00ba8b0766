"""Reading where people are missing or too many, and what was offered for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people import queries as people
from callcenter.people.models import Employee
from callcenter.scheduling.models import CoverageInterval, Schedule, Shift
from callcenter.scheduling.models.offers import (
    OfferAnswer,
    OfferKind,
    TimeOffer,
    TimeOfferPerson,
)

QUARTER = timedelta(minutes=15)
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=4)
LEAST_AGENTS = 1.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of quarters in which people are missing, or too many."""

    kind: OfferKind
    starts_at: datetime
    ends_at: datetime
    agents: float

    @property
    def agent_h(self) -> float:
        """Agent-hours missing, or at work without need."""
        return self.agents * ((self.ends_at - self.starts_at) / timedelta(hours=1))


def stretches(
    schedule_id: int, starts_at: datetime, ends_at: datetime, *, most: int
) -> list[Stretch]:
    """Where at least one agent is missing or too many, the worst first.

    Missing counts what each queue lacks; too many is said only where no queue lacks.
    """
    required, given = (
        CoverageInterval.required_agents,
        CoverageInterval.scheduled_agents,
    )
    rows = db.session.execute(
        select(
            CoverageInterval.interval_start,
            func.sum(case((required > given, required - given), else_=0.0)),
            func.sum(case((given > required, given - required), else_=0.0)),
        )
        .where(
            CoverageInterval.schedule_id == schedule_id,
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        )
        .group_by(CoverageInterval.interval_start)
        .order_by(CoverageInterval.interval_start)
    )
    found: list[Stretch] = []
    run: list[tuple[datetime, float]] = []
    kind: OfferKind | None = None
    for at, missing, idle in [*rows, (ends_at + LONGEST, 0.0, 0.0)]:
        here, amount = _kind_of(float(missing), float(idle))
        is_next = bool(run) and at == run[-1][0] + QUARTER
        is_full = len(run) * QUARTER >= LONGEST
        if run and (here is not kind or not is_next or is_full):
            found += _stretch(kind, run)
            run = []
        kind = here
        if here is not None:
            run.append((at, amount))
    found.sort(key=lambda each: (-each.agent_h, each.starts_at))
    return found[:most]


def _kind_of(missing: float, idle: float) -> tuple[OfferKind | None, float]:
    if missing >= LEAST_AGENTS:
        return OfferKind.OVERTIME, missing
    if missing < LEAST_AGENTS / 4 and idle >= LEAST_AGENTS:
        return OfferKind.TIME_OFF, idle
    return None, 0.0


def _stretch(
    kind: OfferKind | None, run: list[tuple[datetime, float]]
) -> list[Stretch]:
    if kind is None or len(run) * QUARTER < SHORTEST:
        return []
    mean = sum(amount for _at, amount in run) / len(run)
    return [Stretch(kind, run[0][0], run[-1][0] + QUARTER, mean)]


def shifts_around(
    schedule_id: int, starts_at: datetime, ends_at: datetime
) -> Sequence[Shift]:
    """The published shifts of a schedule that touch a stretch or its edges."""
    return db.session.scalars(
        select(Shift)
        .where(
            Shift.schedule_id == schedule_id,
            Shift.is_live,
            Shift.starts_at <= ends_at,
            Shift.ends_at >= starts_at,
        )
        .options(
            joinedload(Shift.employee),
            joinedload(Shift.template),
            joinedload(Shift.seat),
            selectinload(Shift.activities),
        )
        .order_by(Shift.starts_at, Shift.id)
    ).all()


def overtime_min(
    employee_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> dict[int, int]:
    """Overtime that each took on for shifts that start in a time, in minutes."""
    rows = db.session.execute(
        select(TimeOfferPerson.employee_id, func.sum(TimeOfferPerson.extra_min))
        .where(
            TimeOfferPerson.employee_id.in_(employee_ids),
            TimeOfferPerson.answer == OfferAnswer.TAKEN,
            TimeOfferPerson.extra_min > 0,
            TimeOfferPerson.starts_at >= starts_at,
            TimeOfferPerson.starts_at < ends_at,
        )
        .group_by(TimeOfferPerson.employee_id)
    )
    return {employee_id: int(minutes) for employee_id, minutes in rows}


def _with_people() -> Select[TimeOffer]:
    return select(TimeOffer).options(
        joinedload(TimeOffer.schedule),
        selectinload(TimeOffer.people).joinedload(TimeOfferPerson.employee),
        selectinload(TimeOffer.people).joinedload(TimeOfferPerson.shift),
    )


def offers_in(schedule_id: int) -> Select[TimeOffer]:
    """The offers of a schedule with whom they were made to, latest first."""
    return (
        _with_people()
        .where(TimeOffer.schedule_id == schedule_id)
        .order_by(TimeOffer.created_at.desc(), TimeOffer.id.desc())
    )


def get_offer(offer_id: int) -> TimeOffer:
    """The offer as it is now, with everybody it was made to; raises `NotFound`."""
    offer = db.session.scalars(
        _with_people()
        .where(TimeOffer.id == offer_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if offer is None:
        raise NotFound(offer_id=offer_id)
    return offer


def offers_to(employee_id: int, now: datetime) -> list[TimeOfferPerson]:
    """What is offered to the person now or was answered lately, soonest first."""
    found = db.session.scalars(
        select(TimeOfferPerson)
        .join(TimeOfferPerson.offer)
        .where(
            TimeOfferPerson.employee_id == employee_id,
            TimeOffer.ends_at > now,
        )
        .options(
            joinedload(TimeOfferPerson.offer).joinedload(TimeOffer.schedule),
            joinedload(TimeOfferPerson.offer).selectinload(TimeOffer.people),
            joinedload(TimeOfferPerson.shift),
        )
        .order_by(TimeOffer.starts_at, TimeOffer.id)
        .limit(30)
    )
    return list(found)


def visible_people(scope: Scope, employee_ids: Collection[int]) -> set[int]:
    """Which of those people lie within a scope."""
    return set(
        db.session.scalars(
            select(Employee.id).where(
                people.in_scope(scope), Employee.id.in_(employee_ids)
            )
        )
    )


def get_published(schedule: Schedule) -> Schedule:
    """The schedule, if it is published; raises `NotFound`."""
    if schedule.published_at is None or not schedule.is_editable:
        raise NotFound(schedule_id=schedule.id)
    return schedule
