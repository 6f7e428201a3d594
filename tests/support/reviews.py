"""Completed contracts and reviews as test fixtures, made by the product's services; call in an app context."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.accounts.models import User
from marketplace.contracts.models import Contract
from marketplace.core.database import db
from marketplace.reviews.marks import Marks
from marketplace.reviews.models import Review, ReviewRound
from marketplace.reviews.queries import round_of
from marketplace.reviews.services.writing import write_review
from tests.support.contracts import approve, hand_in, make_offer, sign_both
from tests.support.factories import START, make_bid, make_job, make_user

GOOD, BAD = Marks(5, 4, 4), Marks(2, 3, 1)


def complete(contract: Contract, now: datetime = START) -> Contract:
    """Submit, approve and pay all milestones of the contract."""
    for milestone in contract.standing:
        hand_in(milestone, now)
        approve(contract.client, milestone, now)
        db.session.commit()
    return contract


def make_completed(client: User | None = None, freelancer: User | None = None, now: datetime = START) -> Contract:
    """A completed contract, on a job of its own."""
    job = make_job(client or make_user("client", name="Cleo Client"))
    bid = make_bid(job, freelancer or make_user("freelancer", name="Fay Freelancer"))
    return complete(sign_both(make_offer(bid)), now)


def round_in(contract: Contract) -> ReviewRound:
    """Return the contract's review round."""
    round_ = round_of(contract.id)
    assert round_ is not None
    return round_


def review(contract: Contract, by: str, marks: Marks = GOOD, text: str = "", now: datetime = START) -> Review:
    """Write a review as this side ("client" or "freelancer")."""
    words = text or f"Good work together, says the {by}."
    made = write_review(getattr(contract, by), round_in(contract), marks, words, now)
    db.session.commit()
    return made


def make_reviewed(*, now: datetime = START, marks: Marks = GOOD, **people: Any) -> Contract:
    """A completed contract whose two reviews are published."""
    contract = make_completed(**people, now=now)
    review(contract, "client", marks, now=now)
    review(contract, "freelancer", now=now)
    return contract
