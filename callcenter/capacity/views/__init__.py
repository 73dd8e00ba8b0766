"""The pages of this room."""

from callcenter.capacity.views import changes, plans, steps
from callcenter.capacity.views.blueprint import bp

__all__ = ["bp", "changes", "plans", "steps"]
