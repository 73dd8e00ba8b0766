"""Rosters: who works which shift, with which breaks, against what is required.

Input is a `RosterProblem` of plain arrays, output a `Roster` that carries its status, a
valid lower bound and everything it could not do. Nothing here knows the web, the
database or the clock on the wall beyond measuring how long it has been running.
"""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.engine.rostering.checker import Verdict, check_roster
    from callcenter.engine.rostering.exchange import find_circles, who_may_take
    from callcenter.engine.rostering.grid import Grid, make_grid
    from callcenter.engine.rostering.model import (
        Agent,
        BreakRule,
        Contract,
        Demand,
        History,
        PinnedShift,
        PlannedBreak,
        PlannedShift,
        Preference,
        Progress,
        Roster,
        RosterProblem,
        ShiftTemplate,
        Violation,
        Weights,
    )
    from callcenter.engine.rostering.rules import check_agent, check_shift
    from callcenter.engine.rostering.solve import solve_roster
    from callcenter.engine.rostering.words import (
        RosterStatus,
        Rule,
        SoftRule,
        StopReason,
    )


__all__ = [
    "Agent",
    "BreakRule",
    "Contract",
    "Demand",
    "Grid",
    "History",
    "PinnedShift",
    "PlannedBreak",
    "PlannedShift",
    "Preference",
    "Progress",
    "Roster",
    "RosterProblem",
    "RosterStatus",
    "Rule",
    "ShiftTemplate",
    "SoftRule",
    "StopReason",
    "Verdict",
    "Violation",
    "Weights",
    "check_agent",
    "check_roster",
    "check_shift",
    "find_circles",
    "make_grid",
    "solve_roster",
    "who_may_take",
]

lazily(__name__)
