"""The calendar: a country's or a project's days that differ, by year and month."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound, Stale
from callcenter.kernel.text import _, _n
from callcenter.projects import queries, services
from callcenter.projects.errors import DayTaken, UnknownCountry, UnreadableCalendar
from callcenter.projects.forms import CalendarFileForm, DayForm
from callcenter.projects.models import CalendarDay, DayKind, Project
from callcenter.projects.permissions import Permission
from callcenter.projects.views import words
from callcenter.projects.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast, whole_number_arg


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is: a country's, or a project's with the country behind it."""

    country: str | None
    project_id: int | None
    name: str

    @property
    def key(self) -> str:
        """How the address names it."""
        return f"p{self.project_id}" if self.project_id else (self.country or "")


@bp.get("/calendar")
@permission_required(Permission.VIEW_PROJECTS)
def calendar() -> ResponseReturnValue:
    """Show the year of a calendar, or one month of it with names."""
    owners = _owners(current_actor().scope(Permission.VIEW_PROJECTS))
    if not owners:
        return render("projects/no_calendar.html")
    owner = _chosen(owners)
    today = clock.now().date()
    year = whole_number_arg("year", today.year, low=2000, high=2100)
    month = whole_number_arg("month", 0, low=0, high=12)
    first, last = _span(year, month)
    found = queries.calendar_days(owner.country, owner.project_id, first, last)
    by_day: dict[date, list[CalendarDay]] = {}
    for row in found:
        by_day.setdefault(row.day, []).append(row)
    may_edit = _may_edit(owner)
    return render(
        "projects/calendar.html",
        owner=owner,
        owners=owners,
        year=year,
        month=month,
        months=[
            (date(year, each, 1), _weeks(year, each))
            for each in ([month] if month else range(1, 13))
        ],
        by_day=by_day,
        rows=found,
        today=today,
        words=words,
        name_of=_name_of,
        weekday_names=[
            filters.weekday(date(2024, 1, day), "EEEEE") for day in range(1, 8)
        ],
        may_edit=may_edit,
        can_generate=may_edit and owner.country in services.known_countries(),
        day_form=_day_form(),
        file_form=_file_form(),
    )


def _span(year: int, month: int) -> tuple[date, date]:
    first = date(year, month or 1, 1)
    last = date(year, month, 28) if month else date(year, 12, 28)
    following = (last + timedelta(days=4)).replace(day=1)
    return first, following - timedelta(days=1)


def _weeks(year: int, month: int) -> list[list[date | None]]:
    """The weeks of a month from Monday; None beside its first and last day."""
    first, last = _span(year, month)
    days: list[date | None] = [None] * first.weekday()
    days += [first + timedelta(days=each) for each in range((last - first).days + 1)]
    days += [None] * (-len(days) % 7)
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _name_of(row: CalendarDay) -> str:
    is_chinese = filters.locale().language == "zh"
    return row.name_zh if is_chinese and row.name_zh else row.name


def _owners(scope: Scope) -> list[Owner]:
    countries = [Owner(code, None, code) for code in queries.countries_in(scope)]
    rows = db.session.scalars(
        select(Project).where(queries.in_scope(scope)).order_by(Project.name)
    )
    return countries + [Owner(row.country, row.id, row.name) for row in rows]


def _chosen(owners: list[Owner]) -> Owner:
    asked = request.args.get("of", "")
    if not asked:
        return owners[0]
    for owner in owners:
        if owner.key == asked:
            return _with_country(owner)
    raise NotFound(of=asked)


def _with_country(owner: Owner) -> Owner:
    """A project without a country of its own shows that of its teams."""
    if owner.project_id is None or owner.country:
        return owner
    project = db.session.get(Project, owner.project_id)
    country = queries.country_of(project) if project else None
    return Owner(country, owner.project_id, owner.name)


def _may_edit(owner: Owner) -> bool:
    actor = current_actor()
    if not actor.may(Permission.EDIT_CALENDAR):
        return False
    scope = actor.scope(Permission.EDIT_CALENDAR)
    if owner.project_id is not None:
        return queries.has_project(owner.project_id, scope)
    return owner.country in queries.countries_in(scope)


def _own(key: str) -> Owner:
    """The calendar that the actor may edit under that key; raises `NotFound`."""
    scope = current_actor().scope(Permission.EDIT_CALENDAR)
    if key.startswith("p") and key[1:].isdigit():
        project = queries.get_project(int(key[1:]), scope)
        return Owner(None, project.id, project.name)
    if key not in queries.countries_in(scope):
        raise NotFound(of=key)
    return Owner(key, None, key)


