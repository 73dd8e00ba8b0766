"""The room's pages: people, what happens to them, the organisation, spreadsheets."""

from callcenter.people.views import (
    absences,
    careers,
    employees,
    exports,
    front,
    imports,
    mine,
    organisation,
    posts,
    skills,
)
from callcenter.people.views.blueprint import bp

__all__ = [
    "absences",
    "bp",
    "careers",
    "employees",
    "exports",
    "front",
    "imports",
    "mine",
    "organisation",
    "posts",
    "skills",
]
