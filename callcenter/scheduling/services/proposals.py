"""Proposed changes of shifts: what a change would break and cost, before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.engine.rostering import PlannedBreak, PlannedShift, check_shift
from callcenter.engine.rostering.model import FREE_FORM
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.scheduling import queries
from callcenter.scheduling.errors import NoAgents
from callcenter.scheduling.models import (
    ActivityKind,
    CoverageInterval,
    Schedule,
    ScheduleQueue,
    Shift,
    ShiftStatus,
    ShiftTemplate,
)
from callcenter.scheduling.services.grid import INTERVAL, INTERVAL_MIN
from callcenter.scheduling.services.ground import Ground, build_ground

LONGEST = timedelta(hours=14)
BREAKS = {ActivityKind.PAID_BREAK, ActivityKind.UNPAID_BREAK, ActivityKind.LUNCH}


@dataclass(frozen=True, slots=True)
class Part:
    """An activity of a shift that is not stored yet."""

    kind: ActivityKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A shift as it would be."""

    employee_id: int
    starts_at: datetime
    ends_at: datetime
    template: ShiftTemplate | None
    parts: tuple[Part, ...]

    @property
    def paid_min(self) -> int:
        """Paid minutes."""
        unpaid = {ActivityKind.UNPAID_BREAK, ActivityKind.LUNCH, ActivityKind.LEAVE}
        off = sum(
            ((p.ends_at - p.starts_at) for p in self.parts if p.kind in unpaid),
            timedelta(),
        )
        return int((self.ends_at - self.starts_at - off).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a change would break: what was found and what is allowed."""

    rule: str
    employee_id: int
    found: float
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a change would do: the rules it breaks and what it costs in coverage.

    ``short_before_h`` and ``short_after_h`` are the agent-hours missing around it.
    """

    findings: tuple[Finding, ...]
    short_before_h: float
    short_after_h: float
    proposal: Proposal

    @property
    def is_clean(self) -> bool:
        """Whether no rule is broken."""
        return not self.findings


def propose(
    shift: Shift,
    *,
    employee_id: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Proposal:
    """The shift with another start, end or agent; its breaks move along.

    A shift of another length takes the breaks of the library's shift that fits.

    Raises `Invalid` for a shift that ends before it starts or is too long.
    """
    starts = starts_at or shift.starts_at
    ends = ends_at or starts + shift.length
    if not timedelta() < ends - starts <= LONGEST:
        raise Invalid(fields=["ends_at"])
    template = _fitting_template(shift, starts, ends)
    if ends - starts == shift.length:
        delta = starts - shift.starts_at
        parts = tuple(
            Part(each.kind, each.starts_at + delta, each.ends_at + delta)
            for each in shift.activities
        )
    else:
        parts = parts_of_template(template, starts)
    return Proposal(employee_id or shift.employee_id, starts, ends, template, parts)


def _fitting_template(
    shift: Shift, starts_at: datetime, ends_at: datetime
) -> ShiftTemplate | None:
    """The shift's own entry of the library if it still fits, else another, or None."""
    minute = _local_minute(shift.schedule, starts_at)
    length = int((ends_at - starts_at).total_seconds() // 60)
    fitting = [
        each
        for each in queries.active_templates()
        if each.earliest_start_min <= minute <= each.latest_start_min
        and (minute - each.earliest_start_min) % each.step_min == 0
        and length in each.lengths_min
    ]
    own = [each for each in fitting if each.id == shift.template_id]
    return next(iter(own or fitting), None)


def _local_minute(schedule: Schedule, at: datetime) -> int:
    local = at.astimezone(schedule.tz)
    return local.hour * 60 + local.minute


def parts_of_template(
    template: ShiftTemplate | None, starts_at: datetime
) -> tuple[Part, ...]:
    """The breaks of a shift of the library, each in the middle of its window."""
    if template is None:
        return ()
    parts = []
    for each in template.break_patterns:
        middle = (each.earliest_min + each.latest_min) // 2
        begin = starts_at + timedelta(minutes=middle // INTERVAL_MIN * INTERVAL_MIN)
        ends = begin + timedelta(minutes=each.length_min)
        parts.append(Part(break_kind(each.code, is_paid=each.is_paid), begin, ends))
    return tuple(parts)


def break_kind(code: str, *, is_paid: bool) -> ActivityKind:
    """What a break of the library is called on a schedule."""
    if code == "lunch":
        return ActivityKind.LUNCH
    return ActivityKind.PAID_BREAK if is_paid else ActivityKind.UNPAID_BREAK


def check_change(shift: Shift, proposal: Proposal) -> Answer:
    """What the change would break and cost, before anything is saved."""
    return check_changes(shift.schedule, [(shift, proposal)])


def check_changes(
    schedule: Schedule, changes: Sequence[tuple[Shift, Proposal]]
) -> Answer:
    """The same for changes that are made together, as a swap is."""
    people = {proposal.employee_id for _shift, proposal in changes}
    moved = {shift.id for shift, _proposal in changes}
    findings: list[Finding] = []
    try:
        ground = build_ground(_with_queues(schedule), only=sorted(people))
    except NoAgents:
        ground = None
    for _shift, proposal in changes:
        if ground is None or ground.agent_number(proposal.employee_id) is None:
            findings.append(
                Finding("agent_has_skill", proposal.employee_id, 0, 1, "skills")
            )
        else:
            findings += _findings(schedule, ground, proposal, moved)
    before, after = _shortage(schedule, changes)
    return Answer(tuple(findings), before, after, changes[0][1])


def _with_queues(schedule: Schedule) -> Schedule:
    """The schedule with its queues loaded."""
    if "queues" not in inspect(schedule).unloaded:
        return schedule
    return db.session.scalars(
        select(Schedule)
        .where(Schedule.id == schedule.id)
        .options(selectinload(Schedule.queues).joinedload(ScheduleQueue.queue))
        .execution_options(populate_existing=True)
    ).one()


def _findings(
    schedule: Schedule, ground: Ground, proposal: Proposal, moved: set[int]
) -> list[Finding]:
    number = ground.agent_number(proposal.employee_id) or 0
    others = db.session.scalars(
        select(Shift)
        .where(
            Shift.schedule_id == schedule.id,
            Shift.employee_id == proposal.employee_id,
            Shift.status == ShiftStatus.PLANNED,
            Shift.id.not_in(moved),
        )
        .options(joinedload(Shift.activities), joinedload(Shift.template))
    ).unique()
    candidate = planned_shift(schedule, ground, number, proposal)
    if candidate is None:
        return [Finding("inside_horizon", proposal.employee_id, 0, 0, "days")]
    rest = [
        planned_shift(schedule, ground, number, as_proposal(each)) for each in others
    ]
    known = tuple(replace(each, is_pinned=True) for each in rest if each is not None)
    return [
        Finding(
            each.rule.value, proposal.employee_id, each.found, each.limit, each.unit
        )
        for each in check_shift(ground.problem, number, candidate, known)
    ]


def as_proposal(shift: Shift) -> Proposal:
    """The shift as it is."""
    parts = (Part(p.kind, p.starts_at, p.ends_at) for p in shift.activities)
    return Proposal(
        shift.employee_id, shift.starts_at, shift.ends_at, shift.template, tuple(parts)
    )


def planned_shift(
    schedule: Schedule, ground: Ground, number: int, proposal: Proposal
) -> PlannedShift | None:
    """The shift in the engine's words; None when it lies outside the schedule."""
    day = (proposal.starts_at.astimezone(schedule.tz).date() - schedule.first_day).days
    if not 0 <= day < schedule.n_days:
        return None
    template = proposal.template
    place = ground.template_number(template.id) if template else None
    return PlannedShift(
        agent=number,
        day=day,
        template=FREE_FORM if place is None else place,
        start=ground.index(proposal.starts_at),
        end=-((ground.starts_at - proposal.ends_at) // INTERVAL),
        breaks=_breaks(ground, proposal),
        paid_min=proposal.paid_min,
    )


def _breaks(ground: Ground, proposal: Proposal) -> tuple[PlannedBreak, ...]:
    pauses = [each for each in proposal.parts if each.kind in BREAKS]
    patterns = proposal.template.break_patterns if proposal.template else ()
    codes = [each.code for each in patterns]
    codes += [each.kind.value for each in pauses[len(codes) :]]
    return tuple(
        PlannedBreak(
            code=code,
            start=ground.index(each.starts_at),
            end=-((ground.starts_at - each.ends_at) // INTERVAL),
            is_paid=each.kind is ActivityKind.PAID_BREAK,
        )
        for code, each in zip(codes, pauses, strict=False)
    )


def _shortage(
    schedule: Schedule, changes: Sequence[tuple[Shift, Proposal]]
) -> tuple[float, float]:
    """Agent-hours missing around the change, before and after, over all queues."""
    first = min(min(s.starts_at, p.starts_at) for s, p in changes)
    last = max(max(s.ends_at, p.ends_at) for s, p in changes)
    rows = db.session.execute(
        select(
            CoverageInterval.interval_start,
            func.sum(CoverageInterval.required_agents),
            func.sum(CoverageInterval.scheduled_agents),
        )
        .where(
            CoverageInterval.schedule_id == schedule.id,
            CoverageInterval.interval_start >= first,
            CoverageInterval.interval_start < last,
        )
        .group_by(CoverageInterval.interval_start)
    )
    before = after = 0.0
    for at, required, scheduled in rows:
        delta = sum(_works(p, at) - _works(as_proposal(s), at) for s, p in changes)
        before += max(0.0, float(required) - float(scheduled))
        after += max(0.0, float(required) - float(scheduled) - delta)
    return before / 4, after / 4


def _works(proposal: Proposal, at: datetime) -> int:
    if not proposal.starts_at <= at < proposal.ends_at:
        return 0
    return int(not any(p.starts_at <= at < p.ends_at for p in proposal.parts))
