"""The catalogue of figures, with this room's own figures in it."""

from callcenter.acd.metrics import figures as _own  # noqa: F401 - adds them
from callcenter.acd.metrics.catalogue import (
    PEOPLE,
    Better,
    Catalogue,
    Dimension,
    Metric,
    Source,
    Unit,
    catalogue,
    people_in_scope,
)

__all__ = [
    "PEOPLE",
    "Better",
    "Catalogue",
    "Dimension",
    "Metric",
    "Source",
    "Unit",
    "catalogue",
    "people_in_scope",
]
