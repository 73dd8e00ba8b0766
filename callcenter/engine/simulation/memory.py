"""The event loop's memory: a center's tables end to end, references as addresses."""

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.layout import NO_LIMIT, Layout
from callcenter.engine.simulation.model import AgentChoice, BreakRule
from callcenter.engine.simulation.tables import Cells, Floats, Table

FIRST_ROOM = 2048


@dataclass(frozen=True)
class Memory:
    """One block of memory and the parts of it that are read as results.

    Attributes
    ----------
    m, f : the block, as integers and as floats
    tally : shape (n_kinds, n_intervals + 1, N_COLUMNS), contacts and seconds, by
        interval of arrival; the last interval is all after the horizon
    waits : shape (n_kinds, n_intervals + 1, N_BINS), answered contacts, of all days
    busy, staffed : shape (n_groups, n_intervals + 1), seconds
    kinds, agents, log : rows as in `cells`
    """

    m: Cells
    f: Floats
    tally: Floats
    waits: Cells
    busy: Floats
    staffed: Floats
    kinds: Cells
    agents: Cells
    log: Cells

    def taken(self) -> "Memory":
        """The same memory with what one day left in it put aside."""
        return replace(
            self,
            tally=self.tally.copy(),
            busy=self.busy.copy(),
            staffed=self.staffed.copy(),
            agents=self.agents.copy(),
        )


class _Block:
    """Parts behind each other, and where each begins."""

    def __init__(self) -> None:
        self.parts: list[Cells] = [np.zeros(c.HEADER_SIZE, dtype=np.int64)]
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.start: dict[str, int] = {}
        self.end = c.HEADER_SIZE

    def add(self, name: str, part: Table | Cells | Floats) -> None:
        """Put a part at the end."""
        array = part.m if isinstance(part, Table) else np.ascontiguousarray(part)
        self.start[name] = self.end
        self.shapes[name] = array.shape
        self.parts.append(array.reshape(-1).view(np.int64))
        self.end += array.size

    def join(self) -> Cells:
        """All parts as one."""
        return np.concatenate(self.parts)

    def rows(self, m: Cells, name: str) -> Cells:
        """One part, as integers, in its own shape."""
        start, shape = self.start[name], self.shapes[name]
        return m[start : start + int(np.prod(shape))].reshape(shape)


def make_memory(layout: Layout, *, n_room: int = FIRST_ROOM, n_log: int = 0) -> Memory:
    """A center before its first day, with room for so many contacts at once."""
    block = _Block()
    _add_state(block, layout, n_room, n_log)
    _add_tables(block, layout)
    m = block.join()
    _write_head(m, block, layout)
    _address_kinds(m, block)
    _address_floor(m, block)
    f = m.view(np.float64)
    return Memory(
        m=m,
        f=f,
        tally=block.rows(m, "tally").view(np.float64),
        waits=block.rows(m, "waits"),
        busy=block.rows(m, "busy").view(np.float64),
        staffed=block.rows(m, "staffed").view(np.float64),
        kinds=block.rows(m, "kinds"),
        agents=block.rows(m, "agents"),
        log=block.rows(m, "log"),
    )


def _add_state(block: _Block, layout: Layout, n_room: int, n_log: int) -> None:
    """What the days fill."""
    n_kinds, n_groups = len(layout.kinds), len(layout.floor.groups)
    n_agents, n_columns = len(layout.floor.agents), layout.center.n_intervals + 1
    together = _most_together(layout)
    block.add("heap", Table(n_agents + 3 * n_room, c.EVENT_SIZE))
    block.add("arrivals", Table(n_kinds, c.EVENT_SIZE))
    block.add("lines", Table(n_groups * together, c.LINE_SIZE))
    n_slots = n_agents * together if together > 1 else 0
    block.add("slots", Table(n_slots, c.SLOT_SIZE))
    block.add("contacts", Table(n_room, c.CONTACT_SIZE))
    block.add("log", Table(n_log, c.LOG_SIZE))
    block.add("tally", np.zeros((n_kinds, n_columns, c.N_COLUMNS)))
    block.add("waits", np.zeros((n_kinds, n_columns, c.N_BINS), dtype=np.int64))
    block.add("busy", np.zeros((n_groups, n_columns)))
    block.add("staffed", np.zeros((n_groups, n_columns)))


def _add_tables(block: _Block, layout: Layout) -> None:
    """What the center is."""
    block.add("kinds", layout.kinds)
    block.add("groups", layout.floor.groups)
    block.add("agents", layout.floor.agents)
    block.add("routes", layout.routes)
    block.add("offers", layout.offers)
    block.add("durations", layout.durations)
    block.add("transfers", layout.transfers)
    block.add("plan", layout.plan)
    block.add("given", layout.given)
    block.add("means", layout.means)
    block.add("values", layout.values)
    block.add("speed", layout.floor.speed)
    block.add("expected", layout.expected)
    block.add("reach", layout.reach)


def _most_together(layout: Layout) -> int:
    return int(layout.kinds.m[:, c.KIND_TOGETHER].max())


