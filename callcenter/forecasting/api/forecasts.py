"""Programs read forecasts, requirements and accuracy, and ask for a forecast."""

from datetime import date, timedelta
from typing import Any

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import token_key, token_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.api.arguments import (
    day_arg,
    first_day_in,
    instant_arg,
    iso,
    last_day_of,
    next_page,
    project_named,
    queue_named,
    queues_named,
    read_scope,
    whole_in,
    word_arg,
)
from callcenter.forecasting.api.blueprint import api_bp
from callcenter.forecasting.api.description import describe
from callcenter.forecasting.errors import ImportRefused
from callcenter.forecasting.models import Forecast, ForecastKind, ForecastStatus, Lead
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.queries import Grain, Measure, Question, Source
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue
from callcenter.web.errors import problem
from callcenter.web.extensions import limiter
from callcenter.web.pages import whole_number_arg

PER_MINUTE = "600/minute"
MOST, MOST_DAYS, MOST_INTERVALS = 100, 31, 2000
MAX_BODY = 16 * 1024 * 1024
SIDES = ("queue", "lead", "day", "week")
limited = limiter.limit(PER_MINUTE, key_func=token_key)


@api_bp.get("/openapi.json")
@limited
@token_required(Permission.VIEW_FORECASTS)
def openapi() -> ResponseReturnValue:
    """What may be asked here, as an OpenAPI description."""
    return jsonify(describe())


@api_bp.get("/forecasts")
@limited
@token_required(Permission.VIEW_FORECASTS)
def forecasts() -> ResponseReturnValue:
    """The forecasts within reach by id; ``next`` leads to the following.

    ``limit`` (at most 100), ``cursor``, ``project`` (code), ``status``, ``kind``.
    """
    limit = whole_number_arg("limit", 50, low=1, high=MOST)
    after = whole_number_arg("cursor", 0, low=0, high=2**31 - 1)
    statement = queries.visible_forecasts(read_scope()).where(Forecast.id > after)
    if request.args.get("project"):
        statement = statement.where(Project.code == request.args["project"])
    for name, kind, column in (
        ("status", ForecastStatus, Forecast.status),
        ("kind", ForecastKind, Forecast.kind),
    ):
        if request.args.get(name):
            statement = statement.where(column == word_arg(name, kind))
    page = statement.order_by(None).order_by(Forecast.id).limit(limit + 1)
    rows = db.session.scalars(page).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    return jsonify(
        items=[_shown(row) for row in rows[:limit]],
        next=next_page("forecasts", following),
    )


@api_bp.get("/forecasts/<int:forecast_id>")
@limited
@token_required(Permission.VIEW_FORECASTS)
def forecast(forecast_id: int) -> ResponseReturnValue:
    """One forecast with its queues and, of a weekly one, what it would move."""
    found = queries.get_forecast(forecast_id, read_scope())
    weighed = queries.find_proposal(forecast_id)
    queues = [
        {
            "queue": row.queue.code,
            "method": row.method,
            "basis": row.basis,
            "n_history_days": row.n_history_days,
        }
        for row in found.queues
    ]
    moved = weighed and {"most": weighed.most, "n_moves": len(weighed.moves)}
    return jsonify({**_shown(found), "queues": queues, "moved": moved})


@api_bp.get("/forecasts/<int:forecast_id>/intervals")
@limited
@token_required(Permission.VIEW_FORECASTS)
def intervals(forecast_id: int) -> ResponseReturnValue:
    """The intervals of a forecast by queue and time, some days of a queue a page.

    ``queue`` (code), ``from`` and ``to`` (days), ``limit`` (days, at most 31),
    ``cursor``.
    """
    found = queries.get_forecast(forecast_id, read_scope())
    limit = whole_number_arg("limit", 7, low=1, high=MOST_DAYS)
    first, last = day_arg("from", found.first_day), day_arg("to", last_day_of(found))
    queues = [row.queue for row in found.queues]
    if request.args.get("queue"):
        queues = [each for each in queues if each.code == request.args["queue"]]
        if not queues:
            raise NotFound(queue=request.args["queue"])
    queue_id, day = _place(queues[0].id, first)
    here = next((each for each in queues if each.id == queue_id), None)
    if here is None:
        raise Invalid("cursor", field="cursor")
    end = min(day + timedelta(days=limit - 1), last)
    items = [
        {
            "queue": queue.code,
            "interval_start": iso(start),
            "interval_s": found.interval_s,
            "offered": offered,
            "aht_s": aht_s,
            "offered_lo80": low,
            "offered_hi80": high,
        }
        for queue, start, offered, aht_s, low, high in services.forecast_rows(
            found, day, end, only=here.id
        )
    ]
    return jsonify(items=items, next=_next_days(found, queues, here, end, first, last))


