"""The room's pages: people, what happens to them, the organisation, spreadsheets."""

from callcenter.people.views import (
    absences,
    careers,
    employees,
    front,
    imports,
    mine,
    organisation,
    posts,
)
from callcenter.people.views.blueprint import bp

__all__ = [
    "absences",
    "bp",
    "careers",
    "employees",
    "front",
    "imports",
    "mine",
    "organisation",
    "posts",
]
