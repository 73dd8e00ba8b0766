"""Shifts that were changed by hand, as a new search must keep them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from callcenter.engine.rostering import PinnedShift, PlannedBreak
from callcenter.engine.rostering.model import FREE_FORM
from callcenter.scheduling import queries
from callcenter.scheduling.models import ActivityKind, Schedule, Shift, ShiftTemplate
from callcenter.scheduling.services.grid import INTERVAL

BREAKS = {ActivityKind.PAID_BREAK, ActivityKind.UNPAID_BREAK, ActivityKind.LUNCH}


def pins_of(
    schedule: Schedule, starts_at: datetime, templates: Sequence[ShiftTemplate]
) -> dict[int, tuple[PinnedShift, ...]]:
    """What was set by hand in the schedule, or in the edition before it, by person.

    Before a draft is solved for the first time the edition it is based on speaks.
    """
    source = schedule.id
    if schedule.solved_at is None and schedule.based_on_id is not None:
        source = schedule.based_on_id
    places = {each.id: place for place, each in enumerate(templates)}
    pins: dict[int, list[PinnedShift]] = defaultdict(list)
    for shift in queries.pinned_shifts(source):
        place = places.get(shift.template_id or 0, FREE_FORM)
        pattern = templates[place] if place >= 0 else None
        pins[shift.employee_id].append(
            PinnedShift(
                day=(shift.day - schedule.first_day).days,
                start=(shift.starts_at - starts_at) // INTERVAL,
                end=-((starts_at - shift.ends_at) // INTERVAL),
                template=place,
                breaks=_breaks(shift, starts_at, pattern),
            )
        )
    return {employee_id: tuple(each) for employee_id, each in pins.items()}


def _breaks(
    shift: Shift, starts_at: datetime, template: ShiftTemplate | None
) -> tuple[PlannedBreak, ...]:
    pauses = [each for each in shift.activities if each.kind in BREAKS]
    codes = [each.code for each in template.break_patterns] if template else []
    codes += [each.kind.value for each in pauses[len(codes) :]]
    return tuple(
        PlannedBreak(
            code=code,
            start=(each.starts_at - starts_at) // INTERVAL,
            end=-((starts_at - each.ends_at) // INTERVAL),
            is_paid=each.kind is ActivityKind.PAID_BREAK,
        )
        for code, each in zip(codes, pauses, strict=False)
    )
