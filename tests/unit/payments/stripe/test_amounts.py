"""Amounts Stripe does not accept: refused before payment, and never part of paid money."""

from __future__ import annotations

import pytest

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.payments.models import Charge, Hold, Movement
from marketplace.payments.providers.protocol import MovementOrder, Refused
from marketplace.payments.services.charging import start_charge
from marketplace.payments.services.settlement import pay_out, refund, release, split
from marketplace.payments.services.transfers import withdraw
from marketplace.payments.setup import payments
from marketplace.payments.verifying import offences
from tests.support.factories import START
from tests.support.money import make_charge
from tests.support.stripe_server import StripeServer
from tests.support.stripe_steps import later, onboarded, states

pytestmark = pytest.mark.both_engines

PAYABLE = [
    ("KWD", 12_340), ("BHD", 10), ("TND", 99_990), ("OMR", 70), ("JOD", 1_230), ("HUF", 1_004_500), ("TWD", 12_300),
    ("JPY", 501), ("KRW", 7), ("ISK", 501), ("UGX", 501), ("EUR", 999),
]  # fmt: skip


def held(server: StripeServer, client: User, payee: User | None, amount: int, currency: str) -> Hold:
    charge = make_charge(client, payee, amount, currency=currency)
    server.pay()
    later(10)
    assert charge.hold is not None
    return charge.hold


@pytest.mark.parametrize(
    ("currency", "amount", "near"),
    [
        ("KWD", 1_234, "1.230 or 1.240"),
        ("BHD", 12_345, "12.340 or 12.350"),
        ("TND", 1, "0.010"),
        ("HUF", 1_004_550, "10045 or 10046"),
        ("TWD", 12_345, "123 or 124"),
    ],
)
def test_amount_stripe_cannot_send_is_not_charged(
    client: User, freelancer: User, server: StripeServer, currency: str, amount: int, near: str
) -> None:
    with pytest.raises(Invalid, match=f"{near}\\."):
        start_charge(client, freelancer, amount, currency, "Work", "k", START)
    assert db.session.query(Charge).count() == 0


@pytest.mark.parametrize(("currency", "amount"), PAYABLE)
def test_release_less_fee_reaches_bank(
    client: User, freelancer: User, server: StripeServer, currency: str, amount: int
) -> None:
    onboarded(server, freelancer)
    hold = release(held(server, client, freelancer, amount, currency), START, "a")
    net = hold.released - hold.fee
    later(0)
    withdraw(freelancer, net, currency, START, "p")
    db.session.commit()
    later(0)
    assert {state for _, state in states()} <= {"sent", "due"}  # payouts stay in transit for some days
    assert server.one("payout")["amount"] == server.one("transfer")["amount"]
    assert offences() == []


def test_fee_absorbs_remainder_of_step(client: User, freelancer: User, server: StripeServer) -> None:
    onboarded(server, freelancer)
    hold = release(held(server, client, freelancer, 12_340, "KWD"), START, "a")
    later(0)
    assert (server.one("transfer")["amount"], hold.fee) == (11_720, 620)


@pytest.mark.parametrize(("currency", "amount"), PAYABLE)
@pytest.mark.parametrize("thirds", [1, 2])
def test_both_parts_of_split_are_sent(
    client: User, freelancer: User, server: StripeServer, currency: str, amount: int, thirds: int
) -> None:
    onboarded(server, freelancer)
    hold = split(held(server, client, freelancer, amount, currency), amount * thirds // 3, START, "a")
    later(0)
    assert {state for _, state in states()} == {"sent"}
    assert hold.released + hold.refunded == amount
    assert offences() == []


@pytest.mark.parametrize(("currency", "amount"), PAYABLE)
def test_pool_shares_are_sent_and_remainder_refunded(
    client: User, freelancer: User, server: StripeServer, currency: str, amount: int
) -> None:
    onboarded(server, freelancer)
    hold = held(server, client, None, amount, currency)
    pay_out(hold, {freelancer.id: amount // 3}, START, "pool")
    later(0)
    assert {state for _, state in states()} == {"sent"}
    assert hold.released % payments().provider.step(currency) == 0
    assert hold.released + hold.refunded == amount


def test_refund_is_full_amount(client: User, freelancer: User, server: StripeServer) -> None:
    refund(held(server, client, freelancer, 12_340, "KWD"), START, "a")
    later(0)
    assert server.one("refund")["amount"] == 12_340


@pytest.mark.parametrize(("currency", "amount"), [("HUF", 1_004_550), ("TWD", 12_345), ("KWD", 11_723)])
def test_payout_stripe_would_refuse_is_not_started(
    client: User, freelancer: User, server: StripeServer, currency: str, amount: int
) -> None:
    onboarded(server, freelancer)
    with pytest.raises(Invalid, match="The rest stays in your account"):
        withdraw(freelancer, amount, currency, START, "p")
    assert db.session.query(Movement).count() == 0


def test_fake_refuses_like_stripe(server: StripeServer, freelancer: User) -> None:
    account = onboarded(server, freelancer)
    order = MovementOrder("k", "payout", 1_004_550, "HUF", "", "", account.reference)
    with pytest.raises(Refused, match="divisible by 100"):
        payments().provider.send(order)


def test_old_order_off_step_is_refused_with_reason(server: StripeServer, freelancer: User) -> None:
    account = onboarded(server, freelancer)
    with pytest.raises(Refused, match=r"KWD amounts end in 0 in the third decimal: 11\.720 or 11\.730"):
        payments().provider.send(MovementOrder("k", "payout", 11_723, "KWD", "", "", account.reference))
