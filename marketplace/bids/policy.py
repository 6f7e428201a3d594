"""Who may see, edit and decide on a bid: pure rules, used by pages of this and higher rooms."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for, why_not_act_for
from marketplace.bids.states import DECIDABLE, EDITABLE, LIVE, BidState
from marketplace.core.errors import NotNow, unless
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.states import DECIDABLE as UNDECIDED_JOBS
from marketplace.jobs.states import OVER

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.bids.models import Bid
    from marketplace.jobs.models import Job


NOT_BIDDER, NOT_CLIENT = "This bid is not yours.", "Only the job’s client decides on its bids."


def is_bidder(person: User | None, bid: Bid) -> bool:
    """Whether this person placed the bid."""
    return acts_for(person, bid.freelancer_id)


def is_client(person: User | None, bid: Bid) -> bool:
    """Whether the bid was placed on this person's job."""
    return jobs_policy.owns(person, bid.job)


def may_see(person: User | None, bid: Bid, *, competes: bool) -> bool:
    """The bidder; once placed (even if withdrawn or hidden since) also those who may see the ranking; nobody else."""
    if is_bidder(person, bid):
        return True
    return bid.submitted_at is not None and may_see_ranking(person, bid.job, competes=competes)


def may_see_ranking(person: User | None, job: Job, *, competes: bool) -> bool:
    """Only the job's client and admins see sealed bids, and no admin who competes on the job."""
    return jobs_policy.owns(person, job) or (person is not None and person.is_admin and not competes)


def may_know_rank(person: User | None, bid: Bid) -> bool:
    """Bidders learn their rank after the client's decision: until then the job may reopen and bids stay sealed."""
    return not is_bidder(person, bid) or bid.told_at is not None or bid.job.state in OVER


def why_not_edit(person: User | None, bid: Bid, now: datetime) -> str | None:
    """Only the bidder, until bids close or the client decides, and never once their rank was revealed."""
    told = NotNow("You were told where this bid stood, so it can’t be changed any more. It stands as you placed it.")
    over = NotNow("This bid can’t be changed any more: bids have closed, or the client has decided.")
    return _why_not_bidder(person, bid) or unless(not bid.told_at, told) or unless(_is_undecided(bid, now), over)


def why_not_write(person: User | None, bid: Bid) -> str | None:
    """Only the bidder, also after the job closed, so that the text is kept."""
    placed = NotNow("You have placed your bid already. Open it to change it.")
    return _why_not_bidder(person, bid) or unless(bid.state == BidState.DRAFT, placed)


def why_not_withdraw(person: User | None, bid: Bid, now: datetime) -> str | None:
    """Only the bidder: a draft at any time, a placed bid until bids close."""
    over = NotNow("This bid can’t be withdrawn any more: bids have closed, or the client has decided.")
    return _why_not_bidder(person, bid) or unless(bid.state == BidState.DRAFT or _is_undecided(bid, now), over)


def why_not_check(person: User | None, bid: Bid) -> str | None:
    """Only the bidder, for a draft or while the bid can still win."""
    may_win = bid.job.state in UNDECIDED_JOBS and bid.state in DECIDABLE
    checked = bid.prototype_id is not None and (may_win or bid.state == BidState.DRAFT)
    return _why_not_bidder(person, bid) or unless(checked, "This bid has no link to check, or can’t win any more.")


def why_not_act_as_client(person: User | None, job: Job) -> str | None:
    """Only the job's client, in good standing."""
    return why_not_act_for(person, job.client_id, NOT_CLIENT)


def why_not_choose(person: User | None, job: Job, now: datetime) -> str | None:
    """Only the client, until the job is decided or its decision deadline has passed."""
    is_in_time = job.decision_deadline is None or now < job.decision_deadline
    over = NotNow(f"The bids on this job can’t be decided on any more: the job is {jobs_policy.shown_state(job, now)}.")
    return why_not_act_as_client(person, job) or unless(job.state in UNDECIDED_JOBS and is_in_time, over)


def why_not_decide(person: User | None, bid: Bid, now: datetime) -> str | None:
    """Only the client: shortlist, decline and award while job and bid are undecided."""
    over = NotNow(f"This bid can’t be decided on any more: it is {bid.state}.")
    return why_not_choose(person, bid.job, now) or unless(bid.state in DECIDABLE, over)


def why_not_undo_decline(person: User | None, bid: Bid, now: datetime) -> str | None:
    """Only the client, while the job is undecided."""
    over = NotNow("This decline can’t be taken back any more.")
    return why_not_choose(person, bid.job, now) or unless(bid.state == BidState.DECLINED, over)


def why_not_take_notes(person: User | None, bid: Bid) -> str | None:
    """Only the client, on placed bids."""
    return why_not_act_as_client(person, bid.job) or unless(bid.state in LIVE, "Notes are kept on bids that stand.")


def _is_undecided(bid: Bid, now: datetime) -> bool:
    return bid.state in EDITABLE and jobs_policy.is_open_for_bids(bid.job, now)


def _why_not_bidder(person: User | None, bid: Bid) -> str | None:
    return why_not_act_for(person, bid.freelancer_id, NOT_BIDDER)
