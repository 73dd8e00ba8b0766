"""What a page costs through gunicorn, and the change of shifts."""

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from company import ROOT, agents_cookies, application, environ, find_ids, sign_in_all
from inside import Page, Taken

PER_SECOND = 200
AS_DEPLOYED = {"CALLCENTER_ENV": "production", "CALLCENTER_LOG_LEVEL": "INFO"}


@contextmanager
def served(database: Path, workers: int) -> Iterator[tuple[int, int]]:
    """The pages as docs/deploy.md has them served; the port and the parent process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (
        *(sys.executable, "-m", "callcenter.cli", "serve", "--port", str(port)),
        *("--workers", str(workers), "--threads", "64"),
    )
    with (database.parent / "served.log").open("wb") as log:
        server = subprocess.Popen(
            command,
            env={**environ(database), **AS_DEPLOYED},
            cwd=ROOT,
            stderr=log,
            stdout=subprocess.DEVNULL,
        )
    try:
        wait_for(port)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def wait_for(port: int) -> None:
    """Wait until somebody answers there."""
    for _each in range(300):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("gunicorn does not answer")


def serve_and_time(
    database: Path,
    pages: list[Page],
    n_requests: int,
    taken: dict[str, Taken],
) -> None:
    """Each page's time as a browser waits for it, and the memory of the worker."""
    app = application(database)
    with app.app_context():
        cookies, ids = sign_in_all(app), find_ids()
    with served(database, 1) as (port, process):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        for name, address, _kind, role in pages:
            path = address.format(**ids)
            ask(connection, path, cookies[role])
            for _each in range(n_requests):
                seconds, _status = ask(connection, path, cookies[role])
                taken[name].served_ms.append(seconds * 1000)
        print(f"memory of a web worker after all pages: {worker_mb(process):.0f} MB")


def ask(connection: HTTPConnection, path: str, cookie: str) -> tuple[float, int]:
    """How long one answer took, and its status."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"callcenter={cookie}"})
    answer = connection.getresponse()
    answer.read()
    return time.perf_counter() - began, answer.status


def worker_mb(process: int) -> float:
    """The resident memory of the largest child of gunicorn's arbiter."""
    sizes = []
    for child in children_of(process):
        status = Path(f"/proc/{child}/status").read_text()
        sizes.append(int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024)
    return max(sizes)


def change_of_shifts(database: Path, n_agents: int = 2000) -> None:
    """2,000 agents open their schedule: as fast as it goes, and 200 a second."""
    app = application(database)
    with app.app_context():
        cookies = agents_cookies(app, n_agents)
    with served(database, 2) as (port, process):
        visit_all(port, cookies[:100], 24)
        for per_second in (None, PER_SECOND):
            before = cpu_s(process)
            seconds, spent, n_wrong = visit_all(port, cookies, 24, per_second)
            cpu_ms = (cpu_s(process) - before) / len(spent) * 1000
            wish = f"{per_second} a second" if per_second else "as fast as 24 lines go"
            print(
                f"change of shifts, {wish}: {len(spent)} agents in {seconds:.1f} s = "
                f"{len(spent) / seconds:.0f} requests/s, median "
                f"{statistics.median(spent):.0f} ms, p95 {percentile(spent):.0f} ms, "
                f"{n_wrong} errors, {cpu_ms:.1f} CPU ms of the server a request"
            )
    print(
        f"(target {PER_SECOND}/s, p95 < 200 ms, none; the browsers share the two cores)"
    )


def visit_all(
    port: int, cookies: list[str], n_lines: int, per_second: int | None = None
) -> tuple[float, list[float], int]:
    """Let each agent open the page once: seconds, ms each, how many went wrong.

    At so many a second, a wait in the queue counts from when the agent wished to come.
    """
    spent: list[float] = []
    wrong: list[int] = []
    waiting, lock = iter(enumerate(cookies)), threading.Lock()
    began = time.perf_counter()

    def visit() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                nth, cookie = next(waiting, (0, None))
            if cookie is None:
                return
            wished = began + nth / per_second if per_second else time.perf_counter()
            time.sleep(max(0.0, wished - time.perf_counter()))
            _seconds, status = ask(connection, "/me/schedule", cookie)
            spent.append((time.perf_counter() - wished) * 1000)
            if status != 200:
                wrong.append(status)

    lines = [threading.Thread(target=visit) for _ in range(n_lines)]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    return time.perf_counter() - began, spent, len(wrong)


def cpu_s(process: int) -> float:
    """CPU seconds that the children of gunicorn's parent have used."""
    ticks = 0
    for child in children_of(process):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children_of(process: int) -> list[str]:
    """The processes that it started."""
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def percentile(values: list[float], share: float = 0.95) -> float:
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
