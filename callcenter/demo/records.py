"""What a simulated floor leaves behind: contacts, sessions and pauses as columns."""

from dataclasses import dataclass
from enum import IntEnum

from callcenter.demo.calendar import Ints
from callcenter.demo.tables import Table


class Disposition(IntEnum):
    """How a contact ended."""

    ABANDONED = 0
    RESOLVED = 1
    FOLLOW_UP = 2
    TRANSFERRED = 3
    NO_ANSWER = 4
    BUSY = 5
    WRONG_NUMBER = 6
    REFUSED = 7
    CALL_BACK = 8
    SALE = 9


class Origin(IntEnum):
    """Why a contact came about."""

    NEW = 0
    TRANSFER = 1
    REPEAT = 2
    REDIAL = 3
    DIALLED = 4


@dataclass(frozen=True, slots=True)
class Contacts(Table):
    """Contacts by arrival. Times are epoch seconds (UTC), -1 where there is none.

    `queue`, `employee` (-1 when abandoned), `campaign` (-1 when inbound) are positions
    in the company; `customer` counts within the client; `parent` is the row of the
    contact that was transferred or called about before (-1 for none); `ended_at` is
    when the customer left, after-contact work (`wrap_s`) follows.
    """

    queue: Ints
    employee: Ints
    arrived_at: Ints
    answered_at: Ints
    ended_at: Ints
    talk_s: Ints
    hold_s: Ints
    wrap_s: Ints
    customer: Ints
    parent: Ints
    origin: Ints
    disposition: Ints
    campaign: Ints


@dataclass(frozen=True, slots=True)
class Sessions(Table):
    """From log-in to log-out of an agent; `day` is the business day of the shift."""

    employee: Ints
    day: Ints
    starts_at: Ints
    ends_at: Ints


@dataclass(frozen=True, slots=True)
class Paused(Table):
    """Pauses as they were really taken; `reason` is a `rota.Pause`."""

    employee: Ints
    starts_at: Ints
    ends_at: Ints
    reason: Ints


@dataclass(frozen=True, slots=True)
class FloorLog:
    """All that happened on the floor of one pool."""

    contacts: Contacts
    sessions: Sessions
    pauses: Paused
