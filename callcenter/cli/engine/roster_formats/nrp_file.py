"""Reading an instance of employee shift scheduling; every mistake is named."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.duties import DutyContract, DutyProblem

SECTIONS = (
    "SECTION_HORIZON",
    "SECTION_SHIFTS",
    "SECTION_STAFF",
    "SECTION_DAYS_OFF",
    "SECTION_SHIFT_ON_REQUESTS",
    "SECTION_SHIFT_OFF_REQUESTS",
    "SECTION_COVER",
)
_MOST_SHOWN = 20
_MOST_DAYS = 3660

STAFF_FIELDS = (
    "MaxTotalMinutes",
    "MinTotalMinutes",
    "MaxConsecutiveShifts",
    "MinConsecutiveShifts",
    "MinConsecutiveDaysOff",
    "MaxWeekends",
)


def read_nrp(path: Path) -> DutyProblem:
    """Read and check a file.

    Raises `EngineInputError` that names line, field and rule of up to 20 mistakes.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EngineInputError(f"{path.name}: {error}") from error
    reader = _Reader(path.name)
    reader.read(text)
    return reader.problem()


@dataclass(frozen=True)
class _Line:
    number: int
    fields: tuple[str, ...]

    def __getitem__(self, place: int) -> str:
        return self.fields[place] if place < len(self.fields) else ""


