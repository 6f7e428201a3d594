"""A contract made by a process that doesn't know its fee gets today's fee, no longer none.

Expanding was 0012, whose default of 0 let processes of the release before make contracts without a fee while the new
ones were being started. The contracting step, dropping the default, belongs to the release after this one: see
docs/decisions/0032-rolling-deploys.md.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0013"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    _set_default(current_app.extensions["settings"].fee_bps)


def downgrade():
    _set_default(0)


def _set_default(bps):
    with op.batch_alter_table("contracts") as contracts:
        contracts.alter_column("fee_bps", existing_type=sa.Integer(), existing_nullable=False, server_default=str(bps))
