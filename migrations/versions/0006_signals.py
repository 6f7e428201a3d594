"""Guarding the rank: account signals, pairs known as two people, flags with their bids, and how far rules have looked."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    _create_signals()
    _create_flags()
    op.create_index("ix_bids_submitted_at", "bids", ["submitted_at"])


def _create_signals():
    op.create_table(
        "account_signals",
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('device', 'address', 'payout')", name="kind_known"),
    )
    op.create_index("ix_account_signals_kind_digest", "account_signals", ["kind", "digest"])
    op.create_index("ix_account_signals_last_seen", "account_signals", ["last_seen"])
    op.create_table(
        "known_pairs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("lower_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("higher_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("marked_by", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("lower_id < higher_id", name="ordered"),
    )
    op.create_index("uq_known_pairs_lower_id", "known_pairs", ["lower_id", "higher_id"], unique=True)
    op.create_index("ix_known_pairs_higher_id", "known_pairs", ["higher_id"])


def _create_flags():
    op.create_table(
        "flags",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("rule", sa.String(20), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("job_id", sa.Integer(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=True),
        sa.Column("other_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=True),
        sa.Column("sentence", sa.String(300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'fine', 'acted')", name="state_known"),
    )
    op.create_index("uq_flags_key", "flags", ["key"], unique=True)
    op.create_index("ix_flags_state_rule_id", "flags", ["state", "rule", "id"])
    op.create_table(
        "flag_bids",
        sa.Column("flag_id", sa.Integer(), sa.ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("bid_id", sa.Integer(), sa.ForeignKey("bids.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_flag_bids_bid_id", "flag_bids", ["bid_id"])
    op.create_table(
        "watermarks",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )


def downgrade():
    op.drop_index("ix_bids_submitted_at", "bids")
    for table in ("watermarks", "flag_bids", "flags", "known_pairs", "account_signals"):
        op.drop_table(table)
