"""create recruiting"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import Amount, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recruiting_requisition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("employment_kind", sa.String(40), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("pay_basis", sa.String(40), nullable=False),
        sa.Column("pay_low", Amount(), nullable=True),
        sa.Column("pay_high", Amount(), nullable=True),
        sa.Column("channel_budget", Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "headcount BETWEEN 1 AND 9999",
            name=op.f("ck_recruiting_requisition_headcount"),
        ),
        sa.CheckConstraint(
            "pay_low <= pay_high", name=op.f("ck_recruiting_requisition_pay_band")
        ),
        sa.CheckConstraint(
            "pay_low >= 0 AND channel_budget >= 0",
            name=op.f("ck_recruiting_requisition_money"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["access_user.id"],
            name=op.f("fk_recruiting_requisition_asked_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["people_post.id"],
            name=op.f("fk_recruiting_requisition_post_id_people_post"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects_project.id"],
            name=op.f("fk_recruiting_requisition_project_id_projects_project"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["people_employee.id"],
            name=op.f("fk_recruiting_requisition_replaces_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["workflow_request.id"],
            name=op.f("fk_recruiting_requisition_request_id_workflow_request"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_recruiting_requisition_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_requisition")),
    )
    with op.batch_alter_table("recruiting_requisition", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recruiting_requisition_post_id"), ["post_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_requisition_project_id"),
            ["project_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_requisition_site_id"), ["site_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_requisition_state_recruiting_requisition_due_on"),
            ["state", "due_on"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("recruiting_requisition", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_recruiting_requisition_state_recruiting_requisition_due_on")
        )
        batch_op.drop_index(batch_op.f("ix_recruiting_requisition_site_id"))
        batch_op.drop_index(batch_op.f("ix_recruiting_requisition_project_id"))
        batch_op.drop_index(batch_op.f("ix_recruiting_requisition_post_id"))

    op.drop_table("recruiting_requisition")
