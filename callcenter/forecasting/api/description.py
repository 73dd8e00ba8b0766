"""What programs may ask of this room, as an OpenAPI 3.1 description."""

import inspect
import re
from typing import Any

from flask import current_app

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_NAMED = re.compile(r"``(\w+)``")
_PROBLEM = {
    "description": "Refused; a problem document tells why (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}
_ANSWERS = {"GET": "200", "POST": "202"}


def describe() -> dict[str, Any]:
    """Every address below this room's with its arguments, from the code itself.

    Higher rooms have theirs there as well: what was once one room keeps its addresses.
    Arguments of the query are those that a view's docstring names.
    """
    paths: dict[str, dict[str, Any]] = {}
    for rule in current_app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/forecasting/"):
            continue
        view = current_app.view_functions[rule.endpoint]
        path = _ARGUMENT.sub(r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            paths.setdefault(path, {})[method.lower()] = _operation(
                rule.endpoint, method, view, _ARGUMENT.findall(rule.rule)
            )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Forecasting", "version": "1"},
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}
        },
        "security": [{"token": []}],
    }


def _operation(
    endpoint: str, method: str, view: Any, inside: list[str]
) -> dict[str, Any]:
    words = inspect.getdoc(view) or ""
    summary, _blank, rest = words.partition("\n")
    named = [each for each in dict.fromkeys(_NAMED.findall(words)) if each != "next"]
    answer = _ANSWERS[method]
    operation: dict[str, Any] = {
        "operationId": endpoint.partition(".")[2],
        "summary": summary,
        "description": rest.strip(),
        "x-permission": getattr(view, "__permission__", ""),
        "parameters": [_parameter(name, "path") for name in inside],
        "responses": {
            answer: {
                "description": "What was asked for.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "401": _PROBLEM,
            "404": _PROBLEM,
            "422": _PROBLEM,
        },
    }
    if method == "GET":
        operation["parameters"] += [
            _parameter(name, "query") for name in named if name not in inside
        ]
    else:
        is_file = endpoint.endswith("import_forecast")
        kind = "text/csv" if is_file else "application/json"
        schema: dict[str, Any] = {"type": "string" if is_file else "object"}
        if is_file:
            operation["parameters"] += [_parameter(name, "query") for name in named]
        else:
            schema["properties"] = {name: {} for name in named}
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": schema}},
        }
    return operation


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "schema": {"type": "integer" if place == "path" else "string"},
    }
