"""swap shifts"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduling_agent_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("swap_notice_h", sa.Integer(), nullable=False),
        sa.Column("swap_longest", sa.Integer(), nullable=False),
        sa.Column("is_swap_made_by_rule", sa.Boolean(), nullable=False),
        sa.Column("swap_max_short_h", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "swap_longest BETWEEN 2 AND 6",
            name=op.f("ck_scheduling_agent_rules_longest"),
        ),
        sa.CheckConstraint(
            "swap_max_short_h >= 0", name=op.f("ck_scheduling_agent_rules_short")
        ),
        sa.CheckConstraint(
            "swap_notice_h >= 0", name=op.f("ck_scheduling_agent_rules_notice")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_scheduling_agent_rules_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_agent_rules")),
        sa.UniqueConstraint("site_id", name=op.f("uq_scheduling_agent_rules_site_id")),
    )
    op.create_table(
        "scheduling_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("loss", sa.String(40), nullable=True),
        sa.Column("more_short_h", sa.Double(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_swap_opened_by_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["workflow_request.id"],
            name=op.f("fk_scheduling_swap_request_id_workflow_request"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_swap_schedule_id_scheduling_schedule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_swap")),
    )
    with op.batch_alter_table("scheduling_swap", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_swap_opened_by_id_scheduling_swap_created_at"),
            ["opened_by_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_swap_schedule_id_scheduling_swap_state"),
            ["schedule_id", "state"],
            unique=False,
        )

    op.create_table(
        "scheduling_swap_part",
        sa.Column("swap_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "shift_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_swap_part_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["scheduling_shift.id"],
            name=op.f("fk_scheduling_swap_part_shift_id_scheduling_shift"),
        ),
        sa.ForeignKeyConstraint(
            ["swap_id"],
            ["scheduling_swap.id"],
            name=op.f("fk_scheduling_swap_part_swap_id_scheduling_swap"),
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_swap_part_taker_id_people_employee"),
        ),
        sa.PrimaryKeyConstraint(
            "swap_id", "place", name=op.f("pk_scheduling_swap_part")
        ),
    )
    with op.batch_alter_table("scheduling_swap_part", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_scheduling_swap_part_employee_id_scheduling_swap_part_answer"
            ),
            ["employee_id", "answer"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_swap_part_shift_id"), ["shift_id"], unique=False
        )

    op.create_table(
        "scheduling_swap_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "shift_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("wants", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_swap_wish_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["scheduling_shift.id"],
            name=op.f("fk_scheduling_swap_wish_shift_id_scheduling_shift"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_swap_wish")),
    )
    with op.batch_alter_table("scheduling_swap_wish", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_swap_wish_employee_id"),
            ["employee_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_swap_wish_shift_id"), ["shift_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("scheduling_swap_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_swap_wish_shift_id"))
        batch_op.drop_index(batch_op.f("ix_scheduling_swap_wish_employee_id"))

    op.drop_table("scheduling_swap_wish")
    with op.batch_alter_table("scheduling_swap_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_swap_part_shift_id"))
        batch_op.drop_index(
            batch_op.f(
                "ix_scheduling_swap_part_employee_id_scheduling_swap_part_answer"
            )
        )

    op.drop_table("scheduling_swap_part")
    with op.batch_alter_table("scheduling_swap", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_scheduling_swap_schedule_id_scheduling_swap_state")
        )
        batch_op.drop_index(
            batch_op.f("ix_scheduling_swap_opened_by_id_scheduling_swap_created_at")
        )

    op.drop_table("scheduling_swap")
    op.drop_table("scheduling_agent_rules")
