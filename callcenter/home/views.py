"""The first page, and search from anywhere."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.access.permissions import Permission
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.web import home_page, search
from callcenter.web.pages import render

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@permission_required(Permission.USE_OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    """Show what needs the reader now."""
    return render(
        "home/index.html",
        home_parts=home_page.parts(),
        name=current_actor().name,
        now=clock.now(),
    )


@bp.get("/search")
@permission_required(Permission.USE_OWN_ACCOUNT)
def find() -> ResponseReturnValue:
    """Find people, projects and pages."""
    words = request.args.get("q", "")
    return render("home/search.html", words=words, hits=search.find(words))
