"""Swaps of the coming days: offers, questions, and some that were made."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callcenter.access.services import find_actor
from callcenter.demo.loading.rows import Story
from callcenter.kernel import clock
from callcenter.kernel.actor import Actor, acting
from callcenter.kernel.db import db
from callcenter.people.models import Employee, Team
from callcenter.scheduling.models import Shift
from callcenter.scheduling.models.swaps import Swap, SwapAnswer, SwapWant
from callcenter.scheduling.queries import swaps as reading
from callcenter.scheduling.services.swap_search import find_swaps
from callcenter.scheduling.services.swaps import (
    answer_swap,
    ask_for_swap,
    offer_shift,
    save_agent_rules,
)

TEAMS = ("TEL-4", "AIR-1")
SUPERVISED_SITE_OF = "AIR-1"
WANTS = (SwapWant.ANYTHING, SwapWant.OTHER_DAY, SwapWant.LATER)


def load_swaps(story: Story) -> int:
    """Let agents offer shifts, ask each other and answer; how many swaps there are."""
    n_swaps = 0
    for team in TEAMS:
        agents = _agents_of(team)
        if len(agents) < 4:
            continue
        if team == SUPERVISED_SITE_OF:
            _let_supervisors_decide(agents[0].site_id)
        for place, agent in enumerate(agents[1:4]):
            _offer(story, agent, WANTS[place])
        n_swaps += _ask_and_agree(story, agents)
    return n_swaps


def _agents_of(team: str) -> list[Employee]:
    """The team's people with a shift to come, the one whose sign-in is shown first."""
    statement = (
        select(Employee)
        .join(Employee.team)
        .where(
            Team.code == team,
            Employee.user_id.is_not(None),
            Employee.id.in_(
                select(Shift.employee_id).where(
                    Shift.is_live, Shift.starts_at > clock.now() + timedelta(days=2)
                )
            ),
        )
        .options(joinedload(Employee.site))
        .order_by(Employee.number)
    )
    return list(db.session.scalars(statement))


def _let_supervisors_decide(site_id: int) -> None:
    save_agent_rules(
        site_id,
        swap_notice_h=36,
        swap_longest=4,
        is_swap_made_by_rule=False,
        swap_max_short_h=0.0,
    )


def _shifts_of(agent: Employee) -> list[Shift]:
    earliest = clock.now() + timedelta(days=2)
    found = reading.own_swappable_shifts(agent.id, earliest)
    return [
        reading.get_own_shift(each.id, agent.id)
        for each in db.session.scalars(found.limit(8))
    ]


def _offer(story: Story, agent: Employee, wants: SwapWant) -> None:
    shifts = _shifts_of(agent)
    with clock.frozen(story.moment - timedelta(hours=20)), acting(_actor(agent)):
        offer_shift(shifts[len(shifts) // 2], wants)


def _ask_and_agree(story: Story, agents: list[Employee]) -> int:
    """One asks the first, another has swapped with them, and one was declined."""
    answers = [None, SwapAnswer.AGREED, SwapAnswer.DECLINED]
    n_swaps = 0
    for opener in agents[1:]:
        if n_swaps == len(answers):
            break
        with clock.frozen(story.moment - timedelta(hours=9 - 2 * n_swaps)):
            swap = _ask(opener, agents[0])
            if swap is None:
                continue
            answer = answers[n_swaps]
            n_swaps += 1
            if answer is not None:
                with acting(_actor(agents[0])):
                    answer_swap(swap.id, agents[0].id, answer)
    return n_swaps


def _ask(opener: Employee, partner: Employee) -> Swap | None:
    """Ask for the first direct swap of the two that the rules allow."""
    with acting(_actor(opener)):
        for shift in _shifts_of(opener):
            for option in find_swaps(shift):
                is_direct = len(option.shifts) == 2
                if is_direct and option.taken.employee_id == partner.id:
                    return ask_for_swap(opener, [each.id for each in option.shifts])
    return None


def _actor(agent: Employee) -> Actor:
    actor = find_actor(agent.user_id or 0)
    if actor is None:
        raise LookupError(f"nobody signs in as {agent.number}")
    return actor
