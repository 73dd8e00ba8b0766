"""acknowledge schedules"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduling_acknowledgement",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_acknowledgement_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_acknowledgement_schedule_id_scheduling_schedule"),
        ),
        sa.PrimaryKeyConstraint(
            "schedule_id",
            "employee_id",
            name=op.f("pk_scheduling_acknowledgement"),
        ),
    )
    op.create_index(
        op.f("ix_scheduling_acknowledgement_employee_id"),
        "scheduling_acknowledgement",
        ["employee_id"],
    )


def downgrade() -> None:
    op.drop_table("scheduling_acknowledgement")
