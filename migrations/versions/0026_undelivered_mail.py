"""Mails that were given up, or refused for good, are found without a look at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0012"
branch_labels = None
depends_on = None

UNDELIVERED = sa.text("sent_at IS NULL AND due_at IS NULL")


def upgrade():
    op.create_index(
        "ix_outgoing_mail_undelivered", "outgoing_mail", ["id"],
        postgresql_where=UNDELIVERED, sqlite_where=UNDELIVERED,
    )


def downgrade():
    op.drop_index("ix_outgoing_mail_undelivered", "outgoing_mail")
