"""What a reader chose to look at in the workbench; it lives in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask import request

from callcenter.engine.forecasting import Method
from callcenter.forecasting.models import Forecast
from callcenter.kernel.text import _l

WEEKS_BACK = (3, 6, 13, 26, 52, 104)
USUAL_BACK = 6
DRAWN_ONE_BY_ONE = 6
PAGE_DAYS = 28
SHORT_DAYS = 56


class View(StrEnum):
    """The three ways to look at a queue."""

    DAYS = "days"
    WEEKS = "weeks"
    DAY = "day"


class Under(StrEnum):
    """What may lie under a forecast beside the last weeks."""

    YEAR = "year"
    TWO_YEARS = "two-years"


VIEW_NAMES: Mapping[View, object] = {
    View.DAYS: _l("Day by day"),
    View.WEEKS: _l("Weeks by interval"),
    View.DAY: _l("One day by interval"),
}
UNDER_NAMES: Mapping[Under, object] = {
    Under.YEAR: _l("Same weeks last year"),
    Under.TWO_YEARS: _l("Same weeks two years ago"),
}
# Whole weeks, so that every day lies under one of its own weekday.
UNDER_DAYS: Mapping[Under, timedelta] = {
    Under.YEAR: timedelta(days=52 * 7),
    Under.TWO_YEARS: timedelta(days=104 * 7),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn: the view, the weeks of history, what lies under, which methods.

    ``is_whole`` draws all days of a long forecast and not four weeks of them.
    """

    view: View = View.DAYS
    back: int = USUAL_BACK
    under: frozenset[Under] = frozenset()
    methods: frozenset[str] = frozenset()
    is_whole: bool = False

    @classmethod
    def asked(cls) -> "Look":
        """The look that the request's address asks for; nonsense is passed over."""
        args = request.args
        views, unders, methods = set(View), set(Under), set(Method)
        view = args.get("view", "")
        back = args.get("back", type=int)
        return cls(
            view=View(view) if view in views else View.DAYS,
            back=back if back in WEEKS_BACK else USUAL_BACK,
            under=frozenset(Under(u) for u in args.getlist("under") if u in unders),
            methods=frozenset(m for m in args.getlist("method") if m in methods),
            is_whole=args.get("ahead") == "all",
        )

    @property
    def args(self) -> dict[str, str | int | list[str]]:
        """What an address says to come back to this look; the usual is left out."""
        said: dict[str, str | int | list[str]] = {}
        if self.view is not View.DAYS:
            said["view"] = self.view.value
        if self.back != USUAL_BACK:
            said["back"] = self.back
        if self.under:
            said["under"] = sorted(self.under)
        if self.methods:
            said["method"] = sorted(self.methods)
        if self.is_whole:
            said["ahead"] = "all"
        return said


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of a forecast that the table holds, and those that are drawn."""

    table_first: date
    table_last: date
    drawn_first: date
    drawn_last: date

    @property
    def days(self) -> list[date]:
        """The drawn days in order."""
        n = (self.drawn_last - self.drawn_first).days + 1
        return [self.drawn_first + timedelta(days=each) for each in range(n)]


def stretch_of(found: Forecast, look: Look, day: date, today: date) -> Stretch:
    """Four weeks with the chosen day for the table, and history before for drawing."""
    last = found.first_day + timedelta(days=found.n_days - 1)
    page = (day - found.first_day).days // PAGE_DAYS
    table_first = found.first_day + timedelta(days=page * PAGE_DAYS)
    table_last = min(last, table_first + timedelta(days=PAGE_DAYS - 1))
    is_whole = look.is_whole or found.n_days <= SHORT_DAYS
    begins = found.first_day if is_whole else table_first
    return Stretch(
        table_first,
        table_last,
        min(begins, today) - timedelta(weeks=look.back),
        last if is_whole else table_last,
    )


def week_of(day: date) -> list[date]:
    """Monday to Sunday around a day."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=each) for each in range(7)]
