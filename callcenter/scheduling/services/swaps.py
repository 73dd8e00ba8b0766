"""Swaps from the wish to the changed schedule.

Everybody in a swap agrees on the phone; then it holds by the rule of the site, or
waits for a supervisor. The shifts change in one transaction that first locks the
schedules it touches and then the shifts, always in the same order: of many swaps that
want one shift exactly one is made, and all others are told so.
"""

from collections.abc import Sequence
from datetime import timedelta

from callcenter.kernel import clock
from callcenter.kernel.actor import Actor
from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.scheduling.errors import SwapGone, SwapNotPossible
from callcenter.scheduling.events import shift_changed
from callcenter.scheduling.models import ChangeKind, Schedule, Shift
from callcenter.scheduling.models.swaps import (
    AgentRules,
    Swap,
    SwapAnswer,
    SwapLoss,
    SwapPart,
    SwapState,
    SwapWant,
    SwapWish,
)
from callcenter.scheduling.queries import swaps as reading
from callcenter.scheduling.queries.acknowledging import people_who_must_look
from callcenter.scheduling.services.acknowledging import know_of_change
from callcenter.workflow import services as workflow
from callcenter.workflow.models import Request, RequestState

KIND = "scheduling.swap"


def offer_shift(shift: Shift, wants: SwapWant) -> SwapWish:
    """Say that a shift is to be given away for another; once for each shift.

    Raises `SwapNotPossible` when it begins too soon.
    """
    _require_notice([shift], reading.agent_rules(shift.schedule.site_id))
    wish = reading.open_wishes_of(shift.employee_id).get(shift.id)
    if wish is None:
        wish = SwapWish(shift_id=shift.id, employee_id=shift.employee_id)
        db.session.add(wish)
    wish.wants = wants
    db.session.flush()
    return wish


def withdraw_offer(shift_id: int, employee_id: int) -> bool:
    """Keep the shift after all; returns whether it was on offer."""
    wish = reading.open_wishes_of(employee_id).get(shift_id)
    if wish is None:
        return False
    wish.closed_at = clock.now()
    return True


def ask_for_swap(opener: Employee, shift_ids: Sequence[int]) -> Swap:
    """Ask everybody of a circle of shifts; the opener, who gives the first, agrees.

    The same circle is asked for once: a second click finds the swap of the first.

    Raises `SwapNotPossible` for a circle that is none, too long or too late,
    `SwapGone` when a shift no longer holds, and `SwapNotPossible` with the findings
    when it would break rules.
    """
    shifts = _in_order(shift_ids)
    schedule = shifts[0].schedule
    rules = reading.agent_rules(schedule.site_id)
    _require_circle(opener, shifts, rules)
    _require_notice(shifts, rules)
    standing = _find_same(opener, shift_ids)
    if standing is not None:
        return standing
    more_short_h = _require_lawful(shifts)
    now = clock.now()
    swap = Swap(
        schedule_id=schedule.id,
        opened_by_id=opener.id,
        more_short_h=more_short_h,
        due_at=min(each.starts_at for each in shifts)
        - timedelta(hours=rules.swap_notice_h),
        parts=[],
    )
    takers = (shifts[-1], *shifts[:-1])
    for place, (shift, giver) in enumerate(zip(shifts, takers, strict=True)):
        is_own = shift.employee_id == opener.id
        swap.parts.append(
            SwapPart(
                place=place,
                shift_id=shift.id,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                employee_id=shift.employee_id,
                taker_id=giver.employee_id,
                answer=SwapAnswer.AGREED if is_own else SwapAnswer.WAITING,
                answered_at=now if is_own else None,
            )
        )
    db.session.add(swap)
    db.session.flush()
    return swap


def _in_order(shift_ids: Sequence[int]) -> list[Shift]:
    found = {each.id: each for each in reading.whole_shifts(shift_ids)}
    if len(found) < len(shift_ids) or not all(each.is_live for each in found.values()):
        raise SwapGone(shift_ids=list(shift_ids))
    return [found[each] for each in shift_ids]


def _require_circle(
    opener: Employee, shifts: Sequence[Shift], rules: AgentRules
) -> None:
    people = [each.employee_id for each in shifts]
    if not 2 <= len(shifts) <= rules.swap_longest or people[0] != opener.id:
        raise SwapNotPossible(shift_ids=[each.id for each in shifts])
    if len(set(people)) < len(people) or len({s.schedule_id for s in shifts}) > 1:
        raise SwapNotPossible(shift_ids=[each.id for each in shifts])


