"""After the award: contracts and their versions, milestones, go-live checks, deadlines, handover; awards may fall through."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.append_only import protect
from marketplace.core.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CONTRACT_STATES = "'offered', 'active', 'completed', 'cancelled', 'disputed'"
MILESTONE_STATES = (
    "'planned', 'funded', 'submitted', 'changes_requested', 'verified_live', 'released', 'auto_released', 'disputed', "
    "'refunded', 'split', 'dropped'"
)
STANDING, PROPOSED = sa.text("withdrawn_at IS NULL"), sa.text("state = 'proposed'")


def upgrade():
    _let_awards_fall_through()
    _create_contracts()
    _create_versions()
    _create_milestones()
    _create_go_live_checks()
    _create_timeline()
    _create_handover()
    for table in ("contract_events", "go_live_checks"):
        protect(op.get_bind(), table)


def _let_awards_fall_through():
    with op.batch_alter_table("awards") as batch:
        batch.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
        batch.drop_constraint("uq_awards_job_id", type_="unique")
        batch.drop_constraint("uq_awards_bid_id", type_="unique")
    op.create_index("uq_awards_standing", "awards", ["job_id"], unique=True,
                    sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_index("ix_awards_job_id", "awards", ["job_id"])
    op.create_index("ix_awards_bid_id", "awards", ["bid_id"])


def _reference(name, target, **options):
    return sa.Column(name, sa.Integer(), sa.ForeignKey(target), **{"nullable": False, **options})


def _create_contracts():
    op.create_table(
        "contracts",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("award_id", "awards.id", unique=True),
        _reference("client_id", "users.id"),
        _reference("freelancer_id", "users.id"),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("amendment", sa.Text(), nullable=False),
        sa.Column("go_live_hours", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        _reference("prototype_id", "prototypes.id", nullable=True),
        sa.Column("prototype_revision", sa.Integer(), nullable=True),
        sa.Column("offer_days", sa.Integer(), nullable=False),
        sa.Column("auto_release_days", sa.Integer(), nullable=False),
        sa.Column("warranty_days", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("signed_client_at", UtcDateTime(), nullable=True),
        sa.Column("signed_client_name", sa.String(80), nullable=False),
        sa.Column("signed_freelancer_at", UtcDateTime(), nullable=True),
        sa.Column("signed_freelancer_name", sa.String(80), nullable=False),
        sa.Column("active_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        _reference("ended_by", "users.id", nullable=True),
        sa.CheckConstraint(f"state IN ({CONTRACT_STATES})", name="state_known"),
    )
    op.create_index("ix_contracts_client_id_updated_at_id", "contracts", ["client_id", "updated_at", "id"])
    op.create_index("ix_contracts_freelancer_id_updated_at_id", "contracts", ["freelancer_id", "updated_at", "id"])
    op.create_index("ix_contracts_prototype_id", "contracts", ["prototype_id"])


def _create_versions():
    op.create_table(
        "contract_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("contract_id", "contracts.id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("go_live_hours", sa.Integer(), nullable=True),
        sa.Column("amendment", sa.Text(), nullable=False),
        sa.Column("held_to", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _reference("proposed_by", "users.id"),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        _reference("decided_by", "users.id", nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("contract_id", "number"),
        sa.CheckConstraint("state IN ('proposed', 'agreed', 'declined', 'taken_back')", name="state_known"),
        sa.CheckConstraint("kind IN ('terms', 'cancellation')", name="kind_known"),
    )
    op.create_index("uq_contract_versions_open", "contract_versions", ["contract_id"], unique=True,
                    sqlite_where=PROPOSED, postgresql_where=PROPOSED)


def _create_milestones():
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("contract_id", "contracts.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        _reference("charge_id", "charges.id", nullable=True, unique=True),
        sa.Column("payments_begun", sa.Integer(), nullable=False),
        _reference("hold_id", "holds.id", nullable=True, unique=True),
        sa.Column("funded_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("auto_release_at", UtcDateTime(), nullable=True),
        sa.Column("paused", sa.Text(), nullable=False),
        _reference("production_id", "prototypes.id", nullable=True),
        sa.Column("live_at", UtcDateTime(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("contract_id", "position"),
        sa.CheckConstraint(f"state IN ({MILESTONE_STATES})", name="state_known"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )
    op.create_index("ix_milestones_production_id", "milestones", ["production_id"])


def _create_go_live_checks():
    op.create_table(
        "go_live_checks",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("milestone_id", "milestones.id"),
        sa.Column("at", UtcDateTime(), nullable=False),
        _reference("awarded_check_id", "check_records.id", nullable=True),
        _reference("production_check_id", "check_records.id"),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("text_likeness", sa.Double(), nullable=True),
        sa.Column("picture_likeness", sa.Double(), nullable=True),
        sa.Column("structure_likeness", sa.Double(), nullable=True),
        sa.UniqueConstraint("milestone_id", "production_check_id"),
        sa.CheckConstraint("outcome IN ('same', 'unproven', 'unclear', 'different')", name="outcome_known"),
    )


def _create_timeline():
    op.create_table(
        "contract_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("contract_id", "contracts.id"),
        _reference("milestone_id", "milestones.id", nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        _reference("actor_id", "users.id", nullable=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("ix_contract_events_contract_id_id", "contract_events", ["contract_id", "id"])
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("contract_id", "contracts.id"),
        _reference("milestone_id", "milestones.id", nullable=True),
        sa.Column("what", sa.String(30), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(100), nullable=False, unique=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
    )
    op.create_index("ix_deadlines_due_at", "deadlines", ["due_at"])
    op.create_index("ix_deadlines_contract_id_at", "deadlines", ["contract_id", "at"])


def _create_handover():
    op.create_table(
        "handover_items",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("contract_id", "contracts.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("contract_id", "position"),
    )
    op.create_table(
        "one_time_secrets",
        sa.Column("id", sa.Integer(), primary_key=True),
        _reference("contract_id", "contracts.id"),
        _reference("from_id", "users.id"),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(ciphertext IS NULL) = (read_at IS NOT NULL)", name="gone_when_read"),
    )
    op.create_index("ix_one_time_secrets_contract_id", "one_time_secrets", ["contract_id"])


def downgrade():
    for table in (
        "one_time_secrets", "handover_items", "deadlines", "contract_events", "go_live_checks", "milestones",
        "contract_versions", "contracts",
    ):
        op.drop_table(table)
    for index in ("ix_awards_bid_id", "ix_awards_job_id", "uq_awards_standing"):
        op.drop_index(index, "awards")
    with op.batch_alter_table("awards") as batch:
        batch.create_unique_constraint("uq_awards_job_id", ["job_id"])
        batch.create_unique_constraint("uq_awards_bid_id", ["bid_id"])
        batch.drop_column("withdrawn_at")
