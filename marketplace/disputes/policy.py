"""Who may see a dispute and act in it: pure rules.

Suspended people may not open one, but may answer, submit evidence, agree and appeal: their money is at stake too.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for, why_not_moderate
from marketplace.contracts import policy as contracts
from marketplace.contracts.states import WORKABLE
from marketplace.core.errors import NotNow, unless
from marketplace.disputes.states import FOR_ADMINS, OPENER, OTHER, RUNNING, UNDECIDED, DisputeState, SplitState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.contracts.models import Milestone
    from marketplace.disputes.models import Dispute, Proposal

MAX_FILES = 10
"""Maximum number of files per side."""
ANSWERED_ALREADY = "This proposal does not stand any more. The dispute’s page shows where it is."


def why_not_open(person: User | None, milestone: Milestone) -> str | None:
    """Either side, in good standing, while the milestone's money is held and not disputed."""
    side = contracts.acting_side(person, milestone.contract)
    nothing = NotNow("No money is held for this milestone, so there is nothing to dispute.")
    return unless(side, "Only client and freelancer open a dispute.") or unless(milestone.state in WORKABLE, nothing)


def may_see(person: User | None, dispute: Dispute) -> bool:
    """Both sides and admins; nobody else."""
    return contracts.may_see(person, dispute.milestone.contract)


def part_in(person: User | None, dispute: Dispute) -> str | None:
    """Return OPENER or OTHER; None for everybody else, including admins."""
    if contracts.side_of(person, dispute.milestone.contract) is None:
        return None
    return OPENER if acts_for(person, dispute.opened_by) else OTHER


def why_not_act(person: User | None, dispute: Dispute) -> str | None:
    """Either side, even if suspended."""
    return unless(part_in(person, dispute), "Only the two sides act in this dispute.")


def why_not_argue(person: User | None, dispute: Dispute) -> str | None:
    """Either side, until a ruling and again after an appeal."""
    over = NotNow("Nothing can be added to this dispute now.")
    return why_not_act(person, dispute) or unless(dispute.state in UNDECIDED | {DisputeState.APPEALED}, over)


def why_not_propose(person: User | None, dispute: Dispute) -> str | None:
    """Either side, while the money is frozen."""
    return why_not_act(person, dispute) or unless(dispute.state in RUNNING, NotNow("This dispute is over."))


def why_not_decide(person: User | None, dispute: Dispute, proposal: Proposal) -> str | None:
    """The side that did not propose it, while it is open."""
    own = acts_for(person, proposal.proposed_by)
    stands = proposal.state == SplitState.PROPOSED and dispute.state in RUNNING
    return (
        why_not_act(person, dispute)
        or unless(not own, "The other side decides on your proposal.")
        or unless(stands, NotNow(ANSWERED_ALREADY))
    )


def why_not_take_back(person: User | None, proposal: Proposal) -> str | None:
    """Its proposer, while it is open."""
    own = acts_for(person, proposal.proposed_by)
    stands = proposal.state == SplitState.PROPOSED
    return unless(own, "Only who proposed it takes it back.") or unless(stands, NotNow(ANSWERED_ALREADY))


def why_not_withdraw(person: User | None, dispute: Dispute) -> str | None:
    """Its opener, until an admin has ruled."""
    over = NotNow("This dispute can’t be withdrawn any more.")
    opener = part_in(person, dispute) == OPENER
    return unless(opener, "Only who opened the dispute withdraws it.") or unless(dispute.state in UNDECIDED, over)


def why_not_appeal(person: User | None, dispute: Dispute, now: datetime) -> str | None:
    """Either side, once, until the first ruling becomes final."""
    is_in_time = dispute.state == DisputeState.RULED and dispute.deadline is not None and now < dispute.deadline
    over = NotNow("An appeal isn’t possible now. The dispute’s page shows where it stands.")
    return why_not_act(person, dispute) or unless(is_in_time, over)


def why_not_rule(person: User | None, dispute: Dispute) -> str | None:
    """An admin in good standing who is neither side; on appeal, not the one who ruled before."""
    is_fit = why_not_moderate(person) is None and part_in(person, dispute) is None
    first = is_fit and not any(acts_for(person, ruling.admin_id) for ruling in dispute.rulings)
    waits = dispute.state in FOR_ADMINS
    another = "Another admin has to rule on this: not a side of it, and not who ruled before."
    return unless(waits, NotNow("This dispute does not wait for a ruling.")) or unless(first, another)
