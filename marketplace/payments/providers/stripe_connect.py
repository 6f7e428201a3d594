"""Stripe Connect through its official library: Checkout, separate charges and transfers, hosted onboarding.

Money is charged to the platform and stays there until transferred, grouped by the charge's token. Platform and
connected accounts use manual payouts, so nothing is paid out to a bank automatically.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, Literal, cast

import stripe

from marketplace.payments.providers.protocol import (
    AccountReport,
    BadSignature,
    ChargeOrder,
    ChargeReport,
    Checkout,
    Event,
    MovementOrder,
    MovementReport,
    NotReady,
    Onboarding,
    OutcomeUnknown,
    Refused,
)
from marketplace.payments.providers.stripe_amounts import step, to_stripe
from marketplace.payments.states import ChargeState

API_VERSION = "2026-10-28.endive"
"""Pinned, so responses keep this shape regardless of the account's default version."""
TIMEOUT_SECONDS = 15
TOLERANCE_SECONDS = 300

LATER = frozenset({"balance_insufficient", "lock_timeout", "idempotency_key_in_use"})
"""Refusals that are temporary."""
NOT_READY = frozenset({"insufficient_capabilities_for_transfer", "account_closed", "payouts_not_allowed"})
MOVED: dict[str, Literal["pending", "sent", "failed"]] = {
    "succeeded": "sent", "paid": "sent", "pending": "pending", "in_transit": "pending", "requires_action": "pending",
    "failed": "failed", "canceled": "failed",
}  # fmt: skip
DISPUTES: dict[str, Literal["", "open", "won", "lost"]] = {
    "needs_response": "open", "under_review": "open", "won": "won", "lost": "lost",
}  # fmt: skip
"""Dispute status -> state here; inquiries (warning_...) move no money and are ignored."""


class StripeConnect:
    """Provider that moves real money, or Stripe's test money if the key is a test key."""

    name = "stripe"
    is_real = True

    def __init__(self, secret_key: str, webhook_secrets: str, api_base: str = "") -> None:
        """`webhook_secrets`: comma-separated, since the endpoint of connected accounts has its own."""
        self.webhook_secrets = [secret.strip() for secret in webhook_secrets.split(",") if secret.strip()]
        self.api = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else {},
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=1,
        ).v1

    def step(self, currency: str) -> int:
        return step(currency)

    def checkout(self, order: ChargeOrder, back: str) -> Checkout:
        with _refusals():
            session = self._session(order, back)
        if session.url is None:
            raise Refused("This payment was begun before and is over. We are looking up how it ended.")
        return Checkout(session.id, session.url)

    def _session(self, order: ChargeOrder, back: str) -> stripe.checkout.Session:
        if order.reference:
            return self.api.checkout.sessions.retrieve(order.reference)
        price: Any = {
            "currency": order.currency.lower(),
            "unit_amount": to_stripe(order.amount, order.currency),
            "product_data": {"name": order.purpose},
        }
        named = {"charge": order.token}
        return self.api.checkout.sessions.create(
            {
                "mode": "payment",
                "client_reference_id": order.token,
                "customer_email": order.payer_email,
                "line_items": [{"quantity": 1, "price_data": price}],
                "payment_intent_data": {"transfer_group": order.token, "metadata": named},
                "metadata": named,
                "success_url": back,
                "cancel_url": back,
            },
            {"idempotency_key": f"checkout:{order.token}"},
        )

    def report(self, order: ChargeOrder) -> ChargeReport:
        with _refusals(final=False):
            session = self.api.checkout.sessions.retrieve(order.reference or "", {"expand": ["payment_intent"]})
            if session.status == "open":
                return ChargeReport(ChargeState.PENDING)
            intent = cast("stripe.PaymentIntent | None", session.payment_intent)
            if session.status == "expired" or intent is None:
                return ChargeReport(ChargeState.CANCELED)
            if session.payment_status != "paid":
                return ChargeReport(_unpaid(intent.status), intent.id)
            disputes = self.api.disputes.list({"payment_intent": intent.id, "limit": 1}).data
        dispute = DISPUTES.get(disputes[0].status, "") if disputes else ""
        return ChargeReport(ChargeState.SUCCEEDED, intent.id, dispute)

    def send(self, order: MovementOrder) -> MovementReport:
        amount, named = to_stripe(order.amount, order.currency), {"movement": order.key}
        currency, options = order.currency.lower(), {"idempotency_key": order.key}
        with _refusals():
            if order.kind == "transfer":
                intent = self.api.payment_intents.retrieve(order.payment_reference)
                done: Any = self.api.transfers.create(
                    {
                        "amount": amount,
                        "currency": currency,
                        "destination": order.destination,
                        "source_transaction": str(intent.latest_charge),  # waits for this payment's funds
                        "transfer_group": order.group,
                        "metadata": named,
                    },
                    cast(Any, options),
                )
            elif order.kind == "refund":
                refund: Any = {"payment_intent": order.payment_reference, "amount": amount, "metadata": named}
                done = self.api.refunds.create(refund, cast(Any, options))
            else:
                payout: Any = {"amount": amount, "currency": currency, "metadata": named}
                done = self.api.payouts.create(payout, cast(Any, options | {"stripe_account": order.destination}))
        return _moved(done)

    def find(self, order: MovementOrder, reference: str | None) -> MovementReport | None:
        with _refusals(final=False):
            if reference:
                return _moved(self._retrieve(order, reference))
            for one in self._list(order):
                if getattr(one.metadata, "movement", None) == order.key:
                    return _moved(one)
        return None

    def _retrieve(self, order: MovementOrder, reference: str) -> Any:
        if order.kind == "transfer":
            return self.api.transfers.retrieve(reference)
        if order.kind == "refund":
            return self.api.refunds.retrieve(reference)
        return self.api.payouts.retrieve(reference, options={"stripe_account": order.destination})

    def _list(self, order: MovementOrder) -> Iterable[Any]:
        if order.kind == "transfer":
            return self.api.transfers.list({"transfer_group": order.group, "limit": 100}).auto_paging_iter()
        if order.kind == "refund":
            return self.api.refunds.list({"payment_intent": order.payment_reference, "limit": 100}).auto_paging_iter()
        payouts = self.api.payouts.list({"limit": 100}, {"stripe_account": order.destination})
        return payouts.auto_paging_iter()

    def onboard(self, email: str, reference: str | None, back: str) -> Onboarding:
        with _refusals():
            if reference is None:
                reference = self._account(email).id
            elif self.api.accounts.retrieve(reference).details_submitted:
                return Onboarding(reference, self.api.accounts.login_links.create(reference).url)
            link: Any = {"account": reference, "type": "account_onboarding", "refresh_url": back, "return_url": back}
            return Onboarding(reference, self.api.account_links.create(link).url)

    def _account(self, email: str) -> stripe.Account:
        wanted: Any = {
            "email": email,
            "controller": {
                "stripe_dashboard": {"type": "express"},
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
            },
            "capabilities": {"transfers": {"requested": True}},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        }
        key = hashlib.sha256(email.encode()).hexdigest()
        return self.api.accounts.create(wanted, {"idempotency_key": f"account:{key}"})

    def account(self, reference: str) -> AccountReport:
        with _refusals(final=False):
            account = self.api.accounts.retrieve(reference)
        due = (account.requirements.currently_due if account.requirements else None) or []
        can_take = account.capabilities is not None and account.capabilities.transfers == "active"
        missing = ", ".join(dict.fromkeys(name.split(".")[0].replace("_", " ") for name in due))
        return AccountReport(ready=can_take and bool(account.payouts_enabled), missing=missing)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Event:
        signature = headers.get("Stripe-Signature", "")
        if not any(_is_signed(body, signature, secret) for secret in self.webhook_secrets):
            raise BadSignature("This message was not signed by Stripe, or it is too old.")
        return _event(json.loads(body))


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(body.decode(), signature, secret, TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError):
        return False


