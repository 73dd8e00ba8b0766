import csv

import pytest
from click.testing import CliRunner

from callcenter.cli.engine import engine

# One process compiles the loops for all of them.
pytestmark = pytest.mark.xdist_group("duties")

INSTANCE = """\
SECTION_HORIZON
7
SECTION_SHIFTS
# ShiftID, Length, cannot follow
E,480,
L,480,E
SECTION_STAFF
A,E=7|L=0,2400,960,5,1,1,1
B,E=3|L=7,2400,960,5,1,2,1
SECTION_DAYS_OFF
A,0
SECTION_SHIFT_ON_REQUESTS
B,2,L,3
SECTION_SHIFT_OFF_REQUESTS
A,3,E,2
SECTION_COVER
"""


def instance(cover=None):
    rows = [f"{day},{name},1,100,1" for day in range(7) for name in "EL"]
    return INSTANCE + "\n".join(rows if cover is None else cover) + "\n"


@pytest.fixture
def roster(tmp_path):
    def command(text, *arguments):
        path = tmp_path / "instance.txt"
        path.write_text(text, encoding="utf-8")
        out = tmp_path / "roster.csv"
        line = ["roster", "--format", "nrp", str(path), "--out", str(out), *arguments]
        return CliRunner().invoke(engine, line), out

    return command


def test_writes_a_row_for_each_worked_day_and_tells_the_result(roster):
    done, out = roster(instance(), "--seconds", "5", "--workers", "1")

    assert done.exit_code == 0, done.output
    assert "status optimal  objective 400  bound 400" in done.output
    assert "checker: every rule is met, the points are right" in done.output
    with out.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert set(rows[0]) == {"employee", "day", "shift"}
    assert {"employee": "B", "day": "2", "shift": "L"} in rows


def test_says_who_cannot_be_rostered_and_why(roster):
    done, out = roster(instance().replace("2400,960,5,1,1,1", "2400,2400,1,1,1,1"))

    assert done.exit_code == 1
    assert "A has no legal row: least minutes + most days in a row" in done.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\n7\n", "\n8\n", "line 2, days: 8 is not whole weeks"),
        ("E,480,", "E,0,", "line 5, Length: must be at least 1, not 0"),
        ("L,480,E", "L,480,X", "line 6, cannot follow: 'X' is not known"),
        ("E=7|L=0", "E7", "line 8, MaxShifts: 'E7'"),
        ("2400,960,5,1,1,1", "2400,2500,5,1,1,1", "line 8, MinTotalMinutes: must not"),
        ("2400,960,5,1,1,1", "2400,,5,1,1,1", "line 8, MinTotalMinutes: must not be e"),
        ("A,0", "A,7", "line 11, Day: 7 is after the last day"),
        ("B,2,L,3", "C,2,L,3", "line 13, EmployeeID: 'C' is not known"),
        ("0,E,1,100,1", "0,E,-1,100,1", "Requirement: '-1' is not a whole number"),
        ("0,L,1,100,1", "0,E,1,100,1", "Day, ShiftID: this pair occurs twice"),
        ("SECTION_COVER", "SECTION_COWER", "SECTION_COVER is missing"),
        ("SECTION_HORIZON", "x\nSECTION_HORIZON", "line 1, section: text stands"),
    ],
)
def test_names_line_field_and_rule_of_a_mistake(roster, old, new, words):
    done, _ = roster(instance().replace(old, new, 1))

    assert done.exit_code == 2
    assert words in done.output


def test_refuses_no_time(roster):
    done, _ = roster(instance(), "--seconds", "0")

    assert done.exit_code == 2
    assert "--seconds must be greater than zero" in done.output


def test_ends_when_the_rounds_are_over(roster):
    done, _ = roster(instance(), "--seconds", "60", "--rounds", "0")

    assert done.exit_code == 0, done.output
    assert "checker: every rule is met, the points are right" in done.output
