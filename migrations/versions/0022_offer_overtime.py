"""offer overtime and time off"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("scheduling_agent_rules", schema=None) as batch_op:
        for name, hours in (("overtime_day_h", "3"), ("overtime_month_h", "36")):
            batch_op.add_column(
                sa.Column(name, sa.Double(), server_default=hours, nullable=False)
            )
        for name in ("overtime_day", "overtime_month"):
            batch_op.create_check_constraint(
                batch_op.f(f"ck_scheduling_agent_rules_{name}"), f"{name}_h >= 0"
            )
    _create_offers()
    _create_people()


def _create_offers() -> None:
    op.create_table(
        "scheduling_time_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("n_wanted", sa.Integer(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "n_wanted > 0", name=op.f("ck_scheduling_time_offer_wanted")
        ),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_scheduling_time_offer_positive_length")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["access_user.id"],
            name=op.f("fk_scheduling_time_offer_created_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_time_offer_schedule_id_scheduling_schedule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_time_offer")),
    )
    op.create_index(
        op.f("ix_scheduling_time_offer_schedule_id_scheduling_time_offer_starts_at"),
        "scheduling_time_offer",
        ["schedule_id", "starts_at"],
    )


def _create_people() -> None:
    table = "scheduling_time_offer_person"
    op.create_table(
        table,
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", BIG, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("extra_min", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f(f"fk_{table}_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["scheduling_time_offer.id"],
            name=op.f(f"fk_{table}_offer_id_scheduling_time_offer"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["scheduling_shift.id"],
            name=op.f(f"fk_{table}_shift_id_scheduling_shift"),
        ),
        sa.PrimaryKeyConstraint("offer_id", "employee_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        op.f(f"ix_{table}_employee_id_{table}_answer"), table, ["employee_id", "answer"]
    )
    op.create_index(op.f(f"ix_{table}_shift_id"), table, ["shift_id"])


def downgrade() -> None:
    op.drop_table("scheduling_time_offer_person")
    op.drop_table("scheduling_time_offer")
    with op.batch_alter_table("scheduling_agent_rules", schema=None) as batch_op:
        for name in ("overtime_day", "overtime_month"):
            batch_op.drop_constraint(
                batch_op.f(f"ck_scheduling_agent_rules_{name}"), type_="check"
            )
            batch_op.drop_column(f"{name}_h")
