"""How a refusal looks: a page, a fragment for htmx, or ``application/problem+json``.

This is the only place that knows which HTTP status belongs to which error.
"""

import http
import json

import structlog
from flask import Flask, Response, render_template, request
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from callcenter.kernel import errors
from callcenter.kernel.actor import request_id
from callcenter.kernel.db import db
from callcenter.kernel.text import _
from callcenter.web import limits
from callcenter.web.pages import is_fragment_request

log = structlog.get_logger()

_STATUS: tuple[tuple[type[errors.AppError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
    (errors.Forbidden, 403),
    (errors.Unavailable, 503),
    (errors.AppError, 400),
)


def init_app(app: Flask) -> None:
    """Answer every kind of error in the form the asker understands."""
    limits.init_app(app)
    app.register_error_handler(errors.AppError, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(OperationalError, _answer_database_gone)
    app.register_error_handler(IntegrityError, _answer_collision)
    app.register_error_handler(DataError, _answer_out_of_range)
    app.register_error_handler(OverflowError, _answer_out_of_range)
    app.register_error_handler(Exception, _answer_unexpected)


def status_of(error: errors.AppError) -> int:
    """The HTTP status that the error becomes."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def wants_json() -> bool:
    """Whether a program asks rather than a person."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return best == "application/json"


def _answer_refusal(error: errors.AppError) -> Response:
    return problem(status_of(error), error.code, error.message)


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    texts = {
        400: _("The request could not be understood. Go back, reload and try again."),
        404: _("There is nothing here, or it is outside what you may see."),
        405: _("That cannot be done at this address."),
        413: _("The file is larger than this installation accepts."),
        429: _("Too many attempts. Wait a little and try again."),
    }
    response = problem(
        status, f"http.{status}", texts.get(status) or error.description or error.name
    )
    for name in ("Allow", "Retry-After"):
        value = dict(error.get_headers()).get(name)
        if value:
            response.headers[name] = value
    return response


def _answer_database_gone(error: OperationalError) -> Response:
    db.session.rollback()
    log.error("database_unavailable", error=str(error.orig))
    response = problem(
        503,
        "database.unavailable",
        _("The database does not answer at present. Nothing was lost; try again soon."),
    )
    response.headers["Retry-After"] = "5"
    return response


def _answer_collision(error: IntegrityError) -> Response:
    """Two people did the same at once, and the database let one of them."""
    db.session.rollback()
    log.warning("database_collision", error=str(error.orig))
    return problem(
        409,
        "database.collision",
        _("Somebody else just did the same, or removed what this needs. Look again."),
    )


def _answer_out_of_range(error: DataError | OverflowError) -> Response:
    """An address may name the year 9999, whose last day has no day after it."""
    db.session.rollback()
    log.warning("out_of_range", error=str(error), path=request.path)
    return problem(
        400,
        "http.out_of_range",
        _("That value is beyond what can be kept or worked out."),
    )


def _answer_unexpected(error: Exception) -> Response:
    if isinstance(error, DBAPIError):
        db.session.rollback()
    log.exception("unexpected_error", path=request.path)
    return problem(
        500,
        "app.unexpected",
        _("Something went wrong on our side. It was logged under the number below."),
    )


def problem(status: int, code: str, message: str) -> Response:
    """One error, said in the form that was asked for."""
    title = _status_title(status)
    if wants_json():
        body = json.dumps(
            {
                "type": f"urn:callcenter:{code}",
                "title": title,
                "status": status,
                "detail": message,
                "code": code,
                "request_id": request_id(),
            },
            ensure_ascii=False,
        )
        return Response(body, status, content_type="application/problem+json")
    is_fragment = is_fragment_request()
    template = "web/_error.html" if is_fragment else "web/error.html"
    html = render_template(
        template,
        status=status,
        title=title,
        code=code,
        message=message,
        request_id=request_id(),
    )
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers.add("Vary", "HX-Request")
    if is_fragment:  # a refusal joins the messages; what was typed stays where it is
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    return response


def _status_title(status: int) -> str:
    titles = {
        400: _("That request was not understood"),
        401: _("Please sign in"),
        403: _("Not permitted"),
        404: _("Not found"),
        409: _("That conflicts with the present state"),
        413: _("Too large"),
        422: _("Something needs correcting"),
        429: _("Too many attempts"),
        500: _("Something went wrong"),
        503: _("Not available at present"),
    }
    try:
        return titles.get(status) or http.HTTPStatus(status).phrase
    except ValueError:
        return InternalServerError().name
