"""What the steps of a chance page promise and cost, as words and pictures."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import (
    Assumption,
    Forecast,
    Study,
)
from callcenter.forecasting.permissions import Permission
from callcenter.kernel.actor import current_actor
from callcenter.kernel.text import _, _l, _n
from callcenter.projects.models import ServiceTarget
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart

PROMISES = {
    "sl": _l("Service level"),
    "asa": _l("ASA"),
    "abandon": _l("Abandoned"),
    "occupancy": _l("Occupancy"),
}


class Money(NamedTuple):
    """What an hour costs and what a missed day does, in a currency, and whence."""

    hour_cost: Decimal | None
    penalty: Decimal | None
    currency: str
    is_average: bool


def promise_lines(target: ServiceTarget | None) -> list[tuple[str, str]]:
    """The promises that a day or a week is held to."""
    if target is None:
        return []
    lines = [
        (
            _("Service target"),
            _(
                "%(share)s within %(seconds)s s",
                share=filters.percent(target.sl_target, 0),
                seconds=target.sl_threshold_s,
            ),
        )
    ]
    if target.max_asa_s:
        lines.append((_("ASA at most"), filters.duration(target.max_asa_s)))
    if target.max_abandon_rate:
        most = filters.percent(target.max_abandon_rate)
        lines.append((_("Abandoned at most"), most))
    if target.max_occupancy:
        lines.append((_("Occupancy at most"), filters.percent(target.max_occupancy, 0)))
    return lines


def shown_steps(
    forecast: Forecast, own: Assumption, day: date, study: Study
) -> dict[str, Any]:
    """The steps with their money, the ones worth choosing, and both pictures."""
    money = _money(forecast, own, day)
    steps = services.priced(study.figures, money.hour_cost, money.penalty)
    share = own.safety_share
    now = min(steps, key=lambda each: abs(each.share - share))
    sure, cheap = services.least_for(steps, services.SURE), services.cheapest(steps)
    names = [name for name in PROMISES if name in steps[0].chances]
    return {
        "steps": steps,
        "money": money,
        "now": now,
        "is_now_exact": abs(now.share - share) < 0.5 / study.figures["peak"],
        "sure": sure,
        "cheapest": cheap,
        "edges": list(_edges(steps, sure, cheap)),
        "names": [(name, PROMISES[name]) for name in names] if len(names) > 1 else [],
        "peak": study.figures["peak"],
        "day_cv": study.figures.get("day_cv"),
        "day_note": _day_note(study.figures),
        "n_days": study.figures["n_days"],
        "n_queues": study.figures["n_queues"],
        "chart": _curve(steps),
        "cost_chart": _costs(steps, money),
        "heat_columns": [filters.signed(step.n_more, 0) for step in steps],
        "sentence": _sentence(sure, money),
    }


def _day_note(figures: dict[str, Any]) -> str:
    """How far a day lies from its forecast, and where on average."""
    shift = figures.get("day_shift", 1.0) - 1.0
    if abs(shift) < 0.001:
        return _("standard deviation of a day")
    sign = "+" if shift > 0 else "−"
    return _(
        "standard deviation of a day; on average %(shift)s come, as the band says",
        shift=sign + filters.percent(abs(shift)),
    )


def _edges(
    steps: "Sequence[services.Step]",
    sure: "services.Step | None",
    cheap: "services.Step | None",
) -> Iterator[str]:
    """Answers at the edge of what was tried: beyond it there may be a better one."""
    most, least = (
        filters.signed(steps[-1].n_more, 0),
        filters.signed(steps[0].n_more, 0),
    )
    if sure is None:
        yield _(
            "Even %(most)s agents, the most that were tried, keep the promises with a "
            "chance of %(share)s only. Look at the promises one by one: a limit on "
            "occupancy or a band that is very wide may stand in the way.",
            most=most,
            share=filters.percent(steps[-1].chance, 0),
        )
    elif sure is steps[0]:
        yield _(
            "Even %(least)s agents, the fewest that were tried, are sure nine times in "
            "ten: still fewer may do.",
            least=least,
        )
    if cheap is not None and cheap is steps[-1]:
        yield _(
            "The cheapest is the most that was tried, %(most)s: still more may be "
            "cheaper.",
            most=most,
        )


def heat_of(
    steps: "Sequence[services.Step]", starts: Sequence[str], per_row: int
) -> list[tuple[str, list[float]]]:
    """The least chance of each half-hour, a column for each step."""
    return [
        (
            starts[first],
            [min(step.intervals[first : first + per_row]) for step in steps],
        )
        for first in range(0, len(starts), per_row)
    ]


def _money(forecast: Forecast, own: Assumption, day: date) -> Money:
    """What the reader may know of it: pay only with the permission for money."""
    currency = forecast.project.currency
    actor = current_actor()
    sees_pay = actor.may(Permission.VIEW_CAPACITY_COSTS)
    if not sees_pay and not actor.may(Permission.EDIT_ASSUMPTIONS):
        return Money(None, None, currency, is_average=False)
    cost, is_average = own.paid_hour_cost, False
    if cost is None and sees_pay:
        cost = queries.average_hour_cost(forecast.project_id, currency, day)
        is_average = cost is not None
    return Money(cost, own.missed_day_penalty, currency, is_average)


def _sentence(step: "services.Step | None", money: Money) -> str:
    """The choice in words: 90 % sure: +4 agents, +1,120 CNY a day."""
    if step is None:
        return _(
            "Even the most agents tried are not %(share)s sure.",
            share=filters.percent(services.SURE, 0),
        )
    agents = _n(
        "%(more)s agent at the peak",
        "%(more)s agents at the peak",
        abs(step.n_more),
        more=filters.signed(step.n_more, 0),
    )
    sure = filters.percent(step.chance, 0)
    if step.cost is None:
        return _("%(share)s sure: %(agents)s.", share=sure, agents=agents)
    sign = "+" if step.cost > 0 else ""
    cost = sign + filters.money(step.cost, money.currency)
    return _(
        "%(share)s sure: %(agents)s, %(cost)s.",
        share=sure,
        agents=agents,
        cost=cost,
    )


def local_times(forecast: Forecast, day: date, places: Sequence[int]) -> list[str]:
    """The local times of the day's intervals."""
    zone = forecast.tz
    start = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
    times = [start + place * forecast.interval_s for place in places]
    return [f"{datetime.fromtimestamp(each, zone):%H:%M}" for each in times]


