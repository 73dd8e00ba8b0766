"""create forecasting"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecasting_forecast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("n_days", sa.Integer(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("refusal", sa.String(length=400), nullable=False),
        sa.Column("history_first", sa.Date(), nullable=True),
        sa.Column("history_last", sa.Date(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("n_days > 0", name=op.f("ck_forecasting_forecast_n_days")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_forecast_approved_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_forecast_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_forecast_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_forecast")),
    )
    with op.batch_alter_table("forecasting_forecast", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_forecasting_forecast_project_id_forecasting_forecast_first_day"
            ),
            ["project_id", "first_day"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_forecasting_forecast_status"), ["status"], unique=False
        )

    op.create_table(
        "forecasting_accuracy",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("horizon", sa.String(40), nullable=False),
        sa.Column("actual", sa.Double(), nullable=False),
        sa.Column("planned", sa.Double(), nullable=False),
        sa.Column("abs_error", sa.Double(), nullable=False),
        sa.Column("naive_error", sa.Double(), nullable=True),
        sa.Column("n_in_band", sa.Integer(), nullable=False),
        sa.Column("n_intervals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_accuracy_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id", "queue_id", "day", name=op.f("pk_forecasting_accuracy")
        ),
    )
    with op.batch_alter_table("forecasting_accuracy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecasting_accuracy_day"), ["day"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_forecasting_accuracy_queue_id_forecasting_accuracy_day"),
            ["queue_id", "day"],
            unique=False,
        )

    op.create_table(
        "forecasting_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_slot", sa.SmallInteger(), nullable=False),
        sa.Column("end_slot", sa.SmallInteger(), nullable=False),
        sa.Column("before", sa.Double(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("comment", sa.String(length=400), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "first_slot < end_slot", name=op.f("ck_forecasting_adjustment_slots")
        ),
        sa.CheckConstraint("total >= 0", name=op.f("ck_forecasting_adjustment_total")),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_adjustment_forecast_id_forecasting_forecast"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_adjustment_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_adjustment_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_adjustment")),
    )
    with op.batch_alter_table("forecasting_adjustment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_forecasting_adjustment_forecast_id_forecasting_adjustment_queue_id_forecasting_adjustment_day"
            ),
            ["forecast_id", "queue_id", "day"],
            unique=False,
        )

    op.create_table(
        "forecasting_assumption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("model", sa.String(40), nullable=False),
        sa.Column("patience_s", sa.Double(), nullable=False),
        sa.Column("max_occupancy", sa.Double(), nullable=False),
        sa.Column("leave_share", sa.Double(), nullable=False),
        sa.Column("meeting_share", sa.Double(), nullable=False),
        sa.Column("training_share", sa.Double(), nullable=False),
        sa.Column("absence_share", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "leave_share + meeting_share + training_share + absence_share < 0.9",
            name=op.f("ck_forecasting_assumption_shrinkage"),
        ),
        sa.CheckConstraint(
            "max_occupancy > 0 AND max_occupancy <= 1",
            name=op.f("ck_forecasting_assumption_occupancy"),
        ),
        sa.CheckConstraint(
            "patience_s > 0", name=op.f("ck_forecasting_assumption_patience_s")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_assumption_project_id_projects_project"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_assumption_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_assumption")),
        sa.UniqueConstraint(
            "project_id",
            "queue_id",
            name=op.f("uq_forecasting_assumption_project_id_queue_id"),
        ),
    )
    with op.batch_alter_table("forecasting_assumption", schema=None) as batch_op:
        batch_op.create_index(
            "uq_forecasting_assumption_project",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("queue_id IS NULL"),
            postgresql_where=sa.text("queue_id IS NULL"),
        )

    op.create_table(
        "forecasting_backtest",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("horizon", sa.String(40), nullable=False),
        sa.Column("wape", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_backtest_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id",
            "queue_id",
            "method",
            "horizon",
            name=op.f("pk_forecasting_backtest"),
        ),
    )
    op.create_table(
        "forecasting_day",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model_total", sa.Double(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("workload_s", sa.Double(), nullable=False),
        sa.Column("mean", sa.LargeBinary(), nullable=False),
        sa.Column("planned", sa.LargeBinary(), nullable=False),
        sa.Column("lower", sa.LargeBinary(), nullable=False),
        sa.Column("upper", sa.LargeBinary(), nullable=False),
        sa.Column("aht_s", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_day_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_day")),
        sa.UniqueConstraint(
            "forecast_id",
            "queue_id",
            "day",
            name=op.f("uq_forecasting_day_forecast_id_queue_id_day"),
        ),
    )
    with op.batch_alter_table("forecasting_day", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecasting_day_queue_id_forecasting_day_day"),
            ["queue_id", "day"],
            unique=False,
        )

    op.create_table(
        "forecasting_finding",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_finding_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_finding")),
    )
    with op.batch_alter_table("forecasting_finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_forecasting_finding_forecast_id_forecasting_finding_queue_id_forecasting_finding_day"
            ),
            ["forecast_id", "queue_id", "day"],
            unique=False,
        )

    op.create_table(
        "forecasting_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_note_forecast_id_forecasting_forecast"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_note_made_by_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_note")),
    )
    with op.batch_alter_table("forecasting_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecasting_note_forecast_id"), ["forecast_id"], unique=False
        )

    op.create_table(
        "forecasting_queue",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("n_history_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_queue_forecast_id_forecasting_forecast"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_queue_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id", "queue_id", name=op.f("pk_forecasting_queue")
        ),
    )
    with op.batch_alter_table("forecasting_queue", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecasting_queue_queue_id"), ["queue_id"], unique=False
        )

    op.create_table(
        "forecasting_requirement",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("interval_start", UtcDateTime(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("forecast_id", sa.Integer(), nullable=True),
        sa.Column("offered", sa.Double(), nullable=False),
        sa.Column("load_erlangs", sa.Double(), nullable=False),
        sa.Column("required_c", sa.Double(), nullable=True),
        sa.Column("required_a", sa.Double(), nullable=True),
        sa.Column("required_agents", sa.Double(), nullable=False),
        sa.Column("scheduled_agents", sa.Double(), nullable=False),
        sa.Column("sl", sa.Double(), nullable=True),
        sa.Column("asa_s", sa.Double(), nullable=True),
        sa.Column("occupancy", sa.Double(), nullable=True),
        sa.Column("abandon_rate", sa.Double(), nullable=True),
        sa.Column("model", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_requirement_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint(
            "queue_id", "interval_start", name=op.f("pk_forecasting_requirement")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("forecasting_requirement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecasting_requirement_forecast_id"),
            ["forecast_id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("forecasting_requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecasting_requirement_forecast_id"))

    op.drop_table("forecasting_requirement")
    with op.batch_alter_table("forecasting_queue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecasting_queue_queue_id"))

    op.drop_table("forecasting_queue")
    with op.batch_alter_table("forecasting_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecasting_note_forecast_id"))

    op.drop_table("forecasting_note")
    with op.batch_alter_table("forecasting_finding", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_forecasting_finding_forecast_id_forecasting_finding_queue_id_forecasting_finding_day"
            )
        )

    op.drop_table("forecasting_finding")
    with op.batch_alter_table("forecasting_day", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_forecasting_day_queue_id_forecasting_day_day")
        )

    op.drop_table("forecasting_day")
    op.drop_table("forecasting_backtest")
    with op.batch_alter_table("forecasting_assumption", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_forecasting_assumption_project",
            sqlite_where=sa.text("queue_id IS NULL"),
            postgresql_where=sa.text("queue_id IS NULL"),
        )

    op.drop_table("forecasting_assumption")
    with op.batch_alter_table("forecasting_adjustment", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_forecasting_adjustment_forecast_id_forecasting_adjustment_queue_id_forecasting_adjustment_day"
            )
        )

    op.drop_table("forecasting_adjustment")
    with op.batch_alter_table("forecasting_accuracy", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_forecasting_accuracy_queue_id_forecasting_accuracy_day")
        )
        batch_op.drop_index(batch_op.f("ix_forecasting_accuracy_day"))

    op.drop_table("forecasting_accuracy")
    with op.batch_alter_table("forecasting_forecast", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecasting_forecast_status"))
        batch_op.drop_index(
            batch_op.f(
                "ix_forecasting_forecast_project_id_forecasting_forecast_first_day"
            )
        )

    op.drop_table("forecasting_forecast")
