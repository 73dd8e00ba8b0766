"""Where everything stands in the event loop's memory.

The loop works on one block of memory, seen as integers (`m`) and as floats (`f`), so
that its functions pass two arrays instead of thirty: that is what lets the compiler
make one tight loop of them. A record is a run of cells; its address is the index of the
first one, and `f[agent + AGENT_SINCE]` is a field. Addresses of -1 mean "none". The
names of fields say which view they belong to: those in `FLOATS` are floats.
"""

# What an event is.
FINISH, FINISH_ONE, COME, ABANDON, ARRIVE, TIMER, DIAL = range(7)

# What happens at a known time; ties are carried out in this order.
CLOSE, SHIFT_END, COUNT, SHIFT_START, BREAK, OPEN = range(6)

# Shapes of durations.
FIXED, EXPONENTIAL, LOGNORMAL, EMPIRICAL = range(4)

# An agent's duty.
OFF, ON, RESTING = range(3)

# What becomes of a contact.
IS_ANSWERED, IS_ABANDONED, IS_BLOCKED, IS_DISCONNECTED, IS_LEFT = range(5)

# The first cells: the state of the day, then where the tables begin.
(
    NOW,
    INTERVAL_S,
    HORIZON_S,
    N_INTERVALS,
    CAPACITY,
    KEEPS_BREAKS_WHOLE,
    PREFERS_MANY_FREE,
    MOST_TOGETHER,
    FLIP,
    EVENTS,
    EVENTS_MOST,
    COMING,
    NEXT_FREE,
    WAITING,
    PLAN_NEXT,
    GIVEN_NEXT,
    LOG_NEXT,
    IS_FULL,
    HEAP,
    ARRIVALS,
    PLAN,
    PLAN_END,
    GIVEN,
    GIVEN_END,
    KINDS,
    KINDS_END,
    GROUPS,
    GROUPS_END,
    AGENTS,
    AGENTS_END,
    CONTACTS,
    CONTACTS_END,
    LINES,
    LINES_END,
    SLOTS,
    LOG,
    LOG_END,
    TALLY,
    TALLY_END,
    BUSY,
    BUSY_END,
    STAFFED,
    STAFFED_END,
) = range(43)
HEADER_SIZE = 43

EVENT_AT, EVENT_KIND, EVENT_OF, EVENT_VERSION = range(4)
EVENT_SIZE = 4

PLANNED_AT, PLANNED_WHAT, PLANNED_OF, PLANNED_VALUE = range(4)
PLANNED_SIZE = 4

(
    CONTACT_KIND,
    CONTACT_LUCK,
    CONTACT_ARRIVED,
    CONTACT_INTERVAL,
    CONTACT_SERVICE,
    CONTACT_PATIENCE,
    CONTACT_ATTEMPT,
    CONTACT_IS_TRANSFER,
    CONTACT_BEFORE,
    CONTACT_AFTER,
    CONTACT_VERSION,
) = range(11)
CONTACT_SIZE = 11

GIVEN_AT, GIVEN_KIND, GIVEN_SERVICE, GIVEN_PATIENCE = range(4)
GIVEN_SIZE = 4

(
    KIND_INDEX,
    KIND_STEM,
    KIND_KEY,
    KIND_HEAD,
    KIND_TAIL,
    KIND_WAITING,
    KIND_CAPACITY,
    KIND_ROUTES,
    KIND_ROUTES_END,
    KIND_HAS_DELAYS,
    KIND_TOGETHER,
    KIND_SLOW_DOWN,
    KIND_WEIGHT,
    KIND_THRESHOLD_S,
    KIND_SERVICE,
    KIND_AFTER_WORK,
    KIND_PATIENCE,
    KIND_BALK,
    KIND_TALLY,
    KIND_WAITS,
    KIND_DRAWN,
    KIND_TAU,
    KIND_NEXT,
    KIND_FACTOR,
    KIND_EXPECTED,
    KIND_REDIAL,
    KIND_DELAY,
    KIND_MAX_ATTEMPTS,
    KIND_TRANSFERS,
    KIND_TRANSFERS_END,
    KIND_CLOSES_AT,
    KIND_DISCONNECTS,
    KIND_IS_OUTBOUND,
    KIND_DIAL,
    KIND_MISSED,
    KIND_RETRY,
    KIND_REACH,
    KIND_LIST_SIZE,
    KIND_LEFT,
) = range(39)
KIND_SIZE = 39

