"""Requisitions and what belongs to them."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from callcenter.access.models import User
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.people.models import EmploymentKind, Post, Site
from callcenter.recruiting.models import (
    Requisition,
    RequisitionReason,
    RequisitionState,
)
from tests.factories.access import make_user
from tests.factories.people import make_post, make_site

_serial = count(1)


def make_requisition(
    site: Site | None = None, post: Post | None = None, **values: Any
) -> Requisition:
    """A stored open requisition for eight people of a front-line post."""
    site = site or make_site()
    post = post or make_post(title="Agent post", is_front_line=True)
    asked_by_id = values.pop("asked_by_id", None) or make_user("recruiter").id
    row = Requisition(
        **{
            "site_id": site.id,
            "post_id": post.id,
            "employment_kind": EmploymentKind.FULL_TIME,
            "headcount": 8,
            "currency": "CNY",
            "pay_low": Decimal(5000),
            "pay_high": Decimal(6500),
            "due_on": clock.now().date() + timedelta(days=40),
            "reason": RequisitionReason.GROWTH,
            "state": RequisitionState.OPEN,
            "asked_by_id": asked_by_id,
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


def fill(center: Any, n: int, *, today: date, recruiter: User) -> dict[str, Any]:
    """Rows of this room for a world's company; the arguments of its addresses."""
    post = Post(title="Agent post", title_zh="客服专员", is_front_line=True)
    db.session.add(post)
    db.session.flush()
    rows = [
        make_requisition(
            center.site,
            post,
            project_id=center.project.id,
            asked_by_id=recruiter.id,
            due_on=today + timedelta(days=30 + i),
            state=RequisitionState.DRAFT if i == 0 else RequisitionState.OPEN,
        )
        for i in range(n)
    ]
    return {"requisition_id": rows[0].id}
