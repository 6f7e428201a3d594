"""Stripe's webhooks: signatures, duplicates, order, and minimal storage."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.models import Charge, WebhookEvent
from marketplace.payments.verifying import offences
from tests.support.money import make_charge
from tests.support.stripe_server import StripeServer
from tests.support.stripe_steps import SECRETS, hook, later, paid, states

pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 200),
        ({"secret": SECRETS[1]}, 200),
        ({"secret": "whsec_other"}, 400),
        ({"at": time.time() - 3600}, 400),
    ],
)
def test_only_fresh_messages_signed_by_stripe_are_accepted(
    client: User, freelancer: User, server: StripeServer, fields: dict[str, Any], status: int
) -> None:
    make_charge(client, freelancer)
    assert hook(server, "checkout.session.completed", server.one("checkout.session"), **fields) == status
    assert len(db.session.scalars(select(WebhookEvent)).all()) == (status == 200)


@pytest.mark.parametrize("header", ["", "t=1", "v1=ab", "t=x,v1=ab", "nonsense"])
def test_invalid_signature_is_rejected(context: Flask, header: str) -> None:
    answer = context.test_client().post("/webhooks/stripe", data=b"{}", headers={"Stripe-Signature": header})
    assert answer.status_code == 400


def test_webhook_of_other_provider_is_not_found(context: Flask) -> None:
    assert context.test_client().post("/webhooks/sandbox", data=b"{}").status_code == 404


def test_duplicate_message_is_stored_once(client: User, freelancer: User, server: StripeServer) -> None:
    make_charge(client, freelancer)
    session = server.pay()
    assert [hook(server, "checkout.session.completed", session, "evt_1") for _ in range(3)] == [200] * 3
    later(0)
    assert len(db.session.scalars(select(WebhookEvent)).all()) == 1
    assert db.session.scalars(select(Charge.state)).all() == ["succeeded"]


NEWS = ["checkout.session.expired", "checkout.session.completed", "checkout.session.async_payment_failed"]


@pytest.mark.parametrize("order", list(itertools.permutations(NEWS)))
def test_message_order_does_not_change_result(
    client: User, freelancer: User, server: StripeServer, order: tuple[str, ...]
) -> None:
    charge = make_charge(client, freelancer)
    session = server.pay()
    for kind in order:
        hook(server, kind, session)
        later(0)
    assert charge.state == "succeeded"
    assert offences() == []


def test_chargeback_freezes_money_and_loss_takes_it(client: User, freelancer: User, server: StripeServer) -> None:
    hold = paid(server, client, freelancer)
    dispute = server.new(
        "dispute", "dp", status="needs_response", amount=100_000, payment_intent=hold.charge.payment_reference
    )
    hook(server, "charge.dispute.created", dispute)
    later(0)
    assert (hold.state, hold.charge.dispute) == ("frozen", "open")
    dispute["status"] = "lost"
    hook(server, "charge.dispute.closed", dispute)
    later(0)
    assert (hold.state, hold.charge.dispute) == ("refunded", "lost")
    assert states() == []
    assert offences() == []


def test_only_ids_of_message_are_stored(client: User, freelancer: User, server: StripeServer) -> None:
    make_charge(client, freelancer)
    session = server.one("checkout.session") | {"customer_details": {"email": "cleo@example.com"}}
    hook(server, "checkout.session.completed", session)
    event = db.session.scalars(select(WebhookEvent)).one()
    assert event.payload == {"created": 1, "livemode": False, "object": session["id"]}
