"""Agents for load that moves: each interval begins with what the last one left.

The stationary formula takes every interval for itself, as if its load had always been
the same. While load rises it asks for too many agents, since the contacts in progress
are still those of the lighter interval; while load falls for too few. Here the
distribution of the number in system is carried from interval to interval (`lattice`),
and in each interval the least number of agents is found whose contacts, those that
arrive in it, get the service wanted.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.asking import chosen_heads, chosen_start, wanted
from callcenter.engine.staffing.carrying import Carried, Interval
from callcenter.engine.staffing.choosing import FIGURES, Choice, choose, settle
from callcenter.engine.staffing.days import (
    Days,
    Rows,
    modified_offered_load,
    read_days,
)
from callcenter.engine.staffing.measures import (
    Floats,
    Heads,
    Model,
    QueueMeasures,
    ServiceLevelDefinition,
    Start,
    checked,
)
from callcenter.engine.staffing.requirement import Requirement, solve_cells
from callcenter.engine.staffing.solving import with_fractions

_ROUNDING = 0.02  # of an agent, which the search for fractions leaves open


def staff_over_time(
    offered: ArrayLike,
    aht_s: ArrayLike,
    interval_s: ArrayLike,
    *,
    model: Model | str = Model.ERLANG_C,
    heads: Heads | str = Heads.WHOLE,
    start: Start | str = Start.EMPTY,
    patience_s: ArrayLike | None = None,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
    **targets: ArrayLike | None,
) -> Requirement:
    """Find the agents that meet the targets in each interval of days that move.

    A row opens empty, as it does again after an interval without contacts, or runs on
    from before. The first interval after opening gets what the stationary formula asks:
    more than enough, and what a single interval needs. The fractions that just keep the
    targets are found first; whole numbers are those rounded, so that a surplus is not
    taken back in the next interval and constant load gets constant staff.

    Parameters
    ----------
    offered : array_like of float, shape (n_rows, n_intervals), contacts per interval of
        one queue in order of time, >= 0
    aht_s : array_like of float, shape (n_rows, n_intervals), seconds, >= 0
    interval_s : array_like of float, shape (n_rows, n_intervals), seconds, > 0
    model : Model, `erlang-c` or `erlang-a`
    heads : Heads
    start : Start, whether the first interval finds an empty queue or a running one
    patience_s : array_like of float, shape (n_rows, n_intervals), seconds, > 0
    sl_definition : ServiceLevelDefinition
    targets : sl_target, sl_threshold_s, max_occupancy, max_asa_s, max_abandon as in
        `required_agents`

    Returns
    -------
    Requirement, each array of shape (n_rows, n_intervals): the measures are those of
    the contacts that arrive in the interval, with the state carried over

    Raises
    ------
    EngineInputError : as `required_agents`

    Source: Ingolfsson, Akhmetshina, Budge, Li and Wu (2007), A survey and experimental
    comparison of service-level-approximation methods for nonstationary M(t)/M/s(t)
    queueing systems, INFORMS JoC 19(2), whose exact method this is; Green, Kolesar and
    Whitt (2007), Coping with time-varying demand when setting staffing requirements for
    a service system, POM 16(1).
    """
    kind, begin = chosen_heads(heads), chosen_start(start)
    asked = wanted(model, sl_definition, patience_s, targets)
    if asked.model not in {Model.ERLANG_C, Model.ERLANG_A}:
        raise EngineInputError(f"{asked.model} does not carry load over; use erlang-a")
    days, shape = read_days(offered, aht_s, interval_s, asked)
    guess = _textbook(days)
    found = {name: np.zeros_like(days.offered) for name in ("agents", *FIGURES)}
    for rows in days.batches(guess.max(axis=1)):
        part = _staff(days.take(rows), guess[rows], kind, begin)
        for name, values in part.items():
            found[name][rows] = values
    return Requirement(
        required_agents=found["agents"].reshape(shape),
        load_erlangs=days.load.reshape(shape),
        **{name: found[name].reshape(shape) for name in FIGURES},
    )


def service_over_time(
    offered: ArrayLike,
    agents: ArrayLike,
    aht_s: ArrayLike,
    interval_s: ArrayLike,
    *,
    start: Start | str = Start.EMPTY,
    patience_s: ArrayLike | None = None,
    sl_threshold_s: ArrayLike = 20.0,
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED,
) -> QueueMeasures:
    """Work out the service that given agents give while load moves, backlog included.

    Parameters
    ----------
    offered : array_like of float, shape (n_rows, n_intervals), contacts, >= 0
    agents : array_like of float, shape (n_rows, n_intervals), on contacts, >= 0
    aht_s : array_like of float, shape (n_rows, n_intervals), seconds, >= 0
    interval_s : array_like of float, shape (n_rows, n_intervals), seconds, > 0
    start : Start, whether the first interval finds an empty queue or a running one
    patience_s : array_like of float, seconds, > 0; nobody abandons without
    sl_threshold_s : array_like of float, seconds, >= 0
    sl_definition : ServiceLevelDefinition

    Returns
    -------
    QueueMeasures, each array of shape (n_rows, n_intervals), by interval of arrival

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: as `staff_over_time`. Where load passes the agents without patience the
    waits grow with the backlog and stay finite, as if the agents of the interval of
    arrival stayed.
    """
    model = Model.ERLANG_C if patience_s is None else Model.ERLANG_A
    targets = {"sl_target": 0.5, "sl_threshold_s": sl_threshold_s}
    asked = wanted(model, sl_definition, patience_s, targets)
    asked.values["staffed"] = checked("agents", agents)
    days, shape = read_days(offered, aht_s, interval_s, asked)
    staffed = days.targets.pop("staffed")
    names = tuple(QueueMeasures.__dataclass_fields__)
    found = {name: np.zeros_like(days.offered) for name in names}
    found["sl"][days.load == 0.0] = 1.0
    for rows in days.batches(np.maximum(days.load, staffed).max(axis=1)):
        part, given = days.take(rows), staffed[rows]
        carried = Carried.opening(_most(part, given), rows.size)
        if chosen_start(start) is Start.RUNNING:
            carried.run_on(part, given[:, 0])
        for k in range(given.shape[1]):
            busy = _open_rows(part, k, carried)
            if not busy.size:
                continue
            now = given[busy, k]
            interval = Interval(
                part, k, busy, carried, now, now, _next(part, given, k)[busy]
            )
            state, at = interval.run(now, np.arange(busy.size))
            carried.put(busy, interval.window, state, now)
            for name in names:
                found[name][rows[busy], k] = getattr(at, name)
    return QueueMeasures(**{name: each.reshape(shape) for name, each in found.items()})


def _textbook(days: Days) -> Floats:
    """Agents by the stationary formula for the load in progress, fractions of them.

    In the first interval of a row, where nothing is carried over, it is the answer;
    elsewhere it tells where to look.
    """
    load = np.where(
        days.load > 0.0, modified_offered_load(days.offered, days.aht, days.interval), 0
    )
    opens = _opens(days)
    load = np.where(opens, days.load, load)
    cells = days.all_cells(load)
    found = solve_cells(cells, days.model, days.definition)
    agents = found["required_agents"].copy()
    first = np.flatnonzero(opens.reshape(-1) & (agents > 0.0))
    part = with_fractions(
        {name: each[first] for name, each in found.items()},
        cells.take(first),
        None,
        days.model,
        days.definition,
        Heads.FRACTIONAL,
    )
    agents[first] = part["required_agents"]
    return agents.reshape(load.shape)


def _opens(days: Days) -> NDArray[np.bool_]:
    """Intervals in which a row begins, or begins again."""
    first = np.ones_like(days.load[:, :1], dtype=bool)
    return np.concatenate([first, days.load[:, :-1] == 0.0], axis=1)


def _staff(days: Days, guess: Floats, heads: Heads, start: Start) -> dict[str, Floats]:
    """Fractions that keep the targets; then the figures of what was asked."""
    walk = _Walk(days, guess, start)
    for k in range(guess.shape[1]):
        walk.choose(k)
    if heads is Heads.FRACTIONAL:
        return walk.found
    rounded = np.round(walk.found["agents"])
    if heads is Heads.WHOLE:
        allowed = np.where(_opens(days), 1e-5, _ROUNDING)
        rounded = np.ceil(walk.found["agents"] - allowed)
    rounded = np.where(days.load > 0.0, np.maximum(rounded, 1.0), 0.0)
    walk = _Walk(days, rounded, start)
    for k in range(guess.shape[1]):
        walk.settle(k, is_enough=heads is Heads.NEAREST)
    return walk.found


class _Walk:
    """Rows staffed interval by interval, with what each leaves for the next."""

    def __init__(self, days: Days, guess: Floats, start: Start) -> None:
        self.days = days
        self.guess = guess
        self.found = {name: np.zeros_like(guess) for name in ("agents", *FIGURES)}
        self.found["sl"][days.load == 0.0] = 1.0
        self.carried = Carried.opening(_most(days, guess), guess.shape[0])
        if start is Start.RUNNING:
            self.carried.run_on(days, guess[:, 0])
        self.was_open = np.zeros(guess.shape[0], dtype=bool)

    def choose(self, k: int) -> None:
        """Find the fractions that keep the targets in interval k."""
        busy = _open_rows(self.days, k, self.carried)
        if busy.size:
            before = self.guess[:, max(k - 1, 0)]
            usual = np.where(self.was_open, self.carried.agents - before, 0.0)
            after = np.maximum(_next(self.days, self.guess, k) + usual, 1.0)[busy]
            guess = np.where(
                self.was_open, np.maximum(self.guess[:, k], 1.0), self.guess[:, k]
            )[busy]
            interval = Interval(
                self.days, k, busy, self.carried, 0.8 * guess, 1.2 * guess, after
            )
            found = choose(interval, guess, is_fixed=~self.was_open[busy])
            self._keep(k, busy, interval, found)
        self._mark(busy)

    def settle(self, k: int, *, is_enough: bool) -> None:
        """Work out interval k with whole agents."""
        busy = _open_rows(self.days, k, self.carried)
        if busy.size:
            now, after = self.guess[busy, k], _next(self.days, self.guess, k)[busy]
            interval = Interval(self.days, k, busy, self.carried, now, now + 2.0, after)
            found = settle(interval, now, is_enough=is_enough)
            self._keep(k, busy, interval, found)
        self._mark(busy)

    def _keep(self, k: int, busy: Rows, interval: Interval, found: Choice) -> None:
        self.carried.put(busy, interval.window, found.state, found.agents)
        self.found["agents"][busy, k] = found.agents
        for name in FIGURES:
            self.found[name][busy, k] = found.figures[name]

    def _mark(self, busy: Rows) -> None:
        self.was_open[:] = False
        self.was_open[busy] = True


def _most(days: Days, agents: Floats) -> float:
    """Contacts that no row of the days will pass."""
    short = np.maximum(days.load - agents, 0.0) * days.interval / _aht(days)
    patience = np.minimum(days.targets["patience"], 1e12)
    short = np.minimum(short.cumsum(axis=1), days.load * patience / _aht(days))
    size = np.maximum(days.load, agents)
    return float((size + short + 60.0 * np.sqrt(size + 1.0)).max()) + 100.0


def _aht(days: Days) -> Floats:
    return np.maximum(days.aht, 1e-3)


def _next(days: Days, agents: Floats, k: int) -> Floats:
    """Agents of the next interval; NaN where a row ends or closes."""
    if k + 1 == agents.shape[1]:
        return np.full(agents.shape[0], np.nan)
    return np.where(days.load[:, k + 1] > 0.0, agents[:, k + 1], np.nan)


def _open_rows(days: Days, k: int, carried: Carried) -> Rows:
    """Rows with contacts in the interval; the others close and are emptied."""
    is_open = days.load[:, k] > 0.0
    carried.close(np.flatnonzero(~is_open))
    return np.flatnonzero(is_open)
