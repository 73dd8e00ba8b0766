"""The pipeline: from call records to seats, with files only."""

import csv
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner

from callcenter.scheduling.cli import pipeline
from tests.bench_data import bench_path

TABLES = ("forecast", "requirement", "schedule", "coverage", "seats")


@pytest.fixture
def records(tmp_path):
    """Four weeks of interval statistics of one queue, weekdays from nine to five."""
    rng = np.random.default_rng(7)
    path = tmp_path / "intervals.csv"
    with path.open("w", newline="") as stream:
        write = csv.writer(stream).writerow
        write(["queue", "interval_start", "offered", "answered", "abandoned", "talk_s"])
        for day in range(28):
            at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day)
            if at.weekday() > 4:
                continue
            for slot in range(18, 34):
                n = int(rng.poisson(30))
                start = at + timedelta(minutes=30 * slot)
                write(
                    ["hotline", start.strftime("%Y-%m-%dT%H:%M:%SZ"), n, n, 0, n * 200]
                )
    return path


def run(path, out, *more, kind="intervals-csv"):
    arguments = ["--history", str(path), "--format", kind, "--out", str(out)]
    return CliRunner().invoke(pipeline, [*arguments, *more])


def read(out, name):
    with (out / f"{name}.csv").open() as stream:
        return list(csv.DictReader(stream))


class TestPipeline:
    @pytest.fixture
    def out(self, records, tmp_path):
        out = tmp_path / "out"
        result = run(records, out, "--agents", "12", "--weeks", "1", "--seconds", "3")
        assert result.exit_code == 0, result.output
        return out

    def test_writes_every_file(self, out):
        for name in TABLES:
            assert read(out, name)
        assert (out / "report.pdf").read_bytes().startswith(b"%PDF")

    def test_requirement_is_what_erlang_c_says(self, out):
        from callcenter.engine.staffing import required_agents

        forecast = {
            (row["queue"], row["interval_start"]): row for row in read(out, "forecast")
        }
        for row in read(out, "requirement"):
            expected = forecast[row["queue"], row["interval_start"]]
            found = required_agents(
                float(expected["offered"]),
                float(expected["aht_s"]),
                1800,
                sl_target=0.8,
                sl_threshold_s=20,
            )
            assert float(row["required_agents"]) == float(found.required_agents)

    def test_nobody_works_two_shifts_a_day_or_sits_on_a_taken_seat(self, out):
        shifts = read(out, "schedule")
        seats = read(out, "seats")

        assert len({(row["agent"], row["day"]) for row in shifts}) == len(shifts)
        by_seat = {}
        for row in seats:
            by_seat.setdefault(row["seat"], []).append(
                (row["starts_at"], row["ends_at"])
            )
        for times in by_seat.values():
            times.sort()
            for before, after in pairwise(times):
                assert before[1] <= after[0]

    def test_every_full_week_has_the_hours_of_the_contract(self, records, tmp_path):
        out = tmp_path / "two"
        few = ("--agents", "8", "--weeks", "2", "--seconds", "2")

        run(records, out, *few)

        hours = {}
        for row in read(out, "schedule"):
            week = date.fromisoformat(row["day"]).isocalendar().week
            key = (week, row["agent"])
            hours[key] = hours.get(key, 0) + float(row["paid_h"])
        # The two weeks begin on a Saturday, so one of three calendar weeks is whole.
        whole = [spent for (week, _agent), spent in hours.items() if week == 14]
        assert whole == [40.0] * 8
        assert max(hours.values()) <= 40.0

    def test_too_few_seats_are_told(self, records, tmp_path):
        out = tmp_path / "out"
        few = ("--agents", "12", "--weeks", "1", "--seconds", "3", "--seats", "2")

        result = run(records, out, *few)

        assert "seats: 2 are too few:" in result.output
        assert any(row["seat"] == "" for row in read(out, "seats"))

    def test_pooled_queues_need_fewer(self, records, tmp_path):
        out = tmp_path / "pooled"

        result = run(
            records, out, "--agents", "6", "--weeks", "1", "--seconds", "1", "--pooled"
        )

        assert result.exit_code == 0
        assert {row["queue"] for row in read(out, "requirement")} == {"(all)"}


class TestNonsense:
    def test_empty_file_is_refused_without_a_trace(self, tmp_path):
        path = tmp_path / "empty.csv"
        path.write_bytes(b"")

        result = run(path, tmp_path / "out", "--agents", "5")

        assert result.exit_code == 1
        assert "error:" in result.output
        assert not (tmp_path / "out").exists()

    def test_wrong_format_is_refused(self, records, tmp_path):
        result = run(records, tmp_path / "out", "--agents", "5", kind="anonymous-bank")

        assert result.exit_code == 1

    def test_three_days_are_too_few(self, records, tmp_path):
        lines = records.read_text().splitlines()
        short = tmp_path / "short.csv"
        short.write_text("\n".join(lines[:40]) + "\n")

        result = run(short, tmp_path / "out", "--agents", "5")

        assert result.exit_code == 1
        assert "days" in result.output

    def test_rules_that_nobody_knows_are_named(self, records, tmp_path):
        result = run(
            records,
            tmp_path / "out",
            "--agents",
            "5",
            "--rules",
            "moon",
            "--seconds",
            "1",
        )

        assert result.exit_code == 1
        assert "cn-full-time" in result.output

    def test_an_odd_interval_is_wrong_usage(self, records, tmp_path):
        result = run(records, tmp_path / "out", "--agents", "5", "--interval", "7m")

        assert result.exit_code == 2


def test_the_bank_of_august_1999_is_planned(tmp_path):
    path = bench_path("acd/anonymous_bank_1999/august_1999.tsv.gz")

    result = run(
        path, tmp_path, "--agents", "60", "--seconds", "4", kind="anonymous-bank"
    )

    assert result.exit_code == 0, result.output
    assert "38,710 contacts on 31 days, 6 queues" in result.output
    assert "fewer are impossible" in result.output
