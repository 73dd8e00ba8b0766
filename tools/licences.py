"""Whether all that we install or ship has a licence that lets us.

    python tools/licences.py

Lists the packages of ``requirements.lock`` with their licences. Fails when one is
unknown or not on our list, or when a shipped file is not named in NOTICE.md.
"""

import json
import re
import sys
from fnmatch import fnmatch
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# Licences that permit what we do: use as a library beside MIT code, unchanged.
PERMITTED = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla Public|0BSD|"
    r"Unlicense|LGPL|Lesser General Public|Zope|ZPL|OFL|CC0|HPND|Public Domain",
    re.IGNORECASE,
)


def main() -> int:
    """List, and say what is wrong; the exit code says whether all is well."""
    found = {name: licence_of(name) for name in locked()}
    for name, licence in found.items():
        if licence is not None:
            print(f"{name:32} {licence}")
    problems = complaints(found)
    print("\n".join(problems) or "all with a licence that lets us")
    return bool(problems)


def locked() -> list[str]:
    """The names of the packages in the lock."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)


def licence_of(name: str) -> str | None:
    """What the installed package says of its licence; None when not for this system."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return None
    return _stated(package) or "unknown"


def _stated(package: Distribution) -> str:
    metadata: Any = package.metadata
    if metadata.get("License-Expression"):
        return str(metadata["License-Expression"])
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    stated = str(metadata.get("License") or "").partition("\n")[0].strip()
    named = [c for c in classifiers if c != "OSI Approved"]
    return "; ".join(named) or stated[:60]


def complaints(found: dict[str, str | None]) -> list[str]:
    """What has no licence that we may use, or is shipped without being named."""
    problems = [
        f"{name}: {licence!r} is not on our list of licences"
        for name, licence in found.items()
        if licence is not None and not PERMITTED.search(licence)
    ]
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    named = re.findall(r"`([^`\s]+)`", notice)
    problems += [
        f"{path} is shipped, but not named in NOTICE.md"
        for path in shipped()
        if not any(fnmatch(path, pattern) for pattern in named)
    ]
    return problems


def shipped() -> list[str]:
    """The files of others that the repository carries."""
    text = (ROOT / "callcenter/web/vendor.json").read_text(encoding="utf-8")
    listed = {entry["to"] for entry in json.loads(text)["files"]}
    present = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "callcenter/web/static/vendor").iterdir()
    }
    return sorted(listed | present)


if __name__ == "__main__":
    sys.exit(main())
