"""Agents by skill group, where the queues of a forecast share people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ForecastNotReady
from callcenter.forecasting.models import Forecast, StudyKind
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.requirements.chance_steps import local_times
from callcenter.forecasting.views.requirements.requirement import day_of
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.pages import render, see_other

_DAYS_SHOWN = 5


class GroupLine(NamedTuple):
    """A skill group: its queues, its people, what the day asks and what it would take.

    ``most`` of the people can be on contacts at once; ``n_missing`` more are needed at
    the peak.
    """

    name: str
    n_people: int
    most: int
    peak: float
    hours: float
    agents: Sequence[float]
    needed: float
    n_missing: int


class QueueLine(NamedTuple):
    """A queue: its promises, and what it gets with the groups and by itself.

    ``n_met`` of its ``n_open`` intervals keep the target; ``n_missed`` surely do not.
    ``broken`` names the other promises that the day breaks.
    """

    name: str
    figures: Mapping[str, Any]
    least: float | None
    verdict: tuple[str, str]
    broken: Sequence[str]


@bp.get("/forecasts/<int:forecast_id>/skills")
@permission_required(Permission.VIEW_FORECASTS)
def skills(forecast_id: int) -> ResponseReturnValue:
    """Show the agents by skill group that a day needs, or offer to search them."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    forecast = queries.get_forecast(forecast_id, scope)
    if not forecast.is_ready:
        raise ForecastNotReady(forecast_id=forecast_id)
    busiest = _busiest_days(forecast)
    asked = request.args.get("day")
    day = day_of(forecast, asked) if asked else busiest[0]
    study = queries.studies_of_day(forecast.id, None, day).get(StudyKind.SKILLS)
    given = services.Premises.read(forecast, day, day)
    found: dict[str, Any] = {}
    if study is not None and "n_judged" not in study.figures:
        study = None  # an earlier version searched it and did not judge it
    if study is not None:
        found = _found(forecast, day, study.figures)
        now = services.premises_of_skills(forecast, day, given)
        found["is_outdated"] = study.premises != now
    return render(
        "forecasting/skills.html",
        forecast=forecast,
        day=day,
        days=[
            (
                filters.day(each, "weekday_day"),
                url_for(
                    "forecasting.skills",
                    forecast_id=forecast.id,
                    day=each.isoformat(),
                ),
                each == day,
            )
            for each in sorted({*busiest, day})
        ],
        n_queues=len(services.shared_queues(forecast, given.assumptions)),
        study=study,
        job=find_live_job(
            services.subject_of(StudyKind.SKILLS, forecast.id, None, day)
        ),
        may_study=current_actor().may(Permission.MAKE_FORECAST),
        **found,
    )


def _busiest_days(forecast: Forecast) -> list[date]:
    """The days with most work, the busiest first."""
    days = queries.workload_by_day(forecast.id)
    ranked = sorted(days, key=lambda day: -days[day]) or [forecast.first_day]
    return ranked[:_DAYS_SHOWN]


