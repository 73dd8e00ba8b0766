"""From a center in words to tables of records; references are row numbers still."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.simulation.checks import checked_center
from callcenter.engine.simulation.durations import Durations, per_interval
from callcenter.engine.simulation.floor import Floor, stand, stem
from callcenter.engine.simulation.kernel import cells as c
from callcenter.engine.simulation.model import (
    AgentChoice,
    Campaign,
    Center,
    ContactChoice,
    ContactType,
    OnClose,
)
from callcenter.engine.simulation.tables import Table, table_of

NO_LIMIT = 1 << 60
Floats = NDArray[np.float64]
Row = tuple[float, ...]


@dataclass(frozen=True)
class Layout:
    """The center's tables that do not change from day to day."""

    center: Center
    kinds: Table
    floor: Floor
    routes: Table
    offers: Table
    durations: Table
    means: Floats
    values: Floats
    transfers: Table
    plan: Table
    given: Table
    expected: Floats
    reach: Floats


def lay_out(center: Center) -> Layout:
    """Check a center and bring it into tables.

    Raises `EngineInputError` naming what is wrong.
    """
    checked_center(center)
    names = [t.name for t in center.types] + [k.name for k in center.campaigns]
    index = {name: k for k, name in enumerate(names)}
    durations = Durations(center.n_intervals)
    kinds = _kinds(center, durations)
    transfers = _transfers(center, kinds, index)
    floor = stand(center, index)
    routes = _routes(center, kinds, floor)
    offers = _offers(center, kinds, floor)
    records, means, values = durations.arrays()
    expected, reach = _rates(center)
    return Layout(
        center=center,
        kinds=kinds,
        floor=floor,
        routes=routes,
        offers=offers,
        durations=records,
        means=means,
        values=values,
        transfers=transfers,
        plan=_plan(center, floor, reach),
        given=_given(center),
        expected=expected,
        reach=reach,
    )


def _kinds(center: Center, durations: Durations) -> Table:
    n_types = len(center.types)
    kinds = Table(n_types + len(center.campaigns), c.KIND_SIZE)
    kinds.m[:, c.KIND_INDEX] = np.arange(len(kinds))
    for column in (
        c.KIND_SERVICE,
        c.KIND_AFTER_WORK,
        c.KIND_PATIENCE,
        c.KIND_DELAY,
        c.KIND_DIAL,
        c.KIND_MISSED,
    ):
        kinds.m[:, column] = -1
    kinds.m[:, [c.KIND_CAPACITY, c.KIND_LIST_SIZE]] = NO_LIMIT
    kinds.f[:, c.KIND_WEIGHT] = 1.0
    kinds.m[:, c.KIND_TOGETHER] = 1
    for k, contact_type in enumerate(center.types):
        _fill_type(kinds, k, contact_type, center, durations)
    for k, campaign in enumerate(center.campaigns, n_types):
        _fill_campaign(kinds, k, campaign, durations)
    return kinds


def _fill_type(
    kinds: Table, k: int, of: ContactType, center: Center, durations: Durations
) -> None:
    m, f = kinds.m[k], kinds.f[k]
    m[c.KIND_STEM] = stem(of.name)
    m[c.KIND_SERVICE] = durations.add(f"{of.name}.service", of.service)
    m[c.KIND_AFTER_WORK] = durations.add(f"{of.name}.after_work", of.after_work)
    m[c.KIND_PATIENCE] = durations.add(f"{of.name}.patience", of.patience)
    f[c.KIND_BALK] = of.balk
    f[c.KIND_WEIGHT] = of.weight
    f[c.KIND_SLOW_DOWN] = of.slow_down
    m[c.KIND_TOGETHER] = of.together
    f[c.KIND_THRESHOLD_S] = of.sl_threshold_s
    if of.capacity is not None:
        m[c.KIND_CAPACITY] = of.capacity
    if of.redial is not None:
        f[c.KIND_REDIAL] = of.redial.probability
        m[c.KIND_MAX_ATTEMPTS] = of.redial.max_attempts
        m[c.KIND_DELAY] = durations.add(f"{of.name}.redial.delay", of.redial.delay)
    horizon = center.n_intervals * center.interval_s
    f[c.KIND_CLOSES_AT] = horizon if of.closes_at_s is None else of.closes_at_s
    m[c.KIND_DISCONNECTS] = int(of.on_close == OnClose.DISCONNECT)


def _fill_campaign(kinds: Table, k: int, of: Campaign, durations: Durations) -> None:
    m, f = kinds.m[k], kinds.f[k]
    m[c.KIND_STEM], m[c.KIND_IS_OUTBOUND] = stem(of.name), 1
    m[c.KIND_SERVICE] = durations.add(f"{of.name}.talk", of.talk)
    m[c.KIND_DIAL] = durations.add(f"{of.name}.dial", of.dial)
    m[c.KIND_AFTER_WORK] = durations.add(f"{of.name}.after_work", of.after_work)
    m[c.KIND_MISSED] = durations.add(f"{of.name}.missed_work", of.missed_work)
    m[c.KIND_DELAY] = durations.add(f"{of.name}.retry_delay", of.retry_delay)
    f[c.KIND_RETRY] = of.retry
    if of.list_size is not None:
        m[c.KIND_LIST_SIZE] = of.list_size


