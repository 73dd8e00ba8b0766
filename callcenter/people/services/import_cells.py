"""How the cells of a spreadsheet of employees are read.

Reading a cell either gives a value or raises `BadCell` with the name of the rule
that it breaks; what the rules are called in words, the pages say.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from callcenter.people.models import EmploymentKind, LeavingReason, PayBasis

Kind = TypeVar("Kind", bound=StrEnum)
_DATE_PATTERNS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 1, 1)
# Spreadsheets keep fifteen digits of a number; a longer one has lost its end.
EXACT_DIGITS = 10**15


class BadCell(Exception):
    """A cell breaks a rule of its field."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule, self.detail = rule, detail


def folded(header: str) -> str:
    """A heading without case, blanks, signs and what stands in brackets."""
    bare = re.sub(r"[（(\[].*?[)）\]]", "", header.casefold())
    return re.sub(r"['’\s_\-*:：/.]", "", bare)


def text_of(cell: Any) -> str:
    """A cell as text; whole numbers lose the fraction that spreadsheets add."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= EXACT_DIGITS:
            raise BadCell("lost_digits")
        return str(int(cell))
    text = " ".join(str(cell).split())
    # Our own exports write this sign before what could be taken for a formula.
    return text[1:] if text[:2] in {"'+", "'-", "'=", "'@"} else text


def limited(longest: int) -> Callable[[Any], str]:
    """A reader of text that is at most so long."""

    def read(cell: Any) -> str:
        text = text_of(cell)
        if len(text) > longest:
            raise BadCell("too_long", str(longest))
        return text

    return read


def read_date(cell: Any) -> date:
    """A day: a date of the spreadsheet, or one written year first."""
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    else:
        day = _parsed_date(text_of(cell))
    if not EARLIEST <= day < LATEST:
        raise BadCell("bad_date", day.isoformat())
    return day


def _parsed_date(text: str) -> date:
    for pattern in _DATE_PATTERNS:
        try:
            return datetime.strptime(text.split(" ", maxsplit=1)[0], pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise BadCell("bad_date", text[:20])


def read_hours(cell: Any) -> float:
    """Weekly hours, above 0 and at most 84."""
    value = float(read_amount(cell))
    if not 0 < value <= 84:
        raise BadCell("bad_hours")
    return value


def read_amount(cell: Any) -> Decimal:
    """A number that is not negative."""
    text = text_of(cell) if not isinstance(cell, float) else str(cell)
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise BadCell("bad_number", text[:20]) from None
    if not value.is_finite() or value < 0 or value >= 10**12:
        raise BadCell("bad_number", text[:20])
    return value


def read_email(cell: Any) -> str:
    """An e-mail address."""
    text = limited(200)(cell)
    if not _EMAIL.fullmatch(text):
        raise BadCell("bad_email")
    return text


def read_currency(cell: Any) -> str:
    """A currency by its three letters."""
    text = text_of(cell).upper()
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise BadCell("bad_currency", text[:20])
    return text


def read_skills(cell: Any) -> dict[str, int]:
    """Skills with levels, as ``billing:3; english:4``; no level means 3."""
    found: dict[str, int] = {}
    for part in re.split(r"[;；,，、]", text_of(cell)):
        name, _colon, level = part.replace("：", ":").partition(":")
        if not name.strip():
            continue
        if level.strip() not in {"", "1", "2", "3", "4", "5"}:
            raise BadCell("bad_level", level.strip()[:20])
        found[name.strip()] = int(level.strip() or 3)
    return found


def one_of(kinds: type[Kind], also: Mapping[str, Kind]) -> Callable[[Any], Kind]:
    """A reader of a kind by its code or by what it is called."""
    known = {folded(kind.value): kind for kind in kinds}
    known.update({folded(word): kind for word, kind in also.items()})

    def read(cell: Any) -> Kind:
        kind = known.get(folded(text_of(cell)))
        if kind is None:
            raise BadCell("unknown_kind", text_of(cell)[:20])
        return kind

    return read


read_kind = one_of(
    EmploymentKind,
    {
        "full time": EmploymentKind.FULL_TIME,
        "permanent": EmploymentKind.FULL_TIME,
        "全职": EmploymentKind.FULL_TIME,
        "全日制": EmploymentKind.FULL_TIME,
        "part time": EmploymentKind.PART_TIME,
        "兼职": EmploymentKind.PART_TIME,
        "非全日制": EmploymentKind.PART_TIME,
        "internship": EmploymentKind.INTERN,
        "trainee": EmploymentKind.INTERN,
        "实习": EmploymentKind.INTERN,
        "实习生": EmploymentKind.INTERN,
    },
)
read_basis = one_of(
    PayBasis,
    {
        "monthly": PayBasis.MONTH,
        "per month": PayBasis.MONTH,
        "月": PayBasis.MONTH,
        "月薪": PayBasis.MONTH,
        "每月": PayBasis.MONTH,
        "hourly": PayBasis.HOUR,
        "per hour": PayBasis.HOUR,
        "时": PayBasis.HOUR,
        "时薪": PayBasis.HOUR,
        "每小时": PayBasis.HOUR,
        "daily": PayBasis.DAY,
        "per day": PayBasis.DAY,
        "日": PayBasis.DAY,
        "日薪": PayBasis.DAY,
        "每天": PayBasis.DAY,
    },
)
read_reason = one_of(
    LeavingReason,
    {
        "resigned": LeavingReason.OTHER_JOB,
        "dismissal": LeavingReason.DISMISSED,
        "other": LeavingReason.OTHER,
        "换工作": LeavingReason.OTHER_JOB,
        "薪资": LeavingReason.PAY,
        "学业": LeavingReason.STUDY,
        "家庭": LeavingReason.FAMILY,
        "倒班": LeavingReason.SHIFT_WORK,
        "合同到期": LeavingReason.CONTRACT_ENDED,
        "辞退": LeavingReason.DISMISSED,
        "其他": LeavingReason.OTHER,
        "其他原因": LeavingReason.OTHER,
    },
)
