"""Making schedules, asking for them to be solved, and keeping what came out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from callcenter.engine.rostering import PlannedShift, Progress, Roster
from callcenter.engine.rostering import Verdict as CheckerVerdict
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue, find_live_job
from callcenter.people.models import Site
from callcenter.scheduling import queries
from callcenter.scheduling.errors import PeriodInThePast, ScheduleBusy
from callcenter.scheduling.models import (
    ActivityKind,
    Schedule,
    ScheduleQueue,
    ScheduleStatus,
    ScheduleTeam,
    Shift,
    ShiftActivity,
    ShiftChange,
)
from callcenter.scheduling.services.coverage import store_coverage
from callcenter.scheduling.services.ground import Ground
from callcenter.scheduling.services.library import install_library
from callcenter.scheduling.services.proposals import break_kind

SOLVE_JOB = "scheduling.solve"
BATCH = 2000


def create_schedule(
    *,
    name: str,
    site: Site,
    first_day: date,
    last_day: date,
    team_ids: Iterable[int],
    queue_ids: Iterable[int],
    solve_limit_s: int = 60,
    based_on: Schedule | None = None,
) -> Schedule:
    """Create a draft for some teams and queues over some days.

    The shipped shift library is put in place if there is none yet.

    Raises `PeriodInThePast`.
    """
    if last_day < clock.today(site.tz):
        raise PeriodInThePast(last_day=last_day)
    if not queries.count_templates():
        install_library()
    schedule = Schedule(
        name=name,
        site_id=site.id,
        zone=site.zone,
        first_day=first_day,
        last_day=last_day,
        solve_limit_s=solve_limit_s,
        created_by_id=current_actor().user_id,
        edition=based_on.edition + 1 if based_on else 1,
        based_on_id=based_on.id if based_on else None,
        teams=[ScheduleTeam(team_id=each) for each in sorted(set(team_ids))],
        queues=[ScheduleQueue(queue_id=each) for each in sorted(set(queue_ids))],
    )
    db.session.add(schedule)
    db.session.flush()
    return schedule


def copy_schedule(schedule: Schedule) -> Schedule:
    """Make the next edition: the same teams, queues and days, as a draft to solve."""
    site = db.session.get_one(Site, schedule.site_id)
    return create_schedule(
        name=schedule.name,
        site=site,
        first_day=schedule.first_day,
        last_day=schedule.last_day,
        team_ids=[each.team_id for each in schedule.teams],
        queue_ids=[each.queue_id for each in schedule.queues],
        solve_limit_s=schedule.solve_limit_s,
        based_on=schedule,
    )


def subject_of(schedule_id: int) -> str:
    """How jobs name a schedule."""
    return f"schedule:{schedule_id}"


def ask_to_solve(schedule: Schedule, *, limit_s: int | None = None) -> Job:
    """Let a worker solve the schedule; until it is done, nobody else changes it.

    Raises `ScheduleBusy` when it is no draft, or is being solved already.
    """
    is_free = schedule.status is ScheduleStatus.DRAFT or (
        schedule.status is ScheduleStatus.SOLVING and find_solve_job(schedule) is None
    )
    if not is_free:
        raise ScheduleBusy(schedule_id=schedule.id)
    schedule.status = ScheduleStatus.SOLVING
    schedule.objective = schedule.bound = None
    if limit_s is not None:
        schedule.solve_limit_s = limit_s
    return enqueue(
        SOLVE_JOB,
        {"schedule_id": schedule.id},
        subject=subject_of(schedule.id),
        unique=True,
    )


def find_solve_job(schedule: Schedule) -> Job | None:
    """The job that solves the schedule now or soon, or None."""
    return find_live_job(subject_of(schedule.id))


def begin_solving(schedule_id: int) -> None:
    """Claim a schedule for a solve that starts, or starts again after its worker died.

    Raises `ScheduleBusy` when it was published or archived in the meantime.
    """
    claimed = db.session.scalar(
        update(Schedule)
        .where(
            Schedule.id == schedule_id,
            Schedule.status.in_((ScheduleStatus.DRAFT, ScheduleStatus.SOLVING)),
        )
        .values(status=ScheduleStatus.SOLVING)
        .returning(Schedule.id)
    )
    if claimed is None:
        raise ScheduleBusy(schedule_id=schedule_id)


def note_progress(schedule_id: int, progress: Progress) -> None:
    """Keep the best and the bound of a running solve, for those who watch."""
    db.session.execute(
        update(Schedule)
        .where(Schedule.id == schedule_id, Schedule.status == ScheduleStatus.SOLVING)
        .values(objective=progress.best, bound=progress.bound, solve_s=progress.seconds)
    )


def release_schedule(schedule_id: int) -> None:
    """Give a schedule back to its planners after a solve that came to nothing."""
    db.session.execute(
        update(Schedule)
        .where(Schedule.id == schedule_id, Schedule.status == ScheduleStatus.SOLVING)
        .values(status=ScheduleStatus.DRAFT)
    )


@dataclass(frozen=True, eq=False)
class Solution:
    """What a solve brought: shifts, their seats, and the checker's word on it."""

    roster: Roster
    checked: CheckerVerdict
    seats: Sequence[int | None]
    seat_verdict: dict[str, Any]


