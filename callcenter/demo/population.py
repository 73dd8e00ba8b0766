"""Who joins and who leaves: attrition by tenure, hire classes, moves between teams."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from callcenter.demo.company import EmploymentType, HireClass, LeaveReason, Text
from callcenter.demo.queues import Pool

GROWTH_START = 0.88
CLASS_DAYS = {"HF": 21, "CD": 21, "LX": 28}
# Chance to leave within a month, by days since joining.
ATTRITION = ((30, 0.07), (90, 0.05), (180, 0.036), (365, 0.026), (730, 0.016))
LATE_ATTRITION = 0.009
EMPLOYMENTS = tuple(EmploymentType)
EMPLOYMENT_SHARES = (0.74, 0.16, 0.1)
EARLY_REASONS = (
    (LeaveReason.SHIFT_WORK, 0.3),
    (LeaveReason.OTHER_JOB, 0.25),
    (LeaveReason.PAY, 0.2),
    (LeaveReason.FAMILY, 0.13),
    (LeaveReason.DISMISSED, 0.12),
)
LATE_REASONS = (
    (LeaveReason.OTHER_JOB, 0.38),
    (LeaveReason.PAY, 0.22),
    (LeaveReason.FAMILY, 0.18),
    (LeaveReason.SHIFT_WORK, 0.12),
    (LeaveReason.DISMISSED, 0.1),
)
STUDENT_REASONS = ((LeaveReason.STUDY, 0.7), (LeaveReason.CONTRACT_ENDED, 0.3))


@dataclass(slots=True)
class Person:
    """An agent in the making: dates first, a name later."""

    pool: Pool
    team: int
    employment: EmploymentType
    joined_on: date
    floor_on: date
    hire_class: str | None = None
    left_on: date | None = None
    left_reason: LeaveReason | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Two people of a pool change places on a day."""

    on: date
    first: Person
    second: Person


def periods(first_day: date, today: date) -> tuple[tuple[date, date], ...]:
    """The months of the history, half-open; the last ends with `today`."""
    starts = [first_day]
    while True:
        later = (starts[-1].replace(day=1) + timedelta(days=32)).replace(day=1)
        if later > today:
            break
        starts.append(later)
    ends = [*starts[1:], today + timedelta(days=1)]
    return tuple(zip(starts, ends, strict=True))


def populate(
    pool: Pool, first_day: date, today: date, rng: np.random.Generator
) -> tuple[list[Person], list[HireClass]]:
    """Run a pool's people through the months until its full head count stands."""
    months = periods(first_day, today)
    people = _founders(pool, first_day, rng)
    classes: list[HireClass] = []
    step = 2 if pool.agents < 100 else 1
    for k, (start, end) in enumerate(months):
        _let_leave(people, start, end, rng)
        if (len(months) - 1 - k) % step:
            continue
        active = [p for p in people if p.left_on is None]
        grown = GROWTH_START + (1 - GROWTH_START) * (k + 1) / len(months)
        missing = round(pool.agents * grown) - len(active)
        if missing > 0:
            hired = _hire_class(pool, missing, start, today)
            classes.append(hired)
            people += _join(pool, hired, active, rng)
    return people, classes


def _draw_employment(rng: np.random.Generator) -> EmploymentType:
    return EMPLOYMENTS[int(rng.choice(len(EMPLOYMENTS), p=EMPLOYMENT_SHARES))]


def _founders(pool: Pool, first_day: date, rng: np.random.Generator) -> list[Person]:
    people = []
    for k in range(round(pool.agents * GROWTH_START)):
        tenure = 40 + int(rng.exponential(420))
        joined = first_day - timedelta(days=min(tenure, 1500))
        joined -= timedelta(days=joined.weekday())
        people.append(
            Person(
                pool=pool,
                team=k % pool.teams,
                employment=_draw_employment(rng),
                joined_on=joined,
                floor_on=joined + timedelta(days=CLASS_DAYS[pool.site]),
            )
        )
    return people


def _let_leave(
    people: list[Person], start: date, end: date, rng: np.random.Generator
) -> None:
    days = (end - start).days
    for person in people:
        if person.left_on is not None:
            continue
        tenure = (start - person.joined_on).days
        monthly = next((p for until, p in ATTRITION if tenure < until), LATE_ATTRITION)
        if rng.random() < monthly * days / 30.4:
            left = start + timedelta(days=int(rng.integers(days)))
            # Nobody leaves on the day of joining, nor after the history.
            person.left_on = min(
                max(left, person.joined_on + timedelta(days=2)),
                end - timedelta(days=1),
            )
            person.left_reason = _reason(person, rng)


def _reason(person: Person, rng: np.random.Generator) -> LeaveReason:
    left = person.left_on
    if person.employment is EmploymentType.INTERN:
        table: tuple[tuple[LeaveReason, float], ...] = STUDENT_REASONS
    elif left is not None and (left - person.joined_on).days < 120:
        table = EARLY_REASONS
    else:
        table = LATE_REASONS
    chosen = int(rng.choice(len(table), p=[weight for _, weight in table]))
    return table[chosen][0]


def _hire_class(pool: Pool, size: int, start: date, today: date) -> HireClass:
    monday = start + timedelta(days=-start.weekday() % 7)
    latest = today - timedelta(days=3 + (today - timedelta(days=3)).weekday())
    monday = min(monday, latest)
    return HireClass(
        code=f"{pool.code}-{monday:%y%m%d}",
        name=Text(
            f"{pool.code} class of {monday:%d %b %Y}",
            f"{pool.code} {monday:%Y}年{monday.month}月{monday.day}日班",
        ),
        project=pool.project,
        site=pool.site,
        starts_on=monday,
        floor_on=monday + timedelta(days=CLASS_DAYS[pool.site]),
        size=size,
    )


def _join(
    pool: Pool, hired: HireClass, active: list[Person], rng: np.random.Generator
) -> list[Person]:
    """Newcomers go where most people are missing."""
    strength = [0] * pool.teams
    for person in active:
        strength[person.team] += 1
    newcomers = []
    for _ in range(hired.size):
        team = strength.index(min(strength))
        strength[team] += 1
        newcomers.append(
            Person(
                pool=pool,
                team=team,
                employment=_draw_employment(rng),
                joined_on=hired.starts_on,
                floor_on=hired.floor_on,
                hire_class=hired.code,
            )
        )
    return newcomers


def draw_moves(
    people: list[Person], first_day: date, today: date, rng: np.random.Generator
) -> list[Move]:
    """Pairs of experienced agents of a pool who swap teams; each moves once.

    Night teams stay as they are: nobody changes from a night to the next morning.
    """
    settled = [
        p
        for p in people
        if p.left_on is None
        and p.joined_on < first_day - timedelta(days=60)
        and p.team < p.pool.teams - p.pool.night_teams
    ]
    order = rng.permutation(len(settled))
    moves = []
    span = (today - first_day).days - 60
    for k in range(len(people) // 40):
        first, second = settled[order[2 * k]], settled[order[2 * k + 1]]
        if first.team != second.team:
            on = first_day + timedelta(days=30 + int(rng.integers(span)))
            moves.append(Move(on - timedelta(days=on.weekday()), first, second))
    return moves
