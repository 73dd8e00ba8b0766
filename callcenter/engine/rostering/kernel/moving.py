"""Moves of the search: one agent's line anew, or the breaks alone."""

import numpy as np

from callcenter.engine.rostering.kernel.covering import count, price
from callcenter.engine.rostering.kernel.lining import cheapest_line
from callcenter.engine.rostering.kernel.parts import (
    Desk,
    Ints,
    Plan,
    Task,
    inner,
    outer,
)
from callcenter.engine.rostering.kernel.shifting import (
    cost_of_shifts,
    mark_presence,
    place_breaks,
)
from callcenter.engine.rostering.kernel.states import (
    IS_PINNED,
    LOCAL,
    MIN_PERIOD,
    MIN_WEEK,
    NIGHT,
    PAID,
    PAST_MINUTES,
    PAST_NIGHTS,
    PAST_WEEKENDS,
)

WORTH = 1e-9


@outer
def open_plan(task: Task, plan: Plan) -> None:
    """Everybody with their pinned shifts alone."""
    for agent in range(len(plan.points)):
        _set_line(task, plan, agent)
        recount(task, plan, agent, 1)


@inner
def recount(task: Task, plan: Plan, agent: int, sign: int) -> None:
    """Count an agent's line in, or out with sign -1."""
    part = task.people.part[agent]
    if part >= 0:
        count(plan, part, task.people.hits[agent], plan.presence[agent], sign)


@inner
def _price(task: Task, plan: Plan, desk: Desk, agent: int) -> None:
    part, hits = task.people.part[agent], task.people.hits[agent]
    price(task.wanted, plan, part, hits, np.zeros_like(hits), desk.price, desk.short)


@inner
def reroster(task: Task, plan: Plan, desk: Desk, agent: int) -> float:
    """Give an agent the cheapest line; returns the points gained."""
    recount(task, plan, agent, -1)
    _price(task, plan, desk, agent)
    gained = 0.0
    if plan_line(task, desk, agent):
        points = own_points(task, agent, desk.chosen)
        gained = plan.points[agent] - points
        for t in range(len(desk.price)):
            gained += desk.price[t] * (plan.presence[agent, t] - desk.presence[t])
        if gained > WORTH:
            take_line(plan, desk, agent, points)
    recount(task, plan, agent, 1)
    return max(gained, 0.0)


@inner
def take_line(plan: Plan, desk: Desk, agent: int, points: float) -> None:
    """Make the line on the desk the agent's."""
    plan.chosen[agent] = desk.chosen
    plan.pauses[agent] = desk.pauses
    plan.presence[agent] = desk.presence
    plan.points[agent] = points


@inner
def move_breaks(task: Task, plan: Plan, desk: Desk, agent: int) -> float:
    """Place an agent's breaks anew; returns the points gained."""
    if plan.chosen[agent].max() < 0:
        return 0.0
    recount(task, plan, agent, -1)
    _price(task, plan, desk, agent)
    _sum_up(task, desk, agent)
    desk.chosen[:] = plan.chosen[agent]
    lay_line(task, desk, agent)
    gained = 0.0
    for t in range(len(desk.price)):
        gained += desk.price[t] * (plan.presence[agent, t] - desk.presence[t])
    if gained > WORTH:
        take_line(plan, desk, agent, plan.points[agent])
    recount(task, plan, agent, 1)
    return max(gained, 0.0)


@inner
def plan_line(task: Task, desk: Desk, agent: int) -> bool:
    """Leave the cheapest line at ``desk.price`` on the desk; False without one."""
    cost_line(task, desk, agent)
    if cheapest_line(task, desk, agent, desk.chosen) == np.inf:
        return False
    lay_line(task, desk, agent)
    return True


@inner
def _sum_up(task: Task, desk: Desk, agent: int) -> None:
    """Running sums of the price, which is nothing in a meeting."""
    running, bars, barred = desk.running, desk.bars, task.people.barred[agent]
    running[0], bars[0] = 0.0, 0
    for t in range(len(desk.price)):
        running[t + 1] = running[t] + (0.0 if barred[t] else desk.price[t])
        bars[t + 1] = bars[t] + barred[t]


