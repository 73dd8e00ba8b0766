"""The catalogue of skills."""

from flask import url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _, _l
from callcenter.people import queries, services
from callcenter.people.forms import CatalogueSkillForm
from callcenter.people.models import Skill, SkillKind
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.people.views.blueprint import bp
from callcenter.people.views.organisation import form_page, require_everything
from callcenter.web.pages import see_other, toast
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table, TextFilter

BOTH = ["GET", "POST"]


@bp.get("/skills")
@permission_required(Permission.VIEW_ORGANISATION)
def skills() -> ResponseReturnValue:
    """List the catalogue of skills with how many hold each."""
    holders = queries.holders_by_skill(words.today())
    table = Table(
        "skills",
        queries.skills(),
        caption=_("Skills"),
        columns=[
            Column("name", _l("Name"), sort=Skill.name),
            Column("name_zh", _l("Name in Chinese"), sort=Skill.name_zh),
            Column("code", _l("Code"), sort=Skill.code),
            Column("kind", _l("Kind"), sort=Skill.kind, value=lambda s: s.kind.label),
            Column(
                "holders",
                _l("Held by"),
                value=lambda s: holders.get(s.id, 0),
                link=_holders_url,
                align="end",
            ),
        ],
        filters=[
            TextFilter("q", _l("Name or code"), Skill.name, Skill.name_zh, Skill.code),
            ChoiceFilter(
                "kind",
                _l("Kind"),
                Skill.kind,
                [(kind.value, kind.label) for kind in SkillKind],
            ),
        ],
        default_sort="name",
        row_url=_skill_url,
        empty=Empty(
            _l("No skill yet"),
            _l("Queues ask for skills, and people hold them with a level."),
            _l("New skill"),
            url_for("people.new_skill"),
            "mortarboard",
        ),
    )
    return table.respond("people/skills.html")


@bp.route("/skills/new", methods=BOTH)
@permission_required(Permission.EDIT_ORGANISATION)
def new_skill() -> ResponseReturnValue:
    """Add a skill to the catalogue."""
    return _edit_skill(None)


@bp.route("/skills/<int:skill_id>", methods=BOTH)
@permission_required(Permission.EDIT_ORGANISATION)
def skill(skill_id: int) -> ResponseReturnValue:
    """Change a skill of the catalogue."""
    return _edit_skill(queries.get_skill(skill_id))


@bp.post("/skills/<int:skill_id>/delete")
@permission_required(Permission.EDIT_ORGANISATION)
def delete_skill(skill_id: int) -> ResponseReturnValue:
    """Remove a skill that nobody holds."""
    require_everything()
    with transaction():
        services.delete_skill(queries.get_skill(skill_id))
    toast(_("The skill is removed."))
    return see_other("people.skills")


def _edit_skill(found: Skill | None) -> ResponseReturnValue:
    require_everything()
    skill_id = found.id if found else None
    form = CatalogueSkillForm(obj=found)
    form.look_at(found)
    form.kind.choices = words.kinds(SkillKind)
    if form.validate_on_submit():
        try:
            with transaction():
                present = queries.get_skill(skill_id) if skill_id else None
                services.save_skill(
                    form.require_unchanged(present),
                    **form.values("code", "name", "name_zh", "kind"),
                )
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("people.skills")
    title = _("Edit %(name)s", name=found.name) if found else _("New skill")
    delete_url = url_for("people.delete_skill", skill_id=skill_id) if skill_id else None
    return form_page(
        form, title, _("Skills"), url_for("people.skills"), delete_url=delete_url
    )


def _skill_url(skill: Skill) -> str | None:
    if not current_actor().may_everywhere(Permission.EDIT_ORGANISATION):
        return None
    return url_for("people.skill", skill_id=skill.id)


def _holders_url(skill: Skill) -> str | None:
    if not current_actor().may(Permission.VIEW_EMPLOYEES):
        return None
    return url_for("people.employees", skill=skill.id)
