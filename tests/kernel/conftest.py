"""Worker processes of their own, and the brokers that carry ids to them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel import jobs
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, JobState
from tests.kernel import job_tasks  # noqa: F401 - declares the tasks

ROOT = Path(__file__).resolve().parents[2]


def wait_until(condition: Callable[[], object], seconds: float = 240) -> bool:
    """Whether the condition came true in time; a busy machine needs much of it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return bool(condition())


class Workshop:
    """A database of its own, and worker processes on it."""

    def __init__(self, folder: Path, database_url: str, broker_url: str = "") -> None:
        """Work in the folder, on a database that has the tables already."""
        self.folder = folder
        self.environ = {
            **os.environ,
            "CALLCENTER_ENV": "testing",
            "CALLCENTER_VAR": str(folder),
            "CALLCENTER_DATABASE_URL": database_url,
            "CALLCENTER_BROKER_URL": broker_url,
            "CALLCENTER_SECRET_KEY": "a secret of the tests, longer than 32",
        }
        self.app = create_app(Config.from_environ(self.environ))
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, kind: str = "processes", n: int = 1) -> subprocess.Popen[bytes]:
        """Start a worker with its children in a session of their own."""
        with (self.folder / f"worker{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.kernel.worker_process", kind, str(n)],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End the worker and all its children as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def ask(self, kind: str, **args: object) -> int:
        """Ask for a job; returns its number."""
        with self.app.app_context(), transaction():
            return jobs.enqueue(kind, args).id

    def job(self, job_id: int) -> Job:
        """The job as it stands."""
        with self.app.app_context():
            found = jobs.get_job(job_id)
            db.session.expunge(found)
            db.session.rollback()
            return found

    def is_in(self, job_id: int, *states: JobState) -> bool:
        """Whether the job is in one of those states."""
        return self.job(job_id).state in states

    def close(self) -> None:
        """End everything that was started."""
        for process in self.processes:
            self.kill(process)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def logs(self) -> str:
        """What the workers said."""
        texts = (path.read_text() for path in sorted(self.folder.glob("*.log")))
        return "\n".join(texts)


@pytest.fixture(scope="session")
def furnished_database(
    tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[..., str]
) -> Callable[[str], str]:
    """A function that makes a database with all tables: made once, then copied."""
    templates: dict[str, str] = {}

    def make(backend: str) -> str:
        if backend not in templates:
            url = fresh_database(backend)
            app = Workshop(tmp_path_factory.mktemp("template"), url).app
            with app.app_context():
                db.create_all()
                db.engine.dispose()
            templates[backend] = url
        return fresh_database(backend, like=templates[backend])

    return make


@pytest.fixture
def open_workshop(
    tmp_path: Path, furnished_database: Callable[[str], str]
) -> Iterator[Callable[..., Workshop]]:
    """A function that opens a workshop on a database of its own."""
    opened: list[Workshop] = []

    def make(backend: str, broker_url: str = "") -> Workshop:
        opened.append(Workshop(tmp_path, furnished_database(backend), broker_url))
        return opened[-1]

    yield make
    for workshop in opened:
        workshop.close()


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of our own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    assert wait_until(lambda: answers(port), 20)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A RabbitMQ server of our own, in a session that ends as a whole."""
    program = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    if not program.exists():
        pytest.skip("rabbitmq-server is not installed")
    port, distribution, mapper = free_port(), free_port(), free_port()
    folder = tmp_path_factory.mktemp("rabbitmq")
    environ = {
        **os.environ,
        "HOME": str(folder),
        "RABBITMQ_HOME": "/usr/lib/rabbitmq",
        "RABBITMQ_NODENAME": f"callcenter{port}@localhost",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    with (folder / "out.log").open("wb") as log:
        process = subprocess.Popen(
            [str(program)],
            cwd=folder,
            env=environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    assert wait_until(lambda: answers(port), 90), (folder / "out.log").read_text()
    yield f"amqp://guest:guest@127.0.0.1:{port}//"
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    subprocess.run(
        ["epmd", "-port", str(mapper), "-kill"],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
