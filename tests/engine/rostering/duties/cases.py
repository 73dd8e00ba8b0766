"""Small problems of duties, and every legal row by trying all."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from callcenter.engine.rostering.duties import (
    DutyContract,
    DutyProblem,
    DutyRoster,
    DutyStatus,
    check_duties,
)
from callcenter.engine.rostering.duties.model import roster_points


def problem(
    contracts,
    *,
    n_days=7,
    minutes=(480,),
    clashes=(),
    free=(),
    wishes=None,
    wanted=None,
    short=100,
    over=1,
):
    """One made of contracts; ``free`` holds employee and day, ``clashes`` types."""
    people, types = len(contracts), len(minutes)
    may_follow = np.ones((types, types), np.bool_)
    for before, after in clashes:
        may_follow[before, after] = False
    is_free = np.zeros((people, n_days), np.bool_)
    for person, day in free:
        is_free[person, day] = True
    shape = (n_days, types)
    return DutyProblem(
        employees=tuple("ABCDEFGH"[:people]),
        types=tuple("EDLN"[:types]),
        minutes=np.array(minutes, np.int64),
        may_follow=may_follow,
        contracts=tuple(contracts),
        is_free=is_free,
        wish_points=np.zeros((people, *shape)) if wishes is None else wishes,
        wish_constant=0.0,
        wanted=np.ones(shape) if wanted is None else wanted,
        short_points=np.full(shape, float(short)),
        over_points=np.full(shape, float(over)),
    )


def contract(n_types=1, **changes):
    """One that allows everything, with changes."""
    open_to_all = {
        "max_duties": (99,) * n_types,
        "min_minutes": 0,
        "max_minutes": 99_999,
        "min_days_in_row": 1,
        "max_days_in_row": 99,
        "min_days_off": 1,
        "max_weekends": 99,
    }
    return DutyContract(**{**open_to_all, **changes})


def roster(case, rows, objective=0.0):
    """Rows of letters, a dot for a day off."""
    assigned = [[case.types.index(c) if c != "." else -1 for c in row] for row in rows]
    return DutyRoster(
        assigned=np.array(assigned, np.int64),
        objective=objective,
        bound=0.0,
        status=DutyStatus.FEASIBLE,
        seconds=0.0,
        cpu_seconds=0.0,
    )


def legal_rows(case, person):
    """Every row that the checker lets one employee work."""
    alone = DutyProblem(
        employees=("A",),
        types=case.types,
        minutes=case.minutes,
        may_follow=case.may_follow,
        contracts=(case.contracts[person],),
        is_free=case.is_free[[person]],
        wish_points=case.wish_points[[person]],
        wish_constant=0.0,
        wanted=case.wanted,
        short_points=case.short_points,
        over_points=case.over_points,
    )
    rows = product(".EDLN"[: len(case.types) + 1], repeat=case.n_days)
    return [
        "".join(row)
        for row in rows
        if not check_duties(alone, roster(alone, ["".join(row)])).breaches
    ]


def best_by_trying_all(case):
    """The least points; infinite without a roster, None where there are too many."""
    rows = [legal_rows(case, person) for person in range(case.n_employees)]
    if any(len(some) > 60 for some in rows):
        return None
    return min(
        (roster_points(case, roster(case, some).assigned) for some in product(*rows)),
        default=np.inf,
    )


@st.composite
def contracts(draw, n_types, n_days=7):
    """Any that is not plainly contradictory."""
    most = draw(st.integers(2, n_days))
    least = draw(st.integers(0, 2))
    return contract(
        max_duties=tuple(draw(st.integers(0, n_days)) for _ in range(n_types)),
        min_minutes=480 * least,
        max_minutes=480 * most + draw(st.sampled_from([0, 120])),
        min_days_in_row=draw(st.integers(1, 3)),
        max_days_in_row=draw(st.integers(1, 5)),
        min_days_off=draw(st.integers(1, 3)),
        max_weekends=draw(st.integers(0, 1)),
    )


@st.composite
def problems(draw, most_people=2):
    """Tiny ones that can be solved by trying all."""
    n_types = draw(st.integers(1, 2))
    people = draw(st.integers(1, most_people))
    cell = st.integers(0, 2)
    point = st.integers(-3, 3)
    shape = (people, 7, n_types)
    wishes = np.array(
        draw(
            st.lists(
                point, min_size=people * 7 * n_types, max_size=people * 7 * n_types
            )
        )
    ).reshape(shape)
    wanted = np.array(
        draw(st.lists(cell, min_size=7 * n_types, max_size=7 * n_types))
    ).reshape(shape[1:])
    return problem(
        [draw(contracts(n_types)) for _ in range(people)],
        minutes=draw(st.sampled_from([(480, 600), (480, 480)]))[:n_types],
        clashes=draw(st.sampled_from([(), ((n_types - 1, 0),)])),
        free=draw(st.sampled_from([(), ((0, 3),), ((0, 0), (0, 5))])),
        wishes=wishes.astype(float),
        wanted=wanted.astype(float),
        short=draw(st.sampled_from([2, 100])),
    )
