"""Reading sites, floors, teams, posts and skills, and how many people they have."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import joinedload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import (
    Employee,
    EmployeeSkill,
    Floor,
    Move,
    Post,
    Site,
    Skill,
    Team,
)
from callcenter.people.queries.employees import employed_on, in_scope, skill_is_valid

Row = TypeVar("Row", Site, Post, Skill, Floor)


def sites() -> Select[Site]:
    """All sites, by name."""
    return select(Site).order_by(Site.name)


def get_site(site_id: int) -> Site:
    """The site; raises `NotFound`."""
    return _get(Site, site_id)


def site_names() -> dict[int, str]:
    """Every site's name, by name."""
    rows = db.session.execute(select(Site.id, Site.name).order_by(Site.name))
    return dict(rows.all())


def team_names() -> dict[int, str]:
    """Every active team's name, by name."""
    rows = db.session.execute(
        select(Team.id, Team.name).where(Team.is_active).order_by(Team.name)
    )
    return dict(rows.all())


def floors() -> Select[Floor]:
    """All floors with their sites, by site and name."""
    return (
        select(Floor)
        .join(Floor.site)
        .options(joinedload(Floor.site))
        .order_by(Site.name, Floor.name)
    )


def team_in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that a team lies within a scope."""
    if scope.is_everything:
        return true()
    return or_(
        Team.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Team.id.in_(scope.team_ids) if scope.team_ids else false(),
    )


def visible_teams(scope: Scope) -> Select[Team]:
    """The teams within a scope with site and supervisor, by name."""
    return (
        select(Team)
        .options(joinedload(Team.site), joinedload(Team.supervisor))
        .where(team_in_scope(scope))
        .order_by(Team.name, Team.id)
    )


class SiteTeams(NamedTuple):
    """A site and how many teams in use it has."""

    site_id: int
    name: str
    n_teams: int


def count_teams_by_site(scope: Scope) -> list[SiteTeams]:
    """The sites of the teams in use within a scope, by name."""
    rows = db.session.execute(
        select(Site.id, Site.name, func.count())
        .join(Team, Team.site_id == Site.id)
        .where(Team.is_active, team_in_scope(scope))
        .group_by(Site.id, Site.name)
        .order_by(Site.name)
    )
    return [SiteTeams._make(row) for row in rows]


def get_team(team_id: int, scope: Scope) -> Team:
    """The team with site and supervisor; raises `NotFound`."""
    team = db.session.scalar(visible_teams(scope).where(Team.id == team_id))
    if team is None:
        raise NotFound(team_id=team_id)
    return team


def posts() -> Select[Post]:
    """All posts with their sites, by title."""
    return select(Post).options(joinedload(Post.site)).order_by(Post.title, Post.id)


def get_post(post_id: int) -> Post:
    """The post; raises `NotFound`."""
    return _get(Post, post_id)


def skills() -> Select[Skill]:
    """All skills, by name."""
    return select(Skill).order_by(Skill.name)


def get_skill(skill_id: int) -> Skill:
    """The skill; raises `NotFound`."""
    return _get(Skill, skill_id)


def headcount_by_team(day: date) -> dict[int, int]:
    """How many people each team has on that day."""
    rows = db.session.execute(
        select(Employee.team_id, func.count())
        .where(Employee.team_id.is_not(None), employed_on(day))
        .group_by(Employee.team_id)
    )
    return {team_id: n for team_id, n in rows if team_id is not None}


def _get(model: type[Row], key: int) -> Row:
    row = db.session.get(model, key)
    if row is None:
        raise NotFound(id=key)
    return row


def post_names() -> dict[int, str]:
    """Every post's title, by title."""
    rows = db.session.execute(select(Post.id, Post.title).order_by(Post.title, Post.id))
    return dict(rows.all())


def skill_names() -> dict[int, str]:
    """Every skill's name, by name."""
    rows = db.session.execute(select(Skill.id, Skill.name).order_by(Skill.name))
    return dict(rows.all())


def get_floor(floor_id: int) -> Floor:
    """The floor; raises `NotFound`."""
    return _get(Floor, floor_id)


def floors_of(site_id: int) -> Select[Floor]:
    """A site's floors, by name."""
    return select(Floor).where(Floor.site_id == site_id).order_by(Floor.name)


def headcount_by_site(day: date) -> dict[int, int]:
    """How many people each site has on that day."""
    rows = db.session.execute(
        select(Employee.site_id, func.count())
        .where(employed_on(day))
        .group_by(Employee.site_id)
    )
    return dict(rows.all())


def headcount_by_post(day: date) -> dict[int, int]:
    """How many people fill each post on that day."""
    rows = db.session.execute(
        select(Employee.post_id, func.count())
        .where(Employee.post_id.is_not(None), employed_on(day))
        .group_by(Employee.post_id)
    )
    return {post_id: n for post_id, n in rows if post_id is not None}


def holders_by_skill(day: date) -> dict[int, int]:
    """How many present people hold each skill on that day."""
    rows = db.session.execute(
        select(EmployeeSkill.skill_id, func.count())
        .join(EmployeeSkill.employee)
        .where(employed_on(day), skill_is_valid(day))
        .group_by(EmployeeSkill.skill_id)
    )
    return dict(rows.all())


