"""Addresses that want no invitations, from anybody."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0020b"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "refused_addresses",
        sa.Column("email", sa.String(255), primary_key=True),
        sa.Column("refused_at", UtcDateTime(), nullable=False),
    )


def downgrade():
    op.drop_table("refused_addresses")
