"""Each room has the same inner files, and the doors of others stay shut."""

import re

import pytest

from callcenter.app import ROOMS
from tests.architecture.rooms import (
    ALSO,
    ALSO_OPEN,
    INNER,
    OPEN_TO_OTHERS,
    PACKAGE,
    imports,
    room_of,
)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_only_files_that_every_room_may_hold(room):
    found = {
        path.stem
        for path in (PACKAGE / room).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert found - INNER - ALSO.get(room, set()) == {"__init__"}


def test_no_room_imports_the_doors_of_another():
    forbidden = []
    for importer, imported in imports():
        here, there = room_of(importer), room_of(imported)
        inner = imported.split(".")[2] if imported.count(".") > 1 else ""
        is_open = inner in OPEN_TO_OTHERS | ALSO_OPEN.get(there or "", set())
        if here and there and here != there and inner and not is_open:
            forbidden.append(f"{importer} imports {imported}")

    assert forbidden == []


def test_only_the_transaction_commits():
    commits = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"session\(?\)?\.commit\(", path.read_text(encoding="utf-8"))
    ]

    assert commits == ["kernel/db.py"]


def test_only_the_clock_reads_the_time_of_day():
    readers = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(
            r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(",
            path.read_text(encoding="utf-8"),
        )
    ]

    assert set(readers) <= {"kernel/clock.py", "cli/doctor.py"}


def test_every_file_is_short_enough_to_be_read():
    long = {
        str(path.relative_to(PACKAGE)): n
        for path in PACKAGE.rglob("*.py")
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}
