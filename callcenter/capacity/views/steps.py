"""How a week's contacts become FTE: in words for one week, as a table for all."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.capacity import queries, services
from callcenter.capacity.permissions import Permission
from callcenter.capacity.views import words
from callcenter.capacity.views.blueprint import bp
from callcenter.capacity.views.choosing import chosen_scenario, plan_scope
from callcenter.kernel.text import _, _l
from callcenter.web import filters
from callcenter.web.pages import render
from callcenter.web.tables import Column
from callcenter.web.tables.exports import csv_response, xlsx_response

if TYPE_CHECKING:
    from callcenter.capacity.services import WeekSteps


class Step(NamedTuple):
    """One line: what it is called, how much it is, and how it comes about."""

    label: str
    amount: str
    how: str


@bp.get("/projects/<int:project_id>/capacity-plan/hours")
@permission_required(Permission.VIEW_CAPACITY)
def hours_to_fte(project_id: int) -> ResponseReturnValue:
    """Show every week's way from hours to FTE, or export it."""
    plan = queries.get_plan(project_id, plan_scope())
    scenario = chosen_scenario(plan)
    needs = queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)
    found = services.work_out_scenario(plan, scenario, needs)
    rows = services.week_steps(scenario, found)
    file_format = request.args.get("export", "")
    if file_format in {"csv", "xlsx"}:
        respond = csv_response if file_format == "csv" else xlsx_response
        return respond(f"{plan.project.name} {scenario.name}", _COLUMNS, rows)
    chosen = chosen_week(rows, found.worst)
    return render(
        "capacity/hours_to_fte.html",
        plan=plan,
        scenario=scenario,
        rows=rows,
        chosen=chosen,
        steps=list(in_words(chosen)),
        words=words,
    )


def chosen_week(rows: Sequence["WeekSteps"], usual: int) -> "WeekSteps":
    """The week that is asked for, else the usual one."""
    asked = request.args.get("week", "")
    return next((row for row in rows if row.week.isoformat() == asked), rows[usual])


def in_words(week: "WeekSteps") -> Iterator[Step]:
    """The steps of a week, each saying how it follows from the one before."""
    yield Step(_("Work on contacts"), _hours(week.work_h), _work(week))
    if week.agent_h is not None:
        occupancy = filters.percent(week.occupancy, 1)
        yield Step(
            _("Agents on contacts or waiting for one"),
            _hours(week.agent_h),
            _("÷ %(share)s occupancy", share=occupancy),
        )
        shrinkage = filters.percent(week.shrinkage, 1)
        yield Step(
            _("Scheduled"),
            _hours(week.scheduled_h),
            _("÷ (1 − %(share)s shrinkage of the requirement)", share=shrinkage),
        )
    else:
        yield Step(
            _("Scheduled"),
            _hours(week.scheduled_h),
            _("as the forecast's requirement says, shrinkage included"),
        )
    yield Step(_("Paid"), _hours(week.paid_h), _paid(week))
    yield Step(
        _("Required FTE"),
        filters.number(week.fte, 1),
        _(
            "÷ %(hours)s hours of a full-time week",
            hours=filters.number(week.full_time_h, 1),
        ),
    )


def _hours(hours: float) -> str:
    return _("%(hours)s h", hours=filters.number(hours, 0))


def _work(week: "WeekSteps") -> str:
    if week.aht_s is None:
        return _("no contacts are expected")
    return _(
        "%(contacts)s contacts × %(aht)s",
        contacts=filters.number(week.contacts, 0),
        aht=filters.clock(week.aht_s),
    )


def _paid(week: "WeekSteps") -> str:
    parts = [
        _("÷ (1 − %(share)s leave)", share=filters.percent(week.leave_share, 1)),
        _("÷ (1 − %(share)s paid breaks)", share=filters.percent(week.break_share, 1)),
        _(
            "÷ %(share)s of hours that fall where needed",
            share=filters.percent(week.fit, 1),
        ),
    ]
    if week.more_shrinkage:
        share = filters.percent(week.more_shrinkage, 1)
        parts.append(_("÷ (1 − %(share)s more this week)", share=share))
    return " ".join(parts)


_COLUMNS = (
    Column("week", _l("Week"), style="date"),
    Column("basis", _l("Basis"), value=lambda row: words.BASIS_NAMES[row.basis]),
    Column("contacts", _l("Volume"), style="number"),
    Column("aht_s", _l("AHT, seconds"), style="number"),
    Column("work_h", _l("Work, hours"), style="number"),
    Column("occupancy", _l("Occupancy"), style="percent"),
    Column("agent_h", _l("Agents, hours"), style="number"),
    Column("shrinkage", _l("Shrinkage"), style="percent"),
    Column("scheduled_h", _l("Scheduled, hours"), style="number"),
    Column("leave_share", _l("Leave"), style="percent"),
    Column("break_share", _l("Paid breaks"), style="percent"),
    Column("more_shrinkage", _l("More shrinkage"), style="percent"),
    Column("fit", _l("Hours that fall where needed"), style="percent"),
    Column("paid_h", _l("Paid, hours"), style="number"),
    Column("full_time_h", _l("Hours of a full-time week"), style="number"),
    Column("fte", _l("Required FTE"), style="number"),
)
