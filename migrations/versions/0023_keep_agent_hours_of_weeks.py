"""keep agent hours of required weeks"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "forecasting_required_week", sa.Column("agent_h", sa.Double(), nullable=True)
    )


def downgrade() -> None:
    with op.batch_alter_table("forecasting_required_week") as batch:
        batch.drop_column("agent_h")
