"""A hold is resolved once, and all of its money is accounted for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.payments.models import Hold, LedgerAccount, LedgerBalance, Movement
from marketplace.payments.providers.protocol import ChargeReport
from marketplace.payments.sandbox.provider import Sandbox
from marketplace.payments.services.provider_results import charge_reported
from marketplace.payments.services.settlement import close_chargeback, freeze, pay_out, refund, release, split, unfreeze
from marketplace.payments.states import ChargeState
from marketplace.payments.verifying import offences
from tests.support.factories import START, make_user
from tests.support.money import make_hold, make_payable, settle_all

pytestmark = pytest.mark.both_engines


def balances() -> dict[str, int]:
    """Nonzero balance of each account, by kind."""
    rows = db.session.execute(select(LedgerAccount.kind, LedgerBalance.amount).join(LedgerBalance))
    return {kind: amount for kind, amount in rows if amount}


def movements() -> list[tuple[str, int, str]]:
    rows = db.session.scalars(select(Movement).order_by(Movement.id))
    return [(row.kind, row.amount, row.state) for row in rows]


def test_paid_money_is_held(client: User, freelancer: User) -> None:
    hold = make_hold(client, freelancer, 100_000)
    assert (hold.state, hold.amount, hold.fee_bps) == ("held", 100_000, 500)
    assert balances() == {"clearing": 100_000, "held": 100_000}


def test_release_pays_payee_and_fee(client: User, freelancer: User) -> None:
    hold = release(make_hold(client, freelancer, 99_999), START, "m1")
    assert (hold.state, hold.released, hold.fee) == ("released", 99_999, 4_999)
    assert balances() == {"clearing": 99_999, "payable": 95_000, "fees": 4_999}
    assert movements() == [("transfer", 95_000, "waiting")]


def test_released_money_is_transferred_once_payee_is_ready(client: User, freelancer: User) -> None:
    release(make_hold(client, freelancer), START, "m1")
    db.session.commit()
    make_payable(freelancer)
    assert balances() == {"clearing": 100_000, "wallet": 95_000, "fees": 5_000}
    assert movements() == [("transfer", 95_000, "sent")]


def hear_of_the_bank(hold: Hold, news: Any, now: datetime = START) -> None:
    charge_reported(hold.charge, ChargeReport(ChargeState.SUCCEEDED, None, news), now)
    db.session.commit()


def test_provider_is_polled_until_chargeback_is_decided(client: User, freelancer: User) -> None:
    hold = make_hold(client, freelancer)
    for days in (0, 1, 2):
        now = START + timedelta(days=days)
        hear_of_the_bank(hold, "open", now)
        assert hold.charge.due_at is not None
        assert hold.charge.due_at > now
    hear_of_the_bank(hold, "won")
    assert hold.charge.due_at is None


@pytest.mark.parametrize("news", [["open", "lost"], ["lost"]])
def test_second_chargeback_freezes_again_and_takes_from_hold(client: User, freelancer: User, news: list[str]) -> None:
    hold = make_hold(client, freelancer)
    for word in ["open", "won"]:
        hear_of_the_bank(hold, word)
    assert hold.state == "held"
    for word in news:
        hear_of_the_bank(hold, word)
    assert (hold.state, balances()) == ("refunded", {})


def test_lost_chargeback_takes_unfrozen_money(client: User, freelancer: User) -> None:
    hold = make_hold(client, freelancer)
    close_chargeback(hold, START, lost=True)
    assert (hold.state, balances()) == ("refunded", {})


def test_refund_returns_full_amount(client: User, freelancer: User) -> None:
    hold = refund(make_hold(client, freelancer), START, "m1")
    assert (hold.state, hold.refunded, hold.fee) == ("refunded", 100_000, 0)
    assert balances() == {"clearing": 100_000, "refunds": 100_000}
    db.session.commit()
    settle_all()
    assert balances() == {}
    assert movements() == [("refund", 100_000, "sent")]


def test_split_takes_fee_from_payees_part_only(client: User, freelancer: User) -> None:
    hold = split(make_hold(client, freelancer), 60_001, START, "m1")
    assert (hold.state, hold.released, hold.refunded, hold.fee) == ("split", 60_001, 39_999, 3_000)
    assert balances() == {"clearing": 100_000, "payable": 57_001, "fees": 3_000, "refunds": 39_999}


def test_pool_is_shared_without_fee_and_remainder_refunded(client: User, freelancer: User) -> None:
    other = make_user("freelancer")
    hold = pay_out(make_hold(client, None, 10_000), {freelancer.id: 3_333, other.id: 3_333}, START, "pool")
    assert (hold.state, hold.released, hold.refunded, hold.fee) == ("split", 6_666, 3_334, 0)
    assert sorted(movements()) == [
        ("refund", 3_334, "due"),
        ("transfer", 3_333, "waiting"),
        ("transfer", 3_333, "waiting"),
    ]


ACTS = {
    "release": lambda hold, key: release(hold, START, key),
    "refund": lambda hold, key: refund(hold, START, key),
    "split": lambda hold, key: split(hold, 50_000, START, key),
}


@pytest.mark.parametrize("name", ACTS)
def test_same_key_returns_same_result(client: User, freelancer: User, name: str) -> None:
    hold = make_hold(client, freelancer)
    first = ACTS[name](hold, "m1")
    before = balances(), movements()
    assert ACTS[name](hold, "m1") is first
    assert (balances(), movements()) == before


@pytest.mark.parametrize("second", ACTS)
@pytest.mark.parametrize("first", ACTS)
def test_hold_is_resolved_once(client: User, freelancer: User, first: str, second: str) -> None:
    hold = make_hold(client, freelancer)
    ACTS[first](hold, "m1")
    before = balances()
    with pytest.raises(Conflict):
        ACTS[second](hold, "m2")
    if first != second:
        with pytest.raises(Conflict):
            ACTS[second](hold, "m1")
    assert balances() == before


@pytest.mark.parametrize("name", ACTS)
def test_frozen_money_stays_until_unfrozen(client: User, freelancer: User, name: str) -> None:
    hold = freeze(make_hold(client, freelancer), START)
    with pytest.raises(Conflict):
        ACTS[name](hold, "m1")
    unfreeze(hold, START)
    assert ACTS[name](hold, "m1").resolved_at == START


@pytest.mark.parametrize("part", [-1, 100_001])
def test_part_must_be_between_zero_and_amount(client: User, freelancer: User, part: int) -> None:
    hold = make_hold(client, freelancer)
    with pytest.raises(Invalid):
        split(hold, part, START, "m1")


def test_resolved_money_cannot_be_frozen(client: User, freelancer: User) -> None:
    hold = release(make_hold(client, freelancer), START, "m1")
    with pytest.raises(Conflict):
        freeze(hold, START)


def test_charge_is_held_once(client: User, freelancer: User) -> None:
    make_hold(client, freelancer, key="once")
    assert make_hold(client, freelancer, key="once").id == db.session.scalars(select(Hold.id)).one()


def test_hold_from_before_steps_is_split_exactly(
    client: User, freelancer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(Sandbox, "step", lambda *_: 1)
        hold = make_hold(client, freelancer, 1_004_550, currency="HUF")
    split(hold, 500_025, START, "s")
    assert (hold.released, hold.refunded, hold.fee) == (500_025, 504_525, 25_001)
    assert offences() == []
