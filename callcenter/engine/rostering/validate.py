"""Refuses problems whose arrays do not fit together."""

import math

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.model import (
    FREE_FORM,
    Agent,
    BreakRule,
    PinnedShift,
    RosterProblem,
    ShiftTemplate,
)


def validate_problem(problem: RosterProblem) -> None:
    """Check shapes, references and units of a problem.

    Raises
    ------
    EngineInputError : naming the first thing that is wrong
    """
    _check_grid(problem)
    _check_demand(problem)
    _check_weights(problem)
    for template in problem.templates:
        _check_template(template, problem.grid.interval_min)
    for contract in problem.contracts:
        _check_range(contract.templates, len(problem.templates), "template")
    for agent in problem.agents:
        _check_agent(problem, agent)


def _require(is_right: bool, message: str) -> None:  # noqa: FBT001 - an assertion
    if not is_right:
        raise EngineInputError(message)


def _check_range(numbers: tuple[int, ...], size: int, what: str) -> None:
    for number in numbers:
        _require(0 <= number < size, f"there is no {what} {number}")


def _check_grid(problem: RosterProblem) -> None:
    grid = problem.grid
    _require(
        grid.interval_min > 0 and 60 % grid.interval_min == 0,
        "the interval has to divide an hour",
    )
    _require(grid.n_days >= 1, "the horizon has no day")
    _require(bool((np.diff(grid.day_starts) > 0).all()), "days have to follow in order")
    _require(grid.day_starts[0] == 0, "the first day has to start at interval 0")
    _require(
        grid.n_intervals >= grid.day_starts[-1], "the grid ends before its last day"
    )
    shapes = (grid.weekdays.shape, grid.week_of_day.shape)
    _require(shapes == ((grid.n_days,),) * 2, "weekdays and weeks need one entry a day")
    steps = np.diff(grid.week_of_day)
    in_order = grid.week_of_day[0] == 0 and bool(((steps == 0) | (steps == 1)).all())
    _require(in_order, "weeks have to count up from 0")


def _check_demand(problem: RosterProblem) -> None:
    demand = problem.demand
    shape = (len(demand.queues), problem.grid.n_intervals)
    required = np.asarray(demand.required_agents)
    _require(
        required.shape == shape,
        f"required_agents has shape {required.shape}, {shape} is needed",
    )
    _require(
        bool(np.isfinite(required).all() and (required >= 0).all()),
        "required_agents has a negative or missing value",
    )
    shrinkage = np.asarray(demand.shrinkage)
    _require(
        bool(np.isfinite(shrinkage).all() and (shrinkage >= 0).all())
        and bool((shrinkage < 1).all()),
        "shrinkage has to lie in [0, 1)",
    )
    try:
        fits = demand.wanted.shape == shape
    except ValueError:
        fits = False
    _require(fits, "shrinkage does not fit required_agents")
    weights = demand.weights
    _require(
        weights.shape == shape[:1] and bool((weights > 0).all()),
        "queue_weights needs one positive value a queue",
    )


def _check_weights(problem: RosterProblem) -> None:
    weights = problem.weights
    points = (
        weights.short_h,
        weights.over_h,
        weights.contract_short_h,
        weights.preference,
        weights.start_change_h,
        weights.night,
        weights.weekend,
    )
    _require(all(math.isfinite(p) and p >= 0 for p in points), "a weight is negative")
    shares = [share for share, _ in weights.short_tiers]
    factors = [factor for _, factor in weights.short_tiers]
    _require(
        bool(shares) and shares == sorted(shares) and shares[-1] == 1 and shares[0] > 0,
        "the shares of short_tiers have to rise to 1",
    )
    _require(
        factors == sorted(factors, reverse=True) and factors[-1] > 0,
        "the factors of short_tiers have to be positive and must not rise",
    )


def _check_template(template: ShiftTemplate, step_min: int) -> None:
    name = template.code
    _require(template.step_min > 0, f"{name}: the step between starts is not positive")
    _require(bool(template.lengths_min), f"{name}: there is no length")
    for length in template.lengths_min:
        _require(
            length > 0 and length % step_min == 0,
            f"{name}: length {length} is not a whole number of intervals",
        )
        _check_breaks(template, length, step_min)


def _check_breaks(template: ShiftTemplate, length: int, step_min: int) -> None:
    """The breaks, each as early as it can be, have to fit into the shift."""
    free_from = 0
    for rule in template.breaks:
        _check_break(template.code, rule, step_min)
        earliest = -(-max(rule.earliest_min, free_from) // step_min) * step_min
        fits = earliest <= min(rule.latest_min, length - rule.length_min)
        _require(fits, f"{template.code}: break {rule.code} does not fit in {length}")
        free_from = earliest + rule.length_min + template.min_work_min


def _check_break(name: str, rule: BreakRule, step_min: int) -> None:
    _require(
        rule.length_min > 0 and rule.length_min % step_min == 0,
        f"{name}: break {rule.code} is not a whole number of intervals",
    )
    _require(rule.earliest_min >= 0, f"{name}: break {rule.code} is before the shift")


def _check_agent(problem: RosterProblem, agent: Agent) -> None:
    grid = problem.grid
    _check_range((agent.contract,), len(problem.contracts), "contract")
    _require(
        np.asarray(agent.skills).shape == (len(problem.demand.queues),),
        f"{agent.key}: skills need one entry a queue",
    )
    _require(
        len(agent.credited_min) in {0, grid.n_weeks},
        f"{agent.key}: credited_min needs one entry a week",
    )
    for start, end in (*agent.blocked, *agent.meetings):
        _require(start < end, f"{agent.key}: a blocked range is empty")
    for wish in agent.preferences:
        _check_range((wish.day,), grid.n_days, "day")
        _check_range(wish.templates or (), len(problem.templates), "template")
        _require(wish.points >= 0, f"{agent.key}: a wish has negative points")
    for pin in agent.pinned:
        _check_pin(problem, agent, pin)


def _check_pin(problem: RosterProblem, agent: Agent, pin: PinnedShift) -> None:
    grid = problem.grid
    _check_range((pin.day,), grid.n_days, "day")
    if pin.template != FREE_FORM:
        _check_range((pin.template,), len(problem.templates), "template")
    on_day = grid.day_starts[pin.day] <= pin.start < grid.day_starts[pin.day + 1]
    _require(bool(on_day), f"{agent.key}: a pin does not start on its day")
    _require(
        pin.start < pin.end <= grid.n_intervals, f"{agent.key}: a pin ends off the grid"
    )
    for pause in pin.breaks or ():
        inside = pin.start <= pause.start < pause.end <= pin.end
        _require(inside, f"{agent.key}: a break lies outside its pin")
