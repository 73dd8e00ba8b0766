"""Columns of a block of ASCII text as places in it: no object for each cell.

Cells are gathered as words of eight bytes, so that a column of numbers, of times or of
words that come again is read by a few operations on whole arrays. What does not fit
(blanks around cells, fractions, long texts) is read cell by cell instead, from
`PackedColumn.texts`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors.cells import LARGEST_WHOLE
from callcenter.acd.connectors.records import IntColumn

Words = NDArray[np.uint64]
MAX_PACKED_TEXT = 64
"""The longest cell that is looked at as words."""

_PADDING = 256
_SLOTS_BITS = 16
_MOST_NAMES = 10_000
_NEWLINE = 10
_SPACE = 32
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(9)], np.uint64)
_SHIFTS = np.array([64 - 8 * n for n in range(9)], np.uint64)
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(slots=True)
class PackedBlock:
    """A text of whole lines and its bytes, with room behind them to read on."""

    text: str
    bytes_: NDArray[np.uint8]

    def window(self, width: int) -> NDArray[np.bytes_]:
        """What stands in the next ``width`` bytes from each place on."""
        n = len(self.bytes_) - width + 1
        return np.ndarray((n,), f"S{width}", self.bytes_, 0, (1,))

    def words(self) -> Words:
        """The next eight bytes from each place on, the first one lowest."""
        return np.ndarray((len(self.bytes_) - 7,), "<u8", self.bytes_, 0, (1,))


@dataclass(slots=True)
class PackedColumn(Sequence[str]):
    """One column of a block: where each cell starts and ends."""

    block: PackedBlock
    starts: IntColumn
    ends: IntColumn
    lengths: IntColumn = field(init=False)
    longest: int = field(init=False)

    def __post_init__(self) -> None:
        self.lengths = self.ends - self.starts
        self.longest = int(self.lengths.max(initial=0))

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "PackedColumn": ...
    def __getitem__(self, place: int | slice) -> "str | PackedColumn":
        if isinstance(place, slice):
            return PackedColumn(self.block, self.starts[place], self.ends[place])
        return self.block.text[int(self.starts[place]) : int(self.ends[place])]

    def texts(self) -> list[str]:
        """The cells as text."""
        text = self.block.text
        places = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [text[start:end] for start, end in places]

    def filled(self) -> "PackedColumn":
        """The cells that hold anything."""
        given = self.lengths > 0
        return PackedColumn(self.block, self.starts[given], self.ends[given])

    def word(self, place: int) -> Words:
        """The eight bytes of each cell from ``8 * place`` on, zeros past its end."""
        starts = np.minimum(self.starts + 8 * place, len(self.block.bytes_) - 8)
        words: Words = self.block.words()[starts]
        words &= _MASKS[np.clip(self.lengths - 8 * place, 0, 8)]
        return words

    def bytes_cells(self) -> NDArray[np.bytes_]:
        """The cells as bytes of one width."""
        width = max(self.longest, 1)
        cells = self.block.window(width)[self.starts]
        if int(self.lengths.min(initial=width)) < width:
            matrix = cells.view(np.uint8).reshape(len(cells), width)
            matrix[np.arange(width) >= self.lengths[:, None]] = 0
        return cells

    def matrix(self) -> NDArray[np.uint8] | None:
        """The cells as rows of bytes if all are equally long, else None."""
        if not len(self) or int(self.lengths.min()) != self.longest:
            return None
        if not 0 < self.longest <= MAX_PACKED_TEXT:
            return None
        cells = self.block.window(self.longest)[self.starts]
        return cells.view(np.uint8).reshape(len(cells), self.longest)

    def is_clean(self, most: int) -> bool:
        """Whether each cell holds 1 to ``most`` characters, and no blanks around."""
        if not self.lengths.all() or self.longest > most:
            return False
        first, last = self.block.bytes_[self.starts], self.block.bytes_[self.ends - 1]
        return not ((first <= _SPACE).any() or (last <= _SPACE).any())

    def whole_numbers(self, blank: int) -> IntColumn | None:
        """The cells as numbers, ``blank`` where there is none.

        None when any cell holds something else, or a number past `LARGEST_WHOLE`.
        """
        if self.longest > 8:
            return None
        digits = self.word(0) << _SHIFTS[np.maximum(self.lengths, 1)]
        zeros = np.uint64(0x3030303030303030)
        digits -= zeros & ~_MASKS[8 - self.lengths]
        over = (digits + np.uint64(0x7676767676767676)) | digits
        if (over & np.uint64(0x8080808080808080)).any():
            return None
        values = _value_of(digits)
        if int(values.max(initial=0)) > LARGEST_WHOLE:
            return None
        if not self.lengths.all():
            values[self.lengths == 0] = blank
        return values


def _value_of(digits: Words) -> IntColumn:
    """The number that eight digits make, one a byte, the first one lowest."""
    low = np.uint64(0x000000FF000000FF)
    pairs = digits * np.uint64(10) + (digits >> np.uint64(8))
    first = (pairs & low) * np.uint64(0x000F424000000064)
    second = ((pairs >> np.uint64(16)) & low) * np.uint64(0x0000271000000001)
    return ((first + second) >> np.uint64(32)).astype(np.int64)


def packed_columns(text: str, delimiter: str, width: int) -> list[PackedColumn] | None:
    """The columns of whole lines without any quotation mark.

    None when the text is not ASCII or a line has more or fewer cells.
    """
    if not text.isascii():
        return None
    raw = np.frombuffer(text.encode() + bytes(_PADDING), np.uint8)
    given = raw[: len(text)]
    marks = np.flatnonzero((given == ord(delimiter)) | (given == _NEWLINE))
    n = text.count("\n") + 1
    if len(marks) != n * width - 1:
        return None
    ends = np.append(marks, len(text)).reshape(n, width)
    if not (given[ends[:-1, -1]] == _NEWLINE).all():
        return None
    starts = np.append(0, marks + 1).reshape(n, width)
    block = PackedBlock(text, raw)
    by_column = zip(starts.T.copy(), ends.T.copy(), strict=True)
    return [PackedColumn(block, start, end) for start, end in by_column]


@dataclass(slots=True)
class CodedTexts(Sequence[str]):
    """Texts that come again and again: each once, and its number for each row."""

    names: list[str]
    codes: IntColumn

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "CodedTexts": ...
    def __getitem__(self, place: int | slice) -> "str | CodedTexts":
        if isinstance(place, slice):
            return CodedTexts(self.names, self.codes[place])
        return self.names[int(self.codes[place])]

    def __iter__(self) -> Iterator[str]:
        return map(self.names.__getitem__, self.codes.tolist())

    def take(self, chosen: NDArray[Any]) -> "CodedTexts":
        """The chosen rows."""
        return CodedTexts(self.names, self.codes[chosen])

    def mapped(self, values: NDArray[Any]) -> NDArray[Any]:
        """For each row what ``values`` holds for its name."""
        return values[self.codes]

    def occurring(self) -> list[int]:
        """The numbers of the names that some row has, in order."""
        return np.flatnonzero(np.bincount(self.codes, minlength=1)).tolist()


@dataclass(slots=True)
class ByteTexts(Sequence[str]):
    """Texts that are told apart by all of their bytes, as `numpy` holds them."""

    cells: NDArray[np.bytes_]

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "ByteTexts": ...
    def __getitem__(self, place: int | slice) -> "str | ByteTexts":
        if isinstance(place, slice):
            return ByteTexts(self.cells[place])
        return str(self.cells[place].decode())

    def take(self, chosen: NDArray[Any]) -> "ByteTexts":
        """The chosen rows."""
        return ByteTexts(self.cells[chosen])


class WordBook:
    """The texts of one column so far, found again by the bytes of their cells.

    A table leads from a few mixed bits to the last text with these bits; where that is
    another text, the cell is looked up by itself.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._words = np.zeros((0, 1), np.uint64)
        self._slots = np.zeros(1 << _SLOTS_BITS, np.int64)

    def coded(self, column: PackedColumn) -> CodedTexts | None:
        """The column by the book's numbers; None for long or ever new texts."""
        if column.longest > MAX_PACKED_TEXT or len(self.names) > _MOST_NAMES:
            return None
        width = max(self._words.shape[1], -(-column.longest // 8), 1)
        if width > self._words.shape[1]:
            more = ((0, 0), (0, width - self._words.shape[1]))
            self._words = np.pad(self._words, more)
            self._refill()
        words = [column.word(place) for place in range(width)]
        slots = _slots_of(words)
        if not self.names:
            self._learn(column[0], [word[0] for word in words], int(slots[0]))
        codes = self._slots[slots]
        is_other = np.zeros(len(column), np.bool_)
        for place, word in enumerate(words):
            is_other |= self._words[codes, place] != word
        for at in np.flatnonzero(is_other).tolist():
            text = column[at]
            if text not in self._numbers:
                self._learn(text, [word[at] for word in words], int(slots[at]))
            codes[at] = self._numbers[text]
        return CodedTexts(self.names, codes)

    def _learn(self, text: str, words: list[np.uint64], slot: int) -> None:
        self._slots[slot] = self._numbers[text] = len(self.names)
        self.names.append(text.strip())
        self._words = np.concatenate([self._words, np.array([words], np.uint64)])

    def _refill(self) -> None:
        slots = _slots_of(list(self._words.T))
        self._slots[slots] = np.arange(len(slots))


def _slots_of(words: Sequence[Words]) -> IntColumn:
    mixed = words[0] * _ODD
    for word in words[1:]:
        mixed = (mixed ^ word) * _ODD
    return (mixed >> np.uint64(64 - _SLOTS_BITS)).astype(np.int64)
