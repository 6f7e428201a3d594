"""Reviews as shown on a contract's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.models import User
from marketplace.accounts.policy import acts_for
from marketplace.contracts.models import Contract
from marketplace.reviews import policy
from marketplace.reviews.models import Review, ReviewRound
from marketplace.reviews.queries import round_of


@dataclass(frozen=True, slots=True)
class Panel:
    """State of a contract's reviews, limited to what this person may see."""

    round: ReviewRound
    own: Review | None
    about_me: Review | None
    may_write: bool


def panel_of(contract: Contract, person: User, now: datetime) -> Panel | None:
    """Panel for either side of a completed contract; None for others, and before completion."""
    round_ = round_of(contract.id)
    if round_ is None or not policy.takes_part(person, round_):
        return None
    own = next((one for one in round_.reviews if acts_for(person, one.author_id)), None)
    about_me = next((one for one in round_.reviews if acts_for(person, one.subject_id)), None)
    linked = link_between(contract.client_id, contract.freelancer_id) is not None
    shown = about_me if about_me and policy.may_see(person, about_me) else None
    return Panel(round_, own, shown, not policy.why_not_review(person, round_, now, linked=linked))
