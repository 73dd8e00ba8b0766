"""Calendars that agents subscribe to: a secret address each can renew or revoke."""

import secrets

from sqlalchemy import update

from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.scheduling import queries
from callcenter.scheduling.models import CalendarFeed


def open_feed(employee_id: int) -> tuple[CalendarFeed, str]:
    """Give a person a new secret calendar address; the one before stops answering.

    Returns the feed and its token, which is shown once and not kept.
    """
    revoke_feed(employee_id)
    token = secrets.token_urlsafe(24)
    feed = CalendarFeed(
        employee_id=employee_id, token_digest=queries.token_digest(token)
    )
    db.session.add(feed)
    db.session.flush()
    return feed, token


def revoke_feed(employee_id: int) -> bool:
    """Let the person's calendar answer no more; returns whether there was one."""
    feed = queries.find_feed_of(employee_id)
    if feed is None:
        return False
    db.session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.employee_id == employee_id, CalendarFeed.revoked_at.is_(None)
        )
        .values(revoked_at=clock.now())
    )
    return True
