"""Pages at 2,000 employees and a year of facts: python benchmarks/pages.py

Builds the demo company once (kept in --folder), multiplies its people by copying rows,
then asks for each page again and again: in this process (CPU, median, 95th percentile,
statements, weight with all assets), through gunicorn, at ten times the rows of the
demo, and as 2,000 agents who open their schedule at the change of shifts. Everything
stays on this machine.
"""

import argparse
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SECRET = "only for measuring, nothing real here, 32+"
AGENT_FACTS = ("acd_agent_interval", "acd_agent_time_interval")
STEP = 10_000_000  # ids of each copy begin here times its number

# What is copied with each person: columns that hold an id, and what must stay unique.
COPIED: dict[str, dict[str, str]] = {
    "access_user": {"id": "id", "email": "{n} || '.' || email"},
    "access_grant": {"id": "id", "user_id": "id"},
    "people_team": {"id": "id", "code": "code || '-{n}'", "supervisor_id": "id"},
    "people_employee": {
        "id": "id",
        "number": "number || '-{n}'",
        "acd_login": "acd_login || '-{n}'",
        "team_id": "id",
        "user_id": "id",
    },
    "people_employment": {"id": "id", "employee_id": "id"},
    "people_employee_skill": {"id": "id", "employee_id": "id"},
    "people_absence": {"id": "id", "employee_id": "id"},
    "people_commitment": {"id": "id", "employee_id": "id"},
    "projects_team_assignment": {"id": "id", "team_id": "id"},
    "scheduling_schedule_team": {"team_id": "id"},
    "scheduling_seat": {"id": "id", "code": "code || '-{n}'", "y": "y + 100 * {n}"},
    "scheduling_shift": {"id": "id", "employee_id": "id", "seat_id": "id"},
    "scheduling_shift_activity": {"id": "id", "shift_id": "id"},
    "scheduling_leave": {"id": "id", "employee_id": "id", "request_id": "id"},
    "workflow_request": {
        "id": "id",
        "requester_id": "id",
        "employee_id": "id",
        "team_id": "id",
        "subject": "'leave:' || (CAST(substr(subject, 7) AS INTEGER) + {n} * {step})",
    },
    "acd_agent_day": {"agent_id": "id"},
    "acd_agent_time_day": {"agent_id": "id"},
    "acd_agent_interval": {"agent_id": "id"},
    "acd_agent_time_interval": {"agent_id": "id"},
}

