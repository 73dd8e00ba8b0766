"""The stages of each post: which there are, and how long each may take."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError, Forbidden, NotFound
from callcenter.kernel.text import _
from callcenter.people.models import Post
from callcenter.recruiting import queries, services
from callcenter.recruiting.models import StageKind
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views import words
from callcenter.recruiting.views.blueprint import bp
from callcenter.web.pages import render, see_other, toast


def _posts() -> list[Post]:
    scope = current_actor().scope(Permission.EDIT_STAGES)
    return queries.offered_posts(scope)


@bp.get("/stages")
@permission_required(Permission.EDIT_STAGES)
def stages() -> ResponseReturnValue:
    """List the posts with the stages that candidates for them pass."""
    posts = _posts()
    return render(
        "recruiting/stages.html",
        posts=posts,
        stages=queries.stages_of_posts([each.id for each in posts]),
        kinds=list(StageKind),
        words=words,
        may_edit_shared=current_actor().may_everywhere(Permission.EDIT_STAGES),
    )


@bp.route("/stages/<int:post_id>", methods=["GET", "POST"])
@permission_required(Permission.EDIT_STAGES)
def edit_stages(post_id: int) -> ResponseReturnValue:
    """Set the stages of one post."""
    post = _post(post_id)
    held: dict[StageKind, int] = queries.stages_of_posts([post_id])[post_id]
    fault = ""
    if request.method == "POST":
        try:
            held = _typed()
            with transaction():
                services.set_stages(_post(post_id).id, held)
        except AppError as refusal:
            fault, post = refusal.message, _post(post_id)
        else:
            toast(_("Saved."))
            return see_other("recruiting.stages")
    return render(
        "recruiting/edit_stages.html",
        422 if fault else 200,
        title=words.post_and_site(post),
        held=held,
        kinds=list(StageKind),
        usual=queries.USUAL_DAYS,
        fault=fault,
        up_url=url_for("recruiting.stages"),
    )


def _post(post_id: int) -> Post:
    """The post, of the reader's site or of the whole company.

    Raises `NotFound`, and `Forbidden` for the company's from within a site.
    """
    found = next((each for each in _posts() if each.id == post_id), None)
    if found is None:
        raise NotFound(post_id=post_id)
    if found.site_id is None and not current_actor().may_everywhere(
        Permission.EDIT_STAGES
    ):
        raise Forbidden
    return found


def _typed() -> dict[StageKind, int]:
    found = {}
    for kind in StageKind:
        if request.form.get(f"has_{kind.value}") == "1":
            n_days = request.form.get(f"days_{kind.value}", 0, int)
            if not 1 <= n_days <= 365:
                raise services.days_refused(kind)
            found[kind] = n_days
    return found
