"""Offering overtime and time off, and taking it: first come within the limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callcenter.engine.rostering import PlannedShift, check_shift
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.scheduling.errors import NoAgents, OfferInvalid
from callcenter.scheduling.models import Schedule, Shift
from callcenter.scheduling.models.offers import (
    OfferAnswer,
    OfferKind,
    TimeOffer,
    TimeOfferPerson,
)
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.queries import offers as reading
from callcenter.scheduling.queries import swaps as locking
from callcenter.scheduling.queries.offers import Stretch
from callcenter.scheduling.services.changes import change_shift
from callcenter.scheduling.services.ground import Ground, build_ground
from callcenter.scheduling.services.proposals import (
    Part,
    Proposal,
    as_proposal,
    planned_shift,
)

KEPT_AT_LEAST = timedelta(hours=2)
LONGEST_EXTRA = timedelta(hours=4)
LONGEST_SHIFT = timedelta(hours=14)
# Overtime is beyond what is planned; its own limits count, and these do not.
PLANNING_RULES = {
    *("shift_in_library", "breaks_as_template", "day_hours"),
    *("max_week_hours", "max_period_hours"),
}


@dataclass(frozen=True, slots=True)
class Eligible:
    """Somebody whom a stretch needs, or can spare, and the shift that would result."""

    shift: Shift
    proposal: Proposal

    @property
    def extra_min(self) -> int:
        """Paid minutes more, or fewer when negative."""
        return self.proposal.paid_min - self.shift.paid_min


def find_eligible(schedule: Schedule, stretch: Stretch, scope: Scope) -> list[Eligible]:
    """Whose shift could reach into a stretch, or leave it, by all rules.

    Overtime goes to those whose shift ends or begins at it, time off to those whose
    first or last hours lie in it; those it changes least come first.
    """
    shifts = reading.shifts_around(schedule.id, stretch.starts_at, stretch.ends_at)
    seen = reading.visible_people(scope, [each.employee_id for each in shifts])
    found = []
    for shift in shifts:
        proposal = _changed(shift, stretch)
        if proposal is not None and shift.employee_id in seen:
            found.append(Eligible(shift, proposal))
    lawful = _lawful(schedule, found)
    if stretch.kind is OfferKind.OVERTIME:
        lawful = _within_overtime(schedule, lawful)
    lawful.sort(key=lambda each: (abs(each.extra_min), each.shift.id))
    return lawful


def _changed(shift: Shift, stretch: Stretch) -> Proposal | None:
    """The shift as the stretch wants it, or None when it does not lie that way."""
    first, last = stretch.starts_at, stretch.ends_at
    starts_at, ends_at = shift.starts_at, shift.ends_at
    if stretch.kind is OfferKind.OVERTIME:
        if first <= ends_at < last and starts_at < first:
            ends_at = last
        elif first < starts_at <= last and ends_at > last:
            starts_at = first
        else:
            return None
        extra = (ends_at - starts_at) - shift.length
        if extra > LONGEST_EXTRA or ends_at - starts_at > LONGEST_SHIFT:
            return None
    else:
        if starts_at < first < ends_at <= last:
            ends_at = first
        elif first <= starts_at < last < ends_at:
            starts_at = last
        else:
            return None
        if ends_at - starts_at < KEPT_AT_LEAST:
            return None
    return _proposal(shift, starts_at, ends_at)


def _proposal(shift: Shift, starts_at: datetime, ends_at: datetime) -> Proposal:
    """The shift between other ends, with the breaks that still lie within."""
    parts = tuple(
        Part(each.kind, each.starts_at, each.ends_at)
        for each in shift.activities
        if starts_at <= each.starts_at and each.ends_at <= ends_at
    )
    return Proposal(shift.employee_id, starts_at, ends_at, shift.template, parts)


def _lawful(schedule: Schedule, found: Sequence[Eligible]) -> list[Eligible]:
    """Those whose changed shift breaks no rule but those of planning."""
    people = sorted({each.shift.employee_id for each in found})
    if not people:
        return []
    try:
        ground = build_ground(schedule, only=people)
    except NoAgents:
        return []
    known: dict[int, list[tuple[int, PlannedShift]]] = {each: [] for each in people}
    for shift in locking.planned_shifts(schedule.id, people):
        planned = _planned(schedule, ground, as_proposal(shift))
        if planned is not None:
            known[shift.employee_id].append((shift.id, planned))
    return [
        each
        for each in found
        if _is_lawful(schedule, ground, each, known[each.shift.employee_id])
    ]


def _planned(
    schedule: Schedule, ground: Ground, proposal: Proposal
) -> PlannedShift | None:
    number = ground.agent_number(proposal.employee_id)
    if number is None:
        return None
    return planned_shift(schedule, ground, number, proposal)


def _is_lawful(
    schedule: Schedule,
    ground: Ground,
    each: Eligible,
    known: Sequence[tuple[int, PlannedShift]],
) -> bool:
    candidate = _planned(schedule, ground, each.proposal)
    if candidate is None:
        return False
    others = tuple(planned for key, planned in known if key != each.shift.id)
    found = check_shift(ground.problem, candidate.agent, candidate, others)
    return all(broken.rule.value in PLANNING_RULES for broken in found)


def _within_overtime(schedule: Schedule, found: Sequence[Eligible]) -> list[Eligible]:
    """Those who stay within the hours of overtime of a day and a month."""
    if not found:
        return []
    rules = locking.agent_rules(schedule.site_id)
    month = found[0].shift.day.replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    worked = reading.overtime_min(
        [each.shift.employee_id for each in found],
        day_start(month, schedule.tz),
        day_start(following, schedule.tz),
    )
    return [
        each
        for each in found
        if each.extra_min <= rules.overtime_day_h * 60
        and worked.get(each.shift.employee_id, 0) + each.extra_min
        <= rules.overtime_month_h * 60
    ]


def make_offer(
    schedule: Schedule,
    stretch: Stretch,
    *,
    n_wanted: int,
    closes_at: datetime,
    scope: Scope,
) -> TimeOffer:
    """Offer a stretch to everybody whom it needs, or can spare.

    Raises `OfferInvalid` when nobody is eligible, when it closes in the past or after
    the first change would begin.
    """
    now = clock.now()
    if not now < closes_at <= stretch.starts_at:
        raise OfferInvalid(field="closes_at")
    eligible = find_eligible(schedule, stretch, scope)
    if not eligible:
        raise OfferInvalid(field="n_wanted")
    offer = TimeOffer(
        schedule_id=schedule.id,
        kind=stretch.kind,
        starts_at=stretch.starts_at,
        ends_at=stretch.ends_at,
        n_wanted=n_wanted,
        closes_at=closes_at,
        created_by_id=current_actor().user_id,
    )
    # Who has two shifts at it is asked for the one that changes least.
    chosen: dict[int, Eligible] = {}
    for each in eligible:
        chosen.setdefault(each.shift.employee_id, each)
    offer.people = [
        TimeOfferPerson(
            employee_id=employee_id,
            shift_id=each.shift.id,
            starts_at=each.proposal.starts_at,
            ends_at=each.proposal.ends_at,
            extra_min=each.extra_min,
        )
        for employee_id, each in chosen.items()
    ]
    db.session.add(offer)
    db.session.flush()
    return offer


def answer_offer(offer_id: int, employee_id: int, answer: OfferAnswer) -> bool:
    """Take an offer or decline it; whether the answer counts.

    Whoever comes after the limit, or too late, or whose shift changed so that a rule
    now stands against it, gets False and nothing changes.

    Raises `NotFound` for whoever the offer was not made to.
    """
    locking.lock_schedules_around(reading.get_offer(offer_id).schedule_id)
    offer = reading.get_offer(offer_id)
    mine = next((p for p in offer.people if p.employee_id == employee_id), None)
    if mine is None:
        raise NotFound(offer_id=offer_id)
    if mine.answer is not OfferAnswer.WAITING:
        return mine.answer is answer
    is_open = offer.is_open_at(clock.now())
    if answer is OfferAnswer.TAKEN and not (is_open and _apply(offer, mine)):
        return False
    mine.answer, mine.answered_at = answer, clock.now()
    db.session.flush()
    return True


def _apply(offer: TimeOffer, mine: TimeOfferPerson) -> bool:
    """Change the shift as it was offered, unless it or the rules changed since."""
    found = locking.whole_shifts([mine.shift_id])
    if not found or not found[0].is_live or found[0].employee_id != mine.employee_id:
        return False
    shift = found[0]
    stretch = Stretch(offer.kind, offer.starts_at, offer.ends_at, 1.0)
    proposal = _changed(shift, stretch)
    is_same = proposal is not None and (proposal.starts_at, proposal.ends_at) == (
        mine.starts_at,
        mine.ends_at,
    )
    if proposal is None or not is_same:
        return False
    lawful = _lawful(shift.schedule, [Eligible(shift, proposal)])
    if offer.kind is OfferKind.OVERTIME:
        lawful = _within_overtime(shift.schedule, lawful)
    if not lawful:
        return False
    change_shift(shift, proposal, is_confirmed=True)
    return True


def close_offer(offer_id: int) -> TimeOffer:
    """Let nobody take an offer any more; what was taken stays."""
    offer = reading.get_offer(offer_id)
    if offer.closed_at is None:
        offer.closed_at = clock.now()
    return offer