def _place(queue_id: int, day: date) -> tuple[int, date]:
    """Where a page begins: the cursor's queue and day, else the first of all."""
    cursor = request.args.get("cursor", "")
    if not cursor:
        return queue_id, day
    number, _point, text = cursor.partition(".")
    try:
        return int(number), date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"cursor: {cursor[:40]}", field="cursor") from None


def _next_days(
    found: Forecast,
    queues: list[Queue],
    here: Queue,
    end: date,
    first: date,
    last: date,
) -> str | None:
    if end < last:
        cursor = f"{here.id}.{(end + timedelta(days=1)).isoformat()}"
    else:
        later = queues[queues.index(here) + 1 :]
        if not later:
            return None
        cursor = f"{later[0].id}.{first.isoformat()}"
    return next_page("intervals", cursor, forecast_id=found.id)


@api_bp.get("/requirements")
@limited
@token_required(Permission.VIEW_FORECASTS)
def requirements() -> ResponseReturnValue:
    """What rules for a queue, by interval.

    ``queue`` (code, needed), ``from`` and ``to`` (instants with offset; a week from
    now on), ``limit`` (at most 2000), ``cursor``.
    """
    queue = queue_named(request.args.get("queue", ""))
    limit = whole_number_arg("limit", 672, low=1, high=MOST_INTERVALS)
    now = clock.now()
    starts_at = instant_arg("cursor", instant_arg("from", now))
    ends_at = instant_arg("to", starts_at + timedelta(days=7))
    rows = queries.requirement_rows(queue.id, starts_at, ends_at)
    following = rows[limit].interval_start if len(rows) > limit else None
    items = [
        {
            "interval_start": iso(row.interval_start),
            "interval_s": row.interval_s,
            "offered": row.offered,
            "required_agents": row.required_agents,
            "scheduled_agents": row.scheduled_agents,
            "model": row.model.value,
            "sl": row.sl,
            "asa_s": row.asa_s,
            "occupancy": row.occupancy,
            "abandon_rate": row.abandon_rate,
            "forecast_id": row.forecast_id,
        }
        for row in rows[:limit]
    ]
    cursor = iso(following) if following else None
    return jsonify(
        queue=queue.code, items=items, next=next_page("requirements", cursor)
    )


@api_bp.get("/accuracy")
@limited
@token_required(Permission.VIEW_FORECASTS)
def accuracy() -> ResponseReturnValue:
    """What forecasts missed, by ``queue`` (and lead), ``lead``, ``day`` or ``week``.

    ``by``, ``from`` and ``to`` (days; the last 13 weeks), ``queue`` (code),
    ``source``, ``measure``, ``grain``, ``lead``.
    """
    by = request.args.get("by", "queue")
    if by not in SIDES:
        raise Invalid(f"by: {', '.join(SIDES)}", field="by")
    today = clock.now().date()
    code = request.args.get("queue")
    question = Question(
        first=day_arg("from", today - timedelta(weeks=13)),
        last=day_arg("to", today),
        source=word_arg("source", Source, Source.PLAN),
        measure=word_arg("measure", Measure, Measure.VOLUME),
        grain=word_arg("grain", Grain, Grain.INTERVAL),
        lead=word_arg("lead", Lead, None),
        queue_id=queue_named(code).id if code else None,
    )
    found = queries.accuracy_sums(question, read_scope(), by)
    codes = _codes(key[0] for key in found) if by == "queue" else {}
    return jsonify(items=[_missed(by, key, each, codes) for key, each in found.items()])


