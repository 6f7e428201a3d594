"""Who may see a contract and act in it: pure rules, asked by pages of this room and of those above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts.states import CLIENT, FREELANCER, HANDED_IN, WORKABLE, ContractState, MilestoneState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.contracts.models import Contract, ContractVersion, Milestone

APPROVABLE = HANDED_IN | {MilestoneState.CHANGES_REQUESTED}


def side_of(person: User | None, contract: Contract) -> str | None:
    """CLIENT or FREELANCER; None for everybody else."""
    if person is None:
        return None
    return {contract.client_id: CLIENT, contract.freelancer_id: FREELANCER}.get(person.id)


def other_side(person_id: int, contract: Contract) -> int:
    """Id of the person on the other side."""
    return contract.freelancer_id if person_id == contract.client_id else contract.client_id


def may_see(person: User | None, contract: Contract) -> bool:
    """The two sides and admins; nobody else."""
    return side_of(person, contract) is not None or (person is not None and person.is_admin)


def acts_for(person: User | None, contract: Contract) -> str | None:
    """The side that the person may act for now; suspended people read only."""
    return None if person is None or person.is_suspended else side_of(person, contract)


def has_signed(side: str, contract: Contract) -> bool:
    """Whether this side has signed the present terms."""
    return (contract.signed_client_at if side == CLIENT else contract.signed_freelancer_at) is not None


def may_sign(person: User | None, contract: Contract) -> bool:
    """Each side once, while it is an offer."""
    side = acts_for(person, contract)
    return side is not None and contract.state == ContractState.OFFERED and not has_signed(side, contract)


def may_withdraw(person: User | None, contract: Contract) -> bool:
    """Either side, as long as not both have signed."""
    return acts_for(person, contract) is not None and contract.state == ContractState.OFFERED


def may_propose(person: User | None, contract: Contract) -> bool:
    """Either side, in an offer or a running contract."""
    return acts_for(person, contract) is not None and contract.state in (ContractState.OFFERED, ContractState.ACTIVE)


def may_propose_end(person: User | None, contract: Contract) -> bool:
    """Either side of a running contract; an offer is simply withdrawn."""
    return acts_for(person, contract) is not None and contract.state == ContractState.ACTIVE


def may_decide(person: User | None, contract: Contract, version: ContractVersion) -> bool:
    """The side that did not propose it."""
    return may_propose(person, contract) and person is not None and version.proposed_by != person.id


def may_fund(person: User | None, milestone: Milestone) -> bool:
    """The client, in a running contract."""
    return _acts(person, milestone, CLIENT) and milestone.state == MilestoneState.PLANNED


def may_submit(person: User | None, milestone: Milestone) -> bool:
    """The freelancer, once the money is held; again, as long as it is."""
    return _acts(person, milestone, FREELANCER) and milestone.state in WORKABLE


def may_ask_changes(person: User | None, milestone: Milestone) -> bool:
    """The client, while work is handed in."""
    return _acts(person, milestone, CLIENT) and milestone.state in HANDED_IN


def may_approve(person: User | None, milestone: Milestone) -> bool:
    """The client, once work was handed in, even with wishes open."""
    return _acts(person, milestone, CLIENT) and milestone.state in APPROVABLE


def may_check(person: User | None, milestone: Milestone) -> bool:
    """Either side has the production site looked at again, while the contract runs."""
    return acts_for(person, milestone.contract) is not None and milestone.production_id is not None


def may_hand_over(person: User | None, contract: Contract) -> bool:
    """The freelancer, from the signatures on; also after completion, for what was forgotten."""
    return acts_for(person, contract) == FREELANCER and contract.is_signed


def may_give_secret(person: User | None, contract: Contract) -> bool:
    """Either side, from the signatures on: the client's hosting account goes the same way."""
    return acts_for(person, contract) is not None and contract.is_signed


def _acts(person: User | None, milestone: Milestone, side: str) -> bool:
    running = milestone.contract.state in (ContractState.ACTIVE, ContractState.DISPUTED)
    return running and acts_for(person, milestone.contract) == side
