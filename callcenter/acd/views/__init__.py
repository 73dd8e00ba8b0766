"""The room's pages: figures, contacts, imports and the names in files."""

from callcenter.acd.views import contacts, figures, imports, names
from callcenter.acd.views.blueprint import bp

__all__ = ["bp", "contacts", "figures", "imports", "names"]