def _found(forecast: Forecast, day: date, figures: Mapping[str, Any]) -> dict[str, Any]:
    names = {row.queue_id: row.queue.name for row in forecast.queues}
    length_h = forecast.interval_s / 3600
    groups = [_group_line(group, names, length_h) for group in figures["groups"]]
    queues = [
        _queue_line(names.get(queue_id, "–"), line)
        for queue_id, line in zip(figures["queue_ids"], figures["queues"], strict=True)
    ]
    labels = local_times(forecast, day, figures["places"])
    per_row = max(1, 1800 // forecast.interval_s)
    together = [sum(each) for each in zip(*(g.agents for g in groups), strict=True)]
    return {
        "groups": groups,
        "queues": queues,
        "hours": {
            "groups": sum(together) * length_h,
            "pooled": sum(figures["pooled"]) * length_h,
            "separate": sum(figures["separate"]) * length_h,
        },
        "peaks": {
            "groups": max(together, default=0.0),
            "pooled": max(figures["pooled"], default=0.0),
            "separate": max(figures["separate"], default=0.0),
        },
        "is_enough": figures["is_enough"],
        "keeps_all": all(map(_keeps_all, queues)),
        "short": [each for each in groups if each.n_missing],
        "chart": _chart(labels, together, figures),
        "heat": [
            (
                labels[first],
                [max(group.agents[first : first + per_row]) for group in groups],
            )
            for first in range(0, len(labels), per_row)
        ],
        "n_simulated": figures["n_simulated"],
        "n_judged": figures["n_judged"],
    }


def _group_line(
    group: Mapping[str, Any], names: Mapping[int, str], length_h: float
) -> GroupLine:
    needed = max(group["needed"], default=0.0)
    return GroupLine(
        " + ".join(names.get(each, "–") for each in group["queue_ids"]),
        group["n_people"],
        group["most"],
        max(group["agents"], default=0.0),
        sum(group["agents"]) * length_h,
        group["agents"],
        needed,
        max(0, round(needed) - group["most"]),
    )


def _queue_line(name: str, line: Mapping[str, Any]) -> QueueLine:
    known = [each for each in line["sl"] if each is not None]
    broken, verdict = list(_broken(line)), _verdict(line)
    if broken and verdict[1] == "success":
        verdict = _("only the service level"), "warning"
    return QueueLine(name, line, min(known, default=None), verdict, broken)


def _keeps_all(line: QueueLine) -> bool:
    """Whether the day keeps every promise and no interval surely misses its own."""
    return (
        line.verdict[1] == "success"
        and not line.broken
        and not line.figures["n_missed"]
    )


def _verdict(line: Mapping[str, Any]) -> tuple[str, str]:
    """What the simulated days say of the day's target, and the colour of it.

    Only what the whole interval of confidence says is said to be so.
    """
    target = line["target"]
    if (line["sl_day_lower"] or 0.0) >= target:
        return _("met"), "success"
    if (line["sl_day_upper"] or 0.0) < target:
        return _("missed"), "danger"
    return _("too close to tell"), "warning"


def _broken(line: Mapping[str, Any]) -> Iterator[str]:
    """The other promises that the mean day breaks."""
    asa_s, abandon = line["asa_day_s"], line["abandon_day"]
    if line["max_asa_s"] and asa_s is not None and asa_s > line["max_asa_s"]:
        yield _(
            "ASA %(got)s, at most %(most)s promised",
            got=filters.duration(asa_s),
            most=filters.duration(line["max_asa_s"]),
        )
    if line["max_abandon"] and abandon is not None and abandon > line["max_abandon"]:
        yield _(
            "abandoned %(got)s, at most %(most)s promised",
            got=filters.percent(abandon),
            most=filters.percent(line["max_abandon"]),
        )


def _chart(
    labels: Sequence[str], together: Sequence[float], figures: Mapping[str, Any]
) -> Chart:
    return line_chart(
        _("Agents of all groups"),
        labels,
        [
            Series(_("Skill groups, simulated"), together),
            Series(
                _("If everybody could take everything"),
                figures["pooled"],
                is_dashed=True,
            ),
            Series(_("If nobody shared"), figures["separate"], is_dashed=True),
        ],
        first_column=_("Interval"),
    )


@bp.post("/forecasts/<int:forecast_id>/days/<day>/skills")
@permission_required(Permission.MAKE_FORECAST)
def staff_skills(forecast_id: int, day: str) -> ResponseReturnValue:
    """Ask for the agents by skill group of a day."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        forecast = queries.get_forecast(forecast_id, scope)
        if not forecast.is_ready:
            raise ForecastNotReady(forecast_id=forecast_id)
        on = day_of(forecast, day)
        services.request_study(StudyKind.SKILLS, forecast, None, on)
    return see_other("forecasting.skills", forecast_id=forecast_id, day=on.isoformat())