def _require_notice(shifts: Sequence[Shift], rules: AgentRules) -> None:
    earliest = clock.now() + timedelta(hours=rules.swap_notice_h)
    if min(each.starts_at for each in shifts) <= earliest:
        raise SwapNotPossible(notice_h=rules.swap_notice_h)


def _require_lawful(shifts: Sequence[Shift]) -> float:
    # Shifts are checked with the engine, which most pages do without.
    from callcenter.scheduling.services.swap_search import check_swap, more_short_h

    findings = check_swap(shifts)
    if findings:
        raise SwapNotPossible(findings=findings)
    return more_short_h(shifts)


def _find_same(opener: Employee, shift_ids: Sequence[int]) -> Swap | None:
    for swap in reading.open_swaps_with(shift_ids[:1]):
        same = [each.shift_id for each in swap.parts] == list(shift_ids)
        if same and swap.opened_by_id == opener.id:
            return swap
    return None


def answer_swap(swap_id: int, employee_id: int, answer: SwapAnswer) -> Swap:
    """Agree to a swap or not; the last who agrees lets it hold, or be decided on.

    A swap that ended in the meantime is returned as it ended, with the reason: of
    many who agree at once to swaps of one shift, one wins and the rest learn it here.

    Raises `NotFound` for whoever takes no part in it.
    """
    _lock(reading.get_swap_of(swap_id, employee_id))
    swap = reading.get_swap_of(swap_id, employee_id)
    mine = next(each for each in swap.parts if each.employee_id == employee_id)
    if not swap.is_open or mine.answer is not SwapAnswer.WAITING:
        return swap
    now = clock.now()
    if now >= swap.due_at:
        _end(swap, SwapState.LOST, SwapLoss.LATE)
        return swap
    mine.answer, mine.answered_at = answer, now
    if answer is SwapAnswer.DECLINED:
        _end(swap, SwapState.DECLINED)
    elif all(each.answer is SwapAnswer.AGREED for each in swap.parts):
        _settle(swap)
    db.session.flush()
    return swap


def _lock(swap: Swap) -> None:
    reading.lock_schedules_around(swap.schedule_id)
    reading.lock_shifts([each.shift_id for each in swap.parts])


def _settle(swap: Swap) -> None:
    """Make the swap by rule, or lay it before a supervisor."""
    loss = _find_loss(swap)
    if loss is not None:
        _end(swap, SwapState.LOST, loss)
        return
    rules = reading.agent_rules(swap.schedule.site_id)
    is_harmless = swap.more_short_h <= rules.swap_max_short_h + 1e-9
    if rules.is_swap_made_by_rule and is_harmless:
        _make(swap)
        return
    swap.state = SwapState.WAITING
    request = workflow.open_request(
        KIND,
        subject=f"swap:{swap.id}",
        by=_user_of(swap.opened_by),
        employee_id=swap.opened_by_id,
        team_id=swap.opened_by.team_id,
        site_id=swap.schedule.site_id,
        due_at=swap.due_at,
        details={"people": [each.employee.name for each in swap.parts]},
    )
    swap.request = request


def _user_of(employee: Employee) -> int:
    if employee.user_id is None:
        raise SwapNotPossible(employee_id=employee.id)
    return employee.user_id


def _find_loss(swap: Swap) -> SwapLoss | None:
    """Why the swap cannot be made any more, or None; tells the effect anew."""
    shifts = _shifts_of(swap)
    is_as_asked = all(
        shift.is_live
        and shift.employee_id == part.employee_id
        and (shift.starts_at, shift.ends_at) == (part.starts_at, part.ends_at)
        for shift, part in zip(shifts, swap.parts, strict=True)
    )
    if not is_as_asked:
        return SwapLoss.CHANGED
    try:
        swap.more_short_h = _require_lawful(shifts)
    except SwapNotPossible:
        return SwapLoss.RULES
    return None


def _shifts_of(swap: Swap) -> list[Shift]:
    found = {
        each.id: each
        for each in reading.whole_shifts([part.shift_id for part in swap.parts])
    }
    return [found[part.shift_id] for part in swap.parts]