@dataclass
class _Reader:
    """Collects lines by section, then what they say and what is wrong with them."""

    name: str
    mistakes: list[str] = field(default_factory=list)
    lines: dict[str, list[_Line]] = field(default_factory=dict)

    def read(self, text: str) -> None:
        """Sort the lines by section."""
        section = None
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("SECTION_"):
                section = line
                if line not in SECTIONS:
                    self._note(number, "section", f"{line} is not one of this format")
                elif line in self.lines:
                    self._note(number, "section", f"{line} occurs twice")
                self.lines.setdefault(line, [])
            elif section is None:
                self._note(number, "section", "text stands before the first section")
            else:
                fields = tuple(value.strip() for value in line.split(","))
                self.lines[section].append(_Line(number, fields))
        missing = [name for name in SECTIONS if name not in self.lines]
        if missing:
            self.mistakes.append(f"{self.name}: {', '.join(missing)} is missing")
        self._finish()

    def problem(self) -> DutyProblem:
        """The problem that the lines describe."""
        self.n_days = self._horizon()
        self.types = self._names("SECTION_SHIFTS", "ShiftID")
        self.people = self._names("SECTION_STAFF", "ID")
        self._finish()
        minutes, may_follow = self._shifts()
        contracts = tuple(self._contract(line) for line in self.lines["SECTION_STAFF"])
        is_free = self._days_off()
        wish, constant = self._requests()
        wanted, short, over = self._cover()
        self._finish()
        return DutyProblem(
            employees=tuple(self.people),
            types=tuple(self.types),
            minutes=minutes,
            may_follow=may_follow,
            contracts=contracts,
            is_free=is_free,
            wish_points=wish,
            wish_constant=constant,
            wanted=wanted,
            short_points=short,
            over_points=over,
        )

    def _horizon(self) -> int:
        lines = self.lines["SECTION_HORIZON"]
        if len(lines) != 1:
            self.mistakes.append(f"{self.name}: SECTION_HORIZON needs one line")
            self._finish()
        days = self._whole(lines[0], 0, "days", least=1)
        if days % 7:
            self._note(lines[0].number, "days", f"{days} is not whole weeks")
        if days > _MOST_DAYS:
            self._note(lines[0].number, "days", f"must not be over {_MOST_DAYS}")
        return days

    def _names(self, section: str, title: str) -> dict[str, int]:
        """The names in the first field, with their places."""
        names: dict[str, int] = {}
        for line in self.lines[section]:
            if not line[0]:
                self._note(line.number, title, "must not be empty")
            elif line[0] in names:
                self._note(line.number, title, f"{line[0]} occurs twice")
            names.setdefault(line[0], len(names))
        if not names:
            self.mistakes.append(f"{self.name}: {section} has no line")
        return names

    def _shifts(self) -> tuple[np.ndarray, np.ndarray]:
        lines = self.lines["SECTION_SHIFTS"]
        minutes = [self._whole(line, 1, "Length", least=1) for line in lines]
        may_follow = np.ones((len(lines), len(lines)), np.bool_)
        for place, line in enumerate(lines):
            for name in filter(None, line[2].split("|")):
                after = self._known(line, name, self.types, "cannot follow")
                may_follow[place, after] = False
        return np.array(minutes, np.int64), may_follow

    def _contract(self, line: _Line) -> DutyContract:
        numbers = {
            title: self._whole(line, place, title)
            for place, title in enumerate(STAFF_FIELDS, start=2)
        }
        if numbers["MinTotalMinutes"] > numbers["MaxTotalMinutes"]:
            self._note(
                line.number, "MinTotalMinutes", "must not be over MaxTotalMinutes"
            )
        if numbers["MaxConsecutiveShifts"] < 1:
            self._note(line.number, "MaxConsecutiveShifts", "must be at least 1")
        return DutyContract(
            max_duties=self._max_duties(line),
            min_minutes=numbers["MinTotalMinutes"],
            max_minutes=numbers["MaxTotalMinutes"],
            min_days_in_row=max(1, numbers["MinConsecutiveShifts"]),
            max_days_in_row=max(1, min(numbers["MaxConsecutiveShifts"], self.n_days)),
            min_days_off=max(1, numbers["MinConsecutiveDaysOff"]),
            max_weekends=numbers["MaxWeekends"],
        )

    def _max_duties(self, line: _Line) -> tuple[int, ...]:
        most = [0] * len(self.types)
        for item in filter(None, line[1].split("|")):
            name, equals, number = item.partition("=")
            kind = self._known(line, name, self.types, "MaxShifts")
            if not equals or not number.isdigit():
                rule = f"{item!r} is not a shift and a number such as E=14"
                self._note(line.number, "MaxShifts", rule)
            else:
                most[kind] = int(number)
        return tuple(most)

    def _days_off(self) -> np.ndarray:
        is_free = np.zeros((len(self.people), self.n_days), np.bool_)
        for line in self.lines["SECTION_DAYS_OFF"]:
            person = self._known(line, line[0], self.people, "EmployeeID")
            for place in range(1, len(line.fields)):
                if line[place]:
                    is_free[person, self._day(line, place)] = True
        return is_free

    def _requests(self) -> tuple[np.ndarray, float]:
        shape = (len(self.people), self.n_days, len(self.types))
        wish, constant = np.zeros(shape), 0.0
        for section, sign in (
            ("SECTION_SHIFT_ON_REQUESTS", -1.0),
            ("SECTION_SHIFT_OFF_REQUESTS", 1.0),
        ):
            for line in self.lines[section]:
                person = self._known(line, line[0], self.people, "EmployeeID")
                day = self._day(line, 1)
                kind = self._known(line, line[2], self.types, "ShiftID")
                weight = self._whole(line, 3, "Weight")
                wish[person, day, kind] += sign * weight
                constant += weight if sign < 0 else 0.0
        return wish, constant

    def _cover(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        shape = (self.n_days, len(self.types))
        wanted, short, over = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        seen: set[tuple[int, int]] = set()
        for line in self.lines["SECTION_COVER"]:
            day = self._day(line, 0)
            kind = self._known(line, line[1], self.types, "ShiftID")
            if (day, kind) in seen:
                self._note(line.number, "Day, ShiftID", "this pair occurs twice")
            seen.add((day, kind))
            wanted[day, kind] = self._whole(line, 2, "Requirement")
            short[day, kind] = self._whole(line, 3, "Weight for under")
            over[day, kind] = self._whole(line, 4, "Weight for over")
        return wanted, short, over

    def _day(self, line: _Line, place: int) -> int:
        day = self._whole(line, place, "Day")
        if day >= self.n_days:
            self._note(line.number, "Day", f"{day} is after the last day")
            return 0
        return day

    def _known(self, line: _Line, name: str, known: dict[str, int], title: str) -> int:
        if name not in known:
            self._note(line.number, title, f"{name!r} is not known")
        return known.get(name, 0)

    def _whole(self, line: _Line, place: int, title: str, least: int = 0) -> int:
        text = line[place]
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            said = f"{text!r} is not a whole number" if text else "must not be empty"
            self._note(line.number, title, said)
            return least
        if int(text) < least:
            self._note(line.number, title, f"must be at least {least}, not {text}")
        return max(least, int(text))

    def _note(self, number: int, title: str, rule: str) -> None:
        self.mistakes.append(f"{self.name}, line {number}, {title}: {rule}")

    def _shown(self) -> Iterator[str]:
        yield from self.mistakes[:_MOST_SHOWN]
        if len(self.mistakes) > _MOST_SHOWN:
            yield f"and {len(self.mistakes) - _MOST_SHOWN} more"

    def _finish(self) -> None:
        """Raise `EngineInputError` when anything was wrong."""
        if self.mistakes:
            raise EngineInputError("\n".join(self._shown()))
