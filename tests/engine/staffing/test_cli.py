import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from callcenter.cli.engine import engine
from callcenter.engine.staffing import required_agents

HEADER = "series,interval_start,offered,aht_s"
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(k, offered, aht_s=180, series="sales"):
    start = (NINE + timedelta(minutes=30 * k)).isoformat()
    return f"{series},{start},{offered},{aht_s}"


@pytest.fixture
def staffed(tmp_path):
    """Run the command on rows and give its output as a list of dicts."""

    def run(rows, *options, header=HEADER):
        path = tmp_path / "F.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return CliRunner().invoke(engine, ["staff", str(path), *options])

    return run


def read(result):
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.output)))


SERVICE = ("--service-level", "0.8", "--threshold", "20s")


class TestStaff:
    def test_adds_what_the_contacts_need_and_keeps_other_columns(self, staffed):
        result = staffed(
            [row(0, 100) + ",spring", row(1, 100) + ",spring"],
            *SERVICE,
            "--shrinkage",
            "0.3",
            header=HEADER + ",note",
        )

        first = read(result)[0]
        assert list(first) == [
            *HEADER.split(","),
            "note",
            "required_agents",
            "scheduled_agents",
            "sl",
            "asa_s",
            "occupancy",
            "abandon",
        ]
        assert first["note"] == "spring"
        assert first["required_agents"] == "14"
        assert first["scheduled_agents"] == "20"
        assert 0.8 <= float(first["sl"]) <= 1.0

    def test_stationary_is_the_textbook(self, staffed):
        volumes = [100, 250, 40]
        rows = [row(k, each) for k, each in enumerate(volumes)]
        result = staffed(
            rows,
            *SERVICE,
            "--stationary",
            "--model",
            "erlang-a",
            "--patience",
            "2m",
            "--max-occupancy",
            "0.85",
        )

        textbook = required_agents(
            volumes,
            180,
            1800,
            model="erlang-a",
            patience_s=120,
            sl_target=0.8,
            max_occupancy=0.85,
        )
        found = [float(each["required_agents"]) for each in read(result)]
        assert found == textbook.required_agents.tolist()

    def test_carries_load_over_within_a_run_of_intervals(self, staffed):
        rows = [row(k, volume, 1200) for k, volume in enumerate([20, 60, 120])]
        apart = staffed(rows, *SERVICE, "--stationary")
        carried = staffed(rows, *SERVICE)

        wanted = [float(each["required_agents"]) for each in read(apart)]
        found = [float(each["required_agents"]) for each in read(carried)]
        assert found[0] == wanted[0]
        assert found[1] < wanted[1]
        assert found[2] < wanted[2]

    def test_a_file_that_begins_at_midnight_may_go_on(self, staffed):
        rows = [row(k, 60, 1800) for k in range(4)]
        opening = read(staffed(rows, *SERVICE))
        running = read(staffed(rows, *SERVICE, "--start", "running"))

        numbers = [int(each["required_agents"]) for each in running]
        assert len(set(numbers)) == 1
        assert int(opening[1]["required_agents"]) < numbers[1]

    def test_a_gap_and_another_series_begin_anew(self, staffed):
        rows = [row(0, 100), row(5, 100), row(0, 100, series="service")]
        result = staffed(rows, *SERVICE, "--interval", "30m")

        assert [each["required_agents"] for each in read(result)] == ["14"] * 3

    def test_a_closed_interval_needs_nobody_and_no_handling_time(self, staffed):
        result = staffed([row(0, 100), row(1, 0, "")], *SERVICE)

        closed = read(result)[1]
        assert closed["required_agents"] == "0"
        assert closed["scheduled_agents"] == "0"
        assert closed["sl"] == "1"

    def test_fractions_and_kinds_of_shrinkage(self, staffed):
        result = staffed(
            [row(0, 100), row(1, 100)],
            *SERVICE,
            "--heads",
            "fractional",
            "--shrinkage",
            "leave=0.1",
            "--shrinkage",
            "breaks=0.1",
        )

        first = read(result)[0]
        assert 13.0 < float(first["required_agents"]) < 13.1
        assert float(first["scheduled_agents"]) == pytest.approx(
            float(first["required_agents"]) / 0.8, abs=0.01
        )

    def test_loss_models(self, staffed):
        result = staffed(
            [row(0, 100), row(1, 100)], "--model", "erlang-b", "--max-abandon", "0.02"
        )

        assert [each["required_agents"] for each in read(result)] == ["17", "17"]

    def test_writes_a_file(self, staffed, tmp_path):
        out = tmp_path / "R.csv"
        result = staffed([row(0, 100), row(1, 90)], *SERVICE, "--out", str(out))

        assert result.exit_code == 0
        assert out.read_text(encoding="utf-8").count("\n") == 3


def clocks_go_back(hours):
    """Half-hours of a night in Berlin, as its clocks show them."""
    return [
        f"sales,2026-10-25T{hour:02d}:{minute},20,180"
        for hour in hours
        for minute in ("00", "30")
    ]