def fillers(scope: Scope, day: date, most: int) -> Sequence[tuple[int, int, str]]:
    """Post, id and name of who fills posts within a scope, at most so many a post."""
    rank = (
        func.row_number()
        .over(partition_by=Employee.post_id, order_by=Employee.name_sort)
        .label("rank")
    )
    ranked = (
        select(Employee.post_id, Employee.id, Employee.name, rank)
        .where(Employee.post_id.is_not(None), employed_on(day), in_scope(scope))
        .subquery()
    )
    rows = db.session.execute(
        select(ranked.c.post_id, ranked.c.id, ranked.c.name)
        .where(ranked.c.rank <= most)
        .order_by(ranked.c.post_id, ranked.c.rank)
    )
    return [(post_id, employee_id, name) for post_id, employee_id, name in rows]


def vacant_posts(day: date) -> Select[Post, int]:
    """Posts with fewer people than places on that day, and how many they have."""
    filled = (
        select(Employee.post_id, func.count().label("n"))
        .where(employed_on(day))
        .group_by(Employee.post_id)
        .subquery()
    )
    n_filled = func.coalesce(filled.c.n, 0)
    return (
        select(Post, n_filled)
        .outerjoin(filled, filled.c.post_id == Post.id)
        .where(n_filled < Post.headcount)
        .order_by((Post.headcount - n_filled).desc(), Post.title)
    )


def find_site_by_code(code: str) -> Site | None:
    """The site of that code, or None."""
    return db.session.scalar(select(Site).where(Site.code == code))


def find_team_by_code(code: str) -> Team | None:
    """The team of that code, or None."""
    return db.session.scalar(select(Team).where(Team.code == code))


def find_skill_by_code(code: str) -> Skill | None:
    """The skill of that code, or None."""
    return db.session.scalar(select(Skill).where(Skill.code == code))


def find_floor_by_name(site_id: int, name: str) -> Floor | None:
    """The site's floor of that name, or None."""
    return db.session.scalar(
        select(Floor).where(Floor.site_id == site_id, Floor.name == name)
    )


def parents_of_posts() -> dict[int, int | None]:
    """Which post each post reports to."""
    rows = db.session.execute(select(Post.id, Post.reports_to_id))
    return dict(rows.all())


def users_of_site(site_id: int) -> dict[str, int]:
    """How many rows of each kind stand on a site."""
    return {
        "employees": _n(Employee.site_id == site_id),
        "teams": _n(Team.site_id == site_id),
        "floors": _n(Floor.site_id == site_id),
        "posts": _n(Post.site_id == site_id),
    }


def users_of_team(team_id: int) -> dict[str, int]:
    """How many rows of each kind stand on a team."""
    return {
        "employees": _n(Employee.team_id == team_id),
        "moves": _n(or_(Move.from_team_id == team_id, Move.to_team_id == team_id)),
    }


def users_of_post(post_id: int) -> dict[str, int]:
    """How many rows of each kind stand on a post."""
    return {
        "employees": _n(Employee.post_id == post_id),
        "posts": _n(Post.reports_to_id == post_id),
        "moves": _n(or_(Move.from_post_id == post_id, Move.to_post_id == post_id)),
    }


def users_of_skill(skill_id: int) -> dict[str, int]:
    """How many people hold a skill, or held it."""
    return {"employees": _n(EmployeeSkill.skill_id == skill_id)}


def _n(criterion: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(criterion)) or 0


def teams_led_by(employee_id: int) -> Select[Team]:
    """The teams that the person leads, also inactive ones."""
    return select(Team).where(Team.supervisor_id == employee_id)


def find_site_of_team(team_id: int) -> Site | None:
    """Where the team works, or None when there is no such team."""
    return db.session.scalar(
        select(Site).join(Team, Team.site_id == Site.id).where(Team.id == team_id)
    )


def every_team() -> Select[Team]:
    """All teams, by name."""
    return select(Team).order_by(Team.name, Team.id)


def filter_choices(scope: Scope) -> dict[str, dict[int, str]]:
    """Sites, active teams within the scope and skills, by name, in one reading."""
    kinds = (
        select(literal("site"), Site.id, Site.name),
        select(literal("team"), Team.id, Team.name).where(
            Team.is_active, team_in_scope(scope)
        ),
        select(literal("skill"), Skill.id, Skill.name),
    )
    found: dict[str, dict[int, str]] = {"site": {}, "team": {}, "skill": {}}
    rows = db.session.execute(union_all(*kinds)).all()
    for kind, key, name in sorted(rows, key=lambda row: row[2]):
        found[kind][key] = name
    return found


def get_detailed_post(post_id: int) -> Post:
    """The post with its site; raises `NotFound`."""
    found = db.session.scalar(posts().where(Post.id == post_id))
    if found is None:
        raise NotFound(post_id=post_id)
    return found


def find_post(post_id: int | None) -> Post | None:
    """The post, or None."""
    return db.session.get(Post, post_id) if post_id is not None else None


def posts_below(post_id: int) -> Select[Post]:
    """The posts that report to a post, by title."""
    return posts().where(Post.reports_to_id == post_id)


def n_filled_of_post(day: date) -> ColumnElement[int]:
    """How many people fill the post at hand on that day, for ordering posts."""
    return (
        select(func.count())
        .where(Employee.post_id == Post.id, employed_on(day))
        .correlate(Post)
        .scalar_subquery()
    )
