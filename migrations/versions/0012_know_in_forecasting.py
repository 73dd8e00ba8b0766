"""know events and choices in forecasting"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = (
    "total_day",
    "total_plan",
    "borrowed",
    "campaign",
    "likeness",
    "history_choice",
    "event_queue",
    "event",
)


def upgrade() -> None:
    _events()
    _history()
    _campaigns()
    _of_forecasts()


def _events() -> None:
    op.create_table(
        "forecasting_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("lead_days", sa.SmallInteger(), nullable=False),
        sa.Column("lag_days", sa.SmallInteger(), nullable=False),
        sa.Column("size", sa.Double(), nullable=True),
        sa.Column("effect", sa.String(40), nullable=False),
        sa.Column("uplift", JsonDocument, nullable=True),
        sa.Column("comment", sa.String(length=400), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_forecasting_event_days")
        ),
        sa.CheckConstraint(
            "lag_days >= 0 AND lag_days <= 7",
            name=op.f("ck_forecasting_event_lag_days"),
        ),
        sa.CheckConstraint(
            "lead_days >= 0 AND lead_days <= 3",
            name=op.f("ck_forecasting_event_lead_days"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_forecasting_event_size")),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_event_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_event_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_event")),
    )
    with op.batch_alter_table("forecasting_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecasting_event_project_id_forecasting_event_first_day"),
            ["project_id", "first_day"],
            unique=False,
        )

    op.create_table(
        "forecasting_event_queue",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["forecasting_event.id"],
            name=op.f("fk_forecasting_event_queue_event_id_forecasting_event"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_event_queue_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint(
            "event_id", "queue_id", name=op.f("pk_forecasting_event_queue")
        ),
    )
    with op.batch_alter_table("forecasting_event_queue", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecasting_event_queue_queue_id"),
            ["queue_id"],
            unique=False,
        )


def _history() -> None:
    op.create_table(
        "forecasting_history_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("treatment", sa.String(40), nullable=False),
        sa.Column("factor", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "factor > 0", name=op.f("ck_forecasting_history_choice_factor")
        ),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_forecasting_history_choice_days")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_history_choice_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_history_choice_queue_id_projects_queue"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_history_choice_taken_back_by_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_history_choice")),
    )
    with op.batch_alter_table("forecasting_history_choice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_forecasting_history_choice_queue_id_forecasting_history_choice_first_day"
            ),
            ["queue_id", "first_day"],
            unique=False,
        )

    op.create_table(
        "forecasting_likeness",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("like_queue_id", sa.Integer(), nullable=True),
        sa.Column("weekly_total", sa.Double(), nullable=True),
        sa.Column("aht_s", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("aht_s > 0", name=op.f("ck_forecasting_likeness_aht_s")),
        sa.CheckConstraint(
            "queue_id <> like_queue_id", name=op.f("ck_forecasting_likeness_another")
        ),
        sa.CheckConstraint(
            "weekly_total >= 0", name=op.f("ck_forecasting_likeness_weekly_total")
        ),
        sa.ForeignKeyConstraint(
            ["like_queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_likeness_like_queue_id_projects_queue"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_likeness_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_likeness_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("queue_id", name=op.f("pk_forecasting_likeness")),
    )


def _campaigns() -> None:
    op.create_table(
        "forecasting_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("list_size", sa.Integer(), nullable=False),
        sa.Column("release", sa.String(40), nullable=False),
        sa.Column("most_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("fading", sa.Double(), nullable=False),
        sa.Column("contact_rate", JsonDocument, nullable=False),
        sa.Column("retries", JsonDocument, nullable=False),
        sa.Column("dials_per_h", sa.Double(), nullable=False),
        sa.Column("talk_s", sa.Double(), nullable=False),
        sa.Column("wrap_s", sa.Double(), nullable=False),
        sa.Column("dial_s", sa.Double(), nullable=False),
        sa.Column("comment", sa.String(length=400), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "dials_per_h > 0", name=op.f("ck_forecasting_campaign_dials_per_h")
        ),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_forecasting_campaign_days")
        ),
        sa.CheckConstraint(
            "list_size > 0", name=op.f("ck_forecasting_campaign_list_size")
        ),
        sa.CheckConstraint(
            "most_attempts >= 1", name=op.f("ck_forecasting_campaign_most_attempts")
        ),
        sa.CheckConstraint(
            "talk_s >= 0 AND wrap_s >= 0 AND dial_s >= 0",
            name=op.f("ck_forecasting_campaign_seconds"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_campaign_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_campaign_project_id_projects_project"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_campaign_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_campaign")),
    )
    with op.batch_alter_table("forecasting_campaign", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_forecasting_campaign_project_id_forecasting_campaign_first_day"
            ),
            ["project_id", "first_day"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f(
                "ix_forecasting_campaign_queue_id_forecasting_campaign_first_day"
            ),
            ["queue_id", "first_day"],
            unique=False,
        )


def _of_forecasts() -> None:
    op.create_table(
        "forecasting_borrowed",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("lender_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("n_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_borrowed_forecast_id_forecasting_forecast"),
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_borrowed_lender_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id", "queue_id", "lender_id", name=op.f("pk_forecasting_borrowed")
        ),
    )

    op.create_table(
        "forecasting_total_plan",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("adding_up", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_total_plan_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint("forecast_id", name=op.f("pk_forecasting_total_plan")),
    )

    op.create_table(
        "forecasting_total_day",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("lower", sa.Double(), nullable=False),
        sa.Column("upper", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasting_forecast.id"],
            name=op.f("fk_forecasting_total_day_forecast_id_forecasting_forecast"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id", "day", name=op.f("pk_forecasting_total_day")
        ),
    )


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(f"forecasting_{name}")
