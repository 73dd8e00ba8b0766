"""Tables of a TOML file, read key by key; complaints name the place."""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from callcenter.cli.engine.durations import seconds

T = TypeVar("T")
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|m|s)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises `click.UsageError` with the line where it is no TOML.
    """
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} is not TOML: {error}") from error


class Table:
    """One table of the file; every key is taken once, what is left over is a mistake.

    Every method raises `click.UsageError` naming table and key.
    """

    def __init__(self, where: str, content: Any) -> None:
        if not isinstance(content, Mapping):
            raise click.UsageError(f"{where} must be a table")
        self.where = where
        self.content = content
        self.taken: set[str] = set()

    def complain(self, key: str, what: str) -> click.UsageError:
        """An error that names the key."""
        return click.UsageError(f"{self.where}.{key} {what}")

    def get(self, key: str, read: Callable[[str, Any], T], default: T) -> T:
        """The key's value as `read` understands it, or the default."""
        self.taken.add(key)
        if key not in self.content:
            return default
        return read(f"{self.where}.{key}", self.content[key])

    def need(self, key: str, read: Callable[[str, Any], T]) -> T:
        """The value of a key that must be there."""
        if key not in self.content:
            raise self.complain(key, "is missing")
        self.taken.add(key)
        return read(f"{self.where}.{key}", self.content[key])

    def tables(self, key: str) -> list["Table"]:
        """The tables of an array, called by their names where they have one."""
        self.taken.add(key)
        found = self.content.get(key, [])
        if not isinstance(found, list):
            raise self.complain(key, f"must be written as [[{key}]]")
        tables = []
        for i, content in enumerate(found):
            name = content.get("name", i) if isinstance(content, Mapping) else i
            tables.append(Table(f"{key} {name!r}", content))
        return tables

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        unknown = sorted(set(self.content) - self.taken)
        if unknown:
            known = ", ".join(sorted(self.taken))
            raise self.complain(unknown[0], f"is not known; there are {known}")


def text(where: str, value: Any) -> str:
    """A piece of text."""
    if not isinstance(value, str):
        raise click.UsageError(f"{where} must be text, not {value!r}")
    return value


def number(where: str, value: Any) -> float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise click.UsageError(f"{where} must be a number, not {value!r}")
    return float(value)


def whole(where: str, value: Any) -> int:
    """A whole number."""
    found = number(where, value)
    if found % 1:
        raise click.UsageError(f"{where} must be a whole number, not {value!r}")
    return int(found)


def numbers(where: str, value: Any) -> float | list[float]:
    """One number for all intervals, or a list."""
    if isinstance(value, list):
        return [number(f"{where}[{i}]", each) for i, each in enumerate(value)]
    return number(where, value)


def length_s(where: str, value: Any) -> float:
    """A length of time in seconds: a number, or 20s, 2min, 1h30min."""
    if not isinstance(value, str):
        return number(where, value)
    parts = _PARTS.findall(value)
    if "".join(amount + unit for amount, unit in parts) != value.replace(" ", ""):
        raise click.UsageError(f"{where}: {value!r} is not a length such as 20s or 1h")
    return sum(seconds(amount + unit) for amount, unit in parts)


def lengths_s(where: str, value: Any) -> float | list[float]:
    """One length of time for all intervals, or a list."""
    if isinstance(value, list):
        return [length_s(f"{where}[{i}]", each) for i, each in enumerate(value)]
    return length_s(where, value)


def clock_s(where: str, value: Any) -> float:
    """Seconds since midnight of a clock time such as 08:30; hours may pass 24."""
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[2]) > 59:
        raise click.UsageError(f"{where}: {value!r} is not a time such as 08:30")
    return 3600.0 * int(found[1]) + 60.0 * int(found[2]) + float(found[3] or 0)
