"""Plans of outbound campaigns: the list, the form, and what a plan comes to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.forms import CampaignForm
from callcenter.forecasting.models import CampaignPlan, Release
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.asked import id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.knowledge import knowing
from callcenter.forecasting.views.knowledge.events_table import projects_in
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound, Stale
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Direction, Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, DateRangeFilter, Empty, Table, TextFilter

INTERVAL_S = 900
_PLAIN = (
    "name",
    "first_day",
    "last_day",
    "list_size",
    "most_attempts",
    "dials_per_h",
    "talk_s",
    "wrap_s",
    "dial_s",
)


@bp.get("/forecasts/campaigns")
@permission_required(Permission.VIEW_FORECASTS)
def campaigns() -> ResponseReturnValue:
    """List campaign plans, latest first."""
    actor = current_actor()
    may_adjust = actor.may(Permission.ADJUST_FORECAST)
    table = Table(
        "campaigns",
        queries.visible_campaigns(actor.scope(Permission.VIEW_FORECASTS)),
        caption=_("Campaigns"),
        columns=[
            Column("name", _l("Name"), sort=CampaignPlan.name),
            Column("queue", _l("Queue"), value=lambda row: row.queue.name),
            Column("project", _l("Project"), value=lambda row: row.project.name),
            Column(
                "first_day", _l("First day"), sort=CampaignPlan.first_day, style="date"
            ),
            Column(
                "last_day", _l("Last day"), sort=CampaignPlan.last_day, style="date"
            ),
            Column(
                "list_size",
                _l("People on the list"),
                sort=CampaignPlan.list_size,
                style="number",
                align="end",
            ),
        ],
        filters=[
            TextFilter("q", _l("Name"), CampaignPlan.name, Queue.name),
            DateRangeFilter("day", _l("First day"), CampaignPlan.first_day),
        ],
        default_sort="first_day",
        default_dir="desc",
        row_url=lambda row: url_for("forecasting.campaign", campaign_id=row.id),
        empty=Empty(
            _l("No campaign planned yet"),
            _l("A list, attempts and contact rates by hour tell the work they make."),
            _l("New campaign") if may_adjust else None,
            url_for("forecasting.new_campaign") if may_adjust else None,
            "telephone",
        ),
    )
    return table.respond(
        "forecasting/campaigns.html",
        may_adjust=may_adjust,
        projects=projects_in(actor.scope(Permission.VIEW_FORECASTS)),
    )


@bp.route("/forecasts/campaigns/new", methods=["GET", "POST"])
@permission_required(Permission.ADJUST_FORECAST)
def new_campaign() -> ResponseReturnValue:
    """Plan a campaign; its first figures are what the queue did of late."""
    queues = _outbound_queues()
    form = _form(queues, None)
    if form.validate_on_submit():
        saved = _save(form, None)
        if saved is not None:
            return see_other("forecasting.campaign", campaign_id=saved)
    status = 422 if form.errors else 200
    return render(
        "forecasting/edit_campaign.html", status, form=form, has_queues=bool(queues)
    )


@bp.route("/forecasts/campaigns/<int:campaign_id>", methods=["GET", "POST"])
@permission_required(Permission.VIEW_FORECASTS)
def campaign(campaign_id: int) -> ResponseReturnValue:
    """Show what a plan comes to, and change it."""
    actor = current_actor()
    permission = Permission.VIEW_FORECASTS
    plan = queries.get_campaign(campaign_id, actor.scope(permission))
    if request.method == "POST":
        permission = Permission.ADJUST_FORECAST
        plan = queries.get_campaign(campaign_id, actor.scope(permission))
    may_adjust = actor.may(Permission.ADJUST_FORECAST)
    form = _form(_outbound_queues(), plan) if may_adjust else None
    if form is not None and form.validate_on_submit() and _save(form, campaign_id):
        return see_other("forecasting.campaign", campaign_id=campaign_id)
    if form is not None and form.errors:
        plan = queries.get_campaign(campaign_id, actor.scope(permission))
    return _page(plan, form, 422 if form is not None and form.errors else 200)


def _page(
    plan: CampaignPlan, form: CampaignForm | None, status: int
) -> ResponseReturnValue:
    queue = plan.queue
    queue.project = plan.project
    work = services.follow_campaign(
        plan, services.hours_of(plan, queue, INTERVAL_S), INTERVAL_S
    )
    dials, contacts, hours = work.by_day
    return render(
        "forecasting/campaign.html",
        status,
        plan=plan,
        queue=queue,
        form=form,
        n_dials=float(dials.sum()),
        n_reached=float(contacts.sum()),
        hours=float(hours.sum()),
        never_reached=work.never_reached,
        left_over=work.left_over,
        release=knowing.RELEASE_NAMES[plan.release],
        chart=_chart(plan, dials, contacts),
        rows=[
            (plan.first_day + timedelta(days=place), *each)
            for place, each in enumerate(
                zip(dials.tolist(), contacts.tolist(), hours.tolist(), strict=True)
            )
        ],
    )


def _chart(plan: CampaignPlan, dials: Any, contacts: Any) -> Chart:
    days = [plan.first_day + timedelta(days=place) for place in range(plan.n_days)]
    return line_chart(
        _("Dials and people reached a day"),
        [filters.day(day, "weekday_day") for day in days],
        [
            Series(_("Dials"), [round(each) for each in dials.tolist()]),
            Series(_("People reached"), [round(each) for each in contacts.tolist()]),
        ],
        first_column=_("Day"),
    )


def _outbound_queues() -> Sequence[Queue]:
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    return db.session.scalars(
        project_queries.visible_queues(scope).where(
            Queue.direction == Direction.OUTBOUND, Queue.is_active
        )
    ).all()


def _form(queues: Sequence[Queue], plan: CampaignPlan | None) -> CampaignForm:
    is_asked = request.method != "POST"
    form = CampaignForm(obj=plan if is_asked else None)
    form.queue_id.choices = choices(
        (queue.id, f"{queue.name} ({queue.project.name})") for queue in queues
    )
    form.release.choices = choices(
        (each.value, name) for each, name in knowing.RELEASE_NAMES.items()
    )
    if is_asked and plan is not None:
        form.release.data = plan.release.value
        form.fading.data = round(plan.fading * 100, 2)
        form.contact_rate.data = knowing.spelt(plan.contact_rate)
        _show_retries(form, plan.retries)
        form.look_at(plan)
    elif is_asked and queues:
        _propose(form, queues)
    knowing.write_plainly(form)
    return form


def _propose(form: CampaignForm, queues: Sequence[Queue]) -> None:
    """A new plan's first figures: what the chosen queue did of late."""
    asked = id_asked("queue")
    queue = next((each for each in queues if each.id == asked), queues[0])
    if asked not in {None, queue.id}:
        raise NotFound(queue_id=asked)
    monday = clock.today(queue.project.tz)
    monday += timedelta(days=7 - monday.weekday())
    practice = services.practice_of(queue)
    form.queue_id.data = queue.id
    form.first_day.data, form.last_day.data = monday, monday + timedelta(days=13)
    form.list_size.data, form.release.data = 5000, Release.DAILY.value
    form.talk_s.data = practice.talk_s if practice else 180
    # What is known of a contact has its wrap-up in it.
    form.wrap_s.data, form.dial_s.data = 0 if practice else 30, 0
    form.dials_per_h.data = practice.dials_per_h if practice else 100
    form.contact_rate.data = knowing.spelt(practice.contact_rate) if practice else "30"
    _show_retries(form, [[0.3, 1.0], [0.6, 24.0], [0.1, 0.0]])


