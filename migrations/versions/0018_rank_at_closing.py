"""Ranks stand on what was known when bids closed: when checks began, how well bidders fitted, who was told a score."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0018"
down_revision = "0021"
branch_labels = None
depends_on = None

_OF_LINK = ["prototype_id", "revision", "is_full", "begun_at", "finished_at", "state", "id"]

_WHO_WAS_TOLD = """
    UPDATE bids SET told_at = (
        SELECT MIN(awarded_at) FROM awards WHERE awards.job_id = bids.job_id AND awarded_at >= bids.submitted_at
    )
    WHERE submitted_at IS NOT NULL AND state <> 'withdrawn' AND job_id IN (SELECT job_id FROM awards)
"""
"""All whose bid was placed before an award were told by it where they stood."""


def upgrade():
    for table in ("prototypes", "browser_turns", "check_records"):
        op.add_column(table, sa.Column("begun_at", UtcDateTime()))
    op.create_index("ix_check_records_begun", "check_records", _OF_LINK)
    op.add_column("bids", sa.Column("fit", sa.Double()))
    op.add_column("bids", sa.Column("told_at", UtcDateTime()))
    op.execute(_WHO_WAS_TOLD)


def downgrade():
    op.drop_column("bids", "told_at")
    op.drop_column("bids", "fit")
    op.drop_index("ix_check_records_begun", "check_records")
    for table in ("check_records", "browser_turns", "prototypes"):
        op.drop_column(table, "begun_at")
