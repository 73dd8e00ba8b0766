"""Forgetting jobs that ended long ago."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from callcenter.kernel import clock
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs.models import Job
from callcenter.kernel.jobs.registry import job
from callcenter.kernel.jobs.running import Run
from callcenter.kernel.text import _l

KEPT_FOR = timedelta(days=90)
BATCH = 1000


@job("jobs.prune", title=_l("Forgetting background work of long ago"))
def prune(run: Run) -> dict[str, Any]:
    """Delete jobs that ended more than three months ago, a thousand at a time."""
    n_deleted = 0
    while ids := _forget_some():
        n_deleted += len(ids)
        run.progress(n_deleted)
    return {"deleted": n_deleted}


def _forget_some() -> list[int]:
    before = clock.now() - KEPT_FOR
    old = select(Job.id).where(Job.finished_at < before).limit(BATCH)
    with transaction():
        ids = list(db.session.scalars(old))
        db.session.execute(delete(Job).where(Job.id.in_(ids)))
    return ids
