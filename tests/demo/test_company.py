from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from callcenter.demo.attendance import day_index
from callcenter.demo.calendar import LocalGrid, day_kinds, local_epoch
from callcenter.demo.company import Company, EventKind
from callcenter.demo.founding import build_company
from callcenter.demo.pace import teams_by_day

from .conftest import TODAY

AGENT_POSTS = {"AGT", "TSR", "CSE"}


def test_same_seed_and_date_give_the_same_company(company: Company) -> None:
    assert build_company(7, TODAY) == company


def test_another_seed_gives_other_people(company: Company) -> None:
    other = build_company(8, TODAY)

    assert [e.latin_name for e in other.employees] != [
        e.latin_name for e in company.employees
    ]


@pytest.mark.parametrize("today", [date(2025, 3, 31), date(2026, 2, 28), TODAY])
def test_exactly_600_agents_are_employed_today(today: date) -> None:
    built = build_company(3, today)

    active = [e for e in built.employees if e.is_employed_on(today)]
    agents = [e for e in active if e.post in AGENT_POSTS and e.left_on is None]

    # Whoever leaves today still counts as employed today.
    assert len(agents) == 600
    assert 60 <= len(active) - len(agents) <= 90


def test_every_team_has_a_supervisor_who_leads_it(company: Company) -> None:
    by_number = {e.number: e for e in company.employees}

    leaders = [by_number[str(team.supervisor)] for team in company.teams]

    assert 40 <= len(company.teams) <= 50
    assert [leader.team for leader in leaders] == [t.code for t in company.teams]
    assert len({leader.number for leader in leaders}) == len(leaders)


def test_codes_numbers_and_addresses_are_unique(company: Company) -> None:
    for names in (
        [e.number for e in company.employees],
        [e.email for e in company.employees],
        [t.code for t in company.teams],
        [q.code for q in company.queues],
        [c.code for c in company.campaigns],
        [c.code for c in company.hire_classes],
        [e.code for e in company.events],
    ):
        assert max(Counter(names).values()) == 1


def test_everything_named_exists(company: Company) -> None:
    sites = {s.code for s in company.sites}
    teams = {t.code for t in company.teams}
    posts = {p.code for p in company.posts}
    projects = {p.code for p in company.projects}
    skills = {s.code for s in company.skills}
    classes = {c.code for c in company.hire_classes} | {None}
    numbers = {e.number for e in company.employees}

    assert {e.site for e in company.employees} == sites
    assert {e.team for e in company.employees} == teams
    assert {e.post for e in company.employees} <= posts
    assert {e.hire_class for e in company.employees} == classes
    assert {g.skill for e in company.employees for g in e.skills} == skills
    assert {q.project for q in company.queues} == projects
    assert {p.manager for p in company.projects} <= numbers
    assert {p.reports_to for p in company.posts} <= posts | {None}
    assert {t.employee for t in company.transfers} <= numbers
    assert company.problem_team in teams


def test_some_posts_are_vacant_and_none_is_overfull(company: Company) -> None:
    filled = Counter(e.post for e in company.employees if e.left_on is None)

    vacant = {p.code: p.places - filled[p.code] for p in company.posts}

    assert min(vacant.values()) >= 0
    assert vacant["LIA"] == 2
    assert sum(v > 0 for v in vacant.values()) >= 5


def test_dates_of_every_employee_are_in_order(company: Company) -> None:
    people = company.employees

    assert all(e.joined_on <= e.floor_on for e in people)
    assert all(e.left_on is None or e.joined_on < e.left_on <= TODAY for e in people)
    assert all((e.left_on is None) == (e.left_reason is None) for e in people)
    assert all(
        e.contract_until is None or e.contract_until >= (e.left_on or TODAY)
        for e in people
    )
    assert all(g.since >= e.floor_on for e in people for g in e.skills)


def test_newcomers_leave_more_often_than_the_experienced(company: Company) -> None:
    agents = [e for e in company.employees if e.post in AGENT_POSTS]
    newcomers = [e for e in agents if e.joined_on >= company.first_day]
    settled = [e for e in agents if e.joined_on < company.first_day]

    def leavers_by_person_day(people: list) -> float:
        served = sum(
            ((e.left_on or TODAY) - max(e.joined_on, company.first_day)).days
            for e in people
            if e.left_on is None or e.left_on > company.first_day
        )
        return sum(e.left_on is not None for e in people) / served

    assert leavers_by_person_day(newcomers) > 1.3 * leavers_by_person_day(settled)


def test_a_class_has_as_many_people_as_it_says(company: Company) -> None:
    joined = Counter(e.hire_class for e in company.employees)

    assert {c.code: joined[c.code] for c in company.hire_classes} == {
        c.code: c.size for c in company.hire_classes
    }
    assert all(c.starts_on.weekday() == 0 for c in company.hire_classes)


def test_a_transfer_changes_the_team_from_its_day_on(company: Company) -> None:
    n_days = (TODAY - company.first_day).days
    teams = teams_by_day(company, n_days)
    row = {e.number: i for i, e in enumerate(company.employees)}

    for move in company.transfers:
        day = day_index(company, move.on)
        i = row[move.employee]
        assert company.teams[teams[i, day - 1]].code == move.from_team
        assert company.teams[teams[i, day]].code == move.to_team


def test_lisbon_has_a_day_of_25_hours_and_shanghai_has_none() -> None:
    first, days = date(2026, 10, 20), 14

    lisbon = np.bincount(LocalGrid("Europe/Lisbon", first, days).day)
    shanghai = np.bincount(LocalGrid("Asia/Shanghai", first, days).day)

    assert lisbon.tolist() == [96] * 5 + [100] + [96] * 8
    assert set(shanghai.tolist()) == {96}


def test_local_times_pass_midnight_and_clock_changes() -> None:
    change = date(2026, 10, 25)

    midnight = local_epoch("Europe/Lisbon", change, 0)

    assert local_epoch("Europe/Lisbon", change, 8 * 3600) - midnight == 9 * 3600
    assert local_epoch("Europe/Lisbon", change, 86_400) - midnight == 25 * 3600


def test_china_works_on_moved_weekend_days(company: Company) -> None:
    moved = [h for h in company.holidays if h.is_workday]
    first = date(2026, 9, 19)

    weekday, holiday = day_kinds("CN", first, 3, company.holidays)

    assert {h.country for h in moved} == {"CN"}
    assert all(h.on.weekday() >= 5 for h in moved)
    assert weekday.tolist() == [5, 1, 0]
    assert not holiday.any()


def test_campaigns_of_a_queue_never_overlap(company: Company) -> None:
    for queue in ("SALES-UP", "SALES-REN"):
        own = sorted(
            (c for c in company.campaigns if c.queue == queue),
            key=lambda c: c.starts_on,
        )
        assert all(a.ends_on < b.starts_on for a, b in pairwise(own))
        assert own[-1].ends_on >= TODAY - timedelta(days=1)


def test_the_story_has_its_events(company: Company) -> None:
    assert {e.kind for e in company.events} == set(EventKind)


def test_both_languages_are_filled_everywhere(company: Company) -> None:
    texts = [
        *(p.title for p in company.posts),
        *(p.description for p in company.posts),
        *(d for p in company.posts for d in p.duties),
        *(t.name for t in company.teams),
        *(q.name for q in company.queues),
        *(c.name for c in company.campaigns),
        *(e.note for e in company.events),
        *(h.name for h in company.holidays),
    ]

    assert all(text.en and text.zh for text in texts)
    assert all(any("\u4e00" <= c <= "\u9fff" for c in text.zh) for text in texts)
