"""Models of payments: ledger, charges, holds, movements, payout accounts, invoices and webhooks."""

from marketplace.payments.models.charges import Charge, Hold
from marketplace.payments.models.invoices import Invoice, InvoiceCounter
from marketplace.payments.models.ledger import AccountKind, LedgerAccount, LedgerBalance, LedgerEntry, Posting
from marketplace.payments.models.movements import Movement, MovementKind, PayoutAccount
from marketplace.payments.models.webhooks import WebhookEvent

__all__ = [
    "AccountKind",
    "Charge",
    "Hold",
    "Invoice",
    "InvoiceCounter",
    "LedgerAccount",
    "LedgerBalance",
    "LedgerEntry",
    "Movement",
    "MovementKind",
    "PayoutAccount",
    "Posting",
    "WebhookEvent",
]
