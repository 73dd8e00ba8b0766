"""Swapping shifts: what an agent does on the phone, and what others see of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.text import _, _l, _n
from callcenter.people import queries as people
from callcenter.people.models import Employee
from callcenter.scheduling import services
from callcenter.scheduling.models import Shift
from callcenter.scheduling.models.swaps import (
    Swap,
    SwapAnswer,
    SwapPart,
    SwapState,
    SwapWant,
)
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import swaps as reading
from callcenter.scheduling.services.swaps import KIND
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.front import is_rostered
from callcenter.scheduling.views.offers import offer_lines
from callcenter.scheduling.views.swap_words import (
    ANSWER_NAMES,
    LOSS_NAMES,
    STATE_NAMES,
    WANT_NAMES,
)
from callcenter.web import filters
from callcenter.web.home_page import Line, Part
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, Empty, StatusFilter, Table, status_column
from callcenter.workflow.models import Request, RequestKind, Step

MOST_SHIFTS, MOST_SWAPS, MOST_LINES = 40, 30, 5


@dataclass(frozen=True, slots=True)
class SwapCard:
    """A swap as one of those who take part reads it."""

    swap: Swap
    gives: SwapPart
    takes: SwapPart
    others: Sequence[SwapPart]
    waits_for_me: bool
    waits_for: Sequence[str]

    @property
    def is_mine(self) -> bool:
        """Whether the reader asked for it."""
        return self.gives.employee_id == self.swap.opened_by_id


@bp.get("/me/swaps")
@permission_required(Permission.SWAP_SHIFTS)
def my_swaps() -> ResponseReturnValue:
    """Show what waits for the reader's answer, own swaps, and shifts to give away."""
    employee_id = current_actor().employee_id
    if employee_id is None:
        return render("scheduling/my_swaps.html", is_employee=False)
    now = clock.now()
    found = db.session.scalars(reading.swaps_of(employee_id).limit(MOST_SWAPS)).all()
    cards = [_card(each, employee_id) for each in found]
    shifts = reading.own_swappable_shifts(employee_id, now)
    return render(
        "scheduling/my_swaps.html",
        is_employee=True,
        asked=[each for each in cards if each.waits_for_me],
        mine=[each for each in cards if not each.waits_for_me],
        shifts=db.session.scalars(shifts.limit(MOST_SHIFTS)).all(),
        wishes=reading.open_wishes_of(employee_id),
        words=_WORDS,
    )


_WORDS = {
    "states": STATE_NAMES,
    "losses": LOSS_NAMES,
    "answers": ANSWER_NAMES,
    "wants": WANT_NAMES,
}


def _card(swap: Swap, employee_id: int) -> SwapCard:
    gives = next(each for each in swap.parts if each.employee_id == employee_id)
    takes = next(each for each in swap.parts if each.taker_id == employee_id)
    is_open = swap.is_open and clock.now() < swap.due_at
    return SwapCard(
        swap=swap,
        gives=gives,
        takes=takes,
        others=[each for each in swap.parts if each not in (gives, takes)],
        waits_for_me=is_open and gives.answer is SwapAnswer.WAITING,
        waits_for=[
            each.employee.name
            for each in swap.parts
            if is_open and each.answer is SwapAnswer.WAITING and each is not gives
        ],
    )


@bp.get("/me/shifts/<int:shift_id>/swap")
@permission_required(Permission.SWAP_SHIFTS)
def swap_options(shift_id: int) -> ResponseReturnValue:
    """Show whom the reader could swap a shift with, checked before anyone is asked."""
    shift = reading.get_own_shift(shift_id, current_actor().employee_id)
    wish = reading.open_wishes_of(shift.employee_id).get(shift.id)
    wants = _wants(wish.wants if wish else SwapWant.ANYTHING)
    rules = reading.agent_rules(shift.schedule.site_id)
    earliest = clock.now() + timedelta(hours=rules.swap_notice_h)
    return render(
        "scheduling/swap_options.html",
        shift=shift,
        wish=wish,
        wants=wants,
        words=_WORDS,
        rules=rules,
        is_too_late=shift.starts_at <= earliest,
        options=services.find_swaps(shift, wants),
    )


