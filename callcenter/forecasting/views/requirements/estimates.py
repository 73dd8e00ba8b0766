"""The requirement of a day by interval: three estimates, and what really happened."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from callcenter.acd.queries import interval_history
from callcenter.forecasting import queries
from callcenter.forecasting.models import Forecast, StaffingModel
from callcenter.kernel import clock
from callcenter.kernel.text import _, _l
from callcenter.projects.models import Direction, Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.tables import Column

if TYPE_CHECKING:
    from callcenter.forecasting.services import QueueRequirement

NOT_SIMULATED = frozenset({StaffingModel.DEFERRED, StaffingModel.WORKLOAD})


_SUMS = (
    *("offered", "answered", "abandoned", "answered_in_threshold"),
    *("handle_s", "wait_answered_s"),
)


class IntervalRow(NamedTuple):
    """One interval of the requirement, as the table and the export show it."""

    queue: str
    day: date
    at: str
    interval_start: str
    offered: float
    aht_s: float
    load_erlangs: float
    required_c: float | None
    required_a: float | None
    required_agents: float
    safety_agents: float
    scheduled_agents: float
    sl: float | None
    asa_s: float | None
    occupancy: float | None
    abandon_rate: float | None
    backlog: float | None


COLUMNS = (
    Column("queue", _l("Queue")),
    Column("day", _l("Day"), style="date"),
    Column("at", _l("Interval")),
    Column("interval_start", _l("Start")),
    Column("offered", _l("Volume"), style="number"),
    Column("aht_s", _l("AHT (s)"), style="number"),
    Column("load_erlangs", _l("Load (erlangs)"), style="number"),
    Column("required_c", _l("Erlang C"), style="number"),
    Column("required_a", _l("Erlang A"), style="number"),
    Column("required_agents", _l("Required"), style="number"),
    Column("safety_agents", _l("of which margin"), style="number"),
    Column("scheduled_agents", _l("With shrinkage"), style="number"),
    Column("sl", _l("Service level"), style="percent"),
    Column("asa_s", _l("ASA (s)"), style="number"),
    Column("occupancy", _l("Occupancy"), style="percent"),
    Column("abandon_rate", _l("Abandoned"), style="percent"),
    Column("backlog", _l("Backlog"), style="number"),
)


class SimulatedRow(NamedTuple):
    """One interval as it was simulated with the agents required."""

    at: str
    agents: float | None
    needed: float | None
    sl: float | None
    sl_lower: float | None
    sl_upper: float | None
    asa_s: float | None
    asa_upper_s: float | None
    abandon_rate: float | None
    occupancy: float | None
    chance: float | None


class HappenedRow(NamedTuple):
    """One interval as it was expected and as it came."""

    at: str
    expected: float
    came: int
    expected_aht_s: float
    aht_s: float | None
    required: float
    agents_on: float | None
    sl: float | None
    asa_s: float | None
    abandon_rate: float | None


def interval_rows(
    forecast: Forecast, queue: Queue, need: "QueueRequirement", day: date | None
) -> Iterator[IntervalRow]:
    """The open intervals, of one local day or of all."""
    staffing, starts, zone = need.staffing, need.starts, forecast.tz
    wanted = need.is_open
    if day is not None:
        wanted = wanted & (need.grid.day == (day - need.grid.first_day).days)
    for place in wanted.nonzero()[0]:
        yield IntervalRow(
            queue.name,
            need.grid.first_day + timedelta(days=int(need.grid.day[place])),
            f"{starts[place].astimezone(zone):%H:%M}",
            starts[place].astimezone(zone).isoformat(timespec="minutes"),
            float(need.load.offered[place]),
            float(need.load.aht_s[place]),
            float(staffing.load_erlangs[place]),
            _known(staffing.required_c[place]),
            _known(staffing.required_a[place]),
            float(staffing.required_agents[place]),
            float(staffing.safety_agents[place]),
            float(staffing.scheduled_agents[place]),
            _known(staffing.sl[place]),
            _known(staffing.asa_s[place]),
            _known(staffing.occupancy[place]),
            _known(staffing.abandon_rate[place]),
            _known(staffing.backlog[place]),
        )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def open_places(need: "QueueRequirement", day: date) -> list[int]:
    """Where in the day each of its open intervals is, from 0."""
    is_today = need.grid.day == (day - need.grid.first_day).days
    places = is_today.nonzero()[0]
    first = int(places[0]) if places.size else 0
    found: list[int] = (places[need.is_open[places]] - first).tolist()
    return found


def simulated_rows(
    rows: Sequence[IntervalRow], places: Sequence[int], figures: Mapping[str, Any]
) -> list[SimulatedRow]:
    """The simulation beside the intervals of the page."""
    names = SimulatedRow._fields[1:]
    return [
        SimulatedRow(row.at, *(figures[name][place] for name in names))
        for row, place in zip(rows, places, strict=True)
        if place < len(figures["sl"])
    ]


def happened_rows(
    forecast: Forecast, queue: Queue, rows: Sequence[IntervalRow]
) -> list[HappenedRow]:
    """What came in each interval of a day that has begun; nothing without facts.

    An outbound queue has no service to compare.
    """
    if not rows or queue.direction is Direction.OUTBOUND:
        return []
    starts = [instant(row.interval_start) for row in rows]
    length = timedelta(seconds=forecast.interval_s)
    first, last = starts[0], starts[-1] + length
    if first > clock.now():
        return []
    facts = interval_history([queue.id], first, last, interval_s=forecast.interval_s)
    if not facts["offered"].any():
        return []
    on_duty = queries.agents_on(queue.id, first, last)
    found = []
    for row, start in zip(rows, starts, strict=True):
        if start + length > clock.now():
            break
        place = (start - first) // length
        sums = {name: int(facts[name][place]) for name in _SUMS}
        found.append(_happened(row, sums, _agents(on_duty, start, length)))
    return found


def _happened(
    row: IntervalRow, sums: Mapping[str, int], agents: float | None
) -> HappenedRow:
    offered, answered = sums["offered"], sums["answered"]
    return HappenedRow(
        at=row.at,
        expected=row.offered,
        came=offered,
        expected_aht_s=row.aht_s,
        aht_s=sums["handle_s"] / answered if answered else None,
        required=row.required_agents,
        agents_on=agents,
        sl=sums["answered_in_threshold"] / offered if offered else None,
        asa_s=sums["wait_answered_s"] / answered if answered else None,
        abandon_rate=sums["abandoned"] / offered if offered else None,
    )


def _agents(
    on_duty: Mapping[datetime, float], start: datetime, length: timedelta
) -> float | None:
    """The mean over the quarters of an interval; unknown where nobody signs in."""
    if not on_duty:
        return None
    quarter = timedelta(minutes=15)
    n = length // quarter
    return sum(on_duty.get(start + each * quarter, 0.0) for each in range(n)) / n


def instant(text: str) -> datetime:
    """The instant at which an interval of the table begins."""
    return datetime.fromisoformat(text).astimezone(UTC)


def agents_chart(
    day: date,
    rows: Sequence[IntervalRow],
    simulated: Sequence[SimulatedRow],
    happened: Sequence[HappenedRow],
) -> Chart:
    """Agents by each estimate, with shrinkage, and those that were really there."""
    series = [
        Series(_("Erlang C"), [row.required_c for row in rows]),
        Series(_("Erlang A"), [row.required_a for row in rows]),
    ]
    if all(row.required_c is None for row in rows):
        required = [round(row.required_agents, 1) for row in rows]
        series = [Series(_("Required"), required)]
    if simulated:
        needed = [row.needed for row in simulated]
        series.append(Series(_("Simulation"), needed))
    if rows and any(_differs(row) for row in rows) and series[0].name != _("Required"):
        required = [round(row.required_agents, 1) for row in rows]
        series.append(Series(_("Required"), required))
    scheduled = [round(row.scheduled_agents, 1) for row in rows]
    series.append(Series(_("With shrinkage"), scheduled, is_dashed=True))
    if any(row.agents_on is not None for row in happened):
        there: list[float | None] = [
            None if row.agents_on is None else round(row.agents_on, 1)
            for row in happened
        ]
        there += [None] * (len(rows) - len(there))
        series.append(Series(_("Really there"), there, colour="var(--chart-6)"))
    return line_chart(
        _("Agents on %(day)s", day=filters.day(day, "weekday_day")),
        [row.at for row in rows],
        series,
        first_column=_("Interval"),
    )


def _differs(row: IntervalRow) -> bool:
    """Whether what is required is neither of the formulas' numbers."""
    known = [each for each in (row.required_c, row.required_a) if each is not None]
    return all(abs(each - row.required_agents) > 0.01 for each in known)


def service_chart(
    rows: Sequence[IntervalRow],
    simulated: Sequence[SimulatedRow],
    happened: Sequence[HappenedRow],
    target: float | None,
) -> Chart | None:
    """The service level expected, simulated and reached; None with one of them only."""
    if not (simulated or happened):
        return None
    series = [Series(_("By the formula"), [row.sl for row in rows], is_dashed=True)]
    if simulated:
        series.append(
            Series(
                _("Simulation"),
                [row.sl for row in simulated],
                lower=[row.sl_lower for row in simulated],
                upper=[row.sl_upper for row in simulated],
            )
        )
    if happened:
        reached = [row.sl for row in happened]
        reached += [None] * (len(rows) - len(reached))
        series.append(Series(_("Really reached"), reached, colour="var(--chart-6)"))
    return line_chart(
        _("Service level"),
        [row.at for row in rows],
        series,
        style="percent",
        target=target,
        first_column=_("Interval"),
    )
