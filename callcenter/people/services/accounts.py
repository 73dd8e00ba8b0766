"""Which sign-in belongs to which employee."""

from callcenter.access import services as access_services
from callcenter.access.models import ScopeKind, User
from callcenter.access.permissions import RoleCode
from callcenter.access.services import GrantWish
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.text import _l
from callcenter.people import queries
from callcenter.people.errors import NotEmployed, UserTaken
from callcenter.people.models import Employee


def invite_employee(
    employee: Employee, *, email: str, role: RoleCode
) -> tuple[User, str]:
    """Give somebody a sign-in of their own; returns it with its link token.

    An agent reaches the own record, a supervisor the own teams; wider roles are
    given in user administration. Raises `EmailTaken`, `UserTaken`, `NotEmployed` and
    `Forbidden` when the role exceeds what the inviter holds.
    """
    _require_free(employee)
    if role not in INVITABLE:
        raise Invalid(_l("Give this role in user administration."), field="role")
    wish = GrantWish(role_code=role, role_id=None, scope_kind=INVITABLE[role])
    user, token = access_services.invite_user(
        email=email, name=employee.name, grants=[wish]
    )
    employee.user_id = user.id
    employee.email = employee.email or user.email
    db.session.flush()
    return user, token


def link_user(employee: Employee, user_id: int) -> User:
    """Say that an existing sign-in is this employee's.

    Raises `UserTaken` when either of the two is linked already.
    """
    _require_free(employee)
    user = queries.find_user(user_id)
    if user is None:
        raise NotFound(user_id=user_id)
    if queries.find_employee_of_user(user_id) is not None:
        raise UserTaken(user_id=user_id)
    employee.user_id = user_id
    db.session.flush()
    return user


INVITABLE = {
    RoleCode.AGENT: ScopeKind.SELF,
    RoleCode.SUPERVISOR: ScopeKind.OWN_TEAMS,
}


def _require_free(employee: Employee) -> None:
    if employee.left_on is not None:
        raise NotEmployed
    if employee.user_id is not None:
        raise UserTaken(_l("This employee has a sign-in already."))
