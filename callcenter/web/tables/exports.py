"""Every filtered row as a file: CSV as a stream, XLSX in constant memory."""

import csv
import io
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import Response, send_file, stream_with_context

from callcenter.kernel.clock import now
from callcenter.kernel.money import Money
from callcenter.kernel.text import _
from callcenter.web.filters import zone_of
from callcenter.web.tables.columns import Column

FORMATS = ("csv", "xlsx")
FIGURES = 6  # decimals: what a file of 32-bit floats holds beyond them is noise
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ROWS_PER_SHEET = 1_000_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER_FORMATS = {
    "percent": "0.0%",
    "money": "#,##0.00",
    "hours": "0.00",
    "number": "#,##0.###",
}


def neutral(text: str) -> str:
    """The text, kept from being taken for a formula by a spreadsheet program."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def file_name(title: str, extension: str) -> str:
    """A name for the download: what it is and when it was made, in the zone."""
    made = now().astimezone(zone_of()).strftime("%Y-%m-%d_%H%M")
    kept = "".join(letter if letter.isalnum() else "_" for letter in title).strip("_")
    return f"{kept or 'export'}_{made}.{extension}"


def csv_response(
    title: str, columns: Sequence[Column], rows: Iterable[Any]
) -> Response:
    """A CSV file, written while it is sent; UTF-8 with a mark for spreadsheets."""
    lines = _csv_lines(columns, rows)
    response = Response(
        stream_with_context(lines), content_type="text/csv; charset=utf-8"
    )
    return as_download(response, file_name(title, "csv"))


def as_download(response: Response, name: str) -> Response:
    """The answer as a file of that name; headers hold Latin letters only (RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain.lstrip("_")}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)
    return response


def _csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([neutral(str(column.label)) for column in columns])
    for count, row in enumerate(rows, start=1):
        writer.writerow([_csv_value(column.exported(row)) for column in columns])
        if count % 200 == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _csv_value(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return value.astimezone(zone_of()).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, int | float | Decimal):
        return round(value, FIGURES) + 0.0 if isinstance(value, float) else value
    return neutral(str(value))


def xlsx_response(
    title: str, columns: Sequence[Column], rows: Iterable[Any]
) -> Response:
    """A workbook; a new sheet begins where one is full."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    _write_workbook(file, columns, rows)
    file.seek(0)
    return send_file(
        file,
        mimetype=XLSX_TYPE,
        as_attachment=True,
        download_name=file_name(title, "xlsx"),
    )


def _write_workbook(file: Any, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    from xlsxwriter import Workbook

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with Workbook(file, options) as book:
        formats = _Formats(book)
        sheet = None
        for count, row in enumerate(rows):
            line = count % ROWS_PER_SHEET + 1
            if line == 1:
                sheet = _new_sheet(book, columns, formats)
            for place, column in enumerate(columns):
                _write_cell(sheet, line, place, column, row, formats)
        if sheet is None:
            _new_sheet(book, columns, formats)


class _Formats:
    def __init__(self, book: Any) -> None:
        self.bold = book.add_format({"bold": True})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.length = book.add_format({"num_format": "[h]:mm:ss"})
        self.styles = {
            style: book.add_format({"num_format": pattern})
            for style, pattern in _NUMBER_FORMATS.items()
        }


def _new_sheet(book: Any, columns: Sequence[Column], formats: _Formats) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        label = str(column.label)
        sheet.set_column(place, place, max(12, min(40, len(label) + 4)))
        sheet.write_string(0, place, neutral(label), formats.bold)
    return sheet


def _write_cell(
    sheet: Any, line: int, place: int, column: Column, row: Any, formats: _Formats
) -> None:
    value = column.exported(row)
    if isinstance(value, Money):
        value = value.amount
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, place, _("Yes") if value else _("No"))
    elif isinstance(value, datetime):
        local = value.astimezone(zone_of()).replace(tzinfo=None)
        sheet.write_datetime(line, place, local, formats.moment)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats.day)
    elif isinstance(value, timedelta):
        sheet.write_datetime(line, place, value, formats.length)
    elif isinstance(value, int | float | Decimal):
        style = formats.styles.get(column.style or "")
        sheet.write_number(line, place, round(float(value), FIGURES), style)
    else:
        sheet.write_string(line, place, neutral(str(value))[:32_767])
