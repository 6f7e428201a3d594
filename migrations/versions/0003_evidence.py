"""The evidence: turns in the browser, events, fingerprints and resemblances; what a full check found of a prototype."""

import secrets

import sqlalchemy as sa
from alembic import op

from marketplace.core.append_only import protect
from marketplace.core.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_OF_PROTOTYPES = ("token", "examined_at", "polish", "picture_key", "thumbnail_key", "control", "review")


def upgrade():
    op.add_column("check_records", sa.Column("is_full", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_check_records_full", "check_records", ["prototype_id", "id"],
        sqlite_where=sa.text("is_full"), postgresql_where=sa.text("is_full"),
    )
    _extend_prototypes()
    _extend_jobs()
    _create_turns_and_events()
    _create_fingerprints()
    protect(op.get_bind(), "prototype_events")


def _extend_prototypes():
    for column in (
        sa.Column("token", sa.String(32), server_default="", nullable=False),
        sa.Column("examined_at", UtcDateTime(), nullable=True),
        sa.Column("polish", sa.Double(), nullable=True),
        sa.Column("picture_key", sa.String(64), nullable=True),
        sa.Column("thumbnail_key", sa.String(64), nullable=True),
        sa.Column("control", sa.String(10), server_default="", nullable=False),
        sa.Column("review", sa.String(10), server_default="", nullable=False),
    ):
        op.add_column("prototypes", column)
    prototypes = sa.table("prototypes", sa.column("id", sa.Integer), sa.column("token", sa.String))
    bind = op.get_bind()
    for key in bind.execute(sa.select(prototypes.c.id)).scalars().all():
        bind.execute(prototypes.update().where(prototypes.c.id == key).values(token=secrets.token_hex(16)))


def _extend_jobs():
    # Not by a batch: on SQLite that copies the table and loses the triggers of its search.
    op.add_column("jobs", sa.Column("current_site", sa.String(2000), server_default="", nullable=False))
    op.execute(
        "ALTER TABLE jobs ADD COLUMN current_site_id INTEGER"
        " CONSTRAINT fk_jobs_current_site_id_prototypes REFERENCES prototypes (id)"
    )


def _create_turns_and_events():
    op.create_table(
        "browser_turns",
        sa.Column("prototype_id", sa.Integer(), sa.ForeignKey("prototypes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("cause", sa.String(60), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
    )
    op.create_index("ix_browser_turns_due_at", "browser_turns", ["due_at"])
    op.create_table(
        "prototype_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("prototype_id", sa.Integer(), sa.ForeignKey("prototypes.id"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sentence", sa.String(300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
    )
    op.create_index("ix_prototype_events_prototype_id_at", "prototype_events", ["prototype_id", "at"])


def _create_fingerprints():
    op.create_table(
        "fingerprints",
        sa.Column("prototype_id", sa.Integer(), sa.ForeignKey("prototypes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("minhash", sa.LargeBinary(), nullable=True),
        sa.Column("picture_hash", sa.LargeBinary(), nullable=True),
    )
    op.create_table(
        "fingerprint_bands",
        sa.Column("band", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column(
            "prototype_id", sa.Integer(), sa.ForeignKey("fingerprints.prototype_id", ondelete="CASCADE"),
            primary_key=True, autoincrement=False,
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_fingerprint_bands_prototype_id", "fingerprint_bands", ["prototype_id"])
    op.create_table(
        "resemblances",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("prototype_id", sa.Integer(), sa.ForeignKey("prototypes.id", ondelete="CASCADE"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), sa.ForeignKey("prototypes.id", ondelete="CASCADE"), nullable=False),
        sa.Column("text_likeness", sa.Double(), nullable=True),
        sa.Column("picture_likeness", sa.Double(), nullable=True),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("prototype_id", "revision", "other_id"),
        sa.CheckConstraint("state IN ('flagged', 'explained', 'cleared', 'rejected')", name="state_known"),
    )
    op.create_index("ix_resemblances_state_id", "resemblances", ["state", "id"])


def downgrade():
    for table in ("resemblances", "fingerprint_bands", "fingerprints", "prototype_events", "browser_turns"):
        op.drop_table(table)
    with op.batch_alter_table("jobs") as batch:
        batch.drop_column("current_site_id")
        batch.drop_column("current_site")
    for column in NEW_OF_PROTOTYPES:
        op.drop_column("prototypes", column)
    op.drop_index("ix_check_records_full", "check_records")
    op.drop_column("check_records", "is_full")
