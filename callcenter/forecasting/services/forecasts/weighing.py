"""What a proposal would move beside what is approved, changes by hand included."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from math import sqrt
from typing import Any

from callcenter.forecasting import queries
from callcenter.forecasting.models import Forecast, ForecastKind, Proposal
from callcenter.forecasting.services.forecasts.days import first_day_ahead
from callcenter.kernel.db import db

_MOST_MOVES = 400
_BY_CHANCE = 2.0  # deviations of a Poisson count
Totals = dict[tuple[int, date], float]
DaySums = Mapping[date, tuple[float, int]]


def weigh(forecast: Forecast, proposal: Proposal, notable: float) -> None:
    """Compare a proposal with what is approved, week by week."""
    first = first_day_ahead(forecast)
    last = forecast.first_day + timedelta(days=forecast.n_days - 1)
    before = queries.ruling_totals(forecast.project_id, first, last)
    after: Totals = {}
    if before:
        ends = max(day for _queue_id, day in before)
        after = queries.totals_of(forecast.id, first, ends)
    moves, most = find_moves(before, after, notable)
    proposal.notable_share, proposal.moves, proposal.most = notable, moves, most
    known = {key: total for key, total in before.items() if key in after}
    proposal.weeks = _weeks(known, queries.day_sums(forecast.id, first))


def weigh_again(forecast: Forecast) -> None:
    """Let the proposal of a weekly forecast follow what was changed by hand."""
    if forecast.kind is not ForecastKind.REFRESH:
        return
    proposal = queries.find_proposal(forecast.id)
    if proposal is not None:
        weigh(forecast, proposal, proposal.notable_share)
        db.session.flush()


def find_moves(
    before: Totals, after: Totals, notable: float
) -> tuple[list[list[Any]], float | None]:
    """The weeks of queues that move, the furthest first, and the largest share.

    Only days that both know are compared. A week moves when its total changes by more
    than the notable share of it and by more than chance would: two deviations of a
    Poisson count. Returns rows of queue, Monday, before and after; the share is None
    when there is nothing to compare.
    """
    sums: dict[tuple[int, date], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (queue_id, day), total in before.items():
        if (queue_id, day) in after:
            week = sums[queue_id, _monday(day)]
            week[0] += total
            week[1] += after[queue_id, day]
    if not sums:
        return [], None
    moves, most = [], 0.0
    for (queue_id, monday), (was, will) in sums.items():
        change = abs(will - was)
        if change <= _BY_CHANCE * sqrt(max(was, will)):
            continue
        most = max(most, change / was if was else 1.0)
        if change > notable * was:
            row = [queue_id, monday.isoformat(), round(was, 1), round(will, 1)]
            moves.append((change, row))
    moves.sort(key=lambda each: (-each[0], each[1]))
    return [row for _change, row in moves[:_MOST_MOVES]], most


def _weeks(before: Totals, after: DaySums) -> list[list[Any]]:
    """Totals of all queues by week; what is approved only where all of it is known."""
    was: dict[date, float] = defaultdict(float)
    n_known: dict[date, int] = defaultdict(int)
    for (_queue_id, day), total in before.items():
        was[_monday(day)] += total
        n_known[_monday(day)] += 1
    will: dict[date, float] = defaultdict(float)
    n_all: dict[date, int] = defaultdict(int)
    for day, (total, n_queues) in after.items():
        will[_monday(day)] += total
        n_all[_monday(day)] += n_queues
    return [
        [
            monday.isoformat(),
            round(was[monday], 1) if n_known[monday] == n_all[monday] else None,
            round(total, 1),
        ]
        for monday, total in sorted(will.items())
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
