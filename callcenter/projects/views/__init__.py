"""The pages of this room."""

from callcenter.projects.views import calendar, clients, hours, projects, queues
from callcenter.projects.views.blueprint import bp
from callcenter.projects.views.finding import find

__all__ = ["bp", "calendar", "clients", "find", "hours", "projects", "queues"]
