"""A center in words: what comes, who works when, and who takes what from whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from numpy.typing import ArrayLike

from callcenter.engine.staffing.measures import ServiceLevelDefinition


class Shape(StrEnum):
    """The family of a duration's distribution."""

    FIXED = "fixed"
    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    EMPIRICAL = "empirical"


class AgentChoice(StrEnum):
    """Which of the free agents a contact goes to."""

    PRIORITY = "priority"
    LONGEST_IDLE = "longest-idle"
    MOST_IDLE_GROUP = "most-idle-group"


class ContactChoice(StrEnum):
    """Which of the waiting contacts a freed agent takes."""

    LONGEST_WAITING = "longest-waiting"
    AGENT_PRIORITY = "agent-priority"
    CONTACT_PRIORITY = "contact-priority"


class OnClose(StrEnum):
    """What becomes of those who wait at closing time."""

    SERVE = "serve"
    DISCONNECT = "disconnect"


class BreakRule(StrEnum):
    """What becomes of a break that begins late because of a contact."""

    WHOLE = "whole"
    PLANNED_END = "planned-end"


@dataclass(frozen=True, kw_only=True)
class Duration:
    """How long something takes.

    Attributes
    ----------
    mean_s : float or array_like of float, shape (n_intervals,), seconds, >= 0; by
        interval of arrival. An empirical one without it has the mean of `values_s`.
    shape : Shape or None; None is empirical with `values_s`, else exponential
    cv : float, standard deviation / mean, of a lognormal duration
    values_s : array_like of float, shape (n,), seconds, of an empirical duration
    """

    mean_s: ArrayLike | None = None
    shape: Shape | str | None = None
    cv: float = 1.0
    values_s: ArrayLike | None = None


@dataclass(frozen=True, kw_only=True)
class Redial:
    """Those who gave up or were turned away come again.

    Attributes
    ----------
    probability : float, fraction in [0, 1], of each lost attempt
    delay : Duration, until the next attempt
    max_attempts : int, >= 1, the first one included
    """

    probability: float
    delay: Duration
    max_attempts: int = 10


