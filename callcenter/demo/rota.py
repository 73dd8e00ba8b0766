"""Who works when: shifts that follow the load, and the pauses inside them."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from callcenter.demo.attendance import (
    OVERTIME_SHARE,
    days_off_pattern,
    employed,
    overtime_days,
)
from callcenter.demo.calendar import (
    QUARTER_S,
    Bools,
    Floats,
    Ints,
    LocalGrid,
    as_epoch_day,
    local_epochs,
)
from callcenter.demo.company import Company, EmploymentType
from callcenter.demo.queues import QUEUES, Pool, pool_queues
from callcenter.demo.tables import Table

QUARTERS = 96
NIGHT_START = 88
DAY_START_OF_NIGHT_POOL = 28
# Length of a shift in quarters: nine hours with lunch, six and a half, four and a half.
LENGTHS = {
    EmploymentType.FULL_TIME: 36,
    EmploymentType.INTERN: 26,
    EmploymentType.PART_TIME: 18,
}
ROTATION = 0.37


class Pause(IntEnum):
    """Why an agent on shift takes no contacts."""

    BREAK = 0
    LUNCH = 1
    MEETING = 2
    COACHING = 3
    TRAINING = 4


@dataclass(frozen=True, slots=True)
class Shifts(Table):
    """Planned shifts, one a row, by start; times are epoch seconds on the quarter.

    `employee` is a position in the company, `day` the business day (days since
    `company.first_day`, on which the shift starts by local time).
    """

    employee: Ints
    day: Ints
    starts_at: Ints
    ends_at: Ints


@dataclass(frozen=True, slots=True)
class Pauses(Table):
    """Planned pauses, one a row; `shift` is a row of `Shifts`, `reason` a `Pause`."""

    shift: Ints
    starts_at: Ints
    length_s: Ints
    reason: Ints


def pool_members(company: Company, pool: Pool) -> Ints:
    """Positions of the agents of a pool, in order of joining."""
    teams = {f"{pool.code}-{k + 1}" for k in range(pool.teams)}
    return np.asarray(
        [
            i
            for i, person in enumerate(company.employees)
            if person.team in teams and person.post == pool.post
        ],
        dtype=np.int64,
    )


def plan_shifts(
    company: Company,
    pool: Pool,
    load: Floats,
    away: Bools,
    rng: np.random.Generator,
) -> Shifts:
    """Give every agent of a pool who is there a shift, so that shifts follow the load.

    Parameters
    ----------
    company, pool : Company, Pool
        Whose agents are to work.
    load : ndarray of float, shape (n_days, 96), any unit
        Work expected by local day and quarter.
    away : ndarray of bool, shape (n_employees, n_days)
        Who is absent.
    rng : numpy.random.Generator
        Decides who comes in on overtime days.

    """
    members = pool_members(company, pool)
    there, phase = _presence(company, pool, members, load, away, rng)
    kinds = [company.employees[i].employment for i in members]
    is_night = np.asarray([_is_night(company, pool, i) for i in members])
    cover = np.zeros_like(load)
    rows: list[tuple[Ints, Ints, Ints, int]] = []
    if is_night.any():
        people, days = np.nonzero(there & is_night[:, None])
        start = np.full(len(days), NIGHT_START)
        rows.append((people, days, start, LENGTHS[EmploymentType.FULL_TIME]))
        nightly = (there & is_night[:, None]).sum(axis=0)
        cover[:, NIGHT_START:] += nightly[:, None]
        cover[1:, :DAY_START_OF_NIGHT_POOL] += nightly[:-1, None]
    need = _need(load, float(there.sum()) * 30)
    for kind, length in LENGTHS.items():
        mine = np.asarray([k is kind for k in kinds]) & ~is_night
        rows.append(
            _spread(pool, there & mine[:, None], phase, need, cover, length=length)
        )
    return _as_shifts(company, pool, members, rows)


def _is_night(company: Company, pool: Pool, member: int) -> bool:
    number = int(company.employees[member].team.rpartition("-")[2])
    return number > pool.teams - pool.night_teams


def _presence(
    company: Company,
    pool: Pool,
    members: Ints,
    load: Floats,
    away: Bools,
    rng: np.random.Generator,
) -> tuple[Bools, Floats]:
    """Who works on a day, and how early in the day (0 first, 1 last) a person starts.

    The start moves on weekly, on the first day after the days off, so that a change
    from late to early always has two free days in between.
    """
    n_days = load.shape[0]
    days = np.arange(n_days)
    weekday = (days + company.first_day.weekday()) % 7
    by_weekday = np.asarray([load[weekday == d].sum() for d in range(7)])
    pattern = days_off_pattern(by_weekday + by_weekday.mean() * 0.05)
    ordinal = np.arange(len(members))
    first_off = np.asarray(pattern)[ordinal % len(pattern)]
    off = (weekday[None, :] - first_off[:, None]) % 7 < 2
    called = overtime_days(company, pool.code, n_days)[None, :]
    off &= ~(called & (rng.random(off.shape) < OVERTIME_SHARE))
    off |= _spare_days(load, weekday)[None, :] > rng.random(off.shape)
    there = employed(company, n_days, on_floor=True)[members] & ~off & ~away[members]
    week = (days[None, :] + company.first_day.weekday() - first_off[:, None]) // 7
    phase = ((ordinal * 0.618)[:, None] + ROTATION * week) % 1.0
    return there, phase


def _spare_days(load: Floats, weekday: Ints) -> Floats:
    """Share of people given a holiday off because far less work is expected."""
    by_day = load.sum(axis=1)
    usual = np.asarray([np.median(by_day[weekday == d]) for d in range(7)])[weekday]
    ratio = by_day / usual
    return np.asarray(np.where(ratio < 0.75, 0.9 * (1 - ratio), 0.0))


def _need(load: Floats, total: float) -> Floats:
    """Agents wanted by quarter: load plus a margin that matters when few are busy."""
    scale = total / load.sum()
    wanted = load * scale
    wanted = wanted + 1.1 * np.sqrt(wanted)
    return np.asarray(wanted * total / wanted.sum())


def _spread(
    pool: Pool,
    there: Bools,
    phase: Floats,
    need: Floats,
    cover: Floats,
    *,
    length: int,
) -> tuple[Ints, Ints, Ints, int]:
    """Choose the starts of all shifts of one length, adding to `cover` in place.

    One shift a day is placed at a time, on all days at once, where most is missing.
    """
    starts = _starts(pool, length)
    templates = np.zeros((len(starts), QUARTERS))
    for k, start in enumerate(starts):
        templates[k, start : start + length] = _worked(length)
    counts = there.sum(axis=0)
    n_days = len(counts)
    chosen = np.full((n_days, int(counts.max(initial=0))), 10_000, dtype=np.int64)
    for k in range(chosen.shape[1]):
        missing = need - cover
        # The square makes a deep gap count for more than many shallow ones.
        wish = np.where(missing > 0, missing**2, -0.5 * missing**2)
        best = np.argmax(wish @ templates.T, axis=1)
        open_days = counts > k
        cover[open_days] += templates[best[open_days]]
        chosen[open_days, k] = np.asarray(starts)[best[open_days]]
    chosen.sort(axis=1)
    rank = np.argsort(np.argsort(np.where(there, phase, 2.0), axis=0), axis=0)
    people, days = np.nonzero(there)
    return people, days, chosen[days, rank[people, days]], length


def _worked(length: int) -> Floats:
    """Expected presence in each quarter of a shift, lunch and breaks spread out."""
    worked = np.full(length, 0.95)
    if length >= LENGTHS[EmploymentType.FULL_TIME]:
        worked[14:23] = 1 - 4 / 9
    elif length >= LENGTHS[EmploymentType.INTERN]:
        worked[12:18] = 1 - 2 / 6
    return worked


def _starts(pool: Pool, length: int) -> list[int]:
    """Quarters at which a shift may start: every half hour inside opening hours."""
    served = [QUEUES[q] for q in pool_queues(pool.code)]
    first = min(queue.opens_h for queue in served) * 4
    last = max(queue.closes_h for queue in served) * 4 - length
    if pool.night_teams:
        first = max(first, DAY_START_OF_NIGHT_POOL)
    return list(range(first, last + 1, 2))


def _as_shifts(
    company: Company,
    pool: Pool,
    members: Ints,
    rows: list[tuple[Ints, Ints, Ints, int]],
) -> Shifts:
    zone = next(s.zone for s in company.sites if s.code == pool.site)
    people = np.concatenate([members[row[0]] for row in rows])
    days = np.concatenate([row[1] for row in rows])
    start_q = np.concatenate([row[2] for row in rows])
    length = np.concatenate([np.full(len(row[0]), row[3]) for row in rows])
    starts_at = local_epochs(
        zone, days + as_epoch_day(company.first_day), start_q * QUARTER_S
    )
    order = np.lexsort((people, starts_at))
    return Shifts(
        employee=people[order],
        day=days[order],
        starts_at=starts_at[order],
        ends_at=(starts_at + length * QUARTER_S)[order],
    )


def plan_pauses(shifts: Shifts, rng: np.random.Generator) -> Pauses:
    """Breaks, lunch, team meetings, coaching and training inside the shifts."""
    length = (shifts.ends_at - shifts.starts_at) // QUARTER_S
    n = len(length)
    is_full = length >= LENGTHS[EmploymentType.FULL_TIME]
    is_part = length <= LENGTHS[EmploymentType.PART_TIME]
    short = ~is_full & ~is_part
    everyone = np.ones(n, dtype=bool)
    turn = shifts.day + shifts.employee
    lunch = np.where(is_full, rng.integers(14, 20, n), rng.integers(12, 17, n))
    first = np.where(is_part, rng.integers(8, 11, n), rng.integers(5, 8, n))
    second = lunch + 4 + rng.integers(3, 6, n)
    talk = np.where(is_part, 12, np.where(short, 9, 11))
    wanted = (
        (everyone, first, 1, Pause.BREAK),
        (is_full, second, 1, Pause.BREAK),
        (is_full, lunch, 4, Pause.LUNCH),
        (short, lunch, 2, Pause.LUNCH),
        (turn % 7 < 2, np.zeros(n, dtype=np.int64), 1, Pause.MEETING),
        (turn % 9 == 3, talk, 2, Pause.COACHING),
        (is_full & (turn % 23 == 7), np.full(n, 30), 4, Pause.TRAINING),
    )
    parts = []
    for mask, at, quarters, reason in wanted:
        rows = np.flatnonzero(mask)
        parts.append(
            np.column_stack(
                (
                    rows,
                    shifts.starts_at[rows] + at[rows] * QUARTER_S,
                    np.full(len(rows), quarters * QUARTER_S),
                    np.full(len(rows), int(reason)),
                )
            )
        )
    table = np.concatenate(parts)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return Pauses(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def agents_ready(shifts: Shifts, pauses: Pauses, grid: LocalGrid) -> Ints:
    """Agents on shift and not planned to pause; shape (n_quarters,)."""
    n = len(grid.starts)
    zero = int(grid.starts[0])

    def steps(instants: Ints) -> Ints:
        at = np.clip((instants - zero) // QUARTER_S, 0, n)
        return np.bincount(at, minlength=n + 1)

    change = steps(shifts.starts_at) - steps(shifts.ends_at)
    change += steps(pauses.starts_at + pauses.length_s) - steps(pauses.starts_at)
    return np.asarray(np.cumsum(change)[:n])
