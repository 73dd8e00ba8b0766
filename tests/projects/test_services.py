from datetime import date, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from callcenter.access.models import AuditEntry
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.projects import queries, services
from callcenter.projects.errors import (
    AssignmentOverlap,
    CodeTaken,
    DayTaken,
    HoursOverlap,
    StageNotAllowed,
    StillUsed,
    TargetOverlap,
    UnknownCountry,
    UnreadableCalendar,
)
from callcenter.projects.events import stage_changed
from callcenter.projects.models import (
    HOLIDAYS,
    CalendarDay,
    Client,
    DayKind,
    OpeningHours,
    Queue,
    ServiceTarget,
    Stage,
)
from callcenter.projects.queries import lay_out_days, open_slots
from tests.factories.people import make_site, make_team
from tests.factories.projects import make_client, make_project, make_queue, make_target

MONDAY = date(2026, 3, 2)
NINE, SIX = time(9), time(18)
PROMISE = {"sl_target": 0.8, "sl_threshold_s": 20, "short_abandon_s": 5}


def span(weekday, opens, closes):
    return OpeningHours(weekday=weekday, opens_at=opens, closes_at=closes)


def days(n=7, first=MONDAY, **kinds):
    rows = [
        CalendarDay(day=first + timedelta(days=place), kind=DayKind(kind), name=kind)
        for kind, places in kinds.items()
        for place in places
    ]
    return lay_out_days(rows, first, n)


class TestOpenSlots:
    def test_a_queue_without_hours_is_always_open(self):
        assert open_slots([], days(), 900).all()

    def test_a_span_opens_its_own_weekday_only(self):
        found = open_slots([span(0, NINE, SIX)], days(14), 900)

        assert found[0, 36:72].all()
        assert found.sum() == 2 * 36

    def test_a_night_reaches_into_the_next_day_and_into_the_first(self):
        found = open_slots([span(6, time(22), time(6))], days(), 1800)

        assert found[6, 44:].all()
        assert found[0, :12].all()
        assert found.sum() == 4 + 12

    def test_midnight_to_midnight_is_all_day(self):
        found = open_slots([span(2, time(0), time(0))], days(), 900)

        assert found[2].all()
        assert found.sum() == 96

    def test_a_slot_that_is_open_in_part_is_open(self):
        found = open_slots([span(0, time(9, 10), time(9, 50))], days(), 1800)

        assert np.flatnonzero(found[0]).tolist() == [18, 19]

    def test_holidays_keep_the_weekday_unless_they_have_hours(self):
        week = [span(day, NINE, SIX) for day in range(5)]
        short = [*week, span(HOLIDAYS, NINE, time(12))]
        special = days(holiday=[2])

        assert open_slots(week, special, 900)[2].sum() == 36
        assert open_slots(short, special, 900)[2].sum() == 12
        closed = open_slots(week, special, 900, closes_on_holidays=True)
        assert closed[2].sum() == 0

    def test_without_hours_it_can_still_close_on_holidays(self):
        found = open_slots([], days(holiday=[2]), 900, closes_on_holidays=True)

        assert not found[2].any()
        assert found[[0, 1, 3, 4, 5, 6]].all()

    def test_a_weekend_moved_to_working_has_the_hours_of_a_monday(self):
        week = [span(day, NINE, SIX) for day in range(5)]

        found = open_slots(week, days(working_day=[5]), 900)

        assert found[5].sum() == 36
        assert found[6].sum() == 0

    @given(opens=st.times(), closes=st.times(), weekday=st.integers(0, 6))
    def test_every_week_is_open_as_long_as_the_span_says(self, opens, closes, weekday):
        rows = [span(weekday, opens, closes)]

        found = open_slots(rows, days(21), 900)

        assert len({found[week * 7 : week * 7 + 7].sum() for week in (0, 1, 2)}) == 1
        start = opens.hour * 3600 + opens.minute * 60 + opens.second
        end = closes.hour * 3600 + closes.minute * 60 + closes.second
        length = (end - start) % 86400 or 86400
        assert length / 900 <= found[:7].sum() <= length / 900 + 2


