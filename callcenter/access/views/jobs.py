"""Background work: one's own, and everybody's for those who look after the system."""

from flask import url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from callcenter.access.guards import permission_required
from callcenter.access.permissions import Permission
from callcenter.access.views.blueprint import bp
from callcenter.kernel import jobs as ledger
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import Job, JobState
from callcenter.kernel.text import _, _l
from callcenter.web.pages import back_to_sender, render
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table

STATE_NAMES = {
    JobState.QUEUED: _l("Waiting for a worker"),
    JobState.RUNNING: _l("Running"),
    JobState.DONE: _l("Done"),
    JobState.FAILED: _l("Failed"),
    JobState.CANCELLED: _l("Cancelled"),
}


@bp.get("/jobs")
@permission_required(Permission.USE_OWN_ACCOUNT)
def jobs() -> ResponseReturnValue:
    """List the work that was asked for, latest first."""
    table = Table(
        "jobs",
        ledger.jobs_of(_whose()),
        caption=_("Background work"),
        columns=[
            Column("title", _l("Work"), value=lambda job: job.title, html=_title),
            Column(
                "state",
                _l("State"),
                sort=Job.state,
                value=lambda job: str(STATE_NAMES[job.state]),
            ),
            Column("created_at", _l("Asked for"), sort=Job.id, style="datetime"),
            Column("finished_at", _l("Ended"), sort=Job.finished_at, style="datetime"),
            Column("message", _l("What came of it")),
        ],
        filters=[
            ChoiceFilter("state", _l("State"), Job.state, list(STATE_NAMES.items()))
        ],
        default_sort="created_at",
        default_dir="desc",
        empty=Empty(
            _l("No work in the background"),
            _l("Imports, forecasts and schedules that take longer appear here."),
        ),
    )
    return table.respond("access/jobs.html")


@bp.get("/jobs/<int:job_id>")
@permission_required(Permission.USE_OWN_ACCOUNT)
def job(job_id: int) -> ResponseReturnValue:
    """Show how far one piece of work is; the page asks again while it runs."""
    found = ledger.get_job(job_id, requested_by=_whose())
    response = render("access/job.html", job=found)
    if not found.state.is_live:
        response.headers["HX-Trigger"] = "job-over"
    return response


@bp.post("/jobs/<int:job_id>/cancel")
@permission_required(Permission.USE_OWN_ACCOUNT)
def cancel_job(job_id: int) -> ResponseReturnValue:
    """Cancel one's own work, or anybody's for those who look after the system."""
    with transaction():
        ledger.cancel_job(ledger.get_job(job_id, requested_by=_whose()))
    return back_to_sender("access.job", job_id=job_id)


def _whose() -> int | None:
    """Whose jobs the actor may see: everybody's (None), or only their own."""
    actor = current_actor()
    return None if actor.may(Permission.VIEW_JOBS) else actor.user_id


def _title(job: Job) -> Markup:
    url = url_for("access.job", job_id=job.id)
    return Markup('<a href="{}">{}</a>').format(url, escape(job.title))
