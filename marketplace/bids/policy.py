"""Who may see, change and decide on a bid: pure rules, asked by pages of this room and of those above."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.bids.states import DECIDABLE, EDITABLE, LIVE, BidState
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.states import DECIDABLE as UNDECIDED_JOBS
from marketplace.jobs.states import OVER

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.bids.models import Bid
    from marketplace.jobs.models import Job


def is_bidder(person: User | None, bid: Bid) -> bool:
    """Whether the bid is this person's."""
    return person is not None and person.id == bid.freelancer_id


def is_client(person: User | None, bid: Bid) -> bool:
    """Whether the bid was placed on this person's job."""
    return jobs_policy.owns(person, bid.job)


def may_see(person: User | None, bid: Bid, *, competes: bool) -> bool:
    """Its bidder; once it was placed (even if withdrawn or hidden since) those who see the ranking; nobody else."""
    if is_bidder(person, bid):
        return True
    return bid.submitted_at is not None and may_see_ranking(person, bid.job, competes=competes)


def may_see_ranking(person: User | None, job: Job, *, competes: bool) -> bool:
    """Bids are sealed from everybody but the job's client and admins, and from an admin who competes with them."""
    return jobs_policy.owns(person, job) or (person is not None and person.is_admin and not competes)


def may_know_rank(person: User | None, bid: Bid) -> bool:
    """Its bidder learns the place once the client has decided: until then the job may take bids again, still sealed."""
    return not is_bidder(person, bid) or bid.told_at is not None or bid.job.state in OVER


def may_edit(person: User | None, bid: Bid, now: datetime) -> bool:
    """The bidder, until bids close, while nobody has decided on it, and if they were never told where it stood."""
    return bid.told_at is None and _may_take_back(person, bid, now)


def why_no_edit(bid: Bid) -> str:
    """The sentence for a bidder who may not change a placed bid."""
    if bid.told_at:
        return "You were told where this bid stood, so it can’t be changed any more. It stands as you placed it."
    return "This bid can’t be changed any more: bids have closed, or the client has decided."


def may_write(person: User | None, bid: Bid) -> bool:
    """A draft stays its writer's, even when the job has closed meanwhile: the text is kept."""
    return _acts_as_bidder(person, bid) and bid.state == BidState.DRAFT


def may_withdraw(person: User | None, bid: Bid, now: datetime) -> bool:
    """A draft at any time, a placed bid until bids close."""
    return may_write(person, bid) or _may_take_back(person, bid, now)


def may_check(person: User | None, bid: Bid) -> bool:
    """The bidder asks for a check while the bid can still win, or as long as it is a draft."""
    may_win = bid.job.state in UNDECIDED_JOBS and bid.state in DECIDABLE
    return bid.prototype_id is not None and _acts_as_bidder(person, bid) and (may_win or bid.state == BidState.DRAFT)


def may_decide(person: User | None, bid: Bid, now: datetime) -> bool:
    """The client shortlists, declines and awards while the job is undecided and the bid still stands."""
    return bid.state in DECIDABLE and decides_on(person, bid.job, now)


def may_undo_decline(person: User | None, bid: Bid, now: datetime) -> bool:
    """The client takes a decline back while the job is undecided."""
    return bid.state == BidState.DECLINED and decides_on(person, bid.job, now)


def may_take_notes(person: User | None, bid: Bid) -> bool:
    """The client keeps private notes on the bids that were placed."""
    return person is not None and is_client(person, bid) and not person.is_suspended and bid.state in LIVE


def decides_on(person: User | None, job: Job, now: datetime) -> bool:
    """The client in good standing, until the job is decided or its decision deadline has passed."""
    is_in_time = job.decision_deadline is None or now < job.decision_deadline
    acts = person is not None and jobs_policy.owns(person, job) and not person.is_suspended
    return acts and job.state in UNDECIDED_JOBS and is_in_time


def _may_take_back(person: User | None, bid: Bid, now: datetime) -> bool:
    return _acts_as_bidder(person, bid) and bid.state in EDITABLE and jobs_policy.is_open_for_bids(bid.job, now)


def _acts_as_bidder(person: User | None, bid: Bid) -> bool:
    return person is not None and is_bidder(person, bid) and not person.is_suspended