class TestSpecialDays:
    def test_the_eve_of_a_holiday_is_the_day_before_its_first(self):
        found = days(holiday=[2, 3])

        assert np.flatnonzero(found.is_eve).tolist() == [1]

    def test_a_projects_own_day_goes_before_its_countrys(self, app):
        project = make_project(country="CN")
        db.session.add_all(
            [
                CalendarDay(country="CN", day=MONDAY, kind=DayKind.HOLIDAY, name="a"),
                CalendarDay(
                    project_id=project.id,
                    day=MONDAY,
                    kind=DayKind.WORKING_DAY,
                    name="b",
                ),
            ]
        )
        db.session.commit()

        found = queries.special_days(project, MONDAY, 1)

        assert (found.is_holiday[0], found.is_working_day[0]) == (False, True)

    def test_a_project_without_a_country_keeps_the_holidays_of_its_teams(self, app):
        project = make_project()
        team = make_team(make_site(country="PT"))
        services.assign_team(project.id, team.id, starts_on=MONDAY, ends_on=None)

        assert queries.country_of(project) == "PT"


class TestStages:
    def test_passes_on_and_says_so(self, app):
        project = make_project(stage=Stage.PREPARATION)
        told = []

        def listen(sender, was, by):
            told.append((sender.stage, was, by))

        with stage_changed.connected_to(listen):
            services.change_stage(project, Stage.TRIAL, by=7)

        assert told == [(Stage.TRIAL, Stage.PREPARATION, 7)]

    @pytest.mark.parametrize(
        ("was", "to"),
        [
            (Stage.FORMAL, Stage.TRIAL),
            (Stage.FORMAL, Stage.FORMAL),
            (Stage.CLOSED, Stage.FORMAL),
            (Stage.PREPARATION, Stage.RECTIFICATION),
        ],
    )
    def test_refuses_a_step_that_does_not_exist(self, app, was, to):
        project = make_project(stage=was)

        with pytest.raises(StageNotAllowed):
            services.change_stage(project, to)


class TestCatalogue:
    def test_a_code_names_one_thing(self, app):
        make_client(code="ACME")

        with pytest.raises(CodeTaken):
            services.save_client(Client(), code="ACME", name="Another")

    def test_keeping_its_own_code_is_fine(self, app):
        client = make_client(code="ACME")

        services.save_client(client, code="ACME", name="Renamed")

        assert client.name == "Renamed"

    def test_deletes_what_nothing_refers_to(self, app):
        project = make_project(stage=Stage.PREPARATION)
        queue = make_queue(project)
        make_target(queue)

        services.delete_queue(queue, project)
        services.delete_project(project)
        services.delete_client(project.client)

        assert db.session.scalar(select(func.count()).select_from(Client)) == 0

    def test_keeps_what_is_used(self, app):
        running, started = make_project(), make_project(stage=Stage.PREPARATION)
        make_queue(started)

        with pytest.raises(StillUsed):
            services.delete_queue(make_queue(running), running)
        with pytest.raises(StillUsed):
            services.delete_project(started)
        with pytest.raises(StillUsed):
            services.delete_client(started.client)

    def test_a_team_is_on_a_project_once_at_a_time(self, app):
        project, team = make_project(), make_team()
        first = services.assign_team(
            project.id, team.id, starts_on=MONDAY, ends_on=None
        )

        with pytest.raises(AssignmentOverlap):
            services.assign_team(project.id, team.id, starts_on=MONDAY, ends_on=None)
        services.end_assignment(first, MONDAY + timedelta(days=7))
        services.assign_team(
            project.id, team.id, starts_on=MONDAY + timedelta(days=7), ends_on=None
        )

        assert len(queries.assignments(project.id)) == 2


class TestTargets:
    def test_a_later_one_ends_the_open_one_before(self, app):
        queue = make_queue()
        first = services.save_target(
            queue, None, starts_on=MONDAY, ends_on=None, **PROMISE
        )
        later = MONDAY + timedelta(days=30)

        services.save_target(queue, None, starts_on=later, ends_on=None, **PROMISE)

        assert first.ends_on == later
        assert queries.targets_on([queue.id], later)[queue.id].starts_on == later

    def test_refuses_two_on_one_day(self, app):
        queue = make_queue()
        end = MONDAY + timedelta(days=30)
        services.save_target(queue, None, starts_on=MONDAY, ends_on=end, **PROMISE)

        with pytest.raises(TargetOverlap):
            services.save_target(
                queue,
                None,
                starts_on=MONDAY + timedelta(days=29),
                ends_on=None,
                **PROMISE,
            )

    def test_refuses_an_end_before_the_start(self, app):
        with pytest.raises(Invalid):
            services.save_target(
                make_queue(), None, starts_on=MONDAY, ends_on=MONDAY, **PROMISE
            )


