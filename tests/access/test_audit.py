"""The audit trail: what it notes, and that tampering shows."""

import pytest
from sqlalchemy import delete, func, select, update

from callcenter.access import audit
from callcenter.access.models import AuditEntry, Role, User
from callcenter.kernel.db import db, transaction
from tests.factories.access import make_user


def entries(subject):
    statement = select(AuditEntry).where(AuditEntry.subject == subject)
    return db.session.scalars(statement.order_by(AuditEntry.id)).all()


@pytest.fixture
def role(app):
    with transaction():
        role = Role(name="Night", permissions=["access.view_users"])
        db.session.add(role)
    return role


def test_creation_is_noted_with_its_values(role):
    (entry,) = entries("access_role")

    assert entry.action == "created"
    assert entry.changed_fields()["name"] == [None, "Night"]


def test_change_is_noted_from_what_to_what(role):
    with transaction():
        db.session.get(Role, role.id).name = "Late"

    assert entries("access_role")[-1].changed_fields() == {"name": ["Night", "Late"]}


def test_secrets_are_noted_as_changed_without_their_values(app):
    user = make_user(password_hash="first")
    with transaction():
        db.session.get(User, user.id).password_hash = "second"

    changes = entries("access_user")[-1].changes

    assert "first" not in changes
    assert "second" not in changes
    assert "password_hash" in changes


def test_what_was_rolled_back_is_not_noted(role):
    def fail_half_way():
        with transaction():
            db.session.get(Role, role.id).name = "Late"
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert len(entries("access_role")) == 1


def test_untouched_chain_is_intact(role):
    assert audit.verify().is_intact


@pytest.mark.parametrize("column", ["changes", "user_name", "action"])
def test_changed_entry_breaks_the_chain(role, column):
    entry = entries("access_role")[0]
    db.session.execute(
        update(AuditEntry).where(AuditEntry.id == entry.id).values({column: "{}"})
    )
    db.session.expire_all()

    assert audit.verify().broken_id == entry.id


def test_removed_entry_breaks_the_chain(role):
    first = entries("access_role")[0]
    with transaction():
        db.session.get(Role, role.id).name = "Late"
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == first.id))

    assert not audit.verify().is_intact


def test_who_kept_the_seal_sees_that_the_end_was_cut_off(app):
    for n in range(3):
        with transaction():
            db.session.add(User(email=f"u{n}@example.test", name="U"))
    seal = audit.verify().seal
    latest = db.session.scalar(select(func.max(AuditEntry.id)))

    with transaction():
        db.session.add(User(email="later@example.test", name="U"))
    grown = audit.verify(expected=seal)
    db.session.execute(delete(AuditEntry).where(AuditEntry.id >= latest))
    cut = audit.verify(expected=seal)

    assert grown.is_intact
    assert cut.broken_id is None
    assert not cut.is_intact


def test_the_page_names_what_was_done_in_the_readers_language(sign_in_as):
    with transaction():
        audit.record("exported", "people_employee", "list", query="q=lin")

    page = sign_in_as().get("/audit", headers={"Accept-Language": "zh-CN"}).text

    assert "导出" in page
    assert ">exported<" not in page


def test_the_page_says_in_words_what_kind_of_thing_an_entry_is_about(sign_in_as):
    with transaction():
        audit.record("exported", "people_employee", "list", query="q=lin")

    page = sign_in_as().get("/audit", headers={"Accept-Language": "zh-CN"}).text

    assert "员工 list" in page
    assert "people_employee" not in page
