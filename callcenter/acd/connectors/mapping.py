"""The mapping of a CSV export: which column means what, kept as TOML.

A mapping can be suggested from the headers, corrected by the user, and saved.
"""

import csv
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callcenter.acd.connectors.kinds import Direction, Outcome
from callcenter.acd.connectors.sources import SourceRefusedError
from callcenter.acd.connectors.vocabulary import DIRECTIONS, HEADERS, OUTCOMES

CONTACT_FIELDS = (
    "source_key",
    "queue",
    "offered_at",
    "answered_at",
    "ended_at",
    "agent",
    "outcome",
    "wait_s",
    "talk_s",
    "hold_s",
    "wrap_s",
    "transfers",
    "customer",
    "channel",
    "direction",
)
DURATION_FIELDS = ("wait_s", "talk_s", "hold_s", "wrap_s")
TIME_FIELDS = ("offered_at", "answered_at", "ended_at")
REQUIRED_FIELDS = ("offered_at",)
DELIMITERS = ",;\t|"
DURATION_UNITS = {"s": 1.0, "ms": 0.001, "min": 60.0}


def folded(text: str) -> str:
    """A header or word without case, punctuation and unit suffix noise."""
    return re.sub(r"[\s_\-./()（）:]+", " ", text).strip().casefold()


_OUTCOME_OF = {
    folded(word): outcome
    for outcome, words in OUTCOMES.items()
    for word in words.split("|")
}
_DIRECTION_OF = {
    folded(word): direction
    for direction, words in DIRECTIONS.items()
    for word in words.split("|")
}


@dataclass(frozen=True, slots=True)
class CsvMapping:
    """Which header holds which field, and how times, durations and words are read.

    ``time_format`` is ``auto`` (ISO 8601, epoch seconds, year first), ``day-first``,
    ``month-first``, ``epoch``, ``epoch-ms`` or a `strptime` pattern. ``default_queue``
    is used where the file has no queue column. An empty ``encoding`` is found out
    from the file.
    """

    columns: Mapping[str, str]
    delimiter: str = ","
    encoding: str = ""
    time_format: str = "auto"
    duration_unit: str = "s"
    default_queue: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.columns) - set(CONTACT_FIELDS))
        missing = [name for name in REQUIRED_FIELDS if not self.columns.get(name)]
        if unknown or missing:
            raise SourceRefusedError("bad-mapping", unknown=unknown, missing=missing)
        if len(self.delimiter) != 1 or self.duration_unit not in DURATION_UNITS:
            raise SourceRefusedError(
                "bad-mapping", delimiter=self.delimiter, unit=self.duration_unit
            )
        if "queue" not in self.columns and not self.default_queue:
            raise SourceRefusedError("bad-mapping", missing=["queue"])
        wrong = [word for word in self.outcomes.values() if not _is_outcome(word)]
        if wrong:
            raise SourceRefusedError("bad-mapping", outcomes=wrong)

    def outcome_of(self, word: str) -> Outcome | None:
        """The outcome that a word of the file stands for, or None."""
        own = {folded(key): value for key, value in self.outcomes.items()}
        if folded(word) in own:
            return Outcome[own[folded(word)].upper()]
        return _OUTCOME_OF.get(folded(word))

    def to_toml(self) -> str:
        """The mapping as TOML text that `mapping_from_toml` reads back."""
        lines = [
            f"{name} = {_quoted(getattr(self, name))}"
            for name in (
                "delimiter",
                "encoding",
                "time_format",
                "duration_unit",
                "default_queue",
            )
        ]
        for table in ("columns", "outcomes"):
            entries = getattr(self, table)
            lines += ["", f"[{table}]"]
            lines += [f"{_quoted(k)} = {_quoted(v)}" for k, v in entries.items()]
        return "\n".join(lines) + "\n"


def _is_outcome(word: str) -> bool:
    return isinstance(word, str) and word.upper() in Outcome.__members__


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_toml_character(c) for c in escaped) + '"'