@inner
def cost_line(task: Task, desk: Desk, agent: int) -> None:
    """Points of each shift at ``desk.price``: coverage with the best breaks, wishes."""
    _sum_up(task, desk, agent)
    library, wish = task.library, task.people.wish[agent]
    template, family, first = library.template, library.family, library.first
    cost = desk.cost
    cost_of_shifts(
        library,
        task.people.is_legal[agent],
        desk.running,
        desk.bars,
        desk.breaks,
        cost,
    )
    for d in range(len(first) - 1):
        for o in range(first[d], first[d + 1]):
            cost[o] += wish[d, template[family[o]]]


@inner
def lay_line(task: Task, desk: Desk, agent: int) -> None:
    """Breaks and presence of the line on the desk."""
    people = task.people
    for d in range(len(desk.chosen)):
        if desk.chosen[d] >= 0:
            place_breaks(
                task.library,
                desk.chosen[d],
                desk.running,
                desk.bars,
                desk.breaks,
                desk.pauses[d],
            )
    mark_presence(
        task.library,
        desk.chosen,
        desk.pauses,
        people.fixed[agent],
        people.barred[agent],
        desk.presence,
    )


@inner
def _set_line(task: Task, plan: Plan, agent: int) -> None:
    people = task.people
    mark_presence(
        task.library,
        plan.chosen[agent],
        plan.pauses[agent],
        people.fixed[agent],
        people.barred[agent],
        plan.presence[agent],
    )
    plan.points[agent] = own_points(task, agent, plan.chosen[agent])


@inner
def own_points(task: Task, agent: int, chosen: Ints) -> float:
    """The points that an agent's line costs apart from coverage."""
    if task.people.part[agent] < 0:
        return _points_by_day(task, agent, chosen)
    return _points_by_day(task, agent, chosen) + _contract_short(task, agent, chosen)


@inner
def _points_by_day(task: Task, agent: int, chosen: Ints) -> float:
    """Wishes, changes of start, nights and weekends."""
    people, library, weights = task.people, task.library, task.weights
    nights = people.past[agent, PAST_NIGHTS]
    weekends = people.past[agent, PAST_WEEKENDS]
    counted, yesterday, points = -1, -1, 0.0
    for d in range(len(chosen)):
        pin, option = people.pinned[agent, d], chosen[d]
        if option < 0 and pin[IS_PINNED] == 0:
            points += people.off[agent, d]
            yesterday = -1
            continue
        if pin[IS_PINNED] == 1:
            today, is_night = pin[LOCAL], pin[NIGHT]
            points += people.pinned_wish[agent, d]
        else:
            today = library.local_start[option]
            is_night = library.kind_night[library.kind[option]]
            points += people.wish[agent, d, library.template[library.family[option]]]
        if yesterday >= 0:
            apart = abs(today - yesterday)
            points += min(apart, 1440 - apart) / 60 * weights.change_h
        yesterday = today
        if is_night:
            nights += 1
            points += weights.night * nights
        weekend = task.calendar.weekend[d]
        if weekend >= 0 and weekend != counted:
            counted = weekend
            weekends += 1
            points += weights.weekend * weekends
    return points


@inner
def _contract_short(task: Task, agent: int, chosen: Ints) -> float:
    people, library, calendar = task.people, task.library, task.calendar
    limits = task.limits[people.contract[agent]]
    in_all, lacking = people.credited[agent].sum(), 0
    n_days = len(chosen)
    minutes = people.credited[agent, 0] + people.past[agent, PAST_MINUTES]
    for d in range(n_days):
        paid = 0
        if people.pinned[agent, d, IS_PINNED] == 1:
            paid = people.pinned[agent, d, PAID]
        elif chosen[d] >= 0:
            paid = library.kind_paid[library.kind[chosen[d]]]
        minutes += paid
        in_all += paid
        week = calendar.week[d]
        if d + 1 == n_days or calendar.week[d + 1] != week:
            if calendar.is_full[week]:
                lacking += max(limits[MIN_WEEK] - minutes, 0)
            if d + 1 < n_days:
                minutes = people.credited[agent, week + 1]
    lacking += max(limits[MIN_PERIOD] - in_all, 0)
    return lacking / 60 * task.weights.short_h
