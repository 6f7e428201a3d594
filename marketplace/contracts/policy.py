"""Who may see a contract and act in it: pure rules, used by pages of this and higher rooms."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for
from marketplace.contracts.states import (
    CLIENT,
    FREELANCER,
    HANDED_IN,
    WORKABLE,
    ContractState,
    MilestoneState,
    ProposalState,
)
from marketplace.core.errors import NotNow, unless

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.contracts.models import Contract, ContractVersion, Milestone, OneTimeSecret

APPROVABLE = HANDED_IN | {MilestoneState.CHANGES_REQUESTED}
ONE_PROPOSAL = "A proposal is open already. It has to be decided on or taken back first."


def side_of(person: User | None, contract: Contract) -> str | None:
    """Return CLIENT or FREELANCER; None for everybody else."""
    if acts_for(person, contract.client_id):
        return CLIENT
    return FREELANCER if acts_for(person, contract.freelancer_id) else None


def other_side(person_id: int, contract: Contract) -> int:
    """Id of the person on the other side."""
    return contract.freelancer_id if person_id == contract.client_id else contract.client_id


def may_see(person: User | None, contract: Contract) -> bool:
    """Both sides and admins; nobody else."""
    return side_of(person, contract) is not None or (person is not None and person.is_admin)


def acting_side(person: User | None, contract: Contract) -> str | None:
    """Side the person may act for; None for suspended people, who may only read."""
    return None if person is None or person.is_suspended else side_of(person, contract)


def why_not_act(person: User | None, contract: Contract) -> str | None:
    """Either side, in good standing."""
    return _why_not_side(person, contract, "Only client and freelancer act in this contract.")


def has_signed(side: str, contract: Contract) -> bool:
    """Whether this side has signed the current terms."""
    return (contract.signed_client_at if side == CLIENT else contract.signed_freelancer_at) is not None


def why_not_sign(person: User | None, contract: Contract) -> str | None:
    """Each side once, while the contract is an offer."""
    side = acting_side(person, contract)
    return (
        _why_not_side(person, contract, "Only the two sides sign this contract.")
        or unless(not (side and has_signed(side, contract)), _gone_on(contract, "There is nothing for you to sign."))
        or unless(contract.state == ContractState.OFFERED, _gone_on(contract, "This offer can’t be signed any more."))
    )


def why_not_withdraw(person: User | None, contract: Contract) -> str | None:
    """Either side, until both have signed."""
    over = _gone_on(contract, "Both have signed, or the offer has fallen through already.")
    refusal = _why_not_side(person, contract, "Only the two sides withdraw this offer.")
    return refusal or unless(contract.state == ContractState.OFFERED, over)


def why_not_propose(person: User | None, contract: Contract, open_proposal: ContractVersion | None) -> str | None:
    """Either side, in an offer or an active contract, while no proposal is open."""
    over = _gone_on(contract, "The terms of this contract can’t be changed any more.")
    return (
        _why_not_side(person, contract, "Only the two sides of a contract propose other terms.")
        or unless(contract.state in (ContractState.OFFERED, ContractState.ACTIVE), over)
        or unless(open_proposal is None, NotNow(ONE_PROPOSAL))
    )


def why_not_propose_end(person: User | None, contract: Contract, open_proposal: ContractVersion | None) -> str | None:
    """Either side of an active contract, while no proposal is open; an offer is withdrawn instead."""
    over = _gone_on(contract, "This contract can’t be ended this way now.")
    return (
        _why_not_side(person, contract, "Only the two sides of a contract propose to end it.")
        or unless(contract.state == ContractState.ACTIVE, over)
        or unless(open_proposal is None, NotNow(ONE_PROPOSAL))
    )


def why_not_decide(person: User | None, contract: Contract, version: ContractVersion) -> str | None:
    """The side that did not propose it, while it is open."""
    others = acting_side(person, contract) and not acts_for(person, version.proposed_by)
    is_open = version.state == ProposalState.PROPOSED and contract.state in (
        ContractState.OFFERED,
        ContractState.ACTIVE,
    )
    over = _gone_on(contract, "This proposal can’t be decided on any more.")
    return unless(others, "The other side decides on this proposal.") or unless(is_open, over)


def why_not_take_back(person: User | None, contract: Contract, version: ContractVersion) -> str | None:
    """The side that proposed it, until the other decides."""
    own = acting_side(person, contract) and acts_for(person, version.proposed_by)
    over = NotNow(f"This proposal was {version.state} already.")
    only = "Only the side that proposed this takes it back."
    return unless(own, only) or unless(version.state == ProposalState.PROPOSED, over)


def why_not_fund(person: User | None, milestone: Milestone) -> str | None:
    """The client, in a running contract."""
    return _why_not_client(person, milestone, "Only the client pays.") or _why_not_in(
        milestone, {MilestoneState.PLANNED}, "This milestone can’t be paid for now."
    )


def why_not_submit(person: User | None, milestone: Milestone) -> str | None:
    """The freelancer, while the money is held, as often as needed."""
    refusal = unless(acting_side(person, milestone.contract) == FREELANCER, "Only the freelancer hands work in.")
    return refusal or _why_not_in(milestone, WORKABLE, "Nothing can be handed in now.")


def why_not_ask_changes(person: User | None, milestone: Milestone) -> str | None:
    """The client, while work is submitted."""
    return _why_not_client(person, milestone, "Only the client asks for changes.") or _why_not_in(
        milestone, HANDED_IN, "Changes can’t be asked for now."
    )


def why_not_approve(person: User | None, milestone: Milestone) -> str | None:
    """The client, once work was submitted, even after requesting changes."""
    return _why_not_client(person, milestone, "Only the client approves work.") or _why_not_in(
        milestone, APPROVABLE, "This can’t be approved now."
    )


def why_not_waive(person: User | None, milestone: Milestone) -> str | None:
    """Same conditions as approval."""
    return _why_not_client(person, milestone, "Only the client does without something.") or _why_not_in(
        milestone, APPROVABLE, "Nothing can be waived now."
    )


def why_not_check(person: User | None, milestone: Milestone) -> str | None:
    """Either side, once there is a production site."""
    refusal = _why_not_side(person, milestone.contract, "Only the two sides have the production site checked.")
    return refusal or unless(milestone.production_id, "This milestone has no production site.")


def why_not_hand_over(person: User | None, contract: Contract) -> str | None:
    """The freelancer, once both have signed; also after completion, for late items."""
    hands_over = acting_side(person, contract) == FREELANCER and contract.is_signed
    return unless(hands_over, "Only the freelancer hands over, once both have signed.")


def why_not_give_secret(person: User | None, contract: Contract) -> str | None:
    """Either side, once both have signed: the client may leave hosting credentials the same way."""
    leaves = acting_side(person, contract) and contract.is_signed
    return unless(leaves, "Only the two sides leave secrets, once both have signed.")


def why_not_read_secret(person: User | None, contract: Contract, secret: OneTimeSecret) -> str | None:
    """The side that did not leave it, once."""
    own = acts_for(person, secret.from_id)
    gone = NotNow("This secret was read already, and deleted. Ask the other side for a new one.")
    return (
        _why_not_side(person, contract, "Only the two sides read secrets.")
        or unless(not own, "This is for the other side. If it is wrong, leave a new one.")
        or unless(secret.ciphertext is not None, gone)
    )


def _why_not_side(person: User | None, contract: Contract, refusal: str) -> str | None:
    return unless(acting_side(person, contract), refusal)


def _why_not_client(person: User | None, milestone: Milestone, refusal: str) -> str | None:
    return unless(acting_side(person, milestone.contract) == CLIENT, refusal)


def _why_not_in(milestone: Milestone, states: Collection[str], refusal: str) -> str | None:
    contract = milestone.contract
    running = contract.state in (ContractState.ACTIVE, ContractState.DISPUTED)
    return unless(running and milestone.state in states, _gone_on(contract, refusal))


def _gone_on(contract: Contract, sentence: str) -> NotNow:
    """Refuse an outdated action with a link to the contract."""
    link = (f"/contracts/{contract.id}", "Go to the contract")
    return NotNow(f"{sentence} The contract’s page shows where it stands.", link)
