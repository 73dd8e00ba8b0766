"""Charts: typed builders that give ECharts its options and everybody the same table.

Colours are written as ``var(--name)`` and painted by ``static/app.js`` from the
page's own palette, so a chart follows the light and the dark theme. Bars start at
zero. A missing value is a gap, in the picture and in the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callcenter.kernel.text import _
from callcenter.web.filters import STYLES, number, percent, show, signed

Values = Sequence[float | None]
PALETTE = tuple(f"var(--chart-{place})" for place in range(1, 7))
INK, INK_2, LINE = "var(--ink)", "var(--ink-2)", "var(--line)"
OVER, UNDER = "var(--over)", "var(--under)"


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one layer of bars, with one value per label."""

    name: str
    values: Values
    lower: Values | None = None
    upper: Values | None = None
    is_dashed: bool = False
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What the macro draws: a picture, a sentence and the same figures as rows."""

    title: str
    option: dict[str, Any]
    header: list[str]
    rows: list[list[str]]
    summary: str = ""


def line_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    style: str = "number",
    target: float | None = None,
    starts_at_zero: bool = True,
    first_column: str | None = None,
    summary: str = "",
) -> Chart:
    """Lines over time, each with its band when it has one, and a target line."""
    option = _base(labels, [each.name for each in series], style)
    option["yAxis"]["scale"] = not starts_at_zero
    drawn: list[dict[str, Any]] = []
    for place, each in enumerate(series):
        colour = each.colour or PALETTE[place % len(PALETTE)]
        drawn.extend(_band(each, colour))
        drawn.append(_line(each, colour))
    if target is not None and drawn:
        drawn[-1]["markLine"] = _target_line(target)
    option["series"] = drawn
    header, columns = _columns(series, style)
    return Chart(
        title, option, [first_column or "", *header], _rows(labels, columns), summary
    )


def bar_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    style: str = "number",
    is_stacked: bool = True,
    target: float | None = None,
    first_column: str | None = None,
    summary: str = "",
) -> Chart:
    """Bars from zero, one layer on the other or side by side."""
    option = _base(labels, [each.name for each in series], style)
    option["xAxis"]["boundaryGap"] = True
    option["series"] = [
        {
            "name": each.name,
            "type": "bar",
            "data": list(each.values),
            "stack": "all" if is_stacked else None,
            "barMaxWidth": 36,
            "itemStyle": {"color": each.colour or PALETTE[place % len(PALETTE)]},
        }
        for place, each in enumerate(series)
    ]
    if target is not None and option["series"]:
        option["series"][0]["markLine"] = _target_line(target)
    header, columns = _columns(series, style)
    return Chart(
        title, option, [first_column or "", *header], _rows(labels, columns), summary
    )


def coverage_chart(
    title: str,
    labels: Sequence[str],
    required: Sequence[float],
    scheduled: Sequence[float],
    *,
    first_column: str | None = None,
) -> Chart:
    """Scheduled against required per interval: what is over, what is under."""
    names = [_("Covered"), _("Over"), _("Under"), _("Required")]
    pairs = list(zip(required, scheduled, strict=True))
    layers = (
        [min(pair) for pair in pairs],
        [max(0.0, have - need) for need, have in pairs],
        [max(0.0, need - have) for need, have in pairs],
    )
    option = _base(labels, names, "number")
    option["xAxis"]["boundaryGap"] = True
    option["series"] = [
        _cover_bar(name, layer, colour, is_hollow=name == names[2])
        for name, layer, colour in zip(names, layers, (LINE, OVER, UNDER), strict=False)
    ]
    required_line = _line(Series(names[3], required), INK)
    option["series"].append({**required_line, "step": "middle"})
    rows = [
        [label, number(need), number(have), signed(have - need)]
        for label, (need, have) in zip(labels, pairs, strict=True)
    ]
    header = [first_column or _("Interval"), _("Required"), _("Scheduled"), _("Gap")]
    n_under = sum(have < need for need, have in pairs)
    summary = _(
        "%(under)s of %(all)s intervals have fewer people than required",
        under=n_under,
        all=len(pairs),
    )
    return Chart(title, option, header, rows, summary)


def heat_map(
    title: str,
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Values],
    *,
    style: str = "number",
    first_column: str | None = None,
    summary: str = "",
) -> Chart:
    """One cell per row and column; darker is more."""
    cells = [
        [x, y, value]
        for y, line in enumerate(values)
        for x, value in enumerate(line)
        if value is not None
    ]
    known = [float(cell[2] or 0) for cell in cells] or [0.0]
    option = _base(columns, [], style)
    option["xAxis"]["boundaryGap"] = True
    option["yAxis"] = {
        **_category(rows),
        "inverse": True,
        "axisTick": {"show": False},
        "boundaryGap": True,
    }
    option["tooltip"] = {**option["tooltip"], "trigger": "item"}
    option["visualMap"] = {
        "type": "piecewise",
        "show": False,
        "splitNumber": 6,
        "min": min(0.0, *known),
        "max": max(known) or 1.0,
        "inRange": {"color": ["var(--sunken)", "var(--accent)"]},
    }
    option["series"] = [
        {
            "type": "heatmap",
            "data": cells,
            "itemStyle": {"borderColor": "var(--surface)", "borderWidth": 1},
        }
    ]
    table = [
        [label, *(show(value, style) for value in line)]
        for label, line in zip(rows, values, strict=True)
    ]
    return Chart(title, option, [first_column or "", *columns], table, summary)


def funnel(
    title: str,
    stages: Sequence[tuple[str, float]],
    *,
    first_column: str | None = None,
    summary: str = "",
) -> Chart:
    """What is left at each stage, and its share of the stage before."""
    option = _base([], [], "number")
    option["numbers"]["places"] = 0
    option["xAxis"] = {"type": "value", "show": False}
    names = [name for name, _value in stages]
    option["yAxis"] = {**_category(names), "inverse": True, "boundaryGap": True}
    option["grid"] = {**option["grid"], "top": 4, "right": 64}
    option["series"] = [
        {
            "type": "bar",
            "data": [value for _name, value in stages],
            "barMaxWidth": 34,
            "itemStyle": {"color": PALETTE[0], "borderRadius": [0, 4, 4, 0]},
            "label": {"show": True, "position": "right", "color": INK},
        }
    ]
    rows, before = [], None
    for name, value in stages:
        rows.append([name, number(value), percent(value / before if before else None)])
        before = value
    header = [first_column or _("Stage"), _("Count"), _("Of the stage before")]
    return Chart(title, option, header, rows, summary)


def _base(labels: Sequence[str], names: Sequence[str], style: str) -> dict[str, Any]:
    has_legend = len(names) > 1
    return {
        "aria": {"enabled": True},
        "grid": {
            "left": 8,
            "right": 16,
            "top": 40 if has_legend else 16,
            "bottom": 8,
            "containLabel": True,
        },
        "legend": {
            "show": has_legend,
            "top": 0,
            "left": 0,
            "data": list(names),
            "itemWidth": 14,
            "itemHeight": 8,
            "textStyle": {"color": INK_2},
        },
        "tooltip": {
            "trigger": "axis",
            "backgroundColor": "var(--raised)",
            "borderColor": LINE,
            "textStyle": {"color": INK, "fontSize": 12},
        },
        "xAxis": {**_category(labels), "boundaryGap": False},
        "yAxis": {
            "type": "value",
            "min": None,
            "axisLabel": {"color": INK_2},
            "splitLine": {"lineStyle": {"color": LINE}},
        },
        "numbers": {"style": "percent" if style == "percent" else "number"},
    }


def _category(labels: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "category",
        "data": list(labels),
        "axisLabel": {"color": INK_2, "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": "var(--line-strong)"}},
        "axisTick": {"show": False},
    }


def _line(series: Series, colour: str) -> dict[str, Any]:
    return {
        "name": series.name,
        "type": "line",
        "data": list(series.values),
        "showSymbol": len(series.values) <= 14,
        "symbolSize": 5,
        "itemStyle": {"color": colour},
        "lineStyle": {
            "color": colour,
            "width": 2,
            "type": "dashed" if series.is_dashed else "solid",
        },
        "z": 4,
    }


def _band(series: Series, colour: str) -> list[dict[str, Any]]:
    if series.lower is None or series.upper is None:
        return []
    heights = [
        None if low is None or high is None else high - low
        for low, high in zip(series.lower, series.upper, strict=True)
    ]
    hidden = {
        "type": "line",
        "stack": f"band of {series.name}",
        "symbol": "none",
        "lineStyle": {"width": 0},
        "tooltip": {"show": False},
        "silent": True,
    }
    return [
        {**hidden, "data": list(series.lower), "itemStyle": {"color": colour}},
        {
            **hidden,
            "data": heights,
            "itemStyle": {"color": colour},
            "areaStyle": {"color": colour, "opacity": 0.16},
        },
    ]


def _target_line(target: float) -> dict[str, Any]:
    return {
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": INK_2, "type": "dashed", "width": 1},
        "label": {
            "formatter": _("Target"),
            "position": "insideEndTop",
            "color": INK_2,
        },
        "data": [{"yAxis": target}],
    }


def _cover_bar(
    name: str, values: Sequence[float], colour: str, *, is_hollow: bool
) -> dict[str, Any]:
    hollow = {"color": "transparent", "borderColor": colour, "borderWidth": 1.5}
    return {
        "name": name,
        "type": "bar",
        "stack": "cover",
        "data": [value or None for value in values],
        "barCategoryGap": "12%",
        "itemStyle": hollow if is_hollow else {"color": colour},
    }


def _columns(series: Sequence[Series], style: str) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of the table; a band adds its two bounds."""
    write = STYLES[style]
    header: list[str] = []
    columns: list[list[str]] = []
    for each in series:
        header.append(each.name)
        columns.append([write(value) for value in each.values])
        for bound, name in ((each.lower, _("lower")), (each.upper, _("upper"))):
            if bound is not None:
                header.append(f"{each.name}, {name}")
                columns.append([write(value) for value in bound])
    return header, columns


def _rows(labels: Sequence[str], columns: Sequence[Sequence[str]]) -> list[list[str]]:
    return [
        [label, *(column[place] for column in columns)]
        for place, label in enumerate(labels)
    ]
