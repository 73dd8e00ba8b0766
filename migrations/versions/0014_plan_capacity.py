"""plan capacity"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import Amount, JsonDocument, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecasting_capacity_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("first_week", sa.Date(), nullable=False),
        sa.Column("n_weeks", sa.SmallInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opening", JsonDocument, nullable=False),
        sa.Column("opening_fte", sa.Double(), nullable=False),
        sa.Column("leavers", JsonDocument, nullable=False),
        sa.Column("exposure_weeks", JsonDocument, nullable=False),
        sa.Column("hazard", JsonDocument, nullable=False),
        sa.Column("hazard_spread", sa.Double(), nullable=False),
        sa.Column("refreshed_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "n_weeks > 0", name=op.f("ck_forecasting_capacity_plan_n_weeks")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_capacity_plan_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_capacity_plan_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_capacity_plan")),
        sa.UniqueConstraint(
            "project_id", name=op.f("uq_forecasting_capacity_plan_project_id")
        ),
    )
    op.create_table(
        "forecasting_required_week",
        sa.Column("queue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("contacts", sa.Double(), nullable=False),
        sa.Column("work_h", sa.Double(), nullable=False),
        sa.Column("linear_h", sa.Double(), nullable=False),
        sa.Column("root_h", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_forecasting_required_week_project_id_projects_project"),
        ),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_forecasting_required_week_queue_id_projects_queue"),
        ),
        sa.PrimaryKeyConstraint(
            "queue_id", "week", name=op.f("pk_forecasting_required_week")
        ),
    )
    with op.batch_alter_table("forecasting_required_week", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_forecasting_required_week_project_id_forecasting_required_week_week"
            ),
            ["project_id", "week"],
            unique=False,
        )

    op.create_table(
        "forecasting_scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("volume", sa.Double(), nullable=False),
        sa.Column("aht", sa.Double(), nullable=False),
        sa.Column("leave_share", sa.Double(), nullable=False),
        sa.Column("break_share", sa.Double(), nullable=False),
        sa.Column("fit", sa.Double(), nullable=False),
        sa.Column("attrition", sa.Double(), nullable=False),
        sa.Column("overtime_share", sa.Double(), nullable=False),
        sa.Column("training_weeks", sa.SmallInteger(), nullable=False),
        sa.Column("pass_rate", sa.Double(), nullable=False),
        sa.Column("ramp_weeks", sa.Double(), nullable=False),
        sa.Column("new_aht", sa.Double(), nullable=False),
        sa.Column("smallest_class", sa.SmallInteger(), nullable=False),
        sa.Column("largest_class", sa.SmallInteger(), nullable=False),
        sa.Column("classes_at_once", sa.SmallInteger(), nullable=False),
        sa.Column("lead_weeks", sa.SmallInteger(), nullable=False),
        sa.Column("tolerance", sa.Double(), nullable=False),
        sa.Column("full_time_h", sa.Double(), nullable=False),
        sa.Column("part_time_share", sa.Double(), nullable=False),
        sa.Column("part_time_h", sa.Double(), nullable=False),
        sa.Column("forecast_error", sa.Double(), nullable=False),
        sa.Column("forecast_drift", sa.Double(), nullable=False),
        sa.Column("hourly_cost", Amount(), nullable=False),
        sa.Column("overtime_factor", sa.Double(), nullable=False),
        sa.Column("hire_cost", Amount(), nullable=False),
        sa.Column("class_cost", Amount(), nullable=False),
        sa.Column("short_cost", Amount(), nullable=False),
        sa.Column("proposal", JsonDocument, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "fit > 0 AND fit <= 1", name=op.f("ck_forecasting_scenario_fit")
        ),
        sa.CheckConstraint(
            "leave_share + break_share < 0.9",
            name=op.f("ck_forecasting_scenario_shrinkage"),
        ),
        sa.CheckConstraint(
            "smallest_class <= largest_class",
            name=op.f("ck_forecasting_scenario_class_size"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_scenario_approved_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_forecasting_scenario_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["forecasting_capacity_plan.id"],
            name=op.f("fk_forecasting_scenario_plan_id_forecasting_capacity_plan"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_scenario")),
        sa.UniqueConstraint(
            "plan_id", "name", name=op.f("uq_forecasting_scenario_plan_id_name")
        ),
    )
    with op.batch_alter_table("forecasting_scenario", schema=None) as batch_op:
        batch_op.create_index(
            "uq_forecasting_scenario_approved",
            ["plan_id"],
            unique=True,
            sqlite_where=sa.text("status = 'approved'"),
            postgresql_where=sa.text("status = 'approved'"),
        )

    op.create_table(
        "forecasting_scenario_week",
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("volume", sa.Double(), nullable=True),
        sa.Column("aht", sa.Double(), nullable=True),
        sa.Column("shrinkage", sa.Double(), nullable=True),
        sa.Column("hires", sa.Integer(), nullable=True),
        sa.Column("transfers", sa.Integer(), nullable=True),
        sa.Column("leavers", sa.Double(), nullable=True),
        sa.Column("overtime_share", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "hires >= 0", name=op.f("ck_forecasting_scenario_week_hires")
        ),
        sa.CheckConstraint(
            "leavers >= 0", name=op.f("ck_forecasting_scenario_week_leavers")
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["forecasting_scenario.id"],
            name=op.f("fk_forecasting_scenario_week_scenario_id_forecasting_scenario"),
        ),
        sa.PrimaryKeyConstraint(
            "scenario_id", "week", name=op.f("pk_forecasting_scenario_week")
        ),
    )


def downgrade() -> None:
    op.drop_table("forecasting_scenario_week")
    with op.batch_alter_table("forecasting_scenario", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_forecasting_scenario_approved",
            sqlite_where=sa.text("status = 'approved'"),
            postgresql_where=sa.text("status = 'approved'"),
        )

    op.drop_table("forecasting_scenario")
    with op.batch_alter_table("forecasting_required_week", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_forecasting_required_week_project_id_forecasting_required_week_week"
            )
        )

    op.drop_table("forecasting_required_week")
    op.drop_table("forecasting_capacity_plan")
