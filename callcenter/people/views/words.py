"""What the pages of this room have in common: choices, spellings, small words."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from wtforms.fields.choices import SelectChoice

from callcenter.kernel import clock
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _n, language
from callcenter.people import queries
from callcenter.people.models import (
    AbsenceKind,
    Employee,
    EmploymentKind,
    LeavingReason,
    PayBasis,
    Post,
    Skill,
    SkillKind,
)
from callcenter.web import filters
from callcenter.web.forms import choices

Labelled = AbsenceKind | EmploymentKind | LeavingReason | PayBasis | SkillKind | StrEnum


def today() -> date:
    """The present day where the reader is."""
    return clock.today(ZoneInfo(current_actor().zone))


def kinds(members: Iterable[Labelled]) -> list[SelectChoice]:
    """The members of an enum with what they are called, for a select field."""
    return choices((each.value, getattr(each, "label", each)) for each in members)


def named(
    pairs: dict[int, str], *, none_label: object | None = None
) -> list[SelectChoice]:
    """Rows by id and name, with an empty choice where nothing is allowed too."""
    empty: list[tuple[object, object]] = (
        [] if none_label is None else [("", none_label)]
    )
    return choices([*empty, *pairs.items()])


def places(scope: Scope) -> list[SelectChoice]:
    """Every site and team within a scope, as ``site:team`` with team left out."""
    sites = list(db.session.scalars(queries.sites()))
    teams = list(db.session.scalars(queries.visible_teams(scope)))
    offered: list[tuple[str, str]] = []
    for site in sites:
        if scope.is_everything or site.id in scope.site_ids:
            offered.append((f"{site.id}:", _("%(site)s, no team", site=site.name)))
        offered += [
            (f"{site.id}:{team.id}", f"{site.name}, {team.name}")
            for team in teams
            if team.site_id == site.id and team.is_active
        ]
    return choices(offered)


def place_of(value: str) -> tuple[int, int | None]:
    """Site and team of a choice made from `places`."""
    site, _colon, team = value.partition(":")
    return int(site), int(team) if team else None


def post_title(post: Post | None) -> str | None:
    """What a post is called in the reader's language."""
    if post is None:
        return None
    return post.title_zh if language() == "zh_CN" and post.title_zh else post.title


def skill_name(skill: Skill) -> str:
    """What a skill is called in the reader's language."""
    return skill.name_zh if language() == "zh_CN" and skill.name_zh else skill.name


def post_choices(none_label: object) -> list[SelectChoice]:
    """Every post in the reader's language."""
    posts = db.session.scalars(queries.posts())
    return named(
        {post.id: post_title(post) or post.title for post in posts},
        none_label=none_label,
    )


def status_of(employee: Employee, day: date) -> str:
    """``future``, ``present`` or ``left`` on that day."""
    if employee.left_on is not None and employee.left_on <= day:
        return "left"
    return "future" if employee.hired_on > day else "present"


def status_words() -> dict[str, tuple[str, str]]:
    """What each status is called, and its tone."""
    return {
        "present": (_("Present"), "success"),
        "left": (_("Left"), "neutral"),
        "future": (_("Joins later"), "info"),
    }


def tenure(employee: Employee, day: date) -> str:
    """How long somebody has been here, or was, in words."""
    end = min(day, employee.left_on or day)
    months = (end.year - employee.hired_on.year) * 12
    months += end.month - employee.hired_on.month - (end.day < employee.hired_on.day)
    if months < 1:
        days = max(0, (end - employee.hired_on).days)
        return _n("one day", "%(num)s days", days)
    if months < 12:
        return _n("one month", "%(num)s months", months)
    years, rest = divmod(months, 12)
    if not rest:
        return _n("one year", "%(num)s years", years)
    return _("%(years)s y %(months)s m", years=years, months=rest)


def reason_label(code: str | None) -> str | None:
    """What a reason for leaving is called; old codes as they are."""
    if code is None:
        return None
    return LeavingReason(code).label if code in set(LeavingReason) else code


def at_site(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant that a clock at the site shows so."""
    return local.replace(tzinfo=zone)


def field_label(key: str) -> str:
    """What a field of the spreadsheet is called; the row as a whole for none."""
    from callcenter.people.services import FIELDS

    labels = {field.key: str(field.label) for field in FIELDS}
    return labels.get(key, key)


def rule_words(rule: str, detail: str) -> str:
    """A broken rule of the import, and the way out, in words."""
    texts = {
        "required": _("Fill this in."),
        "lost_digits": _("The spreadsheet cut its digits; format the cell as text."),
        "too_long": _("Longer than %(n)s characters.", n=detail),
        "bad_date": _("Not a date: write it as 2026-03-31."),
        "bad_number": _("Not a number that can be used: %(value)s", value=detail),
        "bad_hours": _("Weekly hours are above 0 and at most 84."),
        "bad_email": _("Not an e-mail address."),
        "bad_phone": _("Not a phone number."),
        "bad_identity": _("The digits or the check digit are wrong."),
        "bad_currency": _("Not a currency of three letters: %(value)s", value=detail),
        "bad_level": _("A level is a number from 1 to 5."),
        "unknown_kind": _("Not one of the choices: %(value)s", value=detail),
        "unknown_site": _("There is no site %(value)s.", value=detail),
        "unknown_team": _("There is no team %(value)s.", value=detail),
        "unknown_post": _("There is no post %(value)s.", value=detail),
        "unknown_skill": _("There is no skill %(value)s.", value=detail),
        "team_elsewhere": _("The team %(value)s works at another site.", value=detail),
        "team_needed": _("The site changes: name the new team."),
        "out_of_scope": _("You may not place people there: %(value)s", value=detail),
        "number_taken": _("Somebody outside your reach has this number."),
        "login_taken": _("Employee %(value)s signs in so.", value=detail),
        "twice_in_file": _("The same number stands in row %(value)s.", value=detail),
        "wrong_order": _("The end must come after the start."),
        "left_before": _("This person left on another day."),
        "contract_overlap": _("The contract from %(value)s overlaps.", value=detail),
        "pay_hidden": _("You may not see or set pay; leave the column out."),
    }
    return texts.get(rule, rule)


def last_day(end: date) -> date:
    """The last day before an exclusive end."""
    return end - timedelta(days=1)


def span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """A stretch of time by the clock of a zone, as short as it can be said."""
    first, end = (each.astimezone(ZoneInfo(zone)) for each in (starts_at, ends_at))
    midnight = time()
    if first.time() == end.time() == midnight:
        last = last_day(end.date())
        days = filters.day(first.date())
        return days if last == first.date() else f"{days} – {filters.day(last)}"
    if first.date() == end.date():
        hours = filters.time_range(starts_at, ends_at, zone)
        return f"{filters.day(first.date())}, {hours}"
    return f"{filters.moment(starts_at, zone)} – {filters.moment(ends_at, zone)}"