@dataclass(frozen=True, kw_only=True)
class ContactType:
    """Contacts of one queue.

    Attributes
    ----------
    name : str
    offered : array_like of float, shape (n_intervals,), expected contacts per interval
    service : Duration, talk and hold
    after_work : Duration or None, after-contact work
    patience : Duration or None; None waits for ever
    balk : float, fraction in [0, 1), of those who must wait and leave at once
    redial : Redial or None
    transfers : mapping of name to float, share of answered contacts that goes there
    capacity : int or None, contacts that can wait; more are blocked
    together : int, >= 1, an agent's contacts at once while one of them is of this type
    slow_down : float, >= 0, share by which each further contact at once slows all
    priority : int, lower is served first under `ContactChoice.CONTACT_PRIORITY`
    weight : float, > 0, a wait counts this many times its length
    day_cv : float, >= 0, of the random factor of the type's day
    closes_at_s : float or None, seconds; None is the end of the last interval
    on_close : OnClose
    sl_target, sl_threshold_s, sl_definition : the client's service target
    """

    name: str
    offered: ArrayLike
    service: Duration
    after_work: Duration | None = None
    patience: Duration | None = None
    balk: float = 0.0
    redial: Redial | None = None
    transfers: Mapping[str, float] = field(default_factory=dict)
    capacity: int | None = None
    together: int = 1
    slow_down: float = 0.0
    priority: int = 1
    weight: float = 1.0
    day_cv: float = 0.0
    closes_at_s: float | None = None
    on_close: OnClose | str = OnClose.SERVE
    sl_target: float = 0.8
    sl_threshold_s: float = 20.0
    sl_definition: ServiceLevelDefinition | str = ServiceLevelDefinition.OFFERED


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A list that free agents dial one number after another.

    Attributes
    ----------
    name : str
    reach : array_like of float, shape (n_intervals,), share of attempts that reach
        somebody; 0 is closed
    dial : Duration, preview and ringing
    talk : Duration
    after_work : Duration or None, after a talk
    missed_work : Duration or None, after an attempt that reached nobody
    list_size : int or None, numbers; None has no end
    retry : float, fraction in [0, 1], of missed numbers that return to the list
    retry_delay : Duration or None
    """

    name: str
    reach: ArrayLike
    dial: Duration
    talk: Duration
    after_work: Duration | None = None
    missed_work: Duration | None = None
    list_size: int | None = None
    retry: float = 0.0
    retry_delay: Duration | None = None


@dataclass(frozen=True, kw_only=True)
class Skill:
    """What an agent may take.

    Attributes
    ----------
    of : str, name of a contact type or campaign
    priority : int, lower comes first
    speed : float, > 0, proficiency; 1.25 handles in 1 / 1.25 of the time
    after_s : float, seconds, >= 0, that a contact must have waited
    reserve : int, >= 0, agents of the same skills that are kept free for others
    """

    of: str
    priority: int = 1
    speed: float = 1.0
    after_s: float = 0.0
    reserve: int = 0


@dataclass(frozen=True, kw_only=True)
class Group:
    """Agents without names: so many on duty in each interval.

    When the number falls, free agents leave at once and busy ones finish.

    Attributes
    ----------
    name : str
    skills : sequence of Skill
    staff : array_like of int, shape (n_intervals,); the last number stays after hours
    absence : float, fraction in [0, 1), the chance that one is missing for the day
    """

    name: str
    skills: Sequence[Skill]
    staff: ArrayLike
    absence: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Shift:
    """One stretch of duty, half-open, with its breaks.

    Attributes
    ----------
    start_s, end_s : float, seconds since the first interval began
    breaks : sequence of (start_s, length_s)
    """

    start_s: float
    end_s: float
    breaks: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A named agent with shifts of their own.

    Attributes
    ----------
    name : str
    skills : sequence of Skill
    shifts : sequence of Shift, in order of time
    absence : float, fraction in [0, 1), the chance to be missing for the day
    """

    name: str
    skills: Sequence[Skill]
    shifts: Sequence[Shift]
    absence: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How contacts and agents find each other, and when breaks are taken."""

    agent_choice: AgentChoice | str = AgentChoice.PRIORITY
    contact_choice: ContactChoice | str = ContactChoice.LONGEST_WAITING
    breaks: BreakRule | str = BreakRule.WHOLE


@dataclass(frozen=True, kw_only=True)
class GivenContacts:
    """Contacts that really came, or that several scenarios shall share exactly.

    Attributes
    ----------
    at_s : array_like of float, shape (n,), seconds, ascending, >= 0
    of : array_like of int, shape (n,), index of the contact type
    service_s : array_like of float or None, shape (n,), seconds; NaN is drawn
    patience_s : array_like of float or None, shape (n,), seconds, inf waits for ever;
        NaN is drawn
    """

    at_s: ArrayLike
    of: ArrayLike
    service_s: ArrayLike | None = None
    patience_s: ArrayLike | None = None


@dataclass(frozen=True, kw_only=True)
class Center:
    """Everything that is simulated.

    Attributes
    ----------
    n_intervals : int, > 0
    interval_s : float, seconds, > 0
    types, campaigns, groups, agents : sequences
    rules : Rules
    capacity : int or None, contacts that can wait in all
    day_cv : float, >= 0, of the random factor that all types' day shares
    warm_up_s : float, seconds, whole intervals that results leave out
    given : GivenContacts or None; with it nothing else comes from outside
    """

    n_intervals: int
    interval_s: float
    types: Sequence[ContactType]
    groups: Sequence[Group] = ()
    agents: Sequence[Agent] = ()
    campaigns: Sequence[Campaign] = ()
    rules: Rules = field(default_factory=Rules)
    capacity: int | None = None
    day_cv: float = 0.0
    warm_up_s: float = 0.0
    given: GivenContacts | None = None
