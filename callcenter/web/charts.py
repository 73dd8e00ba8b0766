"""Charts: typed builders that draw a picture and give everybody the same table.

The picture is an SVG made here (web/pictures.py, docs/decisions), so a page with
charts loads nothing more than one without. Bars start at zero. A missing value is a
gap, in the picture and in the table. Heat maps are tables: ``ui.heat_table``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from callcenter.kernel.text import _
from callcenter.web.filters import DASH, STYLES, number, percent, signed
from callcenter.web.pictures import (
    Layer,
    Mark,
    Picture,
    Values,
    band_path,
    bar_path,
    dots_path,
    line_path,
    picture,
    step_path,
)

PALETTE = tuple(f"var(--chart-{place})" for place in range(1, 7))
INK, LINE = "var(--ink)", "var(--line-strong)"
OVER, UNDER = "var(--over)", "var(--under)"
MOST_DOTS = 14
UNSEEN = 0.05
"""Of a person: a smaller gap is shown as none, so it counts as none."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one layer of bars, with one value per label.

    ``colour`` is one of the palette's, written as ``var(--chart-3)``.
    """

    name: str
    values: Values
    lower: Values | None = None
    upper: Values | None = None
    is_dashed: bool = False
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What the macro draws: a picture, a sentence and the same figures as rows.

    A funnel has no picture; ``shares`` are the lengths of the bars in its rows.
    """

    title: str
    header: list[str]
    rows: list[list[str]]
    summary: str = ""
    picture: Picture | None = None
    shares: tuple[float, ...] = ()

    @property
    def row_markup(self) -> Markup:
        """The rows as table rows: two years of days are too many to loop in a page."""
        return Markup("".join(map(_row_markup, self.rows)))  # noqa: S704 - escaped there


_CELL = "\x1f"


def _row_markup(row: Sequence[str]) -> str:
    label, *cells = str(escape(_CELL.join(row))).split(_CELL)
    figures = "".join("<td>" if cell == DASH else f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{label}</th>{figures}</tr>'


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
    plot = picture(
        labels,
        _every_value(series),
        style=style,
        target=target,
        starts_at_zero=starts_at_zero,
    )
    for each, colour in _coloured(series):
        marks = [
            Mark("dash" if each.is_dashed else "line", line_path(plot, each.values))
        ]
        if each.lower is not None and each.upper is not None:
            marks.insert(0, Mark("band", band_path(plot, each.lower, each.upper)))
        if plot.n <= MOST_DOTS:
            marks.append(Mark("dots", dots_path(plot, each.values)))
        plot.layers.append(Layer(each.name, _paint(colour), marks))
    return _chart(title, labels, series, plot, style, first_column, summary)


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
    tops = [sum(filter(None, column)) for column in zip(*_values(series), strict=True)]
    values = tops if is_stacked else list(_every_value(series))
    plot = picture(labels, values, style=style, target=target, is_slotted=True)
    bases = [0.0] * len(labels)
    for nth, (each, colour) in enumerate(_coloured(series)):
        if is_stacked:
            ends = [
                base + (value or 0)
                for base, value in zip(bases, each.values, strict=True)
            ]
            path, bases = bar_path(plot, bases, ends), ends
        else:
            path = bar_path(plot, bases, each.values, nth=nth, of=len(series))
        plot.layers.append(Layer(each.name, _paint(colour), [Mark("bar", path)]))
    return _chart(title, labels, series, plot, style, first_column, summary)


def coverage_chart(
    title: str,
    labels: Sequence[str],
    required: Sequence[float],
    scheduled: Sequence[float],
    *,
    first_column: str | None = None,
) -> Chart:
    """Scheduled against required per interval: what is over, what is under."""
    pairs = list(zip(required, scheduled, strict=True))
    plot = picture(labels, [*required, *scheduled], is_slotted=True)
    covered = [min(pair) for pair in pairs]
    zero = [0.0] * len(pairs)
    layers = (
        (_("Covered"), LINE, "bar", bar_path(plot, zero, covered)),
        (_("Over"), OVER, "bar", bar_path(plot, covered, _above(covered, scheduled))),
        (
            _("Under"),
            UNDER,
            "hollow",
            bar_path(plot, covered, _above(covered, required)),
        ),
        (_("Required"), INK, "line", step_path(plot, required)),
    )
    plot.layers.extend(
        Layer(name, _paint(colour), [Mark(kind, path)])
        for name, colour, kind, path in layers
    )
    rows = [
        [label, number(need), number(have), signed(have - need)]
        for label, (need, have) in zip(labels, pairs, strict=True)
    ]
    header = [first_column or _("Interval"), _("Required"), _("Scheduled"), _("Gap")]
    n_under = sum(have < need - UNSEEN for need, have in pairs)
    summary = _(
        "%(under)s of %(all)s intervals have fewer people than required",
        under=n_under,
        all=len(pairs),
    )
    return Chart(title, header, rows, summary, plot)


def _above(base: Sequence[float], values: Sequence[float]) -> list[float | None]:
    """The values that rise above the base; None where there is nothing to draw."""
    return [
        value if value > low else None for low, value in zip(base, values, strict=True)
    ]


def funnel(
    title: str,
    stages: Sequence[tuple[str, float]],
    *,
    first_column: str | None = None,
    summary: str = "",
) -> Chart:
    """What is left at each stage, and its share of the stage before."""
    most = max((value for _name, value in stages), default=0) or 1
    rows, before = [], None
    for name, value in stages:
        rows.append([name, number(value), percent(value / before if before else None)])
        before = value
    header = [first_column or _("Stage"), _("Count"), _("Of the stage before")]
    shares = tuple(round(value / most * 100, 1) for _name, value in stages)
    return Chart(title, header, rows, summary, shares=shares)


def _chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    plot: Picture,
    style: str,
    first_column: str | None,
    summary: str,
) -> Chart:
    header, columns = _columns(series, style)
    rows = _rows(labels, columns)
    return Chart(title, [first_column or "", *header], rows, summary, plot)


def _coloured(series: Sequence[Series]) -> Iterator[tuple[Series, str]]:
    for place, each in enumerate(series):
        yield each, each.colour or PALETTE[place % len(PALETTE)]


def _paint(colour: str) -> str:
    """The class of that colour in app.css: the policy of the page allows no style."""
    return colour.removeprefix("var(--").removesuffix(")")


def _values(series: Sequence[Series]) -> list[Values]:
    return [each.values for each in series]


def _every_value(series: Sequence[Series]) -> Iterator[float | None]:
    for each in series:
        yield from each.values
        yield from each.lower or ()
        yield from each.upper or ()


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