def _write_head(m: Cells, block: _Block, layout: Layout) -> None:
    center = layout.center
    f = m.view(np.float64)
    f[c.INTERVAL_S] = center.interval_s
    f[c.HORIZON_S] = center.n_intervals * center.interval_s
    m[c.N_INTERVALS] = center.n_intervals
    m[c.CAPACITY] = NO_LIMIT if center.capacity is None else center.capacity
    m[c.KEEPS_BREAKS_WHOLE] = center.rules.breaks == BreakRule.WHOLE
    by_number = center.rules.agent_choice == AgentChoice.MOST_IDLE_GROUP
    m[c.PREFERS_MANY_FREE] = by_number
    m[c.MOST_TOGETHER] = _most_together(layout)
    m[c.EVENTS_MOST] = block.shapes["heap"][0]
    for name, cell in (
        ("heap", c.HEAP),
        ("arrivals", c.ARRIVALS),
        ("slots", c.SLOTS),
    ):
        m[cell] = block.start[name]
    for name, first, last in (
        ("plan", c.PLAN, c.PLAN_END),
        ("given", c.GIVEN, c.GIVEN_END),
        ("kinds", c.KINDS, c.KINDS_END),
        ("groups", c.GROUPS, c.GROUPS_END),
        ("agents", c.AGENTS, c.AGENTS_END),
        ("contacts", c.CONTACTS, c.CONTACTS_END),
        ("lines", c.LINES, c.LINES_END),
        ("log", c.LOG, c.LOG_END),
        ("tally", c.TALLY, c.TALLY_END),
        ("busy", c.BUSY, c.BUSY_END),
        ("staffed", c.STAFFED, c.STAFFED_END),
    ):
        m[first] = block.start[name]
        m[last] = block.start[name] + int(np.prod(block.shapes[name]))


def _point(block: _Block, column: Cells, to: str) -> None:
    """Turn row numbers into addresses; -1 stays."""
    size = block.shapes[to][1] if len(block.shapes[to]) > 1 else 1
    column[:] = np.where(column < 0, -1, block.start[to] + size * column)


def _address_kinds(m: Cells, block: _Block) -> None:
    kinds = block.rows(m, "kinds")
    for column in (
        c.KIND_SERVICE,
        c.KIND_AFTER_WORK,
        c.KIND_PATIENCE,
        c.KIND_DELAY,
        c.KIND_DIAL,
        c.KIND_MISSED,
    ):
        _point(block, kinds[:, column], "durations")
    for column, to in (
        (c.KIND_ROUTES, "routes"),
        (c.KIND_ROUTES_END, "routes"),
        (c.KIND_TRANSFERS, "transfers"),
        (c.KIND_TRANSFERS_END, "transfers"),
    ):
        _point(block, kinds[:, column], to)
    for column, to in (
        (c.KIND_TALLY, "tally"),
        (c.KIND_WAITS, "waits"),
        (c.KIND_EXPECTED, "expected"),
        (c.KIND_REACH, "reach"),
    ):
        length = int(np.prod(block.shapes[to][1:]))
        kinds[:, column] = block.start[to] + length * np.arange(len(kinds))
    durations = block.rows(m, "durations")
    durations[:, c.DURATION_VALUES] += block.start["values"]
    durations[:, c.DURATION_MEANS] += block.start["means"]
    _point(block, block.rows(m, "transfers")[:, c.TRANSFER_KIND], "kinds")
    _point(block, block.rows(m, "given")[:, c.GIVEN_KIND], "kinds")
    _point(block, block.rows(m, "offers")[:, c.OFFER_KIND], "kinds")


def _address_floor(m: Cells, block: _Block) -> None:
    groups, agents = block.rows(m, "groups"), block.rows(m, "agents")
    together = int(m[c.MOST_TOGETHER])
    lines = block.start["lines"] + together * c.LINE_SIZE * np.arange(len(groups))
    groups[:, c.GROUP_LINES] = lines
    routes = block.rows(m, "routes")
    routes[:, c.ROUTE_LINES] = lines[routes[:, c.ROUTE_LINES]]
    for column in (c.GROUP_OFFERS, c.GROUP_DIALS, c.GROUP_DIALS_END):
        _point(block, groups[:, column], "offers")
    for column in (c.GROUP_AGENTS, c.GROUP_AGENTS_END):
        _point(block, groups[:, column], "agents")
    for column, to in ((c.GROUP_BUSY, "busy"), (c.GROUP_STAFFED, "staffed")):
        length = block.shapes[to][1]
        groups[:, column] = block.start[to] + length * np.arange(len(groups))
    _point(block, agents[:, c.AGENT_GROUP], "groups")
    order = np.arange(len(agents))
    n_kinds = block.shapes["kinds"][0]
    agents[:, c.AGENT_SPEED] = block.start["speed"] + n_kinds * order
    agents[:, c.AGENT_SLOTS] = block.start["slots"] + together * c.SLOT_SIZE * order
    plan = block.rows(m, "plan")
    what, of = plan[:, c.PLANNED_WHAT], plan[:, c.PLANNED_OF]
    for to, events in (
        ("groups", (c.COUNT,)),
        ("agents", (c.SHIFT_START, c.SHIFT_END, c.BREAK)),
        ("kinds", (c.CLOSE, c.OPEN)),
    ):
        chosen = np.isin(what, events)
        of[chosen] = block.start[to] + block.shapes[to][1] * of[chosen]
