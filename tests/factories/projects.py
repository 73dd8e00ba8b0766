"""Clients, projects, queues and their targets."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from callcenter.kernel.db import db
from callcenter.projects.models import (
    BillingBasis,
    Client,
    Project,
    Queue,
    ServiceTarget,
    Stage,
)

_serial = count(1)


def make_client(**values: Any) -> Client:
    """A stored client."""
    n = next(_serial)
    client = Client(**{"code": f"C{n}", "name": f"Client {n}", **values})
    db.session.add(client)
    db.session.commit()
    return client


def make_project(client: Client | None = None, **values: Any) -> Project:
    """A stored project in formal operation, of a client of its own unless given."""
    n = next(_serial)
    client = client or make_client()
    project = Project(
        **{
            "client_id": client.id,
            "code": f"P{n}",
            "name": f"Project {n}",
            "stage": Stage.FORMAL,
            "zone": "Asia/Shanghai",
            "starts_on": date(2020, 1, 1),
            "billing_basis": BillingBasis.PER_CONTACT,
            "rate": Decimal(1),
            "currency": "CNY",
            **values,
        }
    )
    project.client = client
    db.session.add(project)
    db.session.commit()
    return project


def make_queue(project: Project | None = None, **values: Any) -> Queue:
    """A stored voice queue, of a project of its own unless given."""
    n = next(_serial)
    project = project or make_project()
    queue = Queue(
        **{"project_id": project.id, "code": f"q{n}", "name": f"Queue {n}", **values}
    )
    queue.project = project
    db.session.add(queue)
    db.session.commit()
    return queue


def make_target(queue: Queue, **values: Any) -> ServiceTarget:
    """A stored promise for a queue: 80 % within 20 s, from 2020 on."""
    target = ServiceTarget(
        **{
            "queue_id": queue.id,
            "starts_on": date(2020, 1, 1),
            "sl_target": 0.8,
            "sl_threshold_s": 20,
            **values,
        }
    )
    db.session.add(target)
    db.session.commit()
    return target
