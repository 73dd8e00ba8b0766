"""Offers of overtime and time off: made at the desk, taken on the phone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.text import _, _l, _n
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import OfferInvalid
from callcenter.scheduling.forms import TimeOfferForm
from callcenter.scheduling.models import Schedule
from callcenter.scheduling.models.offers import (
    OfferAnswer,
    OfferKind,
    TimeOffer,
    TimeOfferPerson,
)
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import offers as reading
from callcenter.scheduling.queries.offers import Stretch
from callcenter.scheduling.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.home_page import Line
from callcenter.web.pages import render, see_other, toast

MOST_STRETCHES, MOST_OFFERS = 12, 50
AHEAD = timedelta(days=14)
NOTICE = timedelta(hours=1)
KIND_NAMES: Mapping[OfferKind, tuple[object, str]] = {
    OfferKind.OVERTIME: (_l("Overtime"), "warning"),
    OfferKind.TIME_OFF: (_l("Time off"), "info"),
}
ANSWER_NAMES: Mapping[OfferAnswer, tuple[object, str]] = {
    OfferAnswer.WAITING: (_l("no answer yet"), "info"),
    OfferAnswer.TAKEN: (_l("taken"), "success"),
    OfferAnswer.DECLINED: (_l("declined"), "neutral"),
}


@bp.get("/schedules/<int:schedule_id>/offers")
@permission_required(Permission.MAKE_OFFERS)
def time_offers(schedule_id: int) -> ResponseReturnValue:
    """Show where people are missing or too many, and what was offered for it."""
    schedule = _published(schedule_id)
    now = clock.now()
    until = min(schedule.ends_at, now + AHEAD)
    found = reading.stretches(
        schedule.id, max(schedule.starts_at, now + NOTICE), until, most=MOST_STRETCHES
    )
    offers = db.session.scalars(reading.offers_in(schedule.id).limit(MOST_OFFERS)).all()
    return render(
        "scheduling/time_offers.html",
        schedule=schedule,
        stretches=[(each, _offer_url(schedule, each)) for each in found],
        offers=[(each, each.is_open_at(now)) for each in offers],
        kinds=KIND_NAMES,
        answers=ANSWER_NAMES,
    )


def _published(schedule_id: int) -> Schedule:
    scope = current_actor().scope(Permission.MAKE_OFFERS)
    return reading.get_published(queries.get_schedule(schedule_id, scope))


def _offer_url(schedule: Schedule, each: Stretch) -> str:
    return url_for(
        "scheduling.new_time_offer",
        schedule_id=schedule.id,
        kind=each.kind.value,
        starts=each.starts_at.isoformat(),
        ends=each.ends_at.isoformat(),
        agents=round(each.agents, 2),
    )


@bp.route("/schedules/<int:schedule_id>/offers/new", methods=["GET", "POST"])
@permission_required(Permission.MAKE_OFFERS)
def new_time_offer(schedule_id: int) -> ResponseReturnValue:
    """Show whom a stretch needs or can spare, and offer it to them."""
    schedule = _published(schedule_id)
    stretch = _stretch()
    form = TimeOfferForm(data=_usual(schedule, stretch))
    scope = current_actor().scope(Permission.MAKE_OFFERS)
    if form.validate_on_submit() and _made(form, schedule_id, stretch):
        return see_other("scheduling.time_offers", schedule_id=schedule_id)
    if form.errors:
        schedule = _published(schedule_id)
    return render(
        "scheduling/new_time_offer.html",
        422 if form.errors else 200,
        schedule=schedule,
        stretch=stretch,
        form=form,
        eligible=services.find_eligible(schedule, stretch, scope),
        kinds=KIND_NAMES,
        here=_offer_url(schedule, stretch),
    )


def _stretch() -> Stretch:
    """The stretch that the address names; raises `Invalid` for anything else."""
    try:
        kind = OfferKind(request.args.get("kind", ""))
        ends = [
            datetime.fromisoformat(request.args[name]) for name in ("starts", "ends")
        ]
        agents = float(request.args.get("agents", "1"))
    except (KeyError, ValueError):
        raise Invalid(fields=["kind", "starts", "ends"]) from None
    if any(each.tzinfo is None for each in ends) or not 0 < agents < 10_000:
        raise Invalid(fields=["starts", "ends"])
    first, last = (each.astimezone(UTC) for each in ends)
    if not timedelta() < last - first <= reading.LONGEST:
        raise Invalid(fields=["ends"])
    return Stretch(kind, first, last, agents)


def _usual(schedule: Schedule, stretch: Stretch) -> dict[str, object]:
    closes_at = max(stretch.starts_at - timedelta(hours=2), clock.now())
    local = closes_at.astimezone(schedule.tz).replace(tzinfo=None, second=0)
    return {
        "n_wanted": max(1, round(stretch.agents)),
        "closes_at": local.replace(microsecond=0),
    }


def _made(form: TimeOfferForm, schedule_id: int, stretch: Stretch) -> bool:
    """Whether the offer went out; else the form says why not."""
    try:
        with transaction():
            schedule = _published(schedule_id)
            closes_at = form.closes_at.data.replace(tzinfo=schedule.tz)
            offer = services.make_offer(
                schedule,
                stretch,
                n_wanted=form.n_wanted.data,
                closes_at=closes_at.astimezone(UTC),
                scope=current_actor().scope(Permission.MAKE_OFFERS),
            )
            n_asked = len(offer.people)
    except OfferInvalid as refusal:
        form.refuse(refusal.context.get("field"), refusal.message)
        return False
    toast(_n("One person was asked.", "%(num)s people were asked.", n_asked))
    return True


@bp.post("/schedules/<int:schedule_id>/offers/<int:offer_id>/close")
@permission_required(Permission.MAKE_OFFERS)
def close_time_offer(schedule_id: int, offer_id: int) -> ResponseReturnValue:
    """Let nobody take an offer any more."""
    with transaction():
        schedule = _published(schedule_id)
        if reading.get_offer(offer_id).schedule_id != schedule.id:
            raise NotFound(offer_id=offer_id)
        services.close_offer(offer_id)
    toast(_("The offer is closed. What was taken stays."))
    return see_other("scheduling.time_offers", schedule_id=schedule_id)


@bp.get("/me/offers")
@permission_required(Permission.TAKE_OFFERS)
def my_offers() -> ResponseReturnValue:
    """Show what overtime and time off is offered to the reader."""
    employee_id = current_actor().employee_id
    now = clock.now()
    found = reading.offers_to(employee_id, now) if employee_id else []
    return render(
        "scheduling/my_offers.html",
        is_employee=employee_id is not None,
        offers=[(each, _is_open(each, now)) for each in found],
        kinds=KIND_NAMES,
        answers=ANSWER_NAMES,
    )


def _is_open(mine: TimeOfferPerson, now: datetime) -> bool:
    return mine.answer is OfferAnswer.WAITING and mine.offer.is_open_at(now)


@bp.post("/me/offers/<int:offer_id>/answer")
@permission_required(Permission.TAKE_OFFERS)
def answer_time_offer(offer_id: int) -> ResponseReturnValue:
    """Take an offer, or decline it."""
    employee_id = current_actor().employee_id
    if employee_id is None:
        raise NotFound
    is_taken = request.form.get("answer") == OfferAnswer.TAKEN.value
    answer = OfferAnswer.TAKEN if is_taken else OfferAnswer.DECLINED
    with transaction():
        counts = services.answer_offer(offer_id, employee_id, answer)
    if not counts:
        toast(
            _("Too late: others were faster, or your shift changed in the meantime."),
            kind="warning",
        )
    elif is_taken:
        toast(_("It is yours. Your schedule shows it."))
    else:
        toast(_("You declined."))
    return see_other("scheduling.my_offers")


def offer_lines() -> list[Line]:
    """The offers that wait for the reader's answer, for the first page."""
    employee_id = current_actor().employee_id
    if employee_id is None or not current_actor().may(Permission.TAKE_OFFERS):
        return []
    now = clock.now()
    return [
        _line(each.offer)
        for each in reading.offers_to(employee_id, now)
        if _is_open(each, now)
    ]


def _line(offer: TimeOffer) -> Line:
    zone = offer.schedule.zone
    day = filters.day(offer.starts_at, "weekday_day", zone)
    times = filters.time_range(offer.starts_at, offer.ends_at, zone)
    text = (
        _("Overtime is offered to you")
        if offer.kind is OfferKind.OVERTIME
        else _("Time off is offered to you")
    )
    return Line(
        text,
        url_for("scheduling.my_offers"),
        reason=f"{day} {times}",
        badge=_("until %(time)s", time=filters.moment(offer.closes_at, zone)),
        tone="info",
    )
