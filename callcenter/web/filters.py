"""Template filters: how times, lengths, shares, numbers and money are written.

Every filter answers ``–`` for None, so that no page prints "None". Instants are
shown in the reader's zone unless a row names its site's zone.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any, ParamSpec
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask
from markupsafe import Markup

from callcenter.kernel.actor import current_actor
from callcenter.kernel.clock import now
from callcenter.kernel.money import Money
from callcenter.kernel.text import _, _n, voice
from callcenter.web import components

DASH = "–"
Zone = tzinfo | str | None
P = ParamSpec("P")


def init_app(app: Flask) -> None:
    """Register the filters and the helpers of the component macros."""
    app.jinja_env.filters.update(
        ago=ago,
        clock=clock,
        count=number,
        date=day,
        datetime=moment,
        duration=duration,
        hours=hours,
        money=money,
        number=number,
        percent=percent,
        signed=signed,
        text=text,
        time=time_of_day,
        time_range=time_range,
        day_range=day_range,
        time_tag=time_tag,
        weekday=weekday,
    )
    app.jinja_env.globals["show"] = show
    components.init_app(app)


def locale() -> Locale:
    """The locale of the reader; English outside a request."""
    return voice().locale


def zone_of(zone: Zone = None) -> tzinfo:
    """The zone that is meant: the given one, else the reader's site's."""
    if isinstance(zone, str):
        return ZoneInfo(zone)
    return zone or ZoneInfo(current_actor().zone)


def _dash_for_none(show: Callable[P, str]) -> Callable[P, str]:
    @wraps(show)
    def shown(*args: P.args, **options: P.kwargs) -> str:
        return DASH if args[0] is None or args[0] == "" else show(*args, **options)

    return shown


@_dash_for_none
def text(value: object) -> str:
    """The value as text; what is markup already stays so."""
    return value if isinstance(value, Markup) else str(value)


@_dash_for_none
def day(value: date | datetime | None, style: str = "medium", zone: Zone = None) -> str:
    """A calendar day; of an instant, the day in the zone. Styles as in CLDR."""
    if isinstance(value, datetime):
        value = value.astimezone(zone_of(zone)).date()
    return _day_text(value, _date_pattern(style), voice().name)


@lru_cache(maxsize=4096)
def _day_text(value: date | None, pattern: str, language: str) -> str:
    """A day as written in a language; tables write the same few days many times."""
    return format_date(value, pattern, Locale.parse(language))


def _date_pattern(style: str) -> str:
    """Our own short forms beside the CLDR styles."""
    is_chinese = locale().language == "zh"
    patterns = {
        "day_month": "M月d日" if is_chinese else "d MMM",
        "weekday_day": "M月d日 EEE" if is_chinese else "EEE d MMM",
        "medium": "y年M月d日" if is_chinese else "d MMM y",
        "month": "y年M月" if is_chinese else "MMMM y",
    }
    return patterns.get(style, style)


def day_range(first: date, last: date) -> str:
    """From day to day; the year is said once, where the language puts it."""
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    if locale().language != "zh":
        return f"{day(first, 'day_month')} – {day(last)}"
    end = f"{last.day}日" if first.month == last.month else day(last, "day_month")
    return f"{day(first)} – {end}"


@_dash_for_none
def weekday(value: date | datetime | None, style: str = "EEE") -> str:
    """The name of the weekday."""
    if isinstance(value, datetime):
        value = value.date()
    return _day_text(value, style, voice().name)


@_dash_for_none
def moment(value: datetime | None, zone: Zone = None, style: str = "short") -> str:
    """Day and time of an instant, in the zone."""
    local = _aware(value).astimezone(zone_of(zone))
    return f"{day(local.date())} {_clock_text(local, style)}"


@_dash_for_none
def time_of_day(value: datetime | None, zone: Zone = None, style: str = "short") -> str:
    """Only the time of an instant, on the 24-hour clock, in the zone."""
    return _clock_text(_aware(value).astimezone(zone_of(zone)), style)


def time_range(
    starts_at: datetime | None, ends_at: datetime | None, zone: Zone = None
) -> str:
    """From start to end; says so when it ends on a later day."""
    if starts_at is None or ends_at is None:
        return DASH
    first, last = (each.astimezone(zone_of(zone)) for each in (starts_at, ends_at))
    later = (last.date() - first.date()).days
    suffix = f" (+{later})" if later else ""
    return f"{_clock_text(first, 'short')}–{_clock_text(last, 'short')}{suffix}"


def _clock_text(local: datetime, style: str) -> str:
    shown = f"{local.hour:02d}:{local.minute:02d}"
    return f"{shown}:{local.second:02d}" if style == "medium" else shown


def _aware(value: datetime | None) -> datetime:
    if value is None or value.tzinfo is None:
        raise ValueError(f"an instant names its zone: {value!r}")
    return value


def time_tag(value: datetime | None, zone: Zone = None) -> Markup:
    """A ``<time>`` element that also carries the exact instant."""
    if value is None:
        return Markup("–")
    exact = _aware(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(exact, moment(value, zone))


@_dash_for_none
def ago(value: datetime | None) -> str:
    """How long ago, in the largest unit that fits."""
    seconds = max(0, int((now() - _aware(value)).total_seconds()))
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _n("%(num)d minute ago", "%(num)d minutes ago", seconds // 60)
    if seconds < 86_400:
        return _n("%(num)d hour ago", "%(num)d hours ago", seconds // 3600)
    if seconds < 30 * 86_400:
        return _n("%(num)d day ago", "%(num)d days ago", seconds // 86_400)
    return day(value)


def _seconds(value: timedelta | float) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


@_dash_for_none
def clock(value: timedelta | float | None) -> str:
    """A length as on a stop watch: ``4:07`` or ``1:02:30``; seconds or timedelta."""
    seconds = round(_seconds(value or 0))
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    hours_, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    if hours_:
        return f"{sign}{hours_}:{minutes:02d}:{rest:02d}"
    return f"{sign}{minutes}:{rest:02d}"


@_dash_for_none
def duration(value: timedelta | float | None) -> str:
    """A length in words: ``45 s``, ``4 min 07 s``, ``7 h 30 min``."""
    seconds = round(_seconds(value or 0))
    if abs(seconds) < 60:
        return _("%(seconds)s s", seconds=seconds)
    minutes, rest = divmod(abs(seconds), 60)
    sign = "-" if seconds < 0 else ""
    if minutes < 60:
        parts = _("%(minutes)s min", minutes=minutes)
        if rest:
            parts += " " + _("%(seconds)s s", seconds=f"{rest:02d}")
        return sign + parts
    hours_, minutes = divmod(minutes, 60)
    parts = _("%(hours)s h", hours=number(hours_))
    if minutes:
        parts += " " + _("%(minutes)s min", minutes=f"{minutes:02d}")
    return sign + parts


@_dash_for_none
def hours(value: timedelta | float | Decimal | None, places: int = 1) -> str:
    """A number of hours: a timedelta, or hours as a number."""
    if isinstance(value, timedelta):
        return hours(value.total_seconds() / 3600, places)
    return _("%(hours)s h", hours=number(value, places))


@_dash_for_none
def number(value: float | Decimal | None, places: int | None = None) -> str:
    """A number with the locale's separators; whole unless places are asked for."""
    if places is None:
        places = 0 if value == int(value or 0) else 1
    language = voice().name
    if _is_plain(language):
        return _plain(value, places)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value or 0, pattern, language)


