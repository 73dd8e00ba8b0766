"""Arguments and bodies of this room's programs, read and checked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from callcenter.forecasting.models import Forecast
from callcenter.forecasting.permissions import Permission
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue


def read_scope() -> Scope:
    """How far the asker may read."""
    return current_actor().scope(Permission.VIEW_FORECASTS)


def project_named(code: Any, scope: Any) -> Project:
    """The project of that code within a scope; raises `NotFound`."""
    found = db.session.scalar(
        project_queries.visible_projects(scope).where(Project.code == str(code or ""))
    )
    if found is None:
        raise NotFound(project=code)
    return project_queries.get_project(found.id, scope)


def queue_named(code: str) -> Queue:
    """The queue of that code within reach; raises `NotFound`, `Invalid` for none."""
    if not code:
        raise Invalid(_("Name the queue: queue=CODE."), fields=("queue",))
    found = db.session.scalar(
        project_queries.visible_queues(read_scope()).where(Queue.code == code)
    )
    if found is None:
        raise NotFound(queue=code)
    return found


def queues_named(project: Project, codes: Any) -> list[Queue]:
    """The project's queues of those codes, or all active ones."""
    active = {queue.code: queue for queue in project.queues if queue.is_active}
    if codes is None:
        chosen = list(active.values())
    elif isinstance(codes, list) and all(str(code) in active for code in codes):
        chosen = [active[str(code)] for code in codes]
    else:
        raise Invalid("queues", field="queues")
    for queue in chosen:
        queue.project = project
    return chosen


def whole_in(body: dict[str, Any], name: str, usual: int) -> int:
    """A whole number of a body; raises `Invalid`."""
    value = body.get(name, usual)
    if type(value) is not int:
        raise Invalid(name, field=name)
    return value


def first_day_in(value: Any) -> date:
    """The first day that a body names; raises `Invalid`."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("first_day", field="first_day") from None


def day_arg(name: str, usual: date) -> date:
    """A day of the query; raises `Invalid`."""
    text = request.args.get(name)
    if not text:
        return usual
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{name}: {text[:40]}", field=name) from None


def instant_arg(name: str, usual: datetime) -> datetime:
    """An instant of the query, with its offset; raises `Invalid`."""
    text = request.args.get(name)
    if not text:
        return usual
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(f"{name}: {text[:40]}", field=name)
    return found


def word_arg(name: str, kind: Any, usual: Any = None) -> Any:
    """One word of an enumeration; raises `Invalid`."""
    text = request.args.get(name)
    if not text:
        return usual
    try:
        return kind(text)
    except ValueError:
        words = ", ".join(each.value for each in kind)
        raise Invalid(f"{name}: {words}", field=name) from None


def last_day_of(found: Forecast) -> date:
    """The last day of a forecast."""
    return found.first_day + timedelta(days=found.n_days - 1)


def iso(at: datetime) -> str:
    """An instant in universal time, as ISO 8601 writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_page(endpoint: str, cursor: Any, **values: Any) -> str | None:
    """Where the following page is; None without one."""
    if cursor is None:
        return None
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "cursor"]
    address = url_for(f"forecasting_api.{endpoint}", **values)
    return f"{address}?{urlencode([*kept, ('cursor', cursor)])}"
