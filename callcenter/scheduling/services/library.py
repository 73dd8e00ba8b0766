"""Changing the shift library and the work rules."""

from typing import Any

from sqlalchemy import select

from callcenter.kernel.db import db
from callcenter.people.models import EmploymentKind
from callcenter.scheduling import queries
from callcenter.scheduling.models import (
    ShiftTemplate,
    WorkRuleAssignment,
    WorkRules,
    WorkRuleSet,
)


def install_library() -> tuple[int, int]:
    """Put the shipped shifts and rules in place, leaving alone what is there.

    Returns how many shifts and how many sets of rules were added. Doing it again
    adds nothing.
    """
    have = set(db.session.scalars(select(ShiftTemplate.code)))
    templates = [t for t in queries.shipped_templates() if t.code not in have]
    known = {each.code: each for each in db.session.scalars(queries.rule_sets())}
    rule_sets = [r for r in queries.shipped_rule_sets() if r.code not in known]
    db.session.add_all([*templates, *rule_sets])
    db.session.flush()
    if rule_sets:
        _install_assignments(known | {each.code: each for each in rule_sets})
    return len(templates), len(rule_sets)


def _install_assignments(rule_sets: dict[str, WorkRuleSet]) -> None:
    taken = set(queries.rule_book().by_key)
    for entry in queries.shipped_library()["assignment"]:
        kind = EmploymentKind(entry["employment_kind"])
        for country in entry.get("countries", [None]):
            if (kind, None, country) not in taken:
                db.session.add(
                    WorkRuleAssignment(
                        rule_set_id=rule_sets[entry["rules"]].id,
                        employment_kind=kind,
                        country=country,
                    )
                )
    db.session.flush()


def save_template(template: ShiftTemplate, **values: Any) -> ShiftTemplate:
    """Create or change a shift of the library."""
    for name, value in values.items():
        setattr(template, name, value)
    db.session.add(template)
    db.session.flush()
    return template


def save_rule_set(
    rule_set: WorkRuleSet, *, name: str, name_zh: str, parameters: dict[str, Any]
) -> WorkRuleSet:
    """Create or change a set of work rules; unknown parameters are not stored."""
    rule_set.name, rule_set.name_zh = name, name_zh
    known = WorkRules.names()
    rule_set.parameters = {
        key: value
        for key, value in parameters.items()
        if key in known and value is not None
    }
    db.session.add(rule_set)
    db.session.flush()
    return rule_set


def assign_rules(
    rule_set: WorkRuleSet, kind: EmploymentKind, *, site_id: int | None
) -> WorkRuleAssignment:
    """Let the rules hold for a kind of employment, at one site or everywhere.

    What held there before no longer does.
    """
    book = queries.rule_book().by_key
    if (kind, site_id, None) in book:
        db.session.execute(
            WorkRuleAssignment.__table__.delete().where(  # type: ignore[attr-defined]
                WorkRuleAssignment.employment_kind == kind,
                WorkRuleAssignment.site_id.is_(None)
                if site_id is None
                else WorkRuleAssignment.site_id == site_id,
                WorkRuleAssignment.country.is_(None),
            )
        )
    assignment = WorkRuleAssignment(
        rule_set_id=rule_set.id, employment_kind=kind, site_id=site_id
    )
    db.session.add(assignment)
    db.session.flush()
    return assignment
