"""create workflow"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workflow_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("details", JsonDocument, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requester_id"],
            ["access_user.id"],
            name=op.f("fk_workflow_request_requester_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_request")),
    )
    with op.batch_alter_table("workflow_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workflow_request_requester_id_workflow_request_created_at"),
            ["requester_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_workflow_request_state_workflow_request_kind"),
            ["state", "kind"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_workflow_request_subject"), ["subject"], unique=False
        )

    op.create_table(
        "workflow_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["workflow_request.id"],
            name=op.f("fk_workflow_decision_request_id_workflow_request"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access_user.id"],
            name=op.f("fk_workflow_decision_user_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_decision")),
    )
    with op.batch_alter_table("workflow_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workflow_decision_request_id"), ["request_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("workflow_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workflow_decision_request_id"))

    op.drop_table("workflow_decision")
    with op.batch_alter_table("workflow_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workflow_request_subject"))
        batch_op.drop_index(
            batch_op.f("ix_workflow_request_state_workflow_request_kind")
        )
        batch_op.drop_index(
            batch_op.f("ix_workflow_request_requester_id_workflow_request_created_at")
        )

    op.drop_table("workflow_request")
