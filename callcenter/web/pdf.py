"""Reports on paper: headings, tables, charts and pages, from plain values.

The fonts are Noto Sans SC, embedded as a subset, so Chinese and Latin text print
on any machine. A letter that the font lacks is logged and printed as a box.
Callers hand over the dataclasses below, never rows of the database.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import structlog

from callcenter.kernel.text import _

log = structlog.get_logger()

FONT, BOLD = "NotoSansSC", "NotoSansSC-Bold"
_FONTS = Path(__file__).parent / "fonts"
INK, INK_2, RULE = "#16202a", "#4e5b68", "#dce2e8"
PALETTE = ("#0b5c86", "#c2570c", "#6c4bb0", "#2b7d4f", "#a8326e", "#66717c")
MARGIN_PT = 42.0
FIRST_CJK = 0x2E7F


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside the report; level 1 is the larger."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values side by side."""

    items: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; its head is repeated on every page. Figures stand to the right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] | None = None
    is_figure: Sequence[bool] | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines or bars over the same labels, from zero; None is a gap in a line."""

    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    kind: str = "line"
    height_pt: float = 190.0


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Part = Heading | Paragraph | Facts | Grid | Plot | PageBreak


@dataclass(frozen=True, slots=True)
class Report:
    """A whole document."""

    title: str
    subtitle: str = ""
    parts: Sequence[Part] = field(default_factory=tuple)
    is_landscape: bool = False


def render_pdf(report: Report) -> bytes:
    """The report as a PDF of A4 pages."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import SimpleDocTemplate

    _register_fonts()
    size = landscape(A4) if report.is_landscape else A4
    width = size[0] - 2 * MARGIN_PT
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=size,
        leftMargin=MARGIN_PT,
        rightMargin=MARGIN_PT,
        topMargin=MARGIN_PT,
        bottomMargin=MARGIN_PT,
        title=report.title,
        author="",
    )
    story = [_paragraph(report.title, "title")]
    if report.subtitle:
        story.append(_paragraph(report.subtitle, "subtitle"))
    for part in report.parts:
        story.extend(_flowables(part, width))

    def footer(canvas: Any, page: Any) -> None:
        _draw_footer(canvas, page, report.title, size[0])

    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return buffer.getvalue()


def missing_letters(text: str) -> set[str]:
    """The letters that the font cannot print."""
    return {letter for letter in text if ord(letter) > 31} - _known_letters(text)


def _known_letters(text: str) -> set[str]:
    glyphs = _register_fonts()
    return {letter for letter in text if ord(letter) in glyphs}


