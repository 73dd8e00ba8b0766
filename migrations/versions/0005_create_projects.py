"""create projects"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import Amount

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "projects_client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects_client")),
        sa.UniqueConstraint("code", name=op.f("uq_projects_client_code")),
    )
    op.create_table(
        "projects_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("billing_basis", sa.String(40), nullable=False),
        sa.Column("rate", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["projects_client.id"],
            name=op.f("fk_projects_project_client_id_projects_client"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects_project")),
        sa.UniqueConstraint("code", name=op.f("uq_projects_project_code")),
    )
    with op.batch_alter_table("projects_project", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_projects_project_client_id"), ["client_id"], unique=False
        )

    op.create_table(
        "projects_calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_projects_calendar_day_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects_calendar_day")),
        sa.UniqueConstraint(
            "country",
            "project_id",
            "day",
            "name",
            name=op.f("uq_projects_calendar_day_country_project_id_day_name"),
        ),
    )
    with op.batch_alter_table("projects_calendar_day", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_projects_calendar_day_day"), ["day"], unique=False
        )

    op.create_table(
        "projects_queue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=True),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("closes_on_holidays", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_projects_queue_project_id_projects_project"),
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"],
            ["people_skill.id"],
            name=op.f("fk_projects_queue_skill_id_people_skill"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects_queue")),
        sa.UniqueConstraint("code", name=op.f("uq_projects_queue_code")),
    )
    with op.batch_alter_table("projects_queue", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_projects_queue_project_id"), ["project_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_projects_queue_skill_id"), ["skill_id"], unique=False
        )

    op.create_table(
        "projects_team_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_projects_team_assignment_project_id_projects_project"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["people_team.id"],
            name=op.f("fk_projects_team_assignment_team_id_people_team"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects_team_assignment")),
    )
    with op.batch_alter_table("projects_team_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_projects_team_assignment_project_id"),
            ["project_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_projects_team_assignment_team_id"), ["team_id"], unique=False
        )

    op.create_table(
        "projects_opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 7", name=op.f("ck_projects_opening_hours_weekday")
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_projects_opening_hours_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects_opening_hours")),
    )
    with op.batch_alter_table("projects_opening_hours", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_projects_opening_hours_queue_id"), ["queue_id"], unique=False
        )

    op.create_table(
        "projects_service_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("sl_target", sa.Double(), nullable=False),
        sa.Column("sl_threshold_s", sa.Integer(), nullable=False),
        sa.Column("sl_definition", sa.String(40), nullable=False),
        sa.Column("short_abandon_s", sa.Integer(), nullable=False),
        sa.Column("max_abandon_rate", sa.Double(), nullable=True),
        sa.Column("max_occupancy", sa.Double(), nullable=True),
        sa.Column("max_asa_s", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "sl_target > 0 AND sl_target <= 1",
            name=op.f("ck_projects_service_target_sl_target"),
        ),
        sa.CheckConstraint(
            "sl_threshold_s >= 0",
            name=op.f("ck_projects_service_target_sl_threshold_s"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_projects_service_target_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects_service_target")),
    )
    with op.batch_alter_table("projects_service_target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_projects_service_target_queue_id_projects_service_target_starts_on"
            ),
            ["queue_id", "starts_on"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("projects_service_target", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_projects_service_target_queue_id_projects_service_target_starts_on"
            )
        )

    op.drop_table("projects_service_target")
    with op.batch_alter_table("projects_opening_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_opening_hours_queue_id"))

    op.drop_table("projects_opening_hours")
    with op.batch_alter_table("projects_team_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_team_assignment_team_id"))
        batch_op.drop_index(batch_op.f("ix_projects_team_assignment_project_id"))

    op.drop_table("projects_team_assignment")
    with op.batch_alter_table("projects_queue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_queue_skill_id"))
        batch_op.drop_index(batch_op.f("ix_projects_queue_project_id"))

    op.drop_table("projects_queue")
    with op.batch_alter_table("projects_calendar_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_calendar_day_day"))

    op.drop_table("projects_calendar_day")
    with op.batch_alter_table("projects_project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_project_client_id"))

    op.drop_table("projects_project")
    op.drop_table("projects_client")
