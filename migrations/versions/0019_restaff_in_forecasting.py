"""restaff in forecasting"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("forecasting_forecast", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staffed_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("staffed_premises", sa.String(length=64), nullable=True)
        )
    with op.batch_alter_table("forecasting_assumption", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "rounding",
                sa.String(length=40),
                server_default="whole",
                nullable=False,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("forecasting_assumption", schema=None) as batch_op:
        batch_op.drop_column("rounding")
    with op.batch_alter_table("forecasting_forecast", schema=None) as batch_op:
        batch_op.drop_column("staffed_premises")
        batch_op.drop_column("staffed_at")
