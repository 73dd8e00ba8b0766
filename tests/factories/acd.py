"""Contacts of call records, imported as files are."""

import csv
import io
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from callcenter.acd import services
from callcenter.acd.models import Import
from callcenter.kernel.db import db, transaction
from callcenter.projects.models import Project

_serial = count(1)
HEADER = (
    "call_id",
    "queue",
    "agent",
    "offered_at",
    "outcome",
    "wait_s",
    "talk_s",
    "hold_s",
    "wrap_s",
    "transfers",
    "customer",
)


def make_call(**values: Any) -> dict[str, Any]:
    """One row of a CSV: an answered call on 3 August 2026 at 09:00 UTC."""
    return {
        "call_id": f"c{next(_serial)}",
        "queue": "sales",
        "agent": "",
        "offered_at": "2026-08-03T09:00:00Z",
        "outcome": "answered",
        "wait_s": 10,
        "talk_s": 100,
        "hold_s": 0,
        "wrap_s": 20,
        "transfers": 0,
        "customer": "",
        **values,
    }


def csv_text(calls: Sequence[dict[str, Any]]) -> str:
    """The calls as the text of a CSV file."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(calls)
    return stream.getvalue()


def import_text(project: Project, text: str, folder: Path, **options: Any) -> Import:
    """Import a text as one file of contacts, and return the import as it ended."""
    path = folder / f"calls{next(_serial)}.csv"
    path.write_text(text, encoding="utf-8")
    return import_paths(project, [path], **{"format_name": "contacts-csv", **options})


def import_calls(
    project: Project, calls: Sequence[dict[str, Any]], folder: Path, **options: Any
) -> Import:
    """Import calls as one file of contacts."""
    return import_text(project, csv_text(calls), folder, **options)


def import_paths(project: Project, paths: Sequence[Path], **options: Any) -> Import:
    """Import files as the shell does."""
    names = [path.name for path in paths]
    with transaction():
        mine = db.session.get_one(Project, project.id)
        planned = services.plan_import(mine, file_names=names, **options)
    services.carry_out(planned.id, list(paths))
    with transaction():
        return services.load_import(planned.id)