def _plain(value: float | Decimal | None, places: int) -> str:
    """The number as Python writes it; halves are those of the decimal that is read."""
    if isinstance(value, float) and places:
        value = Decimal(str(value))
    return f"{value or 0:,.{places}f}"


@lru_cache
def _is_plain(language: str) -> bool:
    """Whether the language writes numbers as Python does: ``1,234.5``."""
    return format_decimal(-1234.5, "#,##0.0", language) == "-1,234.5"


@_dash_for_none
def signed(value: float | Decimal | None, places: int | None = None) -> str:
    """A difference, always with its sign."""
    if value is None or value == 0:
        return "±" + number(0, places)
    size = value if value > 0 else -value
    return ("+" if value > 0 else "−") + number(size, places)


@_dash_for_none
def percent(value: float | Decimal | None, places: int = 1) -> str:
    """A fraction in [0, 1] as a percentage; percent exists only on pages."""
    language = voice().name
    if _is_plain(language):
        return _plain(Decimal(str(value)) * 100, places) + "%"
    pattern = "#,##0" + ("." + "0" * places if places else "") + "%"
    return format_percent(value or 0, pattern, language)


@_dash_for_none
def money(value: Money | Decimal | None, currency: str | None = None) -> str:
    """An amount in its currency, as the locale writes it."""
    if isinstance(value, Money):
        return format_currency(value.amount, value.currency, locale=locale())
    if currency is None:
        raise ValueError("an amount without its currency says nothing")
    return format_currency(value or 0, currency, locale=locale())


def show(value: Any, style: str | None = None) -> str:
    """Any value by the name of a filter, or by its own type."""
    if style is not None:
        return STYLES[style](value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, int | float | Decimal):
        return number(value)
    return text(value)


STYLES: dict[str, Callable[..., str]] = {
    "ago": ago,
    "clock": clock,
    "date": day,
    "datetime": moment,
    "duration": duration,
    "hours": hours,
    "money": money,
    "number": number,
    "percent": percent,
    "signed": signed,
    "text": text,
    "time": time_of_day,
}
