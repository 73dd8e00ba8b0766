"""The charts of the workbench: days, weeks by interval, one day, handling times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from callcenter.forecasting import queries
from callcenter.forecasting.models import Floats, Forecast
from callcenter.forecasting.queries import DayTotal, MethodLine
from callcenter.forecasting.views import words
from callcenter.forecasting.views.workbench.look import (
    DRAWN_ONE_BY_ONE,
    UNDER_DAYS,
    UNDER_NAMES,
    Look,
    Stretch,
    Under,
    week_of,
)
from callcenter.forecasting.views.workbench.slots import (
    busy_slots,
    clock_text,
    cut,
    listed,
    middle_range,
    rounded,
)
from callcenter.kernel.text import _
from callcenter.projects.models import Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.pictures import WIDTH, Tick, Values

_CAME, _EXPECTED, _BEFORE = (f"var(--chart-{place})" for place in (1, 2, 5))
_QUIET = "var(--chart-6)"
_UNDER_PAINT = {Under.YEAR: "var(--chart-3)", Under.TWO_YEARS: "var(--chart-4)"}
_METHOD_PAINTS = ("var(--chart-4)", "var(--chart-3)", "var(--chart-5)", _CAME, _QUIET)


@dataclass(frozen=True, slots=True)
class Bench:
    """What the charts of one queue are drawn from.

    ``came`` are counted contacts by day, ``days`` the forecast's, of which those to be
    drawn carry their intervals, ``lines`` what each method says. ``curves`` are the
    counted days read so far.
    """

    forecast: Forecast
    queue: Queue
    look: Look
    stretch: Stretch
    day: date
    days: Sequence[DayTotal]
    came: Mapping[date, int]
    lines: Sequence[MethodLine]
    curves: dict[date, Floats] = field(default_factory=dict)

    @property
    def chosen(self) -> DayTotal | None:
        """The chosen day of the forecast."""
        return next((each for each in self.days if each.day == self.day), None)

    @property
    def drawn_lines(self) -> list[MethodLine]:
        """The methods that are switched on."""
        return [each for each in self.lines if each.method in self.look.methods]

    def counted(self, days: Sequence[date]) -> Floats:
        """What came in on those days by slot; NaN where nothing was counted."""
        missing = [day for day in days if day not in self.curves]
        if missing:
            found = queries.counted_curves(
                self.queue,
                missing,
                self.came,
                zone=self.forecast.tz,
                interval_s=self.forecast.interval_s,
            )
            self.curves.update(zip(missing, found, strict=True))
        return np.stack([self.curves[day] for day in days])


def days_chart(bench: Bench) -> Chart:
    """Weeks of history, the days ahead with their band, and what lies under them."""
    shown, came = bench.stretch.days, bench.came
    planned = {row.day: row for row in bench.days}
    rows = [planned.get(day) for day in shown]
    has_bands = any(row and row.total_upper is not None for row in rows)
    bands: dict[str, Any] = {
        "lower": [rounded(row.total_lower) if row else None for row in rows],
        "upper": [rounded(row.total_upper) if row else None for row in rows],
    }
    series = [
        Series(_("Came in"), [came.get(day) for day in shown], colour=_CAME),
        Series(
            _("Forecast"),
            [rounded(row.total) if row else None for row in rows],
            colour=_EXPECTED,
            **(bands if has_bands else {}),
        ),
    ]
    if any(row and abs(row.total - row.model_total) > 0.05 for row in rows):
        before = [rounded(row.model_total) if row else None for row in rows]
        name = _("Before changes")
        series.append(Series(name, before, is_dashed=True, colour=_BEFORE))
    series += _under_days(bench, shown) + _method_days(bench, shown)
    share = filters.percent(bench.forecast.level, 0)
    return line_chart(
        _("Contacts a day"),
        [filters.day(day, "weekday_day") for day in shown],
        series,
        first_column=_("Day"),
        summary=_("The band should hold %(share)s of the outcomes.", share=share)
        if has_bands
        else "",
    )


def _under_days(bench: Bench, shown: Sequence[date]) -> list[Series]:
    return [
        Series(
            str(UNDER_NAMES[each]),
            [bench.came.get(day - UNDER_DAYS[each]) for day in shown],
            colour=_UNDER_PAINT[each],
        )
        for each in Under
        if each in bench.look.under
    ]


def _method_days(bench: Bench, shown: Sequence[date]) -> list[Series]:
    places = [(day - bench.forecast.first_day).days for day in shown]
    return [
        Series(
            str(words.METHOD_NAMES[line.method]),
            [
                rounded(float(line.totals[place]))
                if 0 <= place < len(line.totals)
                else None
                for place in places
            ],
            is_dashed=True,
            colour=paint,
        )
        for line, paint in _painted(bench)
    ]


def _painted(bench: Bench) -> list[tuple[MethodLine, str]]:
    paints = _METHOD_PAINTS
    return [
        (line, paints[nth % len(paints)]) for nth, line in enumerate(bench.drawn_lines)
    ]


def weeks_chart(bench: Bench) -> Chart:
    """The chosen day's week by interval over the weeks before it, Monday to Sunday."""
    week = week_of(bench.day)
    planned = {row.day: row for row in bench.days}
    rows = [planned.get(day) for day in week]
    past = _past(bench, week)
    busy = busy_slots(rows, past.values())
    n = bench.forecast.n_slots
    slots = [place * n + slot for place in range(7) for slot in busy]
    drawn = _forecast_series(rows, n, slots)
    series = drawn + _history_series(bench, past, week, slots)
    labels = [
        f"{filters.day(day, 'EEE')} {clock_text(slot, bench.forecast.interval_s)}"
        for day in week
        for slot in busy
    ]
    chart = line_chart(
        _("Week of %(day)s", day=filters.day(week[0], "medium")),
        labels,
        series,
        first_column=_("Interval"),
        summary=_summary(bench),
    )
    if chart.picture is not None:
        chart.picture.x_ticks = [
            Tick(
                round(chart.picture.x(place * len(busy)) / WIDTH * 100, 2),
                filters.day(day, "weekday_day"),
                is_fine=place % 2 == 1,
            )
            for place, day in enumerate(week)
        ]
    return chart


