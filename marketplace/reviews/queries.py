"""Queries for reviews: one for a viewer, keyset-paginated lists, and the public record on profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, defer, joinedload, lazyload, selectinload

from marketplace.accounts.models import User
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import is_side
from marketplace.contracts.states import CLIENT, FREELANCER
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.pages import KeysetPage, page_of
from marketplace.reviews import policy
from marketplace.reviews.marks import POSITIVE_MEAN, SCALES
from marketplace.reviews.models import Review, ReviewRound
from marketplace.reviews.records import FreelancerRecord, histories_of

SIDES = {FREELANCER: "As a freelancer", CLIENT: "As a client"}
"""Side reviewed -> tab label."""
SHOWN_ON_PROFILE = 3


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What a profile shows: reviews and measured outcomes."""

    counts: dict[str, tuple[int, int]]
    """Side -> (positive, all) public reviews."""
    newest: Sequence[Review]
    quoted: Sequence[Review]
    history: FreelancerRecord
    """Track record as a freelancer."""

    def kept(self, kind: str) -> tuple[int, int]:
        """(good, all) of "promises" or "contracts"."""
        tally = self.history.promises if kind == "promises" else self.history.contracts
        return sum(good for good, _ in tally), len(tally)


def round_of(contract_id: int) -> ReviewRound | None:
    """The contract's round with its reviews; None before completion."""
    mine = select(ReviewRound).where(ReviewRound.contract_id == contract_id)
    return db.session.scalar(mine.options(selectinload(ReviewRound.reviews)))


def round_for(person: User, contract_id: int) -> ReviewRound:
    """The round for either side of the contract; raises NotFound for everybody else and before completion."""
    round_ = round_of(contract_id)
    if round_ is None or not policy.takes_part(person, round_):
        raise NotFound("There is nothing to review here yet.")
    return round_


def review_for(person: User | None, review_id: int) -> Review:
    """Load a review with its versions; raises NotFound when `person` may not see it."""
    review = db.session.scalar(
        _with_people(select(Review).where(Review.id == review_id)).options(selectinload(Review.versions))
    )
    if review is None or not policy.may_see(person, review):
        raise NotFound("There is no such review.")
    return review


def reviews_about(user_id: int, about: str, cursor: str | None) -> KeysetPage[Review]:
    """Public reviews of a person on one side, newest first."""
    shown = _with_people(_public(user_id).where(Review.about == about))
    return page_of(shown, [Review.revealed_at, Review.id], cursor)


def counts_about(user_id: int) -> dict[str, tuple[int, int]]:
    """Side -> (positive, all) public reviews."""
    total = Review.quality + Review.on_time + Review.contact
    positive = func.count().filter(total >= POSITIVE_MEAN * len(SCALES[CLIENT]))
    counted = _public(user_id).with_only_columns(Review.about, positive, func.count()).group_by(Review.about)
    found = {about: (good, count) for about, good, count in db.session.execute(counted).all()}
    return {side: found.get(side, (0, 0)) for side in SIDES}


def standing_of(user: User) -> PublicRecord:
    """Everything the profile shows, in a fixed number of queries."""
    newest = _with_people(_public(user.id)).order_by(Review.revealed_at.desc(), Review.id.desc())
    quoted = newest.where(Review.quoted_at.is_not(None))
    return PublicRecord(
        counts_about(user.id),
        db.session.scalars(newest.limit(SHOWN_ON_PROFILE)).all(),
        db.session.scalars(quoted.limit(20)).all(),
        histories_of([user.id]).get(user.id) or FreelancerRecord(),
    )


def rounds_waiting_for(person: User) -> Sequence[ReviewRound]:
    """Open rounds in which the person has not written, soonest end first."""
    wrote = select(Review.id).where(Review.round_id == ReviewRound.id, Review.author_id == person.id)
    waiting = select(ReviewRound).join(ReviewRound.contract).where(is_side(person), ReviewRound.revealed_at.is_(None))
    loaded = waiting.where(~wrote.exists()).options(contains_eager(ReviewRound.contract).defer(Contract.scope))
    return db.session.scalars(loaded.order_by(ReviewRound.closes_at, ReviewRound.id).limit(20)).all()


def _public(user_id: int) -> Select[Review]:
    shown = Review.revealed_at.is_not(None), Review.hidden_at.is_(None)
    return select(Review).where(Review.subject_id == user_id, *shown)


def _with_people(statement: Select[Review]) -> Select[Review]:
    return statement.options(
        joinedload(Review.author).options(lazyload(User.roles)),
        joinedload(Review.subject).options(lazyload(User.roles)),
        joinedload(Review.round).joinedload(ReviewRound.contract).options(defer(Contract.scope, raiseload=True)),
    )
