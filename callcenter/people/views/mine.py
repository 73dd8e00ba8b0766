"""One's own record: what is kept about whoever looks."""

from flask import url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _
from callcenter.people import queries
from callcenter.people.permissions import Permission
from callcenter.people.views.blueprint import bp
from callcenter.people.views.employees import detail_context
from callcenter.web.pages import render


@bp.get("/me/record")
@permission_required(Permission.VIEW_OWN_RECORD)
def my_record() -> ResponseReturnValue:
    """Show one's own data, contracts, skills and absences."""
    employee_id = current_actor().employee_id
    if employee_id is None:
        raise NotFound(
            _("Your sign-in belongs to no employee. An administrator can link it.")
        )
    found = queries.detailed_employee(employee_id, Scope(employee_id=employee_id))
    context = detail_context(found)
    return render(
        "people/my_record.html", **context, account_url=url_for("access.account")
    )
