"""Writes small files of call records."""

from collections.abc import Callable
from pathlib import Path

import pytest

FileWriter = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> FileWriter:
    """Write a text (or bytes) to a new file and return its path."""

    def write_file(content: str | bytes, name: str = "calls.txt") -> Path:
        path = tmp_path / name
        raw = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(raw)
        return path

    return write_file
