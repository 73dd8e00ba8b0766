"""Shift design: which shifts to have, and how many people on each of them each day."""

from callcenter.engine.rostering.design.checker import DesignVerdict, check_design
from callcenter.engine.rostering.design.model import (
    Design,
    DesignProblem,
    DesignStatus,
    Shift,
)
from callcenter.engine.rostering.design.solve import solve_design

__all__ = [
    "Design",
    "DesignProblem",
    "DesignStatus",
    "DesignVerdict",
    "Shift",
    "check_design",
    "solve_design",
]
