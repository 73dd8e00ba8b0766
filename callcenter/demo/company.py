"""What the demo company consists of: plain frozen dataclasses, no database.

Rows point at each other by their `code` (employees by `number`), so a loader can keep
one dictionary per kind. The arrays of a history point at queues, employees and
campaigns by their position in the tuples of `Company`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Text:
    """A name or a paragraph in English and Chinese."""

    en: str
    zh: str


class EmploymentType(StrEnum):
    """How a person is employed."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    INTERN = "intern"


class PayBasis(StrEnum):
    """What a person's base pay is counted by."""

    MONTH = "month"
    HOUR = "hour"


class Channel(StrEnum):
    """How a contact reaches its agent."""

    VOICE = "voice"
    CHAT = "chat"
    OUTBOUND = "outbound"
    CASE = "case"


class BillingBasis(StrEnum):
    """What a client is billed for."""

    CONTACT = "contact"
    HOUR = "hour"
    SEAT = "seat"
    SALE = "sale"


class LeaveReason(StrEnum):
    """Why somebody left the company."""

    OTHER_JOB = "other_job"
    PAY = "pay"
    STUDY = "study"
    FAMILY = "family"
    SHIFT_WORK = "shift_work"
    CONTRACT_ENDED = "contract_ended"
    DISMISSED = "dismissed"


class EventKind(StrEnum):
    """What makes days unlike the others."""

    STORM = "storm"
    SHOPPING = "shopping"
    FAILED_CAMPAIGN = "failed_campaign"
    OUTAGE = "outage"
    LAUNCH = "launch"


@dataclass(frozen=True, slots=True)
class Site:
    """A building in one time zone; its country decides holidays and currency."""

    code: str
    name: Text
    city: Text
    country: str
    zone: str
    currency: str
    opened_on: date


@dataclass(frozen=True, slots=True)
class Seat:
    """One desk: a letter for its zone, then its row and its number in the row."""

    name: str
    zone: str
    row: int
    number: int


@dataclass(frozen=True, slots=True)
class Floor:
    """One storey of a site with its seats."""

    code: str
    site: str
    name: Text
    level: int
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A line of the organisation chart; it is vacant while fewer people than places."""

    code: str
    title: Text
    department: Text
    description: Text
    duties: tuple[Text, ...]
    reports_to: str | None
    places: int
    is_agent: bool


@dataclass(frozen=True, slots=True)
class Team:
    """People under one supervisor; agents' teams serve one project."""

    code: str
    name: Text
    site: str
    floor: str
    project: str | None
    supervisor: str | None
    is_night: bool
    founded_on: date


@dataclass(frozen=True, slots=True)
class Skill:
    """What an agent must know to serve a queue."""

    code: str
    name: Text
    project: str
    language: str


@dataclass(frozen=True, slots=True)
class SkillGrant:
    """A skill that an employee holds since a day, from level 1 to 5."""

    skill: str
    level: int
    since: date


@dataclass(frozen=True, slots=True)
class Employee:
    """One person, from joining until leaving.

    `pace` multiplies the handling time of an experienced agent and `care` the chance
    that a contact is resolved; they are the simulator's truth, not personnel data.
    """

    number: str
    family_name: str
    given_name: str
    latin_name: str
    email: str
    site: str
    post: str
    team: str
    employment: EmploymentType
    joined_on: date
    floor_on: date
    contract_until: date | None
    weekly_hours: int
    pay_basis: PayBasis
    pay: Decimal
    currency: str
    hire_class: str | None
    left_on: date | None
    left_reason: LeaveReason | None
    skills: tuple[SkillGrant, ...]
    pace: float
    care: float

    @property
    def display_name(self) -> str:
        """The name as its owner writes it."""
        if self.family_name and "\u4e00" <= self.family_name[0] <= "\u9fff":
            return self.family_name + self.given_name
        return f"{self.given_name} {self.family_name}"

    def is_employed_on(self, day: date) -> bool:
        """Whether the contract runs on that day; the day of leaving is the last."""
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)


