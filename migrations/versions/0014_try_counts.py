"""Counted tries: wrong passwords and mailed links, by keyed hashes."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0014"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "try_counts",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_try_counts_last_at", "try_counts", ["last_at"])


def downgrade():
    op.drop_table("try_counts")
