"""The public page on which people sign up for an event: no account, with consent."""

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import public
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _
from callcenter.people.models import EmploymentKind
from callcenter.recruiting import queries, services
from callcenter.recruiting.forms import SignUpForm
from callcenter.recruiting.views import words
from callcenter.recruiting.views.blueprint import bp
from callcenter.web.extensions import limiter
from callcenter.web.forms import choices
from callcenter.web.pages import render

# A lecture hall shares one address, so a busy minute there must fit.
PER_ADDRESS = "120 per minute;2000 per day"


@bp.route("/join/<string:token>", methods=["GET", "POST"])
@public
@limiter.limit(PER_ADDRESS, methods=["POST"])
@limiter.limit("600 per minute", methods=["GET"])
def sign_up(token: str) -> ResponseReturnValue:
    """Ask who wants to sign up, and take it down once they agree."""
    event = queries.get_event_by_token(token)
    form = SignUpForm()
    form.wanted_kind.choices = choices(
        [("", _("anything")), *((each.value, each.label) for each in EmploymentKind)]
    )
    is_done = False
    if form.validate_on_submit():
        try:
            with transaction():
                services.sign_up(
                    queries.get_event_by_token(token),
                    **form.values("name", "phone", "email", "school", "wanted_kind"),
                )
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
            event = queries.get_event_by_token(token)
        else:
            is_done = True
    return render(
        "recruiting/sign_up.html",
        422 if form.errors and request.method == "POST" else 200,
        event=event,
        form=form,
        is_done=is_done,
        takes_sign_ups=services.takes_sign_ups(event),
        day=words.day_at(event),
    )