(
    GROUP_LINES,
    GROUP_OFFERS,
    GROUP_DIALS,
    GROUP_DIALS_END,
    GROUP_IS_COUNTED,
    GROUP_CAP,
    GROUP_ON_DUTY,
    GROUP_FREE,
    GROUP_AGENTS,
    GROUP_AGENTS_END,
    GROUP_BUSY,
    GROUP_STAFFED,
) = range(12)
GROUP_SIZE = 12

(
    AGENT_GROUP,
    AGENT_N,
    AGENT_LIMIT,
    AGENT_LINE,
    AGENT_BEFORE,
    AGENT_AFTER,
    AGENT_SINCE,
    AGENT_BUSY_SINCE,
    AGENT_ON_SINCE,
    AGENT_DUTY,
    AGENT_LEAVING,
    AGENT_REST_S,
    AGENT_REST_UNTIL,
    AGENT_SPEED,
    AGENT_BUSY_S,
    AGENT_CONTACTS,
    AGENT_VERSION,
    AGENT_CLOCK,
    AGENT_CLOCK_AT,
    AGENT_SLOW_DOWN,
    AGENT_SLOTS,
    AGENT_STEM,
    AGENT_ABSENCE,
    AGENT_IS_ABSENT,
    AGENT_PRESENT_UPTO,
    AGENT_INDEX,
) = range(26)
AGENT_SIZE = 26

LINE_HEAD, LINE_TAIL, LINE_COUNT = range(3)
LINE_SIZE = 3

ROUTE_LINES, ROUTE_RANK, ROUTE_RESERVE, ROUTE_DELAY = range(4)
ROUTE_SIZE = 4

OFFER_KIND, OFFER_RANK, OFFER_RESERVE, OFFER_DELAY = range(4)
OFFER_SIZE = 4

DURATION_SHAPE, DURATION_SIGMA, DURATION_VALUES, DURATION_COUNT, DURATION_MEANS = range(
    5
)
DURATION_SIZE = 5

TRANSFER_UPTO, TRANSFER_KIND = range(2)
TRANSFER_SIZE = 2

(
    SLOT_TARGET,
    SLOT_BEGAN,
    SLOT_SLOW_DOWN,
    SLOT_KIND,
    SLOT_INTERVAL,
    SLOT_LIMIT,
    SLOT_LUCK,
) = range(7)
SLOT_SIZE = 7

(
    LOG_KIND,
    LOG_ARRIVED,
    LOG_WAIT,
    LOG_WORK,
    LOG_OUTCOME,
    LOG_AGENT,
    LOG_ATTEMPT,
    LOG_IS_TRANSFER,
) = range(8)
LOG_SIZE = 8

# Columns of the tally of one type and interval; all are floats.
(
    OFFERED,
    ANSWERED,
    IN_THRESHOLD,
    ABANDONED,
    ABANDONED_IN_THRESHOLD,
    BALKED,
    BLOCKED,
    DISCONNECTED,
    LEFT,
    WAIT_ANSWERED,
    WAIT_ABANDONED,
    HANDLING,
    REDIALS,
    TRANSFERS,
    DIALLED,
    REACHED,
) = range(16)
N_COLUMNS = 16

# Waits are counted in bins: none, under half a second, then each a tenth wider.
FIRST_EDGE_S = 0.5
BIN_GROWTH = 1.1
N_BINS = 116

NEVER = float("inf")
