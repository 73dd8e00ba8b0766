"""Programs read who works here; never phone, identity number or pay."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import token_key, token_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.clock import now
from callcenter.kernel.db import db
from callcenter.people import queries
from callcenter.people.models import Employee, Site, Team
from callcenter.people.permissions import Permission
from callcenter.web.extensions import csrf, limiter
from callcenter.web.pages import whole_number_arg

api_bp = Blueprint("people_api", __name__, url_prefix="/api/v1/employees")
csrf.exempt(api_bp)
PER_MINUTE = "600/minute"
MOST = 200


@api_bp.get("")
@limiter.limit(PER_MINUTE, key_func=token_key)
@token_required(Permission.VIEW_EMPLOYEES)
def employees() -> ResponseReturnValue:
    """A page of the employees within reach, by id; ``next`` leads to the following.

    ``limit`` (at most 200), ``cursor``, ``q`` (name, pinyin, number), ``site`` and
    ``team`` (codes), ``status`` (``present`` or ``left``).
    """
    limit = whole_number_arg("limit", 50, low=1, high=MOST)
    after = whole_number_arg("cursor", 0, low=0, high=2**31 - 1)
    statement = queries.visible_employees(_scope()).where(
        Employee.id > after, *_criteria()
    )
    page = statement.order_by(None).order_by(Employee.id).limit(limit + 1)
    rows = db.session.scalars(page).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    return jsonify(
        items=[_shown(row) for row in rows[:limit]],
        next=_next_url(following) if following is not None else None,
    )


@api_bp.get("/<int:employee_id>")
@limiter.limit(PER_MINUTE, key_func=token_key)
@token_required(Permission.VIEW_EMPLOYEES)
def employee(employee_id: int) -> ResponseReturnValue:
    """One employee within reach with contracts and skills."""
    found = queries.get_employee(employee_id, _scope())
    contracts = [
        {
            "kind": each.kind.value,
            "starts_on": each.starts_on.isoformat(),
            "ends_on": each.ends_on.isoformat() if each.ends_on else None,
            "weekly_h": each.weekly_h,
        }
        for each in found.employments
    ]
    skills = [
        {
            "code": each.skill.code,
            "level": each.level,
            "valid_from": each.valid_from.isoformat(),
            "valid_until": each.valid_until.isoformat() if each.valid_until else None,
        }
        for each in found.skills
    ]
    return jsonify({**_shown(found), "contracts": contracts, "skills": skills})


def _scope() -> Any:
    return current_actor().scope(Permission.VIEW_EMPLOYEES)


def _criteria() -> list[Any]:
    arguments = request.args
    today = now().date()
    criteria: list[Any] = []
    if arguments.get("q"):
        criteria.append(queries.matching(arguments["q"][:200]))
    if arguments.get("site"):
        criteria.append(Employee.site.has(Site.code == arguments["site"]))
    if arguments.get("team"):
        criteria.append(Employee.team.has(Team.code == arguments["team"]))
    if arguments.get("status") == "present":
        criteria.append(queries.employed_on(today))
    if arguments.get("status") == "left":
        criteria.append(Employee.left_on <= today)
    return criteria


def _next_url(cursor: int) -> str:
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "cursor"]
    query = urlencode([*kept, ("cursor", cursor)])
    return f"{url_for('people_api.employees')}?{query}"


def _shown(row: Employee) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "name": row.name,
        "name_sort": row.name_sort,
        "email": row.email,
        "acd_login": row.acd_login,
        "site": row.site.code,
        "team": row.team.code if row.team else None,
        "post": row.post.title if row.post else None,
        "hired_on": row.hired_on.isoformat(),
        "left_on": row.left_on.isoformat() if row.left_on else None,
    }
