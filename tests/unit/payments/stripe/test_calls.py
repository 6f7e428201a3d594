"""Every call to Stripe, and each way it can end."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.models import Movement
from marketplace.payments.providers.protocol import OutcomeUnknown, Refused
from marketplace.payments.providers.stripe_connect import API_VERSION
from marketplace.payments.services.charging import order_of
from marketplace.payments.services.settlement import refund, release, split
from marketplace.payments.services.transfers import send_again, withdraw
from marketplace.payments.setup import payments
from marketplace.payments.verifying import offences
from tests.support.factories import START
from tests.support.money import make_charge
from tests.support.stripe_server import StripeServer
from tests.support.stripe_steps import BACK, hook, later, onboarded, paid, states

pytestmark = pytest.mark.both_engines


def test_charge_is_checkout_session_on_platform(client: User, freelancer: User, server: StripeServer) -> None:
    charge = make_charge(client, freelancer)
    method, path, params, headers = server.calls[0]
    assert (method, path) == ("POST", "/v1/checkout/sessions")
    assert params["payment_intent_data"]["transfer_group"] == params["client_reference_id"] == charge.token
    assert params["line_items"]["0"]["price_data"]["unit_amount"] == "100000"
    assert headers["stripe-version"] == API_VERSION
    assert headers["idempotency-key"] == f"checkout:{charge.token}"


def test_same_order_opens_same_page(client: User, freelancer: User, server: StripeServer) -> None:
    order = order_of(make_charge(client, freelancer))
    assert payments().provider.checkout(order, BACK).reference == order.reference
    server.pay()
    with pytest.raises(Refused, match="is over"):
        payments().provider.checkout(order, BACK)


def test_a_paid_session_becomes_a_hold(client: User, freelancer: User, server: StripeServer) -> None:
    hold = paid(server, client, freelancer)
    assert (hold.state, hold.charge.payment_reference) == ("held", server.one("payment_intent")["id"])


@pytest.mark.parametrize(
    ("session", "intent", "state"),
    [
        ({"status": "open", "payment_status": "unpaid"}, "processing", "pending"),
        ({"status": "expired", "payment_status": "unpaid"}, "canceled", "canceled"),
        ({"status": "complete", "payment_status": "unpaid"}, "processing", "pending"),
        ({"status": "complete", "payment_status": "unpaid"}, "requires_payment_method", "failed"),
        ({"status": "complete", "payment_status": "paid"}, "succeeded", "succeeded"),
    ],
)
def test_session_status_maps_to_charge_state(
    client: User, freelancer: User, server: StripeServer, session: dict[str, str], intent: str, state: str
) -> None:
    charge = make_charge(client, freelancer)
    server.pay(settled=False).update(session)
    server.one("payment_intent")["status"] = intent
    later(10)
    assert charge.state == state


def test_release_transfers_funds_of_its_charge(client: User, freelancer: User, server: StripeServer) -> None:
    account = onboarded(server, freelancer)
    hold = release(paid(server, client, freelancer), START, "a")
    db.session.commit()
    later(0)
    transfer = server.one("transfer")
    assert (transfer["amount"], transfer["destination"]) == (95_000, account.reference)
    assert transfer["source_transaction"] == server.one("payment_intent")["latest_charge"]
    assert transfer["transfer_group"] == hold.charge.token
    assert states() == [("transfer", "sent")]
    assert offences() == []


def test_split_transfers_one_part_and_refunds_other(client: User, freelancer: User, server: StripeServer) -> None:
    onboarded(server, freelancer)
    split(paid(server, client, freelancer), 40_000, START, "a")
    db.session.commit()
    later(0)
    assert (server.one("transfer")["amount"], server.one("refund")["amount"]) == (38_000, 60_000)
    assert set(states()) == {("transfer", "sent"), ("refund", "sent")}


@pytest.mark.parametrize("path", ["/v1/transfers", "/v1/refunds"])
def test_lost_answer_is_looked_up_and_not_resent(
    client: User, freelancer: User, server: StripeServer, path: str
) -> None:
    onboarded(server, freelancer)
    hold = paid(server, client, freelancer)
    server.drop_answers_to = [path]
    (release if path == "/v1/transfers" else refund)(hold, START, "a")
    db.session.commit()
    later(0)
    assert [state for _, state in states()] == ["unknown"]
    server.drop_answers_to = []
    sent_before = [call for call in server.calls if call[:2] == ("POST", path)]
    later(30)
    assert [state for _, state in states()] == ["sent"]
    assert [call for call in server.calls if call[:2] == ("POST", path)] == sent_before
    assert offences() == []


def test_failure_before_execution_is_resent_with_same_key(client: User, freelancer: User, server: StripeServer) -> None:
    onboarded(server, freelancer)
    hold = paid(server, client, freelancer)
    server.fail = ["/v1/transfers"] * 2  # the library itself retries once
    release(hold, START, "a")
    db.session.commit()
    later(0)
    assert states() == [("transfer", "unknown")]
    later(30)
    assert states() == [("transfer", "sent")]
    keys = {call[3]["idempotency-key"] for call in server.calls if call[:2] == ("POST", "/v1/transfers")}
    assert len(keys) == 1


def test_payee_without_account_is_paid_later(client: User, freelancer: User, server: StripeServer) -> None:
    release(paid(server, client, freelancer), START, "a")
    db.session.commit()
    later(0)
    assert states() == [("transfer", "waiting")]
    onboarded(server, freelancer)
    assert states() == [("transfer", "sent")]


def test_transfer_waits_when_account_loses_capability(client: User, freelancer: User, server: StripeServer) -> None:
    account = onboarded(server, freelancer)
    server.all("account")[account.reference]["capabilities"] = {"transfers": "inactive"}
    release(paid(server, client, freelancer), START, "a")
    account.ready = True
    db.session.commit()
    later(0)
    assert states() == [("transfer", "waiting")]


def test_payout_is_polled_until_bank_has_it(client: User, freelancer: User, server: StripeServer) -> None:
    onboarded(server, freelancer)
    release(paid(server, client, freelancer), START, "a")
    db.session.commit()
    later(0)
    payout = withdraw(freelancer, 95_000, "EUR", START, "p")
    db.session.commit()
    later(0)
    assert payout.state == "due"
    server.one("payout")["status"] = "paid"
    later(60)
    assert payout.state == "sent"
    server.one("payout").update(status="failed", failure_message="The bank account has been closed")
    hook(server, "payout.failed", server.one("payout"))
    later(0)
    assert (payout.state, payout.reason) == ("failed", "The bank account has been closed")
    assert offences() == []


def test_refused_refund_fails_with_reason_and_can_be_resent(
    client: User, freelancer: User, server: StripeServer
) -> None:
    hold = paid(server, client, freelancer)
    elsewhere = server.new(
        "refund", "re", amount=1, currency="eur", payment_intent=hold.charge.payment_reference, metadata={},
        status="succeeded",
    )  # fmt: skip
    refund(hold, START, "a")
    db.session.commit()
    later(0)
    movement = db.session.scalars(select(Movement)).one()
    assert (movement.state, movement.reason) == ("failed", "This charge has already been refunded.")
    del server.all("refund")[elsewhere["id"]]
    send_again(movement, START)
    db.session.commit()
    later(0)
    assert movement.state == "sent"
    assert offences() == []


def test_charge_is_unknown_until_provider_answers(client: User, freelancer: User, server: StripeServer) -> None:
    charge = make_charge(client, freelancer)
    server.pay()
    path = f"/v1/checkout/sessions/{charge.provider_reference}"
    server.fail = [path] * 2
    later(10)
    assert charge.state == "unknown"
    later(60)
    assert charge.state == "succeeded"


def test_onboarding_asks_for_transfers_and_manual_payouts(
    freelancer: User, server: StripeServer, context: Flask
) -> None:
    onboarding = payments().provider.onboard(freelancer.email, None, BACK)
    assert onboarding.url.startswith("https://connect.stripe.com/")
    params = server.calls[0][2]
    assert params["settings"]["payouts"]["schedule"]["interval"] == "manual"
    assert params["capabilities"]["transfers"]["requested"] == "true"
    report = payments().provider.account(onboarding.reference)
    assert (report.ready, report.missing) == (False, "external account, individual")


def test_complete_account_opens_its_dashboard(freelancer: User, server: StripeServer) -> None:
    account = onboarded(server, freelancer)
    assert payments().provider.onboard(freelancer.email, account.reference, BACK).url.endswith("/express/1")


def test_invalid_api_key_settles_nothing(context: Flask, client: User, freelancer: User) -> None:
    charge = make_charge(client, freelancer)
    payments().provider.api._requestor._options.base_addresses["api"] = "http://127.0.0.1:9"  # type: ignore[attr-defined]  # noqa: SLF001
    with pytest.raises(OutcomeUnknown):
        payments().provider.report(order_of(charge))