def _event(message: dict[str, Any]) -> Event:
    """Parse the event's subject; keep only ids, since everything else is looked up."""
    kind, about = str(message["type"]), message["data"]["object"]
    kept = {"created": message.get("created"), "livemode": message.get("livemode"), "object": about.get("id")}
    subject, reference = "", ""
    for prefix, (subject_of, reference_of) in _SUBJECTS.items():
        if kind.startswith(prefix):
            subject, reference = subject_of, str(reference_of(about) or "")
            break
    return Event(message["id"], kind, cast(Any, subject if reference else ""), reference, kept)


def _charge_of_intent(intent: dict[str, Any]) -> Any:
    metadata: dict[str, Any] = intent.get("metadata") or {}
    return metadata.get("charge")


_SUBJECTS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "checkout.session.": ("charge", lambda session: session.get("client_reference_id")),
    "payment_intent.": ("charge", _charge_of_intent),
    "charge.dispute.": ("charge", lambda dispute: dispute.get("payment_intent")),
    "charge.refund.": ("movement", lambda refund: refund.get("id")),
    "refund.": ("movement", lambda refund: refund.get("id")),
    "transfer.": ("movement", lambda transfer: transfer.get("id")),
    "payout.": ("movement", lambda payout: payout.get("id")),
    "account.updated": ("account", lambda account: account.get("id")),
}
"""By prefix of the event type: the subject, and how to get its id."""


def _unpaid(status: str) -> ChargeState:
    """State of a completed checkout without funds: pending, failed or canceled."""
    states = {"requires_payment_method": ChargeState.FAILED, "canceled": ChargeState.CANCELED}
    return states.get(status, ChargeState.PENDING)


def _moved(one: Any) -> MovementReport:
    """Report on a movement; a transfer has no status: it is sent when it exists, unless fully reversed."""
    reason = str(getattr(one, "failure_message", None) or getattr(one, "failure_reason", None) or "")
    if one.object == "transfer":
        return MovementReport("failed" if one.reversed else "sent", one.id, "Reversed" if one.reversed else "")
    return MovementReport(MOVED.get(one.status, "pending"), one.id, reason)


@contextmanager
def _refusals(*, final: bool = True) -> Generator[None]:
    """Map Stripe's errors: Refused or NotReady if nothing happened, OutcomeUnknown if something may have.

    `final` False: a mere query, where even a refusal says nothing about what happened before.
    """
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError, stripe.PermissionError) as error:
        words = str(error.user_message or "The payment service refused.")
        if not final or error.code in LATER:
            raise OutcomeUnknown(words) from error
        raise (NotReady if error.code in NOT_READY else Refused)(words) from error
    except stripe.StripeError as error:  # no connection, server error, rate limit, or invalid key
        raise OutcomeUnknown(str(error.user_message or error)) from error
