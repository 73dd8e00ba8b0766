"""What this room shows elsewhere: on first pages, and in the search from anywhere."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import joinedload

from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _n
from callcenter.people import queries
from callcenter.people.models import Post, Team
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.web.filters import day as day_text
from callcenter.web.home_page import Line, Part
from callcenter.web.search import Hit

LINES = 8
SOON = timedelta(days=30)


def absent_today() -> Part | None:
    """Who of the reader's people is away today."""
    actor = current_actor()
    zone = ZoneInfo(actor.zone)
    starts_at = datetime.combine(clock.today(zone), time(), zone)
    away = queries.visible_absences(
        actor.scope(Permission.RECORD_ABSENCE), starts_at, starts_at + timedelta(days=1)
    )
    rows = db.session.scalars(away.limit(LINES + 1)).all()
    lines = [
        Line(
            row.employee.name,
            url_for("people.employee", employee_id=row.employee_id),
            reason=row.employee.team.name if row.employee.team else "",
            badge=row.kind.label,
            tone="warning" if row.kind == "unexcused" else "neutral",
        )
        for row in rows[:LINES]
    ]
    return Part(
        title=_("Away today"),
        lines=lines,
        more_label=_("All absences"),
        more_url=url_for("people.absences"),
        empty=_("Nobody is away today."),
    )


def ending_contracts() -> Part | None:
    """Contracts that run out within a month and that nothing follows."""
    today = words.today()
    scope = current_actor().scope(Permission.EDIT_EMPLOYEES)
    ending = queries.contracts_ending(scope, today, today + SOON)
    rows = db.session.scalars(ending.limit(LINES)).all()
    if not rows:
        return None
    lines = []
    for row in rows:
        if row.ends_on is None:
            continue
        days = (row.ends_on - today).days
        lines.append(
            Line(
                row.employee.name,
                url_for("people.employee", employee_id=row.employee_id),
                reason=_("last day %(day)s", day=day_text(words.last_day(row.ends_on))),
                badge=_n("one day left", "%(num)s days left", days),
                tone="danger" if days <= 7 else "warning",
            )
        )
    return Part(title=_("Contracts that end within 30 days"), lines=lines)


def vacancies() -> Part | None:
    """Posts with fewer people than places."""
    vacant = queries.vacant_posts(words.today()).options(joinedload(Post.site))
    rows = db.session.execute(vacant.limit(LINES)).all()
    if not rows:
        return None
    lines = [
        Line(
            words.post_title(post) or post.title,
            url_for("people.post", post_id=post.id),
            reason=_where(post)
            + _("%(filled)s of %(places)s filled", filled=n, places=post.headcount),
            badge=_n("one vacancy", "%(num)s vacancies", post.headcount - n),
            tone="warning",
        )
        for post, n in rows
    ]
    return Part(
        title=_("Vacancies"),
        lines=lines,
        more_label=_("Organisation chart"),
        more_url=url_for("people.organisation"),
    )


def _where(post: Post) -> str:
    return f"{post.site.name} · " if post.site else ""


def find(query: str, most: int) -> Iterable[Hit]:
    """People by name, pinyin or number; teams and posts by name."""
    actor = current_actor()
    if actor.may(Permission.VIEW_EMPLOYEES):
        yield from _people(query, most)
    if actor.may(Permission.VIEW_ORGANISATION):
        yield from _teams(query, most // 2)
        yield from _posts(query, most // 2)


def _people(query: str, most: int) -> Iterable[Hit]:
    scope = current_actor().scope(Permission.VIEW_EMPLOYEES)
    found = queries.visible_employees(scope).where(queries.matching(query))
    people = db.session.scalars(found.limit(most + 1)).all()
    for person in people[:most]:
        detail = [person.number, person.team.name if person.team else person.site.name]
        url = url_for("people.employee", employee_id=person.id)
        yield Hit(person.name, url, " · ".join(detail), "person")
    if len(people) > most:
        url = url_for("people.employees", q=query)
        yield Hit(_("All people found"), url, _("Employees"), "people")


def _teams(query: str, most: int) -> Iterable[Hit]:
    scope = current_actor().scope(Permission.VIEW_ORGANISATION)
    named = Team.name.icontains(query, autoescape=True)
    coded = Team.code.icontains(query, autoescape=True)
    for team in db.session.scalars(
        queries.visible_teams(scope).where(named | coded).limit(most)
    ):
        url = url_for("people.team", team_id=team.id)
        yield Hit(team.name, url, f"{_('Team')} · {team.site.name}", "people")


def _posts(query: str, most: int) -> Iterable[Hit]:
    named = Post.title.icontains(query, autoescape=True)
    in_chinese = Post.title_zh.icontains(query, autoescape=True)
    for post in db.session.scalars(
        queries.posts().where(named | in_chinese).limit(most)
    ):
        url = url_for("people.post", post_id=post.id)
        yield Hit(words.post_title(post) or post.title, url, _("Post"), "diagram-3")
