"""Sessions as rows, so that signing out ends them for every copy of a cookie; everybody signs in once more."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "open_sessions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("digest", name="uq_open_sessions_digest"),
    )
    for column in ("user_id", "began_at", "last_seen"):
        op.create_index(f"ix_open_sessions_{column}", "open_sessions", [column])


def downgrade():
    op.drop_table("open_sessions")