def store_solution(schedule: Schedule, ground: Ground, solution: Solution) -> None:
    """Keep the shifts, breaks, seats, coverage and verdict of a solve.

    What an earlier solve had left in the schedule goes, so doing it again is safe.

    Raises `ScheduleBusy` unless it is being solved.
    """
    if schedule.status is not ScheduleStatus.SOLVING:
        raise ScheduleBusy(schedule_id=schedule.id)
    _forget_shifts(schedule.id)
    roster = solution.roster
    ids = _insert_shifts(schedule, ground, roster.shifts, solution.seats)
    _insert_activities(ground, roster.shifts, ids)
    store_coverage(schedule.id, ground, roster.scheduled_agents)
    schedule.status = ScheduleStatus.DRAFT
    schedule.solved_at = clock.now()
    schedule.solver_status = roster.status.value
    schedule.stopped_by = roster.stopped_by.value
    schedule.objective, schedule.bound = roster.objective, roster.bound
    schedule.solve_s = roster.seconds
    schedule.verdict = _verdict(ground, solution)


def _forget_shifts(schedule_id: int) -> None:
    mine = select(Shift.id).where(Shift.schedule_id == schedule_id)
    db.session.execute(delete(ShiftActivity).where(ShiftActivity.shift_id.in_(mine)))
    db.session.execute(
        delete(ShiftChange).where(ShiftChange.schedule_id == schedule_id)
    )
    db.session.execute(delete(Shift).where(Shift.schedule_id == schedule_id))


def _insert_shifts(
    schedule: Schedule,
    ground: Ground,
    shifts: Sequence[PlannedShift],
    seats: Sequence[int | None],
) -> list[int]:
    days = schedule.days
    rows = [
        {
            "schedule_id": schedule.id,
            "employee_id": ground.employee_ids[shift.agent],
            "day": days[shift.day],
            "starts_at": ground.instant(shift.start),
            "ends_at": ground.instant(shift.end),
            "paid_min": shift.paid_min,
            "template_id": _template_id(ground, shift.template),
            "seat_id": seat_id,
            "is_pinned": shift.is_pinned,
        }
        for shift, seat_id in zip(shifts, seats, strict=True)
    ]
    ids: list[int] = []
    statement = insert(Shift).returning(Shift.id, sort_by_parameter_order=True)
    for start in range(0, len(rows), BATCH):
        ids += db.session.scalars(statement, rows[start : start + BATCH])
    return ids


def _template_id(ground: Ground, number: int) -> int | None:
    return ground.template_ids[number] if number >= 0 else None


def _insert_activities(
    ground: Ground, shifts: Sequence[PlannedShift], ids: Sequence[int]
) -> None:
    rows = []
    for shift, shift_id in zip(shifts, ids, strict=True):
        spans = [
            (break_kind(each.code, is_paid=each.is_paid), each.start, each.end)
            for each in shift.breaks
        ]
        for start, end in ground.problem.agents[shift.agent].meetings:
            if shift.start <= start and end <= shift.end:
                spans.append((ActivityKind.MEETING, start, end))
        rows += [
            {
                "shift_id": shift_id,
                "kind": kind,
                "starts_at": ground.instant(start),
                "ends_at": ground.instant(end),
            }
            for kind, start, end in sorted(spans, key=lambda span: span[1])
        ]
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(ShiftActivity), rows[start : start + BATCH])


def _verdict(ground: Ground, solution: Solution) -> dict[str, Any]:
    """The checker's word and the shortfall, as data that pages put into words."""
    roster, checked = solution.roster, solution.checked
    hours = ground.problem.grid.interval_min / 60
    unmet = roster.unmet.sum(axis=1) * hours
    wanted = ground.required_agents.sum(axis=1) * hours
    return {
        "n_shifts": len(roster.shifts),
        "n_agents": len(ground.employee_ids),
        "is_valid": checked.is_legal,
        "is_exact": checked.is_honest,
        "objective": checked.objective,
        "violations": [_finding(ground, each) for each in checked.broken[:200]],
        "n_violations": len(checked.broken),
        "penalties": {rule.value: pts for rule, pts in roster.penalties.items()},
        "required_h": float(wanted.sum()),
        "unmet_h": float(unmet.sum()),
        "queues": [
            {"queue_id": key, "required_h": float(want), "unmet_h": float(lack)}
            for key, want, lack in zip(ground.queue_ids, wanted, unmet, strict=True)
        ],
        "worst": _worst(ground, roster),
        "seats": solution.seat_verdict,
        "notes": list(roster.notes),
    }


def _finding(ground: Ground, violation: Any) -> dict[str, Any]:
    return {
        "rule": violation.rule.value,
        "employee_id": ground.employee_ids[violation.agent],
        "day": violation.day,
        "found": violation.found,
        "limit": violation.limit,
        "unit": violation.unit,
    }


def _worst(ground: Ground, roster: Roster) -> list[dict[str, Any]]:
    """The five intervals that lack most, worst first."""
    flat = roster.unmet.ravel()
    chosen = [int(place) for place in flat.argsort()[::-1][:5] if flat[place] > 0]
    width = roster.unmet.shape[1]
    return [
        {
            "queue_id": ground.queue_ids[place // width],
            "at": ground.instant(place % width).isoformat(),
            "unmet": float(flat[place]),
            "wanted": float(ground.required_agents.ravel()[place]),
        }
        for place in chosen
    ]
