"""Storing an installation away in one file, and bringing it back."""

import hashlib
import json
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callcenter import __version__

if TYPE_CHECKING:
    from flask import Flask

MANIFEST = "manifest.json"
LEFT_OUT = ("callcenter.db", "metrics-", "migrate.lock", "tmp", "backups", ".doctor")
SQLITE, POSTGRESQL, PORTABLE = "database.sqlite", "database.pgdump", "tables"


@dataclass(slots=True)
class Manifest:
    """What a backup holds, and what it was made from."""

    made_at: str
    version: str
    revision: str | None
    kind: str
    keys: str
    rows: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--portable",
    is_flag=True,
    help="In a form that SQLite and PostgreSQL both take, to move between them.",
)
def backup(target: Path, *, portable: bool) -> None:
    """Store database and files in TARGET (.tar.gz), while the site is in use.

    Keys that come from the environment are not in it: keep them elsewhere.
    """
    from callcenter.app import create_app

    if target.exists():
        raise click.UsageError(f"{target} exists already")
    app = create_app()
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch,
        app.app_context(),
    ):
        manifest = store(app, Path(scratch), is_portable=portable)
        pack(app, Path(scratch), target, manifest)
    size_mb = target.stat().st_size / 1e6
    click.echo(f"Stored {sum_of(manifest)} in {target} ({size_mb:.1f} MB).")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--replace", is_flag=True, help="Overwrite what the installation holds now."
)
def restore(source: Path, *, replace: bool) -> None:
    """Bring the backup SOURCE back into this installation; stop it first."""
    from callcenter.app import create_app
    from callcenter.cli.stores import CannotRestore

    app = create_app()
    try:
        with (
            tempfile.TemporaryDirectory(dir=source.parent, prefix=".restore-") as to,
            app.app_context(),
        ):
            manifest = unpack(source, Path(to))
            bring_back(app, Path(to), manifest, is_replacing=replace)
    except CannotRestore as error:
        click.echo(f"Not restored: {error}.", err=True)
        sys.exit(1)
    click.echo(f"Restored {sum_of(manifest)} of {manifest.made_at}.")
    with app.app_context():
        from callcenter.kernel.schema import standing

        click.echo(standing())
        if manifest.keys != keys_mark():
            click.echo(
                "Note: this backup was made with other data keys. Personal data cannot "
                "be read until CALLCENTER_DATA_KEYS holds those.",
                err=True,
            )


def store(app: "Flask", scratch: Path, *, is_portable: bool) -> Manifest:
    """Put a consistent copy of the database into the folder."""
    from callcenter.cli import portable, stores
    from callcenter.kernel import clock, schema
    from callcenter.kernel.db import db

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    is_sqlite = db.engine.dialect.name == "sqlite"
    kind = SQLITE if is_sqlite else POSTGRESQL
    if is_portable or not (is_sqlite or stores.can_dump_postgresql(url)):
        kind = PORTABLE
    manifest = Manifest(
        made_at=clock.now().isoformat(timespec="seconds"),
        version=__version__,
        revision=schema.present_revision(),
        kind=kind,
        keys=keys_mark(),
    )
    if kind == SQLITE:
        stores.copy_sqlite(url, scratch / SQLITE)
    elif kind == POSTGRESQL:
        stores.dump_postgresql(url, scratch / POSTGRESQL)
    else:
        options = {} if is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with db.engine.connect().execution_options(**options) as connection:
            manifest.rows = portable.dump_tables(connection, scratch / PORTABLE)
    db.engine.dispose()
    return manifest


def pack(app: "Flask", scratch: Path, target: Path, manifest: Manifest) -> None:
    """Write database and files into one archive that only its owner may read."""
    members = [(path, str(path.relative_to(scratch))) for path in files_in(scratch)]
    folder: Path = app.extensions["config"].var
    members += [
        (path, f"files/{path.relative_to(folder)}")
        for path in files_in(folder)
        if not str(path.relative_to(folder)).startswith(LEFT_OUT)
        and target.resolve() != path.resolve()
        and scratch.resolve() not in path.resolve().parents
    ]
    beside = target.with_name(target.name + ".part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(handle, "wb") as file,
        tarfile.open(fileobj=file, mode="w:gz", compresslevel=5) as archive,
    ):
        for path, name in members:
            manifest.digests[name] = digest_of(path)
            archive.add(path, name)
        page = scratch / MANIFEST
        page.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        archive.add(page, MANIFEST)
    beside.replace(target)


