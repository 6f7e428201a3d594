"""Queries for the client's bids page: a page of cards, summary figures, and bids to compare."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, select
from sqlalchemy.orm import defer, joinedload, raiseload, selectinload

from marketplace.accounts.models import PortfolioItem, User
from marketplace.bids.models import Bid, RankSnapshot
from marketplace.bids.states import SHOWN, BidState
from marketplace.core.database import db
from marketplace.core.pages import PAGE_SIZE, KeysetPage
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.states import WAITING, PrototypeState
from marketplace.ranking.own import GROUPS, UNTURNED, Own, OwnPlace, own_order

TABS = {"all": "All", "shortlisted": "Shortlisted", "declined": "Declined"}
SORTS: dict[str, tuple[str, tuple[ColumnElement[Any] | UnaryExpression[Any], ...]]] = {
    "rank": ("Evidence", (Bid.rank.is_(None), Bid.rank.asc(), Bid.id.asc())),
    "price": ("Price", (Bid.price.asc(), Bid.id.asc())),
    "days": ("Days", (Bid.days.asc(), Bid.id.asc())),
    "newest": ("Newest", (Bid.submitted_at.desc(), Bid.id.desc())),
}
"""Sort name -> (label, order)."""
FAST_HOURS = 24
BINS = 10
_GROUP_POINTS = [f"{group}_points" for group in GROUPS]
"""Bid columns holding the points of the groups a client can reweight."""


@dataclass(frozen=True, slots=True)
class BidView:
    """Filter and order for a job's bids."""

    tab: str = "all"
    sort: str = "rank"
    live: bool = False
    within_budget: bool = False
    fast: bool = False
    own: Own = UNTURNED
    """The client's own weighting; changes the order by rank."""

    @property
    def is_own(self) -> bool:
        """Whether bids are sorted by the client's own weighting."""
        return self.sort == "rank" and bool(self.own.turned)


@dataclass(frozen=True, slots=True)
class Glance:
    """Summary figures of the whole job; prices sorted, in minor currency units."""

    prices: Sequence[int]
    tabs: dict[str, int]
    live: int
    waiting: int
    down: int

    @property
    def middle(self) -> int:
        """Median price (lower of the two middle ones), in minor currency units."""
        return median_low(self.prices)

    def bins(self, low: int, high: int) -> list[int]:
        """Count prices in BINS equal intervals from `low` to `high`."""
        step, counts = max(1, high - low) / BINS, [0] * BINS
        for price in self.prices:
            counts[min(BINS - 1, int((price - low) / step))] += 1
        return counts


def ranked_bids(job: Job, view: BidView, offset: int = 0) -> KeysetPage[Bid]:
    """One page of the job's bids with card data; `next_cursor` is the offset of the next page."""
    found = _carded().where(*_wanted(job, view))
    if view.is_own:
        ids = [one.id for one in own_order(_standings(job, view), view.own)[offset : offset + PAGE_SIZE + 1]]
        by_id = {bid.id: bid for bid in db.session.scalars(found.where(Bid.id.in_(ids)))}
        rows = [by_id[bid_id] for bid_id in ids if bid_id in by_id]
    else:
        rows = db.session.scalars(found.order_by(*SORTS[view.sort][1]).offset(offset).limit(PAGE_SIZE + 1)).all()
    more = len(rows) > PAGE_SIZE
    return KeysetPage(rows[:PAGE_SIZE], str(offset + PAGE_SIZE) if more else None, first=offset == 0)


def standing_of(bid: Bid) -> OwnPlace:
    """The bid's rank and group points, as input for a client's own order."""
    return OwnPlace(bid.id, bid.rank, bid.score or 0, tuple(getattr(bid, name) for name in _GROUP_POINTS))


def _standings(job: Job, view: BidView) -> list[OwnPlace]:
    """Load integers only for all bids in the view, so 10,000 bids stay a cheap read."""
    points = [getattr(Bid, name) for name in _GROUP_POINTS]
    rows = db.session.execute(select(Bid.id, Bid.rank, Bid.score, *points).where(*_wanted(job, view)))
    return [OwnPlace(bid_id, rank, score or 0, tuple(groups)) for bid_id, rank, score, *groups in rows]


def _wanted(job: Job, view: BidView) -> Iterator[ColumnElement[bool]]:
    yield Bid.job_id == job.id
    yield Bid.state.in_(SHOWN if view.tab == "all" else {BidState(view.tab)})
    if view.live:
        yield Bid.prototype.has(Prototype.state == PrototypeState.LIVE)
    if view.within_budget:
        yield Bid.price <= job.budget_max
    if view.fast:
        yield Bid.go_live_hours <= FAST_HOURS


def glance(job_id: int) -> Glance:
    """Counts and prices of all bids shown to the client."""
    rows = db.session.execute(
        select(Bid.state, Bid.price, Prototype.state)
        .outerjoin(Prototype, Prototype.id == Bid.prototype_id)
        .where(Bid.job_id == job_id, Bid.state.in_(SHOWN))
    ).all()
    states, links = [row[0] for row in rows], [row[2] for row in rows]
    return Glance(
        prices=sorted(row[1] or 0 for row in rows),
        tabs={
            "all": len(rows),
            "shortlisted": states.count(BidState.SHORTLISTED),
            "declined": states.count(BidState.DECLINED),
        },
        live=links.count(PrototypeState.LIVE),
        waiting=sum(link in WAITING for link in links),
        down=links.count(PrototypeState.BROKEN),
    )


def withdrawn_bids(job_id: int, limit: int = 20) -> Sequence[Bid]:
    """Withdrawn bids that had been placed, newest first."""
    withdrawn = (Bid.job_id == job_id) & (Bid.state == BidState.WITHDRAWN) & Bid.submitted_at.is_not(None)
    return db.session.scalars(_carded().where(withdrawn).order_by(Bid.updated_at.desc()).limit(limit)).all()


def compared_bids(job_id: int, ids: Collection[int]) -> Sequence[Bid]:
    """Selected bids of the job by rank, including ones withdrawn after selection."""
    chosen = (Bid.job_id == job_id) & Bid.id.in_(ids) & Bid.submitted_at.is_not(None)
    visible = chosen & Bid.state.in_(SHOWN | {BidState.WITHDRAWN})
    return db.session.scalars(_carded().where(visible).order_by(*SORTS["rank"][1])).all()


def newest_rank(job_id: int) -> tuple[int, dict[str, Any]]:
    """Id and `best` of the job's newest snapshot; (0, {}) before the first."""
    found = db.session.execute(
        select(RankSnapshot.id, RankSnapshot.best)
        .where(RankSnapshot.job_id == job_id)
        .order_by(RankSnapshot.id.desc())
        .limit(1)
    ).first()
    return (found.id, found.best) if found else (0, {})


def _carded() -> Select[Bid]:
    return select(Bid).options(
        joinedload(Bid.freelancer, innerjoin=True).options(raiseload(User.roles), raiseload(User.profile)),
        joinedload(Bid.prototype).options(defer(Prototype.requirements, raiseload=True)),
        selectinload(Bid.portfolio).defer(PortfolioItem.description),
    )
