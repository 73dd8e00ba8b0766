"""require more in forecasting"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import Amount, JsonDocument, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ZERO = sa.text("0")


def upgrade() -> None:
    with op.batch_alter_table("forecasting_requirement", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "safety_agents", sa.Double(), server_default=_ZERO, nullable=False
            )
        )
        batch_op.add_column(sa.Column("backlog", sa.Double(), nullable=True))
    _assumptions()
    _shrinkage_spans()
    _studies()


def _assumptions() -> None:
    with op.batch_alter_table("forecasting_assumption", schema=None) as batch_op:
        for name in ("redial_share", "chat_slowdown", "backlog", "safety_share"):
            batch_op.add_column(
                sa.Column(name, sa.Double(), server_default=_ZERO, nullable=False)
            )
        batch_op.add_column(
            sa.Column(
                "deadline_s",
                sa.Integer(),
                server_default=sa.text("86400"),
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("waiting_room", sa.Integer(), nullable=True))
        for name in ("paid_hour_cost", "missed_day_penalty"):
            batch_op.add_column(sa.Column(name, Amount(), nullable=True))
        for name, rule in _RULES.items():
            batch_op.create_check_constraint(
                op.f(f"ck_forecasting_assumption_{name}"), rule
            )


_RULES = {
    "redial_share": "redial_share >= 0 AND redial_share < 1",
    "waiting_room": "waiting_room >= 0",
    "chat_slowdown": "chat_slowdown >= 0 AND chat_slowdown <= 1",
    "deadline_s": "deadline_s > 0",
    "backlog": "backlog >= 0",
    "safety_share": "safety_share > -1 AND safety_share <= 5",
    "paid_hour_cost": "paid_hour_cost >= 0",
    "missed_day_penalty": "missed_day_penalty >= 0",
}


def _shrinkage_spans() -> None:
    op.create_table(
        "forecasting_shrinkage_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assumption_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("weekdays", sa.SmallInteger(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "weekdays BETWEEN 1 AND 127",
            name=op.f("ck_forecasting_shrinkage_span_weekdays"),
        ),
        sa.CheckConstraint(
            "share >= 0 AND share < 0.9",
            name=op.f("ck_forecasting_shrinkage_span_share"),
        ),
        sa.ForeignKeyConstraint(
            ["assumption_id"],
            ["forecasting_assumption.id"],
            name=op.f(
                "fk_forecasting_shrinkage_span_assumption_id_forecasting_assumption"
            ),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_shrinkage_span")),
    )
    op.create_index(
        op.f("ix_forecasting_shrinkage_span_assumption_id"),
        "forecasting_shrinkage_span",
        ["assumption_id"],
    )


def _studies() -> None:
    owners = {
        "forecast_id": ("forecasting_forecast", "CASCADE"),
        "made_by_id": ("access_user", None),
        "project_id": ("projects_project", None),
        "queue_id": ("projects_queue", None),
    }
    op.create_table(
        "forecasting_study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("forecast_id", sa.Integer(), nullable=True),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("premises", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("figures", JsonDocument, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_forecasting_study_{column}_{table}"),
                ondelete=on_delete,
            )
            for column, (table, on_delete) in owners.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasting_study")),
    )
    for columns in (
        ["forecast_id", "queue_id", "day"],
        ["project_id", "kind"],
        ["queue_id"],
    ):
        name = "ix_" + "_".join(f"forecasting_study_{each}" for each in columns)
        op.create_index(op.f(name), "forecasting_study", columns)


def downgrade() -> None:
    op.drop_table("forecasting_study")
    op.drop_table("forecasting_shrinkage_span")
    with op.batch_alter_table("forecasting_assumption", schema=None) as batch_op:
        for name in _RULES:
            batch_op.drop_constraint(
                op.f(f"ck_forecasting_assumption_{name}"), type_="check"
            )
            batch_op.drop_column(name)
    with op.batch_alter_table("forecasting_requirement", schema=None) as batch_op:
        batch_op.drop_column("backlog")
        batch_op.drop_column("safety_agents")
