"""Build the whole demo company from a seed and a date."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from callcenter.demo import catalogue, story
from callcenter.demo.calendar import holidays_between
from callcenter.demo.company import (
    Company,
    Employee,
    EmploymentType,
    Floor,
    HireClass,
    PayBasis,
    Project,
    Seat,
    SkillGrant,
    Team,
    Text,
    Transfer,
)
from callcenter.demo.names import name_for
from callcenter.demo.population import Move, Person, draw_moves, populate
from callcenter.demo.queues import LEARNT, POOL_BY_CODE, POOLS, QUEUES, SKILLS, Pool

PROBLEM_TEAM = "TEL-4"
FLOORS = (
    ("HF-3", "HF", 3, 3),
    ("HF-4", "HF", 4, 2),
    ("CD-12", "CD", 12, 4),
    ("CD-13", "CD", 13, 4),
    ("CD-14", "CD", 14, 4),
    ("LX-1", "LX", 1, 4),
)
FLOOR_OF_POOL = {
    "TEL": "HF-3", "BANK-HF": "HF-4", "INTL": "LX-1", "SHOP": "CD-12",
    "SALES": "CD-13", "INS-TEL": "CD-13", "INS-BO": "CD-14", "AIR": "LX-1",
}  # fmt: skip
# Pools whose code would read like another project's in the names of their teams.
KINDS = {"INS-TEL": ("phone", "电话"), "INS-BO": ("files", "案件")}
SUPPORT_FLOOR = {"HF": "HF-4", "CD": "CD-13", "LX": "LX-1"}
ROWS, SEATS_IN_ROW = 5, 6
HOURS = {
    EmploymentType.FULL_TIME: 40,
    EmploymentType.PART_TIME: 20,
    EmploymentType.INTERN: 30,
}
TERM_DAYS = {
    EmploymentType.FULL_TIME: 1095,
    EmploymentType.PART_TIME: 365,
    EmploymentType.INTERN: 182,
}
STAFF_PAY = {"GM": 4.2, "OM": 2.6, "SUP": 1.45, "FIN": 1.7, "IT": 1.8}
# Managers by project: the position among the operations managers of the site.
MANAGED_BY = {
    "TEL": ("HF", 0), "BANK": ("HF", 1), "INTL": ("LX", 0),
    "SHOP": ("CD", 0), "SALES": ("CD", 1),
    "INS": ("CD", 1), "AIR": ("LX", 0),
}  # fmt: skip


@dataclass(slots=True)
class _Draft:
    """An employee before numbers are given out in order of joining."""

    employee: Employee
    person: Person | None
    leads: str | None = None


def build_company(seed: int, today: date) -> Company:
    """Invent the company as of `today`; the same arguments give the same company.

    `today` is the first day without history; people employed on it number 600 agents
    and about 70 others.
    """
    rng = np.random.default_rng([seed, 1])
    first_day = story.first_day(today)
    people, classes = _populate_pools(first_day, today, rng)
    moves = [
        move
        for pool in POOLS
        for move in draw_moves(
            [p for p in people if p.pool is pool], first_day, today, rng
        )
    ]
    final = {id(p): p.team for p in people}
    for move in moves:
        final[id(move.first)] = move.second.team
        final[id(move.second)] = move.first.team
    drafts = [_agent(p, final[id(p)], today, rng) for p in people]
    drafts += _staff(today, rng)
    number_of, led_by, employees = _register(drafts)
    return Company(
        name=catalogue.COMPANY_NAME,
        seed=seed,
        today=today,
        first_day=first_day,
        sites=catalogue.SITES,
        floors=_floors(),
        posts=catalogue.POSTS,
        teams=_teams(led_by),
        skills=SKILLS,
        employees=employees,
        hire_classes=tuple(sorted(classes, key=lambda c: (c.starts_on, c.code))),
        transfers=_transfers(moves, number_of),
        clients=catalogue.CLIENTS,
        projects=_projects(employees),
        queues=QUEUES,
        campaigns=story.campaigns(today),
        events=story.events(today),
        holidays=holidays_between(
            ("CN", "PT"), first_day - timedelta(days=31), today + timedelta(days=400)
        ),
        problem_team=PROBLEM_TEAM,
    )


def _transfers(moves: list[Move], number_of: dict[int, str]) -> tuple[Transfer, ...]:
    return tuple(
        Transfer(
            employee=number_of[id(mover)],
            on=move.on,
            from_team=_team_code(mover.pool, mover.team),
            to_team=_team_code(mover.pool, other.team),
            reason=Text("Balance of experience between teams", "团队经验结构调整"),
        )
        for move in sorted(moves, key=lambda m: m.on)
        for mover, other in ((move.first, move.second), (move.second, move.first))
    )


def _populate_pools(
    first_day: date, today: date, rng: np.random.Generator
) -> tuple[list[Person], list[HireClass]]:
    people: list[Person] = []
    classes: list[HireClass] = []
    for pool in POOLS:
        joined, held = populate(pool, first_day, today, rng)
        people += joined
        classes += held
    return people, classes


def _team_code(pool: Pool, index: int) -> str:
    return f"{pool.code}-{index + 1}"


def _team_name(pool: Pool, index: int) -> Text:
    """The project with what tells the team from its others: a number, and its kind."""
    project = next(p for p in catalogue.PROJECTS if p.code == pool.project)
    code = _team_code(pool, index).removeprefix(pool.project).lstrip("-")
    en, zh = KINDS.get(pool.code, ("", ""))
    place = f"{en} {index + 1}" if en else code
    place_zh = f"{zh} {index + 1}" if zh else code
    is_night = index >= pool.teams - pool.night_teams
    return Text(
        f"{project.name.en} {place}" + (", night" if is_night else ""),
        f"{project.name.zh} {place_zh} 组" + ("（夜班）" if is_night else ""),
    )


def _agent(person: Person, team: int, today: date, rng: np.random.Generator) -> _Draft:
    pool = person.pool
    site = next(s for s in catalogue.SITES if s.code == pool.site)
    name = name_for(site.country, rng)
    basis, pay = _agent_pay(pool, person.employment, rng)
    employee = Employee(
        number="",
        family_name=name.family,
        given_name=name.given,
        latin_name=name.latin,
        email="",
        site=pool.site,
        post=pool.post,
        team=_team_code(pool, team),
        employment=person.employment,
        joined_on=person.joined_on,
        floor_on=person.floor_on,
        contract_until=_contract_end(
            person.joined_on, person.left_on or today, person.employment
        ),
        weekly_hours=HOURS[person.employment],
        pay_basis=basis,
        pay=pay,
        currency=site.currency,
        hire_class=person.hire_class,
        left_on=person.left_on,
        left_reason=person.left_reason,
        skills=_skills(person, today, rng),
        pace=float(np.round(rng.lognormal(0, 0.085), 4)),
        care=float(np.round(np.clip(rng.normal(1, 0.03), 0.9, 1.08), 4)),
    )
    return _Draft(employee, person)


def _agent_pay(
    pool: Pool, employment: EmploymentType, rng: np.random.Generator
) -> tuple[PayBasis, Decimal]:
    is_lisbon = pool.site == "LX"
    if employment is EmploymentType.PART_TIME:
        cents = rng.integers(680, 820) if is_lisbon else rng.integers(2000, 2600)
        return PayBasis.HOUR, Decimal(int(cents)).scaleb(-2)
    monthly = rng.integers(98, 126) * 10 if is_lisbon else rng.integers(42, 57) * 100
    if employment is EmploymentType.INTERN:
        monthly = monthly * 6 // 10
    return PayBasis.MONTH, Decimal(int(monthly)).quantize(Decimal("0.01"))


def _contract_end(joined: date, until: date, employment: EmploymentType) -> date:
    term = timedelta(days=TERM_DAYS[employment])
    end = joined + term
    while end < until:
        end += term
    return end


def _skills(
    person: Person, today: date, rng: np.random.Generator
) -> tuple[SkillGrant, ...]:
    until = person.left_on or today
    grants = []
    for queue in QUEUES:
        if queue.pool != person.pool.code:
            continue
        share, after_days = LEARNT[queue.code]
        luck, wobble = rng.random(), int(rng.integers(-1, 2))
        since = person.floor_on + timedelta(days=after_days)
        if luck < share and since <= until:
            level = 2 + (until - since).days // 180 + wobble
            grants.append(SkillGrant(queue.skill, min(5, max(1, level)), since))
    return tuple(grants)


def _staff(today: date, rng: np.random.Generator) -> list[_Draft]:
    """Supervisors, one a team, and the people of the support teams."""
    drafts = []
    for pool in POOLS:
        for index in range(pool.teams):
            code = _team_code(pool, index)
            drafts.append(
                _staff_member("SUP", pool.site, code, code, today=today, rng=rng)
            )
    for post, site, count in catalogue.STAFF:
        team = "S-MGT" if post in {"GM", "OM", "FIN"} else f"S-{site}"
        leads = {"GM": "S-MGT", "HR": f"S-{site}"}.get(post)
        drafts += [
            _staff_member(
                post, site, team, leads if k == 0 else None, today=today, rng=rng
            )
            for k in range(count)
        ]
    return drafts


def _staff_member(
    post: str,
    site_code: str,
    team: str,
    leads: str | None,
    *,
    today: date,
    rng: np.random.Generator,
) -> _Draft:
    site = next(s for s in catalogue.SITES if s.code == site_code)
    name = name_for(site.country, rng)
    span = (today - site.opened_on).days - 460
    joined = site.opened_on + timedelta(days=int(rng.integers(max(span, 1))))
    joined -= timedelta(days=joined.weekday())
    base = 1350 if site.currency == "EUR" else 7200
    pay = int(base * STAFF_PAY.get(post, 1.25) * (0.95 + 0.1 * rng.random())) // 10 * 10
    employee = Employee(
        number="",
        family_name=name.family,
        given_name=name.given,
        latin_name=name.latin,
        email="",
        site=site_code,
        post=post,
        team=team,
        employment=EmploymentType.FULL_TIME,
        joined_on=joined,
        floor_on=joined,
        contract_until=None,
        weekly_hours=40,
        pay_basis=PayBasis.MONTH,
        pay=Decimal(pay).quantize(Decimal("0.01")),
        currency=site.currency,
        hire_class=None,
        left_on=None,
        left_reason=None,
        skills=(),
        pace=1.0,
        care=1.0,
    )
    return _Draft(employee, None, leads)


def _register(
    drafts: list[_Draft],
) -> tuple[dict[int, str], dict[str, str], tuple[Employee, ...]]:
    """Give out numbers in order of joining and addresses without doubles."""
    drafts.sort(key=lambda d: (d.employee.joined_on, d.employee.team))
    taken: Counter[str] = Counter()
    number_of: dict[int, str] = {}
    led_by: dict[str, str] = {}
    employees = []
    for k, draft in enumerate(drafts):
        number = f"E{1001 + k}"
        mailbox = _mailbox(draft.employee.latin_name)
        taken[mailbox] += 1
        suffix = str(taken[mailbox]) if taken[mailbox] > 1 else ""
        if draft.person is not None:
            number_of[id(draft.person)] = number
        if draft.leads is not None:
            led_by[draft.leads] = number
        email = f"{mailbox}{suffix}@{catalogue.MAIL_DOMAIN}"
        employees.append(replace(draft.employee, number=number, email=email))
    return number_of, led_by, tuple(employees)


def _mailbox(latin_name: str) -> str:
    plain = unicodedata.normalize("NFKD", latin_name).encode("ascii", "ignore")
    return plain.decode().lower().replace(" ", ".")


def _floors() -> tuple[Floor, ...]:
    return tuple(
        Floor(
            code=code,
            site=site,
            name=Text(f"Floor {level}", f"{level} 层"),
            level=level,
            seats=tuple(
                Seat(f"{zone}{row}-{number:02d}", zone, row, number)
                for zone in "ABCD"[:zones]
                for row in range(1, ROWS + 1)
                for number in range(1, SEATS_IN_ROW + 1)
            ),
        )
        for code, site, level, zones in FLOORS
    )


def _teams(led_by: dict[str, str]) -> tuple[Team, ...]:
    opened = {site.code: site.opened_on for site in catalogue.SITES}
    started = {project.code: project.started_on for project in catalogue.PROJECTS}
    teams = []
    for pool in POOLS:
        for index in range(pool.teams):
            code = _team_code(pool, index)
            teams.append(
                Team(
                    code=code,
                    name=_team_name(pool, index),
                    site=pool.site,
                    floor=FLOOR_OF_POOL[pool.code],
                    project=pool.project,
                    supervisor=led_by.get(code),
                    is_night=index >= pool.teams - pool.night_teams,
                    founded_on=started[pool.project],
                )
            )
    for code, site, name in catalogue.SUPPORT_TEAMS:
        teams.append(
            Team(
                code=code,
                name=name,
                site=site,
                floor=SUPPORT_FLOOR[site],
                project=None,
                supervisor=led_by.get(code),
                is_night=False,
                founded_on=opened[site],
            )
        )
    return tuple(teams)


def _projects(employees: Iterable[Employee]) -> tuple[Project, ...]:
    managers: dict[str, list[str]] = {}
    for employee in employees:
        if employee.post == "OM":
            managers.setdefault(employee.site, []).append(employee.number)
    return tuple(
        replace(project, manager=managers[site][position])
        for project in catalogue.PROJECTS
        for site, position in (MANAGED_BY[project.code],)
    )


def pool_of_team(team: str) -> Pool | None:
    """The pool that a team's code belongs to; None for the support teams."""
    return POOL_BY_CODE.get(team.rpartition("-")[0])