def _show_retries(form: CampaignForm, retries: Sequence[Sequence[float]]) -> None:
    soon, later = retries[0], retries[1]
    form.busy_share.data, form.busy_wait_h.data = round(soon[0] * 100, 2), soon[1]
    form.later_share.data, form.later_wait_h.data = round(later[0] * 100, 2), later[1]


def _save(form: CampaignForm, campaign_id: int | None) -> int | None:
    """Keep what was typed; None after a refusal, which the form then shows."""
    try:
        rate = knowing.percents(form.contact_rate.data or "", low=0.0, high=100.0)
    except ValueError:
        form.refuse("contact_rate", knowing.not_percents(0.0, 100.0))
        return None
    if len(rate) not in {1, 24}:
        form.refuse("contact_rate", _("Write one number, or 24: one for each hour."))
        return None
    never = 100.0 - form.busy_share.data - form.later_share.data
    if never < -1e-9:
        form.refuse("later_share", _("Both shares together are at most 100 percent."))
        return None
    values = form.values(*_PLAIN) | {
        "comment": form.comment.data or "",
        "release": Release(form.release.data),
        "fading": form.fading.data / 100.0,
        "contact_rate": rate * 24 if len(rate) == 1 else rate,
        "retries": [
            [form.busy_share.data / 100.0, form.busy_wait_h.data],
            [form.later_share.data / 100.0, form.later_wait_h.data],
            [max(never, 0.0) / 100.0, 0.0],
        ],
    }
    return _keep(form, campaign_id, values)


def _keep(
    form: CampaignForm, campaign_id: int | None, values: dict[str, Any]
) -> int | None:
    actor = current_actor()
    scope = actor.scope(Permission.ADJUST_FORECAST)
    try:
        with transaction():
            plan = None
            if campaign_id is not None:
                plan = queries.get_campaign(campaign_id, scope)
            form.require_unchanged(plan)
            queue = project_queries.get_queue(form.queue_id.data, scope)
            if plan is None:
                values["made_by_id"] = actor.user_id
            saved = services.save_campaign(plan, queue, **values)
    except (Invalid, Stale) as error:
        for name in error.context.get("fields", ()) or (None,):
            form.refuse(name, error.message)
        return None
    toast(_("Kept for all forecasts from now on. Work drafts out again to see it."))
    return saved.id


@bp.post("/forecasts/campaigns/<int:campaign_id>/delete")
@permission_required(Permission.ADJUST_FORECAST)
def delete_campaign(campaign_id: int) -> ResponseReturnValue:
    """Forget a campaign plan."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    with transaction():
        services.delete_campaign(queries.get_campaign(campaign_id, scope))
    toast(_("The campaign plan is gone."))
    return see_other("forecasting.campaigns")
