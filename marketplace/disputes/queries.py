"""Queries for disputes: one for a viewer, those of a contract, and the admins' queue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from marketplace.accounts.models import User
from marketplace.contracts.models import Award, Contract, Milestone
from marketplace.contracts.queries import is_side
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.pages import KeysetPage, page_of
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute, EvidenceFile, Proposal, Ruling, Statement
from marketplace.disputes.states import FOR_ADMINS, RUNNING, DisputeState, SplitState


def dispute_for(person: User, dispute_id: int) -> Dispute:
    """Load the dispute with page data; raises NotFound when `person` may not see it."""
    contract = joinedload(Dispute.milestone).joinedload(Milestone.contract)
    dispute = db.session.scalar(
        select(Dispute)
        .where(Dispute.id == dispute_id)
        .options(
            contract.options(
                joinedload(Contract.client).options(lazyload(User.roles)),
                joinedload(Contract.freelancer).options(lazyload(User.roles)),
                joinedload(Contract.award).joinedload(Award.job),
            ),
            joinedload(Dispute.opener).options(lazyload(User.roles)),
            selectinload(Dispute.statements).joinedload(Statement.author).options(lazyload(User.roles)),
            selectinload(Dispute.files).joinedload(EvidenceFile.owner).options(lazyload(User.roles)),
            selectinload(Dispute.proposals).joinedload(Proposal.proposer).options(lazyload(User.roles)),
            selectinload(Dispute.rulings).joinedload(Ruling.admin).options(lazyload(User.roles)),
        )
    )
    if dispute is None or not policy.may_see(person, dispute):
        raise NotFound("There is no such dispute.")
    return dispute


def running_dispute(milestone_id: int) -> Dispute | None:
    """The milestone's running dispute, if any."""
    running = Dispute.milestone_id == milestone_id, Dispute.state.in_(RUNNING)
    return db.session.scalar(select(Dispute).where(*running))


def newest_dispute(milestone_id: int) -> Dispute | None:
    """The milestone's newest dispute, running or ended."""
    mine = select(Dispute).where(Dispute.milestone_id == milestone_id)
    return db.session.scalar(mine.order_by(Dispute.id.desc()).limit(1))


def disputes_of(contract_id: int) -> Sequence[Dispute]:
    """All disputes of a contract, newest first, with their milestones."""
    mine = select(Dispute).join(Dispute.milestone).where(Milestone.contract_id == contract_id)
    return db.session.scalars(mine.options(contains_eager(Dispute.milestone)).order_by(Dispute.id.desc())).all()


def unanswered_by(person: User) -> Sequence[tuple[Dispute, bool]]:
    """Running disputes awaiting the person's answer, and whether the question is a split proposed by the other side."""
    split = (
        (Proposal.dispute_id == Dispute.id)
        & (Proposal.state == SplitState.PROPOSED)
        & (Proposal.proposed_by != person.id)
    )
    asked = (Dispute.state == DisputeState.OPEN) & (Dispute.opened_by != person.id)
    mine = (
        select(Dispute, Proposal.id.is_not(None))
        .join(Dispute.milestone)
        .join(Milestone.contract)
        .outerjoin(Proposal, split)
        .where(is_side(person))
        .where(Dispute.state.in_(RUNNING), or_(asked, Proposal.id.is_not(None)))
        .options(contains_eager(Dispute.milestone))
        .order_by(Dispute.id)
    )
    return [(dispute, is_split) for dispute, is_split in db.session.execute(mine)]


def waiting_disputes(cursor: str | None) -> KeysetPage[Dispute]:
    """Disputes awaiting a ruling, oldest first."""
    milestone = joinedload(Dispute.milestone).joinedload(Milestone.contract)
    waiting = (
        select(Dispute)
        .where(Dispute.state.in_(FOR_ADMINS))
        .options(
            milestone.options(
                joinedload(Contract.client).options(lazyload(User.roles)),
                joinedload(Contract.freelancer).options(lazyload(User.roles)),
            ),
            selectinload(Dispute.rulings),
        )
    )
    return page_of(waiting, [Dispute.opened_at, Dispute.id], cursor, descending=False)


def waiting_count() -> int:
    """Number of disputes awaiting a ruling."""
    return db.session.scalar(select(func.count()).where(Dispute.state.in_(FOR_ADMINS))) or 0


def open_proposal(dispute: Dispute) -> Proposal | None:
    """The open proposal, if any."""
    return next((one for one in dispute.proposals if one.state == SplitState.PROPOSED), None)


def file_of(dispute: Dispute, file_id: int) -> EvidenceFile:
    """One file of the dispute; raises NotFound."""
    for one in dispute.files:
        if one.id == file_id:
            return one
    raise NotFound("There is no such file.")
