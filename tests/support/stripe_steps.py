"""Steps around Stripe in tests: somebody pays, an account is completed, time passes, a webhook arrives."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.payments.models import Hold, Movement, PayoutAccount
from marketplace.payments.services.onboarding import begin_onboarding
from marketplace.payments.setup import payments
from tests.support.factories import START
from tests.support.money import make_charge, settle_all
from tests.support.stripe_server import StripeServer

SECRETS = ("whsec_platform", "whsec_connect")
BACK = "https://prebuilt.example/money"


def paid(server: StripeServer, client: User, freelancer: User) -> Hold:
    charge = make_charge(client, freelancer)
    server.pay()
    later(10)
    assert charge.hold is not None
    return charge.hold


def later(seconds: float) -> None:
    """Advance the clock and run the workers again."""

    clock: FixedClock = current_app.extensions["clock"]
    clock.moment += timedelta(seconds=seconds)
    settle_all()
    db.session.expire_all()


def onboarded(server: StripeServer, freelancer: User) -> PayoutAccount:
    account = begin_onboarding(freelancer, payments().provider.onboard(freelancer.email, None, BACK), START)
    db.session.commit()
    server.all("account")[account.reference].update(
        capabilities={"transfers": "active"}, payouts_enabled=True, details_submitted=True,
        requirements={"currently_due": []},
    )  # fmt: skip
    later(30)
    assert account.ready
    return account


def states() -> list[tuple[str, str]]:
    return [(one.kind, one.state) for one in db.session.scalars(select(Movement).order_by(Movement.id))]


def signed(body: bytes, secret: str = SECRETS[0], at: float | None = None) -> dict[str, str]:
    stamp = str(int(at or time.time()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={digest}"}


_ids = itertools.count(1)


def message(kind: str, about: dict[str, Any], event_id: str = "") -> bytes:
    event = {"id": event_id or f"evt_{next(_ids)}", "object": "event", "type": kind, "created": 1, "livemode": False}
    return json.dumps({**event, "data": {"object": about}}).encode()


def hook(server: StripeServer, kind: str, about: dict[str, Any], event_id: str = "", **fields: Any) -> int:

    body = message(kind, about, event_id)
    headers = signed(body, **fields)
    browser = current_app.test_client()  # type: ignore[attr-defined]
    db.session.commit()
    return browser.post("/webhooks/stripe", data=body, headers=headers).status_code
