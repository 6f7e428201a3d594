"""Who may see a dispute and act in it: pure rules.

Suspended people may not open one, but may answer, bring evidence, agree and appeal: it is their money too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts import policy as contracts
from marketplace.contracts.states import WORKABLE
from marketplace.disputes.states import OPENER, OTHER, RUNNING, UNDECIDED, DisputeState, SplitState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.contracts.models import Milestone
    from marketplace.disputes.models import Dispute, Proposal

MAX_FILES = 10
"""Files that one side brings."""


def may_open(person: User | None, milestone: Milestone) -> bool:
    """Either side in good standing, while the milestone's money is held and not disputed."""
    return contracts.acting_side(person, milestone.contract) is not None and milestone.state in WORKABLE


def may_see(person: User | None, dispute: Dispute) -> bool:
    """The two sides and admins; nobody else."""
    return contracts.may_see(person, dispute.milestone.contract)


def part_in(person: User | None, dispute: Dispute) -> str | None:
    """OPENER or OTHER; None for everybody else, admins too."""
    if person is None or contracts.side_of(person, dispute.milestone.contract) is None:
        return None
    return OPENER if person.id == dispute.opened_by else OTHER


def may_argue(person: User | None, dispute: Dispute) -> bool:
    """Either side writes and brings evidence until there is nothing left to decide; after a ruling, by an appeal."""
    return part_in(person, dispute) is not None and dispute.state in UNDECIDED | {DisputeState.APPEALED}


def may_propose(person: User | None, dispute: Dispute) -> bool:
    """Either side, as long as the money is frozen."""
    return part_in(person, dispute) is not None and dispute.state in RUNNING


def may_decide(person: User | None, dispute: Dispute, proposal: Proposal) -> bool:
    """The side that did not propose it."""
    stands = proposal.state == SplitState.PROPOSED and may_propose(person, dispute)
    return stands and person is not None and person.id != proposal.proposed_by


def may_withdraw(person: User | None, dispute: Dispute) -> bool:
    """Who opened it, until an admin has ruled."""
    return part_in(person, dispute) == OPENER and dispute.state in UNDECIDED


def may_appeal(person: User | None, dispute: Dispute) -> bool:
    """Either side, once, while a first ruling is not final."""
    return part_in(person, dispute) is not None and dispute.state == DisputeState.RULED


def may_rule(person: User | None, dispute: Dispute) -> bool:
    """An admin in good standing who is neither side, and on appeal another one than the first time."""
    if person is None or not person.is_admin or person.is_suspended or part_in(person, dispute) is not None:
        return False
    return all(ruling.admin_id != person.id for ruling in dispute.rulings)
