"""Pictures and paper: what charts hold, and what a report prints."""

import io
import re

import pytest

from callcenter.web import charts, pdf, pictures
from callcenter.web.components import Period, heat_level, page_numbers, sparkline_points

LABELS = ["09:00", "09:30", "10:00"]


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def marks(chart, nth):
    """What is drawn for the nth name of the legend."""
    return chart.picture.layers[nth].marks


class TestLineChart:
    def test_shows_a_gap_where_there_is_no_value(self):
        chart = charts.line_chart("T", LABELS, [charts.Series("A", [1, None, 3])])

        (line, _dots) = marks(chart, 0)
        assert line.path == "M0 667h0M2000 0h0"
        assert chart.rows[1] == ["09:30", "–"]

    def test_draws_a_band_from_its_lower_to_its_upper_bound(self):
        series = charts.Series("A", [2, 2, 2], lower=[1, 1, 1], upper=[4, 4, None])

        band, _line, _dots = marks(charts.line_chart("T", LABELS, [series]), 0)

        assert band.kind == "band"
        assert band.path == "M0 0L1000 0L1000 750L0 750Z"

    def test_lists_the_bounds_in_its_table(self):
        series = charts.Series("A", [2, 2, 2], lower=[1, 1, 1], upper=[4, 4, 4])

        chart = charts.line_chart("T", LABELS, [series])

        assert chart.header == ["", "A", "A, lower", "A, upper"]
        assert chart.rows[0] == ["09:00", "2", "1", "4"]


class TestBars:
    def test_start_at_zero(self):
        chart = charts.bar_chart("T", LABELS, [charts.Series("A", [90, 95, 99])])

        assert chart.picture.low == 0
        assert all(" 1000V" in each for each in marks(chart, 0)[0].path.split("M")[1:])

    def test_stand_on_each_other_when_stacked(self):
        one, two = charts.Series("A", [2]), charts.Series("B", [2])

        chart = charts.bar_chart("T", ["Mon"], [one, two])

        assert marks(chart, 0)[0].path == "M940 1000V500h120V1000Z"
        assert marks(chart, 1)[0].path == "M940 500V0h120V500Z"

    def test_write_shares_as_percent_in_the_table(self):
        series = charts.Series("A", [0.5, 0.75, 1])

        chart = charts.bar_chart("T", LABELS, [series], style="percent")

        assert [row[1] for row in chart.rows] == ["50.0%", "75.0%", "100.0%"]


class TestCoverage:
    def test_splits_each_interval_into_covered_over_and_under(self):
        chart = charts.coverage_chart("T", LABELS, [10, 10, 10], [10, 13, 8])

        kinds = [layer.marks[0].kind for layer in chart.picture.layers]
        n_bars = [layer.marks[0].path.count("Z") for layer in chart.picture.layers[:3]]
        assert kinds == ["bar", "bar", "hollow", "line"]
        assert n_bars == [3, 1, 1]

    def test_says_the_gap_with_its_sign(self):
        chart = charts.coverage_chart("T", LABELS, [10, 10, 10], [10, 13, 8])

        assert [row[3] for row in chart.rows] == ["±0", "+3", "−2"]
        assert chart.summary == "1 of 3 intervals have fewer people than required"


class TestAxes:
    @pytest.mark.parametrize(
        ("low", "high", "ticks"),
        [
            (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
            (0, 37, [0, 10, 20, 30, 40]),
            (0, 0.93, [0, 0.2, 0.4, 0.6, 0.8, 1]),
            (-3, 6, [-4, -2, 0, 2, 4, 6]),
        ],
    )
    def test_stand_on_round_values_that_enclose_all(self, low, high, ticks):
        assert pictures.nice_ticks(low, high)[0] == pytest.approx(ticks)

    def test_have_room_for_few_labels_of_many(self):
        labels = [f"2026-11-{day:02d} 10:00" for day in range(1, 31)]

        chart = charts.line_chart("T", labels, [charts.Series("A", [1.0] * 30)])

        assert 3 <= len(chart.picture.x_ticks) <= 6


def test_a_funnel_says_the_share_of_the_stage_before():
    chart = charts.funnel("T", [("Seen", 200), ("Hired", 50)])

    assert chart.rows == [["Seen", "200", "–"], ["Hired", "50", "25.0%"]]
    assert chart.shares == (100, 25)


class TestHelpers:
    @pytest.mark.parametrize(
        ("page", "n_pages", "shown"),
        [
            (1, 1, [1]),
            (1, 9, [1, 2, None, 9]),
            (5, 9, [1, None, 4, 5, 6, None, 9]),
            (9, 9, [1, None, 8, 9]),
        ],
    )
    def test_pages_worth_a_link(self, page, n_pages, shown):
        assert page_numbers(page, n_pages) == shown

    @pytest.mark.parametrize(
        ("value", "level"), [(None, -1), (0, 0), (50, 4), (100, 8), (120, 8), (-5, 0)]
    )
    def test_heat_has_nine_levels(self, value, level):
        assert heat_level(value, 0, 100) == level

    def test_a_sparkline_of_one_value_is_no_line(self):
        assert sparkline_points([3, None]) == ""

    def test_weeks_run_from_monday_over_the_turn_of_the_year(self):
        from datetime import date

        week = Period.around(date(2027, 1, 1), today=date(2026, 12, 30))

        assert (week.first, week.last) == (date(2026, 12, 28), date(2027, 1, 3))
        assert week.holds_today

    def test_february_ends_where_it_ends(self):
        from datetime import date

        month = Period.around(date(2028, 2, 10), today=date(2028, 1, 1), unit="month")

        assert month.last == date(2028, 2, 29)
        assert len(month.days) == 29


REPORT = pdf.Report(
    "排班报告",
    "Harbour & <Summit>",
    [
        pdf.Heading("需求"),
        pdf.Paragraph("Required against scheduled."),
        pdf.Facts([("Agents", "60")]),
        pdf.Plot(
            "Both", LABELS, [("需求", [1.0, 2.0, None]), ("排班", [1.0, 3.0, 4.0])]
        ),
        pdf.Plot("Bars", LABELS, [("A", [1.0, None, 4.0])], kind="bar"),
        pdf.PageBreak(),
        pdf.Grid(["Interval", "Required"], [["09:00", "12"]] * 90),
    ],
)


class TestReport:
    def test_embeds_its_fonts_and_turns_over_its_pages(self):
        data = pdf.render_pdf(REPORT)

        assert data.startswith(b"%PDF-")
        assert b"/FontFile2" in data
        assert len(re.findall(rb"/Type /Page\b", data)) >= 3

    def test_stays_small_because_only_used_letters_are_embedded(self):
        assert len(pdf.render_pdf(REPORT)) < 200_000

    def test_prints_a_report_without_parts(self):
        assert pdf.render_pdf(pdf.Report("Empty", is_landscape=True))

    def test_prints_a_chart_without_values(self):
        empty = pdf.Plot("Nothing", LABELS, [("A", [None, None, None])])

        assert pdf.render_pdf(pdf.Report("Empty", parts=[empty]))

    def test_knows_the_letters_that_its_font_lacks(self):
        assert pdf.missing_letters("王晓燕 Lin 9") == set()
        assert pdf.missing_letters("\U0001f600") == {"\U0001f600"}

    def test_can_be_written_to_any_file(self):
        file = io.BytesIO(pdf.render_pdf(pdf.Report("T")))

        assert file.read(5) == b"%PDF-"
