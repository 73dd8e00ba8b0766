"""Posts with their job descriptions, and the organisation chart that they make."""

from collections import defaultdict
from dataclasses import dataclass, field

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError, Forbidden
from callcenter.kernel.text import _, _l
from callcenter.people import queries, services
from callcenter.people.forms import PostForm
from callcenter.people.models import Employee, Post, Team
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.people.views.blueprint import bp
from callcenter.people.views.organisation import form_page
from callcenter.web.pages import render, see_other, toast, whole_number_arg
from callcenter.web.tables import BooleanFilter, Column, Empty, Table, TextFilter

NAMES_SHOWN = 6
MEMBERS_SHOWN = 40
TEAMS_SHOWN = 100


@dataclass(slots=True)
class Node:
    """One box of the chart: a post, who fills it, and what reports to it."""

    post: Post
    title: str
    n_filled: int
    people: list[tuple[int, str]]
    children: list["Node"] = field(default_factory=list)

    @property
    def n_vacant(self) -> int:
        """How many of its places stand empty."""
        return max(0, self.post.headcount - self.n_filled)

    @property
    def n_more(self) -> int:
        """How many fill it beside those named."""
        return max(0, self.n_filled - len(self.people))


@bp.get("/organisation")
@permission_required(Permission.VIEW_ORGANISATION)
def organisation() -> ResponseReturnValue:
    """Look at the organisation: by post, or by site and team."""
    scope = current_actor().scope(Permission.VIEW_ORGANISATION)
    if request.args.get("view") == "teams":
        return _by_team(scope)
    roots = chart(scope)
    return render(
        "people/organisation.html",
        view="posts",
        roots=roots,
        n_vacant=sum(each.n_vacant for each in _walk(roots)),
        n_places=sum(each.post.headcount for each in _walk(roots)),
        n_filled=sum(each.n_filled for each in _walk(roots)),
        may_open=current_actor().may(Permission.VIEW_EMPLOYEES),
    )


def chart(scope: Scope) -> list[Node]:
    """The posts as a forest, with the people within a scope in them."""
    day = words.today()
    filled = queries.headcount_by_post(day)
    people: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for post_id, employee_id, name in queries.fillers(scope, day, NAMES_SHOWN):
        people[post_id].append((employee_id, name))
    nodes = {
        post.id: Node(
            post,
            words.post_title(post) or post.title,
            filled.get(post.id, 0),
            people[post.id],
        )
        for post in db.session.scalars(queries.posts())
    }
    roots: list[Node] = []
    for node in nodes.values():
        above = nodes.get(node.post.reports_to_id or 0)
        (above.children if above else roots).append(node)
    return roots


def _walk(nodes: list[Node]) -> list[Node]:
    found = list(nodes)
    for node in nodes:
        found += _walk(node.children)
    return found


def _by_team(scope: Scope) -> ResponseReturnValue:
    """Sites with their teams; of many teams, one site's at a time, page by page."""
    sites = queries.count_teams_by_site(scope)
    asked = request.args.get("site", type=int)
    is_large = sum(each.n_teams for each in sites) > TEAMS_SHOWN
    page = whole_number_arg("page", 1, low=1, high=10_000)
    in_use = queries.visible_teams(scope).where(Team.is_active)
    if is_large:
        cut = in_use.limit(TEAMS_SHOWN).offset((page - 1) * TEAMS_SHOWN)
        in_use = cut.where(Team.site_id == asked)
    teams: dict[int, list[Team]] = defaultdict(list)
    for team in db.session.scalars(in_use):
        teams[team.site_id].append(team)
    return render(
        "people/organisation.html",
        view="teams",
        sites=sites,
        teams=teams,
        is_large=is_large,
        asked=asked,
        page=page,
        per_page=TEAMS_SHOWN,
        heads=queries.headcount_by_team(words.today()),
        may_open=current_actor().may(Permission.VIEW_EMPLOYEES),
    )


