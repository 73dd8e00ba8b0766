"""refresh and measure in forecasting"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_FORECAST = "forecasting_forecast"
_ACCURACY = "forecasting_accuracy"
_FLAGS = ("counts_as_plan", "counts_as_snapshot")
_SUMS = (
    "naive",
    "median",
    "median_error",
    "handle_s",
    "planned_handle_s",
    "naive_handle_s",
    "median_handle_s",
    "aht_error_s",
    "naive_aht_error_s",
    "median_aht_error_s",
)


def upgrade() -> None:
    with op.batch_alter_table(_FORECAST, schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.String(length=40),
                server_default="planned",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("approved_from", sa.Date(), nullable=True))
    _measure_more()
    _slots()
    _refreshes()
    _day_models()


def _measure_more() -> None:
    with op.batch_alter_table(_ACCURACY, schema=None) as batch_op:
        for name in _SUMS:
            batch_op.add_column(sa.Column(name, sa.Double(), nullable=True))
        for name in _FLAGS:
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
            )
        batch_op.add_column(sa.Column("lead_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("week_on", sa.Date(), nullable=True))
    _tell_leads()
    with op.batch_alter_table(_ACCURACY, schema=None) as batch_op:
        batch_op.alter_column("lead_days", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("week_on", existing_type=sa.Date(), nullable=False)


def _tell_leads() -> None:
    """Say of what was measured how far ahead it lay, in days and in finer classes."""
    if op.get_bind().dialect.name == "sqlite":
        ahead = "CAST(julianday(day) - julianday({known}) AS INTEGER)"
        monday, before = "date(day, '-6 days', 'weekday 1')", "date({}, '-1 day')"
    else:
        ahead = "day - {known}"
        monday, before = "date_trunc('week', day)::date", "({} - 1)"
    first = before.format("f.first_day")
    known = (
        f"(SELECT COALESCE(f.history_last, {first}) FROM forecasting_forecast f"  # noqa: S608
        " WHERE f.id = forecasting_accuracy.forecast_id)"
    )
    approved = (
        "forecast_id IN (SELECT id FROM forecasting_forecast"
        " WHERE approved_at IS NOT NULL)"
    )
    op.execute(
        f"UPDATE forecasting_accuracy SET week_on = {monday},"  # noqa: S608
        f" lead_days = {ahead.format(known=known)}, counts_as_plan = ({approved})"
    )
    op.execute(
        "UPDATE forecasting_accuracy SET horizon = CASE WHEN lead_days <= 1 THEN 'day'"
        " WHEN lead_days <= 7 THEN 'week' WHEN lead_days <= 28 THEN 'month'"
        " WHEN lead_days <= 91 THEN 'later' ELSE 'far' END"
    )


def _slots() -> None:
    op.create_table(
        "forecasting_slot_accuracy",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_slot_accuracy_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id", "queue_id", "day", name=op.f("pk_forecasting_slot_accuracy")
        ),
    )
    op.create_index(
        op.f("ix_forecasting_slot_accuracy_queue_id_forecasting_slot_accuracy_day"),
        "forecasting_slot_accuracy",
        ["queue_id", "day"],
    )


def _refreshes() -> None:
    op.create_table(
        "forecasting_refresh_rule",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("notable_share", sa.Double(), nullable=False),
        sa.Column("approve_within", sa.Double(), nullable=True),
        sa.Column("keep_weeks", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6",
            name=op.f("ck_forecasting_refresh_rule_weekday"),
        ),
        sa.CheckConstraint(
            "hour BETWEEN 0 AND 23", name=op.f("ck_forecasting_refresh_rule_hour")
        ),
        sa.CheckConstraint(
            "notable_share > 0",
            name=op.f("ck_forecasting_refresh_rule_notable_share"),
        ),
        sa.CheckConstraint(
            "keep_weeks > 0", name=op.f("ck_forecasting_refresh_rule_keep_weeks")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_refresh_rule_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_forecasting_refresh_rule")),
    )
    op.create_table(
        "forecasting_refresh_run",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_refresh_run_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_forecasting_refresh_run")),
    )
    op.create_table(
        "forecasting_proposal",
        sa.Column("forecast_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notable_share", sa.Double(), nullable=False),
        sa.Column("most", sa.Double(), nullable=True),
        sa.Column("n_carried", sa.Integer(), nullable=False),
        sa.Column("weeks", JsonDocument, nullable=False),
        sa.Column("moves", JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_proposal_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint("forecast_id", name=op.f("pk_forecasting_proposal")),
    )


def _day_models() -> None:
    op.create_table(
        "forecasting_day_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("n_days", sa.Integer(), nullable=False),
        sa.Column("expected", sa.LargeBinary(), nullable=False),
        sa.Column("spread", sa.LargeBinary(), nullable=False),
        sa.Column("covariance", sa.LargeBinary(), nullable=False),
        sa.Column("misses", sa.LargeBinary(), nullable=False),
        sa.Column("learnt_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_day_model_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_day_model")),
    )
    op.create_index(
        op.f("ix_forecasting_day_model_project_id_forecasting_day_model_queue_id"),
        "forecasting_day_model",
        ["project_id", "queue_id"],
        unique=True,
    )


def downgrade() -> None:
    for name in (
        "forecasting_day_model",
        "forecasting_proposal",
        "forecasting_refresh_run",
        "forecasting_refresh_rule",
        "forecasting_slot_accuracy",
    ):
        op.drop_table(name)
    op.execute(
        "UPDATE forecasting_accuracy SET horizon = 'later'"
        " WHERE horizon IN ('month', 'far')"
    )
    with op.batch_alter_table(_ACCURACY, schema=None) as batch_op:
        for name in (*_SUMS, *_FLAGS, "lead_days", "week_on"):
            batch_op.drop_column(name)
    with op.batch_alter_table(_FORECAST, schema=None) as batch_op:
        batch_op.drop_column("approved_from")
        batch_op.drop_column("kind")
