"""Where the benchmark data lies, for tests that compare with published answers."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_REPO = Path(__file__).resolve().parents[2] / "shared" / "bench"


def bench_path(relative: str) -> Path:
    """The benchmark file of that name; without it the calling test is skipped."""
    root = Path(os.environ.get("CALLCENTER_BENCH", _BESIDE_THE_REPO))
    path = root / relative
    if not path.exists():
        pytest.skip(f"benchmark data {relative} is not on this machine")
    return path
