"""What this room puts on the first page: the service of the week, and one's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import url_for

from callcenter.acd import queries
from callcenter.acd.metrics import Better, Dimension, Metric, Unit, catalogue
from callcenter.acd.permissions import Permission
from callcenter.acd.queries import Question
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _
from callcenter.people.models import Employee
from callcenter.web import filters
from callcenter.web.home_page import Figure, Part

WEEK = timedelta(days=7)
SERVICE = ("offered", "sl_offered", "abandon_rate", "aht_s")
OWN = ("handled", "aht_s", "transfer_rate", "contacts_per_hour")
# Differences below this share say nothing.
NOTABLE = 0.01


def service_of_the_week() -> Part | None:
    """The last seven full days within the reader's reach, beside the seven before."""
    scope = current_actor().scope(Permission.VIEW_FIGURES)
    now = replace(_last_week(SERVICE), scope=scope)
    before = now.shifted(now.first - WEEK, now.last - WEEK)
    figures = _figures(now, before, _("than the week before"))
    if not figures:
        return None
    return Part(
        title=_("Service of the last seven days"),
        figures=figures,
        more_label=_("Figures"),
        more_url=url_for("acd.figures"),
        is_wide=True,
    )


def own_figures() -> Part | None:
    """The agent's own last seven days, beside those of the team.

    Nothing for who looks after others' figures: they take no contacts, or few.
    """
    actor = current_actor()
    employee_id = None if actor.may(Permission.VIEW_FIGURES) else actor.employee_id
    employee = db.session.get(Employee, employee_id) if employee_id else None
    if employee is None or employee.team_id is None:
        return None
    week = replace(_last_week(OWN), scope=EVERYTHING)
    mine = replace(week, filters={Dimension.AGENT: frozenset({employee.id})})
    team = replace(week, filters={Dimension.TEAM: frozenset({employee.team_id})})
    figures = _figures(mine, team, _("than the team"), absolute={"handled"})
    if not figures:
        return None
    return Part(title=_("My last seven days"), figures=figures)


def _last_week(codes: Sequence[str]) -> Question:
    today: date = clock.today(ZoneInfo(current_actor().zone))
    metrics = [catalogue.metrics[code] for code in codes]
    return Question(metrics, first=today - WEEK, last=today - timedelta(days=1))


def _figures(
    question: Question,
    other: Question,
    note: str,
    *,
    absolute: frozenset[str] | set[str] = frozenset(),
) -> list[Figure]:
    here, there = queries.answer(question), queries.answer(other)
    figures = []
    for metric in question.metrics:
        value = here.value(metric)
        if value is None:
            continue
        compared = None if metric.code in absolute else there.value(metric)
        figures.append(_figure(metric, value, compared, note))
    return figures


def _figure(metric: Metric, value: float, other: float | None, note: str) -> Figure:
    label, shown = str(metric.name), _shown(metric, value)
    if other is None:
        return Figure(label, shown)
    difference = value - other
    is_notable = abs(difference) > NOTABLE * abs(other)
    return Figure(
        label,
        shown,
        delta=_shown_difference(metric, difference, other),
        delta_tone=_tone(metric, difference) if is_notable else "neutral",
        delta_note=note,
    )


def _tone(metric: Metric, difference: float) -> str:
    if metric.better is Better.NEUTRAL:
        return "neutral"
    is_better = (difference > 0) == (metric.better is Better.HIGHER)
    return "success" if is_better else "danger"


def _shown(metric: Metric, value: float) -> str:
    match metric.unit:
        case Unit.SHARE:
            return filters.percent(value)
        case Unit.SECONDS:
            return filters.clock(value)
        case Unit.COUNT:
            return filters.number(value, 0)
        case _:
            return filters.number(value, 1)


def _shown_difference(metric: Metric, difference: float, other: float) -> str:
    match metric.unit:
        case Unit.SHARE:
            return _("%(points)s points", points=filters.signed(100 * difference, 1))
        case Unit.SECONDS:
            return _("%(seconds)s s", seconds=filters.signed(difference, 0))
        case _ if other:
            return f"{filters.signed(100 * difference / other, 0)}%"
        case _:
            return filters.signed(difference, 1)
