"""The marketplace's fee becomes a term of the contract; contracts from before get today's."""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("contracts", sa.Column("fee_bps", sa.Integer(), nullable=False, server_default="0"))
    today = current_app.extensions["settings"].fee_bps
    op.execute(sa.text("UPDATE contracts SET fee_bps = :bps").bindparams(bps=today))


def downgrade():
    op.drop_column("contracts", "fee_bps")
