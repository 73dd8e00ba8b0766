import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import (
    DayKind,
    Method,
    forecast,
    make_calendar,
    make_history,
)

N = 24
SHAPE = np.exp(-(((np.arange(N) - 11.5) / 5.0) ** 2))
SHAPE = SHAPE / SHAPE.sum()
WEEKDAY_SIZE = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3])
START = np.datetime64("2024-01-01")  # a Monday


def dates(n_days, first=0):
    return START + np.arange(first, first + n_days)


def day_of_month(when):
    return (when - when.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1


def volumes(n_days, factor=1.0, *, size=3000.0, seed=1):
    rng = np.random.default_rng(seed)
    level = (
        size * WEEKDAY_SIZE[np.arange(n_days) % 7] * np.exp(rng.normal(0, 0.03, n_days))
    )
    return rng.poisson((level * factor)[:, None] * SHAPE).astype(float)


def predict(volume, *, n_ahead=28, kinds=None, events=None, method=Method.STRUCTURE):
    n = len(volume)
    kinds = np.zeros(n + n_ahead, int) if kinds is None else kinds
    events = np.zeros(n + n_ahead, int) if events is None else events
    week = np.arange(n + n_ahead) % 7
    past, ahead = (
        make_calendar(
            week[part],
            N,
            day_kind=kinds[part],
            event=events[part],
            day=dates(n + n_ahead)[part],
        )
        for part in (slice(0, n), slice(n, None))
    )
    return forecast(make_history(volume, past), ahead, method=method)


def plain_total(row, n_days):
    return 3000.0 * WEEKDAY_SIZE[(n_days + row) % 7]


class TestMonth:
    def test_a_pay_day_is_expected_on_its_date(self):
        is_pay_day = day_of_month(dates(200)) == 10

        found = predict(volumes(182, np.where(is_pay_day, 1.5, 1.0)[:182]))

        row = int(np.flatnonzero(is_pay_day[182:])[0])
        lift = found.mean[0].sum(axis=1)[row] / plain_total(row, 182)
        assert 1.2 < lift < 1.6

    def test_the_turn_of_the_month_is_learnt_smoothly(self):
        day = day_of_month(dates(240))
        busy = np.where((day <= 3) | (day >= 29), 1.15, 1.0)

        found = predict(volumes(210, busy[:210]))

        total = found.mean[0].sum(axis=1) / [plain_total(i, 210) for i in range(28)]
        ahead = busy[210:238] > 1.0
        assert total[ahead].mean() / total[~ahead].mean() > 1.07

    def test_without_dates_months_are_left_alone(self):
        history = make_history(volumes(140), make_calendar(np.arange(140) % 7, N))

        found = forecast(history, make_calendar(np.arange(14) % 7, N))

        assert found.mean[0].sum() == pytest.approx(
            2 * 3000 * WEEKDAY_SIZE.sum(), rel=0.06
        )


class TestDatesThatStandOut:
    def test_bills_on_each_sixteenth_are_learnt_though_nobody_told_of_them(self):
        n = 300
        is_billing = day_of_month(dates(n)) == 16
        volume = volumes(n, np.where(is_billing, 1.25, 1.0))

        for method in (Method.STRUCTURE, Method.COMBINATION, Method.MEDIAN6):
            found = predict(volume, n_ahead=35, method=method).mean[0].sum(axis=1)
            ahead = day_of_month(dates(35, n))
            lift = found / [plain_total(row, n) for row in range(35)]
            assert lift[ahead == 16][0] == pytest.approx(1.25, rel=0.07)
            assert lift[ahead != 16].mean() == pytest.approx(1.0, rel=0.03)

    def test_one_wild_sixteenth_is_not_learnt(self):
        factor = np.ones(200)
        factor[np.flatnonzero(day_of_month(dates(200)) == 16)[2]] = 3.0

        found = predict(volumes(200, factor), n_ahead=35).mean[0].sum(axis=1)

        ahead = np.flatnonzero(day_of_month(dates(35, 200)) == 16)[0]
        assert found[ahead] == pytest.approx(plain_total(ahead, 200), rel=0.07)


class TestClosings:
    def test_the_day_after_an_unknown_day_is_busier_when_it_used_to_be(self):
        closed = np.array([30, 58, 86, 121, 149, 181])
        factor = np.ones(183)
        factor[closed + 1] = 1.3
        volume = volumes(183, factor)[:182]
        volume[closed[:-1]] = np.nan
        volume[181] = np.nan

        found = predict(volume, n_ahead=7)

        lift = found.mean[0, 0].sum() / plain_total(0, 182)
        assert 1.12 < lift < 1.4

    def test_a_holiday_marked_ahead_is_quiet_and_the_next_day_is_busy(self):
        kinds = np.zeros(210, int)
        kinds[[30, 58, 86, 121, 149, 185]] = DayKind.HOLIDAY
        factor = np.where(kinds == DayKind.HOLIDAY, 0.2, 1.0)
        factor[1:][kinds[:-1] == DayKind.HOLIDAY] = 1.3

        found = predict(volumes(182, factor[:182]), kinds=kinds)

        total = found.mean[0].sum(axis=1)
        assert total[3] < 0.45 * plain_total(3, 182)
        assert total[4] > 1.1 * plain_total(4, 182)

    def test_days_between_history_and_horizon_are_no_closing(self):
        week = np.arange(200) % 7
        factor = np.ones(182)
        closed = np.array([30, 58, 86, 121, 149])
        factor[closed + 1] = 1.3
        volume = volumes(182, factor)
        volume[closed] = np.nan
        past = make_calendar(week[:182], N, day=dates(182))
        later = make_calendar(week[189:196], N, day=dates(7, 189))

        found = forecast(make_history(volume, past), later, method=Method.STRUCTURE)

        lift = found.mean[0, 0].sum() / plain_total(7, 182)
        assert lift == pytest.approx(1.0, abs=0.06)


class TestHolidays:
    def test_a_holiday_of_a_new_name_is_like_the_others(self):
        kinds, names = np.zeros(210, int), np.zeros(210, int)
        at = np.array([30, 58, 86, 121, 149, 185])
        kinds[at], names[at] = DayKind.HOLIDAY, np.arange(1, 7)
        factor = np.where(kinds > 0, 0.6, 1.0)

        found = predict(volumes(182, factor[:182]), kinds=kinds, events=names)

        lift = found.mean[0, 3].sum() / plain_total(3, 182)
        assert lift == pytest.approx(0.6, abs=0.13)


class TestEvents:
    def test_lead_and_lag_of_an_event_are_learnt(self):
        events = np.zeros(210, int)
        at = np.array([20, 50, 81, 111, 139, 190])
        events[at] = 1
        factor = np.ones(210)
        for lag, lift in ((0, 1.6), (1, 1.4), (2, 1.2)):
            factor[at + lag] = lift

        found = predict(volumes(182, factor[:182]), events=events)

        total = found.mean[0].sum(axis=1) / [plain_total(i, 182) for i in range(28)]
        assert total[8] > 1.25
        assert total[9] > 1.15
        assert total[20] == pytest.approx(1.0, abs=0.1)


class TestLongHorizons:
    def test_a_trend_fades_and_the_year_returns(self):
        n = 728
        year = 1.0 + 0.3 * np.sin(2.0 * np.pi * np.arange(n + 364) / 365.25)
        found = predict(volumes(n, year[:n]), n_ahead=364)

        total = found.mean[0].sum(axis=1) / (
            3000.0 * WEEKDAY_SIZE[np.arange(n, n + 364) % 7]
        )
        spring = total[70:110].mean()
        autumn = total[250:290].mean()
        assert spring > 1.15
        assert autumn < 0.85

    def test_bands_of_totals_widen_with_the_horizon(self):
        found = predict(volumes(200), n_ahead=448, method=Method.COMBINATION)

        width = (found.total_upper - found.total_lower)[0]
        mean = found.mean[0].sum(axis=1)
        assert (width / mean)[400:].mean() > 1.3 * (width / mean)[:14].mean()
        assert (found.total_lower[0] <= mean).all()

    def test_a_total_is_known_better_than_the_sum_of_its_intervals(self):
        found = predict(volumes(200), method=Method.COMBINATION)

        whole = (found.total_upper - found.total_lower)[0]
        assert (whole < (found.upper - found.lower)[0].sum(axis=1)).all()


class TestRefusals:
    @pytest.mark.parametrize(
        ("day", "rule"),
        [([1, 0], "rise"), ([4, 6], "weekday"), ([4], "rise"), ([4.5, 5], "whole")],
    )
    def test_refuses_dates_that_do_not_fit(self, day, rule):
        with pytest.raises(EngineInputError, match=rule):
            make_calendar([0, 1], N, day=day)


class TestAnything:
    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 2**32 - 1), st.integers(1, 150), st.integers(1, 40))
    def test_any_calendar_gives_finite_numbers_in_order(self, seed, n_days, n_ahead):
        rng = np.random.default_rng(seed)
        n = n_days + n_ahead
        day = START + np.cumsum(rng.choice([1, 1, 1, 1, 3], n))
        is_open = rng.random((n, 4)) > rng.choice([0.0, 0.1, 0.6])
        calendars = [
            make_calendar(
                (day[part].astype(np.int64) + 3) % 7,
                4,
                day_kind=rng.choice([0] * 20 + [1, 2, 3], n)[part],
                event=rng.choice([0] * 20 + [1, 2], n)[part],
                is_open=is_open[part],
                day=day[part],
            )
            for part in (slice(0, n_days), slice(n_days, None))
        ]
        volume = rng.poisson(rng.choice([0, 0.05, 3, 500]), (n_days, 4)).astype(float)
        volume[rng.random(volume.shape) < rng.choice([0.0, 0.3])] = np.nan
        aht = rng.gamma(2.0, 100.0, volume.shape)

        found = forecast(make_history(volume, calendars[0], aht_s=aht), calendars[1])

        assert np.isfinite(found.upper).all()
        assert (found.lower <= found.mean + 1e-9).all()
        assert (found.mean <= found.upper + 1e-9).all()
        assert (found.total_lower <= found.mean.sum(axis=2) + 1e-6).all()
        assert (found.mean.sum(axis=2) <= found.total_upper + 1e-6).all()
