"""The pages of this room."""

from callcenter.recruiting.views import approvals, front, requisitions
from callcenter.recruiting.views.blueprint import bp

__all__ = ["approvals", "bp", "front", "requisitions"]