def _codes(queue_ids: Any) -> dict[int, str]:
    wanted = set(queue_ids)
    rows = db.session.scalars(
        project_queries.visible_queues(read_scope()).where(Queue.id.in_(wanted))
    )
    return {row.id: row.code for row in rows}


def _missed(
    by: str, key: tuple[Any, ...], misses: queries.Misses, codes: dict[int, str]
) -> dict[str, Any]:
    names = {"queue": ("queue", "lead"), "week": ("week_on",)}.get(by, (by,))
    values = [codes.get(each, each) if by == "queue" else each for each in key]
    own = {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in zip(names, values, strict=True)
    }
    return {
        **own,
        "n_days": misses.n_days,
        "actual": misses.truth,
        "forecast": misses.said,
        "wape": misses.wape,
        "naive_wape": misses.naive_wape,
        "median_wape": misses.median_wape,
        "bias": misses.bias,
        "in_band": misses.in_band,
        "lead_days": misses.ahead,
    }


@api_bp.post("/forecasts")
@limited
@token_required(Permission.MAKE_FORECAST)
def request_forecast() -> ResponseReturnValue:
    """Ask for a forecast; a job makes it.

    The body names ``project`` (code), ``first_day``, ``n_days`` and, if wanted,
    ``queues`` (codes), ``interval_s``, ``method`` and ``name``.
    """
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid("body", field="body")
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        project = project_named(body.get("project"), scope)
        made, job = services.make_forecast(
            queues_named(project, body.get("queues")),
            first_day_in(body.get("first_day")),
            whole_in(body, "n_days", 28),
            name=str(body.get("name") or "")[:120],
            interval_s=whole_in(body, "interval_s", 900),
            method=str(body.get("method") or "combination"),
            by=current_actor().user_id,
        )
        made.project = project
    answer = jsonify({**_shown(made), "job_id": job.id})
    answer.status_code = 202
    answer.headers["Location"] = url_for(
        "forecasting_api.forecast", forecast_id=made.id
    )
    return answer


@api_bp.post("/forecasts/import")
@limited
@token_required(Permission.MAKE_FORECAST)
def import_forecast() -> ResponseReturnValue:
    """Store a forecast made elsewhere as a draft; the body is its CSV.

    ``project`` (code, needed) and ``name``. What breaks a rule is named by row and
    field, and then nothing is stored.
    """
    if (request.content_length or 0) > MAX_BODY:
        return problem(413, "forecasting.too_large", "At most 16 MB at once.")
    try:
        text = request.get_data().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("body: UTF-8", field="body") from None
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    try:
        with transaction():
            project = project_named(request.args.get("project"), scope)
            made = services.import_forecast(
                project,
                text,
                name=request.args.get("name", "")[:120],
                by=current_actor().user_id,
            )
            made.project = project
    except ImportRefused as refusal:
        return refused(refusal)
    answer = jsonify(_shown(made))
    answer.status_code = 201
    return answer


def refused(refusal: ImportRefused) -> Response:
    """Why rows were refused, each by its row, field, rule and value."""
    answer = jsonify(
        type=f"urn:callcenter:{refusal.code}",
        title=str(refusal.message),
        status=422,
        code=refusal.code,
        errors=[
            {
                "row": fault.row,
                "field": fault.field,
                "rule": fault.rule,
                "value": fault.value,
            }
            for fault in refusal.context["faults"]
        ],
    )
    answer.status_code = 422
    answer.content_type = "application/problem+json"
    return answer


def _shown(row: Forecast) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "project": row.project.code,
        "kind": row.kind.value,
        "status": row.status.value,
        "first_day": row.first_day.isoformat(),
        "n_days": row.n_days,
        "interval_s": row.interval_s,
        "zone": row.zone,
        "method": row.method,
        "level": row.level,
        "knows_until": row.history_last.isoformat() if row.history_last else None,
        "made_at": iso(row.made_at),
        "approved_at": iso(row.approved_at) if row.approved_at else None,
    }
