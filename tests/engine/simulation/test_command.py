"""`callcenter engine simulate`: files in, a file out, mistakes by name."""

import csv

import pytest
from click.testing import CliRunner

from callcenter.cli.engine.simulate import simulate_command
from tests.engine.simulation.cases import EXAMPLES

PLAIN = """
opens_at = "08:00"
interval = "30min"
intervals = 4
[[type]]
name = "calls"
offered = [30, 40, 40, 30]
service = { mean = "3min", cv = 0.9 }
patience = "1min30s"
[[agent]]
name = "Li Na"
skills = ["calls"]
[[agent.shifts]]
start = "08:00"
end = "10:00"
breaks = [{ start = "09:00", length = "10min" }]
[[group]]
name = "team"
staff = 5
skills = [{ of = "calls", priority = 2 }]
"""


def run(*arguments):
    return CliRunner().invoke(simulate_command, [str(each) for each in arguments])


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "center.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_writes_a_row_for_each_interval_and_the_day(written, tmp_path):
    out = tmp_path / "s.csv"

    done = run(written(PLAIN), "--replications", 20, "--out", out)

    assert done.exit_code == 0, done.output
    with out.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    calls = [row for row in rows if row["kind"] == "type"]
    assert [row["interval"] for row in calls] == ["0", "1", "2", "3", ""]
    assert sum(float(r["offered"]) for r in calls[:-1]) == pytest.approx(
        float(calls[-1]["offered"]), rel=1e-4
    )
    for row in calls:
        assert float(row["sl_lower"]) <= float(row["sl"]) <= float(row["sl_upper"])
        assert float(row["wait_50_s"]) <= float(row["wait_95_s"])
    assert {row["name"] for row in rows if row["kind"] == "group"} == {"team", "calls"}


def test_the_same_seed_prints_the_same(written):
    path = written(PLAIN)
    first, second, other = (
        run(path, "--replications", 4, "--seed", seed).output for seed in (3, 3, 4)
    )

    assert first == second != other


def test_any_number_of_workers_prints_the_same(written):
    path = written(PLAIN)
    alone, shared = (
        run(path, "--replications", 5, "--workers", n).output for n in (1, 3)
    )

    assert alone == shared


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_runs(path):
    done = run(path, "--replications", 2)

    assert done.exit_code == 0, done.output
    assert done.output.startswith("kind,name,interval")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("intervals = 4", "", "center.toml.intervals is missing"),
        ("intervals = 4", "intervals = 0", "n_intervals must be at least 1"),
        ("intervals = 4", "intervals = 4\nspeed = 2", "center.toml.speed is not known"),
        ('"30min"', '"half an hour"', "center.toml.interval: 'half an hour'"),
        ("patience =", "patiense =", "type 'calls'.patiense is not known"),
        ("cv = 0.9", 'shape = "gauss"', "calls.service.shape"),
        ("cv = 0.9", "cv = -1", "calls.service.cv must be"),
        ("[30, 40, 40, 30]", "[30, 40]", "calls.offered must be one number or 4"),
        ("[30, 40, 40, 30]", '"many"', "type 'calls'.offered must be a number"),
        ('skills = ["calls"]', 'skills = ["sales"]', "no contact type or campaign"),
        ("priority = 2", "priority = 0.5", "priority must be a whole number"),
        ('end = "10:00"', 'end = "07:00"', "Li Na.shifts.end_s must be greater"),
        ('end = "10:00"', "end = 10", "is not a time such as 08:30"),
        ('start = "09:00"', 'start = "11:00"', "Li Na.shifts.breaks.start"),
        ("staff = 5", "staff = 2.5", "team.staff must be whole"),
        ('"3min"', "0", "type 'calls'.service must be greater than 0 where"),
        ('"3min"', '["3min", 0, 60, 60]', "as in interval 1"),
        ("[30, 40, 40, 30]", "[30, -40, 40, 30]", "calls.offered[1] must be finite"),
        ("[[group]]", "[group]", "must be written as [[group]]"),
        ("[[type]]", "[[type]", "is not TOML"),
    ],
)
def test_mistakes_are_named(written, before, after, complaint):
    assert before in PLAIN

    done = run(written(PLAIN.replace(before, after)))

    assert done.exit_code == 2
    assert complaint in " ".join(done.output.split())
