"""Queries for awards and contracts: one for a viewer, keyset-paginated lists, and data for a contract's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import defer, joinedload, lazyload, selectinload

from marketplace.accounts.models import User
from marketplace.contracts import policy
from marketplace.contracts.models import (
    Award,
    Contract,
    ContractEvent,
    ContractVersion,
    Deadline,
    GoLiveCheck,
    HandoverItem,
    Milestone,
    OneTimeSecret,
)
from marketplace.contracts.schedule import ASKED
from marketplace.contracts.states import RUNNING, ContractState, ProposalState
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.pages import KeysetPage, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping

TABS: dict[str, tuple[str, frozenset[ContractState]]] = {
    "running": ("Running", RUNNING),
    "completed": ("Completed", frozenset({ContractState.COMPLETED})),
    "cancelled": ("Cancelled", frozenset({ContractState.CANCELLED})),
}
"""Tabs of a person's own list: tab -> (label, states)."""


def award_of(job_id: int) -> Award | None:
    """The job's standing award with its bid; None if there is none."""
    standing = select(Award).where(Award.job_id == job_id, Award.withdrawn_at.is_(None))
    return db.session.scalar(standing.options(joinedload(Award.bid)))


def contract_of(award_id: int) -> Contract | None:
    """The award's contract."""
    return db.session.scalar(select(Contract).where(Contract.award_id == award_id))


def contract_for(person: User, contract_id: int) -> Contract:
    """Load the contract with page data; raises NotFound when `person` may not see it."""
    contract = db.session.scalar(
        select(Contract)
        .where(Contract.id == contract_id)
        .options(
            joinedload(Contract.client).options(lazyload(User.roles)),
            joinedload(Contract.freelancer).options(lazyload(User.roles)),
            joinedload(Contract.award).joinedload(Award.job),
            selectinload(Contract.milestones).joinedload(Milestone.production),
        )
    )
    if contract is None or not policy.may_see(person, contract):
        raise NotFound("There is no such contract.")
    return contract


def milestone_for(person: User, milestone_id: int) -> Milestone:
    """Load a milestone of a contract that `person` may see; raises NotFound."""
    contract_id = db.session.scalar(select(Milestone.contract_id).where(Milestone.id == milestone_id))
    if contract_id is None:
        raise NotFound("There is no such milestone.")
    contract = contract_for(person, contract_id)
    return next(one for one in contract.milestones if one.id == milestone_id)


def contracts_of(person: User, tab: str, cursor: str | None) -> KeysetPage[Contract]:
    """The person's own contracts in a tab, most recently changed first; scope and amendment are not loaded."""
    mine = select(Contract).where(is_side(person), Contract.state.in_(TABS[tab][1]))
    return page_of(mine.options(*_listed()), [Contract.updated_at, Contract.id], cursor)


def running_of(person: User, limit: int = 20) -> Sequence[Contract]:
    """The person's running contracts, most recently changed first."""
    mine = select(Contract).where(is_side(person), Contract.state.in_(RUNNING)).options(*_listed())
    return db.session.scalars(mine.order_by(Contract.updated_at.desc(), Contract.id.desc()).limit(limit)).all()


def tab_counts(person: User) -> dict[str, int]:
    """Map each tab to the number of the person's contracts in it."""
    counted = select(Contract.state, func.count()).where(is_side(person)).group_by(Contract.state)
    by_state: Mapping[str, int] = dict(db.session.execute(counted).all())
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, (_, states) in TABS.items()}


def open_proposal(contract_id: int) -> ContractVersion | None:
    """The open proposal, if any."""
    waiting = ContractVersion.contract_id == contract_id, ContractVersion.state == ProposalState.PROPOSED
    return db.session.scalar(select(ContractVersion).where(*waiting))


def open_proposals(contract_ids: Sequence[int]) -> dict[int, ContractVersion]:
    """Map contract ids to their open proposals."""
    waiting = ContractVersion.contract_id.in_(contract_ids), ContractVersion.state == ProposalState.PROPOSED
    return {one.contract_id: one for one in db.session.scalars(select(ContractVersion).where(*waiting))}


def versions_of(contract_id: int) -> Sequence[ContractVersion]:
    """All proposed versions, newest first."""
    mine = select(ContractVersion).where(ContractVersion.contract_id == contract_id)
    return db.session.scalars(mine.order_by(ContractVersion.number.desc())).all()


def version_of(contract_id: int, number: int) -> ContractVersion:
    """One version; raises NotFound."""
    mine = ContractVersion.contract_id == contract_id, ContractVersion.number == number
    if version := db.session.scalar(select(ContractVersion).where(*mine)):
        return version
    raise NotFound("There is no such proposal.")


def newest_number(contract_id: int) -> int:
    """Number of the newest version; 0 before the first."""
    newest = select(func.max(ContractVersion.number)).where(ContractVersion.contract_id == contract_id)
    return db.session.scalar(newest) or 0


def timeline_of(contract_id: int, limit: int = 100) -> Sequence[ContractEvent]:
    """Timeline entries, newest first."""
    mine = select(ContractEvent).where(ContractEvent.contract_id == contract_id)
    return db.session.scalars(mine.order_by(ContractEvent.id.desc()).limit(limit)).all()


def deadlines_ahead(contract_id: int) -> Sequence[Deadline]:
    """Scheduled deadlines, soonest first; excludes actions queued by checks and payments."""
    ahead = Deadline.contract_id == contract_id, Deadline.due_at.is_not(None), Deadline.what.not_in(ASKED)
    return db.session.scalars(select(Deadline).where(*ahead).order_by(Deadline.at, Deadline.id)).all()


def handover_of(contract_id: int) -> Sequence[HandoverItem]:
    """Handover items, in order."""
    mine = select(HandoverItem).where(HandoverItem.contract_id == contract_id)
    return db.session.scalars(mine.order_by(HandoverItem.position)).all()


def secrets_of(contract_id: int) -> Sequence[OneTimeSecret]:
    """One-time secrets, read or not, newest first, without their ciphertext."""
    mine = select(OneTimeSecret).where(OneTimeSecret.contract_id == contract_id)
    hidden = defer(OneTimeSecret.ciphertext, raiseload=True)
    return db.session.scalars(mine.options(hidden).order_by(OneTimeSecret.id.desc())).all()


def newest_go_live_check(milestone_id: int) -> GoLiveCheck | None:
    """The newest comparison of the milestone's production site; None before the first."""
    mine = select(GoLiveCheck).where(GoLiveCheck.milestone_id == milestone_id)
    return db.session.scalar(mine.order_by(GoLiveCheck.id.desc()).limit(1))


def is_side(person: User) -> ColumnElement[bool]:
    """SQL condition: the person is client or freelancer of the contract."""
    return or_(Contract.client_id == person.id, Contract.freelancer_id == person.id)


def _listed():
    return (
        defer(Contract.scope, raiseload=True),
        defer(Contract.amendment, raiseload=True),
        joinedload(Contract.client).options(lazyload(User.roles)),
        joinedload(Contract.freelancer).options(lazyload(User.roles)),
        selectinload(Contract.milestones),
    )
