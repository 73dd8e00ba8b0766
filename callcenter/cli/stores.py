"""How each database is stored away and brought back by its own means."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url


class CannotRestore(Exception):
    """The backup cannot be brought back here; the message says why."""


def sqlite_path(url: str) -> Path:
    """The file of a SQLite database."""
    return Path(make_url(url).database or "")


def copy_sqlite(url: str, target: Path) -> None:
    """A consistent copy of the database, made while others read and write it."""
    with (
        closing(sqlite3.connect(sqlite_path(url))) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy, pages=4096, sleep=0.01)
        copy.execute("PRAGMA journal_mode = DELETE")


def put_sqlite(source: Path, url: str) -> None:
    """Put a copy in the place of the database.

    Raises `CannotRestore` when the copy is damaged or somebody uses the database.
    """
    with closing(sqlite3.connect(source)) as copy:
        state = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if state != "ok":
        raise CannotRestore(f"the database in the backup is damaged: {state}")
    target = sqlite_path(url)
    if target.exists():
        _require_alone(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".restoring")
    shutil.copyfile(source, beside)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    beside.replace(target)


def _require_alone(path: Path) -> None:
    """Leaving the write-ahead mode is possible only for the last connection."""
    with closing(sqlite3.connect(path, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            raise CannotRestore(
                "somebody uses the database: stop serving and working first"
            ) from None


def can_dump_postgresql(url: str) -> bool:
    """Whether ``pg_dump`` and ``pg_restore`` are here and know the server's version."""
    if not all(map(shutil.which, ("pg_dump", "pg_restore"))):
        return False
    probe = _run("pg_dump", url, "--schema-only", "--table=alembic_version")
    return probe.returncode == 0


def dump_postgresql(url: str, target: Path) -> None:
    """Store the database with ``pg_dump`` in its own compressed format."""
    done = _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")
    if done.returncode:
        raise CannotRestore(f"pg_dump: {_words(done)}")


def put_postgresql(source: Path, url: str) -> None:
    """Bring a ``pg_dump`` back, all of it or nothing.

    Raises `CannotRestore` with the words of ``pg_restore``.
    """
    done = _run(
        "pg_restore",
        url,
        "--no-owner",
        "--clean",
        "--if-exists",
        "--single-transaction",
        "--exit-on-error",
        str(source),
    )
    if done.returncode:
        raise CannotRestore(f"pg_restore: {_words(done)}")


def _words(done: "subprocess.CompletedProcess[bytes]") -> str:
    return done.stderr.decode(errors="replace").strip()[-600:]


def _run(program: str, url: str, *options: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a tool of PostgreSQL; the password goes through the environment."""
    where = make_url(url)
    plain: URL = where.set(drivername="postgresql", password=None)
    environ = dict(os.environ)
    if where.password:
        environ["PGPASSWORD"] = str(where.password)
    command = [program, f"--dbname={plain.render_as_string(hide_password=False)}"]
    return subprocess.run(  # noqa: S603 - a fixed program with checked options
        [*command, *options], env=environ, capture_output=True, check=False
    )
