"""Payment in the sandbox with each card, without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.support.factories import START
from tests.web.payments.conftest import Till

pytestmark = pytest.mark.both_engines


def state_of(till: Till) -> str:
    with till.app.app_context():
        return till.charge().state


def test_client_sees_purpose_and_pays(till: Till) -> None:
    client = till.as_("client")
    page = client.page(f"/pay/{till.token}").text()
    assert "Pay €1,000" in page
    assert "Fay Freelancer" in page
    assert "no real money moves here" in page
    checkout = client.submit(f"/pay/{till.token}")
    assert checkout.status_code == 303
    assert checkout.location.startswith("/sandbox/checkout/")
    assert "no real money moves here" in client.page(checkout.location).text()
    done = client.submit(checkout.location, {"card": "pays", "do": "pay"})
    assert done.location == f"/pay/{till.token}/done"
    assert "We are waiting for the payment service’s word" in client.page(done.location).text()
    till.work()
    assert "The money is held for Fay Freelancer" in client.page(done.location).text()
    assert client.get(f"/pay/{till.token}").location == done.location


def test_payment_of_other_provider_is_not_sent_to_current_one(till: Till) -> None:
    with till.app.app_context():
        till.charge().provider = "stripe"
        db.session.commit()
    answer = till.as_("client").submit(f"/pay/{till.token}")
    assert answer.status_code == 409
    assert "begun with another payment service" in answer.text
    with till.app.app_context():
        assert till.charge().provider_reference is None


def test_declined_card_can_be_replaced_by_another(till: Till) -> None:
    client = till.as_("client")
    checkout = client.submit(f"/pay/{till.token}").location
    answer = client.submit(checkout, {"card": "declined", "do": "pay"})
    assert answer.status_code == 422
    assert "The bank declined this card" in answer.text
    assert client.submit(checkout, {"card": "pays", "do": "pay"}).status_code == 303
    till.work()
    assert state_of(till) == "succeeded"


def test_missing_card_choice_is_reported(till: Till) -> None:
    client = till.as_("client")
    checkout = client.submit(f"/pay/{till.token}").location
    answer = client.submit(checkout, {"do": "pay"})
    assert answer.status_code == 422
    assert "Choose a test card." in answer.text


def test_card_needing_confirmation_pays_only_when_confirmed(till: Till) -> None:
    client = till.as_("client")
    checkout = client.submit(f"/pay/{till.token}").location
    question = client.submit(checkout, {"card": "confirms", "do": "pay"})
    assert "Is this payment yours?" in question.text
    till.work()
    assert state_of(till) == "pending"
    client.post(checkout, {"card": "confirms", "do": "confirm"})
    till.work()
    assert state_of(till) == "succeeded"


def test_leaving_checkout_pays_nothing(till: Till) -> None:
    client = till.as_("client")
    checkout = client.submit(f"/pay/{till.token}").location
    assert client.submit(checkout, {"do": "leave"}).location == f"/pay/{till.token}/done"
    till.work()
    assert "Nothing was taken from you" in client.page(f"/pay/{till.token}/done").text()
    assert state_of(till) == "canceled"


@pytest.mark.parametrize(
    ("card", "seconds", "state"),
    [("late", 61, "succeeded"), ("silent", 15, "succeeded"), ("fails_later", 31, "failed")],
)
def test_late_and_missing_webhooks_have_same_result(
    till: Till, clock: FixedClock, card: str, seconds: int, state: str
) -> None:
    till.pay(card)
    clock.moment = START + timedelta(seconds=seconds)
    till.work()
    assert state_of(till) == state


def test_return_page_polls_provider_without_webhook(till: Till) -> None:
    till.pay("silent")
    till.as_("client").page(f"/pay/{till.token}/done")
    till.work()
    assert state_of(till) == "succeeded"


def test_waiting_fragment_stops_polling_when_settled(till: Till) -> None:
    client = till.as_("client")
    assert "data-poll" in client.get(f"/pay/{till.token}/state").text
    till.pay()
    answer = client.get(f"/pay/{till.token}/state")
    assert "data-poll" not in answer.text
    assert answer.headers["X-Final"] == "The payment succeeded."


@pytest.mark.parametrize(("outcome", "hold"), [("won", "held"), ("lost", "refunded")])
def test_charged_back_payment_is_frozen_until_bank_decides(
    till: Till, clock: FixedClock, outcome: str, hold: str
) -> None:
    till.pay("disputed")
    clock.moment = START + timedelta(seconds=11)
    till.work()
    with till.app.app_context():
        assert till.charge().hold.state == "frozen"  # type: ignore[union-attr]
        reference = till.charge().provider_reference
    client = till.as_("client")
    assert "Your bank disputes this payment" in client.page(f"/pay/{till.token}/done").text()
    client.post(f"/sandbox/dispute/{reference}", {"outcome": outcome})
    till.work()
    with till.app.app_context():
        assert (till.charge().dispute, till.charge().hold.state) == (outcome, hold)  # type: ignore[union-attr]
