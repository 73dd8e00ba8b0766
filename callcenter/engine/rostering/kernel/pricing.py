"""Everybody's cheapest line at given prices: what bounds a roster from below."""

import numpy as np

from callcenter.engine.rostering.kernel.lining import cheapest_line
from callcenter.engine.rostering.kernel.moving import cost_line
from callcenter.engine.rostering.kernel.parts import (
    Desk,
    Floats,
    Ints,
    Task,
    outer,
)


@outer
def price_lines(
    task: Task,
    desk: Desk,
    agents: Ints,
    times: Ints,
    price_of: Ints,
    prices: Floats,
) -> float:
    """The least points of agents at given prices, -inf when they are not known.

    Parameters
    ----------
    agents : shape (n,), each stands for ``times`` many that are alike
    price_of : shape (n,), rows of ``prices``, (prices, t)
    """
    people = task.people
    fixed, barred = people.fixed, people.barred
    total = 0.0
    for n in range(len(agents)):
        agent = agents[n]
        desk.price[:] = prices[price_of[n]]
        cost_line(task, desk, agent)
        least = cheapest_line(task, desk, agent, desk.chosen)
        if least == np.inf or desk.n_states.max() == desk.state.shape[1]:
            # Ways were left out for want of room: nothing is known of the cheapest.
            return -np.inf
        for t in range(len(desk.price)):
            if fixed[agent, t] and not barred[agent, t]:
                least += desk.price[t]
        total += times[n] * least
    return total
