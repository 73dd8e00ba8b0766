"""The estimates of every interval beside its simulation and what really came."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, zip_longest
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from callcenter.forecasting import queries
from callcenter.forecasting.models import Forecast, Study
from callcenter.forecasting.views.requirements.estimates import (
    COLUMNS,
    HappenedRow,
    IntervalRow,
    SimulatedRow,
    happened_rows,
    interval_rows,
    open_places,
    simulated_rows,
)
from callcenter.kernel.text import _l
from callcenter.projects.models import Queue
from callcenter.web.tables import Column

if TYPE_CHECKING:
    from callcenter.forecasting.services import QueueRequirement


class Beside(NamedTuple):
    """One interval: the formulas, the simulation and what came, where known."""

    row: IntervalRow
    simulated: SimulatedRow | None
    happened: HappenedRow | None


SIMULATED_COLUMNS = (
    Column("simulated_agents", _l("Simulation"), style="number"),
    Column("simulated_sl", _l("Service level simulated"), style="percent"),
    Column("simulated_asa_s", _l("ASA simulated (s)"), style="number"),
)
HAPPENED_COLUMNS = (
    Column("came", _l("Volume that came"), style="number"),
    Column("came_aht_s", _l("AHT that came (s)"), style="number"),
    Column("agents_there", _l("Agents there"), style="number"),
    Column("reached_sl", _l("Service level reached"), style="percent"),
    Column("reached_asa_s", _l("ASA reached (s)"), style="number"),
    Column("reached_abandon_rate", _l("Really abandoned"), style="percent"),
)
EXPORTED = (*COLUMNS, *SIMULATED_COLUMNS, *HAPPENED_COLUMNS)


def beside(
    rows: Sequence[IntervalRow],
    simulated: Sequence[SimulatedRow],
    happened: Sequence[HappenedRow],
) -> list[Beside]:
    """A day's intervals; what came ends where the day has come to."""
    return [Beside(*each) for each in zip_longest(rows, simulated, happened)]


def exported_rows(
    forecast: Forecast, queue: Queue, need: "QueueRequirement"
) -> Iterator[SimpleNamespace]:
    """Every open interval of a queue's forecast with all that is known of it."""
    every = interval_rows(forecast, queue, need, None)
    studies = queries.simulations_of(forecast.id, queue.id)
    for day, of_day in groupby(every, key=lambda row: row.day):
        rows = list(of_day)
        simulated = _simulated(need, rows, studies.get(day), day)
        happened = happened_rows(forecast, queue, rows)
        for each in beside(rows, simulated, happened):
            yield _flat(each)


def _simulated(
    need: "QueueRequirement",
    rows: Sequence[IntervalRow],
    study: Study | None,
    day: date,
) -> list[SimulatedRow]:
    if study is None:
        return []
    return simulated_rows(rows, open_places(need, day), study.figures)


def _flat(each: Beside) -> SimpleNamespace:
    simulated, came = each.simulated, each.happened
    found: dict[str, Any] = each.row._asdict()
    found |= dict.fromkeys(column.key for column in EXPORTED[len(COLUMNS) :])
    if simulated is not None:
        found |= {
            "simulated_agents": simulated.needed,
            "simulated_sl": simulated.sl,
            "simulated_asa_s": simulated.asa_s,
        }
    if came is not None:
        found |= {
            "came": came.came,
            "came_aht_s": came.aht_s,
            "agents_there": came.agents_on,
            "reached_sl": came.sl,
            "reached_asa_s": came.asa_s,
            "reached_abandon_rate": came.abandon_rate,
        }
    return SimpleNamespace(**found)
