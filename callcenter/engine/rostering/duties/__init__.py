"""Rosters of whole duties by day and type of shift, by column generation."""

from callcenter.engine.rostering.duties.checker import DutyVerdict, check_duties
from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyContract,
    DutyProblem,
    DutyProgress,
    DutyRoster,
    DutyStatus,
)
from callcenter.engine.rostering.duties.solve import solve_duties

__all__ = [
    "OFF",
    "DutyContract",
    "DutyProblem",
    "DutyProgress",
    "DutyRoster",
    "DutyStatus",
    "DutyVerdict",
    "check_duties",
    "solve_duties",
]
