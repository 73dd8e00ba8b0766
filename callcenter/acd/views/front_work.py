"""What the first page says to trainers, inspectors, finance and clients.

Each part is for readers of one concern. Who leads people or runs projects has a
first page that is full already and finds the same on the page of figures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import url_for

from callcenter.acd import queries
from callcenter.acd.metrics import Dimension, Metric, catalogue
from callcenter.acd.permissions import Permission
from callcenter.acd.queries import Answer, Grain, Question
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _l
from callcenter.people.models import Employee, Post
from callcenter.people.permissions import Permission as PeoplePermission
from callcenter.people.queries import visible_employees
from callcenter.projects.models import BillingBasis, Project
from callcenter.projects.permissions import Permission as ProjectPermission
from callcenter.projects.queries import visible_projects
from callcenter.web import filters
from callcenter.web.home_page import Line, Part

WEEK = timedelta(days=7)
NEW_FOR = timedelta(weeks=8)
MOST_LINES = 8
# Handling times this much above the team's are worth a look.
SLOW = 1.25
BILLED_BY = {
    BillingBasis.PER_CONTACT: _l("%(rate)s a contact"),
    BillingBasis.PER_HOUR: _l("%(rate)s an hour"),
    BillingBasis.PER_SEAT: _l("%(rate)s a seat"),
    BillingBasis.PER_SALE: _l("%(rate)s a sale"),
    BillingBasis.PER_MINUTE: _l("%(rate)s a minute"),
}


def contacts_of_the_week() -> Part | None:
    """How contacts of each project went, most handed on first; for inspectors."""
    leads = Permission.VIEW_IMPORTS, PeoplePermission.RECORD_ABSENCE
    if any(map(current_actor().may, leads)):
        return None
    codes = ("handled", "transfer_rate", "hold_rate", "repeat_rate")
    found = queries.answer(_question(codes, *_last_week(), by=Dimension.PROJECT))
    handled, moved, held, again = found.question.metrics
    keys = [key for key in found.keys if found.value(handled, key)]
    keys.sort(key=lambda key: -(found.value(moved, key) or 0))
    names = queries.names_of(Dimension.PROJECT, keys)
    lines = [
        Line(
            text=names.get(key, ""),
            url=url_for("acd.contacts", project=key),
            reason=_words(
                _("%(n)s handled", n=filters.number(found.value(handled, key), 0)),
                _("%(share)s handed on", share=_share(found, moved, key)),
                _("%(share)s held", share=_share(found, held, key)),
                _("%(share)s came again", share=_share(found, again, key)),
            ),
        )
        for key in keys[:MOST_LINES]
    ]
    return Part(
        title=_("Contacts of the last seven days"),
        lines=lines,
        more_label=_("Contacts"),
        more_url=url_for("acd.contacts"),
        empty=_("No contact was handled."),
    )


def newcomers() -> Part | None:
    """Who came in the last weeks, and how their pace compares; for trainers."""
    actor = current_actor()
    leads = PeoplePermission.RECORD_ABSENCE, PeoplePermission.VIEW_PAY
    if actor.may(Permission.VIEW_CONTACTS) or any(map(actor.may, leads)):
        return None
    people = _newcomers()
    lines = [line for _ratio, line in sorted(_paces(people), key=lambda pair: -pair[0])]
    return Part(
        title=_("Joined in the last eight weeks"),
        lines=lines[:MOST_LINES],
        more_label=_("Employees"),
        more_url=url_for("people.employees"),
        empty=_("Nobody who takes contacts joined."),
    )


def _newcomers() -> list[Employee]:
    scope = current_actor().scope(PeoplePermission.VIEW_EMPLOYEES)
    statement = visible_employees(scope).where(
        Employee.hired_on > _today() - NEW_FOR,
        Employee.left_on.is_(None),
        Employee.post_id.in_(db.select(Post.id).where(Post.is_front_line)),
    )
    return list(db.session.scalars(statement))


def _paces(people: Iterable[Employee]) -> Iterator[tuple[float, Line]]:
    """A line for each, with the handling time as a multiple of the team's."""
    people = list(people)
    aht = catalogue.metrics["aht_s"]
    question = _question(("aht_s",), *_last_week())
    own = _told_apart(question, Dimension.AGENT, {each.id for each in people})
    team_ids = {each.team_id for each in people if each.team_id}
    team = _told_apart(question, Dimension.TEAM, team_ids)
    for each in people:
        pace, usual = own.value(aht, each.id), team.value(aht, each.team_id)
        ratio = pace / usual if pace and usual else 0.0
        words = [each.team.name if each.team else "", filters.day(each.hired_on)]
        if pace and usual:
            words.append(
                _(
                    "handling %(own)s, team %(team)s",
                    own=filters.clock(pace),
                    team=filters.clock(usual),
                )
            )
        else:
            words.append(_("no contacts yet"))
        yield (
            ratio,
            Line(
                text=each.name,
                url=url_for("people.employee", employee_id=each.id),
                reason=_words(*words),
                badge=f"{filters.signed(100 * (ratio - 1), 0)}%" if ratio else "",
                tone="warning" if ratio > SLOW else "neutral",
            ),
        )


