"""The company that the pages show: the demo, with its people multiplied by copying."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
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
        # A swap is not copied: its copies are about the same one.
        "subject": "CASE WHEN subject LIKE 'leave:%' THEN 'leave:' || "
        "(CAST(substr(subject, 7) AS INTEGER) + {n} * {step}) ELSE subject END",
    },
    "acd_agent_day": {"agent_id": "id"},
    "acd_agent_time_day": {"agent_id": "id"},
    "acd_agent_interval": {"agent_id": "id"},
    "acd_agent_time_interval": {"agent_id": "id"},
}


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
    command = [sys.executable, "-m", "callcenter.cli", "migrate"]
    subprocess.run(command, env=environ(unfinished), cwd=ROOT, check=True)
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
    return cookie_of(app, {guards.TOKEN_KEY: token, "_fresh": False})


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


def agents_cookies(app: Any, n_agents: int) -> list[str]:
    """A phone for each of so many agents, signed in and last used yesterday."""
    from datetime import timedelta

    from sqlalchemy import select

    from callcenter.access import guards, services
    from callcenter.access.models import Grant, User
    from callcenter.kernel import clock
    from callcenter.kernel.db import db, transaction

    cookies = []
    with transaction():
        agents = db.session.scalars(
            select(User)
            .where(User.id.in_(select(Grant.user_id).where(Grant.role_code == "agent")))
            .limit(n_agents)
        ).all()
        for user in agents:
            session, token = services.open_session(user, address="", device="")
            session.seen_at = clock.now() - timedelta(hours=8)
            content: dict[str, Any] = {guards.TOKEN_KEY: token}
            content["csrf_token"] = token[:40]
            content |= {"_fresh": False, "_permanent": True}
            cookies.append(cookie_of(app, content))
    return cookies