def _wants(usual: SwapWant) -> SwapWant:
    try:
        return SwapWant(request.values.get("wants", usual.value))
    except ValueError:
        return usual


@bp.post("/me/shifts/<int:shift_id>/offer")
@permission_required(Permission.SWAP_SHIFTS)
def offer_shift(shift_id: int) -> ResponseReturnValue:
    """Put an own shift on offer, so that swaps and chains may form with it."""
    with transaction():
        shift = reading.get_own_shift(shift_id, current_actor().employee_id)
        services.offer_shift(shift, _wants(SwapWant.ANYTHING))
    toast(_("Colleagues who look for a swap see this shift now."))
    return see_other("scheduling.swap_options", shift_id=shift_id)


@bp.post("/me/shifts/<int:shift_id>/keep")
@permission_required(Permission.SWAP_SHIFTS)
def keep_shift(shift_id: int) -> ResponseReturnValue:
    """Take an own shift off the offers."""
    with transaction():
        shift = reading.get_own_shift(shift_id, current_actor().employee_id)
        services.withdraw_offer(shift.id, shift.employee_id)
    toast(_("The shift is no longer on offer."))
    return see_other("scheduling.my_swaps")


@bp.post("/me/swaps")
@permission_required(Permission.SWAP_SHIFTS)
def ask_for_swap() -> ResponseReturnValue:
    """Ask everybody of a circle of shifts."""
    with transaction():
        swap = services.ask_for_swap(_myself(), _shift_ids())
        n_asked = len(swap.parts) - 1
    toast(
        _n(
            "One colleague was asked. You see the answer here.",
            "%(num)s colleagues were asked. You see their answers here.",
            n_asked,
        )
    )
    return see_other("scheduling.my_swaps")


def _shift_ids() -> list[int]:
    words = request.form.get("shifts", "").split(",")
    if not all(each.isascii() and each.isdigit() and len(each) < 16 for each in words):
        raise Invalid(fields=["shifts"])
    return [int(each) for each in words][:10]


@bp.post("/me/swaps/<int:swap_id>/answer")
@permission_required(Permission.SWAP_SHIFTS)
def answer_swap(swap_id: int) -> ResponseReturnValue:
    """Agree to a swap or decline it."""
    is_agreed = request.form.get("answer") == SwapAnswer.AGREED.value
    answer = SwapAnswer.AGREED if is_agreed else SwapAnswer.DECLINED
    with transaction():
        swap = services.answer_swap(swap_id, _myself().id, answer)
    text, kind = _told(swap, answer)
    toast(text, kind=kind)
    return see_other("scheduling.my_swaps")


def _told(swap: Swap, answer: SwapAnswer) -> tuple[str, str]:
    """What came of the answer, in a sentence, and how good it is."""
    if swap.state is SwapState.DONE:
        return _("The swap is made. Your schedule shows it."), "success"
    if swap.state is SwapState.WAITING:
        return _("Everybody agrees. A supervisor decides now."), "success"
    if swap.state is SwapState.LOST and swap.loss is not None:
        return str(LOSS_NAMES[swap.loss]), "warning"
    if swap.state is SwapState.ASKED:
        return _("You agreed. The swap waits for the others."), "success"
    if answer is SwapAnswer.DECLINED and swap.state is SwapState.DECLINED:
        return _("You declined. The others are told."), "success"
    return str(STATE_NAMES[swap.state][0]), "warning"


@bp.post("/me/swaps/<int:swap_id>/withdraw")
@permission_required(Permission.SWAP_SHIFTS)
def withdraw_swap(swap_id: int) -> ResponseReturnValue:
    """Take an own swap back."""
    with transaction():
        swap = services.withdraw_swap(swap_id, _myself().id)
    is_back = swap.state is SwapState.WITHDRAWN
    toast(
        _("The swap was taken back.") if is_back else str(STATE_NAMES[swap.state][0]),
        kind="success" if is_back else "warning",
    )
    return see_other("scheduling.my_swaps")


def _myself() -> Employee:
    employee = people.find_employee_of_user(current_actor().user_id or 0)
    if employee is None:
        raise NotFound
    return employee


