"""What a scenario comes to: heads, gap, chance, money; and the hires it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from callcenter.capacity.models import CapacityPlan, Scenario, WeekBasis
from callcenter.capacity.queries import WeekNeed
from callcenter.engine import capacity as engine

Floats = NDArray[np.float64]
WEEK = timedelta(weeks=1)
_CENT = Decimal("0.01")
_AFTER_WEEKS = 26
"""Weeks past a plan's end that its proposal sees: its end is no reason to stop."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario worked out; arrays of shape (n_weeks,).

    Hours of a week: ``work_h`` on contacts, ``agent_h`` with waiting for them (NaN
    where unknown), ``scheduled_h`` with the shrinkage of the requirement, and
    ``required_h`` to be paid. ``n_classes`` are the classes that planned hires fill.
    """

    weeks: list[date]
    contacts: Floats
    work_h: Floats
    basis: list[WeekBasis]
    agent_h: Floats
    scheduled_h: Floats
    required_h: Floats
    n_classes: Floats
    overtime_limit: Floats
    flow: engine.HeadFlow
    balance: engine.Balance
    costs: engine.Costs

    @property
    def first_short(self) -> int | None:
        """The place of the first week that overtime does not cover, or None."""
        short = np.flatnonzero(self.balance.short > 0.5)
        return int(short[0]) if short.size else None

    @property
    def worst(self) -> int:
        """The place of the week with the largest gap."""
        return int(self.balance.gap.argmin())

    @property
    def total_cost(self) -> Decimal:
        """What all weeks cost together."""
        return money(float(self.costs.total.sum()))


def money(amount: float) -> Decimal:
    """An amount as it leaves the engine: exact, in cents."""
    return Decimal(repr(amount)).quantize(_CENT)


def attrition_curve(plan: CapacityPlan) -> engine.AttritionCurve:
    """The curve that the plan keeps."""
    rate, lower, upper = np.asarray(plan.hazard, np.float64).T
    counts = engine.TenureCounts(
        np.asarray(plan.leavers, np.float64),
        np.asarray(plan.exposure_weeks, np.float64),
    )
    return engine.AttritionCurve(rate, lower, upper, counts, plan.hazard_spread)


def work_out_scenario(
    plan: CapacityPlan,
    scenario: Scenario,
    needs: Sequence[WeekNeed],
    *,
    hires: Floats | None = None,
) -> ScenarioResult:
    """Work a scenario out; ``hires`` stand in the place of the planned ones."""
    table = _Table(plan, scenario, needs)
    if hires is None:
        hires = table.column("hires", 0.0)
    flow = table.flow(hires)
    limit = table.column("overtime_share", scenario.overtime_share)
    less = table.flow(hires, 1.0 + plan.hazard_spread)
    balance = engine.balance_weeks(
        table.required_h / scenario.full_time_h,
        flow,
        required_spread=engine.forecast_spread(
            table.n, at_once=scenario.forecast_error, drift=scenario.forecast_drift
        ),
        available_spread=np.abs(flow.productive_fte - less.productive_fte),
        overtime_limit=limit,
        tolerance=scenario.tolerance,
    )
    n_classes = np.ceil(hires / scenario.largest_class)
    return ScenarioResult(
        weeks=table.weeks,
        contacts=table.contacts,
        work_h=table.work_h,
        basis=table.basis,
        agent_h=table.agent_h,
        scheduled_h=table.scheduled_h,
        required_h=table.required_h,
        n_classes=n_classes,
        overtime_limit=limit,
        flow=flow,
        balance=balance,
        costs=engine.work_out_costs(
            balance, flow, prices_of(scenario), n_classes=n_classes
        ),
    )


def prices_of(scenario: Scenario) -> engine.Prices:
    """The scenario's prices as the engine takes them."""
    return engine.Prices(
        fte_week=float(scenario.hourly_cost) * scenario.full_time_h,
        overtime_factor=scenario.overtime_factor,
        full_time_h=scenario.full_time_h,
        hire=float(scenario.hire_cost),
        joiner_class=float(scenario.class_cost),
        short_hour=float(scenario.short_cost),
    )


