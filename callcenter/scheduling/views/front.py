"""What this room shows on first pages: the reader's own next shift."""

from flask import url_for

from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.text import _
from callcenter.scheduling import queries
from callcenter.scheduling.views.words import ACTIVITY_NAMES
from callcenter.web.home_page import Part


def next_shift_part() -> Part | None:
    """When and where the reader works next; nothing for who is not scheduled."""
    employee_id, now = current_actor().employee_id, clock.now()
    upcoming = queries.find_next_shift(employee_id, now) if employee_id else None
    if upcoming is None and not _is_agent():
        return None
    return Part(
        title=_("My schedule"),
        template="scheduling/_next_shift.html" if upcoming else None,
        stylesheet="scheduling.css",
        context={
            "upcoming": upcoming,
            "now": now,
            "activity_names": ACTIVITY_NAMES,
        },
        more_label=_("All my shifts"),
        more_url=url_for("scheduling.my_schedule"),
        empty=_("As soon as a schedule is published for you, it shows here."),
    )


def _is_agent() -> bool:
    """Whether the reader looks after nobody but themselves."""
    return not current_actor().may("scheduling.view_schedules")
