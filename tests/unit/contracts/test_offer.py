from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.bids.services.deciding import undo_decline
from marketplace.contracts.queries import award_of, contract_of
from marketplace.contracts.services.awarding import award_bid
from marketplace.contracts.services.offering import TermsChanged, sign, withdraw_offer
from marketplace.contracts.services.settling import fund
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.terms import Days
from marketplace.contracts.wording import clauses
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import award_withdrawn
from marketplace.payments.setup import payments
from marketplace.prototypes.services import submit_link
from tests.support.contracts import make_offer, sign_both
from tests.support.factories import START, make_bid, make_job, make_user

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_award_makes_offer_with_one_milestone_of_full_price() -> None:
    contract = make_offer(price=123_456, go_live_hours=6)
    assert (contract.state, contract.version, contract.go_live_hours) == ("offered", 1, 6)
    assert [(one.amount, one.state) for one in contract.milestones] == [(123_456, "planned")]


def test_scope_is_frozen_at_award() -> None:
    job = make_job(make_user("client"), requirements=[("page", "/prices")])
    contract = make_offer(make_bid(job, make_user("freelancer"), credits="Icons by Lucide"))
    job.spec, job.requirements = "Something else", []
    db.session.commit()
    db.session.expire_all()
    assert contract.scope["spec"] == "Members book a slot in three taps."
    assert [(line["kind"], line["value"]) for line in contract.scope["requirements"]] == [("page", "/prices")]
    assert contract.scope["credits"] == "Icons by Lucide"


def test_operator_days_are_frozen_at_award() -> None:
    job = make_job(make_user("client"))
    bid = make_bid(job, make_user("freelancer"))
    award = award_bid(job.client, bid, 1, START, Days(offer=3, auto_release=5, warranty=9))
    contract = contract_of(award.id)
    assert contract
    assert (contract.offer_days, contract.auto_release_days, contract.warranty_days) == (3, 5, 9)


def test_signed_fee_applies_after_fee_setting_changes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = sign_both(make_offer())
    assert "a fee of 5% of what is released" in clauses(contract)[0].text
    monkeypatch.setitem(app.extensions, "payments", replace(payments(), fee_bps=900))
    assert fund(contract.client, contract.milestones[0], START).fee_bps == 500


def test_contract_is_active_once_both_signed() -> None:
    contract = make_offer()
    sign(contract.client, contract, "  cleo  CLIENT ", 1, START)
    assert (contract.state, contract.signed_client_name) == ("offered", "cleo CLIENT")
    sign(contract.freelancer, contract, "Fay Freelancer", 1, START)
    assert (contract.state, contract.active_at, contract.award.bid.state) == ("active", START, "accepted")


def test_signing_again_changes_nothing() -> None:
    contract = sign_both(make_offer())
    sign(contract.client, contract, "Cleo Client", 1, START + timedelta(hours=1))
    assert contract.signed_client_at == START


def test_signature_must_be_account_name() -> None:
    contract = make_offer()
    with pytest.raises(Invalid):
        sign(contract.client, contract, "Cleo", 1, START)
    with pytest.raises(NotAllowed):
        sign(make_user("admin", name="Cleo Client"), contract, "Cleo Client", 1, START)


def test_unseen_terms_cannot_be_signed() -> None:
    with pytest.raises(TermsChanged):
        sign((contract := make_offer()).client, contract, "Cleo Client", 2, START)


@pytest.mark.parametrize(
    ("side", "bid_state", "count"), [("client", "declined", 3), ("freelancer", "withdrawn", 2), ("clock", "lapsed", 3)]
)
def test_failed_offer_revives_other_bids(clock: FixedClock, side: str, bid_state: str, count: int) -> None:
    job = make_job(make_user("client", name="Cleo Client"))
    link = submit_link("https://other.example/", [], START)
    bid = make_bid(job, make_user("freelancer"))
    lost, declined = (
        make_bid(job, make_user("freelancer"), prototype_id=link.id),
        make_bid(job, make_user("freelancer")),
    )
    declined.state = "declined"
    contract = make_offer(bid)
    assert (lost.state, link.watched) == ("lapsed", False)
    heard: list[object] = []

    def hear(award: object, revived: list[object]) -> None:
        heard.extend(revived)

    with award_withdrawn.connected_to(hear):
        if side == "clock":
            clock.moment = START + timedelta(days=14)
            do_due(clock.now)
        else:
            withdraw_offer(getattr(contract, side), contract, "I found other work.", START)
            db.session.commit()
    assert (contract.state, job.state, award_of(job.id), job.bid_count) == ("cancelled", "closed", None, count)
    assert (bid.state, lost.state, declined.state, link.watched) == (bid_state, "submitted", "declined", True)
    assert heard == [lost]


def test_client_has_at_least_a_week_to_decide_again() -> None:
    job = make_job(make_user("client", name="Cleo Client"), decision_deadline=START + timedelta(days=1))
    contract = make_offer(make_bid(job, make_user("freelancer")))
    withdraw_offer(job.client, contract, "Our plans changed.", START)
    assert job.decision_deadline == START + timedelta(days=7)


def test_another_or_same_bid_may_win_after_failed_offer() -> None:
    job = make_job(make_user("client", name="Cleo Client"))
    first, second = make_bid(job, make_user("freelancer")), make_bid(job, make_user("freelancer"))
    contract = make_offer(first)
    withdraw_offer(job.client, contract, "A mistake.", START)
    undo_decline(job.client, first, START)
    again = make_offer(first)
    withdraw_offer(job.client, again, "No, the other one.", START)
    assert make_offer(second).award.bid is second
    assert contract.id != again.id


def test_withdrawal_needs_reason_and_unsigned_contract() -> None:
    contract = make_offer()
    with pytest.raises(Invalid):
        withdraw_offer(contract.client, contract, "  ", START)
    sign_both(contract)
    with pytest.raises(Conflict):
        withdraw_offer(contract.client, contract, "Too late.", START)
