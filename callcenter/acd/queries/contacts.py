"""Reading single contacts."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from callcenter.acd.models import AgentDay, Contact
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Employee
from callcenter.projects.models import Project, Queue


def reach(scope: Scope) -> ColumnElement[bool]:
    """Whether a contact is in scope: of its projects, or of its people.

    The statement that it narrows joins `Queue` and, outer, `Employee`.
    """
    if scope.is_everything:
        return true()
    return or_(
        Queue.project_id.in_(scope.project_ids),
        Employee.team_id.in_(scope.team_ids),
        Employee.site_id.in_(scope.site_ids),
        Employee.id == (scope.employee_id or -1),
    )


def contact_statement(
    scope: Scope,
) -> Select[Contact, Queue, Project, Employee]:
    """Contacts of known queues with queue, project and agent, latest first.

    Rows are ``(Contact, Queue, Project, Employee | None)``.
    """
    return (
        select(Contact, Queue, Project, Employee)
        .join(Queue, Queue.id == Contact.queue_id)
        .join(Project, Project.id == Queue.project_id)
        .outerjoin(Employee, Employee.id == Contact.agent_id)
        .where(reach(scope))
        .order_by(Contact.offered_at.desc(), Contact.id.desc())
    )


def in_queues_of(statement: Any, agent_ids: Collection[int]) -> Any:
    """The statement narrowed to queues in which these agents ever had contacts.

    Contacts have no index by agent, but one by queue and time, and an agent's days
    tell the few queues in which to look.
    """
    queues = select(AgentDay.queue_id).where(AgentDay.agent_id.in_(agent_ids))
    return statement.where(Contact.queue_id.in_(queues.distinct()))


def get_contact(contact_id: int, scope: Scope) -> Any:
    """One contact with its queue, project and agent; raises `NotFound`."""
    row = db.session.execute(
        contact_statement(scope).where(Contact.id == contact_id)
    ).first()
    if row is None:
        raise NotFound(contact_id=contact_id)
    return row


def visits_of_customer(contact: Contact, project_id: int, scope: Scope) -> list[Any]:
    """The latest contacts of the same customer in the same project, at most 20."""
    if contact.customer is None:
        return []
    return list(
        db.session.execute(
            contact_statement(scope)
            .where(
                Contact.customer == contact.customer,
                Queue.project_id == project_id,
            )
            .limit(20)
        )
    )
