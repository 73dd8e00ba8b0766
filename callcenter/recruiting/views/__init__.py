"""The pages of this room."""

from callcenter.recruiting.views import (
    applications,
    approvals,
    candidate_list,
    candidates,
    channels,
    events,
    front,
    pipeline,
    requisitions,
    sign_up,
    stages,
)
from callcenter.recruiting.views.blueprint import bp

__all__ = [
    "applications",
    "approvals",
    "bp",
    "candidate_list",
    "candidates",
    "channels",
    "events",
    "front",
    "pipeline",
    "requisitions",
    "sign_up",
    "stages",
]
