"""The inner loops' compiler, and plain Python where it is missing.

Only modules that hold compiled loops import this, and only engine functions import
those, inside themselves: a web process never loads the compiler. Code is kept compiled
beside the package, or in the user's cache where that folder cannot be written.
"""

from collections.abc import Callable
from typing import Any

try:
    from numba import njit as _njit
except ImportError:  # pragma: no cover
    _njit = None


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function with numba's options, or leave it as it is."""

    def compile_or_keep(function: Callable[..., Any]) -> Any:
        return function if _njit is None else _njit(**options)(function)

    return compile_or_keep