def _transfers(center: Center, kinds: Table, index: dict[str, int]) -> Table:
    rows: list[Row] = []
    for k, contact_type in enumerate(center.types):
        kinds.m[k, c.KIND_TRANSFERS] = len(rows)
        upto = 0.0
        for name, share in contact_type.transfers.items():
            upto += share
            rows.append((upto, index[name]))
        kinds.m[k, c.KIND_TRANSFERS_END] = len(rows)
    return table_of(rows, c.TRANSFER_SIZE, floats={c.TRANSFER_UPTO})


def _routes(center: Center, kinds: Table, floor: Floor) -> Table:
    """The groups that take each kind, by rank."""
    by_kind: list[list[Row]] = [[] for _ in range(len(kinds))]
    ranked = center.rules.agent_choice == AgentChoice.PRIORITY
    for g, key in enumerate(floor.keys):
        for k, priority, after_s, reserve in key:
            by_kind[k].append((g, priority if ranked else 0, reserve, after_s))
    rows: list[Row] = []
    for k, found in enumerate(by_kind):
        kinds.m[k, c.KIND_ROUTES] = len(rows)
        rows += sorted(found, key=lambda row: (row[1], row[0]))
        kinds.m[k, c.KIND_ROUTES_END] = len(rows)
        kinds.m[k, c.KIND_HAS_DELAYS] = int(any(row[3] > 0.0 for row in found))
    return table_of(rows, c.ROUTE_SIZE, floats={c.ROUTE_DELAY})


def _offers(center: Center, kinds: Table, floor: Floor) -> Table:
    """What each group takes, by rank, then what it dials."""
    choice = ContactChoice(center.rules.contact_choice)
    rows: list[Row] = []
    for g, key in enumerate(floor.keys):
        offers: list[Row] = []
        dials: list[Row] = []
        for k, priority, after_s, reserve in key:
            if kinds.m[k, c.KIND_IS_OUTBOUND]:
                dials.append((k, priority, reserve, 0.0))
                continue
            rank = 0
            if choice is ContactChoice.AGENT_PRIORITY:
                rank = priority
            elif choice is ContactChoice.CONTACT_PRIORITY:
                rank = center.types[k].priority
            offers.append((k, rank, reserve, after_s))
        floor.groups.m[g, c.GROUP_OFFERS] = len(rows)
        rows += sorted(offers, key=lambda row: (row[1], row[0]))
        floor.groups.m[g, c.GROUP_DIALS] = len(rows)
        rows += sorted(dials, key=lambda row: (row[1], row[0]))
        floor.groups.m[g, c.GROUP_DIALS_END] = len(rows)
    return table_of(rows, c.OFFER_SIZE, floats={c.OFFER_DELAY})


def _rates(center: Center) -> tuple[Floats, Floats]:
    """Contacts expected until each edge of an interval, and shares reached."""
    n, n_types = center.n_intervals, len(center.types)
    n_kinds = n_types + len(center.campaigns)
    expected, reach = np.zeros((n_kinds, n + 1)), np.zeros((n_kinds, n))
    for k, contact_type in enumerate(center.types):
        offered = per_interval(f"{contact_type.name}.offered", contact_type.offered, n)
        expected[k, 1:] = np.cumsum(offered)
    for k, campaign in enumerate(center.campaigns, n_types):
        reach[k] = per_interval(f"{campaign.name}.reach", campaign.reach, n)
    return expected, reach


def _plan(center: Center, floor: Floor, reach: Floats) -> Table:
    """All that is known beforehand, in order of time."""
    rows: list[Row] = []
    for g, group in enumerate(center.groups):
        staff = per_interval(f"{group.name}.staff", group.staff, center.n_intervals)
        changes = np.flatnonzero(np.diff(staff, prepend=0.0))
        rows += [(p * center.interval_s, c.COUNT, g, staff[p]) for p in changes]
    for agent, a in zip(center.agents, floor.place_of, strict=True):
        for shift in agent.shifts:
            rows.append((shift.start_s, c.SHIFT_START, a, 0.0))
            rows.append((shift.end_s, c.SHIFT_END, a, 0.0))
            rows += [(at, c.BREAK, a, length) for at, length in shift.breaks]
    horizon = center.n_intervals * center.interval_s
    for k, contact_type in enumerate(center.types):
        if contact_type.on_close == OnClose.DISCONNECT:
            at = contact_type.closes_at_s
            rows.append((horizon if at is None else at, c.CLOSE, k, 0.0))
    for k, p in np.argwhere(reach > 0.0):
        rows.append((p * center.interval_s, c.OPEN, k, 0.0))
    rows.sort(key=lambda row: row[:3])
    floats = {c.PLANNED_AT, c.PLANNED_VALUE}
    return table_of(rows, c.PLANNED_SIZE, floats=floats)


def _given(center: Center) -> Table:
    given = center.given
    if given is None:
        return Table(0, c.GIVEN_SIZE)
    at_s = np.asarray(given.at_s, dtype=np.float64)
    table = Table(at_s.size, c.GIVEN_SIZE)
    table.f[:, c.GIVEN_AT] = at_s
    table.m[:, c.GIVEN_KIND] = np.asarray(given.of)
    for column, values in (
        (c.GIVEN_SERVICE, given.service_s),
        (c.GIVEN_PATIENCE, given.patience_s),
    ):
        known = np.full(at_s.size, -1.0) if values is None else np.asarray(values)
        table.f[:, column] = np.where(np.isnan(known), -1.0, known)
    return table
