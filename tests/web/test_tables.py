"""Lists: narrowed, ordered, cut and taken away as the address says."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from flask import Flask, Response
from sqlalchemy import select

from callcenter.access.models import User
from callcenter.kernel.db import db
from callcenter.web.tables import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Table,
    TextFilter,
)
from tests.factories.access import make_user

NAMES = ["Lin Qing", "赵敏", "Aisha", "Tom 50%", "=SUM(A1)", "Zoe"]


@pytest.fixture
def users(app: Flask) -> list[User]:
    return [
        make_user(name=name, theme="dark" if place % 2 else "light")
        for place, name in enumerate(NAMES)
    ]


def table(**options: object) -> Table:
    settings = {
        "caption": "Users",
        "columns": [
            Column("name", "Name", sort=User.name),
            Column("email", "E-mail", sort=User.email),
            Column("theme", "Theme", sort=(User.theme, User.name)),
            Column("id", "Number", align="end", is_hidden=True),
        ],
        "filters": [
            TextFilter("q", "Name", User.name, User.email),
            ChoiceFilter("theme", "Theme", User.theme, [("dark", "Dark")]),
            BooleanFilter("late", "Late", User.name > "T"),
        ],
        "default_sort": "name",
    }
    return Table("users", select(User), **{**settings, **options})  # type: ignore[arg-type]


def opened(response: Response) -> openpyxl.Workbook:
    response.direct_passthrough = False
    with response:
        return openpyxl.load_workbook(io.BytesIO(response.get_data()))


@pytest.fixture
def names(app: Flask, users: list[User]) -> Callable[[str], list[str]]:
    def listed(query: str) -> list[str]:
        with app.test_request_context(f"/users?{query}"):
            return [user.name for user in table().page().rows]

    return listed


class TestFilters:
    def test_find_every_word_in_any_column(self, names):
        assert names("q=qing+lin") == ["Lin Qing"]

    def test_find_chinese_names(self, names):
        assert names("q=敏") == ["赵敏"]

    def test_take_wildcards_as_letters(self, names):
        assert names("q=%25") == ["Tom 50%"]

    def test_narrow_to_one_choice(self, names):
        assert sorted(names("theme=dark")) == ["Tom 50%", "Zoe", "赵敏"]

    def test_ignore_a_choice_that_is_not_offered(self, names):
        assert len(names("theme=pink")) == len(NAMES)

    def test_combine(self, names):
        assert names("theme=dark&late=1&q=zoe") == ["Zoe"]

    def test_start_with_their_default_and_can_be_opened(self, app, users):
        choice = ChoiceFilter(
            "theme", "Theme", User.theme, [("dark", "Dark")], default="dark"
        )

        with app.test_request_context("/users"):
            narrowed = table(filters=[choice]).page().total
        with app.test_request_context("/users?theme=all"):
            everything = table(filters=[choice]).page().total

        assert (narrowed, everything) == (3, 6)

    def test_by_days_include_both_ends_in_the_readers_zone(self, app, users):
        midnight = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
        moments = [timedelta(seconds=-1), timedelta(), timedelta(hours=23, minutes=59)]
        for user, offset in zip(users, moments, strict=False):
            user.created_at = midnight + offset
        db.session.commit()
        days = DateRangeFilter("made", "Made", User.created_at)

        with app.test_request_context("/?made_from=2026-03-02&made_to=2026-03-02"):
            found = table(filters=[days]).page().total

        assert found == 2

    @pytest.mark.parametrize("typed", ["yesterday", "2026-02-30", "9999-12-31", ""])
    def test_by_days_take_nonsense_as_open(self, app, users, typed):
        days = DateRangeFilter("made", "Made", User.created_at)

        with app.test_request_context(f"/?made_to={typed}"):
            page = table(filters=[days]).page()

        assert page.active_filters == []


class TestOrder:
    def test_follows_the_address(self, names):
        assert names("sort=email&dir=desc") == NAMES[::-1]

    def test_falls_back_to_the_default_on_unknown_columns(self, names):
        assert names("sort=password_hash") == names("")

    def test_is_the_same_on_every_page_when_values_tie(self, app, users):
        seen = []
        for page in (1, 2, 3):
            with app.test_request_context(f"/?sort=theme&page={page}"):
                part = table(
                    columns=[Column("theme", "Theme", sort=User.theme)], default_size=2
                )
                seen.extend(user.id for user in part.page().rows)

        assert sorted(seen) == sorted(user.id for user in users)


class TestPages:
    def test_know_their_first_and_last_row(self, app, users):
        with app.test_request_context("/?page=2"):
            page = table(default_size=4).page()

        assert (page.first, page.last, page.total, page.n_pages) == (5, 6, 6, 2)

    def test_past_the_end_show_the_last_one(self, app, users):
        with app.test_request_context("/?page=99"):
            page = table(default_size=4).page()

        assert page.page == 2
        assert len(page.rows) == 2

    @pytest.mark.parametrize("asked", ["0", "-3", "x", "1e9"])
    def test_asked_for_in_nonsense_show_the_first(self, app, users, asked):
        with app.test_request_context(f"/?page={asked}"):
            assert table(default_size=4).page().page == 1

    def test_of_a_hundred_thousand_rows_each_are_not_offered(self, app, users):
        with app.test_request_context("/?per=100000"):
            assert table().page().per == 50

    def test_take_two_queries_at_most(self, app, users, count_queries):
        with app.test_request_context("/?page=1"):
            db.session.scalar(select(1))
            count_queries()
            table(default_size=4).page()

            assert count_queries() <= 2

    def test_that_hold_everything_are_not_counted(self, app, users, count_queries):
        with app.test_request_context("/"):
            db.session.scalar(select(1))
            count_queries()
            table().page()

            assert count_queries() == 1


class TestColumns:
    def test_hidden_by_default_are_shown_when_chosen(self, app):
        with app.test_request_context("/?cols=name&cols=id"):
            assert [column.key for column in table().columns] == ["name", "id"]

    def test_escape_what_people_typed(self, app):
        column = Column("name", "Name", link=lambda _user: "/x?a=1&b=2")

        cell = column.cell(User(name="<script>"))

        assert cell == '<a href="/x?a=1&amp;b=2">&lt;script&gt;</a>'


class TestExports:
    def test_as_csv_hold_every_filtered_row_and_not_one_page(self, app, users):
        with app.test_request_context("/?q=example"):
            response = table(default_size=2).export("csv")
            lines = list(csv.reader(io.StringIO(response.get_data(as_text=True))))

        assert len(lines) == 1 + len(NAMES)

    def test_as_csv_open_as_utf_8_in_spreadsheets(self, app, users):
        with app.test_request_context("/"):
            data = table().export("csv").get_data()

        assert data.startswith(b"\xef\xbb\xbf")

    def test_as_csv_keep_formulas_from_running(self, app, users):
        with app.test_request_context("/?q=SUM"):
            text = table().export("csv").get_data(as_text=True)

        assert "'=SUM(A1)" in text

    def test_as_xlsx_hold_the_shown_columns_and_no_formulas(self, app, users):
        with app.test_request_context("/?cols=name&cols=id&sort=name"):
            book = opened(table().export("xlsx"))

        rows = list(book.active.values)
        assert rows[0] == ("Name", "Number")
        assert ("'=SUM(A1)", users[4].id) in rows
        assert len(rows) == 1 + len(NAMES)

    @pytest.mark.parametrize(
        "value",
        ["=1+1", "+861234", "-5", "@cmd", "\t=1", "\r=1"],
    )
    def test_neutralise_each_start_of_a_formula(self, value):
        from callcenter.web.tables.exports import neutral

        assert neutral(value) == "'" + value

    def test_leave_negative_numbers_numbers(self, app, users):
        below = Column("below", "Below", value=lambda _user: -5)

        with app.test_request_context("/?q=Zoe"):
            text = table(columns=[below]).export("csv").get_data(as_text=True)

        assert text.splitlines()[1] == "-5"

    def test_write_days_and_lengths_as_such(self, app, users):
        columns = [
            Column("day", "Day", value=lambda _user: date(2026, 3, 2)),
            Column("length", "Length", value=lambda _user: timedelta(hours=30)),
        ]

        with app.test_request_context("/?q=Zoe"):
            book = opened(table(columns=columns).export("xlsx"))

        day, length = list(book.active.values)[1]
        assert (day, length) == (datetime(2026, 3, 2), timedelta(hours=30))  # noqa: DTZ001

    def test_of_an_empty_list_hold_the_head(self, app, users):
        with app.test_request_context("/?q=nobody"):
            text = table().export("csv").get_data(as_text=True)

        assert text.splitlines() == ["\ufeffName,E-mail,Theme"]

    def test_can_be_sent_under_a_chinese_name(self, sign_in_as):
        answer = sign_in_as("administrator").get(
            "/users?export=csv", headers={"Accept-Language": "zh-CN"}
        )

        header = answer.headers["Content-Disposition"]
        assert header.startswith("attachment; filename=20")
        assert "filename*=UTF-8''%E7%94%A8%E6%88%B7_20" in header
