"""Reads of reviews: one for a person, lists by keyset, and a person's standing as their profile shows it."""

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
"""The side that a review is about, as a tab's words."""
SHOWN_ON_PROFILE = 3


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What a profile shows of what others say, and of what was measured."""

    counts: dict[str, tuple[int, int]]
    """Side -> (positive, all) of the reviews that count."""
    newest: Sequence[Review]
    quoted: Sequence[Review]
    history: FreelancerRecord
    """As a freelancer."""

    def kept(self, kind: str) -> tuple[int, int]:
        """(Good, all) of "promises" or "contracts"."""
        tally = self.history.promises if kind == "promises" else self.history.contracts
        return sum(good for good, _ in tally), len(tally)


def round_of(contract_id: int) -> ReviewRound | None:
    """The contract's round with its reviews, or None before the contract is completed."""
    mine = select(ReviewRound).where(ReviewRound.contract_id == contract_id)
    return db.session.scalar(mine.options(selectinload(ReviewRound.reviews)))


def round_for(person: User, contract_id: int) -> ReviewRound:
    """The same for one of the contract's two sides; raises NotFound for everybody else and before it is completed."""
    round_ = round_of(contract_id)
    if round_ is None or not policy.takes_part(person, round_):
        raise NotFound("There is nothing to review here yet.")
    return round_


def review_for(person: User | None, review_id: int) -> Review:
    """A review with its versions; raises NotFound when `person` may not know of it."""
    review = db.session.scalar(
        _with_people(select(Review).where(Review.id == review_id)).options(selectinload(Review.versions))
    )
    if review is None or not policy.may_see(person, review):
        raise NotFound("There is no such review.")
    return review


def reviews_about(user_id: int, about: str, cursor: str | None) -> KeysetPage[Review]:
    """What is shown about a person on one side, newest first."""
    shown = _with_people(_public(user_id).where(Review.about == about))
    return page_of(shown, [Review.revealed_at, Review.id], cursor)


def counts_about(user_id: int) -> dict[str, tuple[int, int]]:
    """Side -> (positive, all) of the reviews that count."""
    total = Review.quality + Review.on_time + Review.contact
    positive = func.count().filter(total >= POSITIVE_MEAN * len(SCALES[CLIENT]))
    counted = _public(user_id).with_only_columns(Review.about, positive, func.count()).group_by(Review.about)
    found = {about: (good, count) for about, good, count in db.session.execute(counted).all()}
    return {side: found.get(side, (0, 0)) for side in SIDES}


def standing_of(user: User) -> PublicRecord:
    """All that the profile shows, in a fixed number of queries."""
    newest = _with_people(_public(user.id)).order_by(Review.revealed_at.desc(), Review.id.desc())
    quoted = newest.where(Review.quoted_at.is_not(None))
    return PublicRecord(
        counts_about(user.id),
        db.session.scalars(newest.limit(SHOWN_ON_PROFILE)).all(),
        db.session.scalars(quoted.limit(20)).all(),
        histories_of([user.id]).get(user.id) or FreelancerRecord(),
    )


def rounds_waiting_for(person: User) -> Sequence[ReviewRound]:
    """Rounds that are not over, of the person's contracts, in which they have not written; the first to end first."""
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
