"""Sites, floors, teams, posts and skills: making, changing and removing them."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.exc import IntegrityError

from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _l
from callcenter.people import queries
from callcenter.people.errors import CircularReporting, CodeTaken, StillUsed
from callcenter.people.models import Floor, Post, Site, Skill, SkillKind, Team


def save_site(
    site: Site | None,
    *,
    code: str,
    name: str,
    zone: str,
    country: str,
    currency: str,
    address: str = "",
) -> Site:
    """Open a site, or change one; raises `CodeTaken` and `Invalid`."""
    same = queries.find_site_by_code(code)
    if same is not None and same is not site:
        raise CodeTaken(name=same.name, field="code")
    if zone not in available_timezones():
        raise Invalid(_l("There is no such time zone."), field="zone")
    if site is None:
        site = Site()
        db.session.add(site)
    site.code, site.name, site.address = code, name, address
    site.zone = ZoneInfo(zone).key
    site.country, site.currency = country.upper(), currency.upper()
    db.session.flush()
    return site


def delete_site(site: Site) -> None:
    """Remove a site that nothing stands on; raises `StillUsed`."""
    _delete(site, queries.users_of_site(site.id))


def save_floor(floor: Floor | None, *, site_id: int, name: str) -> Floor:
    """Add a floor to a site, or rename one; raises `CodeTaken`."""
    same = queries.find_floor_by_name(site_id, name)
    if same is not None and same is not floor:
        raise CodeTaken(name=same.name, field="name")
    if floor is None:
        floor = Floor(site_id=site_id)
        db.session.add(floor)
    floor.name = name
    db.session.flush()
    return floor


def delete_floor(floor: Floor) -> None:
    """Remove a floor; the database refuses while other rooms use it."""
    _delete(floor, {})


def save_team(
    team: Team | None,
    *,
    code: str,
    name: str,
    site_id: int,
    supervisor_id: int | None,
    is_active: bool = True,
) -> Team:
    """Form a team, or change one; raises `CodeTaken` and `Invalid`.

    A team with people in it keeps its site: they are transferred instead.
    """
    same = queries.find_team_by_code(code)
    if same is not None and same is not team:
        raise CodeTaken(name=same.name, field="code")
    if team is None:
        team = Team()
        db.session.add(team)
    elif team.site_id != site_id and queries.users_of_team(team.id)["employees"]:
        raise Invalid(
            _l("People of this team work at its site. Transfer them first."),
            field="site_id",
        )
    team.code, team.name, team.site_id = code, name, site_id
    team.supervisor_id, team.is_active = supervisor_id, is_active
    db.session.flush()
    return team


def delete_team(team: Team) -> None:
    """Remove a team that nobody is or was in; raises `StillUsed`."""
    _delete(team, queries.users_of_team(team.id))


def save_post(
    post: Post | None,
    *,
    title: str,
    title_zh: str,
    description: str,
    is_front_line: bool,
    headcount: int,
    site_id: int | None,
    reports_to_id: int | None,
) -> Post:
    """Put a post into the organisation chart, or change one.

    Raises `CircularReporting` when it would report to itself through others.
    """
    if post is not None:
        _require_no_circle(post.id, reports_to_id)
    else:
        post = Post()
        db.session.add(post)
    post.title, post.title_zh, post.description = title, title_zh, description
    post.is_front_line, post.headcount = is_front_line, headcount
    post.site_id, post.reports_to_id = site_id, reports_to_id
    db.session.flush()
    return post


def delete_post(post: Post) -> None:
    """Remove a post that nobody fills and nobody reports to; raises `StillUsed`."""
    _delete(post, queries.users_of_post(post.id))


def save_skill(
    skill: Skill | None, *, code: str, name: str, name_zh: str, kind: SkillKind
) -> Skill:
    """Add a skill to the catalogue, or change one; raises `CodeTaken`."""
    same = queries.find_skill_by_code(code)
    if same is not None and same is not skill:
        raise CodeTaken(name=same.name, field="code")
    if skill is None:
        skill = Skill()
        db.session.add(skill)
    skill.code, skill.name, skill.name_zh, skill.kind = code, name, name_zh, kind
    db.session.flush()
    return skill


def delete_skill(skill: Skill) -> None:
    """Remove a skill that nobody holds; raises `StillUsed`."""
    _delete(skill, queries.users_of_skill(skill.id))


def _delete(row: Site | Floor | Team | Post | Skill, users: Mapping[str, int]) -> None:
    if any(users.values()):
        raise StillUsed(users=users)
    try:
        with db.session.begin_nested():
            db.session.delete(row)
    except IntegrityError as error:
        # A room above this one holds on to it; it cannot be asked from here.
        raise StillUsed(users={"others": 1}) from error


def _require_no_circle(post_id: int, reports_to_id: int | None) -> None:
    parents = queries.parents_of_posts()
    above = reports_to_id
    seen = {post_id}
    while above is not None:
        if above in seen:
            raise CircularReporting(field="reports_to_id")
        seen.add(above)
        above = parents.get(above)
