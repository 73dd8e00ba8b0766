"""Which tasks there are, what the clock asks for, and as whom a job acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask, current_app

from callcenter.kernel.actor import SYSTEM, Actor
from callcenter.kernel.errors import Forbidden, Invalid

TaskFunction = Callable[..., dict[str, Any] | None]
ActorSource = Callable[[int], Actor | None]


class UnknownTask(Invalid):
    """No room declares a task of that kind."""

    code = "jobs.unknown_task"


class RequesterGone(Forbidden):
    """The user who asked for the job may no longer act."""

    code = "jobs.requester_gone"


@dataclass(frozen=True, slots=True)
class Task:
    """A function that a job runs, and what the work is called."""

    kind: str
    function: TaskFunction
    title: object = ""


@dataclass(frozen=True, slots=True)
class PlannedSchedule:
    """A schedule as the code declares it."""

    name: str
    kind: str
    cron: str
    zone: str
    args: Mapping[str, Any]


@dataclass(slots=True)
class JobsExtension:
    """What one application knows about its jobs."""

    actor_source: ActorSource | None = None
    schedules: dict[str, PlannedSchedule] = field(default_factory=dict)
    broker_url: str = ""
    lease: timedelta = timedelta(seconds=30)


_tasks: dict[str, Task] = {}


def init_app(app: Flask, *, broker_url: str = "", lease_s: int = 30) -> None:
    """Prepare the application for jobs; a broker's URL makes Celery carry the ids.

    A worker that has not renewed a job's lease for ``lease_s`` is taken for dead.
    """
    lease = timedelta(seconds=lease_s)
    app.extensions["jobs"] = JobsExtension(broker_url=broker_url, lease=lease)
    schedule(app, "prune jobs", "jobs.prune", "17 3 * * *")


def extension() -> JobsExtension:
    """What the present application knows about its jobs."""
    known: JobsExtension = current_app.extensions["jobs"]
    return known


def job(kind: str, *, title: object = "") -> Callable[[TaskFunction], TaskFunction]:
    """Declare a task; its kind is ``<room>.<verb>_<noun>`` and finds it again."""

    def declare(function: TaskFunction) -> TaskFunction:
        _tasks[kind] = Task(kind, function, title)
        return function

    return declare


def find_task(kind: str) -> Task:
    """The task of that kind, its room's ``tasks`` imported where need be.

    Raises `UnknownTask`.
    """
    if kind not in _tasks:
        module = f"callcenter.{kind.partition('.')[0]}.tasks"
        if _exists(module):
            import_module(module)
    if kind not in _tasks:
        raise UnknownTask(kind=kind)
    return _tasks[kind]


def title_of(kind: str) -> str:
    """What work of that kind is called, in the reader's language."""
    try:
        return str(find_task(kind).title or kind)
    except UnknownTask:
        return kind


def schedule(
    app: Flask,
    name: str,
    kind: str,
    cron: str,
    *,
    zone: str = "UTC",
    args: Mapping[str, Any] | None = None,
) -> None:
    """Let the clock ask for a job; rooms call it in their ``init_app``."""
    known: JobsExtension = app.extensions["jobs"]
    known.schedules[name] = PlannedSchedule(name, kind, cron, zone, args or {})


def acts_as(app: Flask, source: ActorSource) -> None:
    """Tell how a user id becomes the `Actor` that its jobs act as."""
    known: JobsExtension = app.extensions["jobs"]
    known.actor_source = source


def actor_for(user_id: int | None) -> Actor:
    """As whom a job of that user acts: the system when nobody asked for it.

    Raises `RequesterGone` when the user was removed or switched off since.
    """
    if user_id is None:
        return SYSTEM
    source = extension().actor_source
    actor = source(user_id) if source is not None else None
    if actor is None:
        raise RequesterGone(user_id=user_id)
    return actor


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
