"""Jobs of this room: reminding recruiters of the candidates who wait for them."""

from collections.abc import Sequence
from typing import Any

from callcenter.kernel import mail
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _, _l, _n, speaking
from callcenter.recruiting import queries
from callcenter.recruiting.models import Application
from callcenter.web import filters

MOST_NAMED = 20


@job("recruiting.remind", title=_l("Reminders of overdue candidates"))
def remind(_run: Run) -> dict[str, Any] | None:
    """Write to each recruiter who of theirs stays too long in a stage."""
    n_sent = 0
    with transaction():
        for user, late in queries.overdue_by_recruiter().values():
            with speaking(user.locale or "en"):
                subject = _n(
                    "One candidate waits for you",
                    "%(num)s candidates wait for you",
                    len(late),
                )
                sent = mail.send_later(user.email, subject, _letter(late))
            n_sent += sent is not None
    return {"letters": n_sent}


def _letter(late: Sequence[Application]) -> str:
    """A line for each, the longest overdue first; names only, no numbers."""
    lines = [
        _(
            "%(name)s: %(stage)s, due %(day)s",
            name=each.candidate.name,
            stage=each.stage.label,
            day=filters.day(each.due_at, zone=each.requisition.site.zone),
        )
        for each in late[:MOST_NAMED]
    ]
    if len(late) > MOST_NAMED:
        lines.append(_("… and %(n)s more", n=len(late) - MOST_NAMED))
    return "\n".join(lines)
