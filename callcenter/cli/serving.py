"""Serving the pages with gunicorn's threads, and jobs beside them if wanted."""

import contextlib
import os
import shutil
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from callcenter.config import Config


M_ARENA_MAX = -8  # of malloc.h


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--socket", "unix_socket", help="A Unix socket instead of host and port.")
@click.option(
    "--workers", default=1, show_default=True, help="How many processes answer."
)
@click.option("--threads", default=64, show_default=True, help="Threads per process.")
@click.option(
    "--embedded-worker", is_flag=True, help="Carry out jobs in this process as well."
)
@click.option("--reload", is_flag=True, help="Start anew when the code changes.")
def serve(
    host: str,
    port: int,
    unix_socket: str | None,
    workers: int,
    threads: int,
    *,
    embedded_worker: bool,
    reload: bool,
) -> None:
    """Serve the pages until stopped."""
    from callcenter.config import Config

    config = Config.from_environ()
    is_embedded = embedded_worker or config.embedded_worker
    if is_embedded and workers > 1:
        raise click.UsageError(
            "jobs are carried out beside one process only; "
            "for several run `callcenter worker` as well"
        )
    if unix_socket is None:
        refuse_busy_port(host, port)
    if workers > 1:
        share_metrics(config.var / f"metrics-{port}")
    refuse_old_schema()
    settings: dict[str, Any] = {
        "bind": f"unix:{unix_socket}" if unix_socket else address(host, port),
        "workers": workers,
        "threads": threads,
        "reload": reload,
    }
    run_server(settings, config, is_embedded=is_embedded)


def run_server(
    settings: dict[str, Any],
    config: "Config",
    *,
    is_embedded: bool,
    app: "Flask | None" = None,
    lines: Iterable[str] = (),
) -> None:
    """Run gunicorn with those settings; does not return before it is stopped.

    An application that is made already is served as it is.
    """
    _spare_memory()
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        """Gunicorn around our application."""

        def load_config(self) -> None:
            """Take the settings over."""
            for name, value in _settings(settings, lines, is_embedded).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """Make the application, once per process."""
            from callcenter.app import create_app

            return app or create_app(config)

    Server().run()


def _spare_memory() -> None:
    """Keep a web process small: some ten megabytes that no page needs.

    64 threads get two of glibc's memory pools instead of one each; structlog takes
    rich, and with it pygments, for tracebacks in colours that a service never draws.
    """
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    if "structlog" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]


def _settings(
    settings: dict[str, Any],
    lines: Iterable[str],
    is_embedded: bool,  # noqa: FBT001
) -> dict[str, Any]:
    return {
        "worker_class": "gthread",
        "worker_connections": max(1000, settings["threads"] * 2),
        "timeout": 120,
        "graceful_timeout": 30,
        "keepalive": 5,
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "callcenter",
        "when_ready": lambda _server: announce(settings["bind"], lines),
        "post_worker_init": _start_jobs if is_embedded else _nothing,
        "worker_exit": _stop_jobs,
        "child_exit": _forget_metrics,
        **settings,
    }


def _nothing(_worker: Any) -> None:
    """Leave the process as it is."""


def _start_jobs(worker: Any) -> None:
    from callcenter.kernel.jobs.worker import Worker

    worker.jobs = Worker(worker.app.wsgi())
    worker.jobs.start()


def _stop_jobs(_server: Any, worker: Any) -> None:
    jobs = getattr(worker, "jobs", None)
    if jobs is not None:
        jobs.stop(10)


def _forget_metrics(_server: Any, worker: Any) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def share_metrics(folder: Path) -> None:
    """Let the processes of this server add up what they count."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def address(host: str, port: int) -> str:
    """Host and port as one text; IPv6 addresses in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refuse_busy_port(host: str, port: int) -> None:
    """Say plainly that another program has the port, and how to take another."""
    try:
        family, kind, _protocol, _name, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        click.echo(
            f"Port {port} on {host} cannot be used ({error.strerror}). If another "
            f"program has it, choose another: `callcenter serve --port {port + 1}`, "
            f"or `make run PORT={port + 1}`.",
            err=True,
        )
        sys.exit(1)


def refuse_old_schema() -> None:
    """Do not serve on a database of another version.

    Looked at in a child process: what the parent has imported, its later children
    keep, and a reload would not bring them the new code.
    """
    child = os.fork()
    if child == 0:
        os._exit(_look_at_schema())
    _pid, status = os.waitpid(child, 0)
    if status:
        sys.exit(1)


def _look_at_schema() -> int:
    """Say what is wrong with the database, if anything is; 0 when nothing is."""
    from sqlalchemy.exc import SQLAlchemyError

    from callcenter.app import create_app
    from callcenter.kernel import schema

    with create_app().app_context():
        try:
            words = None if schema.is_current() else schema.standing()
        except SQLAlchemyError:
            words = "The database does not answer: `callcenter doctor` tells more."
    if words is not None:
        click.echo(words, err=True)
    sys.stderr.flush()
    return words is not None


def announce(bind: str, lines: Iterable[str] = ()) -> None:
    """Say where the pages are, and whatever else there is to know."""
    where = bind if bind.startswith("unix:") else f"http://{bind}"
    click.echo(f"\n  callcenter is ready: {where}\n")
    for line in lines:
        click.echo(f"  {line}")
    sys.stdout.flush()
