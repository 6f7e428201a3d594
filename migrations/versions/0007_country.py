"""The country that a person may name on their profile."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("profiles", sa.Column("country", sa.String(2), nullable=True))


def downgrade():
    op.drop_column("profiles", "country")
