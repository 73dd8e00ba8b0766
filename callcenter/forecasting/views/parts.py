"""What this room puts on the first page: expected against counted, this week."""

from flask import url_for

from callcenter.forecasting import queries
from callcenter.forecasting.permissions import Permission
from callcenter.kernel.actor import current_actor
from callcenter.kernel.text import _
from callcenter.web import filters
from callcenter.web.home_page import Line, Part

MOST_LINES = 6
_FAR, _NOTABLE = 0.15, 0.08


def planned_and_actual() -> Part | None:
    """The week so far of each project, the furthest from its forecast first."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    weeks = [each for each in queries.week_so_far(scope) if each.expected]
    if not weeks:
        return None
    weeks.sort(key=lambda each: abs(_miss(each) or 0.0), reverse=True)
    return Part(
        title=_("Forecast and what came, this week"),
        lines=[_line(each) for each in weeks[:MOST_LINES]],
        more_label=_("Accuracy"),
        more_url=url_for("forecasting.accuracy"),
    )


def _miss(week: queries.WeekSoFar) -> float | None:
    if not week.expected or not week.actual:
        return None
    return week.actual / week.expected - 1.0


def _line(week: queries.WeekSoFar) -> Line:
    miss = _miss(week)
    today = _(
        "today %(actual)s of %(expected)s so far",
        actual=filters.number(round(week.actual_today)),
        expected=filters.number(round(week.expected_today)),
    )
    text = _(
        "%(project)s: %(actual)s of %(expected)s expected",
        project=week.name,
        actual=filters.number(round(week.actual)),
        expected=filters.number(round(week.expected)),
    )
    far = abs(miss or 0.0)
    tone = "danger" if far > _FAR else "warning" if far > _NOTABLE else "success"
    return Line(
        text=text,
        url=url_for("forecasting.forecasts", q=week.name),
        reason=today,
        badge="" if miss is None else _signed_share(miss),
        tone=tone,
    )


def _signed_share(share: float) -> str:
    sign = "" if round(share, 2) == 0 else "+" if share > 0 else "−"
    return sign + filters.percent(abs(share), 0)
