"""Who may write, read, correct and answer a review: pure rules, asked by pages of this room and of those above."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.contracts.policy import acting_side, side_of
from marketplace.contracts.states import ContractState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.reviews.models import Review, ReviewRound


def may_review(person: User | None, round_: ReviewRound | None, now: datetime, *, linked: bool) -> bool:
    """Either side of a completed contract, until its round is over: both wrote, or its time has passed.

    `linked`: whether the two sides' accounts are known to belong to one person; such accounts review nobody.
    """
    return person is not None and why_no_review(person, round_, now, linked=linked) is None


def why_no_review(person: User, round_: ReviewRound | None, now: datetime, *, linked: bool) -> str | None:
    """The sentence that tells this person why no review is taken; None if one is."""
    if round_ is None or round_.contract.state != ContractState.COMPLETED:
        return "Reviews are written once the contract is completed and its money released."
    if acting_side(person, round_.contract) is None:
        return "Only client and freelancer of this contract review each other."
    if linked:
        return "Accounts that belong together can’t review each other."
    if not is_open(round_, now):
        return "The time for reviews of this contract is over."
    return None


def is_open(round_: ReviewRound, now: datetime) -> bool:
    """Whether something may still be written; the time decides, not the worker that reveals afterwards."""
    return round_.revealed_at is None and now < round_.closes_at


def may_see(person: User | None, review: Review) -> bool:
    """The author always; everybody once it is revealed; what a moderator hid only the two and admins."""
    if person is not None and person.id == review.author_id:
        return True
    if review.revealed_at is None:
        return False
    return review.hidden_at is None or (person is not None and (person.is_admin or person.id == review.subject_id))


def may_see_reply(person: User | None, review: Review) -> bool:
    """With the review; a hidden one only the two and admins."""
    if not review.reply or not may_see(person, review):
        return False
    theirs = person is not None and (person.is_admin or person.id in (review.author_id, review.subject_id))
    return review.reply_hidden_at is None or theirs


def may_correct(person: User | None, review: Review) -> bool:
    """The author, once it is revealed; not what a moderator hid."""
    return _acts(person, review.author_id) and review.revealed_at is not None and review.hidden_at is None


def may_reply(person: User | None, review: Review) -> bool:
    """The person reviewed, once."""
    return _acts(person, review.subject_id) and _stands(review) and not review.reply


def may_quote(person: User | None, review: Review) -> bool:
    """The person reviewed decides whether it stands among their testimonials."""
    return _acts(person, review.subject_id) and _stands(review)


def takes_part(person: User | None, round_: ReviewRound) -> bool:
    """Whether the contract is one of theirs."""
    return side_of(person, round_.contract) is not None


def _stands(review: Review) -> bool:
    return review.revealed_at is not None and review.hidden_at is None


def _acts(person: User | None, wanted: int) -> bool:
    return person is not None and not person.is_suspended and person.id == wanted
