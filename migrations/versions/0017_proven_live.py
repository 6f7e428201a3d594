"""Since when the awarded work is live on the client's proven domain; the prototype's own address keeps no promise."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime
from marketplace.checker.audits.hosts import is_same_site

revision = "0017"
down_revision = "0020"
branch_labels = None
depends_on = None

VERIFIED = """
    SELECT milestones.id, milestones.live_at, contracts.scope, prototypes.url
    FROM milestones
    JOIN contracts ON contracts.id = milestones.contract_id
    JOIN prototypes ON prototypes.id = milestones.production_id
    WHERE milestones.verified_at IS NOT NULL AND milestones.live_at IS NOT NULL
"""
BATCH = 1_000


def upgrade():
    op.add_column("milestones", sa.Column("proven_live_at", UtcDateTime(), nullable=True))
    bind = op.get_bind()
    shown = sa.text(VERIFIED).columns(id=sa.Integer, live_at=UtcDateTime, scope=sa.JSON, url=sa.String)
    write = sa.text("UPDATE milestones SET proven_live_at = :at WHERE id = :id")
    write = write.bindparams(sa.bindparam("at", type_=UtcDateTime()))
    rows = [
        {"id": row.id, "at": row.live_at}
        for row in bind.execute(shown)
        if not is_same_site(row.url, row.scope.get("url", ""))
    ]
    for first in range(0, len(rows), BATCH):
        bind.execute(write, rows[first : first + BATCH])


def downgrade():
    op.drop_column("milestones", "proven_live_at")
