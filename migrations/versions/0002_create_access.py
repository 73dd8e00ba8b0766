"""create access"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.db import JsonDocument, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_audit_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_audit_entry")),
        sa.UniqueConstraint("previous", name=op.f("uq_access_audit_entry_previous")),
    )
    with op.batch_alter_table("access_audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_audit_entry_at"), ["at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_access_audit_entry_subject_access_audit_entry_subject_id"),
            ["subject", "subject_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_access_audit_entry_user_id_access_audit_entry_at"),
            ["user_id", "at"],
            unique=False,
        )

    op.create_table(
        "access_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("permissions", JsonDocument, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_role")),
        sa.UniqueConstraint("name", name=op.f("uq_access_role_name")),
    )
    op.create_table(
        "access_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=True),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("password_changed_at", UtcDateTime(), nullable=True),
        sa.Column("n_failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_user")),
        sa.UniqueConstraint("email", name=op.f("uq_access_user_email")),
    )
    op.create_table(
        "access_api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("permissions", JsonDocument, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access_user.id"],
            name=op.f("fk_access_api_token_user_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_api_token")),
        sa.UniqueConstraint(
            "token_digest", name=op.f("uq_access_api_token_token_digest")
        ),
    )
    op.create_table(
        "access_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_code", sa.String(length=40), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("scope_kind", sa.String(40), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"],
            ["access_role.id"],
            name=op.f("fk_access_grant_role_id_access_role"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access_user.id"],
            name=op.f("fk_access_grant_user_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_grant_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "access_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access_user.id"],
            name=op.f("fk_access_invitation_user_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_invitation")),
        sa.UniqueConstraint(
            "token_digest", name=op.f("uq_access_invitation_token_digest")
        ),
    )
    with op.batch_alter_table("access_invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_invitation_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "access_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("authenticated_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access_user.id"],
            name=op.f("fk_access_session_user_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_session")),
        sa.UniqueConstraint(
            "token_digest", name=op.f("uq_access_session_token_digest")
        ),
    )
    with op.batch_alter_table("access_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_session_user_id"), ["user_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("access_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_session_user_id"))

    op.drop_table("access_session")
    with op.batch_alter_table("access_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_invitation_user_id"))

    op.drop_table("access_invitation")
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_grant_user_id"))

    op.drop_table("access_grant")
    op.drop_table("access_api_token")
    op.drop_table("access_user")
    op.drop_table("access_role")
    with op.batch_alter_table("access_audit_entry", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_access_audit_entry_user_id_access_audit_entry_at")
        )
        batch_op.drop_index(
            batch_op.f("ix_access_audit_entry_subject_access_audit_entry_subject_id")
        )
        batch_op.drop_index(batch_op.f("ix_access_audit_entry_at"))

    op.drop_table("access_audit_entry")
