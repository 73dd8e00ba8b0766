"""The rows, links and choices of the workbench beside its charts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import request, url_for

from callcenter.engine.forecasting import Method
from callcenter.forecasting.models import Forecast, ForecastQueue, Horizon
from callcenter.forecasting.queries import Change, Comment, DayTotal, Tested
from callcenter.forecasting.views import words
from callcenter.forecasting.views.rounding import whole
from callcenter.forecasting.views.workbench.look import (
    PAGE_DAYS,
    SHORT_DAYS,
    UNDER_NAMES,
    VIEW_NAMES,
    WEEKS_BACK,
    Look,
    View,
)
from callcenter.kernel.actor import current_actor
from callcenter.kernel.text import _, _n
from callcenter.projects import queries as project_queries
from callcenter.projects.models import CalendarDay
from callcenter.web import filters

if TYPE_CHECKING:
    from callcenter.forecasting.views.workbench.curves import Bench


class DayRow(NamedTuple):
    """One line of the table of days; ``place`` is where the chart draws it."""

    day: date
    special: str
    model_total: float
    total: float
    lower: float | None
    upper: float | None
    aht_s: float | None
    actual: int | None
    url: str
    is_chosen: bool
    n_notes: int
    place: int | None

    @property
    def shown(self) -> int:
        """The total as it is shown and taken."""
        return whole(self.total)

    @property
    def is_changed(self) -> bool:
        """Whether somebody changed it."""
        return abs(self.total - self.model_total) > 0.05

    @property
    def miss(self) -> float | None:
        """How far the actual lies above the plan, as a fraction of the plan."""
        if self.actual is None or not self.total:
            return None
        return self.actual / self.total - 1.0


class MethodRow(NamedTuple):
    """One line of the table of methods."""

    method: str
    name: object
    errors: list[float | None]
    expected: float | None
    is_drawn: bool
    is_used: bool


class ChangeLine(NamedTuple):
    """One change by hand, in words."""

    when: str
    what: str
    who: str
    change: Change
    is_own: bool

    @property
    def is_taken_back(self) -> bool:
        """Whether it holds no more."""
        return self.change.taken_back_at is not None


def bench_url(found: Forecast, look: Look, **values: Any) -> str:
    """The address of the workbench with a look."""
    asked: dict[str, Any] = {**look.args, **values}
    return url_for("forecasting.forecast", forecast_id=found.id, **asked)


def queue_tabs(
    found: Forecast, queue_id: int, look: Look
) -> list[tuple[str, str, bool]]:
    """A link to each queue of the forecast."""
    return [
        (
            row.queue.name,
            bench_url(found, look, queue=row.queue_id, day=request.args.get("day")),
            row.queue_id == queue_id,
        )
        for row in found.queues
    ]


def look_form(found: Forecast, queue_id: int, day: date, look: Look) -> dict[str, Any]:
    """What can be looked at, for the bar over the charts."""
    here = {"queue": queue_id, "day": day.isoformat()}
    return {
        "here": here,
        "views": [
            (
                str(VIEW_NAMES[view]),
                bench_url(found, replace(look, view=view), **here),
                view is look.view,
            )
            for view in View
        ],
        "backs": [(n, _back_name(n), n == look.back) for n in WEEKS_BACK],
        "unders": [
            (each.value, name, each in look.under) for each, name in UNDER_NAMES.items()
        ],
        "is_long": found.n_days > SHORT_DAYS and look.view is View.DAYS,
    }


def _back_name(n_weeks: int) -> str:
    if n_weeks % 52 == 0:
        return _n("%(num)s year", "%(num)s years", n_weeks // 52)
    return _n("%(num)s week", "%(num)s weeks", n_weeks)


def day_rows(
    bench: "Bench", notes: Sequence[Comment], *, is_drawn: bool
) -> list[DayRow]:
    """The lines of the table of days."""
    stretch, found = bench.stretch, bench.forecast
    special = _special_days(bench)
    n_notes = Counter(each.day for each in notes)
    return [
        DayRow(
            day=row.day,
            special=special.get(row.day, ""),
            model_total=row.model_total,
            total=row.total,
            lower=row.total_lower,
            upper=row.total_upper,
            aht_s=row.workload_s / row.total if row.total else None,
            actual=bench.came.get(row.day),
            url=bench_url(
                found,
                bench.look,
                queue=bench.queue.id,
                day=row.day.isoformat(),
                _anchor="day-chart",
            ),
            is_chosen=row.day == bench.day,
            n_notes=n_notes[row.day],
            place=(row.day - stretch.drawn_first).days if is_drawn else None,
        )
        for row in _of_table(bench)
    ]


def _of_table(bench: "Bench") -> list[DayTotal]:
    first, last = bench.stretch.table_first, bench.stretch.table_last
    return [row for row in bench.days if first <= row.day <= last]


def _special_days(bench: "Bench") -> dict[date, str]:
    calendar = project_queries.days_of_project(
        bench.forecast.project, bench.stretch.table_first, bench.stretch.table_last
    )
    special: dict[date, list[str]] = {}
    for each in calendar:
        special.setdefault(each.day, []).append(_day_name(each))
    return {day: ", ".join(names) for day, names in special.items()}


def _day_name(row: CalendarDay) -> str:
    is_chinese = filters.locale().language == "zh"
    return row.name_zh if is_chinese and row.name_zh else row.name


def day_pages(bench: "Bench") -> list[tuple[str, str, bool]]:
    """Links to four weeks of days each."""
    found = bench.forecast
    if found.n_days <= PAGE_DAYS:
        return []
    firsts = [
        found.first_day + timedelta(days=start)
        for start in range(0, found.n_days, PAGE_DAYS)
    ]
    return [
        (
            filters.day(first, "day_month"),
            bench_url(
                found,
                bench.look,
                queue=bench.queue.id,
                day=first.isoformat(),
                _anchor="days",
            ),
            first == bench.stretch.table_first,
        )
        for first in firsts
    ]


def method_rows(
    bench: "Bench", chosen: ForecastQueue, tested: Sequence[Tested]
) -> list[MethodRow]:
    """Each method with its errors by horizon and what it expects, the best known first.

    Forecasts from before the methods' figures were kept show their errors alone.
    """
    errors = {(row.method, row.horizon): row.wape for row in tested}
    expected = {line.method: float(line.totals.sum()) for line in bench.lines}
    return [
        MethodRow(
            method=method.value,
            name=words.METHOD_NAMES[method],
            errors=[errors.get((method.value, horizon)) for horizon in Horizon],
            expected=expected.get(method.value),
            is_drawn=method.value in bench.look.methods,
            is_used=method.value == chosen.method,
        )
        for method in reversed(Method)
        if method.value in expected
        or any((method.value, horizon) in errors for horizon in Horizon)
    ]


def change_lines(
    found: Forecast, changes: Sequence[Change], names: dict[int, str]
) -> list[ChangeLine]:
    """The changes by hand in words, latest first."""
    from callcenter.forecasting.views.workbench.slots import clock_text

    user_id = current_actor().user_id
    lines = []
    for each in reversed(changes):
        when = filters.day(each.day, "weekday_day")
        if (each.first_slot, each.end_slot) != (0, found.n_slots):
            start = clock_text(each.first_slot, found.interval_s)
            when += f" {start}–{clock_text(each.end_slot, found.interval_s)}"
        what = _(
            "%(before)s → %(total)s contacts",
            before=filters.number(whole(each.before)),
            total=filters.number(whole(each.total)),
        )
        who = names.get(each.made_by_id or 0, "")
        is_own = user_id is not None and each.made_by_id == user_id
        lines.append(ChangeLine(when, what, who, each, is_own))
    return lines


def note_choices(
    found: Forecast, chosen: ForecastQueue, day: date
) -> list[tuple[str, object]]:
    """What a comment may be about."""
    name = chosen.queue.name
    about: list[tuple[str, object]] = [
        ("day", f"{filters.day(day, 'weekday_day')}, {name}"),
        ("queue", _("%(name)s, all days", name=name)),
    ]
    if len(found.queues) > 1:
        about.append(("forecast", _("The whole forecast")))
    return about
