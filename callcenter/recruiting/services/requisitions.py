"""Writing requisitions, and closing those that are no longer wanted."""

from typing import Any

from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.text import _l
from callcenter.people.models import Site
from callcenter.recruiting import queries
from callcenter.recruiting.errors import RequisitionInvalid, RequisitionSettled
from callcenter.recruiting.models import (
    Requisition,
    RequisitionReason,
    RequisitionState,
)


def write_requisition(
    requisition: Requisition, *, site: Site, replaces: str = "", **values: Any
) -> Requisition:
    """Write down, or correct, what is asked for; it stays or becomes a draft.

    ``replaces`` is the employee number of who left. Raises `RequisitionSettled` once
    it was sent, and `RequisitionInvalid`, which names the field.
    """
    if requisition.id is not None and not requisition.is_editable:
        raise RequisitionSettled
    with db.session.no_autoflush:
        replaces_id = _leaver(values["reason"], replaces, site)
        _require_post_at(values["post_id"], site)
    _require_band(values)
    is_late = values["due_on"] <= clock.today(site.tz)
    if is_late and values["due_on"] != requisition.due_on:
        raise RequisitionInvalid(
            _l("That day is over; people are wanted for a day to come."),
            field="due_on",
        )
    for name, value in values.items():
        setattr(requisition, name, value)
    requisition.site_id, requisition.currency = site.id, site.currency
    requisition.replaces_id = replaces_id
    requisition.state = RequisitionState.DRAFT
    db.session.add(requisition)
    db.session.flush()
    return requisition


def close_requisition(requisition: Requisition) -> Requisition:
    """Stop recruiting for it: it is filled, or nobody is wanted any more.

    Raises `RequisitionSettled` unless people are being recruited for it.
    """
    if requisition.state is not RequisitionState.OPEN:
        raise RequisitionSettled
    requisition.state = RequisitionState.CLOSED
    requisition.closed_at = clock.now()
    db.session.flush()
    return requisition


def delete_requisition(requisition: Requisition) -> None:
    """Throw away what was never approved; raises `RequisitionSettled`."""
    if not requisition.is_editable:
        raise RequisitionSettled
    db.session.delete(requisition)
    db.session.flush()


def _leaver(reason: RequisitionReason, number: str, site: Site) -> int | None:
    if reason is not RequisitionReason.REPLACEMENT or not number.strip():
        return None
    employee = queries.find_leaver(number.strip(), site.id)
    if employee is None:
        raise RequisitionInvalid(
            _l("Nobody at this site has that employee number."), field="replaces"
        )
    return employee.id


def _require_post_at(post_id: int, site: Site) -> None:
    site_id = queries.find_site_of_post(post_id)
    if site_id is not None and site_id != site.id:
        raise RequisitionInvalid(
            _l("This post belongs to another site."), field="post_id"
        )


def _require_band(values: dict[str, Any]) -> None:
    low, high = values.get("pay_low"), values.get("pay_high")
    if (low is None) != (high is None):
        raise RequisitionInvalid(
            _l("A pay band has two ends: write both, or neither."),
            field="pay_high" if high is None else "pay_low",
        )
    if low is not None and high is not None and low > high:
        raise RequisitionInvalid(
            _l("The pay band ends below its beginning."), field="pay_high"
        )
