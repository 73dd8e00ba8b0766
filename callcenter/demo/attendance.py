"""Who is there: days off, sickness, leave, and the storm that keeps people at home."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np

from callcenter.demo.calendar import Bools, Floats, Ints
from callcenter.demo.company import Company, EventKind
from callcenter.demo.queues import QUEUES
from callcenter.demo.tables import Table


class AbsenceKind(IntEnum):
    """Why somebody was not there."""

    SICK = 0
    ANNUAL_LEAVE = 1
    PERSONAL_LEAVE = 2
    NO_SHOW = 3
    STORM = 4


# Chance that a spell starts on a day, and its mean and longest length in days.
SPELLS = {
    AbsenceKind.ANNUAL_LEAVE: (0.0055, 3.6, 10),
    AbsenceKind.SICK: (0.0105, 1.8, 6),
    AbsenceKind.PERSONAL_LEAVE: (0.003, 1.0, 1),
    AbsenceKind.NO_SHOW: (0.0022, 1.0, 1),
}
OVERTIME_SHARE = 0.55
PATTERN_LENGTH = 28


@dataclass(frozen=True, slots=True)
class Absences(Table):
    """Spells of absence, one a row; both days count.

    `employee` and the days are positions (employees of the company; days since
    `company.first_day`), `kind` an `AbsenceKind`.
    """

    employee: Ints
    first_day: Ints
    last_day: Ints
    kind: Ints


def day_index(company: Company, day: date) -> int:
    """Days since the first day of the history."""
    return (day - company.first_day).days


def employed(company: Company, n_days: int, *, on_floor: bool) -> Bools:
    """Who is under contract (or past the pre-job class) on each day.

    Returns
    -------
    ndarray of bool, shape (n_employees, n_days)

    """
    matrix = np.zeros((len(company.employees), n_days), dtype=bool)
    for i, person in enumerate(company.employees):
        start = person.floor_on if on_floor else person.joined_on
        first = max(day_index(company, start), 0)
        last = n_days
        if person.left_on is not None:
            last = day_index(company, person.left_on) + 1
        matrix[i, first : max(last, 0)] = True
    return matrix


def draw_absences(
    company: Company, n_days: int, rng: np.random.Generator
) -> tuple[Absences, Bools]:
    """Spells of absence, and the days they cover as (n_employees, n_days)."""
    present = employed(company, n_days, on_floor=False)
    away = np.zeros_like(present)
    rows: list[tuple[int, int, int, int]] = []
    for kind, (chance, mean, longest) in SPELLS.items():
        people, days = np.nonzero((rng.random(present.shape) < chance) & present)
        lengths = np.minimum(rng.geometric(1 / mean, len(people)), longest)
        for person, day, length in zip(
            people.tolist(), days.tolist(), lengths.tolist(), strict=True
        ):
            _add_spell(rows, present, away, (person, day, day + length), kind)
    _add_storms(company, rows, present, away, rng)
    rows.sort(key=lambda row: (row[1], row[0]))
    table = np.asarray(rows, dtype=np.int64).reshape(-1, 4)
    return Absences(table[:, 0], table[:, 1], table[:, 2], table[:, 3]), away


def _add_spell(
    rows: list[tuple[int, int, int, int]],
    present: Bools,
    away: Bools,
    span: tuple[int, int, int],
    kind: AbsenceKind,
) -> None:
    """Enter a spell, cut to the contract, unless the person is away already."""
    person, day, end = span
    end = min(end, present.shape[1])
    while end > day and not present[person, end - 1]:
        end -= 1
    if end > day and not away[person, day:end].any():
        away[person, day:end] = True
        rows.append((person, day, end - 1, int(kind)))


def _add_storms(
    company: Company,
    rows: list[tuple[int, int, int, int]],
    present: Bools,
    away: Bools,
    rng: np.random.Generator,
) -> None:
    for event in company.events:
        if event.kind is not EventKind.STORM:
            continue
        day = day_index(company, event.starts_on)
        end = day_index(company, event.ends_on) + 1
        for i, person in enumerate(company.employees):
            hit = person.site == event.site and rng.random() < event.absence
            if hit and 0 <= day < present.shape[1] and present[i, day]:
                _add_spell(rows, present, away, (i, day, end), AbsenceKind.STORM)


def days_off_pattern(load_by_weekday: Floats) -> list[int]:
    """First of two successive days off for the k-th person of a pool, repeating.

    People are spread so that attendance follows the load of the week.
    """
    ratio = load_by_weekday / load_by_weekday.mean()
    staff = np.full(7, PATTERN_LENGTH, dtype=float)
    pattern = []
    for _ in range(PATTERN_LENGTH):
        surplus = staff / ratio
        first = int(np.argmax(surplus + np.roll(surplus, -1)))
        staff[[first, (first + 1) % 7]] -= 1
        pattern.append(first)
    return pattern


def overtime_days(company: Company, pool: str, n_days: int) -> Bools:
    """Days on which people of a pool come in although off; shape (n_days,)."""
    served = {queue.code for queue in QUEUES if queue.pool == pool}
    days = np.zeros(n_days, dtype=bool)
    for event in company.events:
        if event.kind is EventKind.SHOPPING and served & set(event.queues):
            first = max(day_index(company, event.starts_on), 0)
            after = day_index(company, event.ends_on + timedelta(days=1))
            days[first : max(after, 0)] = True
    return days
