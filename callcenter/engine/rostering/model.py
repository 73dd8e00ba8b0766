"""The words of a roster: what goes in, and what comes out.

Times are interval indices of the problem's `Grid` and half-open, lengths are minutes,
people, queues, contracts and templates are named by their position.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.grid import Grid
from callcenter.engine.rostering.words import (
    RosterStatus,
    Rule,
    SoftRule,
    StopReason,
)

FREE_FORM = -1
"""Template number of a pinned shift that no template of the library describes."""


@dataclass(frozen=True)
class BreakRule:
    """One break that every shift of a template contains.

    Attributes
    ----------
    code : str, such as ``"lunch"``
    length_min : int, minutes, a multiple of the interval
    earliest_min, latest_min : int, minutes from the shift's start within which the
        break starts, both included
    is_paid : bool
    """

    code: str
    length_min: int
    earliest_min: int
    latest_min: int
    is_paid: bool = True


@dataclass(frozen=True)
class ShiftTemplate:
    """A family of shifts: every start in a window combined with every length.

    Attributes
    ----------
    code : str
    earliest_start_min, latest_start_min : int, minutes of the local day, both included
    lengths_min : tuple of int, minutes from start to end, breaks included
    step_min : int, minutes between two starts
    breaks : tuple of BreakRule, in the order in which they are taken
    min_work_min : int, least minutes of work between two breaks
    """

    code: str
    earliest_start_min: int
    latest_start_min: int
    lengths_min: tuple[int, ...]
    step_min: int = 30
    breaks: tuple[BreakRule, ...] = ()
    min_work_min: int = 30

    @property
    def unpaid_min(self) -> int:
        """Unpaid minutes inside each shift."""
        return sum(rule.length_min for rule in self.breaks if not rule.is_paid)


@dataclass(frozen=True)
class Contract:
    """The work rules that an agent's contract sets; hours are paid hours in minutes.

    Attributes
    ----------
    code : str
    templates : tuple of int, templates that people on this contract may work
    min_day_min, max_day_min : int, paid minutes of a day on which the agent works
    min_week_min, max_week_min : int, paid minutes a contract week; the minimum binds in
        weeks that lie wholly in the horizon
    max_week_days : int, working days a contract week
    min_period_min, max_period_min : int or None, paid minutes in the whole horizon
    max_days_in_row : int, days, those of the history included
    min_rest_min : int, minutes between the end of a shift and the next start
    max_nights, max_weekends : int or None, in the horizon
    """

    code: str
    templates: tuple[int, ...]
    min_week_min: int = 0
    max_week_min: int = 40 * 60
    max_week_days: int = 6
    max_days_in_row: int = 6
    min_rest_min: int = 11 * 60
    min_day_min: int = 0
    max_day_min: int = 12 * 60
    min_period_min: int | None = None
    max_period_min: int | None = None
    max_nights: int | None = None
    max_weekends: int | None = None


@dataclass(frozen=True)
class History:
    """What an agent brings into the horizon.

    Attributes
    ----------
    days_in_row : int, days worked without a day off up to the eve of the first day
    last_end : int or None, interval at which the last shift ends, mostly negative
    week_paid_min, week_days : int, worked in the first contract week before the horizon
    nights, weekends : int, worked lately, the ledger from which fairness starts
    """

    days_in_row: int = 0
    last_end: int | None = None
    week_paid_min: int = 0
    week_days: int = 0
    nights: int = 0
    weekends: int = 0


@dataclass(frozen=True)
class Preference:
    """A wish about one day, and what going against it costs.

    Attributes
    ----------
    day : int
    points : float, cost of not following the wish, >= 0
    is_wanted : bool, True to work one of the templates, False not to
    templates : tuple of int or None, None for any shift
    """

    day: int
    points: float
    is_wanted: bool = False
    templates: tuple[int, ...] | None = None


@dataclass(frozen=True)
class PlannedBreak:
    """A break at its place; ``start`` and ``end`` are interval indices."""

    code: str
    start: int
    end: int
    is_paid: bool


@dataclass(frozen=True)
class PinnedShift:
    """A shift that stays as it is, whatever the rules say.

    ``breaks`` of None are placed by the solver from the template, if there is one.
    """

    day: int
    start: int
    end: int
    template: int = FREE_FORM
    breaks: tuple[PlannedBreak, ...] | None = None


@dataclass(frozen=True, eq=False)
class Agent:
    """A person to be rostered.

    Attributes
    ----------
    key : str, the caller's name for the person
    contract : int
    skills : ndarray of bool, shape (n_queues,), queues the agent can serve
    blocked : tuple of (start, end), intervals in which no shift may lie (leave, a
        class)
    meetings : tuple of (start, end), intervals inside a shift without contacts; a shift
        contains the whole of one or nothing of it, and its breaks avoid it
    credited_min : tuple of int, paid minutes of leave by contract week that count
        towards the hours of the contract; empty for none
    """

    key: str
    contract: int
    skills: NDArray[np.bool_]
    blocked: tuple[tuple[int, int], ...] = ()
    meetings: tuple[tuple[int, int], ...] = ()
    preferences: tuple[Preference, ...] = ()
    pinned: tuple[PinnedShift, ...] = ()
    history: History = field(default_factory=History)
    credited_min: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Demand:
    """Agents wanted on contacts.

    Attributes
    ----------
    queues : tuple of str, names
    required_agents : ndarray of float, shape (n_queues, n_intervals), >= 0
    shrinkage : float or ndarray broadcastable to it, share of paid time not on contacts
        beyond the breaks that the roster places, in [0, 1); 0 when it is already in
    queue_weights : ndarray of float, shape (n_queues,), or None for equal ones
    """

    queues: tuple[str, ...]
    required_agents: NDArray[np.float64]
    shrinkage: float | NDArray[np.float64] = 0.0
    queue_weights: NDArray[np.float64] | None = None

    @property
    def wanted(self) -> NDArray[np.float64]:
        """Agents to roster, required / (1 - shrinkage), same shape as required."""
        rostered = self.required_agents / (1.0 - np.asarray(self.shrinkage))
        return np.asarray(rostered, np.float64)

    @property
    def weights(self) -> NDArray[np.float64]:
        """Weight of each queue, shape (n_queues,)."""
        if self.queue_weights is None:
            return np.ones(len(self.queues))
        return np.asarray(self.queue_weights, np.float64)


@dataclass(frozen=True)
class Weights:
    """Points of the objective.

    Attributes
    ----------
    short_h, over_h : float, points per agent-hour missing or idle
    short_tiers : tuple of (share, factor), up to which share of the requirement a
        missing agent costs how many times ``short_h``; the last share is 1, factors do
        not rise, so that a shortage spreads instead of emptying one interval
    contract_short_h : float, points per paid hour below a contract's minimum
    preference : float, factor on the points of preferences
    start_change_h : float, points per hour between the starts of two days in a row
    night, weekend : float, points of the first night or weekend of a person; the n-th
        costs n times as much, the ledger of the history included
    """

    short_h: float = 10.0
    over_h: float = 1.0
    short_tiers: tuple[tuple[float, float], ...] = (
        (0.25, 5.0),
        (0.5, 4.0),
        (0.75, 3.0),
        (0.9, 2.0),
        (1.0, 1.0),
    )
    contract_short_h: float = 50.0
    preference: float = 1.0
    start_change_h: float = 0.5
    night: float = 0.2
    weekend: float = 0.2


@dataclass(frozen=True, eq=False)
class RosterProblem:
    """Everything a roster depends on.

    A night shift is one that covers an interval whose local minute lies in
    ``[night_from_min, night_to_min)``.
    """

    grid: Grid
    demand: Demand
    agents: tuple[Agent, ...]
    contracts: tuple[Contract, ...]
    templates: tuple[ShiftTemplate, ...]
    weights: Weights = field(default_factory=Weights)
    night_from_min: int = 0
    night_to_min: int = 5 * 60


@dataclass(frozen=True)
class PlannedShift:
    """One shift of the roster; ``start`` and ``end`` are interval indices."""

    agent: int
    day: int
    template: int
    start: int
    end: int
    breaks: tuple[PlannedBreak, ...]
    paid_min: int
    is_pinned: bool = False


@dataclass(frozen=True)
class Violation:
    """One rule broken by one person: what was found and what the rule allows.

    Attributes
    ----------
    rule : Rule
    agent : int
    day : int or None, when the rule is about a day or starts to be broken on it
    found, limit : float, in ``unit``
    unit : str, ``"min"``, ``"days"``, ``"shifts"``, ``"weekends"``, ``"intervals"`` or
        ``"skills"``
    """

    rule: Rule
    agent: int
    day: int | None
    found: float
    limit: float
    unit: str


@dataclass(frozen=True)
class Progress:
    """How far the solver has come; ``gap`` is (best - bound) / best."""

    best: float
    bound: float
    gap: float
    phase: str
    seconds: float


ProgressCallback = Callable[[Progress], None]
StopCallback = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class Roster:
    """A roster and what is known about it.

    Attributes
    ----------
    shifts : tuple of PlannedShift, by agent and start
    status : RosterStatus, CONFLICT when a hard rule stays broken
    stopped_by : StopReason
    objective, bound : float, points; no roster can cost less than ``bound``
    gap : float, (objective - bound) / objective, 0 when both are 0
    penalties : dict, points by SoftRule; their sum is the objective
    scheduled_agents : ndarray of float, shape (n_queues, n_intervals), each agent at
        work counted once, where the requirement needs them most
    wanted_agents : ndarray of float, shape (n_queues, n_intervals)
    unmet : ndarray of float, shape (n_queues, n_intervals), wanted agents not there
    conflicts : tuple of Violation, hard rules that stay broken
    seconds : float, wall time
    n_rounds : int, agents re-rostered by the search
    notes : tuple of str, codes of simplifications that were made
    """

    shifts: tuple[PlannedShift, ...]
    status: RosterStatus
    stopped_by: StopReason
    objective: float
    bound: float
    gap: float
    penalties: dict[SoftRule, float]
    scheduled_agents: NDArray[np.float64]
    wanted_agents: NDArray[np.float64]
    unmet: NDArray[np.float64]
    conflicts: tuple[Violation, ...]
    seconds: float
    n_rounds: int
    notes: tuple[str, ...] = ()
