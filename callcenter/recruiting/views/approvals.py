"""How workflow names, shows and decides requisitions."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from flask import url_for

from callcenter.kernel.actor import current_actor
from callcenter.kernel.text import _, _l, _n
from callcenter.recruiting import queries
from callcenter.recruiting.models import Requisition
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.services.approving import STEPS, kind_code
from callcenter.recruiting.views import words
from callcenter.web import filters
from callcenter.workflow.models import Request, RequestKind, Step

NAMES = {
    "hr": _l("HR"),
    "operations": _l("Head of operations"),
    "general": _l("General manager"),
}


def requisition_kinds() -> Iterator[RequestKind]:
    """A kind for each chain of steps that a requisition can need."""
    for n in range(1, len(STEPS) + 1):
        for names in combinations(STEPS, n):
            yield RequestKind(
                code=kind_code(names),
                title=_l("Requisition"),
                steps=tuple(Step(NAMES[name], STEPS[name]) for name in names),
                describe_all=_describe_all,
                url=_url,
                brief=_brief,
            )


def _id_of(about: Request) -> int:
    return int(about.subject.partition(":")[2])


def _url(about: Request) -> str | None:
    if not current_actor().may(Permission.VIEW_REQUISITIONS):
        return None
    return url_for("recruiting.requisition", requisition_id=_id_of(about))


def _brief(about: Request) -> str:
    """How many for what by when, as it was asked for."""
    held = about.details
    n, due_on = held.get("headcount"), str(held.get("due_on", ""))
    if not isinstance(n, int) or not due_on:
        return ""
    people = _n("one person", "%(num)s people", n)
    day = filters.day(date.fromisoformat(due_on))
    return f"{people} · {held.get('post', '')} · {day}"


def _describe_all(requests: Sequence[Request]) -> list[list[tuple[str, str]]]:
    """Each requisition in label and value pairs, money for whoever may see it."""
    found = queries.requisitions_by_id([_id_of(each) for each in requests])
    return [
        _facts(found[_id_of(each)])
        if _id_of(each) in found
        else [(_("Requisition"), _("It was deleted."))]
        for each in requests
    ]


def _facts(row: Requisition) -> list[tuple[str, str]]:
    facts = [
        (_("Post"), words.post_title(row.post)),
        (_("Site"), row.site.name),
        (_("Headcount"), filters.number(row.headcount)),
        (_("Employment"), row.employment_kind.label),
        (_("Needed on"), filters.day(row.due_on)),
        (_("Reason"), reason_words(row)),
    ]
    if row.project is not None:
        facts.insert(1, (_("Project"), row.project.name))
    actor = current_actor()
    if actor.may(Permission.VIEW_MONEY) and words.is_reached(
        row, actor.scope(Permission.VIEW_MONEY)
    ):
        facts.append((_("Pay band"), filters.text(words.pay_band(row))))
        budget = row.channel_budget
        if budget is not None:
            shown = filters.money(budget, row.currency)
            facts.append((_("Budget for channels"), shown))
    return facts


def reason_words(row: Requisition) -> str:
    """Why people are wanted, and who left where that is why."""
    if row.replaces is None:
        return row.reason.label
    return f"{row.reason.label}: {row.replaces.name} ({row.replaces.number})"
