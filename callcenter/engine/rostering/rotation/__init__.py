"""Rotating workforce schedules: one cyclic row that everybody works, a week apart."""

from callcenter.engine.rostering.rotation.checker import RotationBreach, check_rotation
from callcenter.engine.rostering.rotation.model import (
    DAYS,
    OFF,
    Rotation,
    RotationProblem,
    RotationRules,
    RotationStatus,
)
from callcenter.engine.rostering.rotation.solve import solve_rotation

__all__ = [
    "DAYS",
    "OFF",
    "Rotation",
    "RotationBreach",
    "RotationProblem",
    "RotationRules",
    "RotationStatus",
    "check_rotation",
    "solve_rotation",
]