# page: what it is, who looks, budget of CPU ms and statements (docs: performance)
KINDS = {"list": (30, 8), "detail": (30, 12), "board": (60, 12), "dashboard": (60, 15)}
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("First page, manager", "/", "dashboard", "manager"),
    ("First page, planner", "/", "dashboard", "planner"),
    ("First page, supervisor", "/", "dashboard", "supervisor"),
    ("First page, agent", "/", "dashboard", "agent"),
    ("Employees", "/employees", "list", "manager"),
    ("Employees, searched", "/employees?q=li", "list", "manager"),
    ("Employee", "/employees/{employee}", "detail", "manager"),
    ("Teams", "/teams", "list", "manager"),
    ("Team", "/teams/{team}", "detail", "manager"),
    ("Organisation", "/organisation", "board", "manager"),
    ("Absences", "/absences", "list", "planner"),
    ("Projects", "/projects", "list", "manager"),
    ("Project", "/projects/{project}", "detail", "manager"),
    ("Queue", "/queues/{queue}", "detail", "manager"),
    ("Figures", "/figures", "dashboard", "manager"),
    ("Figures, a year by month", "{figures_year}", "dashboard", "manager"),
    ("Contacts", "/contacts", "list", "manager"),
    ("Contact", "/contacts/{contact}", "detail", "manager"),
    ("Imports", "/imports", "list", "planner"),
    ("Forecasts", "/forecasts", "list", "planner"),
    ("Forecast workbench", "/forecasts/{forecast}", "board", "planner"),
    ("Agents required", "/forecasts/{forecast}/requirement", "board", "planner"),
    ("Forecast accuracy", "/forecasts/accuracy", "dashboard", "planner"),
    ("Coverage", "/coverage", "dashboard", "planner"),
    ("Schedules", "/schedules", "list", "planner"),
    ("Schedule", "/schedules/{schedule}", "detail", "planner"),
    ("Roster board", "/schedules/{schedule}/board", "board", "planner"),
    ("Shift", "/shifts/{shift}", "detail", "planner"),
    ("Seats of a floor", "/floors/{floor}", "board", "planner"),
    ("Approvals", "/approvals", "board", "planner"),
    ("My schedule", "/me/schedule", "detail", "agent"),
    ("My leave", "/me/leave", "detail", "agent"),
    ("Users", "/users", "list", "admin"),
    ("Audit trail", "/audit", "list", "admin"),
    ("Search", "/search?q=chen", "dashboard", "manager"),
)


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


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench-pages")
    parser.add_argument("--employees", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--only", default="", help="a part of the pages' names")
    parser.add_argument("--without-tenfold", action="store_true")
    parser.add_argument("--without-load", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    base = build_demo(options.folder)
    large = grow(base, options.folder / "large.db", employees=options.employees)
    pages = [page for page in PAGES if options.only in page[0]]
    taken = measure(large, pages, options.requests)
    serve_and_time(large, pages, options.requests, taken)
    tenfold = {}
    if not options.without_tenfold:
        ten = grow(base, options.folder / "ten.db", times=10, without=AGENT_FACTS)
        one = measure(base, pages, 5)
        tenfold = {k: (one[k], v) for k, v in measure(ten, pages, 5).items()}
    print_table(pages, taken, tenfold)
    if not options.without_load:
        change_of_shifts(large)


# ---- Data ----


def environ(database: Path) -> dict[str, str]:
    """The settings of an installation on that database."""
    return {
        **os.environ,
        "CALLCENTER_ENV": "testing",
        "CALLCENTER_VAR": str(database.parent / "var"),
        "CALLCENTER_DATABASE_URL": f"sqlite:///{database}",
        "CALLCENTER_SECRET_KEY": SECRET,
        "CALLCENTER_DATA_KEYS": SECRET,
        "CALLCENTER_LOG_LEVEL": "ERROR",
    }


def build_demo(folder: Path) -> Path:
    """The demo company as it is, built once."""
    database = folder / "demo.db"
    if database.exists():
        return database
    unfinished = folder / "unfinished.db"
    for old in folder.glob("unfinished.db*"):
        old.unlink()
    app = application(unfinished)
    with app.app_context():
        from callcenter.kernel.db import db

        db.create_all()
        db.engine.dispose()
    command = [sys.executable, "-m", "callcenter.cli", "demo", "load"]
    subprocess.run(command, env=environ(unfinished), cwd=ROOT, check=True)
    settle(unfinished)
    unfinished.rename(database)
    return database


def application(database: Path) -> Any:
    """The application on that database."""
    os.environ.update(environ(database))
    from callcenter.app import create_app
    from callcenter.config import Config

    return create_app(Config.from_environ(environ(database)))


def grow(
    base: Path,
    target: Path,
    *,
    employees: int = 0,
    times: int = 0,
    without: tuple[str, ...] = (),
) -> Path:
    """A copy of the company with more people, made by copying rows."""
    if target.exists() and target.stat().st_mtime > base.stat().st_mtime:
        return target
    target.unlink(missing_ok=True)
    shutil.copy(base, target)
    with sqlite3.connect(target) as database:
        database.execute("PRAGMA journal_mode = OFF")
        present = "SELECT count(*) FROM people_employee WHERE left_on IS NULL"
        (n_present,) = database.execute(present).fetchone()
        times = times or -(-employees // n_present)
        for n in range(1, times):
            for table, columns in COPIED.items():
                if table not in without:
                    copy_rows(database, table, columns, n)
        (n_present,) = database.execute(present).fetchone()
    print(f"{target.name}: {n_present} people employed, {times} times the demo")
    settle(target)
    return target


def copy_rows(
    database: sqlite3.Connection, table: str, columns: dict[str, str], n: int
) -> None:
    """Every first row of the table once more, with ids of the n-th copy."""
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    shown = []
    for name in names:
        rule = columns.get(name)
        if rule == "id":
            shown.append(f"{name} + {n * STEP}")
        else:
            shown.append(rule.format(n=n, step=STEP) if rule else name)
    key = next(name for name, rule in columns.items() if rule == "id")
    database.execute(
        f"INSERT INTO {table} ({', '.join(names)}) "
        f"SELECT {', '.join(shown)} FROM {table} WHERE {key} < {STEP}"
    )


def settle(path: Path) -> None:
    """Let the planner know the rows, and leave no journal beside the file."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("ANALYZE")


# ---- In this process ----


def measure(
    database: Path, pages: list[tuple[str, str, str, str]], n_requests: int
) -> dict[str, Taken]:
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
    if "data-chart" in html:
        found |= set(re.findall(r'data-echarts="([^"]+)"', html))
    size = len(html.encode())
    for address in found:
        with client.get(address) as answer:
            size += len(answer.data)
    return len(found) + 1, size / 1024


def sign_in_all(app: Any) -> dict[str, str]:
    """A session's cookie for each role of the demo."""
    roles = ("admin", "manager", "planner", "supervisor", "agent")
    return {role: sign_in(app, f"{role}@demo.example") for role in roles}


def sign_in(app: Any, email: str) -> str:
    """The cookie of a browser in which somebody has just signed in."""
    from callcenter.access import guards, queries, services
    from callcenter.kernel.db import transaction

    with transaction():
        user = queries.find_user_by_email(email)
        if user is None:
            raise SystemExit(f"nobody is called {email} in the demo")
        _session, token = services.open_session(user, address="", device="")
    return cookie_of(app, {guards.TOKEN_KEY: token})


def cookie_of(app: Any, content: dict[str, Any]) -> str:
    """The content as Flask signs it."""
    return str(app.session_interface.get_signing_serializer(app).dumps(content))


def client_with(app: Any, cookie: str) -> Any:
    """A browser that holds the cookie."""
    client = app.test_client()
    client.set_cookie("callcenter", cookie)
    return client


def find_ids() -> dict[str, Any]:
    """One thing of each kind, as the pages of the demo show it."""
    from sqlalchemy import text

    from callcenter.kernel.db import db

    def one(statement: str) -> Any:
        return db.session.scalar(text(statement))

    agent = one(
        "SELECT e.id FROM people_employee e JOIN access_user u ON u.id = e.user_id "
        "WHERE u.email = 'agent@demo.example'"
    )
    schedule = one(
        "SELECT schedule_id FROM scheduling_shift GROUP BY schedule_id "
        "ORDER BY count(*) DESC LIMIT 1"
    )
    return {
        "employee": agent,
        "team": one(f"SELECT team_id FROM people_employee WHERE id = {agent}"),
        "project": one("SELECT min(id) FROM projects_project"),
        "queue": one("SELECT min(id) FROM projects_queue"),
        "contact": one("SELECT max(id) FROM acd_contact"),
        "forecast": one(
            "SELECT id FROM forecasting_forecast WHERE status = 'approved' "
            "ORDER BY first_day DESC LIMIT 1"
        ),
        "schedule": schedule,
        "shift": one(
            f"SELECT min(id) FROM scheduling_shift WHERE schedule_id={schedule}"
        ),
        "floor": one("SELECT min(floor_id) FROM scheduling_seat"),
        "figures_year": "/figures?grain=month&period=year",
    }


# ---- Through gunicorn ----


@contextmanager
def gunicorn(database: Path, workers: int) -> Iterator[tuple[int, int]]:
    """Gunicorn as `callcenter serve` sets it up; its port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "callcenter.wsgi:application"),
            *("-k", "gthread", "--threads", "16", "-w", str(workers)),
            *("-b", f"127.0.0.1:{port}", "--log-level", "error"),
        ],
        env=environ(database),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def wait_for(port: int) -> None:
    """Wait until somebody answers there."""
    for _each in range(100):
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
    pages: list[tuple[str, str, str, str]],
    n_requests: int,
    taken: dict[str, Taken],
) -> None:
    """Each page's time as a browser waits for it, and the memory of the worker."""
    app = application(database)
    with app.app_context():
        cookies, ids = sign_in_all(app), find_ids()
    with gunicorn(database, 1) as (port, process):
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
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    sizes = []
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        sizes.append(int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024)
    return max(sizes)


# ---- The change of shifts ----


def change_of_shifts(database: Path, n_agents: int = 2000, n_lines: int = 24) -> None:
    """2,000 agents open their schedule, as fast as two processes answer."""
    app = application(database)
    with app.app_context():
        cookies = agents_cookies(app, n_agents)
    waiting, spent, lock = iter(cookies), [], threading.Lock()
    n_wrong = [0]

    def visit(port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                cookie = next(waiting, None)
            if cookie is None:
                return
            seconds, status = ask(connection, "/me/schedule", cookie)
            spent.append(seconds * 1000)
            n_wrong[0] += status != 200

    with gunicorn(database, 2) as (port, _process):
        lines = [threading.Thread(target=visit, args=(port,)) for _ in range(n_lines)]
        began = time.perf_counter()
        for line in lines:
            line.start()
        for line in lines:
            line.join()
        seconds = time.perf_counter() - began
    cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    print(
        f"change of shifts: {len(spent)} agents in {seconds:.1f} s = "
        f"{len(spent) / seconds:.0f} requests/s over {n_lines} lines, median "
        f"{statistics.median(spent):.0f} ms, p95 {percentile(spent):.0f} ms, "
        f"{n_wrong[0]} errors (target 200/s, p95 < 200 ms, none; "
        f"the clients share the two cores, {cpu:.0f} CPU s so far)"
    )


def agents_cookies(app: Any, n_agents: int) -> list[str]:
    """A signed-in phone for each of so many agents."""
    from sqlalchemy import select

    from callcenter.access import guards, services
    from callcenter.access.models import Grant, User
    from callcenter.kernel.db import db, transaction

    cookies = []
    with transaction():
        agents = db.session.scalars(
            select(User)
            .where(User.id.in_(select(Grant.user_id).where(Grant.role_code == "agent")))
            .limit(n_agents)
        ).all()
        for user in agents:
            _session, token = services.open_session(user, address="", device="")
            cookies.append(cookie_of(app, {guards.TOKEN_KEY: token}))
    return cookies


# ---- The table ----


def percentile(values: list[float], share: float = 0.95) -> float:
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def print_table(
    pages: list[tuple[str, str, str, str]],
    taken: dict[str, Taken],
    tenfold: dict[str, tuple[Taken, Taken]],
) -> None:
    """One line a page; a star marks what misses its target."""
    head = (
        f"{'page':28} {'kind':9} {'CPU ms':>8} {'of':>3} {'queries':>8} {'of':>3} "
        f"{'median':>7} {'p95':>6} {'served':>7} {'p95':>6} {'files':>6} {'KB':>5} "
        f"{'10x rows':>16}"
    )
    print(head)
    print("-" * len(head))
    for name, _address, kind, _role in pages:
        one, (cpu_limit, n_limit) = taken[name], KINDS[kind]
        cpu = statistics.median(one.cpu_ms)
        served = statistics.median(one.served_ms) if one.served_ms else 0.0
        served_95 = percentile(one.served_ms) if one.served_ms else 0.0
        print(
            f"{name:28} {kind:9} {star(cpu, cpu_limit, 1)} {cpu_limit:>3} "
            f"{star(one.n_statements, n_limit)} {n_limit:>3} "
            f"{statistics.median(one.wall_ms):7.1f} {percentile(one.wall_ms):6.1f} "
            f"{served:7.1f} {served_95:6.1f} {star(one.n_requests, 8)[2:]:>6} "
            f"{one.weight_kb:5.0f} {growth(tenfold.get(name)):>16}"
            + ("" if one.status == 200 else f"  answered {one.status}")
        )
    print("served: through gunicorn; of: the target; *: missed; ms unless said")


def star(value: float, limit: float, places: int = 0) -> str:
    """The figure, marked where it is beyond its limit."""
    return f"{value:7.{places}f}{'*' if value > limit else ' '}"


def growth(pair: tuple[Taken, Taken] | None) -> str:
    """Statements and time at ten times the rows, against the demo as it is."""
    if pair is None:
        return ""
    one, ten = pair
    ratio = statistics.median(ten.cpu_ms) / statistics.median(one.cpu_ms)
    return f"{one.n_statements} -> {ten.n_statements}, x{ratio:.1f}"


if __name__ == "__main__":
    main()
