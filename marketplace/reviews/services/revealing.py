"""Open review rounds, remind before their end, and reveal them once both wrote or time is up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from marketplace.bids.services.rescoring import ask_after_record
from marketplace.contracts.models import Contract
from marketplace.core.claims import end_claim
from marketplace.core.database import db
from marketplace.core.events import reviews_closing, reviews_invited, reviews_revealed
from marketplace.core.sweeps import Claim, Clock, Rows
from marketplace.core.upserts import insert_once
from marketplace.reviews.models import ReviewRound

TIME_TO_WRITE = timedelta(days=14)
REMINDER = timedelta(days=3)
"""Time before the end at which whoever has not written is reminded."""


def open_round(contract: Contract, now: datetime) -> None:
    """Open a round for both sides of a completed contract. Idempotent."""
    closes_at = now + TIME_TO_WRITE
    values = {"contract_id": contract.id, "opened_at": now, "closes_at": closes_at, "due_at": closes_at - REMINDER}
    if insert_once(ReviewRound, values, "contract_id"):
        reviews_invited.send(db.session.scalars(select(ReviewRound).filter_by(contract_id=contract.id)).one())


def lock_round(round_: ReviewRound) -> ReviewRound:
    """Lock and reload the round with its reviews, so that concurrent writers wait for each other."""
    db.session.flush()
    db.session.refresh(round_, with_for_update={"key_share": True, "of": ReviewRound})
    for review in round_.reviews:
        db.session.expire(review)
    db.session.expire(round_, ["reviews"])
    return round_


def reveal(round_: ReviewRound, now: datetime) -> None:
    """Reveal all reviews of the round; call with the round locked. Idempotent."""
    if round_.revealed_at is not None:
        return
    round_.revealed_at = now
    end_claim(round_, None)
    for review in round_.reviews:
        review.revealed_at, review.revealed_version = now, review.version
    db.session.flush()
    ask_after_record([review.subject_id for review in round_.reviews], now)
    reviews_revealed.send(round_)


def _remind_or_reveal(claim: Claim[ReviewRound], clock: Clock) -> None:
    claimed = claim.lock()
    if claimed is None:
        return
    round_, now = lock_round(claimed), clock()
    if now < round_.closes_at:
        reviews_closing.send(round_)
        end_claim(round_, round_.closes_at)
    else:
        reveal(round_, now)


reveal_due = Rows(ReviewRound, _remind_or_reveal)
"""Sweep that reminds of each round once before its end, and reveals it at its end."""