def propose_for(
    plan: CapacityPlan,
    scenario: Scenario,
    needs: Sequence[WeekNeed],
) -> engine.HiringProposal:
    """The classes that keep a scenario's gap within its tolerance at the least cost.

    Classes that begin sooner than people can be found stay as they are planned. Half a
    year past the end of the plan counts as well, as if its last week went on, so that
    people are still worth hiring in its last weeks; the columns go that far.
    """
    table = _Table(plan, scenario, needs, n_more=_AFTER_WEEKS)
    settled = table.column("hires", 0.0)
    settled[scenario.lead_weeks :] = 0.0
    flow = table.flow(settled)
    schooling = _schooling(scenario)
    leaving = attrition_curve(plan).leaving(scenario.attrition)
    return engine.propose_hires(
        table.required_h / scenario.full_time_h,
        flow.productive_fte,
        engine.hire_worth(leaving, schooling, table.n, hire_fte=scenario.hire_fte),
        engine.ClassRules(
            scenario.smallest_class,
            scenario.largest_class,
            scenario.classes_at_once,
            scenario.lead_weeks,
        ),
        prices_of(scenario),
        training_weeks=scenario.training_weeks,
        overtime_limit=table.column("overtime_share", scenario.overtime_share),
        tolerance=scenario.tolerance,
    )


def _schooling(scenario: Scenario) -> engine.Schooling:
    return engine.Schooling(
        training_weeks=scenario.training_weeks,
        pass_rate=scenario.pass_rate,
        ramp_weeks=scenario.ramp_weeks,
        new_aht=scenario.new_aht,
    )


class _Table:
    """The weeks of a plan as columns: what is required, and what planners filled in."""

    def __init__(
        self,
        plan: CapacityPlan,
        scenario: Scenario,
        needs: Sequence[WeekNeed],
        *,
        n_more: int = 0,
    ) -> None:
        self.plan, self.scenario, self.n = plan, scenario, plan.n_weeks + n_more
        self.weeks = [plan.first_week + place * WEEK for place in range(self.n)]
        self.filled = {row.week: row for row in scenario.weeks}
        known = _every_week(self.weeks, needs)
        self.basis = [each.basis for each in known]
        volume = scenario.volume * (1.0 + self.column("volume", 0.0))
        aht = scenario.aht * (1.0 + self.column("aht", 0.0))
        self.contacts = np.array([each.contacts for each in known]) * volume
        self.work_h = np.array([each.work_h for each in known]) * volume * aht
        linear_h = np.array([each.linear_h for each in known])
        root_h = np.array([each.root_h for each in known])
        self.scheduled_h = engine.scaled_hours(linear_h, root_h, volume * aht)
        agent_h = np.array([np.nan if n.agent_h is None else n.agent_h for n in known])
        share = agent_h / np.maximum(linear_h + root_h, 1e-9)
        self.agent_h = self.scheduled_h * share
        usual = (1.0 - scenario.leave_share) * (1.0 - scenario.break_share)
        there = 1.0 - self.column("shrinkage", 0.0)
        self.required_h = self.scheduled_h / (usual * scenario.fit * there)

    def column(self, name: str, default: float) -> Floats:
        """What was filled in for each week, the default elsewhere."""
        rows = (self.filled.get(week) for week in self.weeks)
        values = [None if row is None else getattr(row, name) for row in rows]
        return np.array([default if each is None else each for each in values], float)

    def flow(self, hires: Floats, attrition: float = 1.0) -> engine.HeadFlow:
        """The people, week by week."""
        scenario = self.scenario
        factor = scenario.attrition * attrition
        return engine.project_heads(
            self.plan.opening,
            attrition_curve(self.plan).leaving(factor),
            _schooling(scenario),
            hires=hires,
            transfers=self.column("transfers", 0.0),
            leavers=self.column("leavers", np.nan),
            fte=self.plan.opening_fte,
            hire_fte=scenario.hire_fte,
        )


def _every_week(weeks: list[date], needs: Sequence[WeekNeed]) -> list[WeekNeed]:
    """One need for each week; the last known is carried on, none is nothing."""
    by_week = {each.week: each for each in needs}
    last = WeekNeed(weeks[0], 0.0, 0.0, 0.0, 0.0, WeekBasis.CARRIED)
    found = []
    for week in weeks:
        last = by_week.get(week) or last._replace(week=week, basis=WeekBasis.CARRIED)
        found.append(last)
    return found
