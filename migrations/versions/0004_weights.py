"""Fitted weights as versions with an admin's consent; a digest tells whether a rank is news."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("rank_snapshots", sa.Column("digest", sa.String(64), server_default="", nullable=False))
    op.create_table(
        "weight_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("consented_by", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("consented_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("version"),
        sa.CheckConstraint("state IN ('proposed', 'active', 'retired')", name="state_known"),
    )
    is_active = sa.text("state = 'active'")
    op.create_index(
        "uq_weight_versions_one_active", "weight_versions", ["state"], unique=True,
        sqlite_where=is_active, postgresql_where=is_active,
    )


def downgrade():
    op.drop_table("weight_versions")
    op.drop_column("rank_snapshots", "digest")
