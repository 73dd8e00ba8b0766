"""``callcenter acd facts``: files in, a file out, and an honest exit status."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callcenter.acd.cli import acd

CALLS = (
    "id,queue,agent,offered at,wait,talk,outcome\n"
    "1,sales,Ann,2024-03-04 10:01:00,5,60,answered\n"
    "2,sales,,2024-03-04 10:20:00,40,,abandoned\n"
    "3,sales,Bob,2024-03-04 10:40:00,25,61.5,answered\n"
)
BAD = "4,sales,Bob,2024-03-04 10:41:00,-1,60,answered\n"


def run(tmp_path: Path, text: str, *options: str) -> Result:
    path = tmp_path / "calls.csv"
    path.write_text(text)
    given = ["facts", "--format", "contacts-csv", "--out", str(tmp_path / "out.csv")]
    return CliRunner().invoke(acd, [*given, *options, str(path)])


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as stream:
        return list(csv.reader(stream))


def test_writes_the_facts_in_utc(tmp_path):
    result = run(tmp_path, CALLS, "--timezone", "Asia/Shanghai", "--interval", "30m")

    assert result.exit_code == 0
    assert (tmp_path / "out.csv").read_text() == (
        "queue,interval_start,offered,answered,abandoned,answered_in_threshold,"
        "talk_s,hold_s,wrap_s,wait_answered_s\n"
        "sales,2024-03-04T02:00:00Z,2,1,1,1,60,0,0,5\n"
        "sales,2024-03-04T02:30:00Z,1,1,0,0,61.5,0,0,25\n"
    )


def test_interval_and_threshold_are_the_users(tmp_path):
    run(tmp_path, CALLS, "--interval", "1h", "--threshold", "30s")

    assert rows(tmp_path / "out.csv")[1][2:6] == ["3", "2", "1", "2"]


def test_facts_by_agent(tmp_path):
    run(tmp_path, CALLS, "--by", "agent", "--interval", "1h")

    assert [row[0] for row in rows(tmp_path / "out.csv")] == ["agent", "Ann", "Bob"]


def test_a_refused_row_is_named_and_the_rest_is_written(tmp_path):
    errors = tmp_path / "errors.csv"

    result = run(tmp_path, CALLS + BAD, "--errors", str(errors))

    assert result.exit_code == 3
    assert "calls.csv: line 5: wait_s: negative: -1" in result.stderr
    assert rows(errors) == [
        ["source", "line", "field", "rule", "severity", "value"],
        ["calls.csv", "5", "wait_s", "negative", "error", "-1"],
    ]
    assert len(rows(tmp_path / "out.csv")) == 3


def test_a_refused_file_writes_nothing(tmp_path):
    result = run(tmp_path, "hello\n")

    assert result.exit_code == 1
    assert "missing-columns" in result.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--interval", "7m"),
        ("--interval", "0m"),
        ("--threshold", "soon"),
        ("--timezone", "Mars/Olympus"),
        ("--format", "fax"),
    ],
)
def test_wrong_usage_is_said(tmp_path, options):
    assert run(tmp_path, CALLS, *options).exit_code == 2


def test_a_saved_mapping_is_used(tmp_path):
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        "default_queue = 'all'\n"
        "columns = {source_key = 'id', offered_at = 'offered at'}\n"
    )

    run(tmp_path, CALLS, "--mapping", str(mapping), "--interval", "1h")

    assert rows(tmp_path / "out.csv")[1][:3] == ["all", "2024-03-04T10:00:00Z", "3"]


def test_an_unwritable_place_is_said(tmp_path):
    result = run(tmp_path, CALLS, "--out", str(tmp_path / "no" / "where.csv"))

    assert result.exit_code == 1
    assert "unwritable" in result.stderr


def test_many_errors_are_shown_in_part(tmp_path):
    result = run(tmp_path, CALLS + BAD * 30)

    assert "... and 10 more" in result.stderr
    assert "30 errors" in result.stderr


def test_the_command_needs_neither_web_nor_database():
    look = "print({'flask', 'sqlalchemy'} & {*sys.modules})"
    check = f"import sys, callcenter.acd.cli; {look}"

    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"
