"""Sites, teams and employees."""

from datetime import date
from itertools import count
from typing import Any

from callcenter.kernel.db import db
from callcenter.people.models import Employee, Site, Team

_serial = count(1)


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


def make_employee(team: Team | None = None, **values: Any) -> Employee:
    """A stored employee, in a team of its own unless one is given."""
    n = next(_serial)
    team = team or make_team()
    name = values.get("name", f"Employee {n}")
    employee = Employee(
        **{
            "number": f"E{n:05}",
            "name": name,
            "name_sort": name.casefold(),
            "site_id": team.site_id,
            "team_id": team.id,
            "hired_on": date(2020, 1, 1),
            **values,
        }
    )
    db.session.add(employee)
    db.session.commit()
    return employee
