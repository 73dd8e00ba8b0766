"""Run: nice .venv/bin/python benchmarks/import_calls.py [--rows N] [--postgres URL]

Imports a generated CSV of calls (90 days, 500 agents, 12 queues) into an empty
database, then the same file again, then one that overlaps it by half with every
tenth row corrected, and prints CPU seconds (of PostgreSQL those of its backends),
wall seconds and peak memory of each. Every import runs in a process of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

N_AGENTS, N_QUEUES, N_DAYS = 500, 12, 90
START = 1_767_225_600
HEADER = (
    "call_id,queue,agent,offered_at,outcome,wait_s,talk_s,hold_s,wrap_s,transfers\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--postgres", default="", help="URL of an empty database")
    parser.add_argument("--folder", default="")
    parser.add_argument("--step", default="")
    given = parser.parse_args()
    if given.step:
        run_step(given.step, Path(given.folder), given.postgres)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given.rows, given.postgres)


def measure(folder: Path, n_rows: int, postgres: str) -> None:
    write_calls(folder / "calls.csv", 0, n_rows, corrected=False)
    write_calls(folder / "late.csv", n_rows // 2, n_rows, corrected=True)
    size = (folder / "calls.csv").stat().st_size / 1e6
    print(f"{n_rows:,} rows, {size:.0f} MB, {'PostgreSQL' if postgres else 'SQLite'}")
    print(f"{'step':12}{'CPU s':>8}{'server':>8}{'wall s':>8}{'MB':>6}  result")
    for step in ("setup", "calls", "calls-again", "late"):
        command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
        if postgres:
            command += ["--postgres", postgres]
        started = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        wall = time.perf_counter() - started
        answer = json.loads(done.stdout.splitlines()[-1])
        if step != "setup":
            print(
                f"{step:12}{answer['cpu']:8.1f}{answer['server']:8.1f}{wall:8.1f}"
                f"{answer['mb']:6.0f}  {answer['result']}"
            )


def server_cpu_s() -> float:
    """CPU seconds of the PostgreSQL backends that serve this process's database.

    They show only where the server runs on this machine; elsewhere it is 0.
    """
    from sqlalchemy import text

    from callcenter.kernel.db import db

    mine = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    ticks = 0
    for pid in db.session.scalars(text(mine)):
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def write_calls(path: Path, low: int, high: int, *, corrected: bool) -> None:
    """Calls number ``low`` to ``high``, the same whatever else the file holds."""
    rng = np.random.default_rng(2026)
    n = high
    weight = np.concatenate(
        [np.zeros(32), np.linspace(2, 9, 16), np.full(40, 7), [0] * 8]
    )
    quarter = rng.choice(96, n, p=weight / weight.sum())
    day = np.sort(rng.integers(0, N_DAYS, n))
    at = np.sort(START + day * 86_400 + quarter * 900 + rng.integers(0, 900, n))
    wait = rng.exponential(18, n).astype(np.int64)
    lost = rng.random(n) < 0.08
    talk = np.where(lost, 0, rng.lognormal(5, 0.7, n)).astype(np.int64)
    hold = np.where(rng.random(n) < 0.1, talk // 5, 0)
    wrap = np.where(lost, 0, rng.exponential(25, n)).astype(np.int64)
    agent = rng.integers(0, N_AGENTS, n)
    queue = agent % N_QUEUES
    moved = np.where(rng.random(n) < 0.03, 1, 0)
    if corrected:
        talk = np.where(np.arange(n) % 10 == 0, talk + 1, talk)
    stamps = np.datetime_as_string(at.astype("datetime64[s]"))
    with path.open("w", encoding="ascii") as file:
        file.write(HEADER)
        for i in range(low, high):
            outcome, who = (
                ("abandoned", "") if lost[i] else ("answered", f"a{agent[i]}")
            )
            file.write(
                f"{i:012x},queue{queue[i]},{who},{stamps[i]}Z,{outcome},{wait[i]},"
                f"{talk[i]},{hold[i]},{wrap[i]},{moved[i]}\n"
            )


def run_step(step: str, folder: Path, postgres: str) -> None:
    from callcenter.app import create_app
    from callcenter.config import Config

    app = create_app(
        Config(
            environment="testing",
            var=folder / "var",
            database_url=postgres or f"sqlite:///{folder / 'calls.db'}",
            secret_key="not a secret at all, for measuring",
            data_keys=("not a key at all",),
        )
    )
    with app.app_context():
        result = set_up() if step == "setup" else import_file(folder, step)
        server = server_cpu_s() if postgres else 0.0
    used = resource.getrusage(resource.RUSAGE_SELF)
    answer = {
        "cpu": used.ru_utime + used.ru_stime,
        "server": server,
        "mb": peak_mb(),
        "result": result,
    }
    print(json.dumps(answer))


def peak_mb() -> float:
    """Peak memory of this process alone; ``ru_maxrss`` remembers the parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def set_up() -> str:
    """One project with its queues, and the agents."""
    from datetime import date
    from decimal import Decimal

    from callcenter.kernel.db import db, transaction
    from callcenter.people.models import Employee, Site
    from callcenter.projects.models import BillingBasis, Client, Project, Queue

    db.create_all()
    with transaction():
        site = Site(
            code="S", name="Site", zone="Asia/Shanghai", country="CN", currency="CNY"
        )
        client = Client(code="C", name="Client")
        db.session.add_all([site, client])
        db.session.flush()
        project = Project(
            client_id=client.id,
            code="P",
            name="Project",
            zone="Asia/Shanghai",
            starts_on=date(2020, 1, 1),
            billing_basis=BillingBasis.PER_HOUR,
            rate=Decimal(1),
            currency="CNY",
        )
        db.session.add(project)
        db.session.flush()
        for n in range(N_QUEUES):
            name = f"queue{n}"
            db.session.add(Queue(project_id=project.id, code=name, name=name))
        for n in range(N_AGENTS):
            db.session.add(
                Employee(
                    number=f"a{n}",
                    name=f"Agent {n}",
                    name_sort=f"agent {n}",
                    site_id=site.id,
                    hired_on=date(2020, 1, 1),
                )
            )
    return ""


def import_file(folder: Path, step: str) -> str:
    from callcenter.acd import services
    from callcenter.acd.models import Import
    from callcenter.kernel.db import db, transaction
    from callcenter.projects.models import Project

    path = folder / ("late.csv" if step == "late" else "calls.csv")
    with transaction():
        project = db.session.get_one(Project, 1)
        planned = services.plan_import(
            project, format_name="contacts-csv", file_names=[path.name]
        )
    services.carry_out(planned.id, [path])
    with transaction():
        row = db.session.get_one(Import, planned.id)
    return (
        f"{row.state}: {row.n_new} new, {row.n_corrected} corrected, "
        f"{row.n_unchanged} unchanged, {row.n_errors} errors {row.refusal}"
    )


if __name__ == "__main__":
    main()