@bp.get("/posts")
@permission_required(Permission.VIEW_ORGANISATION)
def posts() -> ResponseReturnValue:
    """List the posts with places and how many are filled."""
    filled = queries.headcount_by_post(words.today())
    n_filled = queries.n_filled_of_post(words.today())
    table = Table(
        "posts",
        queries.posts(),
        caption=_("Posts"),
        columns=[
            Column("title", _l("Title"), sort=Post.title, value=words.post_title),
            Column("site", _l("Site"), value=lambda p: p.site.name if p.site else None),
            Column("headcount", _l("Places"), sort=Post.headcount, align="end"),
            Column(
                "filled",
                _l("Filled"),
                sort=n_filled,
                value=lambda p: filled.get(p.id, 0),
                align="end",
            ),
            Column(
                "vacant",
                _l("Vacant"),
                sort=Post.headcount - n_filled,
                value=lambda p: max(0, p.headcount - filled.get(p.id, 0)),
                align="end",
            ),
            Column("is_front_line", _l("Front line"), sort=Post.is_front_line),
        ],
        filters=[
            TextFilter("q", _l("Title"), Post.title, Post.title_zh),
            BooleanFilter("vacant", _l("With vacancies"), n_filled < Post.headcount),
        ],
        default_sort="title",
        row_url=lambda p: url_for("people.post", post_id=p.id),
        empty=Empty(
            _l("No post yet"),
            _l("A post is a place in the organisation chart; it may stand empty."),
            _l("New post"),
            url_for("people.new_post"),
            "diagram-3",
        ),
    )
    return table.respond("people/posts.html")


@bp.get("/posts/<int:post_id>")
@permission_required(Permission.VIEW_ORGANISATION)
def post(post_id: int) -> ResponseReturnValue:
    """Show a post with its job description and who fills it."""
    actor = current_actor()
    scope = actor.scope(Permission.VIEW_ORGANISATION)
    found = queries.get_detailed_post(post_id)
    day = words.today()
    people = (
        queries.visible_employees(scope)
        .where(Employee.post_id == post_id, queries.employed_on(day))
        .limit(MEMBERS_SHOWN)
    )
    return render(
        "people/post.html",
        post=found,
        title=words.post_title(found),
        above=queries.find_post(found.reports_to_id),
        below=db.session.scalars(queries.posts_below(post_id)).all(),
        people=db.session.scalars(people).all(),
        n_filled=queries.headcount_by_post(day).get(post_id, 0),
        words=words,
        may_edit=_may_edit(found.site_id),
        may_open=actor.may(Permission.VIEW_EMPLOYEES),
    )


@bp.route("/posts/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_ORGANISATION)
def new_post() -> ResponseReturnValue:
    """Put a post into the chart."""
    return _edit(None)


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_ORGANISATION)
def edit_post(post_id: int) -> ResponseReturnValue:
    """Change a post."""
    found = queries.get_post(post_id)
    _require(found.site_id)
    return _edit(found)


@bp.post("/posts/<int:post_id>/delete")
@permission_required(Permission.EDIT_ORGANISATION)
def delete_post(post_id: int) -> ResponseReturnValue:
    """Remove a post that nobody fills and nobody reports to."""
    with transaction():
        found = queries.get_post(post_id)
        _require(found.site_id)
        services.delete_post(found)
    toast(_("The post is removed."))
    return see_other("people.posts")


def _edit(found: Post | None) -> ResponseReturnValue:
    post_id = found.id if found else None
    form = PostForm(obj=found)
    form.look_at(found)
    form.site_id.choices = words.named(queries.site_names(), none_label=_("Any"))
    form.reports_to_id.choices = words.post_choices(_("Nobody: it stands at the top"))
    if form.validate_on_submit():
        try:
            with transaction():
                _require(form.site_id.data)
                present = queries.get_post(post_id) if post_id else None
                saved = services.save_post(
                    form.require_unchanged(present),
                    **form.values(
                        "title",
                        "title_zh",
                        "description",
                        "is_front_line",
                        "headcount",
                        "site_id",
                        "reports_to_id",
                    ),
                )
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("people.post", post_id=saved.id)
    title = _("Edit %(name)s", name=found.title) if found else _("New post")
    return form_page(form, title, _("Posts"), url_for("people.posts"))


def _may_edit(site_id: int | None) -> bool:
    actor = current_actor()
    if not actor.may(Permission.EDIT_ORGANISATION):
        return False
    scope = actor.scope(Permission.EDIT_ORGANISATION)
    return scope.is_everything or site_id in scope.site_ids


def _require(site_id: int | None) -> None:
    if not _may_edit(site_id):
        raise Forbidden