def _told_apart(question: Question, by: Dimension, keys: set[int]) -> Answer:
    return queries.answer(replace(question, by=by, filters={by: frozenset(keys)}))


def billed_this_month() -> Part | None:
    """What each project did this month and what it is paid for; for finance."""
    if current_actor().may(Permission.VIEW_CONTACTS):
        return None
    today = _today()
    codes = ("handled", "handle_h")
    days = (today.replace(day=1), today)
    found = queries.answer(_question(codes, *days, by=Dimension.PROJECT))
    handled, hours = found.question.metrics
    scope = current_actor().scope(ProjectPermission.VIEW_BILLING)
    projects = db.session.scalars(visible_projects(scope)).all()
    lines = [
        Line(
            text=project.name,
            url=url_for("projects.project", project_id=project.id),
            reason=_words(
                _(
                    "%(n)s handled",
                    n=filters.number(found.value(handled, project.id) or 0, 0),
                ),
                _(
                    "%(hours)s hours of handling",
                    hours=filters.number(found.value(hours, project.id) or 0, 0),
                ),
            ),
            badge=_billing(project),
        )
        for project in projects
    ]
    return Part(
        title=_("Work of this month, and what is paid for"),
        lines=lines,
        more_label=_("Projects"),
        more_url=url_for("projects.projects"),
        empty=_("No project is within your reach."),
    )


def _billing(project: Project) -> str:
    rate = filters.money(project.rate, project.currency)
    return str(BILLED_BY[project.billing_basis]) % {"rate": rate}


def service_by_day() -> Part | None:
    """The last seven days, each with volume, service and losses; for clients."""
    if current_actor().may(PeoplePermission.VIEW_EMPLOYEES):
        return None
    codes = ("offered", "sl_offered", "abandon_rate")
    first, last = _last_week()
    found = queries.answer(_question(codes, first, last, grain=Grain.DAY))
    offered, level, lost = found.question.metrics
    lines = [
        Line(
            text=filters.day(day, "weekday_day"),
            url=url_for("acd.figures", **{"from": day, "to": day, "by": "queue"}),
            reason=_words(
                _(
                    "%(n)s offered",
                    n=filters.number(found.value(offered, at=day), 0),
                ),
                _(
                    "%(share)s abandoned",
                    share=filters.percent(found.value(lost, at=day)),
                ),
            ),
            badge=_(
                "service level %(share)s",
                share=filters.percent(found.value(level, at=day)),
            ),
        )
        for day in reversed(found.buckets)
        if found.value(offered, at=day)
    ]
    return Part(title=_("Day by day"), lines=lines) if lines else None


def _question(
    codes: Iterable[str],
    first: date,
    last: date,
    *,
    by: Dimension | None = None,
    grain: Grain = Grain.TOTAL,
) -> Question:
    metrics: list[Metric] = [catalogue.metrics[code] for code in codes]
    scope = current_actor().scope(Permission.VIEW_FIGURES)
    return Question(metrics, first=first, last=last, by=by, grain=grain, scope=scope)


def _today() -> date:
    return clock.today(ZoneInfo(current_actor().zone))


def _last_week() -> tuple[date, date]:
    return _today() - WEEK, _today() - timedelta(days=1)


def _share(found: Answer, metric: Metric, key: object) -> str:
    return filters.percent(found.value(metric, key))  # type: ignore[arg-type]


def _words(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
