"""Reviews after a contract, in rounds that are revealed once; participation pools of jobs that require a prototype."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.append_only import protect
from marketplace.core.database import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    _create_rounds()
    _create_reviews()
    _create_versions()
    protect(op.get_bind(), "review_versions")
    _let_jobs_require_prototypes()


def _reference(name, target, **options):
    return sa.Column(name, sa.Integer(), sa.ForeignKey(target), **{"nullable": False, **options})


def _marks():
    return [sa.Column(scale, sa.Integer(), nullable=False) for scale in ("quality", "on_time", "contact")]


def _lease():
    return [
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
    ]


def _create_rounds():
    op.create_table(
        "review_rounds",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("contract_id", "contracts.id", unique=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("revealed_at", UtcDateTime(), nullable=True),
        *_lease(),
    )
    op.create_index("ix_review_rounds_due_at", "review_rounds", ["due_at"])


def _create_reviews():
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("round_id", "review_rounds.id"),
        _reference("author_id", "users.id"),
        _reference("subject_id", "users.id"),
        sa.Column("about", sa.String(12), nullable=False),
        *_marks(),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("revealed_at", UtcDateTime(), nullable=True),
        sa.Column("revealed_version", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("quoted_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("reply_hidden_at", UtcDateTime(), nullable=True),
        sa.Column("reply_hidden_reason", sa.Text(), nullable=True),
        sa.UniqueConstraint("round_id", "author_id"),
        sa.CheckConstraint("about IN ('client', 'freelancer')", name="about_known"),
        sa.CheckConstraint(
            "quality BETWEEN 1 AND 5 AND on_time BETWEEN 1 AND 5 AND contact BETWEEN 1 AND 5", name="marks_in_range"
        ),
    )
    op.create_index("ix_reviews_subject_id_about_revealed_at_id", "reviews", ["subject_id", "about", "revealed_at", "id"])
    op.create_index("ix_reviews_author_id", "reviews", ["author_id"])


def _create_versions():
    op.create_table(
        "review_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("review_id", "reviews.id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *_marks(),
        sa.Column("text", sa.Text(), nullable=False),
        sa.UniqueConstraint("review_id", "number"),
    )


def _let_jobs_require_prototypes():
    # not as a batch: on SQLite that would make the table anew, without the triggers that feed the search
    op.add_column("jobs", sa.Column("requires_prototype", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("pool_amount", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "participation_pools",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("job_id", "jobs.id", unique=True),
        _reference("charge_id", "charges.id", nullable=True, unique=True),
        sa.Column("payments_begun", sa.Integer(), nullable=False),
        _reference("hold_id", "holds.id", nullable=True, unique=True),
        sa.Column("funded_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(12), nullable=False),
        *_lease(),
        sa.CheckConstraint("outcome IN ('', 'shared', 'returned')", name="outcome_known"),
    )
    op.create_index("ix_participation_pools_due_at", "participation_pools", ["due_at"])


def downgrade():
    op.drop_table("participation_pools")
    op.drop_column("jobs", "pool_amount")
    op.drop_column("jobs", "requires_prototype")
    for table in ("review_versions", "reviews", "review_rounds"):
        op.drop_table(table)
