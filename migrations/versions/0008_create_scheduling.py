"""create scheduling"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime
from callcenter.kernel.overlap import NoOverlap

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduling_shift_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("earliest_start_min", sa.Integer(), nullable=False),
        sa.Column("latest_start_min", sa.Integer(), nullable=False),
        sa.Column("step_min", sa.Integer(), nullable=False),
        sa.Column("lengths_min", JsonDocument, nullable=False),
        sa.Column("breaks", JsonDocument, nullable=False),
        sa.Column("min_work_min", sa.Integer(), nullable=False),
        sa.Column("is_night", sa.Boolean(), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "earliest_start_min <= latest_start_min",
            name=op.f("ck_scheduling_shift_template_window"),
        ),
        sa.CheckConstraint(
            "earliest_start_min >= 0",
            name=op.f("ck_scheduling_shift_template_earliest_start"),
        ),
        sa.CheckConstraint(
            "latest_start_min < 1440",
            name=op.f("ck_scheduling_shift_template_latest_start"),
        ),
        sa.CheckConstraint(
            "step_min > 0", name=op.f("ck_scheduling_shift_template_step")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_shift_template")),
        sa.UniqueConstraint("code", name=op.f("uq_scheduling_shift_template_code")),
    )
    op.create_table(
        "scheduling_work_rule_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("parameters", JsonDocument, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_work_rule_set")),
        sa.UniqueConstraint("code", name=op.f("uq_scheduling_work_rule_set_code")),
    )
    op.create_table(
        "scheduling_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("forecast_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("solve_limit_s", sa.Integer(), nullable=False),
        sa.Column("solved_at", UtcDateTime(), nullable=True),
        sa.Column("solver_status", sa.String(length=20), nullable=True),
        sa.Column("stopped_by", sa.String(length=20), nullable=True),
        sa.Column("objective", sa.Double(), nullable=True),
        sa.Column("bound", sa.Double(), nullable=True),
        sa.Column("solve_s", sa.Double(), nullable=True),
        sa.Column("verdict", JsonDocument, nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_scheduling_schedule_days")
        ),
        sa.ForeignKeyConstraint(
            ["based_on_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_schedule_based_on_id_scheduling_schedule"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["access_user.id"],
            name=op.f("fk_scheduling_schedule_created_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["access_user.id"],
            name=op.f("fk_scheduling_schedule_published_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_scheduling_schedule_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_schedule")),
    )
    with op.batch_alter_table("scheduling_schedule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_schedule_site_id_scheduling_schedule_first_day"),
            ["site_id", "first_day"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_schedule_status"), ["status"], unique=False
        )

    op.create_table(
        "scheduling_work_rule_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("employment_kind", sa.String(40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["rule_set_id"],
            ["scheduling_work_rule_set.id"],
            name=op.f(
                "fk_scheduling_work_rule_assignment_rule_set_id_scheduling_work_rule_set"
            ),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_scheduling_work_rule_assignment_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_work_rule_assignment")),
        sa.UniqueConstraint(
            "employment_kind",
            "site_id",
            "country",
            name=op.f(
                "uq_scheduling_work_rule_assignment_employment_kind_site_id_country"
            ),
        ),
    )
    with op.batch_alter_table(
        "scheduling_work_rule_assignment", schema=None
    ) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_work_rule_assignment_rule_set_id"),
            ["rule_set_id"],
            unique=False,
        )

    op.create_table(
        "scheduling_schedule_team",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_schedule_team_schedule_id_scheduling_schedule"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["people_team.id"],
            name=op.f("fk_scheduling_schedule_team_team_id_people_team"),
        ),
        sa.PrimaryKeyConstraint(
            "schedule_id", "team_id", name=op.f("pk_scheduling_schedule_team")
        ),
    )
    with op.batch_alter_table("scheduling_schedule_team", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_schedule_team_team_id"), ["team_id"], unique=False
        )

    op.create_table(
        "scheduling_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("floor_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("zone", sa.String(length=20), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("is_accessible", sa.Boolean(), nullable=False),
        sa.Column("out_of_order_since", UtcDateTime(), nullable=True),
        sa.Column("out_of_order_reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["floor_id"],
            ["people_floor.id"],
            name=op.f("fk_scheduling_seat_floor_id_people_floor"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_scheduling_seat_project_id_projects_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_seat")),
        sa.UniqueConstraint(
            "floor_id", "code", name=op.f("uq_scheduling_seat_floor_id_code")
        ),
        sa.UniqueConstraint(
            "floor_id", "x", "y", name=op.f("uq_scheduling_seat_floor_id_x_y")
        ),
    )
    with op.batch_alter_table("scheduling_seat", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_seat_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "scheduling_calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_calendar_feed_employee_id_people_employee"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_calendar_feed")),
        sa.UniqueConstraint(
            "token_digest", name=op.f("uq_scheduling_calendar_feed_token_digest")
        ),
    )
    with op.batch_alter_table("scheduling_calendar_feed", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_calendar_feed_employee_id"),
            ["employee_id"],
            unique=False,
        )

    op.create_table(
        "scheduling_coverage_interval",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("interval_start", UtcDateTime(), nullable=False),
        sa.Column("required_agents", sa.Double(), nullable=False),
        sa.Column("scheduled_agents", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_scheduling_coverage_interval_queue_id_projects_queue"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f(
                "fk_scheduling_coverage_interval_schedule_id_scheduling_schedule"
            ),
        ),
        sa.PrimaryKeyConstraint(
            "schedule_id",
            "queue_id",
            "interval_start",
            name=op.f("pk_scheduling_coverage_interval"),
        ),
    )
    with op.batch_alter_table("scheduling_coverage_interval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_scheduling_coverage_interval_queue_id_scheduling_coverage_interval_interval_start"
            ),
            ["queue_id", "interval_start"],
            unique=False,
        )

    op.create_table(
        "scheduling_schedule_queue",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["projects_queue.id"],
            name=op.f("fk_scheduling_schedule_queue_queue_id_projects_queue"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_schedule_queue_schedule_id_scheduling_schedule"),
        ),
        sa.PrimaryKeyConstraint(
            "schedule_id", "queue_id", name=op.f("pk_scheduling_schedule_queue")
        ),
    )
    with op.batch_alter_table("scheduling_schedule_queue", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_schedule_queue_queue_id"),
            ["queue_id"],
            unique=False,
        )

    op.create_table(
        "scheduling_shift",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("paid_min", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("paid_min >= 0", name=op.f("ck_scheduling_shift_paid")),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_scheduling_shift_positive_length")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_shift_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_shift_schedule_id_scheduling_schedule"),
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"],
            ["scheduling_seat.id"],
            name=op.f("fk_scheduling_shift_seat_id_scheduling_seat"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["scheduling_shift_template.id"],
            name=op.f("fk_scheduling_shift_template_id_scheduling_shift_template"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_shift")),
    )
    with op.batch_alter_table("scheduling_shift", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_shift_employee_id_scheduling_shift_starts_at"),
            ["employee_id", "starts_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_shift_schedule_id_scheduling_shift_day"),
            ["schedule_id", "day"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_shift_seat_id_scheduling_shift_starts_at"),
            ["seat_id", "starts_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_shift_starts_at"), ["starts_at"], unique=False
        )

    op.create_table(
        "scheduling_leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("absence_id", sa.Integer(), nullable=True),
        sa.Column("n_shifts_changed", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_scheduling_leave_positive_length")
        ),
        sa.ForeignKeyConstraint(
            ["absence_id"],
            ["people_absence.id"],
            name=op.f("fk_scheduling_leave_absence_id_people_absence"),
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_scheduling_leave_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["workflow_request.id"],
            name=op.f("fk_scheduling_leave_request_id_workflow_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_leave")),
    )
    with op.batch_alter_table("scheduling_leave", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scheduling_leave_employee_id_scheduling_leave_first_day"),
            ["employee_id", "first_day"],
            unique=False,
        )

    op.create_table(
        "scheduling_shift_activity",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "shift_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "starts_at < ends_at",
            name=op.f("ck_scheduling_shift_activity_positive_length"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["scheduling_shift.id"],
            name=op.f("fk_scheduling_shift_activity_shift_id_scheduling_shift"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_shift_activity")),
    )
    with op.batch_alter_table("scheduling_shift_activity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_scheduling_shift_activity_shift_id_scheduling_shift_activity_starts_at"
            ),
            ["shift_id", "starts_at"],
            unique=False,
        )

    op.create_table(
        "scheduling_shift_change",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column(
            "shift_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("before", JsonDocument, nullable=False),
        sa.Column("after", JsonDocument, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_scheduling_shift_change_made_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["scheduling_schedule.id"],
            name=op.f("fk_scheduling_shift_change_schedule_id_scheduling_schedule"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["scheduling_shift.id"],
            name=op.f("fk_scheduling_shift_change_shift_id_scheduling_shift"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduling_shift_change")),
    )
    with op.batch_alter_table("scheduling_shift_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_scheduling_shift_change_schedule_id_scheduling_shift_change_made_at"
            ),
            ["schedule_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scheduling_shift_change_shift_id"),
            ["shift_id"],
            unique=False,
        )

    dialect = op.get_bind().dialect.name
    for statement in NoOverlap(
        "scheduling_shift", "employee_id", only_where="is_live"
    ).create(dialect):
        op.execute(statement)
    for statement in NoOverlap(
        "scheduling_shift", "seat_id", only_where="is_live"
    ).create(dialect):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("scheduling_shift_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_shift_change_shift_id"))
        batch_op.drop_index(
            batch_op.f(
                "ix_scheduling_shift_change_schedule_id_scheduling_shift_change_made_at"
            )
        )

    op.drop_table("scheduling_shift_change")
    with op.batch_alter_table("scheduling_shift_activity", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_scheduling_shift_activity_shift_id_scheduling_shift_activity_starts_at"
            )
        )

    op.drop_table("scheduling_shift_activity")
    with op.batch_alter_table("scheduling_leave", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_scheduling_leave_employee_id_scheduling_leave_first_day")
        )

    op.drop_table("scheduling_leave")
    with op.batch_alter_table("scheduling_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_shift_starts_at"))
        batch_op.drop_index(
            batch_op.f("ix_scheduling_shift_seat_id_scheduling_shift_starts_at")
        )
        batch_op.drop_index(
            batch_op.f("ix_scheduling_shift_schedule_id_scheduling_shift_day")
        )
        batch_op.drop_index(
            batch_op.f("ix_scheduling_shift_employee_id_scheduling_shift_starts_at")
        )

    op.drop_table("scheduling_shift")
    with op.batch_alter_table("scheduling_schedule_queue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_schedule_queue_queue_id"))

    op.drop_table("scheduling_schedule_queue")
    with op.batch_alter_table("scheduling_coverage_interval", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_scheduling_coverage_interval_queue_id_scheduling_coverage_interval_interval_start"
            )
        )

    op.drop_table("scheduling_coverage_interval")
    with op.batch_alter_table("scheduling_calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_calendar_feed_employee_id"))

    op.drop_table("scheduling_calendar_feed")
    with op.batch_alter_table("scheduling_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_seat_project_id"))

    op.drop_table("scheduling_seat")
    with op.batch_alter_table("scheduling_schedule_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_schedule_team_team_id"))

    op.drop_table("scheduling_schedule_team")
    with op.batch_alter_table(
        "scheduling_work_rule_assignment", schema=None
    ) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_scheduling_work_rule_assignment_rule_set_id")
        )

    op.drop_table("scheduling_work_rule_assignment")
    with op.batch_alter_table("scheduling_schedule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scheduling_schedule_status"))
        batch_op.drop_index(
            batch_op.f("ix_scheduling_schedule_site_id_scheduling_schedule_first_day")
        )

    op.drop_table("scheduling_schedule")
    op.drop_table("scheduling_work_rule_set")
    op.drop_table("scheduling_shift_template")
