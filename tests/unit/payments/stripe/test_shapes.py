"""The fake Stripe and our calls use the official library's fields and parameters."""

from __future__ import annotations

import pytest
import stripe

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.providers.stripe_amounts import to_stripe
from marketplace.payments.services.settlement import split
from marketplace.payments.services.transfers import withdraw
from tests.support.factories import START
from tests.support.stripe_server import StripeServer
from tests.support.stripe_steps import later, onboarded, paid

pytestmark = pytest.mark.both_engines

KNOWN = {
    "checkout.session": stripe.checkout.Session, "payment_intent": stripe.PaymentIntent, "charge": stripe.Charge,
    "transfer": stripe.Transfer, "refund": stripe.Refund, "payout": stripe.Payout, "account": stripe.Account,
    "dispute": stripe.Dispute,
}  # fmt: skip


def test_fake_returns_only_fields_known_to_stripe_library(client: User, freelancer: User, server: StripeServer) -> None:
    onboarded(server, freelancer)
    split(paid(server, client, freelancer), 40_000, START, "a")
    db.session.commit()
    later(0)
    withdraw(freelancer, 1_000, "EUR", START, "p")
    db.session.commit()
    later(0)
    for kind, objects in server.objects.items():
        known = set(KNOWN[kind].__annotations__)
        for one in objects.values():
            # Stripe's reference omits livemode for Refund and Account; the fake sends it for all objects
            assert set(one) - {"livemode"} <= known, kind


PARAMS = {
    "/v1/checkout/sessions": stripe.params.checkout.SessionCreateParams,
    "/v1/transfers": stripe.params.TransferCreateParams,
    "/v1/refunds": stripe.params.RefundCreateParams, "/v1/payouts": stripe.params.PayoutCreateParams,
    "/v1/accounts": stripe.params.AccountCreateParams, "/v1/account_links": stripe.params.AccountLinkCreateParams,
}  # fmt: skip


def test_calls_send_only_parameters_known_to_stripe_library(
    client: User, freelancer: User, server: StripeServer
) -> None:
    onboarded(server, freelancer)
    split(paid(server, client, freelancer), 40_000, START, "a")
    db.session.commit()
    later(0)
    withdraw(freelancer, 1_000, "EUR", START, "p")
    db.session.commit()
    later(0)
    seen = {path: params for method, path, params, _ in server.calls if method == "POST"}
    assert set(seen) == set(PARAMS)
    for path, params in seen.items():
        assert set(params) <= set(PARAMS[path].__annotations__), path


@pytest.mark.parametrize(
    ("minor", "currency", "theirs"),
    [(1, "EUR", 1), (1250, "JPY", 1250), (1250, "ISK", 125_000), (1_250_000, "KWD", 1_250_000), (12, "UGX", 1_200)],
)
def test_minor_units_are_converted_to_stripes(minor: int, currency: str, theirs: int) -> None:
    assert to_stripe(minor, currency) == theirs
