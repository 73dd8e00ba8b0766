"""Requisitions and what belongs to them."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from callcenter.access.models import User
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.people.models import EmploymentKind, Post, Site
from callcenter.people.services import sort_name
from callcenter.recruiting.models import (
    Application,
    Candidate,
    Channel,
    ChannelKind,
    Event,
    Requisition,
    RequisitionReason,
    RequisitionState,
    StageKind,
)
from callcenter.recruiting.services import name_key
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


def make_channel(**values: Any) -> Channel:
    """A stored channel of the whole company."""
    n = next(_serial)
    row = Channel(
        **{"kind": ChannelKind.CAMPUS_TALK, "name": f"Talk channel {n}", **values}
    )
    db.session.add(row)
    db.session.commit()
    return row


def make_event(site: Site, channel: Channel | None = None, **values: Any) -> Event:
    """A stored event of tomorrow, open for sign-up."""
    n = next(_serial)
    starts_at = clock.now() + timedelta(days=1)
    row = Event(
        **{
            "channel_id": (channel or make_channel()).id,
            "site_id": site.id,
            "title": f"Talk {n}",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "currency": "CNY",
            "token": f"token-of-talk-{n}",
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


def make_candidate(site: Site | None = None, **values: Any) -> Candidate:
    """A stored candidate who agreed, with a phone and identity number of their own."""
    n = next(_serial)
    name = values.pop("name", f"Candidate {n}")
    site = site or make_site()
    numbers = {"phone_digest": f"p{n}", "identity_digest": f"i{n}"}
    row = Candidate(
        **{
            "name": name,
            "name_sort": sort_name(name),
            "name_key": name_key(name),
            "site_id": site.id,
            "consent_at": clock.now(),
            "consent_version": "test",
            "is_in_pool": False,
            **numbers,
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


def make_application(
    requisition: Requisition, candidate: Candidate | None = None, **values: Any
) -> Application:
    """A stored application at its first stage, due in two days."""
    site = db.session.get(Site, requisition.site_id)
    candidate = candidate or make_candidate(site)
    row = Application(
        **{
            "candidate_id": candidate.id,
            "requisition_id": requisition.id,
            "stage": StageKind.SCREENING,
            "due_at": clock.now() + timedelta(days=2),
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
    channel = make_channel(site_id=center.site.id, name="School")
    events = [make_event(center.site, channel) for _ in range(n)]
    applications = [
        make_application(
            rows[-1],
            make_candidate(
                center.site, name=f"{center.team.name} Hopeful", is_in_pool=i == 0
            ),
            due_at=clock.now() - timedelta(days=1),
        )
        for i in range(n)
    ]
    return {
        "requisition_id": rows[0].id,
        "channel_id": channel.id,
        "event_id": events[0].id,
        "candidate_id": applications[0].candidate_id,
        "application_id": applications[0].id,
        "recruiting.sign_up:token": events[0].token,
    }
