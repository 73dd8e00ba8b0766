import pytest
from click.testing import CliRunner

from callcenter.cli.engine import engine

INSTANCE = """\
% two groups
groups = 2;
numShifts = 2;
demand = [| 1, 1, 1, 1, 1, 0, 0,
          | 0, 0, 1, 1, 1, 1, 0 |];
minShift = [2, 2];
maxShift = [6, 6];
minOff = 1;
maxOff = 4;
minOn = 3;
maxOn = 6;
forbidden = [{}, {1}];
forbidden3 = [| 2, 0, 1 |];
"""


@pytest.fixture
def roster(tmp_path):
    def command(text):
        path = tmp_path / "instance.dzn"
        path.write_text(text, encoding="utf-8")
        out = tmp_path / "weeks.csv"
        line = ["roster", "--format", "rws", str(path), "--out", str(out)]
        return CliRunner().invoke(engine, line), out

    return command


def test_writes_a_row_of_seven_shifts_for_each_week(roster):
    done, out = roster(INSTANCE)

    assert done.exit_code == 0, done.output
    assert "checker: every rule is met" in done.output
    weeks = [line.split(",") for line in out.read_text().splitlines()]
    assert [len(week) for week in weeks] == [7, 7]
    assert {value for week in weeks for value in week} == {"0", "1", "2"}


def test_says_why_there_is_no_rotation(roster):
    done, out = roster(INSTANCE.replace("maxOn = 6", "maxOn = 3"))

    assert done.exit_code == 1
    assert "no rotation: demand by day and type + days of work in a row" in done.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("groups = 2", "groups = 0", "groups: 0 must be at least 1"),
        ("groups = 2", "groups = 1000000", "groups: must not be over"),
        ("groups = 2", "groups = two", "groups: 'two' is not a list of numbers"),
        ("numShifts = 2", "numShifts = 99", "numShifts: must not be over"),
        ("1, 1, 1, 1, 1, 0, 0", "1, 1", "demand: has 9 values, 14 are needed"),
        ("minOff = 1", "minOff = 1.5", "minOff: 1.5 is not a whole number"),
        ("minOn = 3", "minOn = 7", "7 to 6 days in a row cannot be"),
        ("[{}, {1}]", "[{}]", "forbidden: has 1 sets, 2 are needed"),
        ("2, 0, 1", "2, 0", "forbidden3: needs three numbers"),
        ("2, 0, 1", "2, 0, 3", "(2, 0, 3) is not a run"),
        ("maxOff = 4;", "", "maxOff: is missing"),
        ("maxOff = 4;", "maxOff = 4; maxOff = 5;", "maxOff: occurs twice"),
        ("maxOff = 4;", "nonsense;", "'nonsense' has no name"),
    ],
)
def test_names_the_field_of_a_mistake(roster, old, new, words):
    done, _ = roster(INSTANCE.replace(old, new, 1))

    assert done.exit_code == 2
    assert words in done.output
