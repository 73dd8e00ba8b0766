"""keep service chances in scheduling"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduling_service_chance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("premises", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("figures", JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_scheduling_service_chance_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_service_chance")),
        sa.UniqueConstraint(
            "queue_id", "day", name=op.f("uq_scheduling_service_chance_queue_id_day")
        ),
    )
    op.create_index(
        op.f("ix_scheduling_service_chance_day"),
        "scheduling_service_chance",
        ["day"],
    )


def downgrade() -> None:
    op.drop_table("scheduling_service_chance")
