"""Bidder-to-spec fit, stored with the bid while bids are open so that later profile changes do not count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from marketplace.accounts.models import PortfolioItem, Profile
from marketplace.bids.match import WantedTerms, match, wanted_terms
from marketplace.bids.models import Bid, bid_portfolio
from marketplace.core.database import among, db
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.models import Job, JobSkill

_Texts = dict[int, list[str]]


def keep_fits(*such: ColumnElement[bool]) -> None:
    """Recompute and store the fit of the bids matching these conditions."""
    ids = db.session.scalars(select(Bid.id).where(*such).order_by(Bid.id)).all()
    fits = [{"id": bid_id, "fit": fit} for bid_id, fit in fits_of(ids).items()]
    if fits:
        db.session.execute(update(Bid), fits)


def keep_fits_of_bidder(person_id: int, now: datetime) -> list[int]:
    """Recompute the fit of a person's bids on jobs still open for bids; return those job ids."""
    theirs = select(Job).join(Bid, Bid.job_id == Job.id).where(Bid.freelancer_id == person_id)
    open_jobs = [job.id for job in db.session.scalars(theirs) if jobs_policy.is_open_for_bids(job, now)]
    if open_jobs:
        keep_fits(Bid.freelancer_id == person_id, Bid.job_id.in_(open_jobs))
    return open_jobs


def fits_of(bid_ids: Collection[int]) -> dict[int, float]:
    """Map bid ids to the fit (0..1) from current profile, shown portfolio items and spec, in four queries."""
    if not bid_ids:
        return {}
    rows = db.session.execute(_bids(bid_ids)).all()
    asked, works = _asked({row.job_id for row in rows}), _shown_works(bid_ids)
    return {row.id: _fit(row, asked[row.job_id], works.get(row.id, [])) for row in rows}


def _fit(row: Any, asked: WantedTerms, works: list[str]) -> float:
    return 0.0 if row.skills is None else match(asked, row.skills, row.headline, row.about, *row.skills, *works)


def _bids(bid_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    of_bid = select(Bid.id, Bid.job_id, Profile.skills, Profile.headline, Profile.about)
    return of_bid.outerjoin(Profile, Profile.user_id == Bid.freelancer_id).where(among(Bid.id, bid_ids))


def _asked(job_ids: Collection[int]) -> dict[int, WantedTerms]:
    """Map job ids to the terms each job asks for."""
    skills = _texts(select(JobSkill.job_id, JobSkill.name).where(JobSkill.job_id.in_(job_ids)))
    jobs = db.session.execute(select(Job.id, Job.title, Job.spec).where(Job.id.in_(job_ids)))
    return {job.id: wanted_terms(skills[job.id], job.title, job.spec) for job in jobs}


def _shown_works(bid_ids: Collection[int]) -> _Texts:
    """Map bid ids to the titles and descriptions of their portfolio items."""
    return _texts(
        select(bid_portfolio.c.bid_id, PortfolioItem.title, PortfolioItem.description)
        .join(PortfolioItem, PortfolioItem.id == bid_portfolio.c.portfolio_item_id)
        .where(among(bid_portfolio.c.bid_id, bid_ids))
    )


def _texts(rows: Select[*tuple[Any, ...]]) -> _Texts:
    """Group rows by their first column, collecting the other columns' texts."""
    said: _Texts = defaultdict(list)
    for key, *texts in db.session.execute(rows):
        said[key] += texts
    return said
