"""recruit through channels events and stages"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.crypto import EncryptedText
from callcenter.kernel.db import Amount, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recruiting_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("referral_bonus", Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "referral_bonus >= 0", name=op.f("ck_recruiting_channel_referral_bonus")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_recruiting_channel_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_channel")),
    )
    with op.batch_alter_table("recruiting_channel", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recruiting_channel_site_id"), ["site_id"], unique=False
        )

    op.create_table(
        "recruiting_stage_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["people_post.id"],
            name=op.f("fk_recruiting_stage_template_post_id_people_post"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_stage_template")),
        sa.UniqueConstraint(
            "post_id", name=op.f("uq_recruiting_stage_template_post_id")
        ),
    )
    op.create_table(
        "recruiting_template_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("n_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "n_days BETWEEN 1 AND 365", name=op.f("ck_recruiting_template_stage_n_days")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["recruiting_stage_template.id"],
            name=op.f(
                "fk_recruiting_template_stage_template_id_recruiting_stage_template"
            ),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_template_stage")),
        sa.UniqueConstraint(
            "template_id",
            "kind",
            name=op.f("uq_recruiting_template_stage_template_id_kind"),
        ),
    )
    op.create_table(
        "recruiting_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("requisition_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("spend", Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("n_attended", sa.Integer(), nullable=True),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "spend >= 0 AND n_attended >= 0", name=op.f("ck_recruiting_event_figures")
        ),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_recruiting_event_positive_length")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["recruiting_channel.id"],
            name=op.f("fk_recruiting_event_channel_id_recruiting_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"],
            ["recruiting_requisition.id"],
            name=op.f("fk_recruiting_event_requisition_id_recruiting_requisition"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_recruiting_event_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_event")),
        sa.UniqueConstraint("token", name=op.f("uq_recruiting_event_token")),
    )
    with op.batch_alter_table("recruiting_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recruiting_event_channel_id"), ["channel_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_event_site_id_recruiting_event_starts_at"),
            ["site_id", "starts_at"],
            unique=False,
        )

    op.create_table(
        "recruiting_candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_sort", sa.String(length=160), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("phone", EncryptedText(), nullable=True),
        sa.Column("phone_digest", sa.String(length=32), nullable=True),
        sa.Column("identity_number", EncryptedText(), nullable=True),
        sa.Column("identity_digest", sa.String(length=32), nullable=True),
        sa.Column("email", EncryptedText(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("referrer_id", sa.Integer(), nullable=True),
        sa.Column("school", sa.String(length=120), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("wanted_kind", sa.String(40), nullable=True),
        sa.Column("available_on", sa.Date(), nullable=True),
        sa.Column("is_in_pool", sa.Boolean(), nullable=False),
        sa.Column("consent_at", UtcDateTime(), nullable=True),
        sa.Column("consent_version", sa.String(length=20), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["recruiting_channel.id"],
            name=op.f("fk_recruiting_candidate_channel_id_recruiting_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["recruiting_event.id"],
            name=op.f("fk_recruiting_candidate_event_id_recruiting_event"),
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["recruiting_candidate.id"],
            name=op.f("fk_recruiting_candidate_merged_into_id_recruiting_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["people_employee.id"],
            name=op.f("fk_recruiting_candidate_referrer_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_recruiting_candidate_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_candidate")),
    )
    with op.batch_alter_table("recruiting_candidate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recruiting_candidate_channel_id"),
            ["channel_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_candidate_identity_digest"),
            ["identity_digest"],
            unique=True,
            sqlite_where=sa.text("merged_into_id IS NULL"),
            postgresql_where=sa.text("merged_into_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_candidate_merged_into_id"),
            ["merged_into_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_candidate_name_key"), ["name_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_candidate_name_sort"), ["name_sort"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_candidate_phone_digest"),
            ["phone_digest"],
            unique=True,
            sqlite_where=sa.text("merged_into_id IS NULL"),
            postgresql_where=sa.text("merged_into_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f(
                "ix_recruiting_candidate_site_id_recruiting_candidate_created_at"
            ),
            ["site_id", "created_at"],
            unique=False,
        )

    op.create_table(
        "recruiting_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("requisition_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("refusal_reason", sa.String(40), nullable=True),
        sa.Column("refusal_note", sa.String(length=400), nullable=False),
        sa.Column("recruiter_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["recruiting_candidate.id"],
            name=op.f("fk_recruiting_application_candidate_id_recruiting_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["recruiter_id"],
            ["access_user.id"],
            name=op.f("fk_recruiting_application_recruiter_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"],
            ["recruiting_requisition.id"],
            name=op.f(
                "fk_recruiting_application_requisition_id_recruiting_requisition"
            ),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_application")),
        sa.UniqueConstraint(
            "candidate_id",
            "requisition_id",
            name=op.f("uq_recruiting_application_candidate_id_requisition_id"),
        ),
    )
    with op.batch_alter_table("recruiting_application", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_recruiting_application_requisition_id_recruiting_application_state_recruiting_application_stage"
            ),
            ["requisition_id", "state", "stage"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_application_state_recruiting_application_due_at"),
            ["state", "due_at"],
            unique=False,
        )

    op.create_table(
        "recruiting_history",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("from_stage", sa.String(40), nullable=True),
        sa.Column("to_stage", sa.String(40), nullable=True),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["recruiting_application.id"],
            name=op.f("fk_recruiting_history_application_id_recruiting_application"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["access_user.id"],
            name=op.f("fk_recruiting_history_by_id_access_user"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["recruiting_candidate.id"],
            name=op.f("fk_recruiting_history_candidate_id_recruiting_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["recruiting_event.id"],
            name=op.f("fk_recruiting_history_event_id_recruiting_event"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiting_history")),
    )
    with op.batch_alter_table("recruiting_history", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recruiting_history_application_id"),
            ["application_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_history_candidate_id_recruiting_history_at"),
            ["candidate_id", "at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_recruiting_history_event_id"), ["event_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("recruiting_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recruiting_history_event_id"))
        batch_op.drop_index(
            batch_op.f("ix_recruiting_history_candidate_id_recruiting_history_at")
        )
        batch_op.drop_index(batch_op.f("ix_recruiting_history_application_id"))

    op.drop_table("recruiting_history")
    with op.batch_alter_table("recruiting_application", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_recruiting_application_state_recruiting_application_due_at")
        )
        batch_op.drop_index(
            batch_op.f(
                "ix_recruiting_application_requisition_id_recruiting_application_state_recruiting_application_stage"
            )
        )

    op.drop_table("recruiting_application")
    with op.batch_alter_table("recruiting_candidate", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_recruiting_candidate_site_id_recruiting_candidate_created_at"
            )
        )
        batch_op.drop_index(
            batch_op.f("ix_recruiting_candidate_phone_digest"),
            sqlite_where=sa.text("merged_into_id IS NULL"),
            postgresql_where=sa.text("merged_into_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_recruiting_candidate_name_sort"))
        batch_op.drop_index(batch_op.f("ix_recruiting_candidate_name_key"))
        batch_op.drop_index(batch_op.f("ix_recruiting_candidate_merged_into_id"))
        batch_op.drop_index(
            batch_op.f("ix_recruiting_candidate_identity_digest"),
            sqlite_where=sa.text("merged_into_id IS NULL"),
            postgresql_where=sa.text("merged_into_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_recruiting_candidate_channel_id"))

    op.drop_table("recruiting_candidate")
    with op.batch_alter_table("recruiting_event", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_recruiting_event_site_id_recruiting_event_starts_at")
        )
        batch_op.drop_index(batch_op.f("ix_recruiting_event_channel_id"))

    op.drop_table("recruiting_event")
    op.drop_table("recruiting_template_stage")
    op.drop_table("recruiting_stage_template")
    with op.batch_alter_table("recruiting_channel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recruiting_channel_site_id"))

    op.drop_table("recruiting_channel")
