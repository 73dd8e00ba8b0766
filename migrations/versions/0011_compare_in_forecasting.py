"""compare in forecasting"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_USER = "access_user"
# Column types by table; texts start empty, everything else unknown.
_COLUMNS = {
    "forecasting_day": {
        "total_lower": sa.Double(),
        "total_upper": sa.Double(),
        "aht_lower_s": sa.LargeBinary(),
        "aht_upper_s": sa.LargeBinary(),
    },
    "forecasting_adjustment": {
        "taken_back_at": UtcDateTime(),
        "taken_back_by_id": sa.Integer(),
    },
    "forecasting_note": {"queue_id": sa.Integer(), "day": sa.Date()},
    "forecasting_queue": {
        "chosen_method": sa.String(length=20),
        "chosen_reason": sa.String(length=400),
        "chosen_by_id": sa.Integer(),
    },
}
_OWNERS = (
    ("forecasting_adjustment", "taken_back_by_id", _USER),
    ("forecasting_note", "queue_id", "projects_queue"),
    ("forecasting_queue", "chosen_by_id", _USER),
)


def upgrade() -> None:
    op.create_table(
        "forecasting_counted_day",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("volume", sa.LargeBinary(), nullable=False),
        sa.Column("copied_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "queue_id", "day", name=op.f("pk_forecasting_counted_day")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "forecasting_candidate",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("totals", sa.LargeBinary(), nullable=False),
        sa.Column("shape_places", sa.LargeBinary(), nullable=False),
        sa.Column("shapes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_candidate_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id",
            "queue_id",
            "method",
            name=op.f("pk_forecasting_candidate"),
        ),
    )
    for table, columns in _COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind in columns.items():
                batch_op.add_column(_column(name, kind))
            for owned, name, owner in _OWNERS:
                if owned == table:
                    batch_op.create_foreign_key(
                        op.f(f"fk_{table}_{name}_{owner}"), owner, [name], ["id"]
                    )


def _column(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    if isinstance(kind, sa.String):
        return sa.Column(name, kind, server_default="", nullable=False)
    return sa.Column(name, kind, nullable=True)


def downgrade() -> None:
    for table, columns in reversed(_COLUMNS.items()):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for owned, name, owner in _OWNERS:
                if owned == table:
                    batch_op.drop_constraint(
                        op.f(f"fk_{table}_{name}_{owner}"), type_="foreignkey"
                    )
            for name in columns:
                batch_op.drop_column(name)
    op.drop_table("forecasting_candidate")
    op.drop_table("forecasting_counted_day")
