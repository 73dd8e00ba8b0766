from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from callcenter.engine.errors import EngineInputError
from callcenter.engine.intervals import day_grid, day_matrix, flatten

BERLIN = ZoneInfo("Europe/Berlin")


class TestDayGrid:
    @pytest.mark.parametrize(
        ("day", "quarters"),
        [
            (date(2025, 3, 30), 92),
            (date(2025, 10, 26), 100),
            (date(2025, 7, 1), 96),
        ],
    )
    def test_counts_the_quarters_of_short_long_and_plain_days(self, day, quarters):
        grid = day_grid(day, 1, zone=BERLIN, interval_s=900)

        assert grid.starts.size == quarters

    def test_starts_at_local_midnight_in_universal_time(self):
        grid = day_grid(date(2025, 7, 1), 1, zone=BERLIN, interval_s=1800)

        assert grid.starts[0] == np.datetime64("2025-06-30T22:00:00")
        assert grid.weekday.tolist() == [1]

    def test_has_no_slots_in_the_hour_that_the_clock_skips(self):
        grid = day_grid(date(2025, 3, 30), 1, zone=BERLIN, interval_s=1800)

        assert np.flatnonzero(~grid.exists[0]).tolist() == [4, 5]

    def test_refuses_an_interval_that_does_not_divide_the_day(self):
        with pytest.raises(EngineInputError):
            day_grid(date(2025, 7, 1), 1, zone=BERLIN, interval_s=7000)


class TestDayMatrix:
    def test_averages_both_passes_through_the_repeated_hour(self):
        grid = day_grid(date(2025, 10, 26), 1, zone=BERLIN, interval_s=3600)
        values = np.arange(25.0)

        matrix = day_matrix(grid, grid.starts, values)

        assert matrix[0, :5].tolist() == [0.0, 1.0, 2.5, 4.0, 5.0]

    def test_leaves_the_skipped_hour_unknown(self):
        grid = day_grid(date(2025, 3, 30), 1, zone=BERLIN, interval_s=3600)

        matrix = day_matrix(grid, grid.starts, np.arange(23.0))

        assert np.isnan(matrix[0, 2])
        assert matrix[0, [1, 3]].tolist() == [1.0, 2.0]

    def test_leaves_out_what_is_not_on_the_grid(self):
        grid = day_grid(date(2025, 7, 1), 1, zone=BERLIN, interval_s=3600)

        matrix = day_matrix(grid, ["2025-07-05T00:00"], [7.0])

        assert np.isnan(matrix).all()

    def test_refuses_the_same_interval_twice(self):
        grid = day_grid(date(2025, 7, 1), 1, zone=BERLIN, interval_s=3600)

        with pytest.raises(EngineInputError, match="twice"):
            day_matrix(grid, [grid.starts[0]] * 2, [1.0, 1.0])


class TestFlatten:
    @pytest.mark.parametrize("day", [date(2025, 3, 30), date(2025, 10, 26)])
    def test_comes_back_to_the_same_matrix(self, day):
        grid = day_grid(day, 2, zone=BERLIN, interval_s=900)
        values = np.random.default_rng(1).poisson(20.0, grid.starts.size)
        matrix = day_matrix(grid, grid.starts, values)

        again = day_matrix(grid, grid.starts, flatten(grid, matrix))

        np.testing.assert_allclose(again, matrix)

    def test_gives_both_passes_the_value_of_their_slot(self):
        grid = day_grid(date(2025, 10, 26), 1, zone=BERLIN, interval_s=3600)

        flat = flatten(grid, np.arange(24.0)[None])

        assert flat[:5].tolist() == [0.0, 1.0, 2.0, 2.0, 3.0]
