"""Work that takes longer than a page: a ledger of jobs, and who carries them out.

A room declares a task in its ``tasks.py`` and a service asks for it::

    @job("acd.import_file", title=_l("Import of call records"))
    def import_file(run: Run, *, import_id: int) -> dict[str, Any] | None: ...


    enqueue("acd.import_file", {"import_id": 3}, subject="acd_import:3")

The table ``kernel_job`` is the truth, whatever carries the work: threads inside
the web process, ``callcenter worker``, or Celery, which then carries only ids.
A job runs at least once: a worker that dies is noticed by its lease, and the job
starts again elsewhere. So tasks are idempotent, open their own transactions, and
act as the user who asked for them (docs/decisions/0005 tells why).
"""

from callcenter.kernel.jobs.ledger import (
    JobNotCancellable,
    cancel_job,
    enqueue,
    find_live_job,
    get_job,
    jobs_of,
)
from callcenter.kernel.jobs.models import Job, JobSchedule, JobState
from callcenter.kernel.jobs.pruning import prune
from callcenter.kernel.jobs.registry import (
    acts_as,
    init_app,
    job,
    schedule,
)
from callcenter.kernel.jobs.running import (
    JobCancelled,
    JobInterrupted,
    JobLost,
    Run,
    run_job,
    run_queued,
)

__all__ = [
    "Job",
    "JobCancelled",
    "JobInterrupted",
    "JobLost",
    "JobNotCancellable",
    "JobSchedule",
    "JobState",
    "Run",
    "acts_as",
    "cancel_job",
    "enqueue",
    "find_live_job",
    "get_job",
    "init_app",
    "job",
    "jobs_of",
    "prune",
    "run_job",
    "run_queued",
    "schedule",
]
