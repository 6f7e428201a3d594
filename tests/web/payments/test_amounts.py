"""Every form with an amount names payable amounts and refuses others before payment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.contracts.models import Contract
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.payments.services.settlement import release
from tests.support.contracts import make_offer, pay_for, sign_both
from tests.support.disputes import make_dispute
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.money import make_hold, make_payable, settle_all
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

NEAR = "KWD amounts end in 0 in the third decimal: 12.340 or 12.350."
HINT = "KWD amounts end in 0 in the third decimal."


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    with app.app_context():
        made = {
            "client": make_user("client", name="Cleo Client"),
            "fay": make_user("freelancer", name="Fay Freelancer"),
            "admin": make_user("admin", name="Ann Admin"),
        }
        return {name: person.id for name, person in made.items()}


def job_of(people: dict[str, int], **fields: object) -> Job:
    return make_job(_user(people["client"]), currency="KWD", budget_min=0, budget_max=900_000, **fields)


def contract_of(people: dict[str, int], price: int = 290_000) -> Contract:
    return sign_both(make_offer(make_bid(job_of(people), _user(people["fay"]), price=price)))


def _user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def test_budget_and_pool_amounts_must_fit_step(
    app: Flask, people: dict[str, int], visitor: Callable[[], Visitor]
) -> None:
    with app.app_context():
        path = f"/jobs/{job_of(people, state='draft', published_at=None).slug}/edit/budget"
    client = visitor().as_user(people["client"])
    assert HINT in client.page(path).text()
    typed = {"budget_max": "12.345", "requires_prototype": "y", "pool_amount": "12.345"}
    answer = client.submit(path, typed)
    assert answer.status_code == 422
    assert answer.text.count(NEAR) >= 2
    assert 'value="12.345"' in answer.text


def test_bid_price_must_fit_step(app: Flask, people: dict[str, int], visitor: Callable[[], Visitor]) -> None:
    with app.app_context():
        path = f"/jobs/{job_of(people).slug}/bids/new"
    fay = visitor().as_user(people["fay"])
    assert HINT in fay.page(path).text()
    answer = fay.submit(path, {"price": "12.345"})
    assert (answer.status_code, NEAR in answer.text) == (422, True)


def test_milestone_amount_must_fit_step(app: Flask, people: dict[str, int], visitor: Callable[[], Visitor]) -> None:
    with app.app_context():
        path = f"/contracts/{contract_of(people).id}/terms"
    client = visitor().as_user(people["client"])
    assert HINT in client.page(path).text()
    answer = client.submit(path, {"steps-0-amount": "12.345", "do": "propose"})
    assert (answer.status_code, NEAR in answer.text) == (422, True)


@pytest.mark.parametrize(("who", "path"), [("client", "/disputes/{}/split"), ("admin", "/admin/disputes/{}/rule")])
def test_part_of_held_money_must_fit_step(
    app: Flask, people: dict[str, int], visitor: Callable[[], Visitor], who: str, path: str
) -> None:
    with app.app_context():
        milestone = pay_for(contract_of(people).milestones[0])
        dispute = make_dispute(milestone)
        dispute.state, dispute.due_at, dispute.deadline = "answered", None, None
        db.session.commit()
        path = path.format(dispute.id)
    browser = visitor().as_user(people[who])
    assert HINT in browser.page(path).text()
    answer = browser.submit(path, {"to_freelancer": "12.345", "outcome": "split", "reasons": "Half of it is done."})
    assert (answer.status_code, NEAR in answer.text) == (422, True)


def test_hold_from_before_steps_may_be_paid_whole(
    app: Flask, people: dict[str, int], visitor: Callable[[], Visitor]
) -> None:
    with app.app_context():
        milestone = pay_for(contract_of(people).milestones[0])
        path = f"/disputes/{make_dispute(milestone).id}"
        assert milestone.hold
        milestone.amount = milestone.hold.amount = 290_005
        db.session.commit()
    answer = visitor().as_user(people["client"]).submit(f"{path}/split", {"to_freelancer": "290.005"})
    assert answer.status_code == 303


def test_payout_amount_must_fit_step(app: Flask, people: dict[str, int], visitor: Callable[[], Visitor]) -> None:
    with app.app_context():
        make_payable(_user(people["fay"]))
        release(make_hold(_user(people["client"]), _user(people["fay"]), 20_000, currency="KWD"), START, "r")
        db.session.commit()
        settle_all()
    fay = visitor().as_user(people["fay"])
    assert HINT in fay.page("/money/payouts").text()
    answer = fay.submit("/money/payouts", {"amount": "12.345"}, form="form[action='/money/payouts']")
    assert (answer.status_code, NEAR in answer.text) == (422, True)


def test_milestone_agreed_before_steps_is_refused_with_explanation(
    app: Flask, people: dict[str, int], visitor: Callable[[], Visitor]
) -> None:
    with app.app_context():
        milestone = contract_of(people, price=12_345).milestones[0].id
    answer = visitor().as_user(people["client"]).submit(f"/milestones/{milestone}/fund")
    assert answer.status_code == 409
    assert f"{NEAR} Propose terms with such an amount." in answer.text


def test_bid_price_that_fits_step_is_stored(app: Flask, people: dict[str, int], visitor: Callable[[], Visitor]) -> None:
    with app.app_context():
        path = f"/jobs/{job_of(people).slug}/bids/new"
    fay = visitor().as_user(people["fay"])
    note = "I run a bouldering wall's site today, so the slot rules in your spec are familiar to me, all of them."
    fay.submit(path, {"price": "12.340", "days": "3", "note": note})
    with app.app_context():
        assert db.session.query(Bid).one().price == 12_340
