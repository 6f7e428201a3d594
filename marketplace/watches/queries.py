"""Queries for watches: a bid's watch, the client's site, and a match with both sides."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.bids.policy import is_bidder
from marketplace.checker.likeness.passages import shared_passages
from marketplace.checker.record import CheckRecord
from marketplace.contracts.models import Award, Contract, Milestone
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype, StoredCheck
from marketplace.watches import policy
from marketplace.watches.models import WorkMatch, WorkWatch


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A match with everything a moderator needs to decide."""

    match: WorkMatch
    bid: Bid
    rejected: CheckRecord
    site: CheckRecord
    passages: list[str]
    """Passages identical in both texts."""
    winner: Bid | None
    """The winning bid, if any."""


@dataclass(frozen=True, slots=True)
class WatchCard:
    """Watch data for the bid's page."""

    may_begin: bool
    watch: WorkWatch | None


def watch_card(person: User, bid: Bid) -> WatchCard | None:
    """Card for the bidder of rejected work with a prototype; None otherwise."""
    if not is_bidder(person, bid) or bid.state not in policy.REJECTED or bid.prototype_id is None:
        return None
    return WatchCard(not policy.why_not_watch(person, bid), watch_of(bid.id))


def watch_of(bid_id: int) -> WorkWatch | None:
    """The bid's watch, running or not."""
    return db.session.scalar(select(WorkWatch).where(WorkWatch.bid_id == bid_id))


def site_address(job: Job) -> str:
    """Address of the client's site: where the awarded work went live, else the one in the job; empty if neither."""
    production = (
        select(Prototype.url)
        .join(Milestone, Milestone.production_id == Prototype.id)
        .join(Contract, Contract.id == Milestone.contract_id)
        .join(Award, Award.id == Contract.award_id)
        .where(Award.job_id == job.id)
        .order_by(Milestone.id.desc())
        .limit(1)
    )
    return db.session.scalar(production) or job.current_site


def winner_of(job_id: int) -> Bid | None:
    """The winning bid whose award was not withdrawn."""
    return db.session.scalar(select(Bid).join(Award).where(Award.job_id == job_id, Award.withdrawn_at.is_(None)))


def side_by_side(match_id: int) -> SideBySide:
    """Load one match; raises NotFound."""
    match = db.session.get(WorkMatch, match_id)
    if match is None:
        raise NotFound("There is no such match.")
    bid = match.watch.bid
    rejected = CheckRecord.from_dict(db.session.get_one(StoredCheck, match.watch.check_id).record)
    site = CheckRecord.from_dict(match.site_check.record)
    passages = shared_passages(text_of(rejected), text_of(site))
    return SideBySide(match, bid, rejected, site, passages, winner_of(bid.job_id))


def text_of(record: CheckRecord) -> str:
    """Visible text of the rendered page; empty without a rendering."""
    return record.rendering.text if record.rendering else ""
