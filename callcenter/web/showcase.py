"""``/_components``: every component in every state, for those who build pages.

Its figures are made up and stand in no table; the page is not there in production.
"""

import math
from datetime import date, timedelta
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import Date, Float, Integer, String, column, select, values
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, NumberRange

from callcenter.kernel import clock
from callcenter.web import charts
from callcenter.web.components import Period
from callcenter.web.forms import Form, choices
from callcenter.web.pages import render, toast
from callcenter.web.tables import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    RowAction,
    Table,
    TextFilter,
)

NAMES = (
    "Lin Qing",
    "王晓燕",
    "Aisha Rahman",
    "赵敏",
    "Tom Becker",
    "陈志强",
    "=SUM(A1)",
)
TEAMS = ("Harbour", "Summit", "River")
HOURS = [f"{hour:02d}:{minute:02d}" for hour in range(8, 20) for minute in (0, 30)]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
FIRST_DAY = date(2026, 3, 2)


class ShowcaseForm(Form):
    """One field of each kind."""

    name = StringField("Team name", [DataRequired()], description="As on the wall.")
    size = IntegerField("People", [NumberRange(1, 60)])
    site = SelectField("Site", choices=choices((("1", "Harbin"), ("2", "Chengdu"))))
    starts_on = DateField("Starts on", [DataRequired()])
    shift = RadioField("Pattern", choices=choices((("day", "Day"), ("late", "Late"))))
    remark = TextAreaField("Remark")
    is_open = BooleanField("Open for transfers")


def init_app(app: Flask) -> None:
    """Register the page, but never where real people's data is."""
    if app.extensions["config"].is_production:
        return
    components_page.__permission__ = None  # type: ignore[attr-defined]
    app.add_url_rule(
        "/_components",
        "components_page",
        components_page,
        methods=["GET", "POST"],
    )


def components_page() -> Response:
    """Every component with realistic content."""
    if "job" in request.args:
        return render("web/_job.html", job=_jobs()[2])
    form = ShowcaseForm(data={"name": "Harbour 3", "shift": "day"})
    wrong = ShowcaseForm(prefix="wrong", data={"name": "", "size": 90})
    if request.method == "POST":
        toast("The shift of 赵敏 moved to 13:00.", undo_url=request.path)
    wrong.refuse("name", "This field is needed.")
    wrong.refuse("size", "Between 1 and 60.")
    return example_table().respond(
        "web/_components.html",
        form=form,
        wrong=wrong,
        charts=_charts(),
        coverage=_coverage(),
        heat=_heat(),
        jobs=_jobs(),
        now=clock.now(),
        period=Period.around(FIRST_DAY, today=FIRST_DAY + timedelta(days=20)),
    )


def example_table() -> Table:
    """A list over rows that the query itself brings along."""
    rows = select(_people())
    c = rows.selected_columns
    return Table(
        "people",
        rows,
        caption="People of the example",
        columns=[
            Column("name", "Name", sort=c.name),
            Column("team", "Team", sort=(c.team, c.name)),
            Column("joined_on", "Joined", sort=c.joined_on),
            Column(
                "weekly_h", "Weekly hours", sort=c.weekly_h, style="hours", align="end"
            ),
            Column(
                "adherence", "Adherence", sort=c.adherence, style="percent", align="end"
            ),
            Column("number", "Number", sort=c.number, align="end", is_hidden=True),
        ],
        filters=[
            TextFilter("q", "Name", c.name),
            ChoiceFilter("team", "Team", c.team, [(team, team) for team in TEAMS]),
            DateRangeFilter("joined", "Joined", c.joined_on),
            BooleanFilter("part", "Part time only", c.weekly_h < 40),
        ],
        default_sort="number",
        default_size=25,
        row_url=lambda row: f"/_components?person={row.number}",
        row_css=lambda row: "is-late" if row.number == 3 else None,
        actions=lambda _row: [
            RowAction("Edit", "/_components", "pencil"),
            RowAction("Delete", "/_components", "trash", is_post=True, is_danger=True),
        ],
    )


def _figure(key: str, label: str, sort: Any, style: str) -> Column:
    return Column(key, label, sort=sort, style=style, align="end")


def _people() -> Any:
    return (
        values(
            column("number", Integer),
            column("name", String),
            column("team", String),
            column("joined_on", Date),
            column("weekly_h", Float),
            column("adherence", Float),
            name="people",
        )
        .data(
            [
                (
                    number,
                    f"{NAMES[number % len(NAMES)]} {number}",
                    TEAMS[number % 3],
                    FIRST_DAY - timedelta(days=number * 13),
                    (40.0, 32.0, 20.0)[number % 3],
                    None if number % 9 == 0 else 0.8 + (number * 7 % 19) / 100,
                )
                for number in range(1, 121)
            ]
        )
        .cte("people")
    )


def _load(place: int) -> float:
    """A working day's shape: a peak before noon and a lower one after lunch."""
    hour = 8 + place / 2
    return 38 * math.exp(-((hour - 10.5) ** 2) / 4) + 26 * math.exp(
        -((hour - 15) ** 2) / 6
    )


def _coverage() -> list[tuple[str, int, int]]:
    return [
        (label, round(_load(place)) + 4, round(_load(place + place % 5 - 2)) + 4)
        for place, label in enumerate(HOURS)
    ]


def _heat() -> list[tuple[str, list[float | None]]]:
    days = [1.3 - day / 7 for day in range(6)]
    return [
        (label, [*(_load(2 * place) * share // 1 for share in days), None])
        for place, label in enumerate(HOURS[::2])
    ]


def _charts() -> dict[str, charts.Chart]:
    coverage = _coverage()
    staff = [
        charts.Series("Full time", [21, 24, 26, 25, 27, 14, 10]),
        charts.Series("Part time", [8, 6, 9, 9, 12, 16, 15]),
    ]
    stages = [("Screening", 420), ("Interview", 260), ("Test", 171), ("Offer", 74)]
    return {
        "line": charts.line_chart("Contacts offered", HOURS, _forecast()),
        "bars": charts.bar_chart("People on shift", DAYS, staff, target=35),
        "coverage": charts.coverage_chart(
            "Required and scheduled",
            HOURS,
            [each[1] for each in coverage],
            [each[2] for each in coverage],
        ),
        "funnel": charts.funnel("Candidates", stages),
    }


def _forecast() -> list[charts.Series]:
    expected = [round(_load(place) * 4, 1) for place in range(len(HOURS))]
    seen = [value + (-1) ** n * n % 7 for n, value in enumerate(expected[:15])]
    return [
        charts.Series(
            "Forecast",
            expected,
            lower=[value * 0.85 for value in expected],
            upper=[value * 1.15 for value in expected],
        ),
        charts.Series("Actual", [*seen, *[None] * 9], is_dashed=True),
    ]


def _jobs() -> list[dict[str, Any]]:
    common = {
        "url": "/_components?job=2",
        "cancel_url": "/_components",
        "result_url": "#",
    }
    states = [
        ("queued", None, None),
        ("running", 0.42, "2,100 of 5,000 rows"),
        ("done", 1.0, "5,000 rows read, 12 changed, 0 refused"),
        ("failed", 0.3, "Row 1,204: the end lies before the start."),
    ]
    return [
        {
            **common,
            "id": number,
            "title": "Import of calls-march.csv",
            "state": state,
            "progress": share,
            "message": message,
        }
        for number, (state, share, message) in enumerate(states)
    ]
