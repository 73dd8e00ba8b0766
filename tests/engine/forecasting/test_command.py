import csv
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from click.testing import CliRunner

from callcenter.cli.engine import engine

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2024, 3, 4, tzinfo=UTC)
OPENS, CLOSES = 8, 18


def rows(n_weeks=8, *, series="sales", minutes=30, size=40.0, zone=UTC, seed=1):
    rng = np.random.default_rng(seed)
    found = []
    for day in range(7 * n_weeks):
        date = (MONDAY + timedelta(days=day)).date()
        if date.weekday() == 6:
            continue
        at = datetime(date.year, date.month, date.day, OPENS, tzinfo=zone)
        while at.hour < CLOSES:
            offered = rng.poisson(size * (1.2 if date.weekday() == 0 else 1.0))
            found.append([series, at.isoformat(), str(offered), "180"])
            at += timedelta(minutes=minutes)
    return found


def write(path, table, header=("series", "interval_start", "offered", "aht_s")):
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([list(header)[: len(table[0])], *table])
    return path


def read(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def run(path, *options):
    out = path.with_name("out.csv")
    done = CliRunner().invoke(
        engine, ["forecast", str(path), "--out", str(out), *options]
    )
    found = read(out) if done.exit_code == 0 else []
    return done, found


@pytest.fixture
def file(tmp_path):
    return tmp_path / "history.csv"


class TestForecastCommand:
    def test_writes_the_days_that_follow_with_bands(self, file):
        done, found = run(write(file, rows()), "--horizon", "14d")

        assert done.exit_code == 0
        assert len(found) == 12 * 20
        assert found[0]["interval_start"] == "2024-04-29T08:00:00+00:00"
        assert list(found[0])[:4] == ["series", "interval_start", "offered", "aht_s"]
        assert float(found[0]["offered_lo80"]) < 48.0 < float(found[0]["offered_hi80"])
        assert float(found[0]["aht_s"]) == pytest.approx(180.0)

    def test_several_series_and_workers_give_the_same(self, file):
        both = [*rows(), *rows(series="care", size=5.0, seed=2)]

        one = run(write(file, both), "--horizon", "7d")[1]
        two = run(write(file, both), "--horizon", "7d", "--workers", "2")[1]

        assert one == two
        assert {row["series"] for row in one} == {"sales", "care"}

    def test_a_total_adds_up(self, file):
        both = [*rows(), *rows(series="care", size=5.0, seed=2)]

        found = run(write(file, both), "--horizon", "7d", "--total", "all")[1]

        offered = {}
        for row in found:
            values = offered.setdefault(row["series"], [])
            values.append(float(row["offered"]))
        parts = np.add(offered["sales"], offered["care"])
        np.testing.assert_allclose(offered["all"], parts, atol=0.002)

    def test_a_total_needs_a_name_of_its_own(self, file):
        done, _ = run(write(file, rows()), "--total", "sales")

        assert done.exit_code == 1
        assert "named sales already" in done.stderr

    @pytest.mark.parametrize("minutes", [15, 60])
    def test_keeps_the_length_of_the_intervals(self, file, minutes):
        found = run(write(file, rows(minutes=minutes)), "--horizon", "7d")[1]

        assert len(found) == 6 * 10 * 60 // minutes

    def test_handling_time_may_be_left_out(self, file):
        done, found = run(write(file, [row[:3] for row in rows()]), "--horizon", "7d")

        assert done.exit_code == 0
        assert found[0]["aht_s"] == ""

    def test_a_file_of_special_days_quiets_a_holiday(self, file, tmp_path):
        days = tmp_path / "days.csv"
        days.write_text("date,kind,name\n2024-04-01,holiday,\n2024-05-01,holiday,\n")
        table = [
            [s, at, "4" if at.startswith("2024-04-01") else offered, aht]
            for s, at, offered, aht in rows()
        ]

        found = run(write(file, table), "--horizon", "7d", "--days", str(days))[1]

        total = {}
        for row in found:
            day = row["interval_start"][:10]
            total[day] = total.get(day, 0.0) + float(row["offered"])
        assert total["2024-05-01"] < 0.6 * total["2024-04-30"]

    @pytest.mark.parametrize("horizon", ["0d", "449d", "5h", "soon"])
    def test_refuses_a_horizon_out_of_reach(self, file, horizon):
        assert run(write(file, rows()), "--horizon", horizon)[0].exit_code == 2


class TestClocks:
    def test_offsets_of_rows_are_enough(self, file):
        found = run(write(file, rows(zone=BERLIN)), "--horizon", "7d")[1]

        assert found[0]["interval_start"] == "2024-04-29T08:00:00+02:00"

    def test_local_times_are_read_in_the_zone_given(self, file):
        table = [[s, at[:19], n, aht] for s, at, n, aht in rows(zone=BERLIN)]

        done, found = run(
            write(file, table), "--horizon", "7d", "--timezone", "Europe/Berlin"
        )

        assert done.exit_code == 0
        assert found[0]["interval_start"] == "2024-04-29T08:00:00+02:00"

    def test_local_times_without_a_zone_are_refused(self, file):
        table = [[s, at[:19], n, aht] for s, at, n, aht in rows()]

        done, _ = run(write(file, table))

        assert done.exit_code == 1
        assert "row 2, interval_start" in done.stderr
        assert "--timezone" in done.stderr

    def test_a_time_that_clocks_skip_is_refused(self, file):
        table = [*rows(), ["sales", "2024-03-31T02:30:00", "3", "180"]]
        table = [[s, at[:19], n, aht] for s, at, n, aht in table]

        done, _ = run(write(file, table), "--timezone", "Europe/Berlin")

        assert done.exit_code == 1
        assert "does not exist" in done.stderr

    def test_a_repeated_hour_is_no_duplicate(self, file):
        table = []
        for day in range(40):
            start = datetime(2024, 9, 23, tzinfo=BERLIN) + timedelta(days=day)
            for half in range(48):
                at = start + timedelta(minutes=30 * half)
                table.append(["night", at.isoformat()[:19], "5", "60"])
                if at.date().isoformat() == "2024-10-27" and at.hour == 2:
                    table.append(["night", at.isoformat()[:19], "5", "60"])

        done, found = run(
            write(file, table), "--horizon", "7d", "--timezone", "Europe/Berlin"
        )

        assert done.exit_code == 0
        assert len(found) == 7 * 48


class TestBadInput:
    def answer(self, file, table, *options, header=None):
        header = header or ("series", "interval_start", "offered", "aht_s")
        done, _ = run(write(file, table, header), *options)
        return done.exit_code, done.stderr

    @pytest.mark.parametrize(
        ("column", "value", "rule"),
        [
            (0, "", "series: must not be empty"),
            (1, "yesterday", "interval_start: 'yesterday' is not a time"),
            (2, "many", "offered: 'many' is not a number"),
            (2, "-3", "offered: must not be negative, as -3 is"),
            (2, "inf", "offered: must be finite"),
            (3, "-1", "aht_s: must not be negative, as -1 is"),
        ],
    )
    def test_a_wrong_field_is_named_with_row_and_rule(self, file, column, value, rule):
        table = rows()
        table[4][column] = value

        code, said = self.answer(file, table)

        assert code == 1
        assert f"row 6, {rule}" in said

    def test_a_duplicated_interval_names_both_rows(self, file):
        table = rows()
        table.insert(9, table[3])

        code, said = self.answer(file, table)

        assert code == 1
        assert "row 11, interval_start" in said
        assert "row 5 has it too" in said

    def test_a_missing_column_is_named(self, file):
        code, said = self.answer(
            file, rows(), header=("queue", "interval_start", "offered", "aht_s")
        )

        assert code == 1
        assert "the column series is missing" in said

    def test_an_empty_file_says_so(self, file):
        file.write_text("series,interval_start,offered\n")

        done, _ = run(file)

        assert done.exit_code == 1
        assert "no row below the header" in done.stderr

    def test_odd_intervals_are_refused(self, file):
        code, said = self.answer(file, rows(minutes=20))

        assert code == 1
        assert "must last 15, 30 or 60" in said

    def test_lengths_of_intervals_are_not_mixed(self, file):
        hours = [["calls", *row[1:]] for row in rows(minutes=60)]

        code, said = self.answer(file, [*rows(minutes=30), *hours])

        assert code == 1
        assert "the intervals of calls last 60 minutes, most others 30" in said

    def test_a_start_off_the_grid_is_refused(self, file):
        table = rows()
        table[7][1] = table[7][1].replace(":30:00", ":37:00")

        code, said = self.answer(file, table)

        assert code == 1
        assert "row 9, interval_start: does not start at a multiple" in said

    def test_three_days_are_too_few(self, file):
        code, said = self.answer(file, rows()[:60])

        assert code == 1
        assert "series sales: 3 days are known" in said

    def test_three_days_beside_a_longer_series_borrow_its_weekdays(self, file):
        young = [["young", *row[1:]] for row in rows(seed=3)[-60:]]
        table = [*rows(n_weeks=10)[:960], *young]

        done, found = run(write(file, table), "--horizon", "7d")

        assert done.exit_code == 0
        assert "early days are borrowed" in done.stderr
        assert sum(row["series"] == "young" for row in found) > 0

    def test_all_zeros_give_zeros(self, file):
        table = [[s, at, "0", aht] for s, at, _, aht in rows()]

        done, found = run(write(file, table), "--horizon", "7d")

        assert done.exit_code == 0
        assert "nobody ever called" in done.stderr
        assert {float(row["offered_hi80"]) for row in found} == {0.0}

    def test_an_interval_missing_every_day_lies_between_its_neighbours(self, file):
        table = [row for row in rows() if "T10:30" not in row[1]]

        done, found = run(write(file, table), "--horizon", "7d")

        assert "no row ever starts at 10:30" in done.stderr
        row = next(row for row in found if "T10:30" in row["interval_start"])
        assert 35.0 < float(row["offered"]) < 60.0

    def test_a_strike_is_told_and_left_out(self, file):
        table = [
            [s, at, "0" if "2024-04-09" <= at[:10] <= "2024-04-11" else n, aht]
            for s, at, n, aht in rows()
        ]

        done, found = run(write(file, table), "--horizon", "7d")

        assert "sales, 2024-04-10: 0.00 of what was to be expected" in done.stderr
        assert float(found[25]["offered"]) > 33.0

    def test_handling_times_of_zero_are_left_out(self, file):
        table = [[s, at, n, "0" if "T08" in at else aht] for s, at, n, aht in rows()]

        done, found = run(write(file, table), "--horizon", "7d")

        assert "an aht_s of 0" in done.stderr
        assert float(found[0]["aht_s"]) == pytest.approx(180.0)

    def test_what_is_absent_may_mean_nobody_called(self, file):
        table = [row for row in rows() if int(row[2]) % 3]

        unknown = run(write(file, table), "--horizon", "7d")[1]
        zero = run(write(file, table), "--horizon", "7d", "--absent", "zero")[1]

        def total(found):
            return sum(float(row["offered"]) for row in found)

        assert total(zero) < 0.8 * total(unknown)

    def test_a_level_shift_may_be_mended(self, file):
        table = rows(n_weeks=16)
        for row in table[1500:]:
            row[2] = str(int(int(row[2]) * 1.6))

        done, found = run(write(file, table), "--horizon", "7d", "--repair", "shifts")

        assert done.exit_code == 0
        assert float(found[25]["offered"]) == pytest.approx(64.0, rel=0.12)

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("date\n", "the column kind is missing"),
            ("date,kind\n1 May,holiday\n", "row 2, date"),
            ("date,kind\n2024-05-01,party\n", "row 2, kind"),
            ("date,kind\n2024-05-01,event\n", "row 2, name"),
            ("date,kind\n2024-05-01,eve\n2024-05-01,eve\n", "row 3, date"),
        ],
    )
    def test_wrong_special_days_are_named(self, file, tmp_path, text, rule):
        days = tmp_path / "days.csv"
        days.write_text(text)

        code, said = self.answer(file, rows(), "--days", str(days))

        assert code == 1
        assert rule in said