@dataclass(frozen=True, slots=True)
class HireClass:
    """People who joined together and are in pre-job class until `floor_on`."""

    code: str
    name: Text
    project: str
    site: str
    starts_on: date
    floor_on: date
    size: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A move between teams; before `on` the employee belonged to `from_team`."""

    employee: str
    on: date
    from_team: str
    to_team: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Client:
    """A (made-up) company that has its customers served by us."""

    code: str
    name: Text
    industry: Text
    country: str
    currency: str


@dataclass(frozen=True, slots=True)
class Project:
    """What we do for a client, and what it pays for: `rate` per unit of `billing`.

    `zone` is the time zone of all its queues; its days are local days there.
    """

    code: str
    client: str
    name: Text
    zone: str
    description: Text
    started_on: date
    billing: BillingBasis
    rate: Decimal
    currency: str
    manager: str | None


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """What the client is promised: `share` within `threshold_s`.

    `abandons` names what happens to abandoned contacts in the denominator:
    all count ("all"), those within the threshold do not ("after_threshold"), or none
    do ("none"). Abandoning within `short_abandon_s` counts as a mistaken contact.
    """

    share: float
    threshold_s: int
    abandon_limit: float
    occupancy_limit: float
    abandons: str
    short_abandon_s: int = 5


@dataclass(frozen=True, slots=True)
class Workload:
    """How a queue behaves; the simulator's truth about volumes and handling.

    `per_day` is the relative volume of an ordinary weekday inside its pool, `weekday`
    the factors from Monday, `yearly_growth` the trend, `season` the amplitude of the
    annual wave and `season_peak` the month of its crest.
    """

    per_day: float
    talk_s: float
    hold_share: float
    hold_s: float
    wrap_s: float
    patience_s: float
    transfer_share: float
    resolved_share: float
    weekday: tuple[float, ...]
    holiday: float
    yearly_growth: float
    season: float
    season_peak: int
    billing_days: tuple[int, ...]
    morning_peak_h: float
    evening_peak_h: float


@dataclass(frozen=True, slots=True)
class Queue:
    """Where contacts of one kind wait; hours are local, `closes_h` may be 24."""

    code: str
    project: str
    pool: str
    site: str
    zone: str
    name: Text
    channel: Channel
    language: str
    skill: str
    opens_h: int
    closes_h: int
    target: ServiceTarget
    workload: Workload

    @property
    def is_outbound(self) -> bool:
        """Whether we call and they answer."""
        return self.channel is Channel.OUTBOUND


@dataclass(frozen=True, slots=True)
class Campaign:
    """An outbound list worked between two days (both included)."""

    code: str
    name: Text
    queue: str
    starts_on: date
    ends_on: date
    planned_attempts: int
    planned_reach: float
    planned_conversion: float
    true_reach: float
    true_conversion: float


@dataclass(frozen=True, slots=True)
class SpecialEvent:
    """Days on which volume or attendance differ (both days included).

    `volume` multiplies the arrivals of the named queues, `absence` is the additional
    share of people of the site who cannot come.
    """

    code: str
    kind: EventKind
    name: Text
    note: Text
    starts_on: date
    ends_on: date
    site: str | None
    queues: tuple[str, ...]
    volume: float
    absence: float


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, or a weekend day moved to working (`is_workday`)."""

    country: str
    on: date
    name: Text
    is_workday: bool


@dataclass(frozen=True, slots=True)
class Company:
    """The whole company as it stands on `today`, with its past since `first_day`."""

    name: Text
    seed: int
    today: date
    first_day: date
    sites: tuple[Site, ...]
    floors: tuple[Floor, ...]
    posts: tuple[Post, ...]
    teams: tuple[Team, ...]
    skills: tuple[Skill, ...]
    employees: tuple[Employee, ...]
    hire_classes: tuple[HireClass, ...]
    transfers: tuple[Transfer, ...]
    clients: tuple[Client, ...]
    projects: tuple[Project, ...]
    queues: tuple[Queue, ...]
    campaigns: tuple[Campaign, ...]
    events: tuple[SpecialEvent, ...]
    holidays: tuple[Holiday, ...]
    problem_team: str
