"""An act that decides on an appeal names the act it decides on; the log names the rule, and a reason without names."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TRUE_DEFAULTS = {
    "audit_log.rule": "entries whose rule nobody named have none",
    "audit_log.public_reason": "nothing is shown of a reason that nobody worded for everybody",
}


def upgrade():
    with op.batch_alter_table("moderation_acts") as batch:
        batch.add_column(sa.Column("decides_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_moderation_acts_decides_id_moderation_acts"), "moderation_acts", ["decides_id"], ["id"]
        )
        batch.create_index("uq_moderation_acts_decides_id", ["decides_id"], unique=True)
        batch.create_index("ix_moderation_acts_answered_at", ["answered_at"])
    op.add_column("audit_log", sa.Column("rule", sa.String(20), nullable=False, server_default=""))
    op.add_column("audit_log", sa.Column("public_reason", sa.Text(), nullable=False, server_default=""))


def downgrade():
    op.drop_column("audit_log", "public_reason")
    op.drop_column("audit_log", "rule")
    with op.batch_alter_table("moderation_acts") as batch:
        batch.drop_index("ix_moderation_acts_answered_at")
        batch.drop_index("uq_moderation_acts_decides_id")
        batch.drop_constraint(batch.f("fk_moderation_acts_decides_id_moderation_acts"), type_="foreignkey")
        batch.drop_column("decides_id")
