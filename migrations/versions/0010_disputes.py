"""Disputes over held money, and watches over rejected work."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.append_only import protect
from marketplace.core.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = (
    "'open', 'answered', 'no_reply', 'ruled', 'appealed', 'final', 'settled', 'withdrawn', 'overtaken'"
)
RUNNING = sa.text("state IN ('answered', 'appealed', 'no_reply', 'open', 'ruled')")
PROPOSED = sa.text("state = 'proposed'")
KEPT = ("dispute_statements", "dispute_files", "dispute_rulings")


def upgrade():
    _create_disputes()
    _create_arguments()
    _create_proposals()
    _create_rulings()
    _create_watches()
    for table in KEPT:
        protect(op.get_bind(), table)


def _reference(name, target, **options):
    return sa.Column(name, sa.Integer(), sa.ForeignKey(target), **{"nullable": False, **options})


def _due():
    return (
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
    )


def _create_disputes():
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("milestone_id", "milestones.id"),
        _reference("opened_by", "users.id"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("state_before", sa.String(20), nullable=False),
        sa.Column("response_days", sa.Integer(), nullable=False),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("deadline", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("to_freelancer", sa.BigInteger(), nullable=True),
        *_due(),
        sa.CheckConstraint(f"state IN ({STATES})", name="state_known"),
    )
    op.create_index("uq_disputes_running", "disputes", ["milestone_id"], unique=True,
                    sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_index("ix_disputes_milestone_id", "disputes", ["milestone_id"])
    op.create_index("ix_disputes_state_opened_at_id", "disputes", ["state", "opened_at", "id"])
    op.create_index("ix_disputes_due_at", "disputes", ["due_at"])


def _create_arguments():
    op.create_table(
        "dispute_statements",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("dispute_id", "disputes.id"),
        _reference("author_id", "users.id"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('opening', 'statement', 'appeal')", name="kind_known"),
    )
    op.create_index("ix_dispute_statements_dispute_id", "dispute_statements", ["dispute_id"])
    op.create_table(
        "dispute_files",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("dispute_id", "disputes.id"),
        _reference("brought_by", "users.id"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("filename", sa.String(150), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(64), nullable=False),
    )
    op.create_index("ix_dispute_files_dispute_id", "dispute_files", ["dispute_id"])


def _create_proposals():
    op.create_table(
        "dispute_proposals",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("dispute_id", "disputes.id"),
        _reference("proposed_by", "users.id"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("to_freelancer", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'taken_back', 'replaced', 'ended')", name="state_known"
        ),
        sa.CheckConstraint("to_freelancer >= 0", name="amount_in_range"),
    )
    op.create_index("uq_dispute_proposals_open", "dispute_proposals", ["dispute_id"], unique=True,
                    sqlite_where=PROPOSED, postgresql_where=PROPOSED)
    op.create_index("ix_dispute_proposals_dispute_id", "dispute_proposals", ["dispute_id"])


def _create_rulings():
    op.create_table(
        "dispute_rulings",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("dispute_id", "disputes.id"),
        sa.Column("round", sa.Integer(), nullable=False),
        _reference("admin_id", "users.id"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("to_freelancer", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.UniqueConstraint("dispute_id", "round"),
        sa.UniqueConstraint("dispute_id", "admin_id"),
        sa.CheckConstraint("round IN (1, 2)", name="round_known"),
        sa.CheckConstraint("outcome IN ('release', 'refund', 'split')", name="outcome_known"),
        sa.CheckConstraint("to_freelancer >= 0", name="amount_in_range"),
    )


def _create_watches():
    op.create_table(
        "work_watches",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("bid_id", "bids.id", unique=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        _reference("check_id", "check_records.id"),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("minhash", sa.LargeBinary(), nullable=True),
        sa.Column("picture_hash", sa.LargeBinary(), nullable=True),
        _reference("site_id", "prototypes.id", nullable=True),
        _reference("judged_check_id", "check_records.id", nullable=True),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("summary", sa.String(300), nullable=False),
        *_due(),
        sa.CheckConstraint("state IN ('watching', 'matched', 'stopped', 'ended')", name="state_known"),
    )
    op.create_index("ix_work_watches_site_id", "work_watches", ["site_id"])
    op.create_index("ix_work_watches_due_at", "work_watches", ["due_at"])
    op.create_table(
        "work_matches",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("watch_id", "work_watches.id"),
        _reference("site_id", "prototypes.id"),
        sa.Column("site_revision", sa.Integer(), nullable=False),
        _reference("site_check_id", "check_records.id"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text_likeness", sa.Double(), nullable=True),
        sa.Column("picture_likeness", sa.Double(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.UniqueConstraint("watch_id", "site_id", "site_revision"),
        sa.CheckConstraint("state IN ('reported', 'explained')", name="state_known"),
    )


def downgrade():
    for table in ("work_matches", "work_watches", "dispute_rulings", "dispute_proposals", "dispute_files",
                  "dispute_statements", "disputes"):
        op.drop_table(table)
