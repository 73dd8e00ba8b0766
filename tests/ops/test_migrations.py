"""Migrations: one head, as the models are, forward and back with data."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from callcenter.kernel import schema
from callcenter.kernel.db import db
from callcenter.kernel.jobs import JobSchedule
from callcenter.kernel.schema import migrations
from callcenter.people.models import Employee, Team
from tests.factories.people import make_employee, make_team


@pytest.fixture
def installation(backend, install):
    return install(backend)


@pytest.fixture
def app(installation):
    """The application in a context, on a migrated database."""
    app = installation.app()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def alembic(app):
    """Alembic's settings for that application."""
    return migrations(app)


def test_there_is_one_head(alembic):
    assert len(ScriptDirectory.from_config(alembic).get_heads()) == 1


def test_migrations_lead_to_what_the_models_say(alembic):
    command.check(alembic)


def test_the_database_knows_where_it_stands(app):
    assert schema.is_current()
    assert "as this version wants" in schema.standing()


def test_going_back_to_the_start_leaves_nothing(alembic):
    command.downgrade(alembic, "base")

    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_data_of_the_ground_floor_outlives_the_way_back_and_forward(alembic):
    team = make_team()
    team.supervisor_id = make_employee(team=team).id
    db.session.commit()
    db.session.remove()
    last = ScriptDirectory.from_config(alembic).get_revision("head").down_revision

    command.downgrade(alembic, last)
    command.upgrade(alembic, "head")

    found = db.session.scalars(select(Team)).one()
    assert found.supervisor_id == db.session.scalars(select(Employee.id)).one()


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    alembic, app, tmp_path, monkeypatch
):
    broken = tmp_path / "versions"
    broken.mkdir()
    head = schema.wanted_revision()
    (broken / "9999_break.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision = '9999', {head!r}\n"
        "branch_labels = depends_on = None\n"
        "def upgrade():\n"
        "    op.drop_table('kernel_job')\n"
        "    op.execute('SELECT nonsense FROM nowhere')\n"
        "def downgrade():\n"
        "    pass\n"
    )
    ours = alembic.get_main_option("script_location") + "/versions"
    alembic.set_main_option("version_locations", f"{ours}:{broken}")

    with pytest.raises(Exception, match="nowhere"):
        command.upgrade(alembic, "head")

    db.session.remove()
    assert schema.present_revision() == head
    assert "kernel_job" in inspect(db.engine).get_table_names()
    assert db.session.scalars(select(JobSchedule)).all() == []
