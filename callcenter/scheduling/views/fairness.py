"""What agents wish for, and the ledger of what they got."""

from datetime import date, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _, _l
from callcenter.people import queries as people
from callcenter.scheduling.forms import WishesForm
from callcenter.scheduling.models.fairness import ShiftWish, WeekdayWish
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import fairness as reading
from callcenter.scheduling.queries.fairness import WEEKS, Tally
from callcenter.scheduling.services import fairness as services
from callcenter.scheduling.services.fairness import DayWish
from callcenter.scheduling.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table, TextFilter

WISH_NAMES = {
    ShiftWish.ANYTHING: _l("Anything"),
    ShiftWish.EARLY: _l("Early shift"),
    ShiftWish.DAY: _l("Day shift"),
    ShiftWish.LATE: _l("Late shift"),
    ShiftWish.NIGHT: _l("Night shift"),
    ShiftWish.OFF: _l("Free"),
}
COUNT_NAMES = {
    "n_shifts": _l("Shifts"),
    "n_nights": _l("Nights"),
    "n_weekend_days": _l("Days at weekends"),
    "n_unpopular": _l("Before seven or after ten"),
}
A_SUNDAY = date(2023, 1, 1)


@bp.route("/me/wishes", methods=["GET", "POST"])
@permission_required(Permission.VIEW_OWN_SCHEDULE)
def my_wishes() -> ResponseReturnValue:
    """Take wishes for each day of the week, and show what came of them."""
    employee_id = current_actor().employee_id
    if employee_id is None:
        return render("scheduling/my_wishes.html", is_employee=False)
    known = reading.wishes_of([employee_id]).get(employee_id, {})
    form = WishesForm(data={"days": [_as_typed(known.get(day)) for day in range(7)]})
    for entry in form.days:
        entry.form.wish.choices = choices(
            (each.value, name) for each, name in WISH_NAMES.items()
        )
    if form.validate_on_submit():
        with transaction():
            services.save_wishes(
                employee_id, [_read(day, each) for day, each in enumerate(form.days)]
            )
        toast(_("Saved. Your planners see your wishes."))
        return see_other("scheduling.my_wishes")
    first, last = _weeks()
    return render(
        "scheduling/my_wishes.html",
        422 if form.errors and request.method == "POST" else 200,
        is_employee=True,
        form=form,
        weekdays=[filters.weekday(_day(number), "EEEE") for number in range(7)],
        mine=reading.ledger([employee_id], first, last).get(employee_id, Tally()),
        team=_team(reading.team_tallies(employee_id, first, last)),
        names=COUNT_NAMES,
        n_weeks=WEEKS,
    )


def _day(weekday: int) -> date:
    return A_SUNDAY + timedelta(days=1 + weekday)


def _weeks() -> tuple[date, date]:
    """The first and last Monday of the ledger that is shown, this week included."""
    today = clock.today(ZoneInfo(current_actor().zone))
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=WEEKS - 1), monday


def _team(tallies: list[Tally]) -> dict[str, float]:
    """The middle of the team for each count."""
    return {
        name: float(median(getattr(each, name) for each in tallies)) if tallies else 0.0
        for name in COUNT_NAMES
    }


def _as_typed(wish: WeekdayWish | None) -> dict[str, object]:
    if wish is None:
        return {"wish": ShiftWish.ANYTHING.value}
    return {
        "wish": wish.wish.value,
        "since": _time(wish.from_min),
        "until": _time(wish.until_min),
    }


def _time(minutes: int | None) -> time | None:
    if minutes is None:
        return None
    return time(minutes // 60 % 24, minutes % 60)


def _read(weekday: int, entry: Any) -> DayWish:
    """One line of the form; an end before the start is on the next day."""
    since, until = entry.form.since.data, entry.form.until.data
    from_min = None if since is None else since.hour * 60 + since.minute
    until_min = None if until is None else until.hour * 60 + until.minute
    if until_min is not None and until_min <= (from_min or 0):
        until_min += 24 * 60
    return DayWish(weekday, ShiftWish(entry.form.wish.data), from_min, until_min)


@bp.get("/fairness")
@permission_required(Permission.VIEW_SCHEDULES)
def fairness() -> ResponseReturnValue:
    """The ledger of the last weeks, by person."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    first, last = _weeks()
    rows = reading.ledger_rows(scope, first, last)
    visible = db.session.scalars(people.visible_teams(scope)).unique()
    teams = [(each.name, each.name) for each in visible]
    table = Table(
        "fairness",
        select(rows).order_by(rows.c.name_sort, rows.c.employee_id),
        caption=_("Fairness"),
        columns=[
            Column("name", _l("Name"), sort=rows.c.name_sort),
            Column("team", _l("Team"), sort=rows.c.team),
            *(
                Column(key, name, sort=rows.c[key], align="end")
                for key, name in COUNT_NAMES.items()
            ),
            Column("n_wished", _l("Days wished"), sort=rows.c.n_wished, align="end"),
            Column(
                "granted",
                _l("As wished"),
                value=_granted,
                style="percent",
                align="end",
            ),
        ],
        filters=[
            TextFilter("q", _l("Name"), rows.c.name),
            ChoiceFilter("team", _l("Team"), rows.c.team, teams),
        ],
        default_sort="n_unpopular",
        default_dir="desc",
        empty=Empty(
            _l("The ledger is empty"),
            _l("With every published schedule, its shifts are entered here."),
        ),
    )
    return table.respond("scheduling/fairness.html", first=first, last=last)


def _granted(row: Any) -> float | None:
    return row.n_granted / row.n_wished if row.n_wished else None


@bp.get("/wishes")
@permission_required(Permission.VIEW_SCHEDULES)
def wishes() -> ResponseReturnValue:
    """What agents wish for, by person and day of the week."""
    rows = reading.wished_rows(current_actor().scope(Permission.VIEW_SCHEDULES))
    days = [(number, filters.weekday(_day(number), "EEEE")) for number in range(7)]
    names = dict(days)
    table = Table(
        "wishes",
        select(rows).order_by(rows.c.name_sort, rows.c.employee_id, rows.c.weekday),
        caption=_("Wishes"),
        columns=[
            Column("name", _l("Name"), sort=rows.c.name_sort),
            Column("team", _l("Team"), sort=rows.c.team),
            Column(
                "weekday",
                _l("Day"),
                sort=rows.c.weekday,
                value=lambda row: names[row.weekday],
            ),
            Column(
                "wish",
                _l("Wish"),
                sort=rows.c.wish,
                value=lambda row: str(WISH_NAMES[row.wish]),
            ),
            Column("available", _l("Available"), value=_available),
        ],
        filters=[
            TextFilter("q", _l("Name"), rows.c.name),
            ChoiceFilter("weekday", _l("Day"), rows.c.weekday, days),
            ChoiceFilter(
                "wish",
                _l("Wish"),
                rows.c.wish,
                [(key.value, str(name)) for key, name in WISH_NAMES.items()],
            ),
        ],
        default_sort="name",
        empty=Empty(
            _l("Nobody wishes for anything yet"),
            _l("What agents enter under My wishes appears here."),
            icon="star",
        ),
    )
    return table.respond("scheduling/wishes.html")


def _available(row: Any) -> str | None:
    if row.from_min is None and row.until_min is None:
        return None
    ends = [_time(each) for each in (row.from_min, row.until_min)]
    return "–".join("" if each is None else f"{each:%H:%M}" for each in ends)