def unpack(source: Path, folder: Path) -> Manifest:
    """Lay the archive out and compare every file with its digest.

    Raises `CannotRestore` when it is damaged or not one of ours.
    """
    from callcenter.cli.stores import CannotRestore

    try:
        lay_out(source, folder)
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**content)
    except (OSError, EOFError, tarfile.TarError, ValueError, TypeError) as error:
        raise CannotRestore(f"{source} is not a whole backup of ours") from error
    for name, digest in manifest.digests.items():
        path = folder / name
        if not path.exists() or digest_of(path) != digest:
            raise CannotRestore(f"{name} in the backup is missing or was changed")
    return manifest


def lay_out(source: Path, folder: Path) -> None:
    """Extract plain files only, none outside the folder.

    Older 3.11 lack the filters of `tarfile`, so this keeps the rule itself.
    """
    with tarfile.open(source) as archive:
        for member in archive:
            place = (folder / member.name).resolve()
            content = archive.extractfile(member) if member.isfile() else None
            if content is None or not place.is_relative_to(folder.resolve()):
                raise ValueError(f"{member.name} does not belong into a backup")
            place.parent.mkdir(parents=True, exist_ok=True)
            with content, place.open("wb") as file:
                shutil.copyfileobj(content, file)


def bring_back(
    app: "Flask", folder: Path, manifest: Manifest, *, is_replacing: bool
) -> None:
    """Put database and files in their place.

    Raises `CannotRestore` when something is there already and may not be replaced.
    """
    from callcenter.cli import stores
    from callcenter.kernel.db import db

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    dialect = db.engine.dialect.name
    if not is_replacing:
        require_empty()
    if manifest.kind == PORTABLE:
        _load_portable(app, folder / PORTABLE, manifest)
    elif manifest.kind == SQLITE and dialect == "sqlite":
        db.engine.dispose()
        stores.put_sqlite(folder / SQLITE, url)
    elif manifest.kind == POSTGRESQL and dialect == "postgresql":
        db.engine.dispose()
        stores.put_postgresql(folder / POSTGRESQL, url)
    else:
        raise stores.CannotRestore(
            "this backup is of the other kind of database; make one with --portable"
        )
    for path in files_in(folder / "files"):
        place = app.extensions["config"].var / path.relative_to(folder / "files")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        place.chmod(0o600)


def _load_portable(app: "Flask", folder: Path, manifest: Manifest) -> None:
    from alembic import command

    from callcenter.cli import portable, stores
    from callcenter.kernel import schema
    from callcenter.kernel.db import db

    if manifest.revision != schema.wanted_revision():
        raise stores.CannotRestore(
            f"a portable backup is restored by the version that made it "
            f"({manifest.version}, revision {manifest.revision})"
        )
    config = schema.migrations(app)
    if schema.present_revision() is not None:
        command.downgrade(config, "base")
    command.upgrade(config, "head")
    with db.engine.begin() as connection:
        manifest.rows = portable.load_tables(connection, folder)


def require_empty() -> None:
    """Refuse to write over an installation that holds anything.

    Raises `CannotRestore`.
    """
    from sqlalchemy import inspect, select

    from callcenter.cli.stores import CannotRestore
    from callcenter.kernel.db import Model, db

    present = set(inspect(db.engine).get_table_names())
    with db.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            if table.name not in present or table.name.startswith("kernel_"):
                continue
            if connection.execute(select(*table.primary_key).limit(1)).first():
                raise CannotRestore(
                    "this installation holds data already; with --replace all of it "
                    "is overwritten"
                )


def keys_mark() -> str:
    """A fingerprint of the newest data key, to recognise it by."""
    from flask import current_app

    from callcenter.kernel.crypto import derive_key

    return derive_key(current_app.config["DATA_KEYS"][0], "backup mark").hex()[:16]


def sum_of(manifest: Manifest) -> str:
    """What a backup holds, in a few words."""
    n_files = sum(1 for name in manifest.digests if name.startswith("files/"))
    rows = f", {sum(manifest.rows.values())} rows" if manifest.rows else ""
    return f"the database (revision {manifest.revision}{rows}) and {n_files} files"


def files_in(folder: Path) -> Iterator[Path]:
    """All files of a folder, in a steady order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