def day_chart(bench: Bench) -> Chart | None:
    """One day by interval: forecast with band, what came in, and like days before."""
    row = bench.chosen
    if row is None:
        return None
    past = _past(bench, [bench.day])
    curves = [line.curve for line in bench.drawn_lines if line.curve is not None]
    busy = busy_slots([row], [*past.values(), *(curve[None] for curve in curves)])
    series = _forecast_series([row], bench.forecast.n_slots, busy)
    if row.mean is not None and abs(row.total - row.model_total) > 0.05:
        before = cut(row.mean, busy)
        name = _("Before changes")
        series.append(Series(name, before, is_dashed=True, colour=_BEFORE))
    series += _history_series(bench, past, [bench.day], busy)
    series += [
        Series(
            str(words.METHOD_NAMES[line.method]),
            cut(line.curve, busy),
            is_dashed=True,
            colour=paint,
        )
        for line, paint in _painted(bench)
        if line.curve is not None
    ]
    return line_chart(
        filters.day(bench.day, "full"),
        [clock_text(slot, bench.forecast.interval_s) for slot in busy],
        series,
        first_column=_("Interval"),
        summary=_summary(bench),
    )


def aht_chart(bench: Bench) -> Chart | None:
    """The chosen day's handling times by interval, with their band where it is kept."""
    row = bench.chosen
    if row is None or row.aht_s is None or row.planned is None:
        return None
    busy = busy_slots([row], ())
    if not any(row.aht_s[slot] > 0.0 for slot in busy):
        return None
    bands: dict[str, Any] = {}
    if row.aht_lower_s is not None and row.aht_upper_s is not None:
        bands = {
            "lower": cut(row.aht_lower_s, busy),
            "upper": cut(row.aht_upper_s, busy),
        }
    return line_chart(
        _("AHT in seconds"),
        [clock_text(slot, bench.forecast.interval_s) for slot in busy],
        [Series(_("AHT"), cut(row.aht_s, busy), colour="var(--chart-4)", **bands)],
        first_column=_("Interval"),
        summary=_("The mean of an interval's contacts; few contacts scatter more.")
        if bands
        else "",
    )


