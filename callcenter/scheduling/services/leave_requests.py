"""Leave from the wish to the changed schedule.

Approval is a workflow decision; what it means is done here, in the transaction of
the decision: the absence is recorded, the time is taken, the shifts change.
"""

from datetime import date, timedelta

from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.text import _l
from callcenter.people import services as people
from callcenter.people.models import Absence, AbsenceKind, Employee
from callcenter.scheduling import queries
from callcenter.scheduling.errors import LeaveClash, LeaveInvalid
from callcenter.scheduling.models import Leave
from callcenter.workflow import services as workflow
from callcenter.workflow.models import Request, RequestState

KIND = "scheduling.leave"
LONGEST_DAYS = 62
FURTHEST_DAYS = 366
OFFERED_KINDS = (
    AbsenceKind.ANNUAL_LEAVE,
    AbsenceKind.PERSONAL_LEAVE,
    AbsenceKind.SICK,
    AbsenceKind.COMPENSATORY,
    AbsenceKind.PARENTAL_LEAVE,
)


def ask_for_leave(
    employee: Employee,
    *,
    kind: AbsenceKind,
    first_day: date,
    last_day: date,
    by: int,
    note: str = "",
) -> Leave:
    """Ask for whole days away; those who may approve see it at once.

    Raises `LeaveInvalid` for days in the wrong order, in the past, or too many, and
    `LeaveClash` when leave on one of the days waits or was approved already.
    """
    _require_sensible(employee, kind, first_day, last_day)
    clash = queries.find_standing_leave(employee.id, first_day, last_day)
    if clash is not None:
        raise LeaveClash(leave=clash)
    leave = Leave(
        employee_id=employee.id,
        kind=kind,
        first_day=first_day,
        last_day=last_day,
        zone=employee.site.zone,
        note=note.strip()[:400],
    )
    db.session.add(leave)
    db.session.flush()
    request = workflow.open_request(
        KIND,
        subject=f"leave:{leave.id}",
        by=by,
        employee_id=employee.id,
        team_id=employee.team_id,
        site_id=employee.site_id,
        due_at=leave.starts_at,
        details=_details(leave, employee),
    )
    leave.request_id = request.id
    db.session.flush()
    return leave


def carry_out_leave(request: Request) -> None:
    """Do what a decision on leave means; called inside its transaction."""
    if request.kind != KIND:
        return
    leave = queries.get_leave(int(request.subject.partition(":")[2]))
    if request.state is RequestState.APPROVED:
        _take(leave)
    elif request.state is RequestState.WITHDRAWN and leave.absence_id is not None:
        _give_back(leave)


def _take(leave: Leave) -> None:
    # Shifts are checked with the engine, which most pages do without.
    from callcenter.scheduling.services.leave import remove_shifts_for_leave

    absence = people.record_absence(
        leave.employee,
        kind=leave.kind,
        starts_at=leave.starts_at,
        ends_at=leave.ends_at,
        note=leave.note,
        source=f"leave:{leave.id}",
    )
    leave.absence_id = absence.id
    changed = remove_shifts_for_leave(leave.employee, leave.starts_at, leave.ends_at)
    leave.n_shifts_changed = len(changed)
    db.session.flush()


def _give_back(leave: Leave) -> None:
    absence = db.session.get(Absence, leave.absence_id)
    leave.absence_id = None
    db.session.flush()
    if absence is not None:
        people.withdraw_absence(absence)


def _require_sensible(
    employee: Employee, kind: AbsenceKind, first_day: date, last_day: date
) -> None:
    today = clock.today(employee.site.tz)
    if last_day < first_day:
        raise LeaveInvalid(_l("The last day lies before the first."), field="last_day")
    earliest = today - timedelta(days=7) if kind is AbsenceKind.SICK else today
    if first_day < earliest:
        raise LeaveInvalid(_l("Leave begins today at the earliest."), field="first_day")
    if (last_day - first_day).days >= LONGEST_DAYS:
        raise LeaveInvalid(
            _l("At most %(n)s days at a time.", n=LONGEST_DAYS), field="last_day"
        )
    if (first_day - today).days > FURTHEST_DAYS:
        raise LeaveInvalid(_l("That is more than a year ahead."), field="first_day")
    if not employee.is_employed_on(last_day):
        raise LeaveInvalid(
            _l("The employment ends before these days."), field="last_day"
        )


def _details(leave: Leave, employee: Employee) -> dict[str, str]:
    return {
        "employee": employee.name,
        "kind": leave.kind.value,
        "first_day": leave.first_day.isoformat(),
        "last_day": leave.last_day.isoformat(),
    }
