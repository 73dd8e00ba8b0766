"""Tasks for tests."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Conflict, Unavailable
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _l

CALLS: list[dict[str, Any]] = []


class Refused(Conflict):
    """A refusal that the task knows."""

    code = "tests.refused"


@job("tests.note", title=_l("Cancel"))
def note(run: Run, **args: Any) -> dict[str, Any]:
    """Remember the arguments and who acts."""
    CALLS.append({"args": args, "actor": current_actor(), "attempt": run.attempt})
    return {"page": ["access.jobs", {}]}


@job("tests.count")
def count(run: Run, *, upto: int) -> None:
    """Tell progress."""
    for n in range(1, upto + 1):
        run.progress(n, upto, f"row {n}")


@job("tests.refuse")
def refuse(_run: Run) -> None:
    """Refuse with a message for people."""
    raise Refused("The file is empty.")


@job("tests.break")
def break_down(_run: Run) -> None:
    """Fail in a way that nobody foresaw."""
    raise ZeroDivisionError("division by zero")


@job("tests.wait_for_server")
def wait_for_server(_run: Run) -> None:
    """Need something that does not answer."""
    raise Unavailable("The mail server does not answer.")


@job("tests.half_done")
def half_done(run: Run) -> None:
    """Be cancelled in the middle of a transaction."""
    from callcenter.kernel.jobs import JobCancelled

    with transaction():
        db.session.execute(
            text("UPDATE kernel_job SET subject = 'half' WHERE id = :id"),
            {"id": run.job_id},
        )
        run.stop(JobCancelled())
        run.check()


@job("tests.slow")
def slow(run: Run, *, trace: str, steps: int = 40) -> dict[str, int]:
    """Leave a line at the start and one at the end, and take a while."""
    log = Path(trace)
    _line(log, f"start {run.job_id} {run.attempt}")
    for n in range(steps):
        time.sleep(0.1)
        run.progress(n + 1, steps, f"step {n + 1}")
    _line(log, f"end {run.job_id} {run.attempt}")
    return {"steps": steps}


@job("tests.hold_database")
def hold_database(run: Run, *, seconds: float) -> None:
    """Keep a long writing transaction open, as a large import does."""
    with transaction():
        db.session.execute(
            text("UPDATE kernel_job SET subject = 'held' WHERE id = :id"),
            {"id": run.job_id},
        )
        time.sleep(seconds)


def _line(log: Path, content: str) -> None:
    with log.open("a") as file:
        file.write(content + "\n")
