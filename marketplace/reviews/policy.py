"""Who may write, read, correct and answer a review: pure rules, used by pages of this and higher rooms."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for, why_not_act_for
from marketplace.contracts.policy import acting_side, side_of
from marketplace.contracts.states import ContractState
from marketplace.core.errors import NotNow, unless

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.reviews.models import Review, ReviewRound


def why_not_review(person: User | None, round_: ReviewRound | None, now: datetime, *, linked: bool) -> str | None:
    """Either side of a completed contract, until both wrote or the time is up.

    `linked`: whether both accounts are known to belong to one person; such accounts can't review each other.
    """
    if round_ is None or round_.contract.state != ContractState.COMPLETED:
        return "Reviews are written once the contract is completed and its money released."
    link = (f"/contracts/{round_.contract_id}", "Go to the contract")
    over = NotNow("The time for reviews of this contract is over.", link)
    return (
        unless(acting_side(person, round_.contract), "Only client and freelancer of this contract review each other.")
        or unless(not linked, "Accounts that belong together can’t review each other.")
        or unless(is_open(round_, now), over)
    )


def is_open(round_: ReviewRound, now: datetime) -> bool:
    """Whether reviews may still be written; decided by the clock, even if the worker reveals later."""
    return round_.revealed_at is None and now < round_.closes_at


def may_see(person: User | None, review: Review) -> bool:
    """The author always; everybody once revealed; a hidden review only both people and admins."""
    if acts_for(person, review.author_id):
        return True
    if review.revealed_at is None:
        return False
    is_admin = person is not None and person.is_admin
    return review.hidden_at is None or is_admin or acts_for(person, review.subject_id)


def may_see_reply(person: User | None, review: Review) -> bool:
    """Whoever may see the review; a hidden reply only both people and admins."""
    if not review.reply or not may_see(person, review):
        return False
    is_admin = person is not None and person.is_admin
    return review.reply_hidden_at is None or is_admin or acts_for(person, review.author_id, review.subject_id)


def why_not_correct(person: User | None, review: Review) -> str | None:
    """The author, once revealed and unless hidden."""
    only = "Only its author corrects a review, once it is shown."
    return why_not_act_for(person, review.author_id, only) or unless(_stands(review), only)


def why_not_reply(person: User | None, review: Review) -> str | None:
    """The reviewed person, once."""
    only = "Only the person reviewed replies, once the review is shown."
    return (
        why_not_act_for(person, review.subject_id, only)
        or unless(not review.reply, NotNow("There is a reply already; each review takes one."))
        or unless(_stands(review), only)
    )


def why_not_quote(person: User | None, review: Review) -> str | None:
    """The reviewed person decides whether it is shown as a testimonial."""
    only = "Only the person reviewed chooses their testimonials, once the review is shown."
    return why_not_act_for(person, review.subject_id, only) or unless(_stands(review), only)


def takes_part(person: User | None, round_: ReviewRound) -> bool:
    """Whether the person is a side of the contract."""
    return side_of(person, round_.contract) is not None


def _stands(review: Review) -> bool:
    return review.revealed_at is not None and review.hidden_at is None