def _curve(steps: "Sequence[services.Step]") -> Chart:
    """The chance that everything promised is kept, and what stands beside it."""
    series = [
        Series(
            _("All promises"),
            [step.chance for step in steps],
            lower=[step.lower for step in steps],
            upper=[step.upper for step in steps],
        )
    ]
    names = [name for name in PROMISES if name in steps[0].chances]
    if len(names) > 1:
        series += [
            Series(str(PROMISES[name]), [step.chances[name] for step in steps])
            for name in names
        ]
    if steps[0].interval_share is not None:
        values = [step.interval_share for step in steps]
        series.append(Series(_("An interval"), values, is_dashed=True))
    if steps[0].alike is not None:
        values = [step.alike for step in steps]
        series.append(Series(_("All days miss alike"), values, is_dashed=True))
    return line_chart(
        _("Chance that the promises are kept"),
        [filters.signed(step.n_more, 0) for step in steps],
        series,
        style="percent",
        target=services.SURE,
        first_column=_("Agents more at the peak"),
    )


def _costs(steps: "Sequence[services.Step]", money: Money) -> Chart | None:
    """Hours and penalty against each other; None where either is not known."""
    if money.hour_cost is None or money.penalty is None:
        return None
    return line_chart(
        _("Cost, %(currency)s", currency=money.currency),
        [filters.signed(step.n_more, 0) for step in steps],
        [
            Series(_("Paid hours more"), [float(step.cost or 0) for step in steps]),
            Series(_("Expected penalty"), [float(step.penalty or 0) for step in steps]),
            Series(
                _("Together"),
                [float(step.total or 0) for step in steps],
                is_dashed=True,
            ),
        ],
        starts_at_zero=False,
        first_column=_("Agents more at the peak"),
    )
