"""Packages whose names are imported when they are first asked for (PEP 562).

A web process opens every room but seldom calculates: what only calculations need,
numpy and the engine above all, is some twenty megabytes that most pages never use.
"""

import ast
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


def lazily(package: str) -> None:
    """Let a package import its names when they are first asked for.

    The names are those that it imports for type checkers only, so that they stand
    in one place, and checkers and the order of storeys see them as ever.
    """
    module = sys.modules[package]
    homes = _homes(Path(str(module.__file__)).read_text(encoding="utf-8"))

    class LazyPackage(ModuleType):
        """The package, which looks its names up."""

        def __getattr__(self, name: str) -> Any:
            if name not in homes:
                raise AttributeError(f"module {package!r} has no attribute {name!r}")
            home, original = homes[name]
            value = self.__dict__[name] = getattr(import_module(home), original)
            return value

        def __setattr__(self, name: str, value: Any) -> None:
            # A module of the package may bear the name of the function within it.
            if not (name in homes and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

        def __dir__(self) -> list[str]:
            return sorted({*super().__dir__(), *homes})

    module.__class__ = LazyPackage


def _homes(source: str) -> dict[str, tuple[str, str]]:
    """Name: the module that it comes from, and what it is called there."""
    return {
        alias.asname or alias.name: (str(imports.module), alias.name)
        for block in ast.parse(source).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for imports in block.body
        if isinstance(imports, ast.ImportFrom)
        for alias in imports.names
    }
