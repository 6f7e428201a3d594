"""Portfolio pictures get a small version; mail's HTML is made from its text when it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("portfolio_items") as batch:
        batch.add_column(sa.Column("thumbnail_key", sa.String(length=64), nullable=True))
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.drop_column("html")


def downgrade():
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.add_column(sa.Column("html", sa.Text(), nullable=True))
    with op.batch_alter_table("portfolio_items") as batch:
        batch.drop_column("thumbnail_key")
