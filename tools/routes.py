"""Write the list of routes that the architecture tests compare with.

    python tools/routes.py

Read what changed: each line is an address that somebody may reach.
"""

import sys
import tempfile
from pathlib import Path

from callcenter.app import create_app
from callcenter.config import Config

LIST = Path(__file__).resolve().parent.parent / "tests/architecture/route-list.txt"


def main() -> int:
    """Write one line for each route: endpoint, methods, address, permission."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Config("testing", Path(folder), "sqlite://", "x" * 32, ("x" * 32,))
        )
    lines = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            view = app.view_functions[rule.endpoint]
            permission = getattr(view, "__permission__", "MISSING") or "public"
            methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            lines.append(f"{rule.endpoint} {methods} {rule.rule} {permission}")
    LIST.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    print(f"{len(lines)} routes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
