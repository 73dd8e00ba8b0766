"""Who could swap with whom: the circles that rules, seats and service allow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering import PlannedShift, find_circles, who_may_take
from callcenter.kernel import clock
from callcenter.people.models import Employee
from callcenter.scheduling.errors import NoAgents
from callcenter.scheduling.models import Schedule, Shift
from callcenter.scheduling.models.swaps import AgentRules, SwapWant, SwapWish
from callcenter.scheduling.queries import swaps as reading
from callcenter.scheduling.services.grid import INTERVAL
from callcenter.scheduling.services.ground import Ground, build_ground
from callcenter.scheduling.services.presence import (
    Presence,
    count_scheduled,
    presence_of,
    presence_standing,
    skills_held,
    together,
)
from callcenter.scheduling.services.proposals import (
    Finding,
    as_proposal,
    check_changes,
    planned_shift,
)

MOST_SHOWN = 12
DAY_APART = 0.1
UNASKED = 1.0


@dataclass(frozen=True, slots=True)
class SwapOption:
    """A circle of shifts: the agent of each takes the next, the last the first.

    ``n_willing`` counts the colleagues who want to give their shift away anyway;
    ``more_short_h`` are the agent-hours that would be missing beyond those now.
    """

    shifts: tuple[Shift, ...]
    n_willing: int
    more_short_h: float

    @property
    def taken(self) -> Shift:
        """What the first gets."""
        return self.shifts[1]


@dataclass(frozen=True, eq=False)
class _Market:
    """The shifts that could change hands around one, as the engine wants them."""

    ground: Ground
    known: list[PlannedShift]
    offered: list[int]
    shifts: list[Shift]
    wishes: dict[int, SwapWish]


def find_swaps(shift: Shift, wants: SwapWant = SwapWant.ANYTHING) -> list[SwapOption]:
    """The exchanges in which the shift's agent would get another for it.

    Direct swaps with anybody of the own team, and chains among those who want to give
    a shift away. Every one keeps the rules of everybody, the clients' zones, and the
    notice of the site; the shortest and the most willing come first.
    """
    rules = reading.agent_rules(shift.schedule.site_id)
    market = _market(shift, rules)
    if market is None:
        return []
    start = next(n for n, each in enumerate(market.shifts) if each.id == shift.id)
    wanted = {key: each.wants for key, each in market.wishes.items()} | {
        shift.id: wants
    }
    circles = find_circles(
        _arrows(market, wanted),
        [each.employee_id for each in market.shifts],
        start,
        longest=rules.swap_longest,
        most=MOST_SHOWN,
        reluctance=[_reluctance(each, shift, market) for each in market.shifts],
        may_chain=[each.id in market.wishes for each in market.shifts],
    )
    service = _Service(shift.schedule, market.shifts)
    found = []
    for circle in circles:
        chosen = tuple(market.shifts[place] for place in circle)
        n_willing = sum(each.id in market.wishes for each in chosen[1:])
        found.append(SwapOption(chosen, n_willing, service.more_short_h(chosen)))
    found.sort(key=lambda each: (-_share(each), len(each.shifts)))
    return found[:MOST_SHOWN]


def _share(option: SwapOption) -> float:
    return option.n_willing / (len(option.shifts) - 1)


def _market(shift: Shift, rules: AgentRules) -> _Market | None:
    schedule = shift.schedule
    earliest = clock.now() + timedelta(hours=rules.swap_notice_h)
    if shift.starts_at <= earliest:
        return None
    wishes = {
        each.shift_id: each for each in reading.open_wishes(schedule.id, earliest)
    }
    people = reading.partners_of(shift, {each.employee_id for each in wishes.values()})
    try:
        ground = build_ground(schedule, only=people)
    except NoAgents:
        return None
    known: list[PlannedShift] = []
    offered: list[int] = []
    shifts: list[Shift] = []
    for each in reading.planned_shifts(schedule.id, people):
        number = ground.agent_number(each.employee_id)
        if number is None:
            continue
        planned = planned_shift(schedule, ground, number, as_proposal(each))
        if planned is None:
            continue
        if each.is_live and each.starts_at > earliest:
            offered.append(len(known))
            shifts.append(each)
        known.append(planned)
    if shift.id not in {each.id for each in shifts}:
        return None
    return _Market(ground, known, offered, shifts, wishes)


def _arrows(market: _Market, wants: dict[int, SwapWant]) -> NDArray[np.bool_]:
    """Who may take whose shift: by the rules, the seats, and what they want."""
    arrows = who_may_take(market.ground.problem, market.known, market.offered)
    start = np.array([each.starts_at.timestamp() for each in market.shifts])
    day = np.array([each.day.toordinal() for each in market.shifts])
    teams = {each.employee.team_id or 0 for each in market.shifts}
    ours = reading.projects_of_teams(teams)
    for row, mine in enumerate(market.shifts):
        want = wants.get(mine.id, SwapWant.ANYTHING)
        if want is SwapWant.OTHER_DAY:
            arrows[row] &= day != day[row]
        elif want is SwapWant.EARLIER:
            arrows[row] &= (day == day[row]) & (start < start[row])
        elif want is SwapWant.LATER:
            arrows[row] &= (day == day[row]) & (start > start[row])
    isolated = [n for n, each in enumerate(market.shifts) if _is_kept(each)]
    for row, mine in enumerate(market.shifts):
        for place in isolated:
            arrows[row, place] &= reading.may_sit(
                mine.employee, market.shifts[place].seat, ours
            )
    return _without_twins(arrows, market)


def _is_kept(shift: Shift) -> bool:
    return shift.seat is not None and (
        shift.seat.project_id is not None or not shift.seat.is_usable
    )


def _without_twins(arrows: NDArray[np.bool_], market: _Market) -> NDArray[np.bool_]:
    """Leave out shifts at the same time: nobody gains by swapping them."""
    places: dict[tuple[datetime, datetime], list[int]] = {}
    for place, each in enumerate(market.shifts):
        places.setdefault((each.starts_at, each.ends_at), []).append(place)
    for same in places.values():
        arrows[np.ix_(same, same)] = False
    return arrows


def _reluctance(each: Shift, given: Shift, market: _Market) -> float:
    apart = abs((each.day - given.day).days)
    return apart * DAY_APART + (0.0 if each.id in market.wishes else UNASKED)


def takers_of(shifts: Sequence[Shift]) -> list[tuple[Shift, Employee]]:
    """Each shift of a circle with whoever takes it: the agent of the one before."""
    before = (shifts[-1], *shifts[:-1])
    return [(each, giver.employee) for each, giver in zip(shifts, before, strict=True)]


def check_swap(shifts: Sequence[Shift]) -> tuple[Finding, ...]:
    """The rules that a circle would break, as a change by hand is checked."""
    pairs = [
        (each, replace(as_proposal(each), employee_id=taker.id))
        for each, taker in takers_of(shifts)
    ]
    findings = list(check_changes(shifts[0].schedule, pairs).findings)
    ours = reading.projects_of_teams({each.employee.team_id or 0 for each in shifts})
    findings += [
        Finding("seat_of_project", taker.id, 0, 0, "seats")
        for each, taker in takers_of(shifts)
        if not reading.may_sit(taker, each.seat, ours)
    ]
    return tuple(findings)


def more_short_h(shifts: Sequence[Shift]) -> float:
    """The agent-hours that a circle would leave missing beyond those missing now."""
    return _Service(shifts[0].schedule, shifts).more_short_h(shifts)


class _Service:
    """Who is at work around some shifts, read once to judge several circles of them.

    Nothing changes where all of a circle hold the same skills for the schedule's
    queues; else everybody at work in the touched time is counted again.
    """

    def __init__(self, schedule: Schedule, shifts: Sequence[Shift]) -> None:
        self.schedule = schedule
        self.queues = sorted(
            (each.queue for each in schedule.queues), key=lambda queue: queue.id
        )
        self.skills = skills_held([each.employee_id for each in shifts], self.queues)
        self.first = _floor(min(each.starts_at for each in shifts))
        last = max(each.ends_at for each in shifts)
        self.n_intervals = -((self.first - last) // INTERVAL)
        self.present: Presence | None = None

    def more_short_h(self, shifts: Sequence[Shift]) -> float:
        """What is missing more when everybody takes the shift of the next."""
        held = [self.skills[each.employee_id] for each in shifts]
        if all(np.array_equal(held[0], each) for each in held[1:]):
            return 0.0
        if self.present is None:
            self._read()
        now = self.present or {}
        then = _after(now, shifts, self.first, self.n_intervals)
        total = 0.0
        for low, high in self._stretches(shifts):
            total += self._missing(then, low, high) - self._missing(now, low, high)
        return total * (INTERVAL / timedelta(hours=1))

    def _read(self) -> None:
        self.present = together(
            presence_of(self.schedule.id, self.first, self.n_intervals),
            presence_standing(self.schedule, self.first, self.n_intervals),
        )
        missing = sorted(set(self.present) - set(self.skills))
        self.skills |= skills_held(missing, self.queues)
        self.wanted = _wanted(
            self.schedule.id,
            [each.id for each in self.queues],
            self.first,
            self.n_intervals,
        )

    def _missing(self, present: Presence, low: int, high: int) -> float:
        """Agent-intervals missing in a stretch, over all queues."""
        there = {
            key: line[low:high] for key, line in present.items() if line[low:high].any()
        }
        wanted = self.wanted[:, low:high]
        given = count_scheduled(
            self.schedule,
            self.queues,
            wanted,
            there,
            {k: self.skills[k] for k in there},
        )
        return float(np.maximum(0.0, wanted - given).sum())

    def _stretches(self, shifts: Sequence[Shift]) -> list[tuple[int, int]]:
        """The touched time as ranges of intervals that do not overlap."""
        found: list[tuple[int, int]] = []
        for each in sorted(shifts, key=lambda shift: shift.starts_at):
            low = (each.starts_at - self.first) // INTERVAL
            high = -((self.first - each.ends_at) // INTERVAL)
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], high))
            else:
                found.append((low, high))
        return found


def _floor(at: datetime) -> datetime:
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    return at - (at - epoch) % INTERVAL


def _wanted(
    schedule_id: int, queue_ids: Sequence[int], first: datetime, n: int
) -> NDArray[np.float64]:
    wanted = np.zeros((len(queue_ids), n))
    places = {each: place for place, each in enumerate(queue_ids)}
    for row in reading.requirement_of(schedule_id, first, first + n * INTERVAL):
        queue_id, at, required = row
        wanted[places[queue_id], (at - first) // INTERVAL] = required
    return wanted


def _after(now: Presence, shifts: Sequence[Shift], first: datetime, n: int) -> Presence:
    """Who would be at work: every shift leaves its agent and comes to its taker."""
    then = dict(now)
    lines = {each.id: _line(each, first, n) for each in shifts}
    nobody = np.zeros(n, np.int64)
    for each in shifts:
        mine = then.get(each.employee_id, nobody).copy()
        mine[lines[each.id] > 0] = 0
        then[each.employee_id] = mine
    for each, taker in takers_of(shifts):
        then[taker.id] = np.maximum(then[taker.id], lines[each.id])
    return then


def _line(shift: Shift, first: datetime, n: int) -> NDArray[np.int64]:
    line = np.zeros(n, np.int64)

    def mark(starts_at: datetime, ends_at: datetime, value: int) -> None:
        low = max(0, (starts_at - first) // INTERVAL)
        line[low : max(0, -((first - ends_at) // INTERVAL))] = value

    mark(shift.starts_at, shift.ends_at, 1)
    for each in shift.activities:
        mark(each.starts_at, each.ends_at, 0)
    return line
