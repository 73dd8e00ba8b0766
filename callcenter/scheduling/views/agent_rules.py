"""What agents of a site may arrange by themselves."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _
from callcenter.people.models import Site
from callcenter.scheduling import services
from callcenter.scheduling.forms import AgentRulesForm
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import swaps as reading
from callcenter.scheduling.views.blueprint import bp
from callcenter.web.pages import render, see_other, toast, whole_number_arg

FIELDS = (
    "swap_notice_h",
    "swap_longest",
    "is_swap_made_by_rule",
    "swap_max_short_h",
    "overtime_day_h",
    "overtime_month_h",
)


@bp.route("/agent-rules", methods=["GET", "POST"])
@permission_required(Permission.SET_AGENT_RULES)
def agent_rules() -> ResponseReturnValue:
    """Show and set the rules of one site."""
    sites = _sites()
    if not sites:
        return render("scheduling/agent_rules.html", site=None)
    site = _chosen(sites)
    rules = reading.agent_rules(site.id)
    form = AgentRulesForm(data={name: getattr(rules, name) for name in FIELDS})
    if form.validate_on_submit():
        with transaction():
            services.save_agent_rules(site.id, **form.values(*FIELDS))
        toast(_("Saved. The rules hold from now on."))
        return see_other("scheduling.agent_rules", site=site.id)
    return render(
        "scheduling/agent_rules.html",
        422 if form.errors else 200,
        site=site,
        sites=sites,
        sites_tabs=[
            (each.name, url_for("scheduling.agent_rules", site=each.id), each == site)
            for each in sites
        ],
        form=form,
    )


def _sites() -> list[Site]:
    """The sites whose rules the reader may set, by name."""
    scope = current_actor().scope(Permission.SET_AGENT_RULES)
    statement = select(Site).order_by(Site.name)
    if not scope.is_everything:
        statement = statement.where(Site.id.in_(scope.site_ids))
    return list(db.session.scalars(statement))


def _chosen(sites: list[Site]) -> Site:
    if "site" not in request.args:
        return sites[0]
    wanted = whole_number_arg("site", 0, low=0, high=2**31 - 1)
    site = next((each for each in sites if each.id == wanted), None)
    if site is None:
        raise NotFound(site_id=wanted)
    return site
