"""The inner loops' compiler, and plain Python where it is missing.

Only modules that hold compiled loops import this, and only engine functions import
those, inside themselves: a web process never loads the compiler. Without numba, or with
NUMBA_DISABLE_JIT=1, the same functions run uncompiled.

numba renews a stored function when its own file changes, but not when a function that
it calls has changed in another file. Functions are therefore stored in a directory
named by the content of all modules beside them: a package of compiled functions calls
nothing compiled outside itself.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function with numba's options when it is first called.

    With ``cache=True`` the machine code is stored beside the module, or in the user's
    cache directory where the package is read-only; NUMBA_CACHE_DIR decides otherwise.
    Without a compiler the function stays as it is.
    """

    def compile_or_keep(function: Callable[..., Any]) -> Any:
        if not is_compiling():
            return function
        import numba

        with _stored_in(Path(function.__code__.co_filename).parent) as is_stored:
            cached = bool(options.get("cache")) and is_stored
            return numba.njit(**{**options, "cache": cached})(function)

    return compile_or_keep


@cache
def is_compiling() -> bool:
    """Whether functions are compiled: numba is there and nobody switched it off."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
        return False
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


@contextmanager
def _stored_in(package: Path) -> Iterator[bool]:
    """Let numba store what is decorated meanwhile; False when no place is writable."""
    import numba

    config: Any = numba.config
    asked = config.CACHE_DIR
    place = Path(asked) if asked else _writable_place(package)
    if place is not None:
        config.CACHE_DIR = str(place / f"compiled-{_digest(package)}")
    try:
        yield place is not None
    finally:
        config.CACHE_DIR = asked


@cache
def _digest(package: Path) -> str:
    content = hashlib.sha256()
    for path in sorted(package.glob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


@cache
def _writable_place(package: Path) -> Path | None:
    places = (package / "__pycache__", _user_cache(), _private_temporary())
    return next((p for p in places if p is not None and _is_writable(p)), None)


def _user_cache() -> Path | None:
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "callcenter"
    except RuntimeError:
        return None


def _private_temporary() -> Path | None:
    """A directory that is only ours: stored code of another user is never run."""
    if not hasattr(os, "getuid"):
        return None
    place = Path(tempfile.gettempdir()) / f"callcenter-{os.getuid()}"
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
    except OSError:
        return None
    is_ours = found.st_uid == os.getuid() and stat.S_ISDIR(found.st_mode)
    return place if is_ours and not found.st_mode & 0o077 else None


def _is_writable(place: Path) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False