def _make(swap: Swap) -> None:
    """Let everybody work what they take; the seats stay with the shifts."""
    from callcenter.scheduling.services.changes import (
        flush_or_refuse,
        note_change,
        snapshot,
    )
    from callcenter.scheduling.services.coverage import recount_coverage

    shifts = _shifts_of(swap)
    people = [each.employee_id for each in shifts]
    before = [snapshot(each) for each in shifts]
    must_look = people_who_must_look(swap.schedule_id, people)
    _end(swap, SwapState.DONE)
    _close_rivals(swap)
    for each in shifts:
        # While they change hands none may count, or one agent would hold two.
        each.is_live = False
    db.session.flush()
    for each, part in zip(shifts, swap.parts, strict=True):
        each.employee_id, each.is_live, each.is_pinned = part.taker_id, True, True
    flush_or_refuse(*shifts)
    made_at = clock.now()
    for each, was in zip(shifts, before, strict=True):
        db.session.expire(each, ["employee"])
        note_change(each, ChangeKind.SWAPPED, was, made_at=made_at)
    for each, was in zip(shifts, before, strict=True):
        if swap.more_short_h:
            recount_coverage(each.schedule, each.starts_at, each.ends_at)
        shift_changed.send(each, was=was)
    # Who agreed to the change need not be shown it.
    know_of_change(swap.schedule_id, set(people) - set(must_look), made_at)


def _close_rivals(swap: Swap) -> None:
    """Tell all other swaps of these shifts that somebody was faster."""
    shift_ids = [each.shift_id for each in swap.parts]
    for other in reading.open_swaps_with(shift_ids):
        if other.id != swap.id:
            _end(other, SwapState.LOST, SwapLoss.TAKEN)
    for part in swap.parts:
        withdraw_offer(part.shift_id, part.employee_id)


def _end(swap: Swap, state: SwapState, loss: SwapLoss | None = None) -> None:
    swap.state, swap.loss, swap.ended_at = state, loss, clock.now()
    db.session.flush()
    request = swap.request if swap.request_id else None
    if request is not None and request.state is RequestState.OPEN:
        # Nobody need decide any more on what cannot come about.
        asker = Actor(user_id=request.requester_id)
        workflow.withdraw(request, actor=asker)


def withdraw_swap(swap_id: int, employee_id: int) -> Swap:
    """Take an own swap back while it is open; one that ended stays as it is.

    Raises `NotFound` for whoever did not ask for it.
    """
    _lock(reading.get_swap_of(swap_id, employee_id))
    swap = reading.get_swap_of(swap_id, employee_id)
    if swap.is_open and swap.opened_by_id == employee_id:
        _end(swap, SwapState.WITHDRAWN)
    return swap


def carry_out_swap(request: Request) -> None:
    """Do what a decision on a swap means; called inside its transaction.

    Raises `SwapGone` when what was approved cannot be made any more.
    """
    if request.kind != KIND:
        return
    swap_id = int(request.subject.partition(":")[2])
    _lock(reading.get_swap(swap_id))
    swap = reading.get_swap(swap_id)
    if swap.state is not SwapState.WAITING:
        return
    if request.state is RequestState.REJECTED:
        _end(swap, SwapState.REJECTED)
    elif request.state is RequestState.WITHDRAWN:
        _end(swap, SwapState.WITHDRAWN)
    elif _find_loss(swap) is not None:
        raise SwapGone(swap_id=swap.id)
    else:
        _make(swap)


def end_swaps_of_changed_shift(shift: Shift, **_was: object) -> None:
    """Let swaps of a shift that somebody changed come to their end, and say why."""
    for swap in reading.open_swaps_with([shift.id]):
        _end(swap, SwapState.LOST, SwapLoss.CHANGED)


def end_swaps_of_replaced_shifts(schedule: Schedule) -> None:
    """The same for all shifts that a newly published schedule took the place of."""
    for swap in reading.open_swaps_without_ground(
        schedule.first_day, schedule.last_day
    ):
        _end(swap, SwapState.LOST, SwapLoss.CHANGED)


def save_agent_rules(site_id: int, **values: float) -> AgentRules:
    """Set what the agents of a site may arrange by themselves, column by column."""
    rules = reading.find_agent_rules(site_id)
    if rules is None:
        rules = AgentRules(site_id=site_id)
        db.session.add(rules)
    for name, value in values.items():
        setattr(rules, name, value)
    db.session.flush()
    return rules
