"""What a page costs in this process: CPU, statements, weight."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from company import application, client_with, find_ids, sign_in_all

Page = tuple[str, str, str, str]


@dataclass
class Taken:
    """What one page cost."""

    status: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    served_ms: list[float] = field(default_factory=list)
    n_statements: int = 0
    n_requests: int = 0
    weight_kb: float = 0.0


def measure(database: Path, pages: list[Page], n_requests: int) -> dict[str, Taken]:
    """Each page's cost in this process, after one request that nobody counts."""
    app = application(database)
    taken = {}
    with app.app_context():
        cookies, ids = sign_in_all(app), find_ids()
    clients = {role: client_with(app, cookie) for role, cookie in cookies.items()}
    for name, address, _kind, role in pages:
        address = address.format(**ids)  # noqa: PLW2901
        taken[name] = measure_one(clients[role], address, n_requests)
    return taken


def measure_one(client: Any, address: str, n_requests: int) -> Taken:
    """The cost of one page."""
    one = Taken()
    first = client.get(address)
    one.status = first.status_code
    with counted() as ran:
        html = client.get(address).text
    one.n_statements = len(ran)
    one.n_requests, one.weight_kb = weigh(client, html)
    for _each in range(n_requests):
        wall, cpu = time.perf_counter(), time.process_time()
        client.get(address)
        one.cpu_ms.append((time.process_time() - cpu) * 1000)
        one.wall_ms.append((time.perf_counter() - wall) * 1000)
    return one


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    from sqlalchemy import Engine, event

    ran: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement != "BEGIN":
            ran.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield ran
    event.remove(Engine, "before_cursor_execute", note)


def weigh(client: Any, html: str) -> tuple[int, float]:
    """How many files the page needs, itself included, and their unpacked size."""
    found = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    # A browser asks for these when it installs the page, not when it shows it.
    found -= {each for each in found if ".webmanifest" in each or "icon-192" in each}
    size = len(html.encode())
    for address in found:
        with client.get(address) as answer:
            size += len(answer.data)
    return len(found) + 1, size / 1024
