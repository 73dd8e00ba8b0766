"""The jobs of this room: solving a schedule, and telling agents about theirs."""

import time
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from callcenter.engine.rostering import Progress, check_roster, solve_roster
from callcenter.kernel import mail
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import JobCancelled, Run, job
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as projects
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import NobodyOnDuty
from callcenter.scheduling.models import Shift
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries.acknowledging import unseen_addresses
from callcenter.web import filters

NOTE_EVERY_S = 2.0


@job("scheduling.solve", title=_l("Solving a schedule"))
def solve(run: Run, *, schedule_id: int) -> dict[str, Any] | None:
    """Find the best shifts for a schedule in its time, and keep them.

    When it is cancelled, the best found so far is kept.
    """
    try:
        return _solve(run, schedule_id)
    except BaseException:
        db.session.rollback()
        with transaction():
            services.release_schedule(schedule_id)
        raise


def _solve(run: Run, schedule_id: int) -> dict[str, Any]:
    run.progress(0, 0, _("Reading requirements, people and rules"))
    scope = current_actor().scope(Permission.CREATE_SCHEDULE)
    queries.get_schedule(schedule_id, scope)
    with transaction():
        services.begin_solving(schedule_id)
    schedule = queries.get_schedule(schedule_id, scope)
    limit_s = schedule.solve_limit_s
    ground = services.build_ground(schedule)
    services.require_demand(ground)
    db.session.rollback()
    watch = _Watch(run, schedule_id, limit_s)
    roster = solve_roster(
        ground.problem,
        time_limit_s=limit_s,
        seed=schedule_id,
        progress=watch.note,
        should_stop=watch.is_cancelled,
    )
    with transaction():
        schedule = queries.get_schedule(schedule_id, scope)
        seats, seat_verdict = services.seat_shifts(schedule, ground, roster.shifts)
        solution = services.Solution(
            roster, check_roster(ground.problem, roster), seats, seat_verdict
        )
        services.store_solution(schedule, ground, solution)
    if watch.stopped is not None:
        raise watch.stopped
    page = ["scheduling.schedule", {"schedule_id": schedule_id}]
    return {"page": page, "n_shifts": len(roster.shifts)}


class _Watch:
    """Passes progress on, and knows when the work is no longer wanted."""

    def __init__(self, run: Run, schedule_id: int, limit_s: float) -> None:
        self.run, self.schedule_id, self.limit_s = run, schedule_id, limit_s
        self.stopped: JobCancelled | None = None
        self._noted_at = 0.0

    def is_cancelled(self) -> bool:
        """Whether somebody cancelled; other reasons to stop are raised."""
        try:
            self.run.check()
        except JobCancelled as stop:
            self.stopped = stop
        return self.stopped is not None

    def note(self, progress: Progress) -> None:
        """Keep how far it is: in the job, and for those who look at the schedule."""
        if self.stopped is not None or self.is_cancelled():
            return
        message = _(
            "Best %(best)s points, bound %(bound)s, at most %(gap)s from perfect",
            best=filters.number(round(progress.best)),
            bound=filters.number(round(progress.bound)),
            gap=filters.percent(progress.gap),
        )
        done = min(round(progress.seconds * 10), int(self.limit_s * 10))
        try:
            self.run.progress(done, int(self.limit_s * 10), message)
        except JobCancelled as stop:
            # Not raised through the solver, which would lose the best so far.
            self.stopped = stop
            return
        if time.monotonic() - self._noted_at >= NOTE_EVERY_S:
            self._noted_at = time.monotonic()
            with transaction():
                services.note_progress(self.schedule_id, progress)


@job("scheduling.tell_agents", title=_l("Telling agents about their shifts"))
def tell_agents(run: Run, *, schedule_id: int) -> dict[str, Any] | None:
    """Send every agent of a published schedule their shifts by e-mail."""
    shifts = list(services.shifts_to_tell(schedule_id))
    n_told = 0
    with transaction():
        for _employee_id, group in groupby(shifts, key=lambda each: each.employee_id):
            mine = list(group)
            if mine[0].employee.email:
                subject, text = _letter(mine)
                mail.send_later(mine[0].employee.email, subject, text)
                n_told += 1
        run.progress(n_told, n_told)
    return {"n_told": n_told}


def _letter(shifts: list[Shift]) -> tuple[str, str]:
    schedule = shifts[0].schedule
    first = filters.day(schedule.first_day, "medium")
    last = filters.day(schedule.last_day, "medium")
    subject = _("Your shifts from %(first)s to %(last)s", first=first, last=last)
    lines = [
        _("Hello %(name)s,", name=shifts[0].employee.name),
        "",
        _("these are your published shifts:"),
        "",
    ]
    for shift in shifts:
        times = filters.time_range(shift.starts_at, shift.ends_at, schedule.zone)
        line = f"  {filters.day(shift.day, 'full')}  {times}"
        if shift.seat is not None:
            line += "  " + _("seat %(seat)s", seat=shift.seat.code)
        lines.append(line)
    lines += ["", _("Times are those of %(zone)s.", zone=schedule.zone)]
    return subject, "\n".join(lines) + "\n"


@job("scheduling.service_chances", title=_l("Simulating the agents on duty"))
def service_chances(
    run: Run, *, queue_id: int, first_day: str, n_days: int
) -> dict[str, Any] | None:
    """Find the chance that published schedules meet service, day by day."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    queue = projects.get_queue(queue_id, scope)
    zone = queue.project.tz
    first, n_found = date.fromisoformat(first_day), 0
    refusal: NobodyOnDuty | None = None
    for number in range(n_days):
        day = first + timedelta(days=number)
        run.progress(number, n_days, filters.day(day, "weekday_day"))
        try:
            found = services.day_chances(queue, day)
        except NobodyOnDuty as error:
            refusal = error
            continue
        span = [(day, day_start(day, zone), day_start(day + timedelta(days=1), zone))]
        premises = {
            each: queries.service_premises(each, span).get(day, "") for each in found
        }
        db.session.rollback()
        with transaction():
            services.keep_chances(day, found, premises)
        n_found += 1
        queue = projects.get_queue(queue_id, scope)
    if refusal is not None and not n_found:
        raise refusal
    place = {"queue": queue_id, "day": first_day}
    return {"page": ["scheduling.coverage", place], "n_days": n_found}


@job("scheduling.remind_readers", title=_l("Reminding agents of their shifts"))
def remind_readers(run: Run, *, schedule_id: int) -> dict[str, Any] | None:
    """Write to every agent who has not seen a published schedule."""
    scope = current_actor().scope(Permission.PUBLISH_SCHEDULE)
    schedule = queries.get_schedule(schedule_id, scope)
    addresses = unseen_addresses(schedule_id, scope)
    days = filters.day_range(schedule.first_day, schedule.last_day)
    subject = _("Please look at your shifts of %(days)s", days=days)
    text = _(
        "Your shifts of %(days)s are published, and you have not confirmed yet that "
        "you have seen them. Open My schedule and confirm.",
        days=days,
    )
    with transaction():
        for address in addresses:
            mail.send_later(address, subject, text + "\n")
        run.progress(len(addresses), len(addresses))
    return {"n_told": len(addresses)}
