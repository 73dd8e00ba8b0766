"""Sites, teams, posts, skills and employees."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from callcenter.kernel.db import db
from callcenter.people import services
from callcenter.people.models import (
    Employee,
    EmployeeSkill,
    Employment,
    EmploymentKind,
    PayBasis,
    Post,
    Site,
    Skill,
    SkillKind,
    Team,
)

_serial = count(1)
LONG_AGO = date(2020, 1, 1)


def make_site(**values: Any) -> Site:
    """A stored site in Shanghai."""
    n = next(_serial)
    site = Site(
        **{
            "code": f"S{n}",
            "name": f"Site {n}",
            "zone": "Asia/Shanghai",
            "country": "CN",
            "currency": "CNY",
            **values,
        }
    )
    db.session.add(site)
    db.session.commit()
    return site


def make_team(site: Site | None = None, **values: Any) -> Team:
    """A stored team, at a site of its own unless one is given."""
    n = next(_serial)
    site = site or make_site()
    team = Team(**{"code": f"T{n}", "name": f"Team {n}", "site_id": site.id, **values})
    team.site = site
    db.session.add(team)
    db.session.commit()
    return team


def make_post(**values: Any) -> Post:
    """A stored post with one place."""
    n = next(_serial)
    post = Post(**{"title": f"Post {n}", **values})
    db.session.add(post)
    db.session.commit()
    return post


def make_skill(**values: Any) -> Skill:
    """A stored contact skill."""
    n = next(_serial)
    skill = Skill(
        **{
            "code": f"skill-{n}",
            "name": f"Skill {n}",
            "kind": SkillKind.CONTACT,
            **values,
        }
    )
    db.session.add(skill)
    db.session.commit()
    return skill


def make_employee(team: Team | None = None, **values: Any) -> Employee:
    """A stored employee, in a team of its own unless one is given."""
    n = next(_serial)
    team = team or make_team()
    name = values.get("name", f"Employee {n}")
    employee = Employee(
        **{
            "number": f"E{n:05}",
            "name": name,
            "name_sort": services.sort_name(name),
            "site_id": team.site_id,
            "team_id": team.id,
            "hired_on": LONG_AGO,
            **values,
        }
    )
    db.session.add(employee)
    db.session.commit()
    return employee


def make_employment(employee: Employee, **values: Any) -> Employment:
    """A stored full-time contract with an open end."""
    employment = Employment(
        **{
            "employee_id": employee.id,
            "kind": EmploymentKind.FULL_TIME,
            "starts_on": employee.hired_on,
            "weekly_h": 40,
            "pay_basis": PayBasis.MONTH,
            "pay_rate": Decimal(5000),
            "currency": "CNY",
            **values,
        }
    )
    db.session.add(employment)
    db.session.commit()
    return employment


def grant_skill(employee: Employee, skill: Skill, level: int = 3) -> EmployeeSkill:
    """A stored skill of a person, valid since long ago."""
    held = EmployeeSkill(
        employee_id=employee.id, skill_id=skill.id, level=level, valid_from=LONG_AGO
    )
    db.session.add(held)
    db.session.commit()
    return held
