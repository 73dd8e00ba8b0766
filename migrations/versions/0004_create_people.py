"""create people"""

import sqlalchemy as sa
from alembic import op

from callcenter.kernel.crypto import EncryptedText
from callcenter.kernel.db import Amount, JsonDocument, UtcDateTime
from callcenter.kernel.overlap import NoOverlap

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_site")),
        sa.UniqueConstraint("code", name=op.f("uq_people_site_code")),
    )
    op.create_table(
        "people_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_skill")),
        sa.UniqueConstraint("code", name=op.f("uq_people_skill_code")),
    )
    op.create_table(
        "people_floor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_people_floor_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_floor")),
        sa.UniqueConstraint(
            "site_id", "name", name=op.f("uq_people_floor_site_id_name")
        ),
    )
    op.create_table(
        "people_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", EncryptedText(), nullable=True),
        sa.Column("headers", JsonDocument, nullable=False),
        sa.Column("mapping", JsonDocument, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("good_rows_only", sa.Boolean(), nullable=False),
        sa.Column("n_rows", sa.Integer(), nullable=False),
        sa.Column("n_new", sa.Integer(), nullable=False),
        sa.Column("n_changed", sa.Integer(), nullable=False),
        sa.Column("n_same", sa.Integer(), nullable=False),
        sa.Column("n_bad", sa.Integer(), nullable=False),
        sa.Column("problems", JsonDocument, nullable=False),
        sa.Column("preview", JsonDocument, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["access_user.id"],
            name=op.f("fk_people_import_made_by_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import")),
    )
    with op.batch_alter_table("people_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_import_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "people_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_front_line", sa.Boolean(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("reports_to_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reports_to_id"],
            ["people_post.id"],
            name=op.f("fk_people_post_reports_to_id_people_post"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_people_post_site_id_people_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_post")),
    )
    with op.batch_alter_table("people_post", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_post_reports_to_id"), ["reports_to_id"], unique=False
        )

    op.create_table(
        "people_team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_people_team_site_id_people_site"),
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["people_employee.id"],
            name=op.f("fk_people_team_supervisor_id_people_employee"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_team")),
        sa.UniqueConstraint("code", name=op.f("uq_people_team_code")),
    )
    with op.batch_alter_table("people_team", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_team_site_id"), ["site_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_people_team_supervisor_id"), ["supervisor_id"], unique=False
        )

    op.create_table(
        "people_employee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_sort", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", EncryptedText(), nullable=True),
        sa.Column("phone_digest", sa.String(length=32), nullable=True),
        sa.Column("identity_number", EncryptedText(), nullable=True),
        sa.Column("identity_digest", sa.String(length=32), nullable=True),
        sa.Column("acd_login", sa.String(length=80), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("hired_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("leaving_reason", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["people_post.id"],
            name=op.f("fk_people_employee_post_id_people_post"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["people_site.id"],
            name=op.f("fk_people_employee_site_id_people_site"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["people_team.id"],
            name=op.f("fk_people_employee_team_id_people_team"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["access_user.id"],
            name=op.f("fk_people_employee_user_id_access_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_employee")),
        sa.UniqueConstraint("acd_login", name=op.f("uq_people_employee_acd_login")),
        sa.UniqueConstraint("number", name=op.f("uq_people_employee_number")),
        sa.UniqueConstraint("user_id", name=op.f("uq_people_employee_user_id")),
    )
    with op.batch_alter_table("people_employee", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_employee_identity_digest"),
            ["identity_digest"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_people_employee_left_on"), ["left_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_people_employee_name_sort"), ["name_sort"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_people_employee_phone_digest"),
            ["phone_digest"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_people_employee_site_id"), ["site_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_people_employee_team_id"), ["team_id"], unique=False
        )

    op.create_table(
        "people_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_people_absence_positive_length")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_people_absence_employee_id_people_employee"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_absence")),
    )
    with op.batch_alter_table("people_absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_absence_employee_id_people_absence_starts_at"),
            ["employee_id", "starts_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_people_absence_source"), ["source"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_people_absence_starts_at"), ["starts_at"], unique=False
        )

    op.create_table(
        "people_commitment",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_people_commitment_positive_length")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_people_commitment_employee_id_people_employee"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_commitment")),
    )
    with op.batch_alter_table("people_commitment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_commitment_employee_id_people_commitment_starts_at"),
            ["employee_id", "starts_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_people_commitment_source"), ["source"], unique=False
        )

    op.create_table(
        "people_employee_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "level BETWEEN 1 AND 5", name=op.f("ck_people_employee_skill_level")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_people_employee_skill_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"],
            ["people_skill.id"],
            name=op.f("fk_people_employee_skill_skill_id_people_skill"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_employee_skill")),
        sa.UniqueConstraint(
            "employee_id",
            "skill_id",
            name=op.f("uq_people_employee_skill_employee_id_skill_id"),
        ),
    )
    with op.batch_alter_table("people_employee_skill", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_employee_skill_skill_id"), ["skill_id"], unique=False
        )

    op.create_table(
        "people_employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("contract_number", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("weekly_h", sa.Double(), nullable=False),
        sa.Column("pay_basis", sa.String(40), nullable=False),
        sa.Column("pay_rate", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "weekly_h > 0 AND weekly_h <= 84",
            name=op.f("ck_people_employment_weekly_h"),
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_people_employment_employee_id_people_employee"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_employment")),
    )
    with op.batch_alter_table("people_employment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_employment_employee_id_people_employment_starts_on"),
            ["employee_id", "starts_on"],
            unique=False,
        )

    op.create_table(
        "people_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("from_team_id", sa.Integer(), nullable=True),
        sa.Column("to_team_id", sa.Integer(), nullable=True),
        sa.Column("from_post_id", sa.Integer(), nullable=True),
        sa.Column("to_post_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["people_employee.id"],
            name=op.f("fk_people_move_employee_id_people_employee"),
        ),
        sa.ForeignKeyConstraint(
            ["from_post_id"],
            ["people_post.id"],
            name=op.f("fk_people_move_from_post_id_people_post"),
        ),
        sa.ForeignKeyConstraint(
            ["from_team_id"],
            ["people_team.id"],
            name=op.f("fk_people_move_from_team_id_people_team"),
        ),
        sa.ForeignKeyConstraint(
            ["to_post_id"],
            ["people_post.id"],
            name=op.f("fk_people_move_to_post_id_people_post"),
        ),
        sa.ForeignKeyConstraint(
            ["to_team_id"],
            ["people_team.id"],
            name=op.f("fk_people_move_to_team_id_people_team"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_move")),
    )
    with op.batch_alter_table("people_move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_move_employee_id_people_move_moved_on"),
            ["employee_id", "moved_on"],
            unique=False,
        )

    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.create_foreign_key(
            "fk_people_team_supervisor_id_people_employee",
            "people_team",
            "people_employee",
            ["supervisor_id"],
            ["id"],
        )
    for statement in NoOverlap("people_commitment", "employee_id").create(dialect):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(
            "fk_people_team_supervisor_id_people_employee", "people_team"
        )
    with op.batch_alter_table("people_move", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_people_move_employee_id_people_move_moved_on")
        )

    op.drop_table("people_move")
    with op.batch_alter_table("people_employment", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_people_employment_employee_id_people_employment_starts_on")
        )

    op.drop_table("people_employment")
    with op.batch_alter_table("people_employee_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_employee_skill_skill_id"))

    op.drop_table("people_employee_skill")
    with op.batch_alter_table("people_commitment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_commitment_source"))
        batch_op.drop_index(
            batch_op.f("ix_people_commitment_employee_id_people_commitment_starts_at")
        )

    op.drop_table("people_commitment")
    with op.batch_alter_table("people_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_absence_starts_at"))
        batch_op.drop_index(batch_op.f("ix_people_absence_source"))
        batch_op.drop_index(
            batch_op.f("ix_people_absence_employee_id_people_absence_starts_at")
        )

    op.drop_table("people_absence")
    with op.batch_alter_table("people_employee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_employee_team_id"))
        batch_op.drop_index(batch_op.f("ix_people_employee_site_id"))
        batch_op.drop_index(batch_op.f("ix_people_employee_phone_digest"))
        batch_op.drop_index(batch_op.f("ix_people_employee_name_sort"))
        batch_op.drop_index(batch_op.f("ix_people_employee_left_on"))
        batch_op.drop_index(batch_op.f("ix_people_employee_identity_digest"))

    op.drop_table("people_employee")
    with op.batch_alter_table("people_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_team_supervisor_id"))
        batch_op.drop_index(batch_op.f("ix_people_team_site_id"))

    op.drop_table("people_team")
    with op.batch_alter_table("people_post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_post_reports_to_id"))

    op.drop_table("people_post")
    with op.batch_alter_table("people_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_import_created_at"))

    op.drop_table("people_import")
    op.drop_table("people_floor")
    op.drop_table("people_skill")
    op.drop_table("people_site")
