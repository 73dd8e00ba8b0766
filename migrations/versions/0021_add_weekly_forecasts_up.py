"""add weekly forecasts up in forecasting"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecasting_refresh_part",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("volume", sa.LargeBinary(), nullable=False),
        sa.Column("is_open", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("factor", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_refresh_part_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id", "queue_id", name=op.f("pk_forecasting_refresh_part")
        ),
    )
    op.add_column(
        "forecasting_refresh_rule",
        sa.Column(
            "adding_up",
            sa.String(length=40),
            server_default="bottom_up",
            nullable=False,
        ),
    )


def downgrade() -> None:
    with op.batch_alter_table("forecasting_refresh_rule") as batch:
        batch.drop_column("adding_up")
    op.drop_table("forecasting_refresh_part")
