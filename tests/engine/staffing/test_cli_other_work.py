"""``callcenter engine staff`` for chats, deferred work and skill groups."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from callcenter.cli.engine import engine

HEADER = "series,interval_start,offered,aht_s"
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVICE = ("--service-level", "0.8", "--threshold", "20s")


def row(k, offered, aht_s=300, series="chat"):
    start = (NINE + timedelta(minutes=30 * k)).isoformat()
    return f"{series},{start},{offered},{aht_s}"


@pytest.fixture
def staffed(tmp_path):
    """Run the command on rows."""

    def run(rows, *options):
        path = tmp_path / "F.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return CliRunner().invoke(engine, ["staff", str(path), *options])

    return run


def read(result):
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def agents(rows):
    return [float(each["required_agents"]) for each in rows]


class TestChats:
    def test_several_at_once_take_fewer_agents(self, staffed):
        rows = [row(k, 120) for k in range(6)]

        one = agents(read(staffed(rows, *SERVICE, "--chats", "1")))
        three = agents(read(staffed(rows, *SERVICE, "--chats", "3")))
        slowed = agents(
            read(staffed(rows, *SERVICE, "--chats", "3", "--slowdown", "0.5"))
        )

        assert max(three) < 0.5 * max(one)
        assert sum(slowed) > sum(three)

    def test_agents_follow_the_chats_in_progress(self, staffed):
        rows = [row(k, 60 + 60 * k, aht_s=1500) for k in range(6)]

        moving = agents(read(staffed(rows, *SERVICE, "--chats", "2")))
        still = agents(read(staffed(rows, *SERVICE, "--chats", "2", "--stationary")))

        assert moving[0] == still[0]
        assert all(a < b for a, b in zip(moving[1:], still[1:], strict=True))


class TestDeferred:
    def test_work_is_spread_until_it_is_due(self, staffed):
        rows = [row(0, 200), *(row(k, 0) for k in range(1, 8))]

        found = read(staffed(rows, "--due", "3h"))

        assert max(agents(found)) < 10.0
        assert float(found[0]["sl"]) == 1.0
        assert float(found[0]["backlog"]) > 0.0
        assert float(found[-1]["backlog"]) == pytest.approx(0.0, abs=0.5)

    def test_a_backlog_is_worked_off_and_closed_hours_pass(self, staffed):
        rows = [row(k, 10) for k in (0, 1, 2, 8, 9, 10)]

        usual = agents(read(staffed(rows, "--due", "2h")))
        late = agents(read(staffed(rows, "--due", "2h", "--backlog", "50")))

        assert sum(late) > sum(usual)

    def test_what_is_due_after_the_file_is_left_and_said(self, staffed):
        result = staffed([row(k, 10) for k in range(4)], "--due", "24h")

        assert float(read(result)[-1]["backlog"]) == 40.0
        assert "chat: 40 contacts are not due before the file ends" in result.stderr

    def test_all_of_it_may_be_finished(self, staffed):
        rows = [row(k, 10) for k in range(4)]

        result = staffed(rows, "--due", "24h", "--finish")

        found = read(result)
        assert float(found[-1]["backlog"]) == 0.0
        assert sum(agents(found)) == pytest.approx(40 * 300 / 1800, abs=0.01)
        assert result.stderr == ""

    def test_a_backlog_takes_as_long_as_the_first_contacts(self, staffed):
        rows = [row(0, 0, ""), row(1, 10), row(2, 10)]

        found = read(staffed(rows, "--due", "1h", "--backlog", "6"))

        assert sum(agents(found)) >= 6 * 300 / 1800


class TestGroups:
    def test_a_row_for_each_group_the_pool_and_each_series(self, staffed):
        rows = [row(k, 40, series=name) for k in range(4) for name in ("EN", "ZH")]

        found = read(
            staffed(
                rows,
                *SERVICE,
                *("--group", "english=EN", "--group", "chinese=ZH"),
                *("--group", "both=EN,ZH", "--days", "30", "--shrinkage", "0.2"),
            )
        )

        names = {(each["kind"], each["name"]) for each in found}
        assert ("group", "both") in names
        assert ("series", "ZH") in names
        groups = sum(agents(each for each in found if each["kind"] == "group"))
        pooled = [each for each in found if each["name"] == "pooled"]
        separate = [each for each in found if each["name"] == "separate"]
        assert sum(agents(pooled)) <= groups <= sum(agents(separate)) + 4
        assert all(float(e["sl"]) >= 0.8 for e in found if e["kind"] == "series")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--chats", "2", "--due", "4h"), "do not go together"),
        (("--chats", "2", "--redial", "0.3"), "does not go with"),
        (("--chats", "2", "--model", "erlang-a"), "--model does not go with --chats"),
        (("--due", "4h", "--patience", "2m"), "--patience does not go with --due"),
        (("--due", "4h"), "--service-level does not go with --due"),
        (("--group", "a=chat", "--definition", "offered"), "--definition does not go"),
        (("--chats", "0"), "Invalid value for '--chats'"),
        (("--chats", "2", "--slowdown", "2"), "Invalid value for '--slowdown'"),
        (("--chats", "2", "--heads", "fractional"), "finds whole agents"),
        (("--backlog", "5"), "--backlog goes with --due"),
        (("--due", "4h", "--backlog", "-5"), "Invalid value for '--backlog'"),
        (("--group", "nonsense"), "is not a group such as"),
        (("--group", "a=chat", "--group", "a=chat"), "twice"),
        (("--group", "a=other"), "no series other"),
        (("--group", "a=chat", "--max-asa", "20s"), "--max-asa"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(staffed, options, words):
    result = staffed([row(k, 10) for k in range(3)], *SERVICE, *options)

    assert result.exit_code == 2
    assert words in " ".join(result.output.split())


def test_groups_need_a_service_level(staffed):
    result = staffed([row(k, 10) for k in range(3)], "--group", "a=chat")

    assert result.exit_code == 2
    assert "--service-level" in result.output
