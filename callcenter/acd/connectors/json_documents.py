"""JSON objects out of files: one a line, one document, or an array of them.

Objects are decoded one at a time, so a long file needs little memory.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from zoneinfo import ZoneInfo

from callcenter.acd.connectors.records import NO_TIME, RowError, excerpt
from callcenter.acd.connectors.sources import (
    MAX_TEXT,
    SourceRefusedError,
    is_storable,
    open_source,
    read_head,
    text_lines,
)
from callcenter.acd.connectors.times import instant_of

Json = dict[str, Any]
Row = TypeVar("Row")
MAX_DOCUMENT_BYTES = 64_000_000
_CHUNK_BYTES = 1_000_000
_ENVELOPE = re.compile(r'\s*\{\s*"conversations"\s*:\s*\[|\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


class FieldError(ValueError):
    """A field of an object that does not hold what it must."""

    def __init__(self, field: str, rule: str, value: object = "") -> None:
        super().__init__(f"{field}: {rule}")
        self.field, self.rule, self.value = field, rule, value

    def at(self, line: int, source: str) -> RowError:
        """The error of the object that begins on that line."""
        return RowError(line, self.field, self.rule, excerpt(self.value), source)


def objects(path: Path, errors: list[RowError]) -> Iterator[tuple[int, Json]]:
    """Each object with the number of the line it begins on.

    Raises `SourceRefusedError` with ``wrong-format`` when the file does not begin like
    JSON.
    """
    head = read_head(path).decode("utf-8-sig", "replace").lstrip()
    if head[:1] not in {"{", "["}:
        raise SourceRefusedError(
            "wrong-format", file=path.name, format="JSON", head=excerpt(head)
        )
    found = (
        _from_lines(path, errors) if _is_lines(head) else _from_document(path, errors)
    )
    for line, value in found:
        if isinstance(value, dict):
            yield line, value
        else:
            errors.append(
                RowError(line, "", "not-an-object", excerpt(value), path.name)
            )


def converted(
    paths: Sequence[Path],
    errors: list[RowError],
    convert: Callable[[Json, int], Iterable[Row]],
    format_name: str,
) -> Iterator[Row | None]:
    """What ``convert`` makes of each object of the files; None where it makes nothing.

    An object that ``convert`` refuses becomes an error. Raises `SourceRefusedError`
    with ``wrong-format`` when it refuses every object of a file.
    """
    for path in paths:
        n_records, first = 0, len(errors)
        for line, record in objects(path, errors):
            try:
                rows = list(convert(record, line))
                n_records += 1
            except FieldError as error:
                errors.append(error.at(line, path.name))
                rows = []
            yield from rows or (None,)
        if not n_records:
            shown = errors[-1] if len(errors) > first else None
            raise SourceRefusedError(
                "wrong-format",
                file=path.name,
                format=format_name,
                line=shown.line if shown else 0,
                field=shown.field if shown else "",
                rule=shown.rule if shown else "no-objects",
            )


def _is_lines(head: str) -> bool:
    """Whether the first line is an object of its own (or is one cut off)."""
    first, found, _ = head.partition("\n")
    if head.startswith("[") or _ENVELOPE.match(head):
        return False
    if not found:
        return True
    return first.strip() != "{" and _decodes(first)


def _decodes(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text.rstrip().endswith("}")
    return True


def _from_lines(path: Path, errors: list[RowError]) -> Iterator[tuple[int, object]]:
    for line, text in text_lines(path, errors=errors):
        try:
            yield line, json.loads(text)
        except (ValueError, RecursionError):
            errors.append(RowError(line, "", "not-json", excerpt(text), path.name))


def _from_document(path: Path, errors: list[RowError]) -> Iterator[tuple[int, object]]:
    with open_source(path) as stream:
        yield from _Documents(stream, path.name, errors)


class _Documents:
    """Decodes objects that follow one another, in an array or not."""

    def __init__(self, stream: BinaryIO, source: str, errors: list[RowError]) -> None:
        self._stream = stream
        self._source = source
        self._errors = errors
        self._raw = b""
        self._text = ""
        self._line = 1
        self._at_end = False

    def __iter__(self) -> Iterator[tuple[int, object]]:
        self._read()
        self._skip(_ENVELOPE)
        decoder = json.JSONDecoder()
        while True:
            self._skip(_BETWEEN)
            if not self._text and not self._at_end:
                self._read()
                continue
            if not self._text or self._text[0] in "]}":
                return
            try:
                value, end = decoder.raw_decode(self._text)
            except (ValueError, RecursionError):
                if self._can_grow():
                    continue
                self._errors.append(
                    RowError(
                        self._line, "", "not-json", excerpt(self._text), self._source
                    )
                )
                return
            yield self._line, value
            self._drop(end)

    def _can_grow(self) -> bool:
        """Read on, at least doubling the text, unless there is no more or too much."""
        if self._at_end or len(self._text) > MAX_DOCUMENT_BYTES:
            return False
        self._read(max(_CHUNK_BYTES, len(self._text)))
        return True

    def _read(self, n_bytes: int = _CHUNK_BYTES) -> None:
        raw = self._stream.read(n_bytes)
        self._at_end = not raw
        self._raw += raw
        try:
            text, used = self._raw.decode("utf-8"), len(self._raw)
        except UnicodeDecodeError as error:
            if len(self._raw) - error.start > 3 or self._at_end:
                raise SourceRefusedError(
                    "wrong-encoding", file=self._source, encoding="utf-8"
                ) from error
            text, used = self._raw[: error.start].decode("utf-8"), error.start
        self._raw = self._raw[used:]
        self._text += text.removeprefix("\ufeff")

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text)
        if match is not None:
            self._drop(match.end())

    def _drop(self, n_characters: int) -> None:
        self._line += self._text.count("\n", 0, n_characters)
        self._text = self._text[n_characters:]


def text_of(value: object, field: str, *, required: bool = False) -> str:
    """A text of an object, "" for null. Raises `FieldError`."""
    if value is None or value == "":
        if required:
            raise FieldError(field, "required")
        return ""
    if not isinstance(value, str) or not is_storable(value):
        raise FieldError(field, "not-a-text", value)
    if len(value) > MAX_TEXT:
        raise FieldError(field, "too-long", value)
    return value


def part_of(record: Json, field: str) -> Json:
    """An inner object, {} for null. Raises `FieldError`."""
    value = record.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FieldError(field, "not-an-object", value)
    return value


def list_of(record: Json, field: str) -> list[Json]:
    """An inner list of objects, [] for null. Raises `FieldError`."""
    value = record.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise FieldError(field, "not-a-list", value)
    return value


def time_of(value: object, field: str, zone: ZoneInfo) -> int:
    """An ISO 8601 time as an instant, `NO_TIME` for null. Raises `FieldError`."""
    if value is None:
        return NO_TIME
    if not isinstance(value, str):
        raise FieldError(field, "not-a-time", value)
    try:
        instant = instant_of(value, zone)
    except (ValueError, OverflowError):
        raise FieldError(field, "not-a-time", value) from None
    if not 0 <= instant < datetime(2200, 1, 1, tzinfo=zone).timestamp():
        raise FieldError(field, "not-a-time", value)
    return instant


def amount_of(value: object, field: str) -> float:
    """A number that is not negative, 0 for null. Raises `FieldError`."""
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(field, "not-a-duration", value)
    if not 0 <= value < 1e12:
        raise FieldError(field, "negative" if value < 0 else "too-large", value)
    return float(value)
