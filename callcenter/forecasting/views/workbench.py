"""The workbench of one queue of a forecast: look, compare, change, comment."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.engine.forecasting import Method
from callcenter.forecasting import queries
from callcenter.forecasting.forms import AdjustForm, NoteForm
from callcenter.forecasting.models import (
    Adjustment,
    Forecast,
    ForecastQueue,
    ForecastStatus,
    Horizon,
)
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.queries import DayTotal, Tested
from callcenter.forecasting.views import words
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import Job, find_live_job
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import CalendarDay, Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.forms import choices
from callcenter.web.pages import render

HISTORY_DAYS = 42
TABLE_DAYS = 28
LIKE_DAYS = 3
_MUTED = ("var(--chart-3)", "var(--chart-4)", "var(--chart-5)")


class DayRow(NamedTuple):
    """One line of the table of days."""

    day: date
    special: str
    model_total: float
    total: float
    aht_s: float | None
    actual: int | None
    url: str
    is_chosen: bool

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


@bp.get("/forecasts/<int:forecast_id>")
@permission_required(Permission.VIEW_FORECASTS)
def forecast(forecast_id: int) -> ResponseReturnValue:
    """Show one queue of a forecast, or how far its making has come."""
    found = queries.get_forecast(
        forecast_id, current_actor().scope(Permission.VIEW_FORECASTS)
    )
    return page(found)


def page(
    found: Forecast,
    status: int = 200,
    form: AdjustForm | None = None,
    *,
    refused: Mapping[date, str] | None = None,
) -> ResponseReturnValue:
    """The page of a forecast; with a form that was refused, what was typed in it.

    ``refused`` says why days of the table were refused; what was typed there stays.
    """
    refused = refused or {}
    job = _live_job(found)
    if not found.is_ready:
        return render("forecasting/forecast.html", forecast=found, job=job, words=words)
    chosen = _chosen_queue(found)
    day = _chosen_day(found) if not refused else min(refused)
    days = queries.day_rows(found.id, chosen.queue_id, day)
    findings, tested = queries.evidence(found.id, chosen.queue_id)
    first_row = (day - found.first_day).days // TABLE_DAYS * TABLE_DAYS
    earliest = min(found.first_day, clock.today(found.tz)) - timedelta(HISTORY_DAYS)
    came = queries.fact_days(chosen.queue, earliest, days[-1].day)
    changes = queries.adjustments(found.id, chosen.queue_id)
    notes = queries.notes(found.id)
    names = queries.user_names(
        [
            found.made_by_id,
            found.approved_by_id,
            *(each.made_by_id for each in changes),
            *(each.made_by_id for each in notes),
        ]
    )
    may_adjust = _may_adjust(found)
    return render(
        "forecasting/forecast.html",
        status,
        forecast=found,
        job=job,
        words=words,
        chosen=chosen,
        day=day,
        tabs=_tabs(found, chosen.queue_id),
        days_chart=_days_chart(days, came),
        day_chart=_day_chart(found, chosen.queue, days, day),
        rows=_day_rows(found, chosen.queue, days, came, first_row, day),
        pages=_pages(found, days, first_row),
        scores=_scores(tested),
        horizons=list(words.HORIZON_NAMES.items()),
        findings=[words.finding_sentence(each) for each in findings[:12]],
        found_in_history=findings,
        changes=_change_lines(found, changes, names),
        notes=notes,
        names=names,
        form=form or adjust_form(found, days, day),
        refused=refused,
        typed=request.form if refused else {},
        note_form=NoteForm(formdata=None),
        may_adjust=may_adjust,
        expected=sum(row.total for row in days),
        workload_h=sum(row.workload_s for row in days) / 3600,
    )


def _live_job(found: Forecast) -> Job | None:
    """The work under way: of what is being made, or waits for its approval."""
    is_open = not found.is_ready or found.status is ForecastStatus.DRAFT
    return find_live_job(f"forecasting_forecast:{found.id}") if is_open else None


def _may_adjust(found: Forecast) -> bool:
    is_draft = found.status is ForecastStatus.DRAFT
    return is_draft and current_actor().may(Permission.ADJUST_FORECAST)


def _chosen_queue(found: Forecast) -> ForecastQueue:
    named = (request.view_args or {}).get("queue_id")
    asked = named or request.args.get("queue", type=int)
    if asked is None:
        return found.queues[0]
    for row in found.queues:
        if row.queue_id == asked:
            return row
    raise NotFound(queue_id=asked)


def _chosen_day(found: Forecast) -> date:
    last = found.first_day + timedelta(days=found.n_days - 1)
    named = (request.view_args or {}).get("day")
    try:
        asked = date.fromisoformat(named or request.args.get("day", ""))
    except ValueError:
        asked = clock.today(found.tz)
    return min(max(asked, found.first_day), last)


def _tabs(found: Forecast, queue_id: int) -> list[tuple[str, str, bool]]:
    return [
        (
            row.queue.name,
            url_for("forecasting.forecast", forecast_id=found.id, queue=row.queue_id),
            row.queue_id == queue_id,
        )
        for row in found.queues
    ]


def _days_chart(days: Sequence[DayTotal], came: dict[date, int]) -> Chart:
    """Weeks of history, the days ahead, and what came in on them so far."""
    first = min([days[0].day, *came])
    n = (days[-1].day - first).days + 1
    all_days = [first + timedelta(days=each) for each in range(n)]
    planned = {row.day: row.total for row in days}
    model = {row.day: row.model_total for row in days}
    series = [
        Series(_("Came in"), [came.get(day) for day in all_days]),
        Series(_("Forecast"), [_rounded(planned.get(day)) for day in all_days]),
    ]
    if any(abs(row.total - row.model_total) > 0.05 for row in days):
        before = [_rounded(model.get(day)) for day in all_days]
        series.append(Series(_("Before changes"), before, is_dashed=True))
    return line_chart(
        _("Contacts a day"),
        [filters.day(day, "weekday_day") for day in all_days],
        series,
        first_column=_("Day"),
    )


def _day_chart(
    found: Forecast, queue: Queue, days: Sequence[DayTotal], day: date
) -> Chart | None:
    """One day by interval: forecast with band, what came in, and like days before."""
    row = next((each for each in days if each.day == day), None)
    if row is None:
        return None
    weeks = min(LIKE_DAYS, 3)
    first = day - timedelta(days=7 * weeks)
    from callcenter.engine.intervals import day_grid

    grid = day_grid(first, 7 * weeks + 1, zone=found.tz, interval_s=found.interval_s)
    volumes = queries.actual_volume(queue, grid)
    busy = _busy_slots(row.upper, volumes)
    labels = [_clock(slot, found.interval_s) for slot in busy]

    def cut(values: Any) -> list[float]:
        return [round(float(values[slot]), 1) for slot in busy]

    series = [
        Series(
            _("Forecast"),
            cut(row.planned),
            lower=cut(row.lower),
            upper=cut(row.upper),
        )
    ]
    if volumes[-1].any():
        series.append(Series(_("Came in"), cut(volumes[-1])))
    for weeks_ago, colour in zip(range(1, weeks + 1), _MUTED, strict=False):
        like = volumes[-1 - 7 * weeks_ago]
        if like.any():
            name = filters.day(day - timedelta(days=7 * weeks_ago), "day_month")
            series.append(Series(name, cut(like), is_dashed=True, colour=colour))
    share = filters.percent(found.level, 0)
    return line_chart(
        filters.day(day, "full"),
        labels,
        series,
        first_column=_("Interval"),
        summary=_("The band should hold %(share)s of the outcomes.", share=share),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _busy_slots(upper: Any, volumes: Any) -> list[int]:
    """The slots from the first to the last in which anything happens."""
    active = ((upper > 0.0) | volumes.any(axis=0)).nonzero()[0]
    if not active.size:
        return list(range(len(upper)))
    return list(range(int(active[0]), int(active[-1]) + 1))


def _clock(slot: int, interval_s: int) -> str:
    minutes = slot * interval_s // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day_rows(
    found: Forecast,
    queue: Queue,
    days: Sequence[DayTotal],
    came: dict[date, int],
    first_row: int,
    chosen: date,
) -> list[DayRow]:
    part = days[first_row : first_row + TABLE_DAYS]
    calendar = project_queries.days_of_project(found.project, part[0].day, part[-1].day)
    special: dict[date, list[str]] = {}
    for each in calendar:
        special.setdefault(each.day, []).append(_day_name(each))
    return [
        DayRow(
            day=row.day,
            special=", ".join(special.get(row.day, ())),
            model_total=row.model_total,
            total=row.total,
            aht_s=row.workload_s / row.total if row.total else None,
            actual=came.get(row.day),
            url=url_for(
                "forecasting.forecast",
                forecast_id=found.id,
                queue=queue.id,
                day=row.day.isoformat(),
                _anchor="day",
            ),
            is_chosen=row.day == chosen,
        )
        for row in part
    ]


def _day_name(row: CalendarDay) -> str:
    is_chinese = filters.locale().language == "zh"
    return row.name_zh if is_chinese and row.name_zh else row.name


def _pages(
    found: Forecast, days: Sequence[DayTotal], first_row: int
) -> list[tuple[str, str, bool]]:
    """Links to four weeks of days each."""
    if len(days) <= TABLE_DAYS:
        return []
    return [
        (
            filters.day(days[start].day, "day_month"),
            url_for(
                "forecasting.forecast",
                forecast_id=found.id,
                queue=request.args.get("queue"),
                day=days[start].day.isoformat(),
                _anchor="days",
            ),
            start == first_row,
        )
        for start in range(0, len(days), TABLE_DAYS)
    ]


def _scores(rows: Sequence[Tested]) -> list[tuple[object, list[float | None], bool]]:
    """Each method with its error by horizon, and whether it is the naive one."""
    found = {(row.method, row.horizon): row.wape for row in rows}
    return [
        (
            words.METHOD_NAMES[method],
            [found.get((method.value, horizon)) for horizon in Horizon],
            method is Method.NAIVE,
        )
        for method in reversed(Method)
        if any((method.value, horizon) in found for horizon in Horizon)
    ]


def _change_lines(
    found: Forecast, changes: Sequence[Adjustment], names: dict[int, str]
) -> list[tuple[str, str, str, Adjustment]]:
    lines = []
    for each in reversed(changes):
        when = filters.day(each.day, "weekday_day")
        if (each.first_slot, each.end_slot) != (0, found.n_slots):
            start = _clock(each.first_slot, found.interval_s)
            when += f" {start}–{_clock(each.end_slot, found.interval_s)}"
        what = _(
            "%(before)s → %(total)s contacts",
            before=filters.number(round(each.before)),
            total=filters.number(round(each.total)),
        )
        lines.append((when, what, names.get(each.made_by_id or 0, ""), each))
    return lines


def adjust_form(
    found: Forecast, days: Sequence[DayTotal] = (), day: date | None = None
) -> AdjustForm:
    """The form that changes a day, with its present total."""
    form = AdjustForm()
    n = found.n_slots
    times = [(slot, _clock(slot, found.interval_s)) for slot in range(n + 1)]
    form.starts.choices = choices(times[:-1])
    form.ends.choices = choices(times[1:])
    if request.method != "POST":
        form.starts.data, form.ends.data = 0, n
        total = next((row.total for row in days if row.day == day), None)
        form.total.data = None if total is None else round(total, 1)
    return form