def _day_form(row: CalendarDay | None = None) -> DayForm:
    form = DayForm(obj=None if request.method == "POST" else row)
    form.kind.choices = choices(
        (kind.value, name) for kind, (name, _tone) in words.KIND_NAMES.items()
    )
    if request.method != "POST":
        form.kind.data = (row.kind if row else DayKind.EVENT).value
        if row is None:
            form.day.data = _asked_day()
    return form


def _asked_day() -> date | None:
    """The day that another page wants to be marked."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _file_form() -> CalendarFileForm:
    form = CalendarFileForm()
    form.kind.choices = choices(
        (kind.value, name) for kind, (name, _tone) in words.KIND_NAMES.items()
    )
    return form


@bp.route("/calendar/<key>/days/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CALENDAR)
def new_day(key: str) -> ResponseReturnValue:
    """Add a day to a calendar."""
    owner = _own(key)
    form = _day_form()
    if form.validate_on_submit():
        try:
            with transaction():
                services.save_day(CalendarDay(), **_day_values(form, owner))
        except DayTaken as error:
            form.refuse("day", error.message)
        else:
            toast(_("The day was added."))
            return _back(key, form.day.data)
    status = 422 if form.errors else 200
    return render(
        "projects/edit_day.html", status, form=form, owner=owner, key=key, row=None
    )


def _day_values(form: DayForm, owner: Owner) -> dict[str, Any]:
    return {
        "country": owner.country if owner.project_id is None else None,
        "project_id": owner.project_id,
        "day": form.day.data,
        "kind": DayKind(form.kind.data),
        "name": form.name.data,
        "name_zh": form.name_zh.data or "",
    }


@bp.route("/calendar/days/<int:day_id>", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CALENDAR)
def edit_day(day_id: int) -> ResponseReturnValue:
    """Change a day of a calendar."""
    row = queries.get_day(day_id)
    key = _key(row)
    owner = _own(key)
    form = _day_form(row)
    form.look_at(row)
    if form.validate_on_submit():
        try:
            with transaction():
                row = form.require_unchanged(queries.get_day(day_id, lock=True))
                services.save_day(row, **_day_values(form, owner))
        except (DayTaken, Stale) as error:
            row = queries.get_day(day_id)
            form.refuse("day" if isinstance(error, DayTaken) else None, error.message)
        else:
            toast(_("Saved."))
            return _back(key, form.day.data)
    status = 422 if form.errors else 200
    return render(
        "projects/edit_day.html", status, form=form, owner=owner, key=key, row=row
    )


@bp.post("/calendar/days/<int:day_id>/delete")
@permission_required(Permission.EDIT_CALENDAR)
def delete_day(day_id: int) -> ResponseReturnValue:
    """Take a day out of a calendar."""
    with transaction():
        row = queries.get_day(day_id)
        key, day = _key(row), row.day
        _own(key)
        services.delete_day(row)
    toast(_("The day was deleted."))
    return _back(key, day)


def _key(row: CalendarDay) -> str:
    return f"p{row.project_id}" if row.project_id else (row.country or "")


@bp.post("/calendar/<key>/holidays")
@permission_required(Permission.EDIT_CALENDAR)
def add_holidays(key: str) -> ResponseReturnValue:
    """Put a country's public holidays of a year into its calendar."""
    year = request.form.get("year", type=int) or clock.now().year
    try:
        with transaction():
            n_days = services.generate_holidays(_own(key).country or "", year)
    except UnknownCountry as error:
        toast(error.message, "warning")
    else:
        toast(_n("%(num)s day added.", "%(num)s days added.", n_days))
    return see_other("projects.calendar", of=key, year=year)


@bp.route("/calendar/<key>/import", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CALENDAR)
def import_calendar(key: str) -> ResponseReturnValue:
    """Take the days of a calendar file."""
    owner = _own(key)
    form = _file_form()
    if form.validate_on_submit():
        content = form.file.data.read(services.LARGEST_FILE + 1)
        until = clock.now().date() + timedelta(days=366 * services.YEARS_AHEAD)
        try:
            kind = DayKind(form.kind.data)
            days = services.read_calendar_file(content, kind, until=until)
            with transaction():
                n_days = services.add_days(
                    days, country=owner.country, project_id=owner.project_id
                )
        except UnreadableCalendar as error:
            form.refuse("file", error.message)
        else:
            toast(_n("%(num)s day added.", "%(num)s days added.", n_days))
            return _back(key, days[0].day)
    status = 422 if form.errors else 200
    return render(
        "projects/import_calendar.html", status, form=form, owner=owner, key=key
    )


def _back(key: str, day: date) -> ResponseReturnValue:
    return see_other("projects.calendar", of=key, year=day.year)
