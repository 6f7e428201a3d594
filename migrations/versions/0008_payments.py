"""Money: charges and holds, the ledger, what is sent, invoices, and the sandbox's own tables."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.append_only import protect
from marketplace.core.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEPT_FOR_EVER = ("ledger_accounts", "ledger_entries", "postings", "invoices")


def upgrade():
    _create_charges()
    _create_ledger()
    _create_movements()
    _create_invoices()
    _create_sandbox()
    for table in KEPT_FOR_EVER:
        protect(op.get_bind(), table)


def _create_charges():
    op.create_table(
        "charges",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("payer_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("payee_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("fee_bps", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("return_path", sa.String(1000), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("provider_reference", sa.String(255), nullable=True),
        sa.Column("payment_reference", sa.String(255), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("dispute", sa.String(4), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'unknown', 'succeeded', 'failed', 'canceled')", name="state_known"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_charges_due_at", "charges", ["due_at"])
    op.create_index("ix_charges_payer_id_id", "charges", ["payer_id", "id"])
    op.create_index("ix_charges_payment_reference", "charges", ["payment_reference"])
    op.create_index("ix_charges_provider_reference", "charges", ["provider_reference"])
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("charge_id", sa.Integer(), sa.ForeignKey("charges.id"), nullable=False),
        sa.Column("payer_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("payee_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("fee_bps", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("frozen_for", sa.String(10), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("resolution_key", sa.String(100), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state IN ('held', 'frozen') AND resolved_at IS NULL AND released + refunded = 0) OR (state IN ('released', 'refunded', 'split') AND resolved_at IS NOT NULL AND released + refunded = amount)", name="resolved_whole"),
        sa.CheckConstraint("state IN ('held', 'frozen', 'released', 'refunded', 'split')", name="state_known"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("released >= 0 AND refunded >= 0 AND fee >= 0 AND fee <= released", name="parts_in_range"),
        sa.UniqueConstraint("charge_id"),
        sa.UniqueConstraint("resolution_key"),
    )
    op.create_index("ix_holds_payee_id_id", "holds", ["payee_id", "id"])
    op.create_index("ix_holds_payer_id_id", "holds", ["payer_id", "id"])


def _create_ledger():
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.CheckConstraint("kind IN ('clearing', 'held', 'payable', 'wallet', 'payouts', 'refunds', 'fees', 'losses')", name="kind_known"),
        sa.UniqueConstraint("name"),
    )
    op.create_index("ix_ledger_accounts_owner_id", "ledger_accounts", ["owner_id"])
    op.create_table(
        "ledger_balances",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("ledger_accounts.id"), primary_key=True, autoincrement=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("may_overdraw", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount >= 0 OR may_overdraw", name="never_negative"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("memo", sa.String(200), nullable=False),
        sa.Column("hold_id", sa.Integer(), sa.ForeignKey("holds.id"), nullable=True),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_ledger_entries_at_id", "ledger_entries", ["at", "id"])
    op.create_index("ix_ledger_entries_hold_id", "ledger_entries", ["hold_id"])
    op.create_table(
        "postings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("ledger_entries.id"), nullable=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("ledger_accounts.id"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="amount_moves_something"),
        sa.UniqueConstraint("entry_id", "account_id"),
    )
    op.create_index("ix_postings_account_id_id", "postings", ["account_id", "id"])


def _create_movements():
    op.create_table(
        "payout_accounts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.String(300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("user_id", "provider"),
    )
    op.create_index("ix_payout_accounts_due_at", "payout_accounts", ["due_at"])
    op.create_table(
        "movements",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("hold_id", sa.Integer(), sa.ForeignKey("holds.id"), nullable=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("provider_reference", sa.String(255), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
        sa.CheckConstraint("(kind = 'payout') = (hold_id IS NULL)", name="payouts_have_no_hold"),
        sa.CheckConstraint("kind IN ('transfer', 'refund', 'payout')", name="kind_known"),
        sa.CheckConstraint("state IN ('waiting', 'due', 'unknown', 'sent', 'failed')", name="state_known"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_movements_due_at", "movements", ["due_at"])
    op.create_index("ix_movements_hold_id", "movements", ["hold_id"])
    op.create_index("ix_movements_provider_reference", "movements", ["provider_reference"])
    op.create_index("ix_movements_user_id_id", "movements", ["user_id", "id"])
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("event_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("provider", "event_id"),
    )


def _create_invoices():
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("series", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("buyer_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("hold_id", sa.Integer(), sa.ForeignKey("holds.id"), nullable=False),
        sa.Column("seller_name", sa.String(80), nullable=False),
        sa.Column("buyer_name", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(250), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.UniqueConstraint("series", "number"),
    )
    op.create_index("ix_invoices_buyer_id_id", "invoices", ["buyer_id", "id"])
    op.create_index("ix_invoices_hold_id", "invoices", ["hold_id"])
    op.create_index("ix_invoices_seller_id_id", "invoices", ["seller_id", "id"])
    op.create_table(
        "invoice_counters",
        sa.Column("series", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )


def _create_sandbox():
    op.create_table(
        "sandbox_payments",
        sa.Column("reference", sa.String(64), primary_key=True),
        sa.Column("charge_token", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("back", sa.String(1000), nullable=False),
        sa.Column("card", sa.String(20), nullable=False),
        sa.Column("canceled", sa.Boolean(), nullable=False),
        sa.Column("dispute", sa.String(4), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("charge_token"),
    )
    op.create_table(
        "sandbox_movements",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("payment", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_sandbox_movements_account", "sandbox_movements", ["account"])
    op.create_table(
        "sandbox_accounts",
        sa.Column("reference", sa.String(64), primary_key=True),
        sa.Column("back", sa.String(1000), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "sandbox_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=True),
    )
    op.create_index("ix_sandbox_messages_due_at", "sandbox_messages", ["due_at"])


def downgrade():
    for table in (
        "invoices",
        "invoice_counters",
        "movements",
        "payout_accounts",
        "postings",
        "ledger_entries",
        "ledger_balances",
        "ledger_accounts",
        "holds",
        "charges",
        "webhook_events",
        "sandbox_messages",
        "sandbox_accounts",
        "sandbox_movements",
        "sandbox_payments",
    ):
        op.drop_table(table)