class TestClocks:
    def test_a_repeated_hour_is_staffed_twice(self, staffed):
        rows = clocks_go_back((1, 2, 2, 3))

        found = read(staffed(rows, *SERVICE, "--timezone", "Europe/Berlin"))

        assert len(found) == 8
        # One run: what the first interval left is carried to the last.
        assert len({each["required_agents"] for each in found[1:]}) == 1

    def test_a_repeated_hour_needs_a_zone(self, staffed):
        result = staffed(clocks_go_back((1, 2, 2, 3)), *SERVICE)

        assert "row 6, interval_start: occurs twice in series sales" in result.output
        assert "if clocks went back there, give --timezone" in result.output

    def test_an_hour_three_times_is_refused(self, staffed):
        rows = clocks_go_back((1, 2, 2, 2, 3))

        result = staffed(rows, *SERVICE, "--timezone", "Europe/Berlin")

        assert "row 8, interval_start: occurs twice" in result.output

    def test_a_skipped_hour_is_refused(self, staffed):
        rows = [f"sales,2026-03-29T0{hour}:00,20,180" for hour in (1, 2, 3)]

        result = staffed(rows, *SERVICE, "--timezone", "Europe/Berlin")

        assert "row 3, interval_start" in result.output
        assert "does not exist: clocks skip it in Europe/Berlin" in result.output


class TestAnswersToNonsense:
    @pytest.mark.parametrize(
        ("rows", "answer"),
        [
            ([row(0, 100), row(1, 90, 0)], "row 3, aht_s: must be greater than zero"),
            ([row(0, 100), row(1, -5)], "row 3, offered: must not be negative"),
            ([row(0, 100), row(1, 9, -1)], "row 3, aht_s: must not be negative"),
            ([row(0, 100), row(0, 90)], "row 3, interval_start: occurs twice"),
            ([row(0, 100), row(1, "")], "row 3, offered: must not be empty"),
            ([row(0, 100), row(1, "many")], "row 3, offered: 'many' is not a number"),
            ([row(0, 100), row(1, "nan")], "row 3, offered: must be finite"),
            ([row(0, 100), "sales,monday,1,180"], "row 3, interval_start: 'monday'"),
            (
                [row(0, 100), "sales,2026-03-02T09:30:00,1,180"],
                "row 3, interval_start: has a zone where other rows have none",
            ),
            ([row(0, 100), row(1, 90, series="")], "row 3, series: must not be empty"),
            ([row(0, 100), row(1, 90) + ",7"], "row 3: has more fields than"),
            ([row(0, 100)], "say it with --interval 15m"),
            ([], "there is no row below the header"),
        ],
    )
    def test_names_row_field_and_rule(self, staffed, rows, answer):
        result = staffed(rows, *SERVICE)

        assert result.exit_code == 2
        assert answer in result.output

    def test_names_a_missing_column(self, staffed):
        result = staffed(["sales,1"], *SERVICE, header="series,offered")

        assert result.exit_code == 2
        assert "the column interval_start, aht_s is missing" in result.output

    def test_names_at_most_twenty_mistakes(self, staffed):
        result = staffed([row(k, -1) for k in range(30)], *SERVICE)

        assert result.output.count("must not be negative") == 20
        assert "and 10 more" in result.output

    @pytest.mark.parametrize(
        ("options", "answer"),
        [
            ((), "at least one target is needed"),
            (("--service-level", "1"), "--service-level must be less than 1"),
            ((*SERVICE, "--model", "erlang-a"), "erlang-a needs --patience"),
            ((*SERVICE, "--max-abandon", "0.05"), "nobody abandons"),
            ((*SERVICE, "--shrinkage", "1"), "is not a share"),
            ((*SERVICE, "--shrinkage", "0.5", "--shrinkage", "0.2"), "kind twice"),
            (
                (*SERVICE, "--shrinkage", "a=0.5", "--shrinkage", "b=0.5"),
                "leave no paid time",
            ),
            (("--service-level", "0.8", "--threshold", "soon"), "is not a length"),
            ((*SERVICE, "--max-occupancy", "0"), "--max-occupancy must be greater"),
            ((*SERVICE, "--interval", "1h"), "less than --interval"),
            (("--service-level", "80"), "'80' is not a share such as 0.8 or 80%"),
            ((*SERVICE, "--patience", "2m"), "--patience needs --model erlang-a"),
            (("--threshold", "20s"), "--threshold needs --service-level"),
            (
                ("--max-asa", "20s", "--definition", "answered"),
                "--definition needs --service-level",
            ),
            ((*SERVICE, "--slowdown", "0.1"), "--slowdown goes with --chats"),
            ((*SERVICE, "--days", "9"), "--days goes with --group"),
            ((*SERVICE, "--finish"), "--finish goes with --due"),
            ((*SERVICE, "--stationary", "--start", "running"), "--start needs work"),
        ],
    )
    def test_names_the_option(self, staffed, options, answer):
        result = staffed([row(0, 100), row(1, 100)], *options)

        assert result.exit_code == 2
        assert answer in result.output

    def test_takes_percent_for_what_it_is(self, staffed):
        rows = [row(0, 100), row(1, 100)]

        result = staffed(rows, "--service-level", "80%", "--threshold", "20s")

        assert read(result) == read(staffed(rows, *SERVICE))

    def test_a_threshold_of_zero_asks_for_free_agents(self, staffed):
        result = staffed(
            [row(0, 100), row(1, 100)],
            "--service-level",
            "0.8",
            "--threshold",
            "0s",
            "--stationary",
        )

        assert read(result)[0]["required_agents"] == "14"
