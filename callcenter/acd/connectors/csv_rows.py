"""CSV files as blocks of columns, as fast as Python allows and as safe as `csv`.

As long as a file shows no quotation mark, whole blocks are split in two calls and cut
into columns by stride; on request blocks of ASCII are not even split, but told by the
places of their cells. A block with a quotation mark or a row of another width goes
through the `csv` module, which is then kept to the end of the file (a quoted field may
hold line breaks).
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from callcenter.acd.connectors.packed import PackedColumn, packed_columns
from callcenter.acd.connectors.records import IntColumn, RowError, excerpt
from callcenter.acd.connectors.sources import (
    MAX_LINE_BYTES,
    SourceRefusedError,
    open_source,
    too_long,
)

BLOCK_CHARACTERS = 2_000_000
BATCH_ROWS = 50_000
_END = "\n"
Column = list[str] | PackedColumn


def texts_of(column: Column) -> list[str]:
    """The cells as text, however they came."""
    return column if isinstance(column, list) else column.texts()


@dataclass(slots=True)
class Block:
    """Some rows of a CSV file: their columns, line numbers, and the rows refused."""

    columns: Sequence[Column]
    lines: IntColumn
    errors: list[RowError] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)


class CsvBlocks:
    """The rows of one CSV file in blocks, after its header row.

    Lines are numbered as in the file, from 1 for the header. Rows of another width
    than the header and lines past the cap become errors. The first block is empty, so
    that a caller can look at ``headers`` even when no row follows. With ``packs``
    columns may come as `PackedColumn`, for callers that read those by the column.
    """

    def __init__(
        self, path: Path, *, encoding: str, delimiter: str, packs: bool = False
    ) -> None:
        self.path = path
        self.packs = packs
        self.encoding = encoding
        self.delimiter = delimiter
        self.headers: list[str] = []
        self._line = 0
        self._errors: list[RowError] = []

    def __iter__(self) -> Iterator[Block]:
        with open_source(self.path) as stream:
            texts = self._whole_lines(stream)
            first = next(texts, "")
            head, _, rest = first.partition(_END)
            if '"' in head:
                yield from self._through_csv(first, texts, with_header=True)
                return
            self._take_headers(head.split(self.delimiter))
            self._line = 1
            yield self._empty()
            yield from self._blocks(rest, texts)

    def _blocks(self, text: str, texts: Iterator[str]) -> Iterator[Block]:
        current: str | None = text
        while current is not None:
            if '"' in current:
                yield from self._through_csv(current, texts, with_header=False)
                return
            yield from self._split(current)
            current = next(texts, None)
        if self._errors:
            yield self._empty()

    def _take_headers(self, headers: list[str]) -> None:
        self.headers = [header.strip() for header in headers]
        if not any(self.headers):
            raise SourceRefusedError("missing-columns", file=self.path.name)
        counts = Counter(header for header in self.headers if header)
        twice = [header for header, n in counts.items() if n > 1]
        if twice:
            raise SourceRefusedError(
                "same-columns", columns=twice[:10], file=self.path.name
            )

    def _empty(self) -> Block:
        """No rows, but the errors that have come together."""
        return Block([[] for _ in self.headers], np.empty(0, np.int64), self._drain())

    def _drain(self) -> list[RowError]:
        errors, self._errors = self._errors, []
        return errors

    def _split(self, text: str) -> Iterator[Block]:
        """Blocks of a text of whole lines without any quotation mark."""
        text = text.removesuffix(_END)
        if not text:
            return
        packed = (
            packed_columns(text, self.delimiter, len(self.headers))
            if self.packs
            else None
        )
        if packed is not None:
            yield from self._parts(packed)
            return
        n, width = text.count(_END) + 1, len(self.headers)
        mark = self.delimiter
        cells = text.replace(_END, f"{mark}{_END}{mark}").split(mark)
        ends = cells[width :: width + 1]
        if len(cells) != n * (width + 1) - 1 or ends.count(_END) != n - 1:
            yield from self._rows(enumerate(text.split(_END), self._line + 1))
            self._line += n
            return
        yield from self._parts([cells[i :: width + 1] for i in range(width)])

    def _parts(self, columns: Sequence[Column]) -> Iterator[Block]:
        n = len(columns[0])
        lines = np.arange(self._line + 1, self._line + n + 1)
        self._line += n
        for start in range(0, n, BATCH_ROWS):
            cut = slice(start, start + BATCH_ROWS)
            yield Block([c[cut] for c in columns], lines[cut], self._drain())

    def _rows(
        self, lines: Iterator[tuple[int, str]] | enumerate[str]
    ) -> Iterator[Block]:
        """Blocks of unquoted lines of which some have the wrong width."""
        good: list[list[str]] = []
        numbers: list[int] = []
        for number, line in lines:
            if not line.strip():
                continue
            self._keep(line.split(self.delimiter), number, good, numbers)
        yield from self._cut(good, numbers)

    def _keep(
        self, row: list[str], number: int, good: list[list[str]], numbers: list[int]
    ) -> None:
        if len(row) == len(self.headers):
            good.append(row)
            numbers.append(number)
            return
        value = excerpt(self.delimiter.join(row))
        rule = "too-few-fields" if len(row) < len(self.headers) else "too-many-fields"
        self._errors.append(RowError(number, "", rule, value, self.path.name))

    def _cut(self, rows: list[list[str]], numbers: list[int]) -> Iterator[Block]:
        for start in range(0, len(rows), BATCH_ROWS):
            part = rows[start : start + BATCH_ROWS]
            columns = [list(column) for column in zip(*part, strict=True)]
            lines = np.array(numbers[start : start + BATCH_ROWS], np.int64)
            yield Block(columns, lines, self._drain())

    def _through_csv(
        self, text: str, texts: Iterator[str], *, with_header: bool
    ) -> Iterator[Block]:
        """The rest of the file through the `csv` module."""
        offset = self._line
        lines = _physical_lines(text, texts)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        rows: list[list[str]] = []
        numbers: list[int] = []
        while True:
            started = offset + reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                value = excerpt(str(error))
                self._errors.append(
                    RowError(started, "", "broken-quoting", value, self.path.name)
                )
                continue
            if with_header:
                self._take_headers(row)
                with_header = False
                yield self._empty()
            elif any(row):
                self._keep(row, started, rows, numbers)
            if len(rows) >= BATCH_ROWS:
                yield from self._cut(rows, numbers)
                rows, numbers = [], []
        yield from self._cut(rows, numbers)
        if self._errors:
            yield self._empty()

    def _whole_lines(self, stream: BinaryIO) -> Iterator[str]:
        """The text in pieces that end with a line, overlong lines taken out."""
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(self.encoding)(errors="strict"), translate=True
        )
        held, dropping, last = "", False, False
        n_lines = 0
        while not last:
            raw = stream.read(BLOCK_CHARACTERS)
            last = not raw
            text = self._decode(decoder, raw, last=last)
            if "\0" in text:
                raise SourceRefusedError("binary", file=self.path.name)
            if dropping:
                _, found, text = text.partition(_END)
                if not found:
                    continue
                text, dropping = _END + text, False
            held += text
            done, found, rest = held.rpartition(_END)
            if last:
                done, found, rest = held, "", ""
            elif not found and len(held) <= MAX_LINE_BYTES:
                continue
            if len(rest) > MAX_LINE_BYTES:
                rest, dropping = "", True
                self._errors.append(
                    too_long(n_lines + (done + found).count(_END) + 1, self.path.name)
                )
            held = rest
            n_lines += (done + found).count(_END)
            if done or found:
                yield self._without_overlong(done + found, n_lines)

    def _decode(
        self, decoder: io.IncrementalNewlineDecoder, raw: bytes, *, last: bool
    ) -> str:
        try:
            return decoder.decode(raw, final=last)
        except UnicodeDecodeError as error:
            raise SourceRefusedError(
                "wrong-encoding",
                file=self.path.name,
                encoding=self.encoding,
                bytes=error.object[error.start : error.start + 4].hex(),
            ) from error

    def _without_overlong(self, text: str, n_lines: int) -> str:
        """Replace lines past the cap by empty ones, so the numbering stays."""
        if len(text) <= MAX_LINE_BYTES or _longest_gap(text) <= MAX_LINE_BYTES:
            return text
        lines = text.split(_END)
        first = n_lines - text.count(_END) + 1
        for index, line in enumerate(lines):
            if len(line) > MAX_LINE_BYTES:
                lines[index] = ""
                self._errors.append(too_long(first + index, self.path.name))
        return _END.join(lines)


def _longest_gap(text: str) -> int:
    """An upper bound on the longest line that is exact when a line is overlong."""
    longest, start = 0, 0
    while start < len(text):
        end = text.rfind(_END, start, start + MAX_LINE_BYTES + 1)
        if end < 0:
            end = text.find(_END, start)
            end = len(text) if end < 0 else end
            longest = max(longest, end - start)
        start = end + 1
    return longest


def _physical_lines(text: str, texts: Iterator[str]) -> Iterator[str]:
    yield from io.StringIO(text, newline=_END)
    for piece in texts:
        yield from io.StringIO(piece, newline=_END)