class TestHours:
    def test_replaces_the_week_and_leaves_a_trace(self, app):
        queue = make_queue()
        with transaction():
            found = db.session.get(Queue, queue.id)
            services.replace_hours(found, [(0, NINE, SIX), (1, NINE, SIX)])
        with transaction():
            found = db.session.get(Queue, queue.id)
            services.replace_hours(found, [(4, time(22), time(6))])

        rows = queries.opening_hours([queue.id])
        actions = select(AuditEntry).where(
            AuditEntry.action == "projects.replace_hours"
        )
        assert [row.weekday for row in rows] == [4]
        assert len(db.session.scalars(actions).all()) == 2

    @pytest.mark.parametrize(
        "spans",
        [
            [(0, NINE, SIX), (0, time(17), time(20))],
            [(0, time(22), time(6)), (1, time(5), time(9))],
            [(6, time(22), time(6)), (0, time(0), time(1))],
            [(0, time(0), time(0)), (0, NINE, SIX)],
        ],
    )
    def test_refuses_spans_that_meet(self, app, spans):
        with pytest.raises(HoursOverlap):
            services.replace_hours(make_queue(), spans)


class TestCalendar:
    def test_knows_the_moved_working_days_of_china_in_both_languages(self, app):
        found = services.public_holidays("CN", 2026)

        holidays = {each.day: each for each in found if each.kind is DayKind.HOLIDAY}
        moved = [each for each in found if each.kind is DayKind.WORKING_DAY]
        assert holidays[date(2026, 10, 1)].name_zh.startswith("国庆")
        assert moved
        assert all(each.day.weekday() >= 5 for each in moved)

    def test_a_second_time_adds_nothing(self, app):
        first = services.generate_holidays("PT", 2026)
        second = services.generate_holidays("PT", 2026)

        assert first > 10
        assert second == 0

    def test_refuses_a_country_that_nobody_knows(self, app):
        with pytest.raises(UnknownCountry):
            services.generate_holidays("XX", 2026)

    def test_refuses_a_day_that_is_there(self, app):
        values = {
            "country": "CN",
            "project_id": None,
            "day": MONDAY,
            "kind": DayKind.EVENT,
            "name": "Sale",
        }
        services.save_day(CalendarDay(), **values)

        with pytest.raises(DayTaken):
            services.save_day(CalendarDay(), **values)

    def test_reads_whole_days_hours_and_repetitions(self):
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:x",
            "BEGIN:VEVENT",
            "SUMMARY:Fair",
            "DTSTART;VALUE=DATE:20260302",
            "DTEND;VALUE=DATE:20260304",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "SUMMARY:Bills",
            "DTSTART:20260105T090000Z",
            "RRULE:FREQ=MONTHLY;COUNT=3",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        content = "\r\n".join(lines).encode()

        found = services.read_calendar_file(
            content, DayKind.EVENT, until=date(2027, 1, 1)
        )

        assert [(each.day, each.name) for each in found] == [
            (date(2026, 3, 2), "Fair"),
            (date(2026, 3, 3), "Fair"),
            (date(2026, 1, 5), "Bills"),
            (date(2026, 2, 5), "Bills"),
            (date(2026, 3, 5), "Bills"),
        ]

    @pytest.mark.parametrize(
        "content", [b"", b"hello", b"\x00\xff\xfe", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR"]
    )
    def test_refuses_what_is_no_calendar(self, content):
        with pytest.raises(UnreadableCalendar):
            services.read_calendar_file(content, DayKind.EVENT, until=date(2027, 1, 1))


class TestScope:
    def test_clients_are_seen_with_a_project_in_reach(self, app):
        mine, other = make_project(), make_project()
        scope = Scope(project_ids=frozenset({mine.id}))

        assert queries.get_client(mine.client_id, scope).id == mine.client_id
        with pytest.raises(NotFound):
            queries.get_client(other.client_id, scope)

    def test_countries_are_those_of_projects_and_their_teams(self, app):
        project = make_project()
        team = make_team(make_site(country="PT"))
        make_site(country="US")
        services.assign_team(project.id, team.id, starts_on=MONDAY, ends_on=None)

        found = queries.countries_in(Scope(project_ids=frozenset({project.id})))

        assert found == ["PT"]

    def test_targets_belong_to_their_queue(self, app):
        target = make_target(make_queue())

        with pytest.raises(NotFound):
            queries.get_target(make_queue().id, target.id)
        assert db.session.get(ServiceTarget, target.id) is target