def _past(bench: Bench, days: Sequence[date]) -> dict[str, Floats]:
    """What was counted on those days, and as many weeks before as are chosen.

    Matrices of weeks by the slots of all the days: ``now``, ``back``, and one for each
    thing chosen to lie under. Latest week first.
    """
    look = bench.look
    shifts = {"now": [timedelta()]}
    shifts["back"] = [timedelta(weeks=nth) for nth in range(1, look.back + 1)]
    shifts |= {each.value: [UNDER_DAYS[each]] for each in Under if each in look.under}
    every = sorted({day - s for part in shifts.values() for s in part for day in days})
    curves = bench.counted(every)
    place = {day: nth for nth, day in enumerate(every)}
    return {
        name: np.stack(
            [curves[[place[day - shift] for day in days]].ravel() for shift in part]
        )
        for name, part in shifts.items()
    }


def _forecast_series(
    rows: Sequence[DayTotal | None], n_slots: int, slots: Sequence[int]
) -> list[Series]:
    """The forecast of consecutive days by slot, with its band."""
    unknown = np.full(n_slots, np.nan)

    def laid(name: str) -> Values:
        values = [getattr(row, name) if row else None for row in rows]
        whole = np.concatenate([unknown if v is None else v for v in values])
        return cut(whole, slots)

    return [
        Series(
            _("Forecast"),
            laid("planned"),
            lower=laid("lower"),
            upper=laid("upper"),
            colour=_EXPECTED,
        )
    ]


def _history_series(
    bench: Bench, past: Mapping[str, Floats], days: Sequence[date], slots: Sequence[int]
) -> list[Series]:
    """What came in, the last weeks one by one or as a range, and the years before."""
    series = []
    if np.nansum(past["now"]) > 0.0:
        came = cut(past["now"][0], slots)
        series.append(Series(_("Came in"), came, colour=_CAME))
    series += _last_weeks(bench.look, past["back"], days, slots)
    series += [
        Series(
            str(UNDER_NAMES[each]),
            cut(past[each.value][0], slots),
            colour=_UNDER_PAINT[each],
        )
        for each in Under
        if each.value in past
    ]
    return series


def _last_weeks(
    look: Look, back: Floats, days: Sequence[date], slots: Sequence[int]
) -> list[Series]:
    known = np.flatnonzero(np.isfinite(back).any(axis=1))
    if look.back <= DRAWN_ONE_BY_ONE:
        return [
            Series(
                filters.day(days[0] - timedelta(weeks=int(nth) + 1), "day_month"),
                cut(back[nth], slots),
                is_dashed=True,
                colour=_QUIET,
            )
            for nth in known
        ]
    if not known.size:
        return []
    low, middle, high = middle_range(back[known][:, slots])
    name = _("Middle of %(n)s weeks", n=known.size)
    return [
        Series(
            name,
            listed(middle),
            lower=listed(low),
            upper=listed(high),
            colour=_QUIET,
        )
    ]


def _summary(bench: Bench) -> str:
    share = filters.percent(bench.forecast.level, 0)
    text = _("The band should hold %(share)s of the outcomes.", share=share)
    if bench.look.back <= DRAWN_ONE_BY_ONE:
        return text
    return text + " " + _("The grey range holds the middle 80% of the weeks before.")
