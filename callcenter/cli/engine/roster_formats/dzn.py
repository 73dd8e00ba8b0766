"""Data files of MiniZinc as the published instances write them: ``name = value;``."""

import re
from pathlib import Path

from callcenter.engine.errors import EngineInputError

_COMMENT = re.compile(r"%[^\n]*")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_SET = re.compile(r"\{([^}]*)\}")
_LIST = re.compile(r"[\[\]|{},.\s\d+-]*")


class Dzn:
    """The values of a data file by name.

    Raises `EngineInputError` that names file, field and what is wrong in it.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise EngineInputError(f"{path.name}: {error}") from error
        self._values: dict[str, str] = {}
        for part in _COMMENT.sub("", text).split(";"):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not name and not equals:
                continue
            if not equals or not name.isidentifier():
                raise EngineInputError(
                    f"{self.name}: {part.strip()[:40]!r} has no name"
                )
            if name in self._values:
                raise self.mistake(name, "occurs twice")
            self._values[name] = value

    def mistake(self, name: str, words: str) -> EngineInputError:
        """An error that names file and field."""
        return EngineInputError(f"{self.name}, {name}: {words}")

    def numbers(
        self, name: str, count: int | None = None, *, least: float = 0
    ) -> list[float]:
        """All numbers of a field."""
        text = self._text(name)
        found = [float(number) for number in _NUMBER.findall(text)]
        if count is not None and len(found) != count:
            raise self.mistake(name, f"has {len(found)} values, {count} are needed")
        for number in found:
            if number < least:
                raise self.mistake(name, f"{number:g} must be at least {least:g}")
        return found

    def wholes(
        self, name: str, count: int | None = None, *, least: int = 0
    ) -> list[int]:
        """All numbers of a field, none of them broken."""
        found = self.numbers(name, count, least=least)
        for number in found:
            if number != int(number) or abs(number) > 10**9:
                raise self.mistake(name, f"{number:g} is not a whole number")
        return [int(number) for number in found]

    def whole(self, name: str, *, least: int = 0) -> int:
        """The one whole number of a field."""
        return self.wholes(name, 1, least=least)[0]

    def sets(self, name: str, count: int) -> list[list[int]]:
        """The whole numbers of each set of a field."""
        found = _SET.findall(self._text(name))
        if len(found) != count:
            raise self.mistake(name, f"has {len(found)} sets, {count} are needed")
        return [[int(number) for number in re.findall(r"\d+", one)] for one in found]

    def _text(self, name: str) -> str:
        if name not in self._values:
            raise self.mistake(name, "is missing")
        value = self._values[name]
        if not _LIST.fullmatch(value):
            raise self.mistake(name, f"{value[:40]!r} is not a list of numbers")
        return value
