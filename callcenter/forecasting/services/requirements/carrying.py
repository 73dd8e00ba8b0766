"""The first days of queues with their whole state carried over, many at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from callcenter.engine import staffing as engine
from callcenter.forecasting.services.requirements.loads import (
    DayRows,
    Floats,
    Ints,
)
from callcenter.forecasting.services.requirements.solving import (
    FIGURES,
    Asked,
    Figures,
    targets_of,
)
from callcenter.forecasting.services.requirements.wanting import (
    DEFINITIONS,
    FOR_EVER_S,
    Wanted,
)


def carried_over(
    asked: Sequence[Asked], n_days: int, *, has_patience: bool
) -> list[Figures]:
    """The first days of each queue with the state carried over; the others are zero.

    All queues of one definition and grid are rows of one calculation.
    """
    found = [
        {name: np.zeros(each.load.offered.size) for name in FIGURES} for each in asked
    ]
    for batch in _batches(asked, n_days):
        kinds, which = batch.distinct()
        answer = engine.staff_over_time(
            kinds.rows["offered"],
            kinds.rows["aht_s"],
            kinds.interval_s,
            model=engine.Model.ERLANG_A if has_patience else engine.Model.ERLANG_C,
            patience_s=kinds.rows["patience_s"] if has_patience else None,
            heads=kinds.heads,
            **kinds.targets(has_patience=has_patience),
        )
        batch.put(found, {name: getattr(answer, name)[which] for name in FIGURES})
    return found


def service_carried_over(
    asked: Sequence[Asked],
    agents: Sequence[Floats],
    n_days: int,
    *,
    has_patience: bool,
) -> list[Figures]:
    """The service that given agents give on the first days, the state carried over."""
    names = FIGURES[1:]
    found = [
        {name: np.zeros(each.load.offered.size) for name in names} for each in asked
    ]
    for batch in _batches(asked, n_days, agents):
        answer = engine.service_over_time(
            batch.rows["offered"],
            batch.rows["agents"],
            batch.rows["aht_s"],
            batch.interval_s,
            patience_s=batch.rows["patience_s"] if has_patience else None,
            sl_threshold_s=batch.rows["sl_threshold_s"],
            sl_definition=batch.definition,
        )
        batch.put(found, {name: getattr(answer, name) for name in names})
    return found


@dataclass(frozen=True, slots=True)
class _Batch:
    """Days of several queues as rows of one calculation."""

    rows: dict[str, Floats]
    interval_s: int
    definition: engine.ServiceLevelDefinition
    heads: engine.Heads
    owners: list[tuple[int, DayRows, Ints]]

    def distinct(self) -> tuple["_Batch", Ints]:
        """The different rows, and which of them each row is: pools ask alike."""
        everything = np.ascontiguousarray(np.hstack(list(self.rows.values())))
        keys = everything.view(np.dtype((np.void, everything.shape[1] * 8)))[:, 0]
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        rows = {name: values[first] for name, values in self.rows.items()}
        one_each = replace(self, rows=rows, owners=[])
        return one_each, which.reshape(-1)

    def targets(self, *, has_patience: bool) -> dict[str, Any]:
        """The targets of the rows."""
        columns = {
            name: self.rows[name]
            for name in Wanted.__dataclass_fields__
            if name != "definition"
        }
        place = DEFINITIONS.index(self.definition)
        wanted = Wanted(**columns, definition=np.array([place]))
        return targets_of(wanted, may_abandon=has_patience)

    def put(self, found: list[Figures], answer: Figures) -> None:
        """Write the rows' answers back to the queues that they are of."""
        first = 0
        for owner, days, chosen in self.owners:
            last = first + chosen.size
            for name, rows in answer.items():
                days.put(
                    found[owner][name], rows[first:last, : days.place.shape[1]], chosen
                )
            first = last


def _batches(
    asked: Sequence[Asked], n_days: int, agents: Sequence[Floats] | None = None
) -> Iterator[_Batch]:
    groups: dict[tuple[int, int, engine.Heads], list[tuple[int, Ints]]] = {}
    for owner, each in enumerate(asked):
        first_of_day = np.unique(each.load.day, return_index=True)[1][:n_days]
        by_day = each.wanted.definition[first_of_day]
        for definition in np.unique(by_day).tolist():
            days = np.flatnonzero(by_day == definition)
            key = (each.load.interval_s, definition, each.heads)
            groups.setdefault(key, []).append((owner, days))
    for (interval_s, definition, heads), members in groups.items():
        owners = [(owner, asked[owner].days, days) for owner, days in members]
        width = max(days.place.shape[1] for _owner, days, _chosen in owners)
        parts = [
            _columns(
                asked[owner], days, chosen, width, agents[owner] if agents else None
            )
            for owner, days, chosen in owners
        ]
        rows = {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }
        yield _Batch(rows, interval_s, DEFINITIONS[definition], heads, owners)


def _columns(
    asked: Asked, days: DayRows, chosen: Ints, width: int, agents: Floats | None
) -> dict[str, Floats]:
    """All that an engine's row holds, for some days of a queue, as wide as wanted."""
    # A day without an interval has a target that is always met.
    empty = {"max_asa_s": FOR_EVER_S, "max_abandon": 1.0, "max_occupancy": 1.0}
    columns = {
        name: getattr(asked.wanted, name)
        for name in Wanted.__dataclass_fields__
        if name != "definition"
    }
    columns |= {"offered": asked.load.offered, "aht_s": asked.load.aht_s}
    if agents is not None:
        columns["agents"] = agents
    found = {}
    for name, values in columns.items():
        rows = days.laid_out(values)[chosen]
        rows[days.place[chosen] < 0] = empty.get(name, 0.0)
        missing = ((0, 0), (0, width - rows.shape[1]))
        found[name] = np.pad(rows, missing, constant_values=empty.get(name, 0.0))
    found["patience_s"] = np.full((chosen.size, width), asked.assumption.patience_s)
    return found
