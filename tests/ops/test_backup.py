"""Backups, tested by restoring them."""

import pytest
from sqlalchemy import select, text

from callcenter.access import audit
from callcenter.access.models import User
from callcenter.kernel.db import Model, db
from callcenter.people.models import Employee, Team
from tests.factories.access import make_user
from tests.factories.people import make_employee, make_team

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def full(backend, install):
    """An installation with people, personal data, a circle of keys and a file."""
    installation = install(backend)
    app = installation.app()
    with app.app_context():
        make_user("planner", email="ann@example.test")
        team = make_team()
        employee = make_employee(team=team, identity_number="110101199003070000")
        team.supervisor_id = employee.id
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    (installation.folder / "uploads").mkdir(parents=True)
    (installation.folder / "uploads" / "calls.csv").write_text("a,b\n1,2\n")
    return installation


def content(installation):
    """Every row of every table, as it is stored."""
    app = installation.app()
    with app.app_context():
        found = {
            table.name: sorted(
                map(repr, db.session.execute(select(text("*")).select_from(table)))
            )
            for table in Model.metadata.sorted_tables
        }
        db.session.remove()
        db.engine.dispose()
    return found


def test_what_was_stored_comes_back_row_by_row_and_file_by_file(full, install, backend):
    target = full.folder.parent / "backup.tar.gz"
    empty = install(backend, is_empty=True)

    stored = full.run("backup", str(target))
    restored = empty.run("restore", str(target))

    assert (stored.returncode, restored.returncode) == (0, 0), restored.stderr
    assert content(empty) == content(full)
    assert (empty.folder / "uploads" / "calls.csv").read_text() == "a,b\n1,2\n"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_portable_backup_moves_to_the_other_kind_of_database(full, install, backend):
    target = full.folder.parent / "backup.tar.gz"
    other = install(OTHER[backend], is_empty=True)

    stored = full.call("backup", "--portable", str(target))
    restored = other.call("restore", str(target))

    assert (stored.returncode, restored.returncode) == (0, 0), restored.stderr
    app = other.app()
    with app.app_context():
        employee = db.session.scalars(select(Employee)).one()
        assert employee.identity_number == "110101199003070000"
        team = db.session.get(Team, employee.team_id)
        assert team.supervisor_id == employee.id
        assert audit.verify().is_intact
        make_user("agent")
        assert db.session.scalar(select(User.id).order_by(User.id.desc())) == 2
        db.session.remove()
        db.engine.dispose()


def test_an_installation_with_data_is_not_written_over_unless_told(full, install):
    target = full.folder.parent / "backup.tar.gz"
    full.call("backup", str(target))

    refused = full.call("restore", str(target))
    told = full.call("restore", "--replace", str(target))

    assert refused.returncode == 1
    assert "holds data already" in refused.stderr
    assert told.returncode == 0, told.stderr


def test_a_damaged_backup_is_refused_and_changes_nothing(full, install, backend):
    target = full.folder.parent / "backup.tar.gz"
    full.call("backup", str(target))
    before = content(full)
    cut = target.read_bytes()
    target.write_bytes(cut[: len(cut) // 2])

    refused = full.call("restore", "--replace", str(target))

    assert refused.returncode == 1
    assert "not a whole backup" in refused.stderr
    assert content(full) == before


def test_other_data_keys_are_named_at_once(full, install, backend):
    target = full.folder.parent / "backup.tar.gz"
    full.call("backup", str(target))
    other = install(backend, is_empty=True)

    restored = other.call("restore", str(target), CALLCENTER_DATA_KEYS="y" * 40)

    assert restored.returncode == 0
    assert "other data keys" in restored.stderr
