"""Storing contacts, counting facts, mapping names."""

from callcenter.acd.services.imports import (
    Tally,
    apply_chunk,
    digest_of,
    finish,
    folder_of,
    note_reading,
    plan_import,
    read_into_spool,
    refusal_of,
    refuse,
    skip_if_delivered,
    spool_of,
)

__all__ = [
    "Tally",
    "apply_chunk",
    "digest_of",
    "finish",
    "folder_of",
    "note_reading",
    "plan_import",
    "read_into_spool",
    "refusal_of",
    "refuse",
    "skip_if_delivered",
    "spool_of",
]
