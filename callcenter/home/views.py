"""The first page."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.access.permissions import Permission
from callcenter.web.pages import render

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@permission_required(Permission.USE_OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    """Show what needs the reader now."""
    return render("home/index.html")
