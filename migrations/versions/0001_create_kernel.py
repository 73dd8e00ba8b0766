"""create kernel"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kernel_job_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("args", JsonDocument, nullable=False),
        sa.Column("cron", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_job_schedule")),
        sa.UniqueConstraint("name", name=op.f("uq_kernel_job_schedule_name")),
    )
    op.create_table(
        "kernel_job",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("args", JsonDocument, nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("unique_key", sa.String(length=220), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result", JsonDocument, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("dispatched_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_requested_at", UtcDateTime(), nullable=True),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("scheduled_for", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["kernel_job_schedule.id"],
            name=op.f("fk_kernel_job_schedule_id_kernel_job_schedule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_job")),
        sa.UniqueConstraint(
            "schedule_id",
            "scheduled_for",
            name=op.f("uq_kernel_job_schedule_id_scheduled_for"),
        ),
    )
    with op.batch_alter_table("kernel_job", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_kernel_job_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(
            "ix_kernel_job_queued_key",
            ["unique_key"],
            unique=True,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            batch_op.f("ix_kernel_job_requested_by_kernel_job_created_at"),
            ["requested_by", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_kernel_job_running_key",
            ["unique_key"],
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.create_index(
            batch_op.f("ix_kernel_job_state_kernel_job_due_at"),
            ["state", "due_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_kernel_job_subject_kernel_job_created_at"),
            ["subject", "created_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("kernel_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kernel_job_subject_kernel_job_created_at"))
        batch_op.drop_index(batch_op.f("ix_kernel_job_state_kernel_job_due_at"))
        batch_op.drop_index(
            "ix_kernel_job_running_key",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.drop_index(
            batch_op.f("ix_kernel_job_requested_by_kernel_job_created_at")
        )
        batch_op.drop_index(
            "ix_kernel_job_queued_key",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.drop_index(batch_op.f("ix_kernel_job_created_at"))

    op.drop_table("kernel_job")
    op.drop_table("kernel_job_schedule")