def needs_answer_part() -> Part | None:
    """What waits for the reader's own answer, for the first page."""
    employee_id = current_actor().employee_id
    if employee_id is None or not is_rostered():
        return None
    found = db.session.scalars(
        reading.awaiting(employee_id, clock.now()).limit(MOST_LINES)
    ).all()
    lines = [_line(_card(each, employee_id)) for each in found]
    lines = (lines + offer_lines())[:MOST_LINES]
    return Part(title=_("Needs your answer"), lines=lines) if lines else None


def _line(card: SwapCard) -> Line:
    zone = card.swap.schedule.zone
    return Line(
        _("%(name)s asks you to swap shifts", name=card.swap.opened_by.name),
        url_for("scheduling.my_swaps"),
        reason=_(
            "You give %(given)s and get %(taken)s",
            given=times_of(card.gives, zone),
            taken=times_of(card.takes, zone),
        ),
        badge=_("until %(time)s", time=filters.moment(card.swap.due_at)),
        tone="info",
    )


def times_of(part: SwapPart | Shift, zone: str) -> str:
    """Day and times of a shift in one line."""
    day = filters.day(part.starts_at, "weekday_day", zone)
    return f"{day} {filters.time_range(part.starts_at, part.ends_at, zone)}"


@bp.get("/swaps")
@permission_required(Permission.VIEW_SCHEDULES)
def swaps() -> ResponseReturnValue:
    """List the swaps that agents arranged, newest first."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    table = Table(
        "swaps",
        reading.visible_swaps(scope),
        caption=_("Swaps"),
        columns=[
            Column("created_at", _l("Asked"), sort=Swap.created_at, style="datetime"),
            Column("who", _l("Who"), value=_names),
            Column("what", _l("Shifts"), value=_shifts_text),
            status_column(Swap.state, _l("State"), STATE_NAMES),
            Column("loss", _l("Reason"), value=_loss_text),
            Column(
                "more_short_h",
                _l("Missing more"),
                sort=Swap.more_short_h,
                style="hours",
                align="end",
            ),
        ],
        filters=[StatusFilter(Swap.state, _l("State"), STATE_NAMES)],
        default_sort="created_at",
        default_dir="desc",
        row_url=_request_url,
        empty=Empty(
            _l("No swaps yet"),
            _l("What agents swap among themselves appears here."),
            icon="arrow-left-right",
        ),
    )
    return table.respond("scheduling/swaps.html")


def _names(swap: Swap) -> str:
    return ", ".join(each.employee.name for each in swap.parts)


def _shifts_text(swap: Swap) -> str:
    return " · ".join(
        f"{times_of(each, swap.schedule.zone)} → {each.taker.name}"
        for each in swap.parts
    )


def _loss_text(swap: Swap) -> str | None:
    return None if swap.loss is None else str(LOSS_NAMES[swap.loss])


def _request_url(swap: Swap) -> str | None:
    if swap.request_id is None or not current_actor().may(Permission.APPROVE_SWAP):
        return None
    return url_for("workflow.request_page", request_id=swap.request_id)


def swap_kind() -> RequestKind:
    """How workflow names, shows and decides swaps."""
    return RequestKind(
        code=KIND,
        title=_l("Swap of shifts"),
        steps=(Step(_l("Supervisor or planner"), Permission.APPROVE_SWAP),),
        describe_all=_describe_all,
        brief=lambda about: ", ".join(about.details.get("people", [])),
    )


def _describe_all(requests: Sequence[Request]) -> list[list[tuple[str, str]]]:
    """Each swap in label and value pairs, with what it costs the service."""
    ids = [int(each.subject.partition(":")[2]) for each in requests]
    found = reading.swaps(ids)
    return [_facts(found[each]) for each in ids]


def _facts(swap: Swap) -> list[tuple[str, str]]:
    zone = swap.schedule.zone
    facts = [
        (each.employee.name, f"{times_of(each, zone)} → {each.taker.name}")
        for each in swap.parts
    ]
    cost = filters.hours(max(0.0, swap.more_short_h))
    facts.append((_("Agent-hours missing more"), cost))
    facts.append((_("Rules"), _("No work rule is broken")))
    if swap.loss is not None:
        facts.append((_("Outcome"), str(LOSS_NAMES[swap.loss])))
    return facts
