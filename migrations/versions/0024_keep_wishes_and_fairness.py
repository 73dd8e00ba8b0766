"""keep wishes and the ledger of fairness"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COUNTS = (
    *("n_shifts", "n_nights", "n_weekend_days", "n_unpopular"),
    *("n_wished", "n_granted"),
)


def upgrade() -> None:
    op.create_table(
        "scheduling_weekday_wish",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(40), nullable=False),
        sa.Column("from_min", sa.Integer(), nullable=True),
        sa.Column("until_min", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6", name=op.f("ck_scheduling_weekday_wish_weekday")
        ),
        sa.CheckConstraint(
            "from_min BETWEEN 0 AND 1440", name=op.f("ck_scheduling_weekday_wish_from")
        ),
        sa.CheckConstraint(
            "until_min BETWEEN 0 AND 2880",
            name=op.f("ck_scheduling_weekday_wish_until"),
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_weekday_wish_employee_id_people_employee"),
        ),
        sa.PrimaryKeyConstraint(
            "employee_id", "weekday", name=op.f("pk_scheduling_weekday_wish")
        ),
    )
    op.create_table(
        "scheduling_fairness_week",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_fairness_week_employee_id_people_employee"),
        ),
        sa.PrimaryKeyConstraint(
            "employee_id", "week", name=op.f("pk_scheduling_fairness_week")
        ),
    )
    op.create_index(
        op.f("ix_scheduling_fairness_week_week"), "scheduling_fairness_week", ["week"]
    )


def downgrade() -> None:
    op.drop_table("scheduling_fairness_week")
    op.drop_table("scheduling_weekday_wish")
