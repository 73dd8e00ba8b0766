"""What the architecture tests know of the house."""

from pathlib import Path

import grimp

from callcenter.app import ROOMS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "callcenter"
INNER = {
    "models",
    "queries",
    "services",
    "forms",
    "schemas",
    "views",
    "api",
    "tasks",
    "cli",
    "permissions",
    "events",
    "errors",
    "guards",
}
OPEN_TO_OTHERS = {
    "models",
    "queries",
    "services",
    "events",
    "errors",
    "permissions",
    "guards",
}
# Rooms whose nature needs a file of another name, and why.
ALSO = {
    "access": {"audit"},  # the trail that every room writes to
    "acd": {"connectors", "metrics"},  # one module per format; the catalogue
}
# What higher rooms may use of these beyond the usual.
ALSO_OPEN = {"access": {"audit"}, "acd": {"connectors", "metrics"}}


def imports() -> list[tuple[str, str]]:
    """Every import of one of our modules by another: importer, imported."""
    graph = grimp.build_graph("callcenter")
    return [
        (module, imported)
        for module in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(module))
    ]


def room_of(module: str) -> str | None:
    """The room that a module belongs to, or None."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else None
