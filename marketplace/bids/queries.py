"""Queries for bids: one bid for a viewer, a person's own bids, and reads for higher rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from marketplace.accounts.models import User
from marketplace.bids import policy
from marketplace.bids.models import Bid, Rescore
from marketplace.bids.states import LIVE, BidState
from marketplace.core.database import db
from marketplace.core.errors import NotFound, Removed
from marketplace.core.pages import KeysetPage, page_of
from marketplace.jobs.models import Job
from marketplace.jobs.states import JobState
from marketplace.prototypes.models import FullCheckSchedule, Prototype

if TYPE_CHECKING:
    from collections.abc import Mapping

TABS: dict[str, tuple[str, frozenset[BidState]]] = {
    "active": ("In the running", frozenset({BidState.SUBMITTED, BidState.SHORTLISTED})),
    "drafts": ("Drafts", frozenset({BidState.DRAFT})),
    "won": ("Won", frozenset({BidState.AWARDED, BidState.ACCEPTED})),
    "ended": ("Ended", frozenset({BidState.DECLINED, BidState.LAPSED, BidState.WITHDRAWN, BidState.HIDDEN})),
}
"""Tabs of the freelancer's own list: tab -> (label, states)."""


def bid_for(person: User | None, bid_id: int) -> Bid:
    """Load the bid with page data; raises NotFound when `person` may not see it, Removed for its client when hidden."""
    bid = db.session.scalar(
        select(Bid)
        .where(Bid.id == bid_id)
        .options(
            joinedload(Bid.job, innerjoin=True).options(
                selectinload(Job.requirements), selectinload(Job.skills), joinedload(Job.client)
            ),
            joinedload(Bid.freelancer, innerjoin=True).joinedload(User.profile),
            joinedload(Bid.prototype),
            selectinload(Bid.portfolio),
            selectinload(Bid.testimonials),
        )
    )
    if bid is None or not policy.may_see(person, bid, competes=competes(person, bid.job)):
        raise NotFound("There is no such bid.")
    if bid.state == BidState.HIDDEN and policy.is_client(person, bid):
        raise Removed("Our moderators took this bid down.")
    return bid


def competes(person: User | None, job: Job) -> bool:
    """Whether the person is an admin with a placed bid on this open job."""
    if person is None or not person.is_admin or job.state != JobState.OPEN:
        return False
    mine = (Bid.job_id == job.id) & (Bid.freelancer_id == person.id)
    is_placed = Bid.state.not_in([BidState.DRAFT, BidState.WITHDRAWN])
    return db.session.scalar(select(Bid.id).where(mine & is_placed)) is not None


def placed_link(person: User, bid_id: int) -> str | None:
    """Link of the person's own placed bid, empty without one; None for a draft or another's bid."""
    mine = (Bid.id == bid_id) & (Bid.freelancer_id == person.id) & (Bid.state != BidState.DRAFT)
    return db.session.scalar(select(Bid.prototype_url).where(mine))


def own_bid_on(person: User, job: Job) -> Bid | None:
    """The person's bid or draft on the job that is not withdrawn; at most one exists."""
    return db.session.scalar(
        select(Bid).where(Bid.job_id == job.id, Bid.freelancer_id == person.id, Bid.state != BidState.WITHDRAWN)
    )


def bids_of(person: User, tab: str, cursor: str | None) -> KeysetPage[Bid]:
    """The person's own bids in a tab, most recently changed first."""
    mine = select(Bid).where(Bid.freelancer_id == person.id, Bid.state.in_(TABS[tab][1]))
    return page_of(
        mine.options(
            joinedload(Bid.job, innerjoin=True).defer(Job.spec, raiseload=True),
            joinedload(Bid.prototype),
            defer(Bid.note),
            defer(Bid.terms),
        ),
        [Bid.updated_at, Bid.id],
        cursor,
    )


def tab_counts(person: User) -> dict[str, int]:
    """Map each tab to the number of the person's bids in it."""
    counted = db.session.execute(
        select(Bid.state, func.count()).where(Bid.freelancer_id == person.id).group_by(Bid.state)
    )
    by_state: Mapping[str, int] = dict(counted.all())
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, (_, states) in TABS.items()}


def is_settling(job_id: int, links: Sequence[Prototype]) -> bool:
    """Whether scores may soon change: a link is being checked or due for a check, or the job is due for ranking."""
    if any(link.is_waiting for link in links):
        return True
    ranks = select(Rescore.job_id).where(Rescore.job_id == job_id, Rescore.due_at.is_not(None))
    schedules = select(FullCheckSchedule.prototype_id).where(
        FullCheckSchedule.prototype_id.in_([link.id for link in links]), FullCheckSchedule.due_at.is_not(None)
    )
    return bool(db.session.scalar(select(or_(ranks.exists(), schedules.exists()))))


def placed_bid_ids(job_id: int) -> Sequence[int]:
    """Ids of the bids that count on the job."""
    return db.session.scalars(select(Bid.id).where(Bid.job_id == job_id, Bid.state.in_(LIVE))).all()
