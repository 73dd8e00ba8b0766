"""Reading the first sheet of CSV, XLSX, XLS and ODS files, whatever is in them."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callcenter.kernel.text import _l
from callcenter.people.errors import FileRefused

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: its heading, and its rows with their line numbers."""

    headers: list[str]
    rows: list[tuple[int, Sequence[Any]]]


def read_sheet(content: bytes) -> Sheet:
    """The first sheet of a file; what kind it is, its content tells.

    The first row that is not empty is the heading. Raises `FileRefused` for a file
    that is empty, too large, broken or of another kind.
    """
    if not content.strip():
        raise FileRefused(_l("The file is empty."))
    if len(content) > LARGEST:
        raise FileRefused(
            _l("The file is larger than %(n)s MB.", n=LARGEST // 1024 // 1024)
        )
    if content.startswith((_ZIP, _OLE)):
        table = _workbook_rows(content)
    else:
        table = _text_rows(content)
    return _sheet(table)


def _sheet(table: Sequence[Sequence[Any]]) -> Sheet:
    filled = [
        (line, row)
        for line, row in enumerate(table, start=1)
        if any(str(cell).strip() for cell in row if cell is not None)
    ]
    if not filled:
        raise FileRefused(_l("The file is empty."))
    headers = [str(cell or "").strip()[:120] for cell in filled[0][1]][:MOST_COLUMNS]
    rows = filled[1:]
    if not rows:
        raise FileRefused(_l("The file has a heading but no rows."))
    if len(rows) > MOST_ROWS:
        raise FileRefused(
            _l("The file has more than %(n)s rows. Cut it in parts.", n=MOST_ROWS)
        )
    return Sheet(headers, rows)


def _workbook_rows(content: bytes) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bombs(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows: list[list[Any]] = book.get_sheet_by_index(0).to_python(
            skip_empty_area=False
        )
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise FileRefused(_l("The workbook cannot be read: it is damaged.")) from error
    return rows


def _refuse_bombs(content: bytes) -> None:
    if not content.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise FileRefused(_l("The workbook cannot be read: it is damaged.")) from error
    if unpacked > LARGEST_UNPACKED:
        raise FileRefused(_l("The workbook unpacks to too much."))


def _text_rows(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    first = text[:4096].split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileRefused(_l("This is not a table of text.")) from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content[:4096]:
        raise FileRefused(_l("This is not a spreadsheet: use XLSX, ODS, XLS or CSV."))
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(_l("This is not a spreadsheet: use XLSX, ODS, XLS or CSV."))