@cache
def _register_fonts() -> frozenset[int]:
    """Make the fonts known once per process; the code points that they hold."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    regular = TTFont(FONT, _FONTS / "NotoSansSC-Regular.ttf")
    pdfmetrics.registerFont(regular)
    pdfmetrics.registerFont(TTFont(BOLD, _FONTS / "NotoSansSC-Bold.ttf"))
    pdfmetrics.registerFontFamily(
        FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD
    )
    return frozenset(regular.face.charToGlyph)


@cache
def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    body = ParagraphStyle(
        "body",
        fontName=FONT,
        fontSize=9,
        leading=13,
        textColor=HexColor(INK),
        spaceAfter=6,
    )

    def style(name: str, size: float, colour: str, **options: Any) -> ParagraphStyle:
        return ParagraphStyle(
            name,
            parent=body,
            fontSize=size,
            leading=size * 1.4,
            textColor=HexColor(colour),
            **options,
        )

    return {
        "body": body,
        "title": style("title", 20, INK, fontName=BOLD, spaceAfter=2),
        "subtitle": style("subtitle", 10, INK_2, spaceAfter=14),
        "h1": style("h1", 13, INK, fontName=BOLD, spaceBefore=12, keepWithNext=1),
        "h2": style("h2", 10, INK, fontName=BOLD, spaceBefore=8, keepWithNext=1),
        "cell": style("cell", 8, INK, spaceAfter=0),
        "figure": style("figure", 8, INK, spaceAfter=0, alignment=TA_RIGHT),
        "head": style("head", 8, INK_2, fontName=BOLD, spaceAfter=0),
        "figure_head": style(
            "figure_head", 8, INK_2, fontName=BOLD, spaceAfter=0, alignment=TA_RIGHT
        ),
    }


def _paragraph(text: str, style: str) -> Any:
    from reportlab.platypus import Paragraph as Flowable

    missing = missing_letters(text)
    if missing:
        log.warning("pdf_letters_missing", letters="".join(sorted(missing)))
    style_used = _styles()[style]
    if any(ord(letter) > FIRST_CJK for letter in text):
        style_used = style_used.clone(f"{style} cjk", wordWrap="CJK")
    return Flowable(escape(text), style_used)


def _flowables(part: Part, width: float) -> list[Any]:
    from reportlab.platypus import PageBreak as Break
    from reportlab.platypus import Spacer

    if isinstance(part, Heading):
        return [_paragraph(part.text, "h1" if part.level == 1 else "h2")]
    if isinstance(part, Paragraph):
        return [_paragraph(part.text, "body")]
    if isinstance(part, Facts):
        rows = [[name, value] for name, value in part.items]
        return [_facts(rows, width), Spacer(1, 8)]
    if isinstance(part, Grid):
        return [_grid(part, width), Spacer(1, 8)]
    if isinstance(part, Plot):
        return [_paragraph(part.title, "h2"), _drawing(part, width), Spacer(1, 8)]
    return [Break()]


def _facts(rows: list[list[str]], width: float) -> Any:
    from reportlab.platypus import Table

    cells = [[_paragraph(a, "head"), _paragraph(b, "cell")] for a, b in rows]
    return Table(cells, colWidths=[width * 0.3, width * 0.7], hAlign="LEFT")


def _grid(part: Grid, width: float) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    n_columns = len(part.header)
    figures = part.is_figure or [place > 0 for place in range(n_columns)]
    shares = part.widths or [1.0] * n_columns
    widths = [width * share / sum(shares) for share in shares]
    head = [
        _paragraph(text, "figure_head" if figure else "head")
        for text, figure in zip(part.header, figures, strict=True)
    ]
    body = [
        [
            _paragraph(text, "figure" if figure else "cell")
            for text, figure in zip(row, figures, strict=True)
        ]
        for row in part.rows
    ]
    table = Table([head, *body], colWidths=widths, repeatRows=1)
    table.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, HexColor(INK_2)),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, HexColor(RULE)),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ]
    )
    return table


def _drawing(plot: Plot, width: float) -> Any:
    """The picture with its legend above it."""
    from reportlab.graphics.charts.barcharts import VerticalBarChart
    from reportlab.graphics.charts.linecharts import HorizontalLineChart
    from reportlab.graphics.shapes import Drawing

    drawing = Drawing(width, plot.height_pt)
    chart = VerticalBarChart() if plot.kind == "bar" else HorizontalLineChart()
    chart.x, chart.y = 36, 28
    chart.width, chart.height = width - 44, plot.height_pt - 52
    chart.data = [[value or 0 for value in values] for _name, values in plot.series]
    _dress_axes(chart, plot)
    _dress_series(chart, plot)
    drawing.add(chart)
    if plot.kind == "line":
        _add_lines(drawing, chart, plot)
    _add_legend(drawing, plot)
    return drawing


def _dress_axes(chart: Any, plot: Plot) -> None:
    from reportlab.lib.colors import HexColor

    known = [v for _name, values in plot.series for v in values if v is not None]
    axis = chart.valueAxis
    axis.valueMin = min(0.0, *known) if known else 0
    axis.valueMax = (max(known) if known else 0) * 1.05 or 1
    axis.labelTextFormat = _short_number
    axis.visibleGrid, axis.gridStrokeColor = True, HexColor(RULE)
    axis.gridStrokeWidth, axis.strokeColor = 0.4, HexColor(RULE)
    axis.labels.fontName, axis.labels.fontSize = FONT, 7
    axis.labels.fillColor = HexColor(INK_2)
    step = max(1, -(-len(plot.labels) // 16))
    names = chart.categoryAxis
    names.categoryNames = [
        label if place % step == 0 else "" for place, label in enumerate(plot.labels)
    ]
    names.labels.fontName, names.labels.fontSize = FONT, 7
    names.labels.fillColor, names.strokeColor = HexColor(INK_2), HexColor(INK_2)
    names.labels.dy = -4
    names.visibleTicks = False


def _dress_series(chart: Any, plot: Plot) -> None:
    """Colour the bars; lines are drawn apart, since the library fails on gaps."""
    from reportlab.lib.colors import HexColor

    for place in range(len(plot.series)):
        if plot.kind == "bar":
            chart.bars[place].fillColor = HexColor(PALETTE[place % len(PALETTE)])
            chart.bars[place].strokeColor = None
        else:
            chart.lines[place].strokeColor = None


def _add_lines(drawing: Any, chart: Any, plot: Plot) -> None:
    """Each run of known values as a line; a value between two gaps as a dot."""
    from reportlab.graphics.shapes import Circle, PolyLine
    from reportlab.lib.colors import HexColor

    for place, (_name, values) in enumerate(plot.series):
        colour = HexColor(PALETTE[place % len(PALETTE)])
        for run in _runs(values, chart):
            if len(run) == 1:
                dot = Circle(*run[0], 1.2, fillColor=colour, strokeColor=None)
                drawing.add(dot)
                continue
            line = PolyLine([number for point in run for number in point])
            line.strokeColor, line.strokeWidth = colour, 1.3
            line.strokeDashArray = (4, 2) if place % 2 else None
            drawing.add(line)


def _runs(
    values: Sequence[float | None], chart: Any
) -> list[list[tuple[float, float]]]:
    """The points of the values on the drawing, parted where a value is missing."""
    axis = chart.valueAxis
    step = chart.width / max(1, len(values))
    scale = chart.height / (axis.valueMax - axis.valueMin)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x = chart.x + (place + 0.5) * step
        runs[-1].append((x, chart.y + (value - axis.valueMin) * scale))
    return [run for run in runs if run]


def _short_number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _add_legend(drawing: Any, plot: Plot) -> None:
    """Name each series; with one series the title says it."""
    from reportlab.graphics.shapes import Rect, String
    from reportlab.lib.colors import HexColor
    from reportlab.pdfbase.pdfmetrics import stringWidth

    x, y = 36.0, plot.height_pt - 12
    for place, (name, _values) in enumerate(plot.series):
        colour = HexColor(PALETTE[place % len(PALETTE)])
        drawing.add(Rect(x, y, 10, 5, fillColor=colour, strokeColor=None))
        label = String(x + 14, y - 1, name, fontName=FONT, fontSize=7.5)
        label.fillColor = HexColor(INK_2)
        drawing.add(label)
        x += 30 + stringWidth(name, FONT, 7.5)


def _draw_footer(canvas: Any, page: Any, title: str, page_width: float) -> None:
    from reportlab.lib.colors import HexColor

    canvas.saveState()
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(HexColor(INK_2))
    canvas.drawString(MARGIN_PT, MARGIN_PT / 2, title)
    number = _("Page %(number)s", number=page.page)
    canvas.drawRightString(page_width - MARGIN_PT, MARGIN_PT / 2, number)
    canvas.restoreState()