def _toml_character(character: str) -> str:
    plain = ord(character) >= 32 and ord(character) != 127
    return character if plain else f"\\u{ord(character):04x}"


def direction_of(word: str) -> Direction | None:
    """The direction that a word of the file stands for, or None."""
    return _DIRECTION_OF.get(folded(word))


def mapping_from_dict(data: Mapping[str, Any]) -> CsvMapping:
    """A mapping from plain data, such as a form or a parsed TOML file.

    Raises `SourceRefusedError` with ``bad-mapping`` and what is wrong.
    """
    known = set(CsvMapping.__dataclass_fields__)
    unknown = sorted(set(data) - known)
    if unknown or not isinstance(data.get("columns"), Mapping):
        raise SourceRefusedError("bad-mapping", unknown=unknown, needs="columns")
    if not all(isinstance(v, str) for v in data["columns"].values()):
        raise SourceRefusedError("bad-mapping", columns="text expected")
    columns = {k: v for k, v in data["columns"].items() if v}
    return CsvMapping(**{**data, "columns": columns})


def mapping_from_toml(text: str) -> CsvMapping:
    """A saved mapping. Raises `SourceRefusedError` with ``bad-mapping``."""
    try:
        return mapping_from_dict(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SourceRefusedError("bad-mapping", toml=str(error)) from error


def sniff_delimiter(header_line: str) -> str:
    """The delimiter that parts a header line most often; a comma when none does."""
    bare = re.sub(r'"[^"]*"', "", header_line)
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), mark == ","))


def suggest_columns(headers: Sequence[str]) -> dict[str, str]:
    """A guess of which header holds which field, each header used once.

    A field's aliases are tried in order, so the more telling header wins.
    """
    by_name = {folded(header): header for header in reversed(headers)}
    found: dict[str, str] = {}
    for name, aliases in HEADERS.items():
        for alias in map(folded, (name, *aliases.split("|"))):
            header = by_name.get(alias)
            if header is not None and header not in found.values():
                found[name] = header
                break
    return found


def suggest_mapping(head: str, *, default_queue: str = "") -> CsvMapping:
    """A guess of the whole mapping from the first lines of a file.

    Raises `SourceRefusedError` with ``missing-columns`` when the headers show no time
    of arrival.
    """
    lines = head.splitlines()
    delimiter = sniff_delimiter(lines[0]) if lines else ","
    rows = list(csv.reader(io.StringIO("\n".join(lines[:200])), delimiter=delimiter))
    headers = [header.strip() for header in rows[0]] if rows else []
    columns = suggest_columns(headers)
    missing = [name for name in REQUIRED_FIELDS if name not in columns]
    if missing or ("queue" not in columns and not default_queue):
        needs = [*missing, *([] if "queue" in columns else ["queue"])]
        raise SourceRefusedError("missing-columns", needs=needs, headers=headers[:40])
    place = headers.index(columns["offered_at"])
    shown = [row[place] for row in rows[1:] if len(row) > place]
    return CsvMapping(
        columns=columns,
        delimiter=delimiter,
        time_format=suggest_time_format(shown),
        default_queue=default_queue,
    )


def suggest_time_format(shown: Sequence[str]) -> str:
    """Tell day-first from month-first dates by a part that exceeds twelve."""
    parts = [re.match(r"(\d{1,2})[/.](\d{1,2})[/.]\d{2,4}\b", t.strip()) for t in shown]
    firsts = [int(m[1]) for m in parts if m]
    seconds = [int(m[2]) for m in parts if m]
    if firsts and max(firsts) > 12:
        return "day-first"
    if seconds and max(seconds) > 12:
        return "month-first"
    whole = shown[:-1] or shown  # the last may be cut off
    if whole and all(t.strip().isdecimal() and len(t.strip()) == 13 for t in whole):
        return "epoch-ms"
    return "auto"
