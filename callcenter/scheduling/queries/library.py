"""Reading the shift library and the work rules."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import EmploymentKind, Site
from callcenter.scheduling.models import (
    ShiftTemplate,
    WorkRuleAssignment,
    WorkRules,
    WorkRuleSet,
)


def shift_templates() -> Select[ShiftTemplate]:
    """The shift library, by earliest start."""
    return select(ShiftTemplate).order_by(
        ShiftTemplate.earliest_start_min, ShiftTemplate.code
    )


def active_templates() -> Sequence[ShiftTemplate]:
    """The shifts that may be planned now, by earliest start."""
    return db.session.scalars(shift_templates().where(ShiftTemplate.is_active)).all()


def get_template(template_id: int) -> ShiftTemplate:
    """The shift of the library; raises `NotFound`."""
    template = db.session.get(ShiftTemplate, template_id)
    if template is None:
        raise NotFound(template_id=template_id)
    return template


def count_templates() -> int:
    """How many shifts the library holds."""
    return db.session.scalar(select(func.count()).select_from(ShiftTemplate)) or 0


def rule_sets() -> Select[WorkRuleSet]:
    """All sets of work rules with what they are assigned to, by name."""
    return (
        select(WorkRuleSet)
        .options(
            selectinload(WorkRuleSet.assignments).joinedload(WorkRuleAssignment.site)
        )
        .order_by(WorkRuleSet.name)
    )


def get_rule_set(rule_set_id: int) -> WorkRuleSet:
    """The set of work rules with its assignments; raises `NotFound`."""
    found = db.session.scalar(rule_sets().where(WorkRuleSet.id == rule_set_id))
    if found is None:
        raise NotFound(rule_set_id=rule_set_id)
    return found


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Which rules hold for whom, read once."""

    by_key: dict[tuple[EmploymentKind, int | None, str | None], WorkRuleSet]

    def find(self, kind: EmploymentKind, site: Site) -> WorkRuleSet | None:
        """The rules for that kind of employment at that site, the nearest first."""
        keys = ((kind, site.id, None), (kind, None, site.country), (kind, None, None))
        return next((self.by_key[key] for key in keys if key in self.by_key), None)


def rule_book() -> RuleBook:
    """Every assignment of work rules."""
    rows = db.session.scalars(
        select(WorkRuleAssignment).options(joinedload(WorkRuleAssignment.rule_set))
    )
    return RuleBook(
        {
            (each.employment_kind, each.site_id, each.country): each.rule_set
            for each in rows
        }
    )


@cache
def shipped_library() -> dict[str, Any]:
    """The library that comes with the product, as data."""
    source = resources.files("callcenter.scheduling") / "data" / "library.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def shipped_templates() -> list[ShiftTemplate]:
    """The shipped shifts as rows that are not stored yet."""
    usual = {"min_work_min": 30, "is_night": False, "is_active": True}
    return [ShiftTemplate(**usual | each) for each in shipped_library()["shift"]]


def shipped_rule_sets() -> list[WorkRuleSet]:
    """The shipped rules as rows that are not stored yet."""
    return [_rule_set(dict(values)) for values in shipped_library()["rules"]]


def _rule_set(values: dict[str, Any]) -> WorkRuleSet:
    parameters = {
        name: values.pop(name) for name in WorkRules.names() if name in values
    }
    values["source"] = values["source"].strip()
    return WorkRuleSet(**values, parameters=parameters, assignments=[])
