"""What an import has read, kept on disk until it is stored: its redo log.

A spool is complete once its manifest exists; only then is anything applied. Files are
plain arrays and JSON, never pickles.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from callcenter.acd.services.rows import Ints, Rows, join

CHUNK_ROWS = 150_000
"""About a second of writing on SQLite, the longest that others wait for the lock."""

_MANIFEST = "manifest.json"
_READING = "reading.lock"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the spool holds: chunks of contacts, states and counted intervals."""

    n_chunks: int
    n_rows: int
    queues: list[str]
    agents: list[str]


class Spool:
    """The folder of one import."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pending: list[Rows] = []
        self._n_pending = 0
        self._n_chunks = 0
        self._n_rows = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Show that a process fills the spool, for as long as that process lives."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with (self.folder.parent / _READING).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def is_being_read(self) -> bool | None:
        """Whether a process fills it just now; None if none ever did on this disk."""
        path = self.folder.parent / _READING
        if not path.exists():
            return None
        with path.open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def begin(self) -> None:
        """Start empty, whatever an earlier attempt left."""
        self.remove()
        self.folder.mkdir(parents=True)

    def add(self, rows: Rows) -> None:
        """Take contacts; full chunks go to disk."""
        self._pending.append(rows)
        self._n_pending += len(rows)
        if self._n_pending >= CHUNK_ROWS:
            self._flush()

    def add_records(self, kind: str, records: dict[str, Any]) -> None:
        """Take agent states or counted intervals, column by column."""
        self._flush()
        path = self._path(self._n_chunks, "json")
        path.write_text(json.dumps({"kind": kind, **records}), encoding="utf-8")
        self._n_chunks += 1

    def finish(self, queues: list[str], agents: list[str]) -> Manifest:
        """Close the spool: from here on it will be applied."""
        self._flush()
        manifest = Manifest(self._n_chunks, self._n_rows, queues, agents)
        partial = self.folder / "manifest.partial"
        text = {name: getattr(manifest, name) for name in Manifest.__slots__}
        partial.write_text(json.dumps(text), encoding="utf-8")
        partial.replace(self.folder / _MANIFEST)
        return manifest

    def manifest(self) -> Manifest | None:
        """What it holds, or None when it was never completed."""
        try:
            text = (self.folder / _MANIFEST).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return Manifest(**json.loads(text))

    def queues(self) -> list[str]:
        """The queues that it names."""
        manifest = self.manifest()
        return [] if manifest is None else manifest.queues

    def chunk(self, number: int) -> Rows | dict[str, Any]:
        """One chunk: contacts, or records with their ``kind``."""
        path = self._path(number, "json")
        if path.exists():
            records: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return records
        keys = np.load(self._path(number, "keys.npy"), allow_pickle=False)
        figures = np.load(self._path(number, "rows.npy"), allow_pickle=False)
        return Rows(keys, figures)

    def has_contacts_only(self, manifest: Manifest) -> bool:
        """Whether it holds neither agent states nor counted intervals."""
        chunks = range(manifest.n_chunks)
        return not any(self._path(number, "json").exists() for number in chunks)

    def figures_of(self, manifest: Manifest, name: str) -> Ints:
        """One figure of all contacts, chunk after chunk; all chunks are of contacts."""
        chunks = range(manifest.n_chunks)
        parts = [self.mapped(number)[name].copy() for number in chunks]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def mapped(self, number: int) -> Rows:
        """A chunk of contacts as it lies on the disk, read where it is looked at."""
        paths = [self._path(number, suffix) for suffix in ("keys.npy", "rows.npy")]
        keys, figures = (np.load(path, mmap_mode="r") for path in paths)
        return Rows(keys, figures)

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int, suffix: str) -> Path:
        return self.folder / f"{number:06}.{suffix}"

    def _flush(self) -> None:
        if not self._n_pending:
            return
        rows = join(self._pending)
        np.save(self._path(self._n_chunks, "keys.npy"), rows.keys)
        np.save(self._path(self._n_chunks, "rows.npy"), rows.figures)
        self._n_chunks += 1
        self._n_rows += len(rows)
        self._pending, self._n_pending = [], 0
