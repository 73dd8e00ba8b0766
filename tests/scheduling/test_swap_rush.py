"""Many swaps of one shift at once: exactly one is made, the rest are told plainly."""

from collections import Counter

from sqlalchemy import func, select

from callcenter.kernel.db import db, transaction
from callcenter.scheduling import services
from callcenter.scheduling.models import Shift, ShiftChange
from callcenter.scheduling.models.swaps import Swap, SwapAnswer, SwapLoss, SwapState
from tests.factories.scheduling import make_center
from tests.factories.swaps import give, make_week
from tests.scheduling.rush import at_once, own_app  # noqa: F401 - a fixture

N_RIVALS = 6


def test_of_many_swaps_of_one_shift_exactly_one_is_made(own_app):  # noqa: F811
    """Its owner agrees to all of them in the same instant, to each by a double tap."""
    center = make_center(n_agents=N_RIVALS + 1, n_seats=1)
    week = make_week(center)
    wanted = give(week, center, 0, 0, 9)
    swap_ids = []
    for place in range(1, N_RIVALS + 1):
        theirs = give(week, center, place, 0, 12, "LATE")
        swap = services.ask_for_swap(theirs.employee, [theirs.id, wanted.id])
        db.session.commit()
        swap_ids.append(swap.id)
    owner_id, wanted_id = wanted.employee_id, wanted.id
    db.session.remove()

    def agree(swap_id):
        def work():
            swap = services.answer_swap(swap_id, owner_id, SwapAnswer.AGREED)
            return swap.state, swap.loss

        return work

    told = at_once(own_app, [agree(each) for each in swap_ids * 2], transaction)

    states = Counter(db.session.scalars(select(Swap.state)))
    n_of_owner = db.session.scalar(
        select(func.count()).where(Shift.employee_id == owner_id, Shift.is_live)
    )
    assert Counter(told) == {
        (SwapState.DONE, None): 2,
        (SwapState.LOST, SwapLoss.TAKEN): 2 * (N_RIVALS - 1),
    }
    assert states == {SwapState.DONE: 1, SwapState.LOST: N_RIVALS - 1}
    assert db.session.scalar(select(func.count(ShiftChange.id))) == 2
    assert db.session.get(Shift, wanted_id).employee_id != owner_id
    assert n_of_owner == 1
