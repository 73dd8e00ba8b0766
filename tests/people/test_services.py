"""Hiring, moving, leaving, returning; contracts, skills, organisation."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from callcenter.access.models import AuditEntry, User
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.errors import Forbidden, Invalid
from callcenter.people import events, queries, services
from callcenter.people.errors import (
    CircularReporting,
    CodeTaken,
    EmploymentOverlap,
    NotEmployed,
    NumberTaken,
    StillEmployed,
    StillUsed,
    UserTaken,
)
from callcenter.people.models import (
    Commitment,
    CommitmentKind,
    Employee,
    EmploymentKind,
    LeavingReason,
    Move,
    PayBasis,
)
from tests.factories.access import make_user
from tests.factories.people import (
    grant_skill,
    make_employee,
    make_employment,
    make_post,
    make_site,
    make_skill,
    make_team,
)

DAY = date(2031, 3, 3)
NOON = datetime(2031, 3, 3, 4, tzinfo=UTC)


def person(team, **values) -> services.Person:
    known = {
        "number": "A1",
        "name": "王小明",
        "site_id": team.site_id,
        "team_id": team.id,
        "hired_on": DAY,
        **values,
    }
    return services.Person(**known)


class TestHire:
    def test_hired_person_joins_and_is_announced(self, app):
        heard = []

        with events.joined.connected_to(heard.append):
            hired = services.hire_employee(person(make_team()))

        assert heard == [hired]
        assert hired.name_sort == "wang xiaoming wxm wangxiaoming"

    def test_number_of_another_is_refused_by_name(self, app):
        make_employee(number="A1", name="Lin Qing")

        with pytest.raises(NumberTaken) as refusal:
            services.hire_employee(person(make_team()))

        assert "Lin Qing" in refusal.value.message

    def test_team_of_another_site_is_refused(self, app):
        with pytest.raises(Invalid):
            services.hire_employee(person(make_team(), site_id=make_site().id))

    def test_telephone_sign_in_of_another_is_refused(self, app):
        make_employee(acd_login="8001", name="Lin Qing")

        with pytest.raises(Invalid) as refusal:
            services.hire_employee(person(make_team(), acd_login="8001"))

        assert refusal.value.context["field"] == "acd_login"


class TestPersonalData:
    def test_phone_is_normalised_and_never_stored_readable(self, app):
        employee = make_employee()

        services.set_phone(employee, "138 0013-8000", "CN")
        db.session.commit()

        stored = db.session.execute(db.text("SELECT phone FROM people_employee"))
        assert "13800138000" not in stored.scalar_one()
        assert employee.phone == "+8613800138000"

    def test_wrong_check_digit_is_refused(self, app):
        with pytest.raises(Invalid):
            services.set_identity_number(make_employee(), "110105194912310021", "CN")

    def test_right_check_digit_is_kept(self, app):
        employee = make_employee()

        services.set_identity_number(employee, "11010519491231002x", "CN")

        assert employee.identity_number == "11010519491231002X"

    def test_trail_says_that_a_phone_changed_but_not_to_what(self, app):
        employee = make_employee()
        services.set_phone(employee, "13800138000", "CN")
        db.session.commit()

        newest = select(AuditEntry.changes).order_by(AuditEntry.id.desc()).limit(1)
        assert "138" not in db.session.scalar(newest)


MOVED = date(2025, 3, 3)


class TestTransfer:
    def test_transfer_is_written_down_and_announced(self, app):
        employee, team = make_employee(), make_team()
        was, heard = employee.team_id, []

        with events.transferred.connected_to(
            lambda sender, move: heard.append((sender, move))
        ):
            move = services.transfer_employee(
                employee,
                site_id=team.site_id,
                team_id=team.id,
                post_id=None,
                moved_on=MOVED,
            )

        assert (move.from_team_id, move.to_team_id) == (was, team.id)
        assert (employee.team_id, employee.site_id) == (team.id, team.site_id)
        assert heard == [(employee, move)]

    def test_transfer_to_where_one_is_changes_nothing(self, app):
        employee = make_employee()

        with pytest.raises(Invalid):
            services.transfer_employee(
                employee,
                site_id=employee.site_id,
                team_id=employee.team_id,
                post_id=None,
                moved_on=MOVED,
            )
        assert db.session.scalar(select(Move.id)) is None

    @pytest.mark.parametrize(
        ("first", "second"),
        [(MOVED + timedelta(days=3), MOVED), (MOVED, date(2199, 1, 1))],
        ids=["before another", "to come"],
    )
    def test_transfers_come_in_turn_and_not_in_advance(self, app, first, second):
        employee, team = make_employee(), make_team()
        there = {"site_id": team.site_id, "team_id": team.id}
        services.transfer_employee(employee, **there, post_id=None, moved_on=first)
        db.session.commit()

        with pytest.raises(Invalid) as refusal:
            services.transfer_employee(
                employee,
                site_id=team.site_id,
                team_id=None,
                post_id=None,
                moved_on=second,
            )

        assert refusal.value.context["field"] == "moved_on"
        assert employee.team_id == team.id

    def test_nobody_moves_before_joining(self, app):
        employee = make_employee(hired_on=MOVED)

        with pytest.raises(NotEmployed):
            services.transfer_employee(
                employee,
                site_id=employee.site_id,
                team_id=None,
                post_id=None,
                moved_on=MOVED - timedelta(days=1),
            )


class TestLeavingAndReturning:
    @pytest.fixture
    def leaver(self, app) -> Employee:
        employee = make_employee(user_id=make_user("agent").id)
        make_employment(employee)
        grant_skill(employee, make_skill())
        return employee

    def let_go(self, employee, now=NOON):
        with clock.frozen(now):
            services.let_go(employee, left_on=DAY, reason=LeavingReason.PAY)

    def test_contract_ends_and_sign_in_is_shut(self, leaver):
        user_id = leaver.user_id

        self.let_go(leaver)
        db.session.commit()

        contract = queries.contracts_from(leaver.id, date(2020, 1, 1))[0]
        assert contract.ends_on == DAY
        assert leaver.user_id is None
        assert db.session.get(User, user_id).is_enabled is False

    def test_later_bookings_are_given_back_and_earlier_ones_stay(self, leaver):
        for day in (DAY - timedelta(days=3), DAY + timedelta(days=3)):
            nine = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
            services.book_time(
                leaver.id,
                kind=CommitmentKind.TRAINING,
                starts_at=nine,
                ends_at=nine + timedelta(hours=1),
                title="Class",
                source="class:1",
            )

        self.let_go(leaver)

        left = db.session.scalars(select(Commitment)).all()
        assert [each.starts_at.date() for each in left] == [DAY - timedelta(days=3)]

    def test_skills_stay_for_a_return(self, leaver):
        self.let_go(leaver)

        assert len(queries.employees_by_number([leaver.number])[leaver.number].skills)

    def test_teams_wait_for_a_new_supervisor(self, leaver):
        team = make_team(supervisor_id=leaver.id)

        self.let_go(leaver)

        assert team.supervisor_id is None

    def test_sign_in_works_until_the_last_day_is_over(self, leaver):
        self.let_go(leaver, NOON - timedelta(days=9))
        with clock.frozen(NOON - timedelta(days=1)):
            before = services.complete_departures(), leaver.user_id

        with clock.frozen(NOON):
            n = services.complete_departures()

        assert before == (0, before[1])
        assert before[1] is not None
        assert n == 1
        assert leaver.user_id is None

    def test_nobody_leaves_twice(self, leaver):
        self.let_go(leaver)

        with pytest.raises(NotEmployed):
            self.let_go(leaver)

    def test_return_is_announced_with_the_time_away(self, leaver):
        self.let_go(leaver)
        heard = []

        with events.returned.connected_to(
            lambda sender, **days: heard.append((sender, days["was_away_since"]))
        ):
            services.take_back(leaver, returned_on=DAY + timedelta(days=40))

        assert heard == [(leaver, DAY)]
        assert leaver.left_on is None

    def test_who_is_here_cannot_return(self, leaver):
        with pytest.raises(StillEmployed):
            services.take_back(leaver, returned_on=DAY)


class TestContracts:
    def add(self, employee, starts_on, ends_on):
        return services.add_employment(
            employee,
            kind=EmploymentKind.PART_TIME,
            starts_on=starts_on,
            ends_on=ends_on,
            weekly_h=20,
            pay_basis=PayBasis.HOUR,
            pay_rate=Decimal(30),
            currency="CNY",
        )

    def test_contracts_may_touch(self, app):
        employee = make_employee()
        self.add(employee, date(2030, 1, 1), date(2031, 1, 1))

        assert self.add(employee, date(2031, 1, 1), None).id

    def test_contract_over_another_is_refused_with_its_days(self, app):
        employee = make_employee()
        self.add(employee, date(2030, 1, 1), date(2031, 1, 1))

        with pytest.raises(EmploymentOverlap) as refusal:
            self.add(employee, date(2030, 12, 31), None)

        assert "2030" in refusal.value.message

    def test_end_that_reaches_into_the_next_is_refused(self, app):
        employee = make_employee()
        first = self.add(employee, date(2030, 1, 1), date(2031, 1, 1))
        self.add(employee, date(2031, 1, 1), None)

        with pytest.raises(EmploymentOverlap):
            services.end_employment(first, date(2031, 2, 1))

    def test_contract_must_run_forward(self, app):
        with pytest.raises(Invalid):
            self.add(make_employee(), DAY, DAY)


class TestSkills:
    def test_second_grant_changes_the_level(self, app):
        employee, skill = make_employee(), make_skill()
        services.set_skill(employee, skill_id=skill.id, level=2, valid_from=DAY)

        held = services.set_skill(
            employee, skill_id=skill.id, level=4, valid_from=DAY, valid_until=None
        )

        assert held.level == 4

    @pytest.mark.parametrize("level", [0, 6])
    def test_levels_are_from_one_to_five(self, app, level):
        with pytest.raises(Invalid):
            services.set_skill(
                make_employee(), skill_id=make_skill().id, level=level, valid_from=DAY
            )


class TestAccounts:
    def test_nobody_has_two_sign_ins(self, app):
        employee = make_employee(user_id=make_user("agent").id)

        with pytest.raises(UserTaken):
            services.link_user(employee, make_user("agent").id)

    def test_no_sign_in_has_two_owners(self, app):
        user = make_user("agent")
        make_employee(user_id=user.id)

        with pytest.raises(UserTaken):
            services.link_user(make_employee(), user.id)

    def test_wide_roles_are_not_given_here(self, app):
        from callcenter.access.permissions import RoleCode

        with pytest.raises((Invalid, Forbidden)):
            services.invite_employee(
                make_employee(), email="a@b.test", role=RoleCode.ADMINISTRATOR
            )


class TestOrganisation:
    def test_used_team_is_kept_and_says_by_whom(self, app):
        team = make_team()
        make_employee(team)

        with pytest.raises(StillUsed) as refusal:
            services.delete_team(team)

        assert "one employee" in refusal.value.message

    def test_unused_team_goes(self, app):
        team = make_team()

        services.delete_team(team)

        assert db.session.get(type(team), team.id) is None

    def test_codes_are_unique(self, app):
        make_site(code="SHA", name="Shanghai")

        with pytest.raises(CodeTaken) as refusal:
            services.save_site(
                None,
                code="SHA",
                name="Other",
                zone="Asia/Shanghai",
                country="CN",
                currency="CNY",
            )

        assert "Shanghai" in refusal.value.message

    def test_posts_never_report_in_a_circle(self, app):
        top = make_post()
        middle = make_post(reports_to_id=top.id)
        bottom = make_post(reports_to_id=middle.id)

        with pytest.raises(CircularReporting):
            services.save_post(
                top,
                title="Top",
                title_zh="",
                description="",
                is_front_line=False,
                headcount=1,
                site_id=None,
                reports_to_id=bottom.id,
            )
