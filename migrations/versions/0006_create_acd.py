"""create acd"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acd_agent_day",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("identified", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("answered_in_threshold", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("hold_s", sa.BigInteger(), nullable=False),
        sa.Column("wrap_s", sa.BigInteger(), nullable=False),
        sa.Column("wait_answered_s", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("dialled", sa.Integer(), nullable=False),
        sa.Column("connected", sa.Integer(), nullable=False),
        sa.Column("outbound_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "agent_id", "day", "queue_id", name=op.f("pk_acd_agent_day")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("acd_agent_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acd_agent_day_day"), ["day"], unique=False)

    op.create_table(
        "acd_agent_interval",
        sa.Column("interval_start", UtcDateTime(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("answered_in_threshold", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("hold_s", sa.BigInteger(), nullable=False),
        sa.Column("wrap_s", sa.BigInteger(), nullable=False),
        sa.Column("wait_answered_s", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("dialled", sa.Integer(), nullable=False),
        sa.Column("connected", sa.Integer(), nullable=False),
        sa.Column("outbound_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "interval_start", "agent_id", "queue_id", name=op.f("pk_acd_agent_interval")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "acd_agent_state",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key_hash", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("agent_name_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acd_agent_state")),
    )
    with op.batch_alter_table("acd_agent_state", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acd_agent_state_agent_id_acd_agent_state_at"),
            ["agent_id", "at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_acd_agent_state_key_hash"), ["key_hash"], unique=True
        )
        batch_op.create_index(
            "ix_acd_agent_state_waiting",
            ["agent_name_id"],
            unique=False,
            sqlite_where=sa.text("agent_id IS NULL"),
            postgresql_where=sa.text("agent_id IS NULL"),
        )

    op.create_table(
        "acd_agent_time_day",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("login_s", sa.Integer(), nullable=False),
        sa.Column("available_s", sa.Integer(), nullable=False),
        sa.Column("pause_s", sa.Integer(), nullable=False),
        sa.Column("busy_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "day", name=op.f("pk_acd_agent_time_day")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("acd_agent_time_day", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acd_agent_time_day_day"), ["day"], unique=False
        )

    op.create_table(
        "acd_agent_time_interval",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("interval_start", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("login_s", sa.Integer(), nullable=False),
        sa.Column("available_s", sa.Integer(), nullable=False),
        sa.Column("pause_s", sa.Integer(), nullable=False),
        sa.Column("busy_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "agent_id", "interval_start", name=op.f("pk_acd_agent_time_interval")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "acd_contact",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("queue_name_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("agent_name_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("wait_s", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.Integer(), nullable=False),
        sa.Column("hold_s", sa.Integer(), nullable=False),
        sa.Column("wrap_s", sa.Integer(), nullable=False),
        sa.Column("transfers", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acd_contact")),
    )
    with op.batch_alter_table("acd_contact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acd_contact_customer_acd_contact_offered_at"),
            ["customer", "offered_at"],
            unique=False,
            sqlite_where=sa.text("customer IS NOT NULL"),
            postgresql_where=sa.text("customer IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_acd_contact_queue_id_acd_contact_offered_at"),
            ["queue_id", "offered_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_acd_contact_waiting_agent",
            ["agent_name_id"],
            unique=False,
            sqlite_where=sa.text("agent_id IS NULL AND agent_name_id IS NOT NULL"),
            postgresql_where=sa.text("agent_id IS NULL AND agent_name_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_acd_contact_waiting_queue",
            ["queue_name_id"],
            unique=False,
            sqlite_where=sa.text("queue_id IS NULL"),
            postgresql_where=sa.text("queue_id IS NULL"),
        )

    op.create_table(
        "acd_contact_key",
        sa.Column(
            "key_hash",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_acd_contact_key")),
    )
    op.create_table(
        "acd_counted_interval",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("queue_name_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("interval_start", UtcDateTime(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Integer(), nullable=False),
        sa.Column("answered_in_threshold", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.Integer(), nullable=False),
        sa.Column("hold_s", sa.Integer(), nullable=False),
        sa.Column("wrap_s", sa.Integer(), nullable=False),
        sa.Column("wait_answered_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acd_counted_interval")),
        sa.UniqueConstraint(
            "queue_name_id",
            "interval_start",
            name=op.f("uq_acd_counted_interval_queue_name_id_interval_start"),
        ),
    )
    with op.batch_alter_table("acd_counted_interval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_acd_counted_interval_queue_id_acd_counted_interval_interval_start"
            ),
            ["queue_id", "interval_start"],
            unique=False,
        )

    op.create_table(
        "acd_queue_day",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("identified", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Integer(), nullable=False),
        sa.Column("answered_in_threshold", sa.Integer(), nullable=False),
        sa.Column("abandoned_in_threshold", sa.Integer(), nullable=False),
        sa.Column("short_abandoned", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("hold_s", sa.BigInteger(), nullable=False),
        sa.Column("wrap_s", sa.BigInteger(), nullable=False),
        sa.Column("wait_answered_s", sa.BigInteger(), nullable=False),
        sa.Column("wait_abandoned_s", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("dialled", sa.Integer(), nullable=False),
        sa.Column("connected", sa.Integer(), nullable=False),
        sa.Column("outbound_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue_id", "day", name=op.f("pk_acd_queue_day")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("acd_queue_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acd_queue_day_day"), ["day"], unique=False)

    op.create_table(
        "acd_queue_interval",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("interval_start", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("threshold_s", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Integer(), nullable=False),
        sa.Column("answered_in_threshold", sa.Integer(), nullable=False),
        sa.Column("abandoned_in_threshold", sa.Integer(), nullable=False),
        sa.Column("short_abandoned", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("hold_s", sa.BigInteger(), nullable=False),
        sa.Column("wrap_s", sa.BigInteger(), nullable=False),
        sa.Column("wait_answered_s", sa.BigInteger(), nullable=False),
        sa.Column("wait_abandoned_s", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("dialled", sa.Integer(), nullable=False),
        sa.Column("connected", sa.Integer(), nullable=False),
        sa.Column("outbound_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "queue_id", "interval_start", name=op.f("pk_acd_queue_interval")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("acd_queue_interval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acd_queue_interval_day"), ["day"], unique=False
        )

    op.create_table(
        "acd_dirty_day",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("needs_recount", sa.Boolean(), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_acd_dirty_day_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("project_id", "day", name=op.f("pk_acd_dirty_day")),
    )
    op.create_table(
        "acd_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("format_name", sa.String(length=40), nullable=False),
        sa.Column("file_names", JsonDocument, nullable=False),
        sa.Column("stored_names", JsonDocument, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", JsonDocument, nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("default_queue", sa.String(length=120), nullable=False),
        sa.Column("keeps_good_part", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("refusal", sa.String(length=400), nullable=False),
        sa.Column("n_rows", sa.Integer(), nullable=False),
        sa.Column("n_new", sa.Integer(), nullable=False),
        sa.Column("n_corrected", sa.Integer(), nullable=False),
        sa.Column("n_unchanged", sa.Integer(), nullable=False),
        sa.Column("n_errors", sa.Integer(), nullable=False),
        sa.Column("n_notices", sa.Integer(), nullable=False),
        sa.Column("n_chunks_applied", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["access_user.id"],
            name=op.f("fk_acd_import_created_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_acd_import_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acd_import")),
    )
    with op.batch_alter_table("acd_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acd_import_project_id_acd_import_created_at"),
            ["project_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_acd_import_sha256"), ["sha256"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_acd_import_state"), ["state"], unique=False
        )

    op.create_table(
        "acd_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mapping", JsonDocument, nullable=False),
        sa.Column("headers", JsonDocument, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_acd_mapping_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acd_mapping")),
        sa.UniqueConstraint(
            "project_id", "name", name=op.f("uq_acd_mapping_project_id_name")
        ),
    )
    op.create_table(
        "acd_import_error",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["acd_import.id"],
            name=op.f("fk_acd_import_error_import_id_acd_import"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acd_import_error")),
    )
    with op.batch_alter_table("acd_import_error", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acd_import_error_import_id"), ["import_id"], unique=False
        )

    op.create_table(
        "acd_source_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("is_ignored", sa.Boolean(), nullable=False),
        sa.Column("n_waiting", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_acd_source_name_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_acd_source_name_project_id_projects_project"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_acd_source_name_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acd_source_name")),
        sa.UniqueConstraint(
            "project_id",
            "kind",
            "name",
            name=op.f("uq_acd_source_name_project_id_kind_name"),
        ),
    )
    with op.batch_alter_table("acd_source_name", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acd_source_name_employee_id"), ["employee_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_acd_source_name_queue_id"), ["queue_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("acd_source_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acd_source_name_queue_id"))
        batch_op.drop_index(batch_op.f("ix_acd_source_name_employee_id"))

    op.drop_table("acd_source_name")
    with op.batch_alter_table("acd_import_error", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acd_import_error_import_id"))

    op.drop_table("acd_import_error")
    op.drop_table("acd_mapping")
    with op.batch_alter_table("acd_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acd_import_state"))
        batch_op.drop_index(batch_op.f("ix_acd_import_sha256"))
        batch_op.drop_index(
            batch_op.f("ix_acd_import_project_id_acd_import_created_at")
        )

    op.drop_table("acd_import")
    op.drop_table("acd_dirty_day")
    with op.batch_alter_table("acd_queue_interval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acd_queue_interval_day"))

    op.drop_table("acd_queue_interval")
    with op.batch_alter_table("acd_queue_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acd_queue_day_day"))

    op.drop_table("acd_queue_day")
    with op.batch_alter_table("acd_counted_interval", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_acd_counted_interval_queue_id_acd_counted_interval_interval_start"
            )
        )

    op.drop_table("acd_counted_interval")
    op.drop_table("acd_contact_key")
    with op.batch_alter_table("acd_contact", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_acd_contact_waiting_queue",
            sqlite_where=sa.text("queue_id IS NULL"),
            postgresql_where=sa.text("queue_id IS NULL"),
        )
        batch_op.drop_index(
            "ix_acd_contact_waiting_agent",
            sqlite_where=sa.text("agent_id IS NULL AND agent_name_id IS NOT NULL"),
            postgresql_where=sa.text("agent_id IS NULL AND agent_name_id IS NOT NULL"),
        )
        batch_op.drop_index(
            batch_op.f("ix_acd_contact_queue_id_acd_contact_offered_at")
        )
        batch_op.drop_index(
            batch_op.f("ix_acd_contact_customer_acd_contact_offered_at"),
            sqlite_where=sa.text("customer IS NOT NULL"),
            postgresql_where=sa.text("customer IS NOT NULL"),
        )

    op.drop_table("acd_contact")
    op.drop_table("acd_agent_time_interval")
    with op.batch_alter_table("acd_agent_time_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acd_agent_time_day_day"))

    op.drop_table("acd_agent_time_day")
    with op.batch_alter_table("acd_agent_state", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_acd_agent_state_waiting",
            sqlite_where=sa.text("agent_id IS NULL"),
            postgresql_where=sa.text("agent_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_acd_agent_state_key_hash"))
        batch_op.drop_index(
            batch_op.f("ix_acd_agent_state_agent_id_acd_agent_state_at")
        )

    op.drop_table("acd_agent_state")
    op.drop_table("acd_agent_interval")
    with op.batch_alter_table("acd_agent_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acd_agent_day_day"))

    op.drop_table("acd_agent_day")
